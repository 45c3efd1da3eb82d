"""
Safe opening of regular files of a scenario or an edition, without blocking.

A pipe, a socket or a device could block the program or be endless; it is rejected (ENODEV). Reading follows symbolic
links, writing does not (ELOOP).
"""

import errno
import io
import os
import stat
from pathlib import Path
from typing import Literal, cast

from geodata.errors import InputError, Issue

MAX_BYTES = 1_000_000_000
"""Largest file read into memory; street maps are larger, and osmium reads them in parts."""
NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_NONBLOCK = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)


def read_regular(path: Path, max_bytes: int = MAX_BYTES) -> bytes:
    """Return the content of a regular file; OSError: EISDIR for a folder, ENODEV for a pipe, EFBIG if too large."""
    with open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        content = file.read(max_bytes + 1) if size <= max_bytes else b""
    if max(size, len(content)) > max_bytes:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    return content


def read_regular_text(
    path: Path, max_bytes: int = MAX_BYTES, *, encoding: str = "utf-8", errors: str = "strict"
) -> str:
    """Return the text of a regular file, with line feeds as its only line ends; OSError as `read_regular`."""
    text = read_regular(path, max_bytes).decode(encoding, errors)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def is_present(path: Path) -> bool:
    """Return whether an optional file, or a link to one, exists; InputError G131 for a folder, device or dead link."""
    if path.is_file():
        return True
    if not os.path.lexists(path):
        return False
    found = "folder" if path.is_dir() else "special" if path.exists() else "dangling"
    raise InputError([Issue("G131", str(path), {"unfit": found})])


def open_regular(
    path: Path, mode: Literal["rb", "wb", "ab", "a+b", "r+b", "x+b"] = "rb", *, buffering: int = -1
) -> io.BufferedRandom:
    """Open a regular file as `open`; OSError at once: EISDIR for a folder, ENODEV a pipe, ELOOP a link to write to."""
    if "\0" in str(path):  # no file has such a name, and `open` would raise ValueError
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    return cast("io.BufferedRandom", open(path, mode, buffering, opener=_open))


def _open(path: str, flags: int) -> int:
    is_writing = flags & (os.O_WRONLY | os.O_RDWR)
    return open_fd(path, flags | (NOFOLLOW if is_writing else 0))


def open_fd(name: str | Path, flags: int, dir_fd: int | None = None, path: Path | None = None) -> int:
    """
    Open a regular file as `os.open` does, without blocking, and return its descriptor.

    OSError EISDIR for a folder, ENODEV for a device, pipe or socket. `dir_fd`: open folder that contains `name`;
    `path`: path shown in errors, None: `name`.
    """
    shown = str(path or name)
    try:
        fd = os.open(name, flags | _NONBLOCK, 0o666, dir_fd=dir_fd)
    except OSError as error:
        # ENXIO: a socket, or a pipe without a reader opened for writing.
        code = errno.ENODEV if error.errno == errno.ENXIO else error.errno
        raise OSError(code, error.strerror, shown) from error
    mode = os.fstat(fd).st_mode
    if not stat.S_ISREG(mode):
        os.close(fd)
        code = errno.EISDIR if stat.S_ISDIR(mode) else errno.ENODEV
        raise OSError(code, os.strerror(code), shown)
    return fd
