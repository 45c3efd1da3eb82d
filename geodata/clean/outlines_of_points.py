"""Outlines of buildings given as points: from a map where one fits, else a circle of a floor plate's area."""

import re
import unicodedata

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from geodata.array_types import Float64s
from geodata.datum.convert import metre_crs
from geodata.raw_table import Column
from geodata.schema import CRS

# Floor plate of a medium office tower, if floor area or floors are unknown.
PLATE_M2 = 1_200.0


def floor_plates(lon: Column, lat: Column, floor_area_m2: Column, n_floors: Column) -> gpd.GeoSeries:
    """
    Return circles around points, with the area of one floor (1,200 m2 if unknown); null without a point.

    All in WGS-84 degrees (EPSG:4326).
    """
    # Range of towers' floor plates.
    plate_m2 = (floor_area_m2 / n_floors).fillna(PLATE_M2).clip(150.0, 6_000.0)
    known = lon.notna() & lat.notna()
    circles = np.full(len(lon), None, dtype=object)
    if known.any():
        centres, crs = _metres(lon[known].to_numpy(), lat[known].to_numpy())
        radius_m = np.sqrt(plate_m2[known].to_numpy(dtype=np.float64) / np.pi)
        circles[known] = gpd.GeoSeries(shapely.buffer(centres, radius_m, quad_segs=6), crs=crs).to_crs(CRS)
    return gpd.GeoSeries(circles, index=lon.index, crs=CRS)


def map_outlines(lon: Column, lat: Column, names: Column, outlines: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """
    Return, for each building given as a point, its outline on a map; null if none fits.

    An outline of the same name fits within 300 m of the point. If the building or the outline has no name, the outline
    fits within 10 m. Each outline goes to one building: pairs of the same name are matched first, nearer pairs earlier.

    `lon`, `lat`, `names`: points and names of the buildings; `outlines`: `building_name` and outlines. All in WGS-84.
    """
    found = np.full(len(lon), None, dtype=object)
    outlines = outlines[~shapely.is_missing(np.asarray(outlines.geometry.values))]
    rows = np.flatnonzero(lon.notna() & lat.notna())
    if len(rows) and len(outlines):
        degrees = np.asarray(outlines.geometry.values)
        own, other = (column.map(_plain).to_numpy() for column in (names.iloc[rows], outlines["building_name"]))
        centres, crs = _metres(lon.iloc[rows].to_numpy(), lat.iloc[rows].to_numpy())
        shapes = np.asarray(outlines.geometry.to_crs(crs).values)
        # Geocoders return a building's plot, gate or street: up to a plot's depth from the outline.
        where, which = shapely.STRtree(shapes).query(centres, predicate="dwithin", distance=300.0)
        distance_m = shapely.distance(centres[where], shapes[which])
        is_named = (own[where] == other[which]) & (own[where] != "")
        is_nameless = (own[where] == "") | (other[which] == "")
        # Without a name, the point must lie in the outline or next to it.
        fits = is_named | (distance_m <= 10.0) & is_nameless
        taken: set[int] = set()
        # Matches by name first, then by distance; ties in the order of the table.
        for k in np.lexsort((which, where, distance_m, ~is_named)):
            if fits[k] and found[rows[where[k]]] is None and which[k] not in taken:
                found[rows[where[k]]] = degrees[which[k]]
                taken.add(int(which[k]))
    return gpd.GeoSeries(found, index=lon.index, crs=CRS)


def _metres(lon: Float64s, lat: Float64s) -> tuple[NDArray[np.object_], pyproj.CRS]:
    crs = metre_crs(lon, lat)
    return np.asarray(gpd.GeoSeries(gpd.points_from_xy(lon, lat), crs=CRS).to_crs(crs).values), crs


def _plain(name: object) -> str:
    return re.sub(r"[\s()]+", "", unicodedata.normalize("NFKC", name)).lower() if isinstance(name, str) else ""
