"""A shapefile, which is several files of one name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")


def parts_of(path: Path) -> Iterator[Path]:
    """A file, and if it is a shapefile those that belong to it, as `PARTS`, in whichever case their endings are."""
    yield path
    if path.suffix.lower() == PARTS[0]:
        beside = [part for part in sorted(path.parent.iterdir()) if part.stem == path.stem and part.is_file()]
        yield from (part for end in PARTS[1:] for part in beside if part.suffix.lower() == end)
