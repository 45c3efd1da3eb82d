"""Store session of a board: changes of editions are written at once, log entries are queued on disk."""

import asyncio
import json
import os
import shutil
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from threading import Lock

from geodata.atomic_writes import change
from geodata.errors import Code, InputError, Issue
from geodata.folder_lock import lock_folder
from geodata.regular_file import is_present, read_regular
from sweep.audit.audit_log import log_of_scenario
from sweep.audit.hash_chain import Json
from sweep.day.journal.journal_file import SUFFIX, whole_lines
from sweep.disk.atomic_files import write_files
from sweep.records.scenario_folders import JOURNALS
from sweep.store.store_records import LogEntry
from sweep.store.sync.local_copy import LocalCopy, day_key
from sweep.store.sync.store_session import StoreSession, open_session
from sweep.store.sync.stored_audit_log import lines_of, restore_log


@dataclass(slots=True)
class LogQueue:
    """Log entries of a board that are not in the store yet, in a file and in memory."""

    file: Path
    lines: list[LogEntry]
    _lock: Lock = field(default_factory=Lock)

    def add(self, line: LogEntry) -> None:
        """Append an entry to the queue, in the file and in memory; if the disk fails (OSError), it is in neither."""
        with self._lock:
            content = _bytes(line)
            # Unbuffered, so that a failed write leaves nothing to be written later.
            with open(self.file, "ab", buffering=0, opener=partial(os.open, mode=0o600)) as file:
                n_bytes = file.tell()
                try:
                    unwritten = memoryview(content)
                    while unwritten:
                        unwritten = unwritten[file.write(unwritten) :]
                    os.fsync(file.fileno())
                except OSError:
                    # An entry after an incomplete line would be unreadable.
                    os.truncate(self.file, n_bytes)
                    raise
            self.lines.append(line)

    def drop(self, n: int) -> None:
        """Remove the first `n` entries, which the store has taken."""
        with self._lock:
            del self.lines[:n]
            if self.lines:
                write_files({self.file.name: b"".join(map(_bytes, self.lines))}, self.file.parent, is_secret=True)
            else:
                self.file.unlink(missing_ok=True)


def open_waiting(file: Path) -> LogQueue:
    """Return the queue that an earlier run left in a file, else an empty one; an incomplete last line is removed."""
    file.parent.mkdir(parents=True, exist_ok=True)
    content = read_regular(file) if is_present(file) else b""
    whole = content[: content.rfind(b"\n") + 1]
    if whole != content:
        os.truncate(file, len(whole))
    return LogQueue(file, [LogEntry(**json.loads(line)) for line in whole.splitlines()])


def _bytes(line: LogEntry) -> bytes:
    return json.dumps(asdict(line), ensure_ascii=False).encode() + b"\n"


_STORE_FOLDER, _QUEUE_FILE = "_store", "waiting.lines"


