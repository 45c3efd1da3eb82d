"""
Files and folders put in place all at once, whatever happens to the process that writes them.

A process that writes into a folder holds its lock and stages everything in `.sweep/` there. After an interruption the
next change of the folder completes or discards what was staged (see `geodata.changes.recovery`), so that the folder
holds all of a change or nothing of it. A command that only reads changes nothing: it reports a change that waits.
"""

import contextlib
import errno
import os
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

from platformdirs import user_cache_path

from geodata.changes import recovery
from geodata.changes.nofollow import Folder, folder_in, open_folder
from geodata.errors import InputError, Issue
from geodata.folder_lock import HIDDEN, locked, remove_empty


@dataclass(frozen=True, slots=True)
class Change:
    """The change that one process makes in a folder; other processes see all of it or nothing."""

    place: Path
    """The folder, with links resolved."""
    stage: Path
    """A folder that only its owner can read, gone after the change."""
    _folder: Folder
    _hidden: Folder
    _paths: dict[str, str] = field(default_factory=dict)
    """Target of each staged file or folder, from `place`, by its source in the stage."""
    _prepared: dict[str, str] = field(default_factory=dict)
    """Those of the paths that are in the journal."""
    _made: list[Path] = field(default_factory=list)
    """Folders made for targets; removed again if they stay empty."""

    def at(self, path: Path) -> Path:
        """Where to write the file, or make the folder, that replaces `path`."""
        room = str(len(self._paths))
        # Writers choose the format by the ending, and readers name the file in their messages: the name is kept.
        self._paths[f"{room}/{path.name}"] = self._below(path).as_posix()
        (self.stage / room).mkdir()
        return self.stage / room / path.name

    def discard(self, path: Path) -> None:
        """Remove a file or a folder at once; it is moved into the stage and removed with it."""
        *above, name = self._below(path).parts
        with folder_in(self._folder, above) as folder, folder_in(self._hidden, [self.stage.name]) as stage:
            folder.move(name, stage, f"gone-{uuid.uuid4().hex}")

    def _below(self, path: Path) -> Path:
        """A path from `place`; one that leads out of it, for example through a link, is refused (ELOOP)."""
        real = path.parent.resolve() / path.name
        if not real.is_relative_to(self.place):
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path.parent))
        return real.relative_to(self.place)

    def _prepare(self) -> None:
        if self._paths != self._prepared:
            self._made.extend(recovery.prepare(self._paths, self._hidden, self.stage.name, self._folder))
            self._prepared.update(self._paths)

    def _commit(self) -> None:
        if self._paths:
            self._prepare()
            recovery.commit(self._paths, self._hidden, self.stage.name, self._folder)


_open: ContextVar[tuple[Change, ...]] = ContextVar("open_changes", default=())
_read: ContextVar[tuple[Path, ...]] = ContextVar("folders_held_for_reading", default=())


@contextmanager
def change(place: Path) -> Iterator[Change]:
    """
    Change a folder while other processes that want to change it wait.

    First the change of an interrupted command is completed or discarded. A change inside another one of the same
    folder, or of one above it, is part of that.

    Parameters
    ----------
    place
        Made if it is missing, and removed again if nothing was put into it.

    Raises
    ------
    InputError
        G130 if `.sweep` holds something that this program and the caller's account did not write.
    OSError
        If the folder cannot be written.
    ValueError
        If the folder, or one above it, is held for reading: the lock would wait for itself.
    """
    place = place.resolve()
    if (around := _open_around(place)) is not None:
        yield around
        return
    if _is_read(place):
        raise ValueError(f"{place} is held for reading, so it cannot be changed")
    missing = [p for p in (place, *place.parents) if not p.exists()]
    try:
        with locked(place) as hidden, open_folder(place) as folder:
            recovery.recover(hidden, folder)
            name = recovery.NEW + uuid.uuid4().hex
            hidden.make_folder(name, 0o700)
            made = Change(place, hidden.path / name, folder, hidden)
            token = _open.set((*_open.get(), made))
            try:
                yield made
                made._commit()
            finally:
                _open.reset(token)
                with contextlib.suppress(OSError):
                    hidden.remove_tree(name)
                remove_empty(made._made)
    finally:
        remove_empty(missing)


def prepare_changes() -> None:
    """Do all of the open changes that needs space on the disk, before a log says that they are made."""
    for made in _open.get():
        made._prepare()


def _open_around(place: Path) -> Change | None:
    """The open change of a folder, or of one above it."""
    return next((c for c in _open.get() if c.place in (place, *place.parents)), None)


@contextmanager
def fresh_folder(folder: Path) -> Iterator[Path]:
    """
    An empty folder, which takes the place of `folder` once it is filled; after an error nothing is changed and nothing
    is left behind.
    """
    with change(folder.parent) as made:
        fresh = made.at(folder)
        fresh.mkdir()
        yield fresh


def make_once(folder: Path, make: Callable[[Path], None]) -> None:
    """Make a folder, the same in every process that asks for it, unless it is there; `make` fills an empty one."""
    if folder.is_dir():
        return
    with change(folder.parent):
        if not folder.is_dir():  # somebody may have been quicker
            with fresh_folder(folder) as fresh:
                make(fresh)


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder in the user's cache for what is needed for a moment; nobody else can read it, and it is gone after."""
    with change(user_cache_path("sweep") / "work" / uuid.uuid4().hex) as made:
        yield made.stage


@contextmanager
def steady(place: Path) -> Iterator[None]:
    """Hold a folder unchanged while it is read; G129 if an interrupted change waits, G130 for an unfit `.sweep`."""
    place = place.resolve()
    with contextlib.ExitStack() as stack:
        if _open_around(place) is None and not _is_read(place) and place.is_dir():
            with contextlib.suppress(OSError):
                stack.enter_context(locked(place))
            _refuse_unfinished(place)
            stack.callback(_read.reset, _read.set((*_read.get(), place)))
        yield


def _is_read(place: Path) -> bool:
    return any(held in (place, *place.parents) for held in _read.get())


def refuse_unfinished(place: Path) -> None:
    """Raise what `steady` raises for a folder; a change that a process is at work on is waited for."""
    if os.path.lexists(place / HIDDEN):
        with steady(place):
            pass


def _refuse_unfinished(place: Path) -> None:
    try:
        with open_folder(place / HIDDEN) as hidden:
            waits = recovery.has_unfinished(hidden)
    except OSError:  # missing, or another account's, whose changes cannot be seen
        return
    if waits:
        raise InputError([Issue("G129", str(place), {"folder": str(place / HIDDEN)})])


def settle(place: Path) -> None:
    """
    Complete or discard the change of an interrupted command before a command that changes the folder reads it.

    Nothing is done while another process is at work there, or where the folder cannot be written.

    Raises
    ------
    InputError
        As `change`.
    """
    if os.path.lexists(place / HIDDEN):
        with contextlib.suppress(OSError), locked(place, wait=False) as hidden, open_folder(place.resolve()) as folder:
            recovery.recover(hidden, folder)


def settle_or_leave(places: Iterable[Path]) -> None:
    """Settle folders; a change that is not sound is left, and reported by the next change of its folder."""
    for place in places:
        with contextlib.suppress(InputError):
            settle(place)


def settle_cache() -> None:
    """Settle every folder of the user's cache, as `settle_or_leave` does."""
    cache = user_cache_path("sweep")
    hidden = (*cache.glob(f"*/{HIDDEN}"), *cache.glob(f"work/*/{HIDDEN}"))
    settle_or_leave(path.parent for path in hidden)
    remove_empty([*cache.glob("work/*"), cache / "work"])
