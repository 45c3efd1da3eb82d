"""
Files and folders put in their places all at once, whatever happens to the process that writes them.

Whoever writes into a folder holds its lock and stages everything in `.sweep/` there: `new-*` while it is being made,
and `ready-*` once it is complete and being moved. Of a process that was killed, the next one throws away what is new
and moves what is ready, so that a folder holds all of a change or nothing of it.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

from platformdirs import user_cache_path

from geodata.locks import HIDDEN, locked, remove_empty

_JOURNAL, _NEW, _READY = "journal.json", "new-", "ready-"


@dataclass(frozen=True, slots=True)
class Change:
    """What one process changes in a folder; nobody sees any of it before all of it is made."""

    place: Path
    stage: Path
    """A folder that only its owner can read, gone after the change."""
    _paths: dict[str, str] = field(default_factory=dict)
    """Where each staged file or folder shall stand, from `place`, by where it stands in the stage."""

    def at(self, path: Path) -> Path:
        """Where to write the file, or make the folder, that shall stand at `path` in the place of what is there."""
        room = str(len(self._paths))
        (self.stage / room).mkdir()
        # The name stays: writers go by its ending, and readers name it in their faults.
        self._paths[f"{room}/{path.name}"] = path.absolute().relative_to(self.place).as_posix()
        return self.stage / room / path.name

    def discard(self, path: Path) -> None:
        """Take a file or a folder away at once; it goes for good with the stage, by the next process if need be."""
        path.rename(self.stage / f"gone-{uuid.uuid4().hex}")

    def _refuse(self) -> None:
        for name, path in self._paths.items():
            staged, target = self.stage / name, self.place / path
            if target.exists() and target.is_dir() != staged.is_dir():
                code = errno.EISDIR if target.is_dir() else errno.ENOTDIR
                raise OSError(code, os.strerror(code), str(target))

    def _commit(self) -> None:
        if not self._paths:
            return
        self._refuse()
        (self.stage / _JOURNAL).write_text(json.dumps(self._paths), encoding="utf-8")
        ready = self.stage.with_name(_READY + self.stage.name.removeprefix(_NEW))
        self.stage.rename(ready)
        try:
            _move(ready, self.place)
        finally:
            shutil.rmtree(ready, ignore_errors=True)


_open: ContextVar[tuple[Change, ...]] = ContextVar("open_changes", default=())


@contextmanager
def change(place: Path) -> Iterator[Change]:
    """
    Change a folder, alone: what others of the program's processes want to write there waits.

    A change inside another one of the same folder, or of one above it, is part of that.

    Parameters
    ----------
    place
        Made if it is not there, and removed again if nothing was put into it.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    place = place.absolute()
    around = next((c for c in _open.get() if c.place in (place, *place.parents)), None)
    if around is not None:
        yield around
        return
    missing = [p for p in (place, *place.parents) if not p.exists()]
    try:
        with locked(place):
            _mend(place)
            stage = Path(tempfile.mkdtemp(prefix=_NEW, dir=place / HIDDEN))
            made = Change(place, stage)
            token = _open.set((*_open.get(), made))
            try:
                yield made
                made._commit()
            finally:
                _open.reset(token)
                shutil.rmtree(stage, ignore_errors=True)
    finally:
        remove_empty(missing)


@contextmanager
def fresh_folder(folder: Path) -> Iterator[Path]:
    """
    An empty folder, which takes the place of `folder` once it is filled; after an error nothing is changed and nothing
    is left behind.

    Parameters
    ----------
    folder
        Need not exist, nor those above it; one that is there is replaced whole.
    """
    with change(folder.parent) as made:
        fresh = made.at(folder)
        fresh.mkdir()
        yield fresh


def make_once(folder: Path, make: Callable[[Path], None]) -> None:
    """
    Make a folder unless it is there already.

    Parameters
    ----------
    folder
        One that is the same whoever makes it: several processes may ask for it.
    make
        Fills an empty folder.
    """
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
    """Hold a folder as it is while it is read, where one may write there; nobody can change it meanwhile."""
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):
            stack.enter_context(change(place))
        yield


def mend(place: Path) -> None:
    """Finish in a folder what a killed process has left there, unless somebody is at work in it or it is read-only."""
    hidden = place / HIDDEN
    if hidden.is_dir() and not hidden.is_symlink():
        with contextlib.suppress(OSError), locked(place, wait=False):
            _mend(place)


def mend_cache() -> None:
    """The same for every folder of the user's cache."""
    cache = user_cache_path("sweep")
    for hidden in (*cache.glob(f"*/{HIDDEN}"), *cache.glob(f"work/*/{HIDDEN}")):
        mend(hidden.parent)
    remove_empty([*cache.glob("work/*"), cache / "work"])


def _mend(place: Path) -> None:
    hidden = place / HIDDEN
    for ready in hidden.glob(f"{_READY}*"):
        _move(ready, place)
        shutil.rmtree(ready)
    for left in hidden.glob(f"{_NEW}*"):
        shutil.rmtree(left)


def _move(ready: Path, place: Path) -> None:
    """Move all that is ready to where it belongs; what was moved before a kill is not there any more."""
    if not (ready / _JOURNAL).is_file():
        return
    for name, path in json.loads((ready / _JOURNAL).read_text(encoding="utf-8")).items():
        staged, target = ready / name, place / path
        if ".." in Path(path).parts or not staged.exists():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if staged.is_dir() and target.exists():
            target.rename(ready / f"gone-{name.partition('/')[0]}")
        staged.replace(target)
