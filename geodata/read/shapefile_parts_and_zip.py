"""Files of several parts: shapefiles, and zip archives with a size limit checked before unpacking."""

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from geodata.atomic_writes import scratch
from geodata.errors import InputError, Issue
from geodata.read.header_meaning import HeaderMapping
from geodata.read.header_row import Sheet

_MAX_UNPACKED_BYTES = 1_000_000_000
PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")


def refuse_bomb(file: str, archive: zipfile.ZipFile) -> None:
    """Raise InputError (G111) if an archive would unpack to more than a gigabyte; `file`: its name for the error."""
    size = sum(member.file_size for member in archive.infolist())
    if size > _MAX_UNPACKED_BYTES:
        values = {"size_mb": size // 1_000_000, "most_mb": _MAX_UNPACKED_BYTES // 1_000_000}
        raise InputError([Issue("G111", file, values)])


def read_zip(path: Path, dialect: HeaderMapping, read: Callable[[Path, HeaderMapping], Sheet]) -> Sheet:
    """
    Read the only shapefile of a zip archive with `read`, a reader of shapefiles.

    Its parts are unpacked one by one under fixed names into a temporary folder, so that names in the archive cannot
    lead outside of it. `dialect`: mapping of headers, passed to `read`.

    Raises
    ------
    InputError
        G111 if the archive is too large, G116 unless it holds exactly one shapefile.
    """
    with zipfile.ZipFile(path) as archive, scratch() as folder:
        refuse_bomb(path.name, archive)
        members = [m for m in archive.namelist() if not m.startswith("__MACOSX/")]
        shapes = [m for m in members if m.lower().endswith(".shp")]
        if len(shapes) != 1:
            raise InputError([Issue("G116", path.name, {"n": len(shapes)})])
        stem = shapes[0][:-4]
        target = folder / f"{path.stem}.shp"
        for member in members:
            if member[:-4] == stem and member[-4:].lower() in PARTS:
                target.with_suffix(member[-4:].lower()).write_bytes(archive.read(member))
        return read(target, dialect)


def parts_of(path: Path) -> Iterator[Path]:
    """Yield a file, and for a shapefile its other files (`PARTS`) that exist, with suffixes in either case."""
    yield path
    if path.suffix.lower() == PARTS[0]:
        siblings = [part for part in sorted(path.parent.iterdir()) if part.stem == path.stem and part.is_file()]
        yield from (part for end in PARTS[1:] for part in siblings if part.suffix.lower() == end)
