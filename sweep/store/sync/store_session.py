"""Command on a scenario in a store: inputs are fetched first, changes committed at the end."""

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from platformdirs import user_cache_path

from geodata.errors import Code, InputError, Issue
from sweep.audit.audit_log import log_of_scenario
from sweep.records.redact_store_address import redacted_address
from sweep.store.postgres.connections import open_engine
from sweep.store.postgres.database_errors import ConnectionLostError
from sweep.store.postgres.postgres_store import PostgresStore
from sweep.store.store_records import NO_REV, Conflict, ConflictError, Key, LogEntry, PendingWrite
from sweep.store.sync.local_copy import LocalCopy, changes, day_key, fetch
from sweep.store.sync.stored_audit_log import lines_of, next_line
from sweep.store.sync.sync_state import SyncState, write_sync_state
from sweep.store.sync.write_conflict_messages import conflict_issues

# Retries of a commit after a lost connection, so that results are not lost.
_TRIES, _WAIT_S = 5, 0.5


@dataclass(frozen=True, slots=True)
class StoreSession:
    """Connection of one command to a scenario in a store: fetches into local folders (`mirror`), commits from them."""

    store: PostgresStore
    mirror: LocalCopy
    url: str
    """Address without credentials."""

    def run[T](self, work: Callable[[], tuple[T, bool]], *, is_locked: bool, approves: str | None = None) -> T:
        """
        Fetch the scenario, run the command, and commit its changes.

        Parameters
        ----------
        work
            Command, run in the local folders; returns the result of `run`, and whether its changes are to be committed.
        is_locked
            Whether to hold the store's lock meanwhile: for short commands that write the log's head hash.
        approves
            Id of the plan to approve, whose revision must be the one that was read.

        Raises
        ------
        InputError
            S941 if the store lacks the scenario, S942 for each conflict, S948 if the plan was not read before;
            S927 to S938 of the server, S947 if it is unknown whether a commit succeeded; S997 if another
            command uses the same folders.
        """
        with self.mirror.locked():
            return self._run(work, is_locked=is_locked, approves=approves)

    def _run[T](self, work: Callable[[], tuple[T, bool]], *, is_locked: bool, approves: str | None) -> T:
        state = self.mirror.sync_state()
        with self.store.locked() if is_locked else nullcontext():
            if not self.store.is_there():
                raise InputError([Issue("S941", self.mirror.name, {"url": self.url})])
            if approves is not None:
                self._refuse_unread(approves, state)
            there = fetch(self.store, self.mirror, self.url)
            n_before = len(log_of_scenario(self.mirror.out, self.mirror.name).content())
            answer, is_kept = work()
            new_state = self._commit_changes(*changes(self.mirror, there, n_before)) if is_kept else None
        # Only after the commit: a revision that was rolled back must not count as read.
        if new_state is not None:
            write_sync_state(self.mirror.marker, new_state)
        return answer

    def division_settings(self) -> tuple[str, ...]:
        """Return the settings `section.key=value` that limit a plan to the login's divisions; empty without a limit."""
        divisions = self.store.divisions()
        # The roster is complete, and may contain recusals from parties in other divisions.
        settings = (f"data.divisions={json.dumps(divisions)}", "data.in_part=true", "teams.recusals_elsewhere=true")
        return settings if divisions else ()

    def _refuse_unread(self, plan_id: str, seen: SyncState | None) -> None:
        """
        Raise an error unless the approver has read the stored plan, by the sync state `seen`.

        S711 if the store lacks the plan, S948 if it was not read, S942 if it or the day's approval has changed since.
        """
        there, prefix = self.store.listing(), f"{plan_id}/"
        now = {k: e for k, e in there.items() if k.kind == "editions" and k.name.startswith(prefix)}
        if not now:
            raise InputError([Issue("S711", plan_id)])
        read = {k: r for k, r in seen.revs.items() if k in now} if seen is not None else {}
        if seen is None or not read:
            fetch(self.store, self.mirror, self.url)
            raise InputError([Issue("S948", str(self.mirror.out / self.mirror.name / plan_id))])
        changed = [k for k, e in now.items() if read.get(k) != e.rev][:1]
        days = {day_key(e.day) for e in now.values() if e.day is not None}
        changed += [k for k in days if k in there and seen.revs.get(k) != there[k].rev]
        if changed:
            conflicts = [Conflict(k, seen.revs.get(k, NO_REV), there[k].rev, there[k].by, b"") for k in changed]
            # The folder is up to date from here on, so that a second approval refers to it.
            fetch(self.store, self.mirror, self.url)
            raise InputError(conflict_issues(conflicts, {}))

    def _commit_changes(self, writes: Sequence[PendingWrite], lines: Sequence[LogEntry]) -> SyncState | None:
        seen = self.mirror.sync_state()
        if seen is None or not (writes or lines):
            return None
        made = self._commit(writes, lines, seen.revs)
        hashes = {w.key: hashlib.sha256(w.content).hexdigest() for w in writes if w.content is not None}
        kept = {k: r for k, r in {**seen.revs, **made}.items() if r != NO_REV}
        # The head stays that of the fetch, since other commands may have added entries in between.
        return replace(seen, revs=kept, sha256={**seen.sha256, **hashes})

    def _commit(
        self, writes: Sequence[PendingWrite], lines: Sequence[LogEntry], revs: Mapping[Key, str]
    ) -> Mapping[Key, str]:
        is_doubtful = False
        for attempt in count(1):
            try:
                if is_doubtful and self._is_done(lines):
                    return {}
                return self.store.commit(writes, lines, revs)
            except ConflictError as error:
                mine = {w.key: w.content or b"" for w in writes}
                raise InputError(conflict_issues(error.conflicts, mine)) from error
            except InputError as error:
                is_doubtful |= isinstance(error, ConnectionLostError)
                is_away = isinstance(error, ConnectionLostError)
                is_away |= all(issue.code == Code.STORE_UNREACHABLE for issue in error.issues)
                # Inside the caller's transaction a retry is impossible: the server has rolled back all of it.
                if not is_away or attempt == _TRIES or self.store.is_in_transaction():
                    raise (InputError([Issue("S947", self.url)]) if is_doubtful else error) from error
                time.sleep(_WAIT_S * attempt)
        return {}

    def _is_done(self, lines: Sequence[LogEntry]) -> bool:
        """Return whether the store's log has all `lines`, so that a commit without an answer has succeeded."""
        return bool(lines) and all(line in list(lines_of(self.store.chain())) for line in lines)


def open_session(url: str, name: str, out: Path, folder: Path | None = None) -> StoreSession:
    """
    Open a session on a scenario, in a folder readable only by the user.

    Parameters
    ----------
    out
        Folder of all editions visible to the login.
    folder
        Parent of the scenario's local folder; None: in the user's cache, separate for each `out`.

    Raises
    ------
    InputError
        S926, S939 for an invalid address.
    """
    store = PostgresStore(open_engine(url), name, next_line)
    place = hashlib.sha256(f"{url}\n{out.resolve()}".encode()).hexdigest()[:16]
    folder = folder or user_cache_path("sweep") / "store" / place
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return StoreSession(store, LocalCopy(name, folder / name, out), redacted_address(url))
