"""Editions in the database, each with one revision for all files, and the approved plan of each day."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, select, update

from sweep.store.postgres.connections import may_read
from sweep.store.postgres.document_rows import WriteTarget
from sweep.store.postgres.input_tables import verified_content
from sweep.store.postgres.sqlalchemy_tables import APPROVAL, EDITION, EDITION_FILE
from sweep.store.store_records import NO_REV, Conflict, Key, ListingEntry, PendingWrite

APPROVAL_FILE = "approval.json"
_E, _F, _A = EDITION.c, EDITION_FILE.c, APPROVAL.c
_APPROVED = ("plan_id", "plan_sha256", "by", "at", "audit_head")


def _edition_of(name: str) -> str:
    """Return the edition to which a file path belongs: `<plan id>`, or `<plan id>.<class>` for a handout."""
    return name.partition("/")[0]


def listing(connection: Connection, scenario: str, own: str) -> dict[Key, ListingEntry]:
    """
    Return an entry for each file of the editions that the login sees; `own`: the login's divisions, as `code,code`.

    If logins of other divisions wrote editions of the same name, that of exactly these divisions is listed.
    """
    columns = (_F.edition, _F.name, _F.sha256, _E.rev, _E.day, _E.by_login)
    files_with_editions = EDITION_FILE.join(
        EDITION, (_E.scenario == _F.scenario) & (_E.scope == _F.scope) & (_E.edition == _F.edition)
    )
    query = select(*columns).select_from(files_with_editions).where(_F.scenario == scenario)
    rows = connection.execute(query.order_by(_F.scope == own, _E.at, _F.edition, _F.name))
    return {
        Key("editions", f"{r.edition}/{r.name}"): ListingEntry(str(r.rev), r.sha256, "", r.day, r.by_login)
        for r in rows
    }


def approvals(connection: Connection, scenario: str, own: str) -> dict[Key, ListingEntry]:
    """Return visible approvals by key: the day, followed by the plan's divisions if not the login's, `own`."""
    if not may_read(connection, "approval"):
        return {}
    query = select(_A.day, _A.scope, _A.rev, _A.plan_sha256, _A.by).where(_A.scenario == scenario)
    return {
        _key_of(r.day, r.scope, own): ListingEntry(str(r.rev), r.plan_sha256, "", r.day, r.by)
        for r in connection.execute(query.order_by(_A.day, _A.scope))
    }


def _key_of(day: date, scope: str, own: str) -> Key:
    """Return the key of a day's approved plan; it names the plan's divisions `scope` if not the login's, `own`."""
    return Key("approvals", day.isoformat() if scope == own else f"{day.isoformat()} {scope}")


def read(connection: Connection, scenario: str, own: str, key: Key) -> bytes:
    """Return a file's bytes, preferably from the edition of divisions `own`; KeyError if missing, S854 if damaged."""
    edition, _, name = key.name.partition("/")
    query = select(_F.content, _F.sha256).where(_F.scenario == scenario, _F.edition == edition, _F.name == name)
    row = connection.execute(query.order_by((_F.scope == own).desc()).limit(1)).first()
    if row is None:
        raise KeyError(str(key))
    return verified_content(row, str(key))


