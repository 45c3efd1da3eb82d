"""PostgreSQL store of one scenario, limited to the rows that the login may see."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, select, text, update

from geodata.errors import InputError, Issue
from sweep.store.postgres import document_rows, edition_rows
from sweep.store.postgres.connections import may_read, transaction
from sweep.store.postgres.sqlalchemy_tables import AUDIT_LINE, INVESTIGATION, INVESTIGATION_FILE, SCENARIO
from sweep.store.store_records import (
    Conflict,
    ConflictError,
    InvestigatedPlace,
    Key,
    ListingEntry,
    LogEntry,
    NextLine,
    PendingWrite,
)

ALL = "*"
_LINE, _FILE = AUDIT_LINE.c, INVESTIGATION_FILE.c
# Lock until the end of the transaction; S850 if another login holds it past the timeout.
_LOCK = text("SELECT sweep.hold(:scenario)")
# Number, hashes, login and time are set by the server.
_APPEND = text("INSERT INTO sweep.audit_line (scenario, line) VALUES (:scenario, :line)")
_GIVEN = text("SELECT division FROM sweep.member WHERE login = session_user ORDER BY division")
_SCOPE = text(
    "SELECT coalesce(string_agg(code, ',' ORDER BY code), '') FROM sweep.division "
    "WHERE scenario = :scenario AND code NOT IN ('', '-')"
)


class PostgresStore:
    """Store of one scenario in PostgreSQL: the documents, editions and log entries that the login may see."""

    def __init__(self, engine: Engine, scenario: str, next_line: NextLine) -> None:
        self.engine, self.scenario, self.next_line = engine, scenario, next_line
        self._connection: Connection | None = None

    def is_there(self) -> bool:
        """Return whether the store has the scenario."""
        with self._open_connection() as connection:
            name = connection.execute(select(SCENARIO.c.name).where(SCENARIO.c.name == self.scenario)).scalar()
            return name is not None

    def begin(self, divisions: Sequence[str]) -> None:
        """Create the scenario and its administrative divisions, given by their codes, unless they exist."""
        with self._open_connection() as connection:
            connection.execute(
                text("SELECT sweep.begin_scenario(:name, :codes)"), {"name": self.scenario, "codes": list(divisions)}
            )

    def reader(self) -> str:
        """Return the login and its administrative divisions (`*`: all) as text; they decide which rows it may read."""
        with self._open_connection() as connection:
            login = connection.execute(text("SELECT session_user")).scalar()
            return f"{login} {ALL if self.divisions() is None else self._scope(connection)}"

    def divisions(self) -> tuple[str, ...] | None:
        """Return the codes of the administrative divisions whose records the login sees; None: all."""
        with self._open_connection() as connection:
            own = tuple(connection.execute(_GIVEN).scalars())
            return None if ALL in own else own

    def listing(self) -> Mapping[Key, ListingEntry]:
        """Return the entries of all documents, editions and approvals visible to the login."""
        with self._open_connection() as connection:
            own = self._scope(connection)
            return {
                **document_rows.listing(connection, self.scenario, own),
                **edition_rows.listing(connection, self.scenario, own),
                **edition_rows.approvals(connection, self.scenario, own),
            }

    def read(self, key: Key) -> bytes:
        """Return the bytes of a key, or of a table only the records that the login sees; KeyError if it sees none."""
        with self._open_connection() as connection:
            own = self._scope(connection)
            if key.kind == "editions":
                return edition_rows.read(connection, self.scenario, own, key)
            if key.kind == "approvals":
                return edition_rows.read_approval(connection, self.scenario, own, key)
            return document_rows.read(connection, self.scenario, own, key)

    def chain(self) -> bytes:
        """Return all entries of the audit log, oldest first; empty for a login without permission."""
        with self._open_connection() as connection:
            if not may_read(connection, "audit_line"):
                return b""
            query = select(_LINE.line).where(_LINE.scenario == self.scenario).order_by(_LINE.n)
            return b"".join(bytes(line) for line in connection.execute(query).scalars())

    def blocked_buildings(self) -> tuple[str, ...]:
        """Return ids of visible buildings under investigation (C26) today, or on the scenario's day if it is later."""
        with self._open_connection() as connection:
            asked = {"scenario": self.scenario}
            return tuple(connection.execute(text("SELECT sweep.blocked_buildings(:scenario)"), asked).scalars())

    def write_investigations(self, name: str, content: bytes, places: Sequence[InvestigatedPlace]) -> None:
        """Replace the file of investigations and its places; S855 without write permission for all divisions."""
        with self._open_connection() as connection:
            # The rows exist already, so this is an update.
            written = {"name": name, "content": content, "rev": _FILE.rev + 1}
            change = update(INVESTIGATION_FILE).where(_FILE.scenario == self.scenario).values(**written)
            if not may_read(connection, "investigation_file") or connection.execute(change).rowcount != 1:
                raise InputError([Issue("S855", name)])
            own = INVESTIGATION.c.scenario == self.scenario
            connection.execute(update(INVESTIGATION).where(own).values(places=[]))
            for division in sorted({place.division for place in places}):
                here = [
                    {"building_id": p.building_id, "closed_on": p.closed_on.isoformat() if p.closed_on else None}
                    for p in places
                    if p.division == division
                ]
                change = update(INVESTIGATION).where(own, INVESTIGATION.c.division == division)
                connection.execute(change.values(places=here))

    def read_investigations(self) -> tuple[str, bytes, str] | None:
        """Return (name, bytes, revision) of the file of investigations; None if it is missing or may not be read."""
        with self._open_connection() as connection:
            if not may_read(connection, "investigation_file"):
                return None
            query = select(_FILE.name, _FILE.content, _FILE.rev).where(_FILE.scenario == self.scenario)
            row = connection.execute(query).first()
            return None if row is None or row.name is None else (str(row.name), bytes(row.content), str(row.rev))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """
        Hold the scenario's lock: in the block all reads and writes are one transaction, and other writers wait.

        An error in the block rolls it back.
        """
        with transaction(self.engine) as connection:
            connection.execute(_LOCK, {"scenario": self.scenario})
            self._connection = connection
            try:
                yield
            finally:
                self._connection = None

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Make all reads in the block see one moment: a read-only transaction (repeatable read), without a lock."""
        if self._connection is not None:
            yield
            return
        with transaction(self.engine.execution_options(isolation_level="REPEATABLE READ")) as connection:
            self._connection = connection
            try:
                yield
            finally:
                self._connection = None

    def is_in_transaction(self) -> bool:
        """Return whether a transaction of `locked` or `snapshot` is open, which all reads and writes then use."""
        return self._connection is not None

    def commit(
        self, writes: Sequence[PendingWrite], lines: Sequence[LogEntry], read: Mapping[Key, str]
    ) -> Mapping[Key, str]:
        """
        Write several keys and log entries in one transaction; return the new revisions.

        `read`: revision in which the writer read each key; ConflictError, and nothing is written, if another is stored.
        """
        with self._open_connection() as connection:
            connection.execute(_LOCK, {"scenario": self.scenario})
            own = self._scope(connection)
            at = document_rows.WriteTarget(connection, self.scenario, own)
            conflicts: list[Conflict] = []
            made: dict[Key, str] = {}
            for rows_module in (document_rows, edition_rows):
                new_conflicts, revs = rows_module.write_all(at, writes, read)
                conflicts += new_conflicts
                made |= revs
            if conflicts:
                raise ConflictError(conflicts)
            self._append(connection, lines)
            return made

    def _append(self, connection: Connection, lines: Sequence[LogEntry]) -> None:
        if not lines:
            return
        last = select(_LINE.n, _LINE.hash).where(_LINE.scenario == self.scenario)
        head = connection.execute(last.order_by(_LINE.n.desc()).limit(1)).first()
        n, prev = (int(head.n), str(head.hash)) if head is not None else (0, "0" * 64)
        for line in lines:
            content, prev = self.next_line(n, prev, line)
            n += 1
            connection.execute(_APPEND, {"scenario": self.scenario, "line": content})

    def _scope(self, connection: Connection) -> str:
        return str(connection.execute(_SCOPE, {"scenario": self.scenario}).scalar())

    @contextmanager
    def _open_connection(self) -> Iterator[Connection]:
        if self._connection is not None:
            yield self._connection
            return
        with transaction(self.engine) as connection:
            yield connection
