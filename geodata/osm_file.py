"""An OpenStreetMap file as a user names it: the checks before any reader opens it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from geodata.errors import InputError, Issue
from geodata.foreign import as_fault

OSM_SUFFIXES = (".osm", ".osm.pbf", ".osm.bz2", ".pbf")


def check_osm_file(path: Path) -> None:
    """
    Refuse what cannot be an OpenStreetMap file; what is inside is not looked at.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    InputError
        G120 if there is no such file, G121 if it has another suffix, G122 if it is empty.
    """
    if not path.is_file():
        raise InputError([Issue("G120", path.name)])
    if not path.name.lower().endswith(OSM_SUFFIXES):
        raise InputError([Issue("G121", path.name, {"suffixes": " ".join(OSM_SUFFIXES)})])
    if path.stat().st_size == 0:
        raise InputError([Issue("G122", path.name)])


def reading_osm(path: Path) -> AbstractContextManager[None]:
    """Turn whatever a reader stumbles over in an OpenStreetMap file into G123."""
    return as_fault("G123", path.name, "detail")


def damaged(path: Path, detail: str) -> InputError:
    """
    The error for a file that a reader gave up on.

    Parameters
    ----------
    path
        The file.
    detail
        What the reader said, in its own words.
    """
    return InputError([Issue("G123", path.name, {"detail": detail})])
