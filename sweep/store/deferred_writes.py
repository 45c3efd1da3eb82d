"""The folders and journals of a board, and the store that they show: each act that changes them goes there at once."""

import asyncio
import json
import os
import shutil
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from threading import Lock

from geodata.atomic_writes import change
from geodata.errors import InputError, Issue
from geodata.folder_lock import locked
from geodata.regular_file import is_present, read_regular
from sweep.audit.audit_log import log_of_scenario
from sweep.audit.hash_chain import Json
from sweep.day.journal.journal_file import SUFFIX, whole_lines
from sweep.disk.atomic_files import write_files
from sweep.records.scenario_folders import JOURNALS
from sweep.store.store_records import Line
from sweep.store.sync.local_copy import Mirror, day_key
from sweep.store.sync.store_session import Session, open_session
from sweep.store.sync.stored_audit_log import lines_of, restore_log


@dataclass(slots=True)
class Waiting:
    """A file of lines, and the same in memory."""

    file: Path
    lines: list[Line]
    _lock: Lock = field(default_factory=Lock)

    def add(self, line: Line) -> None:
        """Put a line behind those that wait."""
        with self._lock:
            content = _bytes(line)
            # Unbuffered: of a write that failed nothing is left to be written later.
            with open(self.file, "ab", buffering=0, opener=_open_as_owner) as file:
                n_bytes = file.tell()
                try:
                    left = memoryview(content)
                    while left:
                        left = left[file.write(left) :]
                    os.fsync(file.fileno())
                except OSError:
                    # Behind half a line no other could be read.
                    os.truncate(self.file, n_bytes)
                    raise
            self.lines.append(line)

    def drop(self, n: int) -> None:
        """Forget the first lines, which are in the store now."""
        with self._lock:
            del self.lines[:n]
            if self.lines:
                write_files({self.file.name: b"".join(map(_bytes, self.lines))}, self.file.parent, is_secret=True)
            else:
                self.file.unlink(missing_ok=True)


def open_waiting(file: Path) -> Waiting:
    """What waits since the board ran last; a last line that a kill has cut short was followed by nothing."""
    file.parent.mkdir(parents=True, exist_ok=True)
    content = read_regular(file) if is_present(file) else b""
    whole = content[: content.rfind(b"\n") + 1]
    if whole != content:
        os.truncate(file, len(whole))
    return Waiting(file, [Line(**json.loads(line)) for line in whole.splitlines()])


def _open_as_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _bytes(line: Line) -> bytes:
    return json.dumps(asdict(line), ensure_ascii=False).encode() + b"\n"


_ROOM, _WAITING = "_store", "waiting.lines"


