"""Merge of OpenStreetMap outlines into one for each building, with data of its parts, ways and points."""

from collections import Counter
from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.array_types import Float64s
from geodata.read.osm import tags as osm_tags
from geodata.read.osm.outlines import BuildingScan, Outline


def merge_outlines(scan: BuildingScan, firms_at: Float64s | None = None) -> list[Outline]:
    """
    Return one outline for each building, merged from all outlines of the building.

    A building way that is the outer ring of a building relation is the same building; the relation's tags take
    precedence. A part gives its building missing floors and office tags; a part outside every building is a building. A
    building without name or use inside another is a part. Office points are counted for the building that holds them.

    Parameters
    ----------
    firms_at
        Longitude and latitude of registered firms, WGS-84, shape (n, 2), counted for the building that holds them.
    """
    outlines = _once(scan.outlines)
    nested = _nested(outlines)
    buildings = [o for o in outlines if not o.is_part and o.osm_id not in nested]
    parts = [o for o in outlines if (o.is_part or o.osm_id in nested) and o.wkb]
    shapes = _shapes(buildings)
    tree = shapely.STRtree(shapes)
    inside = np.asarray(shapely.point_on_surface(_shapes(parts)), dtype=object)
    owner = _owners(tree, shapes, inside)
    folded = list(buildings)
    for part, building in zip(parts, owner, strict=True):
        if building is not None:
            folded[building] = _with_part(folded[building], part)
        else:
            # A part that protrudes from the building around it becomes a building, and lacks `building:part`.
            kind = part.tags["building:part" if part.is_part else "building"]
            folded.append(replace(part, tags={**part.tags, "building": kind}))
    for building, n in _counts(tree, shapes, np.array(scan.offices, dtype=np.float64)).items():
        folded[building] = replace(folded[building], n_office_points=n)
    for building, n in _counts(tree, shapes, firms_at if firms_at is not None else np.empty(0)).items():
        folded[building] = replace(folded[building], n_firms=n)
    return folded


def _counts(tree: shapely.STRtree, shapes: NDArray[np.object_], lonlat: Float64s) -> Counter[int]:
    """Return the number of points inside each building, by index; of nested buildings the smallest counts."""
    points = np.asarray(shapely.points(lonlat.reshape(-1, 2)), dtype=object)
    return Counter(building for building in _owners(tree, shapes, points) if building is not None)


def _nested(outlines: list[Outline]) -> set[str]:
    """Return ids of buildings, without name or use, almost entirely inside a larger building (drawn for each level)."""
    buildings = [o for o in outlines if not o.is_part and o.wkb]
    shapes = _shapes(buildings)
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    area = shapely.area(shapes)
    is_smaller = area[first] < area[second]
    first, second = first[is_smaller], second[is_smaller]
    shared = shapely.area(shapely.intersection(shapely.make_valid(shapes[first]), shapely.make_valid(shapes[second])))
    # 95 % of its area must lie in the other building.
    inner = np.unique(first[shared >= 0.95 * area[first]])
    plain = [buildings[i] for i in inner.tolist() if buildings[i].tags["building"] == "yes"]
    return {o.osm_id for o in plain if osm_tags.building_name(o.tags) is None and "office" not in o.tags}


def _once(outlines: list[Outline]) -> list[Outline]:
    by_id = {outline.osm_id: outline for outline in outlines}
    gone = set()
    for relation in [o for o in outlines if o.outer_ways and o.wkb and not o.is_part]:
        ways = [by_id[way] for way in relation.outer_ways if way in by_id]
        name = osm_tags.building_name(relation.tags)
        for way in ways:
            own = osm_tags.building_name(way.tags)
            # Towers with their own names in one relation are separate buildings.
            if len(relation.outer_ways) == 1 or own is None or own == name:
                by_id[relation.osm_id] = replace(
                    by_id[relation.osm_id], tags={**way.tags, **by_id[relation.osm_id].tags}
                )
                gone.add(way.osm_id)
    return [by_id[outline.osm_id] for outline in outlines if outline.osm_id not in gone]


def _shapes(outlines: list[Outline]) -> NDArray[np.object_]:
    return np.asarray(shapely.from_wkb(np.array([o.wkb for o in outlines], dtype=object)), dtype=object)


def _owners(tree: shapely.STRtree, shapes: NDArray[np.object_], points: NDArray[np.object_]) -> list[int | None]:
    """Return the index of the smallest building around each point, or None."""
    where, which = tree.query(points, predicate="intersects")
    area = shapely.area(shapes)
    owners: list[int | None] = [None] * len(points)
    for i, building in sorted(zip(where.tolist(), which.tolist(), strict=True), key=lambda pair: -area[pair[1]]):
        owners[i] = building
    return owners


def _with_part(building: Outline, part: Outline) -> Outline:
    tags = dict(building.tags)
    floors, own = osm_tags.n_floors(part.tags), osm_tags.n_floors(tags)
    # A building with a podium is as high as its highest part, even if the outline's tags say less.
    if np.isfinite(floors) and not own >= floors:
        tags["building:levels"] = str(int(floors))
    for key in ("name", "office"):
        if key in part.tags and key not in tags:
            tags[key] = part.tags[key]
    return replace(building, tags=tags)
