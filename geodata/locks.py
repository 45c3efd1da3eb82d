"""The lock of a folder: whoever holds it is alone there, and it ends with the process."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

HIDDEN = ".sweep"
"""The folder in which a lock stands, and all that is not complete yet."""
_LOCK = "lock"
_BUSY = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
# How often a lock that somebody took away is looked for again: a disk that never shows the same lock would be asked for
# ever.
_MOST_TRIES = 2_000


@contextmanager
def locked(place: Path, *, wait: bool = True) -> Iterator[None]:
    """
    Hold the lock of a folder, which ends with the process.

    Raises
    ------
    OSError
        BlockingIOError if it is held and is not waited for; ESTALE if the disk cannot keep one.
    """
    hidden = place / HIDDEN
    for _ in range(_MOST_TRIES):
        try:
            hidden.mkdir(parents=True, exist_ok=True)
            file = (hidden / _LOCK).open("a+b")
        except (FileNotFoundError, FileExistsError):
            if hidden.is_file():
                raise
            continue  # whoever held it has just taken it away, before the lock was opened or the folder was looked at
        with file:
            lock_file(file, wait=wait)
            if not _is_of(file, hidden / _LOCK):
                continue
            try:
                yield
            finally:
                with contextlib.suppress(OSError):
                    (hidden / _LOCK).unlink()
                remove_empty([hidden])
            return
    raise OSError(errno.ESTALE, os.strerror(errno.ESTALE), str(hidden))


def lock_file(file: IO[bytes], *, wait: bool) -> None:
    """Lock a file that is open for writing, until it is closed; BlockingIOError if it is held and not waited for."""
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


def _is_of(file: IO[bytes], path: Path) -> bool:
    """Whether a file that was opened still is the one at its path."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def remove_empty(folders: list[Path]) -> None:
    """Remove the folders that are empty."""
    for folder in folders:
        with contextlib.suppress(OSError):
            folder.rmdir()
