"""Checks of an OpenStreetMap file before any reader opens it."""

import bz2
from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path

from geodata.errors import InputError, Issue
from geodata.reader_errors import as_input_error
from geodata.regular_file import open_regular

# Unusable by readers and road engine: nodes that JOSM has not uploaded yet, and deleted objects.
_UNSAVED = '<nd ref="-'
_EDITOR_MARKS = tuple(
    mark.replace('"', quote).encode()
    for mark in (_UNSAVED, 'action="delete"', 'visible="false"')
    for quote in ('"', "'")
)
_NODE, _WAY = b"<node ", b"<way "
_CHUNK_BYTES = 1 << 24
_FIX_COMMANDS = ("osmium sort OLD.osm -o SORTED.osm.pbf", "osmium renumber SORTED.osm.pbf -o NEW.osm.pbf")
_PACKED = ".bz2"
OSM_SUFFIXES = (".osm", ".osm.pbf", ".osm.bz2", ".pbf")


def check_osm_file(path: Path) -> None:
    """
    Raise InputError for a file that is not OpenStreetMap's, or XML with unsaved edits or in the wrong order.

    Raises
    ------
    InputError
        G120 if the file does not exist, G121 for another suffix, G122 if it is empty, G322 if it holds objects
        that were not uploaded or were deleted, or ways before their nodes.
    """
    if not path.is_file():
        raise InputError([Issue("G120", path.name)])
    # Osmium and the road engine recognise only lower-case suffixes.
    if not path.name.endswith(OSM_SUFFIXES):
        raise InputError([Issue("G121", path.name, {"suffixes": " ".join(OSM_SUFFIXES)})])
    if path.stat().st_size == 0:
        raise InputError([Issue("G122", path.name)])
    if path.suffix in (".osm", _PACKED):
        with reading_osm(path):
            if (mark := _unready_mark(path)) is not None:
                raise _unready_error(path, mark)


def refuse_unsaved(nodes: Iterable[int], path: Path) -> None:
    """Raise InputError (G322) if the id of one of the `nodes` is below 0, that is, if an editor never uploaded it."""
    if any(node < 0 for node in nodes):
        raise _unready_error(path, _UNSAVED)


def _unready_error(path: Path, mark: str) -> InputError:
    return InputError([Issue("G322", path.name, {"sign": mark, "commands": _FIX_COMMANDS})])


def _unready_mark(path: Path) -> str | None:
    """Return the text that shows that an OSM XML file has unsaved edits, or ways before nodes; None without one."""
    is_way_first: bool | None = None
    rest = b""
    with bz2.open(path) if path.suffix == _PACKED else open_regular(path) as file:
        while chunk := file.read(_CHUNK_BYTES):
            text = rest + chunk
            if mark := next((mark for mark in _EDITOR_MARKS if mark in text), None):
                return mark.decode()
            node, way = text.find(_NODE), text.find(_WAY)
            if is_way_first is None and max(node, way) >= 0:
                is_way_first = way >= 0 and not 0 <= node < way
            if is_way_first and node >= 0:
                return f"{_WAY.decode()}… {_NODE.decode()}"
            # The text may span two pieces.
            rest = text[-max(map(len, _EDITOR_MARKS)) :]
    return None


def reading_osm(path: Path) -> AbstractContextManager[None]:
    """Return a context that converts any exception of an OpenStreetMap reader to InputError (G123)."""
    return as_input_error("G123", path.name, "detail")


def damaged(path: Path, detail: str) -> InputError:
    """Return the error (G123) for a damaged file; `detail`: message of the library that failed to read it."""
    return InputError([Issue("G123", path.name, {"detail": detail})])
