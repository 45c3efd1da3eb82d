"""Documents in the database (settings, inputs, results, duty, drafts), each with its revision."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, true, update

from geodata.errors import InputError, Issue
from sweep.store.postgres.connections import may_read
from sweep.store.postgres.input_tables import login_divisions, read_rows, remove_rows, verified_content, write_rows
from sweep.store.postgres.sqlalchemy_tables import DOCUMENT
from sweep.store.store_records import NO_REV, Conflict, Key, ListingEntry, PendingWrite

_D = DOCUMENT.c
_UNPLACED = ","


@dataclass(frozen=True, slots=True)
class WriteTarget:
    """Target of a write: connection, scenario, and the administrative divisions whose records the writer sees."""

    connection: Connection
    scenario: str
    own: str
    """Codes of the scenario's divisions that the login sees, in order, joined by commas."""


def listing(connection: Connection, scenario: str, own: str) -> dict[Key, ListingEntry]:
    """
    Return an entry for each document that the login sees, by key; `own`: the login's divisions, as `code,code`.

    Of several documents with one key, the one of exactly these divisions is listed if its revision is the newest.
    """
    if not may_read(connection, "document"):
        return {}
    columns = (_D.kind, _D.name, _D.scope, _D.rev, _D.is_split, _D.sha256, _D.table_name, _D.day, _D.by_login)
    rows = connection.execute(select(*columns).where(_D.scenario == scenario).order_by(_D.kind, _D.name))
    return {
        # The stored header of a split table is not the content that readers get.
        Key(kind, name): ListingEntry(
            str(row.rev), "" if row.is_split else row.sha256, row.table_name, row.day, row.by_login
        )
        for (kind, name), group in groupby(rows, key=lambda r: (r.kind, r.name))
        if (row := _visible_document(kind, list(group), own)) is not None
    }


def _visible_document(kind: str, rows: Sequence[Any], own: str) -> Any:
    """Return that of a document's `rows` (various divisions) which a login of divisions `own` reads, or None."""
    # Follow-up and drafts depend on what their writer sees, so each set of divisions has its own.
    if kind in ("follow_up", "drafts"):
        return next((r for r in rows if r.scope == own), None)
    head = _head(rows)
    known = [r for r in rows if head is None or r is head or (_is_own(r.scope, own) and r.rev == head.rev)]
    return max(known, key=lambda r: (_is_own(r.scope, own), r is not head, r.scope), default=None)


def _is_own(scope: str, own: str) -> bool:
    return scope.removeprefix(_UNPLACED) == own


def _head(rows: Sequence[Any]) -> Any:
    return next((r for r in rows if r.is_split), None)


def read(connection: Connection, scenario: str, own: str, key: Key) -> bytes:
    """Return a document's bytes; KeyError if not visible, S854 if damaged; `own`: login's divisions, as `code,code`."""
    at = WriteTarget(connection, scenario, own)
    row = _visible_document(key.kind, _rows(at, key), own)
    if row is None:
        raise KeyError(str(key))
    content = _content(at, key, str(row.scope))
    return content + read_rows(connection, scenario, key.name, content) if row.is_split else content


def write_all(
    at: WriteTarget, writes: Sequence[PendingWrite], read_revs: Mapping[Key, str]
) -> tuple[list[Conflict], dict[Key, str]]:
    """
    Write the documents among `writes`; return conflicts with other logins' writes, and the new revisions by key.

    A key whose revision is not that in `read_revs` (revisions that the writer read) is a conflict and is not written.
    The caller rolls back if there is a conflict.

    Raises
    ------
    InputError
        S993 for each partly visible table whose header or encoding differs from the stored one; S852 for each row
        outside the login's divisions.
    """
    conflicts, made, issues = [], {}, []
    for write in writes:
        if write.key.kind in ("editions", "approvals"):
            continue
        rows, expected = _rows(at, write.key), read_revs.get(write.key, NO_REV)
        row = _head(rows) or _visible_document(write.key.kind, rows, at.own)
        now = NO_REV if row is None else str(row.rev)
        if now != expected:
            theirs = b"" if row is None else read(at.connection, at.scenario, at.own, write.key)
            conflicts.append(Conflict(write.key, expected, now, "" if row is None else row.by_login, theirs))
            continue
        divisions = login_divisions(at.connection)
        if divisions is not None and (foreign := list(_foreign_rows(write, divisions))):
            issues += foreign
            continue
        if (
            row is not None
            and row.is_split
            and divisions is not None
            and not _has_same_layout(at, write, str(row.scope))
        ):
            issues.append(Issue("S993", write.key.name))
            continue
        made[write.key] = _put(at, write, row)
    if issues and not conflicts:
        raise InputError(issues)
    return conflicts, made


