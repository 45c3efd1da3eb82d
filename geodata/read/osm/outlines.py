"""Reader of OpenStreetMap building outlines, parts, offices and entrances, unmerged."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import osmium
from osmium.osm.types import OSMEntity

from geodata.check_osm_file import refuse_unsaved
from geodata.read.osm import building_tags as osm_tags


@dataclass(slots=True)
class Outline:
    """Outline of a building or a building part; without geometry if the outline is not closed."""

    osm_id: str
    """Id with its kind in front: `w12` of a way, `r12` of a relation, `f12` of a feature without an id."""
    tags: dict[str, str]
    """OpenStreetMap tags."""
    wkb: str | None = None
    """Geometry in WGS-84 as hexadecimal WKB; None: the outline is not closed."""
    rings: list[list[int]] = field(default_factory=list)
    """Node ids of each ring, outer and inner."""
    outer_ways: tuple[str, ...] = ()
    """Ids of the ways of a relation's outer rings, as `osm_id`; empty for a way."""
    n_office_points: int = 0
    """Nodes with an office in the outline, counted when outlines are merged."""
    n_firms: int = 0
    """Firms with a registered point in the outline."""

    @property
    def is_part(self) -> bool:
        """Return whether the outline is only a part of a building (`building:part`)."""
        return self.tags.get("building", "no") == "no"

    @property
    def office_reason(self) -> str | None:
        """Return why the outline counts as an office building, such as `firms=4`; None if it is of another kind."""
        own = osm_tags.office_reason(self.tags)
        if own is None and self.n_office_points:
            return f"office points={self.n_office_points}"
        # A dwelling may have one registered firm, a shop one or two.
        return own or (f"firms={self.n_firms}" if self.n_firms >= 3 else None)


@dataclass(frozen=True, slots=True)
class Entrance:
    """Entrance of a building: a tagged node of the outline."""

    kind: str
    """Value of the tag `entrance`, such as `main`, `yes` or `emergency`."""
    lon: float
    lat: float


@dataclass(slots=True)
class BuildingScan:
    """Building outlines, entrances and nodes with offices of one file, before outlines are merged."""

    outlines: list[Outline] = field(default_factory=list)
    """All outlines, including building parts, ordered by id."""
    entrances: dict[int, Entrance] = field(default_factory=dict)
    """Entrances by node id."""
    offices: list[tuple[float, float]] = field(default_factory=list)
    """Longitude and latitude of each node with an office."""


def scan_buildings(path: Path) -> BuildingScan:
    """
    Read all buildings, building parts, entrances and office points of an OpenStreetMap file.

    Raises
    ------
    InputError
        If an outline contains nodes that an editor has not uploaded (G322).
    RuntimeError
        If the file is damaged.
    UnicodeDecodeError
        If a tag is not UTF-8.
    """
    areas = osmium.FileProcessor(path).with_areas(osmium.filter.KeyFilter("building", "building:part"))
    areas = areas.with_filter(osmium.filter.KeyFilter("building", "building:part", "entrance", "office"))
    to_wkb = osmium.geom.WKBFactory()
    scan = BuildingScan()
    found: dict[str, Outline] = {}
    for thing in areas:
        if isinstance(thing, osmium.osm.Node):
            _note_point(thing, scan)
            continue
        if isinstance(thing, osmium.osm.Way):
            refuse_unsaved((node.ref for node in thing.nodes), path)
        outline = _outline(thing)
        if outline is None:
            continue
        if isinstance(thing, osmium.osm.Area):
            try:
                outline.wkb = to_wkb.create_multipolygon(thing)
            except RuntimeError:
                # An invalid outline keeps its way or relation, without a geometry.
                continue
            outline.rings = list(_rings(thing))
            if outline.osm_id in found:
                outline.outer_ways = found[outline.osm_id].outer_ways
            found[outline.osm_id] = outline
        else:
            # The way or relation precedes its area, which then replaces it.
            found.setdefault(outline.osm_id, outline)
    scan.outlines = sorted(found.values(), key=lambda o: (o.osm_id[0], int(o.osm_id[1:])))
    return scan


def _note_point(node: osmium.osm.Node, scan: BuildingScan) -> None:
    if node.tags.get("entrance", "no") != "no":
        scan.entrances[node.id] = Entrance(node.tags["entrance"], node.lon, node.lat)
    if node.tags.get("office", "no") != "no":
        scan.offices.append((node.lon, node.lat))


def _outline(thing: OSMEntity) -> Outline | None:
    outer: tuple[str, ...] = ()
    if isinstance(thing, osmium.osm.Area):
        osm_id = f"{'w' if thing.from_way() else 'r'}{thing.orig_id()}"
    elif isinstance(thing, osmium.osm.Way):
        osm_id = f"w{thing.id}"
    elif isinstance(thing, osmium.osm.Relation) and thing.tags.get("type") == "multipolygon":
        osm_id = f"r{thing.id}"
        outer = tuple(f"w{m.ref}" for m in thing.members if m.type == "w" and m.role in ("outer", ""))
    else:
        return None
    tags = dict(thing.tags)
    is_any = any(tags.get(key, "no") != "no" for key in ("building", "building:part"))
    return Outline(osm_id, tags, outer_ways=outer) if is_any else None


def _rings(area: osmium.osm.Area) -> Iterator[list[int]]:
    for outer in area.outer_rings():
        yield [node.ref for node in outer]
        for inner in area.inner_rings(outer):
            yield [node.ref for node in inner]
