"""
Atomic writes of files and folders: after a crash, either all of a change is in place or nothing of it.

A process that writes into a folder holds its lock and stages everything in `.sweep/` there. After an interruption the
next change of the folder completes or discards what was staged (see `geodata.changes.recovery`). A command that only
reads changes nothing: it reports an unfinished change.
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
from geodata.changes.open_without_symlinks import Folder, folder_in, open_folder
from geodata.errors import InputError, Issue
from geodata.folder_lock import HIDDEN, lock_folder, remove_empty


@dataclass(frozen=True, slots=True)
class FolderChange:
    """Change of one folder by one process; other processes see the whole change or nothing of it. Made by `change`."""

    place: Path
    """The changed folder, with links resolved."""
    stage: Path
    """Staging folder, readable only by its owner and removed after the change."""
    _folder: Folder
    _hidden: Folder
    _paths: dict[str, str] = field(default_factory=dict)
    """Target path, relative to `place`, by source path in the stage, of each file or folder to be moved."""
    _prepared: dict[str, str] = field(default_factory=dict)
    """The part of `_paths` that the journal on disk already lists."""
    _made: list[Path] = field(default_factory=list)
    """Folders created for targets; those that stay empty are removed at the end."""

    def at(self, path: Path) -> Path:
        """Return a path in the staging folder; a file or folder written there replaces `path` when the change ends."""
        subfolder = str(len(self._paths))
        # The name is kept: writers choose the format by suffix, and readers show the name in messages.
        self._paths[f"{subfolder}/{path.name}"] = self._below(path).as_posix()
        (self.stage / subfolder).mkdir()
        return self.stage / subfolder / path.name

    def discard(self, path: Path) -> None:
        """Move a file or a folder into the staging folder at once; it is deleted with that folder after the change."""
        *above, name = self._below(path).parts
        with folder_in(self._folder, above) as folder, folder_in(self._hidden, [self.stage.name]) as stage:
            folder.move(name, stage, f"gone-{uuid.uuid4().hex}")

    def _below(self, path: Path) -> Path:
        """Return a path relative to the changed folder; OSError (ELOOP) if it lies outside, for example by a link."""
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


_open: ContextVar[tuple[FolderChange, ...]] = ContextVar("open_changes", default=())
_read_locked: ContextVar[tuple[Path, ...]] = ContextVar("folders_held_for_reading", default=())


@contextmanager
def change(place: Path) -> Iterator[FolderChange]:
    """
    Yield a change of a folder, made under the folder's lock; other processes wait until it ends.

    First the change of an interrupted command is completed or discarded. An exception in the block discards this
    change. A nested change of the same folder or of a subfolder becomes part of the outer one.

    Parameters
    ----------
    place
        Created if missing, and removed again if it stays empty.

    Raises
    ------
    InputError
        G130 if `.sweep` holds something not written by this program and the user's account.
    OSError
        If the folder cannot be written.
    ValueError
        If the folder, or a parent, is held for reading, since the lock would wait for itself.
    """
    place = place.resolve()
    if (enclosing := _enclosing_change(place)) is not None:
        yield enclosing
        return
    if _is_read_locked(place):
        raise ValueError(f"{place} is locked for reading, so it cannot be changed")
    missing = [p for p in (place, *place.parents) if not p.exists()]
    try:
        with lock_folder(place) as hidden, open_folder(place) as folder:
            recovery.recover(hidden, folder)
            name = recovery.NEW + uuid.uuid4().hex
            hidden.make_folder(name, 0o700)
            made = FolderChange(place, hidden.path / name, folder, hidden)
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
    """Write the journals and target folders of all open changes, to find a full disk before the audit log entry."""
    for made in _open.get():
        made._prepare()


def _enclosing_change(place: Path) -> FolderChange | None:
    return next((c for c in _open.get() if c.place in (place, *place.parents)), None)


@contextmanager
def fresh_folder(folder: Path) -> Iterator[Path]:
    """Yield an empty folder that replaces `folder` at the end of the block; after an error nothing is changed."""
    with change(folder.parent) as made:
        fresh = made.at(folder)
        fresh.mkdir()
        yield fresh


def make_once(folder: Path, make: Callable[[Path], None]) -> None:
    """Create a folder, filled by `make`, unless it exists, once for all processes; no folder stays if `make` fails."""
    if folder.is_dir():
        return
    with change(folder.parent):
        if not folder.is_dir():  # another process may have been faster
            with fresh_folder(folder) as fresh:
                make(fresh)


@contextmanager
def scratch() -> Iterator[Path]:
    """Yield a temporary folder in the user's cache, private to the user and removed at the end of the block."""
    with change(user_cache_path("sweep") / "work" / uuid.uuid4().hex) as made:
        yield made.stage


@contextmanager
def locked_for_reading(place: Path) -> Iterator[None]:
    """
    Lock a folder during the block, so that no process changes it while it is read.

    InputError: G129 for an unfinished change, G130 for a `.sweep` that this program did not write. A folder that cannot
    be locked is read without a lock.
    """
    place = place.resolve()
    with contextlib.ExitStack() as stack:
        if _enclosing_change(place) is None and not _is_read_locked(place) and place.is_dir():
            with contextlib.suppress(OSError):
                stack.enter_context(lock_folder(place))
            _refuse_unfinished(place)
            stack.callback(_read_locked.reset, _read_locked.set((*_read_locked.get(), place)))
        yield


def _is_read_locked(place: Path) -> bool:
    return any(locked in (place, *place.parents) for locked in _read_locked.get())


def refuse_unfinished(place: Path) -> None:
    """
    Wait for a running change of a folder; then raise InputError if a change is left unfinished.

    G129: an interrupted change, which the next change of the folder completes. G130: this program did not write the
    folder's subfolder `.sweep`, which holds its lock and unfinished changes.
    """
    if os.path.lexists(place / HIDDEN):
        with locked_for_reading(place):
            pass


def _refuse_unfinished(place: Path) -> None:
    try:
        with open_folder(place / HIDDEN) as hidden:
            # Some files of a change that waits may be in place already.
            waits = any(name.startswith(recovery.READY) for name in hidden.names())
    except OSError:  # missing, or of another account, whose changes cannot be read
        return
    if waits:
        raise InputError([Issue("G129", str(place), {"folder": str(place / HIDDEN)})])


def recover_folder(place: Path) -> None:
    """
    Complete or discard an interrupted change of a folder, for a command that reads the folder before it changes it.

    Nothing is done if another process works on the folder, or if the folder is read-only.

    Raises
    ------
    InputError
        G130, as `change`.
    """
    if os.path.lexists(place / HIDDEN):
        with (
            contextlib.suppress(OSError),
            lock_folder(place, wait=False) as hidden,
            open_folder(place.resolve()) as folder,
        ):
            recovery.recover(hidden, folder)


def recover_folders(places: Iterable[Path]) -> None:
    """Complete or discard interrupted changes of folders; a damaged folder is left for the next change to report."""
    for place in places:
        with contextlib.suppress(InputError):
            recover_folder(place)


def recover_cache() -> None:
    """Complete or discard interrupted changes in the user's cache, and remove empty temporary folders."""
    cache = user_cache_path("sweep")
    hidden = (*cache.glob(f"*/{HIDDEN}"), *cache.glob(f"work/*/{HIDDEN}"))
    recover_folders(path.parent for path in hidden)
    remove_empty([*cache.glob("work/*"), cache / "work"])
