"""Columns of coordinates: pairs put in order, shown to lie in China, and turned into WGS-84."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geodata.clean.cells import number
from geodata.clean.desk import Desk, as_mask
from geodata.datum import geometry_to_wgs84, to_wgs84
from geodata.raw import Mask
from geodata.schema import CRS

# China with its islands, in degrees: a pair outside it is not a place of any sweep.
_LON = (73.0, 136.0)
_LAT = (3.0, 54.0)


def in_box(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether points lie in the box around China; False for NaN."""
    inside = (lon >= _LON[0]) & (lon <= _LON[1]) & (lat >= _LAT[0]) & (lat <= _LAT[1])
    return np.asarray(inside, dtype=np.bool_)


def points(desk: Desk, datum: str, *, derived: bool = False) -> tuple[pd.Series[float], pd.Series[float]]:
    """
    The columns `lon` and `lat` in WGS-84 degrees.

    A pair that lies in China only the other way round is swapped and counted.

    Parameters
    ----------
    desk
        The table.
    datum
        What the file's coordinates are in, see `geodata.datum.DATUMS`.
    derived
        Whether a missing pair is filled in later, and so is no fault.
    """
    lon, lat = _typed(desk, "lon", derived), _typed(desk, "lat", derived)
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    desk.fault(as_mask(np.isnan(x) != np.isnan(y), desk.index) & ~desk.is_faulty(), "G216")
    is_swapped = in_box(y, x) & ~in_box(x, y)
    desk.repaired("swapped_lon_lat", as_mask(is_swapped, desk.index))
    x, y = np.where(is_swapped, y, x), np.where(is_swapped, x, y)
    is_outside = ~np.isnan(x) & ~np.isnan(y) & ~in_box(x, y)
    desk.fault(as_mask(is_outside, desk.index), "G215", lon=lon, lat=lat)
    usable = in_box(x, y)
    true = np.full((2, len(x)), np.nan)
    true[:, usable] = to_wgs84(x[usable], y[usable], datum)
    return pd.Series(true[0], index=desk.index), pd.Series(true[1], index=desk.index)


def _typed(desk: Desk, column: str, derived: bool) -> pd.Series[float]:
    # Not the schema's bounds: a latitude of 117 may be a swapped one, and what lies outside China is told as that.
    return number(desk, column, derived=derived, bounds=(-np.inf, np.inf))


def footprints(desk: Desk, datum: str) -> gpd.GeoSeries:
    """The column `geometry` as valid polygons in WGS-84; null where the row has a fault."""
    shapes = _in_degrees(desk)
    kinds = shapes.geom_type
    is_none = as_mask(shapely.is_missing(shapes.values) | shapely.is_empty(shapes.values), desk.index)
    desk.fault(is_none, "G217")
    is_other = ~is_none & ~kinds.isin(["Polygon", "MultiPolygon", "GeometryCollection"])
    desk.fault(is_other, "G218", kind=kinds.astype("str"))
    shapes = _valid(desk, _with(shapes, is_none | is_other, None))
    shapes = _swapped_back(desk, shapes)
    return geometry_to_wgs84(shapes, datum)


def _in_degrees(desk: Desk) -> gpd.GeoSeries:
    """The shapes in degrees, by the projection that the file states; WKT cells are read as degrees."""
    if isinstance(desk.frame, gpd.GeoDataFrame):
        shapes = desk.frame.geometry
    else:
        wkt = desk.frame["geometry"].astype("object").where(desk.frame["geometry"].notna(), None)
        shapes = gpd.GeoSeries(shapely.from_wkt(wkt.to_numpy(), on_invalid="ignore"), index=desk.index)
    shapes = gpd.GeoSeries(shapely.force_2d(shapes.values), index=desk.index, crs=shapes.crs)
    if shapes.crs is not None:
        return gpd.GeoSeries(shapes.to_crs(CRS))
    bounds = shapes.bounds.abs().max(axis=1)
    # No projection and figures above 180: metres of an unknown zone.
    is_metres = bounds > 400
    desk.fault(is_metres, "G220")
    return _with(shapes, is_metres, _NOWHERE).set_crs(CRS)


# Stands in for a shape that already has its fault.
_NOWHERE = shapely.box(100.0, 30.0, 100.001, 30.001)


def _with(shapes: gpd.GeoSeries, mask: Mask, shape: shapely.Geometry | None) -> gpd.GeoSeries:
    """The shapes with one other in the rows of a mask."""
    geometry = np.asarray(shapes.values)
    geometry = np.where(mask.to_numpy(), np.array(shape, dtype=object), geometry)
    return gpd.GeoSeries(geometry, index=shapes.index, crs=shapes.crs)


def _valid(desk: Desk, shapes: gpd.GeoSeries) -> gpd.GeoSeries:
    geometry = np.asarray(shapes.values)
    is_wrong = ~(shapely.is_valid(geometry) & np.isin(shapely.get_type_id(geometry), (3, 6)))
    is_wrong &= ~shapely.is_missing(geometry)
    mended = geometry.copy()
    mended[is_wrong] = [_polygons(shape) for shape in shapely.make_valid(geometry[is_wrong])]
    is_lost = as_mask(shapely.is_missing(mended) & ~shapely.is_missing(geometry), desk.index)
    desk.fault(is_lost, "G219")
    desk.repaired("footprint_made_valid", as_mask(is_wrong, desk.index) & ~is_lost)
    return gpd.GeoSeries(mended, index=desk.index, crs=shapes.crs)


def _polygons(shape: shapely.Geometry) -> shapely.Geometry | None:
    """The polygons of a mended shape, None if lines and points are all that is left."""
    parts = [p for p in shapely.get_parts(shapely.get_parts(shape)) if p.geom_type == "Polygon" and p.area > 0]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else shapely.union_all(parts)


def _swapped_back(desk: Desk, shapes: gpd.GeoSeries) -> gpd.GeoSeries:
    geometry = np.asarray(shapes.values)
    low_x, low_y, high_x, high_y = shapely.bounds(geometry).T
    is_in = in_box(low_x, low_y) & in_box(high_x, high_y)
    is_swapped = ~is_in & in_box(low_y, low_x) & in_box(high_y, high_x)
    desk.repaired("swapped_lon_lat", as_mask(is_swapped, desk.index))
    turned = geometry.copy()
    turned[is_swapped] = shapely.transform(geometry[is_swapped], lambda xy: xy[:, ::-1])
    is_out: Mask = as_mask(~shapely.is_missing(geometry) & ~is_in & ~is_swapped, desk.index)
    centre_x, centre_y = pd.Series((low_x + high_x) / 2, desk.index), pd.Series((low_y + high_y) / 2, desk.index)
    desk.fault(is_out & ~desk.is_faulty(), "G215", lon=centre_x, lat=centre_y)
    turned[is_out.to_numpy()] = None
    return gpd.GeoSeries(turned, index=desk.index, crs=shapes.crs)
