"""Import of a scenario into a store, and its export."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from geodata.errors import InputError, Issue
from sweep.audit.actor import Actor
from sweep.audit.approval import FILE_NAME as APPROVAL
from sweep.audit.approval import read_approval
from sweep.audit.audit_log import log_of_scenario
from sweep.inputs.building_search import unseen_notes
from sweep.records.redact_store_address import redacted_address
from sweep.scenario.scenario import Scenario
from sweep.store.folder_store import FolderStore
from sweep.store.postgres.connections import open_engine
from sweep.store.postgres.postgres_store import PostgresStore
from sweep.store.store_records import (
    NO_REV,
    Conflict,
    ConflictError,
    InvestigatedPlace,
    Key,
    ListingEntry,
    LogEntry,
    PendingWrite,
)
from sweep.store.sync.duty_files import duty_files
from sweep.store.sync.local_copy import LocalCopy, fetch
from sweep.store.sync.non_csv_tables import file_of
from sweep.store.sync.redact_investigations import is_redacted_table
from sweep.store.sync.scenario_snapshot import PLANNER_TABLES, take_snapshot
from sweep.store.sync.stored_audit_log import head_of, lines_of, next_line, restore_log
from sweep.store.sync.sync_state import SyncState
from sweep.store.sync.write_conflict_messages import conflict_issues


@dataclass(frozen=True, slots=True)
class Imported:
    """Result of an import: keys written, number of records written, and keys without a file in the folder."""

    keys: tuple[Key, ...]
    """Keys that were new or changed."""
    n_rows: int
    """Number of records written, in tables stored by record."""
    absent: tuple[Key, ...]
    """Files that are missing in the folder now, and stay in the store."""


def import_scenario(
    url: str, scenario: Scenario, out: Path, actor: Actor, overwrites: Mapping[str, str], *, deletes: bool = False
) -> Imported:
    """
    Import changes of a scenario's folder, its editions and its log into a store, in one transaction.

    Parameters
    ----------
    overwrites
        Revision by file name: the folder's file overwrites the stored one if the stored one still has this revision.
    deletes
        Whether inputs and duty files deleted from the folder are deleted from the store.

    Raises
    ------
    InputError
        S950 for personal data; S656 for names, new in settings or pins, of buildings or firms that the login does not
        see; S942 for each changed file that another login changed since its export; S940 unless the local log begins
        with the store's or the other way round; S802 for an invalid approval; S855 for investigations without
        permission to write them; S997 if another command uses the folders; errors of the inputs and of the server.
    """
    mirror = LocalCopy(scenario.name, scenario.folder, out)
    with mirror.locked():
        return _import_locked(url, scenario, mirror, actor, overwrites, deletes=deletes)


def _import_locked(
    url: str, scenario: Scenario, mirror: LocalCopy, actor: Actor, overwrites: Mapping[str, str], *, deletes: bool
) -> Imported:
    log = log_of_scenario(mirror.out, scenario.name)
    if issues := log.faults():
        raise InputError(issues)
    store = PostgresStore(open_engine(url), scenario.name, next_line)
    snapshot = take_snapshot(_in_part(scenario, store.divisions()))
    own = {w.key: w for w in (*snapshot.writes, *_other_writes(scenario, mirror.out))}
    hashes = {key: _sha256(w.file or b"") for key, w in own.items()}
    with store.locked():
        store.begin(snapshot.divisions)
        base, listing = mirror.base(redacted_address(url), store.reader()), store.listing()
        unchanged = {key for key in own if _is_stored(store, key, hashes[key], listing, base)}
        # A file unchanged since its export is no change, even if the store differs.
        writes = [
            w
            for k, w in own.items()
            if k not in unchanged and (k.name in overwrites or base.sha256.get(k) != hashes[k])
        ]
        absent = [k for k in base.revs if k.kind in ("inputs", "duty") and k in listing and k not in own]
        writes += [PendingWrite(k, None) for k in absent] if deletes else []
        if any(w.key.kind == "settings" or w.table in PLANNER_TABLES for w in writes):
            _refuse_unseen(store, listing, snapshot.unseen)
        lines = _new_lines(log.content(), store.chain(), mirror)
        if writes:
            facts = {
                "files": sorted(str(w.key) for w in writes),
                "divisions": list(snapshot.divisions),
                "overrides": {},
            }
            lines.append(LogEntry(actor.at, actor.who, "import", facts))
        _write_investigations(store, snapshot.investigations, base, overwrites)
        try:
            made = store.commit(
                writes, lines, {**base.revs, **{k: overwrites[k.name] for k in listing if k.name in overwrites}}
            )
        except ConflictError as error:
            raise InputError(conflict_issues(error.conflicts, {w.key: w.content or b"" for w in writes})) from error
        chain, file = store.chain(), store.read_investigations()
    restore_log(log, chain)
    # The store may have files of an edition that are missing here.
    committed = {k: r for k, r in made.items() if k in own or r == NO_REV or k.kind == "approvals"}
    revs = {key: listing[key].rev for key in unchanged} | committed
    if file is not None and snapshot.investigations is not None and file[1] == snapshot.investigations[1]:
        key = Key("inputs", file[0])
        revs[key], hashes[key] = file[2], _sha256(file[1])
    mirror.write_base(replace(_updated_state(base, revs, hashes), end=head_of(chain)))
    n_rows = sum(len(w.split.rows) for w in writes if w.split is not None)
    return Imported(tuple(w.key for w in writes), n_rows, () if deletes else tuple(absent))


def _updated_state(base: SyncState, revs: Mapping[Key, str], hashes: Mapping[Key, str]) -> SyncState:
    now = {k: r for k, r in {**base.revs, **revs}.items() if r != NO_REV}
    return replace(
        base,
        revs=now,
        sha256={k: h for k, h in {**base.sha256, **{k: hashes[k] for k in revs if k in hashes}}.items() if k in now},
    )


def _in_part(scenario: Scenario, divisions: tuple[str, ...] | None) -> Scenario:
    if not divisions:
        return scenario
    data = scenario.data.model_copy(update={"divisions": divisions, "in_part": True})
    teams = scenario.teams.model_copy(update={"recusals_elsewhere": True})
    return scenario.model_copy(update={"data": data, "teams": teams})


def _refuse_unseen(
    store: PostgresStore, listing: Mapping[Key, ListingEntry], unseen: Mapping[str, Sequence[str]]
) -> None:
    """
    Raise S656 for names in `unseen` that occur nowhere in the store's settings, pins and address assignments.

    `unseen`: names of buildings and firms that the login does not see, by the place of their use, such as `pins`.
    """
    own = (k for k, e in listing.items() if k.kind == "settings" or e.table in PLANNER_TABLES)
    stored_content = b"\n".join(map(store.read, own)) if any(unseen.values()) else b""
    new = {
        where: [
            n
            for n in names
            if all(n.encode(encoding) not in stored_content for encoding in ("utf-8", "gb18030", "utf-16-le"))
        ]
        for where, names in unseen.items()
    }
    if issues := unseen_notes(new):
        raise InputError(issues)


def export_scenario(url: str, name: str, folder: Path) -> tuple[int, str]:
    """
    Export the visible part of a scenario to a folder, from which it can be imported again.

    Returns
    -------
    tuple
        Number of files, and head of the audit log.

    Raises
    ------
    InputError
        S941 if the store lacks the scenario; S997 if another command uses the folder; errors of the server.
    """
    store = PostgresStore(open_engine(url), name, next_line)
    mirror = LocalCopy(name, folder, folder / "out")
    if not store.is_there():
        raise InputError([Issue("S941", name, {"url": redacted_address(url)})])
    with mirror.locked():
        fetch(store, mirror, redacted_address(url), is_export=True)
        state = mirror.sync_state()
        head = log_of_scenario(mirror.out, name).head()
    return len(state.sha256) if state is not None else 0, str(head or NO_REV)


def _other_writes(scenario: Scenario, out: Path) -> list[PendingWrite]:
    editions = out / scenario.name
    local = FolderStore(scenario.folder, editions, duty_files(scenario.folder))
    for approval in editions.glob(f"*/{APPROVAL}"):
        read_approval(approval.parent)
    return [
        # Duty is common to all divisions, as is the roster.
        PendingWrite(key, local.read(key), day=entry.day, divisions=() if key.kind == "duty" else None)
        for key, entry in local.listing().items()
        if key.kind != "settings"
    ]


def _write_investigations(
    store: PostgresStore,
    own: tuple[str, bytes, Sequence[InvestigatedPlace]] | None,
    base: SyncState,
    overwrites: Mapping[str, str],
) -> None:
    """
    Write the local file of investigations `own` (name, bytes, places) to the store if it has changed since the export.

    InputError if the stored file has changed since the export too, unless `overwrites` has its revision.
    """
    # A redacted table must not replace the file.
    if own is None or is_redacted_table(own[1]):
        return
    stored = store.read_investigations()
    if stored is not None and stored[1] != own[1] and overwrites.get(stored[0]) != stored[2]:
        key = Key("inputs", stored[0])
        read = base.sha256.get(key)
        if read == _sha256(own[1]):
            return
        if read != _sha256(stored[1]):
            conflict = Conflict(key, base.revs.get(key, NO_REV), stored[2], "", stored[1])
            raise InputError(conflict_issues([conflict], {key: own[1]}))
    store.write_investigations(*own)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _is_stored(store: PostgresStore, key: Key, own: str, listing: Mapping[Key, ListingEntry], base: SyncState) -> bool:
    """Return whether the store has the file `key` with SHA-256 `own`; of a split table, visible records count."""
    entry = listing.get(key)
    if entry is None:
        return False
    if not entry.sha256 and base.revs.get(key) == entry.rev:
        return own == base.sha256.get(key)
    return own == (entry.sha256 or _sha256(file_of(key.name, store.read(key))))


def _new_lines(own: bytes, theirs: bytes, mirror: LocalCopy) -> list[LogEntry]:
    """Return the entries of the log `own` that the store's, `theirs`, lacks; S940 unless one begins with the other."""
    if theirs.startswith(own):
        return []
    if not own.startswith(theirs):
        raise InputError([Issue("S940", str(mirror.out / mirror.name))])
    return list(lines_of(own[len(theirs) :]))
