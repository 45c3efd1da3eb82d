"""Atomic writing of files."""

import errno
import os
from collections.abc import Mapping
from pathlib import Path

from geodata.atomic_writes import change
from geodata.errors import Code, InputError, Issue
from sweep.disk.formula_safe_csv import ENCODING


def write_files(
    content: Mapping[str, str | bytes], folder: Path, place: Path | None = None, *, is_secret: bool = False
) -> tuple[Path, ...]:
    """
    Write files into a folder by name, all of them or none; return their paths.

    Parameters
    ----------
    content
        Text or bytes by plain file name; CSV text gets Excel's byte order mark.
    folder
        Created if missing; other files in it stay.
    place
        Parent folder to lock during the write; None: the folder itself.
    is_secret
        Whether only the owner may read them, independent of the umask.

    Raises
    ------
    ValueError
        If a name is not a plain file name.
    """
    if bad := [name for name in content if Path(name).name != name or name == ".."]:
        raise ValueError(f"names must be plain file names, got {bad}")
    with change(place or folder) as made:
        for name, part in content.items():
            staged = made.at(folder / name)
            if is_secret:
                staged.touch(mode=0o600)
            staged.write_bytes(_encoded(name, part))
    return tuple(folder / name for name in content)


def disk_error(error: OSError, file: str) -> InputError:
    """Error S973 for a file that could not be written, with the system's message."""
    return InputError([Issue(Code.DISK_FULL, file, {"problem": error.strerror or str(error)})])


def refuse_unwritable(folder: Path) -> None:
    """
    Raise before any work if a folder cannot be created or written; nothing is touched.

    Raises
    ------
    NotADirectoryError
        If the folder, or one above it, is a file.
    PermissionError
        If the nearest existing folder is not writable.
    """
    there = next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())
    if not there.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(there))
    if not os.access(there, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(there))


def _encoded(name: str, content: str | bytes) -> bytes:
    if isinstance(content, bytes):
        return content
    return content.encode(ENCODING if name.endswith(".csv") else "utf-8")
