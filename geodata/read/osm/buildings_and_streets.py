"""Reader of OpenStreetMap office buildings as raw rows, and of the streets to draw."""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import osmium
import pandas as pd
import shapely

from geodata.array_types import Float64s
from geodata.errors import Code, InputError, Issue
from geodata.osm_file import check_osm_file, reading_osm, refuse_unsaved
from geodata.read.osm import tags as osm_tags
from geodata.read.osm.geojson_export import EXPORT_SUFFIXES, scan_export
from geodata.read.osm.merge_outlines import merge_outlines
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
    Read raw building rows: text and number columns with gaps, `osm_building`, `office_reason`, geometry in EPSG:4326.

    A building with an open outline has a row without geometry, which the clean stage counts and quarantines.

    Parameters
    ----------
    path
        .osm, .osm.pbf, .osm.bz2, or a GeoJSON export of it (`is_osm_export`).
    only_offices
        Keep only rows with an `Outline.office_reason`; else all, with a gap in that column.
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
        outlines = [o for o in outlines if o.wkb is None or _lies_in(within, o.wkb)]
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


def _lies_in(within: shapely.Geometry, wkb: str) -> bool:
    return bool(shapely.intersects(within, shapely.point_on_surface(shapely.from_wkb(wkb))))


def read_osm_streets(
    path: Path, *, within: shapely.Geometry | None = None, name: str | None = None
) -> gpd.GeoDataFrame:
    """
    Return the drivable streets of a file as schema `STREETS`; lines run in driving direction.

    Parameters
    ----------
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
    """Return 1 along the way, -1 against it, 0 both ways, as in the road engine's car profile."""
    tag = tags.get("oneway")
    if tag in ("-1", "reverse"):
        return -1
    implied = tags.get("highway") == "motorway" or tags.get("junction") in ("roundabout", "circular")
    return 1 if tag in ("yes", "1", "true") or (implied and tag != "no") else 0