@dataclass(slots=True)
class Kept:
    """What the board keeps in a store."""

    session: Session
    journals: Path
    """Folder of the board's journals of the scenario, which stay on the disk."""
    waiting: Waiting
    _lock: Lock = field(default_factory=Lock)
    _is_doubtful: bool = True
    """Whether lines that wait may be in the store already: its answer was lost."""

    @property
    def mirror(self) -> Mirror:
        """The folders that the board works in."""
        return self.session.mirror

    async def hold[T](
        self, work: Callable[[], Awaitable[T]], is_done: Callable[[T], bool], approved: tuple[date, str] | None = None
    ) -> T:
        """
        Do what changes editions, approvals or results, in the store or not at all; nobody else changes it meanwhile.

        Parameters
        ----------
        approved
            Day, and the plan that must be its approved one still; None: whichever.

        Raises
        ------
        InputError
            S986 if the store does not answer, S987 if another plan was approved, S988 for another journal of a day;
            what the store itself refuses.
        """
        loop = asyncio.get_running_loop()

        def inside() -> tuple[T, bool]:
            if approved is not None:
                self._refuse_other(*approved)
            answer = asyncio.run_coroutine_threadsafe(_awaited(work), loop).result()
            self._lay_journals()
            return answer, is_done(answer)

        try:
            return await asyncio.to_thread(self._run, inside)
        except InputError as error:
            # The server is away, or was lost on the way: whatever is asked of it is asked again later.
            is_away = all(issue.code in ("S933", "S938") for issue in error.issues)
            raise (InputError([Issue("S986", self.session.url)]) if is_away else error) from error

    def fetch(self, *, takes_up: bool = False) -> None:
        """Bring journals and lines that wait, and make the folders what the store holds; see `_lay_journals`."""

        def inside() -> tuple[None, bool]:
            self._lay_journals(takes_up=takes_up)
            return None, True

        self._run(inside)

    def fetch_approved(self, day: date) -> str | None:
        """Bring and fetch as ever, and the approved plan of a day as the store has it then; None if there is none."""

        def inside() -> tuple[str | None, bool]:
            self._lay_journals()
            return self.approved(day), True

        return self._run(inside)

    def note(self, at: str, who: str, what: str, facts: Mapping[str, Json]) -> None:
        """Keep an act as a line of the audit log, until the store takes it."""
        self.waiting.add(Line(at, who, what, facts))

    def bring_lines(self) -> bool:
        """Bring the lines that wait; whether the store has taken them."""
        with self._lock:
            try:
                self._bring_lines()
            except InputError:
                return False
            return True

    def _run[T](self, inside: Callable[[], tuple[T, bool]]) -> T:
        with self._lock:
            self._bring_lines()
            return self.session.run(inside, is_held=True)

    def _bring_lines(self) -> None:
        store, lines = self.session.store, tuple(self.waiting.lines)
        with store.held():
            if lines:
                there = list(lines_of(store.chain())) if self._is_doubtful else []
                self._is_doubtful = True
                store.commit((), [line for line in lines if line not in there], {})
            chain = store.chain() if lines else b""
        self._is_doubtful = False
        self.waiting.drop(len(lines))
        restore_log(log_of_scenario(self.mirror.out, self.mirror.name), chain)

    def approved(self, day: date) -> str | None:
        """The approved plan of a day in the store; None if there is none."""
        try:
            return str(json.loads(self.session.store.read(day_key(day)))["plan_id"])
        except KeyError:
            return None

    def _refuse_other(self, day: date, plan_id: str) -> None:
        """Refuse to put a plan in the place of one that nobody here has seen."""
        there = self.approved(day)
        if there not in (None, plan_id):
            raise InputError([Issue("S987", day.isoformat(), {"plan": there, "own": plan_id})])

    def _lay_journals(self, *, takes_up: bool = False) -> None:
        """Lay the journals beside the editions, from where they are brought; see `lay_journals`."""
        lay_journals(self.journals, self.mirror.out / self.mirror.name / JOURNALS, takes_up=takes_up)


@contextmanager
def kept_board(url: str, name: str, own: Path) -> Iterator[Kept]:
    """
    The folders of a board, as the store has them now.

    Parameters
    ----------
    own
        The board's own folder: what is fetched stands below it, apart from what other commands fetch.

    Raises
    ------
    InputError
        S971 if another board has them; S938 if the store does not answer, and what it refuses.
    """
    room = own / _ROOM / name
    room.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with locked(room, wait=False):
            session = open_session(url, name, room / "out", room)
            kept = Kept(session, own / name, open_waiting(own / name / _WAITING))
            kept.fetch(takes_up=True)
            yield kept
    except BlockingIOError as error:
        raise InputError([Issue("S971", str(room))]) from error


def close(kept: Kept) -> list[Issue]:
    """Bring what is left; the folders go once all is in the store, else they stay, and the reasons are given."""
    try:
        kept.fetch()
    except InputError as error:
        return list(error.issues)
    for place in (kept.mirror.folder, kept.mirror.out):
        shutil.rmtree(place, ignore_errors=True)
    return []


async def _awaited[T](work: Callable[[], Awaitable[T]]) -> T:
    return await work()


def lay_journals(journals: Path, copies: Path, *, takes_up: bool) -> None:
    """
    Make each copy what its journal is now.

    Parameters
    ----------
    copies
        Folder beside the editions, as the store has it.
    takes_up
        Whether the board goes on with a journal of which the store has more: no server has it open yet.

    Raises
    ------
    InputError
        S988 for a journal of another board's.
    """
    names = {path.name for folder in (journals, copies) for path in folder.glob(f"*{SUFFIX}")}
    for name in sorted(names):
        own, there = whole_lines(journals / name), whole_lines(copies / name)
        if own.startswith(there):
            if own != there:
                _put(copies / name, own)
        elif not there.startswith(own):
            raise InputError([Issue("S988", name)])
        elif takes_up:
            _put(journals / name, there)


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with change(path.parent) as made:
        made.at(path).write_bytes(content)
