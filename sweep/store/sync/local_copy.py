"""Local folders of a scenario in a store: fetched before a command, with changes written back."""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from geodata.atomic_writes import change
from geodata.errors import InputError, Issue
from geodata.folder_lock import lock_folder, remove_empty
from geodata.read.read_table import sha256_of
from geodata.regular_file import read_regular
from sweep.audit.audit_log import MARKER, log_of_scenario
from sweep.records.redact_store_address import without_login
from sweep.scenario.load_scenario import load_scenario
from sweep.store.folder_store import BY_HAND, SETTINGS, FolderStore, path_of
from sweep.store.postgres.postgres_store import PostgresStore
from sweep.store.store_records import KINDS_WITH_EDITIONS, Key, ListingEntry, LogEntry, PendingWrite
from sweep.store.sync.duty_files import duty_files
from sweep.store.sync.non_csv_tables import file_of
from sweep.store.sync.redact_investigations import is_redacted_table, redacted_table
from sweep.store.sync.stored_audit_log import has_head, head_of, lines_of, restore_log
from sweep.store.sync.sync_state import SyncState, read_sync_state, write_sync_state

# Kinds in the folder of all editions, and their approvals.
KINDS_IN_OUT = KINDS_WITH_EDITIONS | {"approvals"}


@dataclass(frozen=True, slots=True)
class LocalCopy:
    """Local folders with the content of one scenario in a store."""

    name: str
    folder: Path
    """Folder of scenario.toml."""
    out: Path
    """Folder of all editions."""

    @property
    def marker(self) -> Path:
        """Return the path of the file with the sync state of the last fetch, next to the editions' audit log."""
        return log_of_scenario(self.out, self.name).marker

    @property
    def own_marker(self) -> Path:
        """Return the path of the file with the sync state of the last export or import, next to scenario.toml."""
        return self.folder / f".{self.name}{MARKER}"

    def sync_state(self) -> SyncState | None:
        """Return the sync state of the last fetch of these folders; None without one."""
        return read_sync_state(self.marker)

    def base(self, url: str, reader: str) -> SyncState:
        """
        Return the revisions and hashes against which local changes are found, for a store address and a reader.

        For the scenario's own files (settings, inputs) they are from the last export or import; for files of editions,
        from the last fetch. Empty if there was neither for this store and reader.
        """
        state = SyncState(url, reader)
        for stored_state, is_inside in ((read_sync_state(self.own_marker), True), (self.sync_state(), False)):
            if stored_state is not None and stored_state.counts_for(url, reader):
                revs = {k: r for k, r in stored_state.revs.items() if (k.kind not in KINDS_IN_OUT) is is_inside}
                hashes = {k: h for k, h in stored_state.sha256.items() if k in revs}
                state = replace(
                    state, revs={**state.revs, **revs}, sha256={**state.sha256, **hashes}, end=stored_state.end
                )
        return state

    def write_base(self, state: SyncState) -> None:
        """
        Store the sync state of an export or import, from which later commands find local changes.

        It is written to the folder's own file, `own_marker`. In `marker`, the file that all folders with the same `out`
        share, only the entries of editions change; if that file is of another store or reader, it is replaced.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        write_sync_state(self.own_marker, state)
        others = self.sync_state()
        if others is not None and others.counts_for(state.url, state.reader):
            revs = {k: r for k, r in others.revs.items() if k.kind not in KINDS_IN_OUT}
            hashes = {k: h for k, h in others.sha256.items() if k in revs}
            own = {k: r for k, r in state.revs.items() if k.kind in KINDS_IN_OUT}
            state = replace(
                others,
                revs=revs | own,
                sha256=hashes | {k: h for k, h in state.sha256.items() if k in own},
                end=state.end,
            )
        write_sync_state(self.marker, state)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold a lock on the folders, so that no other command changes them meanwhile; S997 if another holds it."""
        place = self.marker.with_suffix("")
        with ExitStack() as stack:
            stack.callback(remove_empty, [place])
            try:
                stack.enter_context(lock_folder(place, wait=False))
            except BlockingIOError as error:
                raise InputError([Issue("S997", str(self.out / self.name))]) from error
            yield

    def path(self, key: Key) -> Path:
        """Return the path of the local file for a key (kind and name) of the store."""
        return path_of(key, self.folder, self.out / self.name)

    def store(self) -> FolderStore:
        """Return the local files in the interface of a store, so that they can be compared with the database by key."""
        return FolderStore(self.folder, self.out / self.name, duty_files(self.folder))


