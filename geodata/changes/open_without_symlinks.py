"""
Access to folders and files without following symbolic links.

Where the system has operations relative to an open folder (`dir_fd`), replacing a folder by a link between check and
use has no effect. Elsewhere (Windows) the path is checked before each use.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from geodata.regular_file import NOFOLLOW, open_fd

_HAS_DIR_FD = {os.open, os.stat, os.mkdir, os.rename, os.unlink} <= os.supports_dir_fd and os.listdir in os.supports_fd
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | NOFOLLOW
_BINARY = getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class Folder:
    """Open folder; the methods take plain entry names and never follow a link."""

    path: Path
    """Path for messages, and for systems without `dir_fd`."""
    fd: int | None
    """Descriptor of the open folder; None on systems without `dir_fd`."""

    def _name(self, name: str) -> str | Path:
        return self.path / name if self.fd is None else name

    def names(self) -> list[str]:
        """Return the names of all entries of the folder, sorted."""
        return sorted(os.listdir(self.path if self.fd is None else self.fd))  # noqa: PTH208 - of an open folder

    def device(self) -> int:
        """Return the device number of the folder's disk."""
        return (self.path.stat() if self.fd is None else os.fstat(self.fd)).st_dev

    def stat(self, name: str) -> os.stat_result | None:
        """Return the status of an entry (of the link itself), or None if the entry is missing."""
        try:
            return os.stat(self._name(name), dir_fd=self.fd, follow_symlinks=False)
        except FileNotFoundError:
            return None

    def open_file(self, name: str, flags: int) -> int:
        """
        Open a regular file and return its descriptor; `flags` as for `os.open`.

        OSError: ELOOP for a link, EISDIR for a folder, ENODEV for a device.
        """
        return open_fd(self._name(name), flags | NOFOLLOW | _BINARY, self.fd, self.path / name)

    def make_folder(self, name: str, mode: int = 0o777) -> None:
        """Make a folder with permissions `mode` below this folder; FileExistsError if the name is taken."""
        os.mkdir(self._name(name), mode, dir_fd=self.fd)

    def move(self, name: str, target: Folder, new_name: str) -> None:
        """Move an entry to another open folder; a file or a link of the new name is replaced, not followed."""
        os.replace(self._name(name), target._name(new_name), src_dir_fd=self.fd, dst_dir_fd=target.fd)

    def remove_file(self, name: str) -> None:
        """Remove a file or a link; a missing one is accepted."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._name(name), dir_fd=self.fd)

    def remove_tree(self, name: str) -> None:
        """Remove a folder below this folder, with all its entries."""
        shutil.rmtree(self._name(name), dir_fd=self.fd)


@contextmanager
def open_folder(path: Path) -> Iterator[Folder]:
    """Context manager of an open folder; OSError: ENOENT if missing, ENOTDIR for a file, ELOOP if `path` is a link."""
    with _opened(path, path, None) as folder:
        yield folder


@contextmanager
def folder_in(above: Folder, names: Sequence[str], *, make: bool = False) -> Iterator[Folder]:
    """Open the folder below `above` at path parts `names`; `make`: create missing levels, else FileNotFoundError."""
    with ExitStack() as stack:
        for name in names:
            if make:
                with contextlib.suppress(FileExistsError):
                    above.make_folder(name)
            above = stack.enter_context(_opened(above._name(name), above.path / name, above.fd))
        yield above


@contextmanager
def _opened(name: str | Path, path: Path, dir_fd: int | None) -> Iterator[Folder]:
    status = _status(name, path, dir_fd)
    if stat.S_ISLNK(status.st_mode) or path.is_junction():
        raise _error(errno.ELOOP, str(path))
    if not stat.S_ISDIR(status.st_mode):
        raise _error(errno.ENOTDIR, str(path))
    if not _HAS_DIR_FD:
        yield Folder(path, None)
        return
    try:
        fd = os.open(name, _FOLDER, dir_fd=dir_fd)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    try:
        yield Folder(path, fd)
    finally:
        os.close(fd)


def _status(name: str | Path, path: Path, dir_fd: int | None) -> os.stat_result:
    try:
        return os.stat(name, dir_fd=dir_fd, follow_symlinks=False)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def _error(code: int, path: str) -> OSError:
    return OSError(code, os.strerror(code), path)
