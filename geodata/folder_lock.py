"""Folder lock: one process at a time changes a folder; the lock ends with the process."""

import contextlib
import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from geodata.changes.open_without_symlinks import Folder, open_folder
from geodata.errors import InputError, Issue

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

HIDDEN = ".sweep"
"""Folder of the lock and of incomplete changes."""
_LOCK = "lock"
WRONG_KIND = {errno.ELOOP: "link", errno.ENOTDIR: "kind", errno.EISDIR: "kind", errno.ENODEV: "kind"}
"""Catalogue word for what an entry of `.sweep` is instead of a file or a folder, by the errno of opening it."""
_BUSY = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)


@contextmanager
def lock_folder(place: Path, *, wait: bool = True) -> Iterator[Folder]:
    """
    Hold the lock of a folder during the block, or until the process ends.

    Yields
    ------
    Folder
        The folder `.sweep`, open while the lock is held.

    Raises
    ------
    InputError
        G130 if `.sweep` is a link or not a folder, or if its lock is not a regular file.
    OSError
        BlockingIOError if the lock is held and `wait` is false; ESTALE if the disk cannot keep a lock file.
    """
    # Limited, for disks on which the lock file's identity never matches.
    for _ in range(2_000):
        with contextlib.ExitStack() as stack:
            opened = _open_lock(place, stack)
            if opened is None:
                continue
            hidden, file = opened
            lock_file(file, wait=wait)
            if not _is_of(file, hidden):
                continue
            try:
                yield hidden
            finally:
                with contextlib.suppress(OSError):
                    hidden.remove_file(_LOCK)
                remove_empty([hidden.path])
            return
    raise OSError(errno.ESTALE, os.strerror(errno.ESTALE), str(place / HIDDEN))


def _open_lock(place: Path, stack: contextlib.ExitStack) -> tuple[Folder, IO[bytes]] | None:
    """Return `.sweep` and its lock file, open until the stack ends; None if another process has removed them."""
    try:
        place.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            (place / HIDDEN).mkdir()
        hidden = stack.enter_context(open_folder(place / HIDDEN))
        fd = hidden.open_file(_LOCK, os.O_RDWR | os.O_CREAT | os.O_APPEND)
    except (FileNotFoundError, FileExistsError):
        if place.exists() and not place.is_dir():
            raise
        return None
    except OSError as error:
        if error.errno not in WRONG_KIND or not place.is_dir():
            raise
        raise unfit_error(error.filename, WRONG_KIND[error.errno], error.filename) from error
    return hidden, stack.enter_context(os.fdopen(fd, "a+b"))


def unfit_error(path: Path | str, found: str, remove: Path | str) -> InputError:
    """
    Return the G130 error for an entry of `.sweep` that this program did not write.

    `found`: last part of the catalogue key `unfit.<found>`, the kind of fault; `remove`: path that the user is asked to
    remove.
    """
    return InputError([Issue("G130", str(path), {"unfit": found, "folder": str(remove)})])


def lock_file(file: IO[bytes], *, wait: bool) -> None:
    """Lock an open file until it is closed; BlockingIOError if another process holds the lock and `wait` is false."""
    try:
        if sys.platform == "win32":
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _BUSY and not wait:
            raise BlockingIOError(error.errno, os.strerror(error.errno)) from error
        raise


def _is_of(file: IO[bytes], hidden: Folder) -> bool:
    """Return whether an open file is still the folder's lock file; another process may have replaced it."""
    status = hidden.stat(_LOCK)
    return status is not None and os.path.samestat(os.fstat(file.fileno()), status)


def remove_empty(folders: list[Path]) -> None:
    """Remove those of the folders that are empty, in the order of the list; others and missing ones are skipped."""
    for folder in folders:
        with contextlib.suppress(OSError):
            folder.rmdir()