def fetch(store: PostgresStore, mirror: LocalCopy, url: str, *, is_export: bool = False) -> Mapping[Key, str]:
    """
    Make the documents in `mirror` equal to those in the store at `url` that the login may read, except edited drafts.

    Parameters
    ----------
    is_export
        Whether the folder is an export, which belongs to a planner. A locally changed file is then an error (S940), and
        a login that may read investigations gets the complete table of investigations, not the redacted one.

    Returns
    -------
    Mapping of Key to str
        SHA-256 of the local files, from which `changes` finds later changes.

    Raises
    ------
    InputError
        S940 if the folder of editions or of an export belongs to another store, or an exported
        file was changed; S815 if the store's log has lost entries since the last fetch.
    """
    state = mirror.sync_state()
    own = mirror.out / mirror.name
    is_unknown = state is None and own.is_dir() and any(own.glob("*/manifest.json"))
    if is_unknown or (state is not None and without_login(state.url) != without_login(url)):
        raise InputError([Issue("S940", str(own))])
    with store.snapshot():
        reader, stored = store.reader(), store.listing()
        if is_export and state is None:
            _refuse_other(mirror, stored)
        known = state if state is not None and state.reader == reader else SyncState(url, reader)
        if is_export:
            known = mirror.base(url, reader)
        mirror.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        changed = _edited_drafts(mirror, known, stored)
        whole = store.read_investigations() if is_export else None
        if is_export:
            _refuse_own_investigations(mirror, known, whole)
        fetched = _update_files(store, mirror, stored, known, changed, is_export=is_export)
        _write_investigations(store, mirror, whole)
        chain = store.chain()
    if not has_head(chain, known.end):
        raise InputError([Issue("S815", mirror.name, {"head": known.end})])
    restore_log(log_of_scenario(mirror.out, mirror.name), chain)
    # For locally changed files the revision that was read counts.
    revs = {key: entry.rev for key, entry in stored.items() if key not in changed}
    revs |= {key: known.revs[key] for key in changed if key in known.revs}
    kept = {key: known.sha256[key] for key in changed if key in known.sha256}
    if whole is not None:
        file, content, rev = Key("inputs", whole[0]), *whole[1:]
        revs[file], kept[file] = rev, hashlib.sha256(content).hexdigest()
    new_state = SyncState(url, reader, revs, fetched | kept, head_of(chain))
    write_sync_state(mirror.marker, new_state)
    if is_export:
        mirror.write_base(new_state)
    return {key: entry.sha256 for key, entry in mirror.store().listing().items() if key not in changed}


def _refuse_other(mirror: LocalCopy, stored: Mapping[Key, ListingEntry]) -> None:
    is_other = (mirror.folder / SETTINGS).is_file() and load_scenario(mirror.folder).name != mirror.name
    if is_other or mirror.store().listing().keys() - stored.keys():
        raise InputError([Issue("S940", str(mirror.folder))])


def _edited_drafts(mirror: LocalCopy, known: SyncState, stored: Mapping[Key, ListingEntry]) -> frozenset[Key]:
    drafts = {key: e for key, e in mirror.store().listing().items() if key.name.startswith(f"{BY_HAND}/")}
    kept = {*known.sha256.items(), *((key, entry.sha256) for key, entry in stored.items())}
    return frozenset(key for key, e in drafts.items() if key.kind == "drafts" and (key, e.sha256) not in kept)