def read_approval(connection: Connection, scenario: str, own: str, key: Key) -> bytes:
    """Return approval.json of the key's day and divisions (`own` if the key names none); KeyError if missing."""
    day, _, scope = key.name.partition(" ")
    row = _approval(WriteTarget(connection, scenario, own), date.fromisoformat(day), scope or own)
    if row is None:
        raise KeyError(str(key))
    content = {name: getattr(row, name) for name in _APPROVED}
    return (json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def write_all(
    at: WriteTarget, writes: Sequence[PendingWrite], read_revs: Mapping[Key, str]
) -> tuple[list[Conflict], dict[Key, str]]:
    """
    Write the files and approvals of editions among `writes`; return conflicts, and new revisions by key.

    An edition whose revision is not that in `read_revs` is a conflict; with any conflict nothing is written.
    """
    own = sorted((w for w in writes if w.key.kind == "editions"), key=lambda w: w.key)
    editions = {edition: list(group) for edition, group in groupby(own, key=lambda w: _edition_of(w.key.name))}
    scopes, conflicts = {}, list[Conflict]()
    for edition, files in editions.items():
        query = select(_E.scope, _E.rev, _E.by_login).where(_E.scenario == at.scenario, _E.edition == edition)
        row = at.connection.execute(query.order_by((_E.scope == at.own).desc()).limit(1).with_for_update()).first()
        scopes[edition] = at.own if row is None else str(row.scope)
        prefix = f"{edition}/"
        expected = next((r for k, r in read_revs.items() if k.kind == "editions" and k.name.startswith(prefix)), NO_REV)
        now = NO_REV if row is None else str(row.rev)
        if now != expected:
            conflicts.append(Conflict(files[0].key, expected, now, "" if row is None else row.by_login, b""))
    # The last of several approvals of one day counts.
    approved = [w for w in own if w.key.name.endswith(f"/{APPROVAL_FILE}") and w.content is not None]
    approved.sort(key=lambda w: str(json.loads(w.content or b"{}").get("at", "")))
    approvals = {(w.day, scopes[_edition_of(w.key.name)]): w for w in approved if w.day is not None}
    conflicts += [c for (day, scope) in approvals if (c := _unread(at, day, scope, read_revs)) is not None]
    if conflicts:
        return conflicts, {}
    made: dict[Key, str] = {}
    for edition, files in editions.items():
        if any(w.key.name.endswith(f"/{APPROVAL_FILE}") for w in files):
            # An approval is withdrawn before its files change, since the server rejects changes of approved files.
            days = _withdraw(at, scopes[edition], _A.plan_id == edition)
            made |= {_key_of(day, scopes[edition], at.own): NO_REV for day in days}
        rev = _put(at, edition, scopes[edition], files)
        # All files of an edition share its revision, including unchanged ones.
        made |= {w.key: NO_REV for w in files} | dict.fromkeys(_keys(at, edition), rev)
    for (day, scope), write in approvals.items():
        made[_key_of(day, scope, at.own)] = _approve(at, write, day, scope)
    return [], made


def _keys(at: WriteTarget, edition: str) -> list[Key]:
    names = select(_F.name).where(_F.scenario == at.scenario, _F.edition == edition)
    return [Key("editions", f"{edition}/{name}") for name in at.connection.execute(names).scalars()]


def _put(at: WriteTarget, edition: str, scope: str, files: Sequence[PendingWrite]) -> str:
    same = (_E.scenario == at.scenario, _E.scope == scope, _E.edition == edition)
    own = {"scenario": at.scenario, "scope": scope, "edition": edition, "class": edition.partition(".")[2] or "police"}
    if at.connection.execute(select(_E.rev).where(*same)).first() is None:
        at.connection.execute(insert(EDITION).values(**own, day=files[0].day))
    for write in files:
        name = write.key.name.partition("/")[2]
        one = (_F.scenario == at.scenario, _F.scope == scope, _F.edition == edition, _F.name == name)
        if write.content is None:
            at.connection.execute(delete(EDITION_FILE).where(*one))
            continue
        values = {"content": write.content}
        if at.connection.execute(update(EDITION_FILE).where(*one).values(**values)).rowcount == 0:
            at.connection.execute(insert(EDITION_FILE).values(**own, name=name, **values))
    count = select(func.count()).where(_F.scenario == at.scenario, _F.scope == scope, _F.edition == edition)
    if at.connection.execute(count).scalar() == 0:
        at.connection.execute(delete(EDITION).where(*same))
        return NO_REV
    return str(at.connection.execute(select(_E.rev).where(*same)).scalar_one())


def _unread(at: WriteTarget, day: date, scope: str, read_revs: Mapping[Key, str]) -> Conflict | None:
    """Return a conflict if a day's approved plan is no longer the one that the caller read (`read_revs`), else None."""
    key, row = _key_of(day, scope, at.own), _approval(at, day, scope)
    expected, now = read_revs.get(key, NO_REV), NO_REV if row is None else str(row.rev)
    if now == expected:
        return None
    theirs = b"" if row is None else read_approval(at.connection, at.scenario, at.own, key)
    return Conflict(key, expected, now, "" if row is None else row.by, theirs)


def _withdraw(at: WriteTarget, scope: str, condition: ColumnElement[bool]) -> Sequence[date]:
    statement = delete(APPROVAL).where(_A.scenario == at.scenario, _A.scope == scope, condition).returning(_A.day)
    return at.connection.execute(statement).scalars().all()


def _approve(at: WriteTarget, write: PendingWrite, day: date, scope: str) -> str:
    content = json.loads(write.content or b"{}")
    _withdraw(at, scope, _A.day == day)
    values = {name: str(content[name]) for name in _APPROVED}
    statement = insert(APPROVAL).values(scenario=at.scenario, scope=scope, day=day, **values).returning(_A.rev)
    return str(at.connection.execute(statement).scalar_one())


def _approval(at: WriteTarget, day: date, scope: str) -> Row[*tuple[Any, ...]] | None:
    if not may_read(at.connection, "approval"):
        return None
    query = select(APPROVAL).where(_A.scenario == at.scenario, _A.scope == scope, _A.day == day)
    return at.connection.execute(query).first()
