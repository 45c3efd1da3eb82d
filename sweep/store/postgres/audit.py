"""The audit chain in the database: read whole, added to under a lock, never changed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select, text

from sweep.store.postgres.engine import may_read
from sweep.store.postgres.tables import AUDIT_LINE
from sweep.store.records import Line, NextLine

_LOCK = text("SELECT sweep.hold(:scenario)")
# Place, hashes, login and time are the server's to say.
_APPEND = text("INSERT INTO sweep.audit_line (scenario, line) VALUES (:scenario, :line)")


def lock(connection: Connection, scenario: str) -> None:
    """
    Lock the scenario to the end of the transaction.

    Raises
    ------
    InputError
        S850 if another login holds it for longer than the connection waits.
    """
    connection.execute(_LOCK, {"scenario": scenario})


def chain(connection: Connection, scenario: str) -> bytes:
    """All lines, oldest first; none for a login that may not read them."""
    if not may_read(connection, "audit_line"):
        return b""
    found = select(AUDIT_LINE.c.line).where(AUDIT_LINE.c.scenario == scenario).order_by(AUDIT_LINE.c.n)
    return b"".join(bytes(line) for line in connection.execute(found).scalars())


def append(connection: Connection, scenario: str, lines: Sequence[Line], next_line: NextLine) -> None:
    """Add lines behind the last one, whichever that is now."""
    if not lines:
        return
    last = select(AUDIT_LINE.c.n, AUDIT_LINE.c.hash).where(AUDIT_LINE.c.scenario == scenario)
    found = connection.execute(last.order_by(AUDIT_LINE.c.n.desc()).limit(1)).first()
    n, prev = (int(found.n), str(found.hash)) if found is not None else (0, "0" * 64)
    for line in lines:
        content, own = next_line(n, prev, line)
        n += 1
        connection.execute(_APPEND, {"scenario": scenario, "line": content})
        prev = own