def changes(mirror: LocalCopy, before: Mapping[Key, str], n_before: int) -> tuple[list[PendingWrite], list[LogEntry]]:
    """
    Return the files changed or deleted since a fetch, as writes to the store, and the log entries added since.

    `before`: hashes as `fetch` returned them; `n_before`: length of the log then, in bytes.
    """
    source = mirror.store()
    after = source.listing()
    writes = [
        PendingWrite(key, source.read(key), day=entry.day)
        for key, entry in after.items()
        if before.get(key) != entry.sha256
    ]
    writes += [PendingWrite(key, None) for key in before if key not in after]
    return writes, list(lines_of(log_of_scenario(mirror.out, mirror.name).content()[n_before:]))


def _update_files(
    store: PostgresStore,
    mirror: LocalCopy,
    stored: Mapping[Key, ListingEntry],
    known: SyncState,
    changed: Collection[Key],
    *,
    is_export: bool,
) -> dict[Key, str]:
    """Make local files equal to the `stored` ones, except those with `changed` keys; return each SHA-256 by key."""
    edited: list[Issue] = []
    local = set(mirror.store().listing())
    obsolete = [key for key in local | set(known.revs) if key not in stored and key not in changed]
    fetched: dict[Key, str] = {}
    with change(mirror.folder) as inner, change(mirror.out / mirror.name) as outer:
        for key, entry in stored.items():
            if key.kind == "approvals" or key in changed:
                continue
            path, made = mirror.path(key), outer if key.kind in KINDS_WITH_EDITIONS else inner
            # A partly visible table has another hash than the whole; the hash of the fetch counts.
            kept = {entry.sha256} | ({known.sha256.get(key)} if known.revs.get(key) == entry.rev else set())
            own = sha256_of(path) if path.is_file() else ""
            if not own or own not in kept:
                content = file_of(key.name, store.read(key))
                theirs = hashlib.sha256(content).hexdigest()
                # A command may repair its own folder; an exported one belongs to its planner.
                if is_export and own not in ("", theirs, known.sha256.get(key)):
                    edited.append(Issue("S940", str(path)))
                made.at(path).write_bytes(content)
                own = theirs
            fetched[key] = own
        to_delete = {key: path for key in obsolete if key.kind != "approvals" and (path := mirror.path(key)).is_file()}
        if is_export:
            edited += [Issue("S940", str(p)) for k, p in to_delete.items() if sha256_of(p) != known.sha256.get(k)]
        if edited:
            raise InputError(edited)
        for key, path in to_delete.items():
            (outer if key.kind in KINDS_WITH_EDITIONS else inner).discard(path)
    folders = (path for path in (mirror.out / mirror.name).rglob("*") if path.is_dir())
    remove_empty(sorted(folders, reverse=True))
    return fetched


def _write_investigations(store: PostgresStore, mirror: LocalCopy, whole: tuple[str, bytes, str] | None) -> None:
    """
    Write the local file of investigations: the stored one, `whole` (name, bytes, revision), or a redacted one.

    `whole` None: the stored one is missing, or the login may not read it.
    """
    if not (mirror.folder / SETTINGS).is_file():
        return
    scenario = load_scenario(mirror.folder)
    name = scenario.data.investigations
    if name is None:
        return
    content = whole[1] if whole is not None else redacted_table(store.blocked_buildings())
    with change(mirror.folder) as made:
        made.at(mirror.folder / name).write_bytes(content)


def _refuse_own_investigations(mirror: LocalCopy, known: SyncState, whole: tuple[str, bytes, str] | None) -> None:
    """
    Raise S940 if the local file of investigations is neither redacted nor the stored one: it would be lost.

    `whole`: name, bytes and revision of the stored file; None: it is missing, or the login may not read it.
    """
    name = load_scenario(mirror.folder).data.investigations if (mirror.folder / SETTINGS).is_file() else None
    if name is None or not (path := mirror.folder / name).is_file():
        return
    content, kept = read_regular(path), known.sha256.get(Key("inputs", name))
    is_stored = (whole is not None and content == whole[1]) or hashlib.sha256(content).hexdigest() == kept
    if not is_stored and not is_redacted_table(content):
        raise InputError([Issue("S940", str(path))])


def day_key(day: date) -> Key:
    """Return the store's key of the approved plan of a day."""
    return Key("approvals", day.isoformat())
