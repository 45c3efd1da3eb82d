"""Files and folders onto disk, each whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sweep.disk.csv_text import ENCODING


def write_files(content: Mapping[str, str | bytes], folder: Path, mode: int = 0o644) -> tuple[Path, ...]:
    """
    Write files into a folder by name, each beside its place and then renamed.

    Parameters
    ----------
    content
        Text or bytes by plain file name; the text of a csv gets Excel's byte order mark.
    folder
        Made if it is not there; other files in it stay.
    mode
        Who may read them, where the system knows such a thing.

    Raises
    ------
    ValueError
        If a name is not a plain one.
    """
    if bad := [name for name in content if Path(name).name != name]:
        raise ValueError(f"not plain file names: {bad}")
    folder.mkdir(parents=True, exist_ok=True)
    return tuple(_write(folder / name, _encoded(name, part), mode) for name, part in content.items())


def refuse_unwritable(folder: Path) -> None:
    """
    Refuse, before the work, a folder that cannot be made or written; nothing is touched.

    Raises
    ------
    NotADirectoryError
        If the folder, or one above it, is a file.
    PermissionError
        If the nearest folder that is there may not be written to.
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


def _write(path: Path, content: bytes, mode: int) -> Path:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    fresh = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        fresh.chmod(mode)
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    return path


@contextmanager
def fresh_folder(folder: Path) -> Iterator[Path]:
    """
    An empty folder of the same name, which takes the place of `folder` once it is filled; after an error nothing is
    changed and nothing is left behind.

    Parameters
    ----------
    folder
        Need not exist, nor those above it; one that is there is replaced whole.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        prefix=f".{folder.name}.", dir=folder.parent, ignore_cleanup_errors=True
    ) as unfinished:
        fresh = Path(unfinished) / folder.name
        fresh.mkdir()
        yield fresh
        _swap(fresh, folder)


def _swap(fresh: Path, folder: Path) -> None:
    """Put the fresh folder in its place; the old one goes only once the new one stands."""
    if not folder.exists():
        fresh.rename(folder)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{folder.name}.old.", dir=folder.parent))
    old.rmdir()
    folder.rename(old)
    try:
        fresh.rename(folder)
    except OSError:
        old.rename(folder)
        raise
    shutil.rmtree(old)
