"""
Regular files, opened without waiting: the one way in which files of a scenario or of an edition are opened.

A pipe, a socket or a device in the place of a file could block the program or have no end; it is refused (ENODEV).
Reading follows symbolic links, writing does not (ELOOP).
"""

import errno
import io
import os
import stat
from pathlib import Path
from typing import Literal, cast

from geodata.errors import InputError, Issue

MAX_BYTES = 1_000_000_000
"""The largest file that is read into memory; a street map is larger, and is read in parts by its own library."""
NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_NONBLOCK = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)


def read_regular(path: Path, max_bytes: int = MAX_BYTES) -> bytes:
    """Content of a regular file; EISDIR for a folder, ENODEV for a pipe or device, EFBIG above `max_bytes`."""
    with open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        content = file.read(max_bytes + 1) if size <= max_bytes else b""
    if max(size, len(content)) > max_bytes:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    return content


def read_regular_text(
    path: Path, max_bytes: int = MAX_BYTES, *, encoding: str = "utf-8", errors: str = "strict"
) -> str:
    """Text of a regular file with line feeds; errors as of `read_regular`, UnicodeDecodeError for another encoding."""
    text = read_regular(path, max_bytes).decode(encoding, errors)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def is_present(path: Path) -> bool:
    """Whether an optional file, or a link to one, is there; G131 if another entry is in its place."""
    if path.is_file():
        return True
    if not os.path.lexists(path):
        return False
    found = "folder" if path.is_dir() else "special" if path.exists() else "dangling"
    raise InputError([Issue("G131", str(path), {"unfit": found})])


def open_regular(
    path: Path, mode: Literal["rb", "wb", "ab", "a+b", "r+b", "x+b"] = "rb", *, buffering: int = -1
) -> io.BufferedRandom:
    """Open a regular file; parameters as of `open`, errors as of `read_regular`, and ELOOP for a link when writing."""
    if "\0" in str(path):  # no file has such a name, and `open` would raise ValueError
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    return cast("io.BufferedRandom", open(path, mode, buffering, opener=_open))


def _open(path: str, flags: int) -> int:
    is_writing = flags & (os.O_WRONLY | os.O_RDWR)
    return open_fd(path, flags | (NOFOLLOW if is_writing else 0))


def open_fd(name: str | Path, flags: int, dir_fd: int | None = None, path: Path | None = None) -> int:
    """The descriptor of a regular file; parameters as of `os.open`, and a path for messages."""
    shown = str(path or name)
    try:
        fd = os.open(name, flags | _NONBLOCK, 0o666, dir_fd=dir_fd)
    except OSError as error:
        # A socket, or a pipe that no process reads, opened for writing.
        code = errno.ENODEV if error.errno == errno.ENXIO else error.errno
        raise OSError(code, error.strerror, shown) from error
    mode = os.fstat(fd).st_mode
    if not stat.S_ISREG(mode):
        os.close(fd)
        code = errno.EISDIR if stat.S_ISDIR(mode) else errno.ENODEV
        raise OSError(code, os.strerror(code), shown)
    return fd
