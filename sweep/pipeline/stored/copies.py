"""A whole scenario into a store and out of it: one is the other backwards."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from geodata.errors import InputError, Issue
from sweep.audit.actor import Actor
from sweep.audit.approval import FILE_NAME as APPROVAL
from sweep.audit.approval import read_approval
from sweep.audit.log import log_of_scenario
from sweep.pipeline.inputs.finding import unseen_notes
from sweep.pipeline.stored.blocked import is_blocked_table
from sweep.pipeline.stored.chain import end_of, folder_store, lines_of, next_line, restore_log
from sweep.pipeline.stored.conflicts import conflict_issues
from sweep.pipeline.stored.duty import duty_files
from sweep.pipeline.stored.mirror import Mirror, fetch
from sweep.pipeline.stored.seen import Seen
from sweep.pipeline.stored.taking_in import PLANNERS_OWN, take_in
from sweep.records.address import shown, without_login
from sweep.scenario.scenario import Scenario
from sweep.store.postgres.engine import open_engine
from sweep.store.postgres.store import PostgresStore
from sweep.store.records import NO_REV, Conflict, ConflictError, Entry, Key, Line, Write

# Encodings in which planners' tables are written.
_SIGNS = ("utf-8", "gb18030", "utf-16-le")


@dataclass(frozen=True, slots=True)
class Imported:
    """What a store took in."""

    keys: tuple[Key, ...]
    """What was new or other than in the store."""
    n_rows: int


def import_scenario(url: str, scenario: Scenario, out: Path, actor: Actor, over: Mapping[str, str]) -> Imported:
    """
    Put a scenario's folder, its editions and its log into a store: whatever is other there, all or nothing.

    Parameters
    ----------
    over
        Revision by name: what the store holds of it under that revision may be replaced, whatever was read.

    Raises
    ------
    InputError
        S950 for personal data; S656 for what names nothing that the login sees and is not in the store; S942 for each
        thing that somebody else changed since it was read here; S940 if the log here has lines that the store has not;
        S802 for an approval that is none; S997 if another command works in the folders; the faults of the inputs and of
        the server.
    """
    mirror = Mirror(scenario.name, scenario.folder, out)
    with mirror.alone():
        return _imported(url, scenario, mirror, actor, over)


def _imported(url: str, scenario: Scenario, mirror: Mirror, actor: Actor, over: Mapping[str, str]) -> Imported:
    log = log_of_scenario(mirror.out, scenario.name)
    if faults := log.faults():
        raise InputError(faults)
    store = PostgresStore(open_engine(url), scenario.name, next_line)
    taken = take_in(_in_part(scenario, store.part()))
    seen = mirror.seen()
    read = dict(seen.revs) if seen is not None and without_login(seen.url) == without_login(url) else {}
    with store.held():
        store.begin(taken.divisions)
        there = store.listing()
        read |= {key: over[key.name] for key in there if key.name in over}
        known = seen if seen is not None and read else Seen("", "")
        writes = [w for w in (*taken.writes, *_others(scenario, mirror.out)) if not _is_there(w, there, known)]
        kept = {w.key for w in taken.writes}
        writes += [Write(k, None) for k in read if k.kind == "inputs" and k in there and k not in kept]
        if any(w.key.kind == "settings" or w.table in PLANNERS_OWN for w in writes):
            _refuse_unseen(store, there, taken.unseen)
        lines = [*_new_lines(log.content(), store.chain(), mirror), *_line(actor, writes, taken.divisions)]
        # What a planner was shown in the place of the file is not to take its place.
        if (own := taken.investigations) is not None and not is_blocked_table(own[1]):
            _refuse_unread(store, known, over, own[1])
            store.write_investigations(*own)
        try:
            store.commit(writes, lines, read)
        except ConflictError as error:
            raise InputError(conflict_issues(error.conflicts, {w.key: w.content or b"" for w in writes})) from error
        reader, after, chain, file = store.reader(), store.listing(), store.chain(), store.read_investigations()
    restore_log(log, chain)
    # The folder shows what the store holds from now on.
    hashes = {w.key: e.sha256 for w in writes if (e := after.get(w.key)) is not None}
    revs = {k: e.rev for k, e in after.items()}
    if file is not None and own is not None and own[1] == file[1]:
        revs[Key("inputs", file[0])], hashes[Key("inputs", file[0])] = file[2], _sha256(file[1])
    mirror.note(Seen(shown(url), reader, revs, hashes, end_of(chain)))
    n_rows = sum(len(w.split.rows) for w in writes if w.split is not None)
    return Imported(tuple(w.key for w in writes), n_rows)


def _in_part(scenario: Scenario, divisions: tuple[str, ...] | None) -> Scenario:
    """The scenario as a login that was given some divisions plans it; see `Session.sets`."""
    if not divisions:
        return scenario
    data = scenario.data.model_copy(update={"divisions": divisions, "in_part": True})
    teams = scenario.teams.model_copy(update={"recusals_elsewhere": True})
    return scenario.model_copy(update={"data": data, "teams": teams})


def _refuse_unseen(store: PostgresStore, there: Mapping[Key, Entry], unseen: Mapping[str, Sequence[str]]) -> None:
    """Refuse what nobody can judge here, unless it is in the store: then it was judged as it came there."""
    own = (k for k, e in there.items() if k.kind == "settings" or e.table in PLANNERS_OWN)
    held = b"\n".join(map(store.read, own)) if any(unseen.values()) else b""
    new = {
        where: [n for n in names if all(n.encode(signs) not in held for signs in _SIGNS)]
        for where, names in unseen.items()
    }
    if issues := unseen_notes(new):
        raise InputError(issues)


def _line(actor: Actor, writes: Sequence[Write], divisions: Sequence[str]) -> list[Line]:
    """The line of an import; none where nothing was new."""
    facts = {"files": sorted(str(w.key) for w in writes), "divisions": list(divisions), "overrides": {}}
    return [Line(actor.at, actor.who, "import", facts)] if writes else []


def export_scenario(url: str, name: str, folder: Path) -> tuple[int, str]:
    """
    Write all that the login may see of a scenario into a folder, from which it can be imported again.

    Returns
    -------
    tuple
        How many files, and the end of the audit log.

    Raises
    ------
    InputError
        S941 if the store does not know the scenario; S997 if another command works in the folder; the faults of the
        server.
    """
    store = PostgresStore(open_engine(url), name, next_line)
    mirror = Mirror(name, folder, folder / "out")
    if not store.is_there():
        raise InputError([Issue("S941", name, {"url": shown(url)})])
    with mirror.alone():
        fetch(store, mirror, shown(url), is_export=True)
        seen = mirror.seen()
        head = log_of_scenario(mirror.out, name).head()
    return len(seen.sha256) if seen is not None else 0, str(head or NO_REV)


def _others(scenario: Scenario, out: Path) -> list[Write]:
    """Editions, results, follow-up, duty and drafts of a folder."""
    duty = duty_files(scenario.folder)
    local = folder_store(scenario.name, scenario.folder, out, follow_up=scenario.data.follow_up, duty=duty)
    for approval in (out / scenario.name).glob(f"*/{APPROVAL}"):
        read_approval(approval.parent)
    return [
        # Who is on duty is common to all divisions, as the roster is.
        Write(key, local.read(key), day=entry.day, divisions=() if key.kind == "duty" else None)
        for key, entry in local.listing().items()
        if key.kind not in ("settings", "inputs", "approvals")
    ]


def _refuse_unread(store: PostgresStore, seen: Seen, over: Mapping[str, str], own: bytes) -> None:
    """Refuse to write over a file of investigations that was not read, or was changed since."""
    there = store.read_investigations()
    if there is None:
        return
    (name, content, rev), key = there, Key("inputs", there[0])
    if over.get(name) != rev and _sha256(content) not in (_sha256(own), seen.sha256.get(key)):
        conflict = Conflict(key, seen.revs.get(key, NO_REV), rev, "", content)
        raise InputError(conflict_issues([conflict], {key: own}))


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _is_there(write: Write, there: Mapping[Key, Entry], seen: Seen) -> bool:
    """Whether a store holds it already: as a whole, or as what the login was shown of that very revision."""
    entry = there.get(write.key)
    if entry is None:
        return False
    shown_then = seen.sha256.get(write.key) if seen.revs.get(write.key) == entry.rev else None
    return _sha256(write.file or b"") in (entry.sha256, shown_then)


def _new_lines(own: bytes, theirs: bytes, mirror: Mirror) -> list[Line]:
    """The lines of a log that a store has not yet."""
    if theirs.startswith(own):
        return []
    if not own.startswith(theirs):
        raise InputError([Issue("S940", str(mirror.out / mirror.name))])
    return list(lines_of(own[len(theirs) :]))