def _foreign_rows(write: PendingWrite, divisions: Sequence[str]) -> Iterator[Issue]:
    if write.split is None or write.content is None:
        return
    n_above = write.content[: write.split.n_head].count(b"\n")
    for n, row in enumerate(write.split.rows, start=n_above + 1):
        if row.division not in divisions:
            yield Issue("S852", f"{write.key.name} row {n}", {"division": row.division or "-", "own": tuple(divisions)})


def _has_same_layout(at: WriteTarget, write: PendingWrite, scope: str) -> bool:
    """Return whether a table's new content has the header and encoding of the stored records that the login sees."""
    if write.content is None:
        return True
    head = _content(at, write.key, scope)
    if write.split is None or write.content[: write.split.n_head] != head:
        return False
    before = head + read_rows(at.connection, at.scenario, write.key.name, head)
    return write.content.isascii() or _is_utf8(write.content) == _is_utf8(before)


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _content(at: WriteTarget, key: Key, scope: str) -> bytes:
    query = select(_D.content, _D.sha256).where(*_key_conditions(at, key), _D.scope == scope)
    return verified_content(at.connection.execute(query).one(), str(key))


def _rows(at: WriteTarget, key: Key) -> Sequence[Row[*tuple[Any, ...]]]:
    query = select(_D.scope, _D.rev, _D.is_split, _D.by_login)
    return at.connection.execute(query.where(*_key_conditions(at, key))).all()


def _key_conditions(at: WriteTarget, key: Key) -> tuple[ColumnElement[bool], ...]:
    return _D.scenario == at.scenario, _D.kind == key.kind, _D.name == key.name


def _put(at: WriteTarget, write: PendingWrite, row: Row[*tuple[Any, ...]] | None) -> str:
    key, content, split = write.key, write.content, write.split
    kept = at.own if row is None else str(row.scope)
    scope = kept if write.divisions is None else ",".join(write.divisions)
    if row is not None and row.is_split:
        remove_rows(at.connection, at.scenario, key.name)
    if content is None or scope != kept:
        # Documents next to a table are deleted with it.
        is_its = true() if row is not None and row.is_split else _D.scope == kept
        at.connection.execute(delete(DOCUMENT).where(*_key_conditions(at, key), is_its))
    if content is None:
        return NO_REV
    rev = _write(at, write, scope, content)
    if split is not None:
        write_rows(at.connection, at.scenario, write, split, content)
    if split is not None and write.whole is not None:
        mark = _UNPLACED if any(not r.division for r in split.rows) else ""
        _write(at, replace(write, split=None), mark + at.own, write.whole)
    return rev


def _write(at: WriteTarget, write: PendingWrite, scope: str, content: bytes) -> str:
    split = write.split
    values = {
        "table_name": write.table,
        "day": write.day,
        "is_split": split is not None,
        "content": content if split is None else content[: split.n_head],
    }
    same = (*_key_conditions(at, write.key), _D.scope == scope)
    rev = at.connection.execute(update(DOCUMENT).where(*same).values(**values).returning(_D.rev)).scalar()
    if rev is None:
        own = {"scenario": at.scenario, "kind": write.key.kind, "scope": scope, "name": write.key.name}
        rev = at.connection.execute(insert(DOCUMENT).values(**own, **values).returning(_D.rev)).scalar_one()
    return str(rev)
