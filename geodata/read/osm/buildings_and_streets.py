"""Reader of OpenStreetMap office buildings as raw rows, one for each building, and of the streets to draw."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import osmium
import pandas as pd
import shapely
from numpy.typing import NDArray

from geodata.array_types import Float64s
from geodata.check_osm_file import check_osm_file, reading_osm, refuse_unsaved
from geodata.errors import Code, InputError, Issue
from geodata.read.osm import building_tags as osm_tags
from geodata.read.osm.geojson_export import EXPORT_SUFFIXES, scan_export
from geodata.read.osm.outlines import BuildingScan, Entrance, Outline, scan_buildings
from geodata.schema import CRS, STREETS

_LINKED = ("motorway", "trunk", "primary", "secondary", "tertiary")
DRIVABLE = (
    *_LINKED,
    *(f"{name}_link" for name in _LINKED),
    "unclassified",
    "residential",
    "living_street",
    "service",
    "road",
)

_TEXTS = (
    "building_id",
    "building_name",
    "other_names",
    "address",
    "division_code",
    "complex_id",
    "property_company_id",
    "osm_building",
    "office_reason",
)
_NUMBERS = ("n_floors", "floor_area_m2", "n_exits", "lon", "lat")


def read_osm_buildings(
    path: Path,
    *,
    only_offices: bool = True,
    within: shapely.Geometry | None = None,
    firms_at: Float64s | None = None,
    chosen: Collection[str] | None = None,
) -> gpd.GeoDataFrame:
    """
    Read office buildings as raw rows; values may be missing. Columns: buildings table, `osm_building`, `office_reason`.

    The geometry is in EPSG:4326; `osm_building` is the tag `building`. A building with an open outline has a row
    without geometry, which the clean stage counts and quarantines.

    Parameters
    ----------
    path
        .osm, .osm.pbf, .osm.bz2, or a GeoJSON export of it (`is_osm_export`).
    only_offices
        Keep only buildings with an `Outline.office_reason`. False: keep all; the column is empty for other buildings.
    within
        Keep buildings with an inner point in this polygon, WGS-84, and those without a geometry.
    firms_at
        Longitude and latitude of registered firms, WGS-84, shape (n, 2); three or more make a building an office
        building.
    chosen
        Ids of the buildings to keep, in place of those with an office reason.

    Raises
    ------
    InputError
        G120 missing, G121 other suffix, G122 empty, G123 damaged, G322 unsaved edits, G124 no such building.
    """
    scan = _scan(path)
    outlines = merge_outlines(scan, firms_at)
    if chosen is not None:
        outlines = [o for o in outlines if _building_id(o) in chosen]
    elif only_offices:
        outlines = [o for o in outlines if o.office_reason]
    if within is not None:
        inside = shapely.intersects(within, shapely.point_on_surface(_shapes(outlines)))
        outlines = [o for o, is_in in zip(outlines, inside, strict=True) if o.wkb is None or is_in]
    if not outlines:
        raise InputError([Issue(Code.NO_OFFICE, path.name)])
    rows = [_building_row(outline, scan.entrances) for outline in outlines]
    frame = pd.DataFrame(rows).astype(dict.fromkeys(_TEXTS, "str") | dict.fromkeys(_NUMBERS, "float64"))
    wkb = pd.Series([outline.wkb for outline in outlines], dtype=object)
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries.from_wkb(wkb, crs=CRS).map(_single))


def _scan(path: Path) -> BuildingScan:
    if path.suffix.lower() in EXPORT_SUFFIXES:
        return scan_export(path)
    check_osm_file(path)
    with reading_osm(path):
        return scan_buildings(path)


def read_osm_streets(
    path: Path, *, within: shapely.Geometry | None = None, name: str | None = None
) -> gpd.GeoDataFrame:
    """
    Return the drivable streets of a file as schema `STREETS`; lines run in driving direction.

    Parameters
    ----------
    within
        Keep whole streets that touch this polygon, WGS-84; None: all.
    name
        The user's file that this one was made from, for G125; None: this one.

    Raises
    ------
    InputError
        G120 missing, G121 other suffix, G122 empty, G123 damaged, G322 unsaved edits, G125 no drivable street.
    """
    check_osm_file(path)
    with reading_osm(path):
        rows = list(_streets(path))
    if within is not None:
        rows = [row for row in rows if shapely.intersects(within, row["geometry"])]
    if not rows:
        raise InputError([Issue("G125", name or path.name)])
    frame = pd.DataFrame(rows)
    frame["street_name"] = frame["street_name"].astype("str")
    return gpd.GeoDataFrame(STREETS.validate(gpd.GeoDataFrame(frame, geometry="geometry", crs=CRS)))


def _building_row(outline: Outline, entrances: dict[int, Entrance]) -> dict[str, object]:
    tags = outline.tags
    nodes = dict.fromkeys(node for ring in outline.rings for node in ring)
    exits = [entrances[node] for node in nodes if node in entrances]
    main = next((e for e in exits if e.kind == "main"), Entrance("", np.nan, np.nan))
    return {
        "building_id": _building_id(outline),
        "building_name": osm_tags.building_name(tags),
        "other_names": osm_tags.other_names(tags),
        "address": osm_tags.address(tags),
        "division_code": None,
        "complex_id": None,
        "property_company_id": None,
        "n_floors": osm_tags.n_floors(tags),
        "floor_area_m2": np.nan,
        "n_exits": len(exits) or np.nan,
        "lon": main.lon,
        "lat": main.lat,
        "osm_building": tags["building"],
        "office_reason": outline.office_reason,
    }


def _building_id(outline: Outline) -> str:
    return outline.tags.get("ref") or outline.osm_id


def _single(geometry: shapely.Geometry | None) -> shapely.Geometry | None:
    """Return a multipolygon of one part as a polygon; osmium writes every area as a multipolygon."""
    if isinstance(geometry, shapely.MultiPolygon) and len(geometry.geoms) == 1:
        return geometry.geoms[0]
    return geometry


def _streets(path: Path) -> Iterator[dict[str, Any]]:
    ways = osmium.FileProcessor(path, osmium.osm.NODE | osmium.osm.WAY).with_locations()
    ways = ways.with_filter(osmium.filter.TagFilter(*(("highway", name) for name in DRIVABLE)))
    for way in ways:
        if not isinstance(way, osmium.osm.Way) or way.tags.get("area") == "yes":
            continue
        refuse_unsaved((node.ref for node in way.nodes), path)
        # At the edge of an extract, nodes of a way may be missing.
        points = [(node.lon, node.lat) for node in way.nodes if node.location.valid()]
        if len(set(points)) < 2:
            continue
        oneway = _oneway(way.tags)
        yield {
            "street_id": f"w{way.id}",
            "street_name": way.tags.get("name"),
            "highway": way.tags["highway"],
            "is_oneway": oneway != 0,
            "geometry": shapely.LineString(points[::-1] if oneway < 0 else points),
        }


def _oneway(tags: osmium.osm.TagList) -> int:
    """Return 1 for a street open only along its way, -1 only against it, 0 both ways, as the engine's car profile."""
    tag = tags.get("oneway")
    if tag in ("-1", "reverse"):
        return -1
    implied = tags.get("highway") == "motorway" or tags.get("junction") in ("roundabout", "circular")
    return 1 if tag in ("yes", "1", "true") or (implied and tag != "no") else 0


def merge_outlines(scan: BuildingScan, firms_at: Float64s | None = None) -> list[Outline]:
    """
    Return one outline for each building, merged from all outlines of the building.

    A building way that is the outer ring of a building relation is the same building; the relation's tags take
    precedence. A part gives its building missing floors and office tags; a part outside every building is a building. A
    building without name or use inside another is a part. Nodes with an office are counted for the building around.

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
    points = np.asarray(shapely.points(lonlat.reshape(-1, 2)), dtype=object)
    return Counter(building for building in _owners(tree, shapes, points) if building is not None)


def _nested(outlines: list[Outline]) -> set[str]:
    """Return ids of buildings, without name or use, at least 95 % inside a larger one, such as single storeys."""
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
