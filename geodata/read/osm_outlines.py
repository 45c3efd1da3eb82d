"""READ OpenStreetMap files: the outlines and entrances of buildings, as the file has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import osmium
from osmium.osm.types import OSMEntity

from geodata.read import osm_tags


@dataclass(slots=True)
class Outline:
    """A building as the file has it; without a geometry if its lines do not close."""

    osm_id: str
    tags: dict[str, str]
    wkb: str | None = None
    rings: list[list[int]] = field(default_factory=list)
    """Node ids, ring by ring, outer and inner."""


@dataclass(frozen=True, slots=True)
class Entrance:
    """A door on an outline."""

    kind: str
    """`main`, `yes`, `emergency` ...: the tag's value."""
    lon: float
    lat: float


def scan_buildings(path: Path, *, only_offices: bool) -> tuple[list[Outline], dict[int, Entrance]]:
    """
    Every building in the order of its id, and every entrance by its node id.

    Parameters
    ----------
    path
        An OpenStreetMap file.
    only_offices
        Leave out those that `osm_tags.office_reason` has no reason for.

    Raises
    ------
    RuntimeError
        If the file is damaged.
    UnicodeDecodeError
        If a tag is not UTF-8.
    """
    areas = osmium.FileProcessor(path).with_areas(osmium.filter.KeyFilter("building"))
    areas = areas.with_filter(osmium.filter.KeyFilter("building", "entrance"))
    to_wkb = osmium.geom.WKBFactory()
    entrances: dict[int, Entrance] = {}
    found: dict[str, Outline] = {}
    for thing in areas:
        if isinstance(thing, osmium.osm.Node):
            if thing.tags.get("entrance", "no") != "no":
                entrances[thing.id] = Entrance(thing.tags["entrance"], thing.lon, thing.lat)
            continue
        outline = _outline(thing)
        if outline is None or (only_offices and not osm_tags.office_reason(outline.tags)):
            continue
        if isinstance(thing, osmium.osm.Area):
            outline.wkb = to_wkb.create_multipolygon(thing)
            outline.rings = list(_rings(thing))
            found[outline.osm_id] = outline
        else:
            # The way or relation comes before its area, which then takes its place.
            found.setdefault(outline.osm_id, outline)
    return sorted(found.values(), key=lambda o: (o.osm_id[0], int(o.osm_id[1:]))), entrances


def _outline(thing: OSMEntity) -> Outline | None:
    if isinstance(thing, osmium.osm.Area):
        osm_id = f"{'w' if thing.from_way() else 'r'}{thing.orig_id()}"
    elif isinstance(thing, osmium.osm.Way):
        osm_id = f"w{thing.id}"
    elif isinstance(thing, osmium.osm.Relation) and thing.tags.get("type") == "multipolygon":
        osm_id = f"r{thing.id}"
    else:
        return None
    tags = dict(thing.tags)
    return Outline(osm_id, tags) if tags.get("building", "no") != "no" else None


def _rings(area: osmium.osm.Area) -> Iterator[list[int]]:
    for outer in area.outer_rings():
        yield [node.ref for node in outer]
        for inner in area.inner_rings(outer):
            yield [node.ref for node in inner]