@dataclass(slots=True)
class BoardStore:
    """Connection of a board to its store."""

    session: StoreSession
    journals: Path
    """Folder of the board's journals of the scenario on disk."""
    waiting: LogQueue
    """Log entries that are not in the store yet."""
    _lock: Lock = field(default_factory=Lock)
    _is_doubtful: bool = True
    """Whether queued entries may be in the store already, since the last response was lost."""

    @property
    def mirror(self) -> LocalCopy:
        """Return the board's local folders of the scenario."""
        return self.session.mirror

    async def run_locked[T](
        self, work: Callable[[], Awaitable[T]], is_done: Callable[[T], bool], approved: tuple[date, str] | None = None
    ) -> T:
        """
        Run work that changes editions, approvals or results under the store's lock, and return its result.

        Parameters
        ----------
        is_done
            Returns whether the result is a success: all changes are then written to the store, else none.
        approved
            Day and plan id: the store's approved plan of that day must be this plan, or missing. None: no condition.

        Raises
        ------
        InputError
            S986 if the store does not respond, S987 if another plan was approved, S988 if the journal of a day differs;
            also the errors of the store.
        """
        loop = asyncio.get_running_loop()

        def inside() -> tuple[T, bool]:
            if approved is not None:
                self._refuse_other(*approved)
            answer = asyncio.run_coroutine_threadsafe(_await_work(work), loop).result()
            self._copy_journals()
            return answer, is_done(answer)

        try:
            return await asyncio.to_thread(self._run, inside)
        except InputError as error:
            # The store is unreachable, or the connection was lost: the caller may retry later.
            is_away = all(issue.code in (Code.STORE_LOST, Code.STORE_UNREACHABLE) for issue in error.issues)
            raise (InputError([Issue("S986", self.session.url)]) if is_away else error) from error

    def fetch(self, *, is_first_fetch: bool = False) -> None:
        """
        Write the board's journals and queued log entries to the store, and update its local copy of the scenario.

        `is_first_fetch`: whether a journal that is longer in the store is copied to the board. The caller sets it only
        before the board's server opens the journals.
        """

        def inside() -> tuple[None, bool]:
            self._copy_journals(is_first_fetch=is_first_fetch)
            return None, True

        self._run(inside)

    def fetch_approved(self, day: date) -> str | None:
        """Exchange changes with the store; return the id of the day's approved plan there, None without one."""

        def inside() -> tuple[str | None, bool]:
            self._copy_journals()
            return self.read_approved(day), True

        return self._run(inside)

    @property
    def n_waiting(self) -> int:
        """Return the number of log entries that are not in the store yet."""
        return len(self.waiting.lines)

    def note(self, at: str, who: str, what: str, facts: Mapping[str, Json]) -> None:
        """Queue the log entry of an action (time, person, action, facts) until it can be written to the store."""
        self.waiting.add(LogEntry(at, who, what, facts))

    def flush_log(self) -> bool:
        """Write the queued entries to the store; return whether all are in it. If False, they stay in the queue."""
        with self._lock:
            try:
                self._commit_queue()
            except InputError:
                return False
            return True

    def _run[T](self, inside: Callable[[], tuple[T, bool]]) -> T:
        with self._lock:
            self._commit_queue()
            return self.session.run(inside, is_locked=True)

    def _commit_queue(self) -> None:
        store, lines = self.session.store, tuple(self.waiting.lines)
        with store.locked():
            if lines:
                there = list(lines_of(store.chain())) if self._is_doubtful else []
                self._is_doubtful = True
                store.commit((), [line for line in lines if line not in there], {})
            chain = store.chain() if lines else b""
        self._is_doubtful = False
        self.waiting.drop(len(lines))
        restore_log(log_of_scenario(self.mirror.out, self.mirror.name), chain)

    def read_approved(self, day: date) -> str | None:
        """Read from the store, without exchanging changes, the id of the day's approved plan; None without one."""
        try:
            return str(json.loads(self.session.store.read(day_key(day)))["plan_id"])
        except KeyError:
            return None

    def _refuse_other(self, day: date, plan_id: str) -> None:
        stored = self.read_approved(day)
        if stored not in (None, plan_id):
            raise InputError([Issue("S987", day.isoformat(), {"plan": stored, "own": plan_id})])

    def _copy_journals(self, *, is_first_fetch: bool = False) -> None:
        copy_journals(self.journals, self.mirror.out / self.mirror.name / JOURNALS, is_first_fetch=is_first_fetch)


@contextmanager
def open_board_store(url: str, name: str, own: Path) -> Iterator[BoardStore]:
    """
    Yield the store session of a board, after a first exchange of its local folders with the store.

    Parameters
    ----------
    url, name
        Address of the store, and name of the scenario.
    own
        Folder of the board. Copies of the store's files go to its subfolder `_store`, which no other command uses.

    Raises
    ------
    InputError
        S971 if another board holds the folders, S938 if the store does not respond; also the errors of the store.
    """
    folder = own / _STORE_FOLDER / name
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with lock_folder(folder, wait=False):
            session = open_session(url, name, folder / "out", folder)
            board_store = BoardStore(session, own / name, open_waiting(own / name / _QUEUE_FILE))
            board_store.fetch(is_first_fetch=True)
            yield board_store
    except BlockingIOError as error:
        raise InputError([Issue("S971", str(folder))]) from error


def close(board_store: BoardStore) -> list[Issue]:
    """
    End a session: exchange the last changes with the store, then delete the session's local folders.

    Returns an empty list after a successful exchange. If the exchange fails, keeps the folders and returns its errors.
    """
    try:
        board_store.fetch()
    except InputError as error:
        return list(error.issues)
    for place in (board_store.mirror.folder, board_store.mirror.out):
        shutil.rmtree(place, ignore_errors=True)
    return []


async def _await_work[T](work: Callable[[], Awaitable[T]]) -> T:
    return await work()


def copy_journals(journals: Path, copies: Path, *, is_first_fetch: bool) -> None:
    """
    Update the store's copy of each journal of a board; a journal only grows.

    Parameters
    ----------
    journals
        Folder of the board's own journals.
    copies
        Local folder next to the editions, whose files are written to the store.
    is_first_fetch
        Whether a journal that is longer in the store is copied to the board. The caller sets it only before the
        board's server opens the journals.

    Raises
    ------
    InputError
        S988 for a journal of another board.
    """
    names = {path.name for folder in (journals, copies) for path in folder.glob(f"*{SUFFIX}")}
    for name in sorted(names):
        own, there = whole_lines(journals / name), whole_lines(copies / name)
        if own.startswith(there):
            if own != there:
                _put(copies / name, own)
        elif not there.startswith(own):
            raise InputError([Issue("S988", name)])
        elif is_first_fetch:
            _put(journals / name, there)


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with change(path.parent) as made:
        made.at(path).write_bytes(content)
