"""Settings, inputs, results, follow-up, duty and drafts: files whole, each with its revision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from sweep.store.postgres.engine import may_read
from sweep.store.postgres.rows import read_rows, remove_rows, sha256, write_rows
from sweep.store.postgres.tables import DOCUMENT
from sweep.store.records import NO_REV, Conflict, Entry, Key, Write

_D = DOCUMENT.c


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is written: the transaction, the scenario, and the divisions that the writer sees of it."""

    connection: Connection
    scenario: str
    own: str


def listing(connection: Connection, scenario: str, own: str) -> dict[Key, Entry]:
    """What the login may see; of several with one name that of its own divisions."""
    if not may_read(connection, "document"):
        return {}
    columns = (_D.kind, _D.name, _D.rev, _D.sha256, _D.table_name, _D.day, _D.by_login)
    # The last of one name counts: the login's own.
    found = select(*columns).where(_D.scenario == scenario).order_by(_D.scope == own, _D.scope)
    return {
        Key(row.kind, row.name): Entry(str(row.rev), row.sha256, row.table_name, row.day, row.by_login)
        for row in connection.execute(found)
    }


def read(connection: Connection, scenario: str, own: str, key: Key) -> bytes:
    """
    The bytes of one.

    Raises
    ------
    KeyError
        If the login sees none.
    """
    row = _row(Place(connection, scenario, own), key)
    if row is None:
        raise KeyError(str(key))
    content = bytes(row.content)
    return content + read_rows(connection, scenario, key.name) if row.is_split else content


def write_all(
    at: Place, writes: Sequence[Write], read_revs: Mapping[Key, str]
) -> tuple[list[Conflict], dict[Key, str]]:
    """Write those that are documents; conflicts, and the new revision of each."""
    conflicts, made = [], {}
    for write in writes:
        if write.key.kind in ("editions", "approvals"):
            continue
        row, expected = _row(at, write.key), read_revs.get(write.key, NO_REV)
        now = NO_REV if row is None else str(row.rev)
        if now != expected:
            theirs = b"" if row is None else read(at.connection, at.scenario, at.own, write.key)
            conflicts.append(Conflict(write.key, expected, now, "" if row is None else row.by_login, theirs))
            continue
        made[write.key] = _put(at, write, row)
    return conflicts, made


def _row(at: Place, key: Key) -> Row[*tuple[Any, ...]] | None:
    found = select(_D.scope, _D.rev, _D.is_split, _D.content, _D.by_login)
    found = found.where(_D.scenario == at.scenario, _D.kind == key.kind, _D.name == key.name)
    return at.connection.execute(found.order_by((_D.scope == at.own).desc(), _D.scope).limit(1)).first()


def _put(at: Place, write: Write, row: Row[*tuple[Any, ...]] | None) -> str:
    key, content = write.key, write.content
    scope = row.scope if row is not None else at.own if write.divisions is None else ",".join(write.divisions)
    same = (_D.scenario == at.scenario, _D.kind == key.kind, _D.scope == scope, _D.name == key.name)
    if row is not None and row.is_split:
        remove_rows(at.connection, at.scenario, key.name)
    if content is None:
        at.connection.execute(delete(DOCUMENT).where(*same))
        return NO_REV
    kept = content if write.split is None else content[: write.split.n_head]
    values = {
        "table_name": write.table,
        "day": write.day,
        "sha256": sha256(content),
        "is_split": write.split is not None,
        "content": kept,
        "by_login": func.session_user(),
        "at": func.now(),
    }
    if row is None:
        own = {"scenario": at.scenario, "kind": key.kind, "scope": scope, "name": key.name, "rev": 1}
        at.connection.execute(insert(DOCUMENT).values(**own, **values))
        rev = 1
    else:
        rev = int(row.rev) + 1
        at.connection.execute(update(DOCUMENT).where(*same).values(rev=rev, **values))
    if write.split is not None:
        write_rows(at.connection, at.scenario, write, write.split, content)
    return str(rev)
