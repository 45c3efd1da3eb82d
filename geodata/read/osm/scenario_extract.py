"""Extract of an OpenStreetMap file for a scenario: buildings, streets, doors, offices."""

from pathlib import Path

import osmium

from geodata.check_osm_file import check_osm_file, reading_osm
from geodata.errors import InputError

type Box = tuple[float, float, float, float]
"""West, south, east, north, WGS-84 degrees."""

_WAY_KEYS = ("building", "building:part", "highway")
_EVERYWHERE: Box = (-180.0, -90.0, 180.0, 90.0)


def extract_osm(path: Path, out: Path, box: Box | None = None) -> None:
    """
    Write a smaller OpenStreetMap file with the streets and buildings that have a point in the box, complete.

    It also has the entrances and offices (points) in the box.

    Parameters
    ----------
    path
        The OpenStreetMap file to read.
    box
        (west, south, east, north), WGS-84 degrees; None: the whole file.
    out
        Output file, .osm.pbf; must not exist yet.

    Raises
    ------
    InputError
        G120 missing, G121 other suffix, G122 empty, G123 damaged, G322 unsaved edits; `out` is removed.
    """
    check_osm_file(path)
    try:
        with reading_osm(path):
            kept = _kept(path, box or _EVERYWHERE)
            kept.complete_backward_references(path, relation_depth=1)
            with osmium.SimpleWriter(str(out)) as writer:
                for thing in osmium.FileProcessor(path).with_filter(kept.id_filter()):
                    writer.add(thing)
    except InputError:
        out.unlink(missing_ok=True)
        raise


def _kept(path: Path, box: Box) -> osmium.IdTracker:
    """Return the ids of the objects that a scenario needs, without the nodes and ways that they refer to."""
    kept, inside = osmium.IdTracker(), set[int]()
    for thing in osmium.FileProcessor(path).with_locations():
        if isinstance(thing, osmium.osm.Node):
            if any(key in thing.tags for key in ("entrance", "office")) and _is_in(box, thing.lon, thing.lat):
                kept.add_node(thing.id)
        elif isinstance(thing, osmium.osm.Way):
            if any(n.location.valid() and _is_in(box, n.lon, n.lat) for n in thing.nodes):
                inside.add(thing.id)
                if any(key in thing.tags for key in _WAY_KEYS):
                    kept.add_way(thing.id)
        elif isinstance(thing, osmium.osm.Relation):
            is_building = any(key in thing.tags for key in _WAY_KEYS)
            if is_building and any(m.type == "w" and m.ref in inside for m in thing.members):
                kept.add_relation(thing.id)
    return kept


def _is_in(box: Box, lon: float, lat: float) -> bool:
    return box[0] <= lon <= box[2] and box[1] <= lat <= box[3]
