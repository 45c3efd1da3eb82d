"""Conversion between the datums of Chinese tables and WGS-84, and a local metric projection."""

from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from geodata.array_types import Bools, Degrees
from geodata.datum import bd09mc, projected_input_coordinates
from geodata.datum.china_outline import in_china
from geodata.datum.datum_names import BD09, BD09MC, CGCS2000, GCJ02, WGS84, Datum
from geodata.datum.gcj02_bd09 import shift, unshift

Step = Callable[[Degrees, Degrees], tuple[Degrees, Degrees]]

_SAME = (WGS84, CGCS2000)
_SHIFTED = (GCJ02, BD09, BD09MC)
_EPSG = {WGS84: "EPSG:4326", CGCS2000: "EPSG:4490"}


def to_wgs84(lon: Degrees, lat: Degrees, datum: Datum) -> tuple[Degrees, Degrees]:
    """
    Convert coordinates to longitude and latitude in WGS-84.

    Parameters
    ----------
    lon, lat
        Degrees in `datum`, or its easting and northing in metres; same shape. NaN stays NaN.
    datum
        Datum of the points. CGCS2000 differs from WGS-84 by less than a metre and is treated as equal. In a zone of
        CGCS2000, an easting of eight digits begins with a zone number, which overrides the code's zone.

    Raises
    ------
    ValueError
        If the shapes differ.

    Notes
    -----
    The shift of GCJ-02 jumps by about 500 m at the border, so a point within that distance can have two origins; the
    one inside China is returned.
    """
    lon, lat = _checked(lon, lat)
    if datum in _SAME:
        return lon, lat
    if datum not in _SHIFTED:
        return projected_input_coordinates.to_degrees(lon, lat, datum.epsg)
    if datum == BD09MC:
        lon, lat = bd09mc.to_degrees(lon, lat)
    true_lon, true_lat = unshift(lon.ravel(), lat.ravel(), datum != GCJ02).reshape(2, *lon.shape)
    inside = in_china(true_lon, true_lat)
    return np.where(inside, true_lon, lon), np.where(inside, true_lat, lat)


def from_wgs84(lon: Degrees, lat: Degrees, datum: Datum) -> tuple[Degrees, Degrees]:
    """
    Convert WGS-84 degrees to longitude and latitude, or easting and northing in metres, of `datum`.

    GCJ-02 and BD-09 do not shift points abroad. NaN stays NaN; ValueError if the shapes differ.
    """
    lon, lat = _checked(lon, lat)
    if datum in _SAME:
        return lon, lat
    if datum not in _SHIFTED:
        return projected_input_coordinates.from_degrees(lon, lat, datum.epsg)
    flat = lon.ravel(), lat.ravel()
    new_lon, new_lat = shift(*flat, in_china(*flat), datum != GCJ02).reshape(2, *lon.shape)
    return bd09mc.to_metres(new_lon, new_lat) if datum == BD09MC else (new_lon, new_lat)


def is_swapped(x: Degrees, y: Degrees, datum: Datum) -> Bools:
    """
    Return which pairs lie in China, or in the area of use of the EPSG code, only in reversed order; False for NaN.

    Parameters
    ----------
    datum
        Datum of the pairs.
    x, y
        Pairs as in the table: longitude and latitude, or easting and northing; same shape, (n,). Surveyors' tables
        have the northing in X.

    Raises
    ------
    ValueError
        If the shapes differ.
    """
    area = projected_input_coordinates.area(datum.epsg)
    swapped = ~projected_input_coordinates.within(*to_wgs84(x, y, datum), area)
    swapped[swapped] = projected_input_coordinates.within(*to_wgs84(y[swapped], x[swapped], datum), area)
    return swapped


def geometry_to_wgs84(series: gpd.GeoSeries, datum: Datum) -> gpd.GeoSeries:
    """
    Convert geometries from `datum` to WGS-84 (EPSG:4326), same index; the `crs` of the series is ignored.

    Heights are dropped, missing geometries stay missing.
    """
    return _moved(series, lambda lon, lat: to_wgs84(lon, lat, datum), "EPSG:4326")


def geometry_from_wgs84(series: gpd.GeoSeries, datum: Datum) -> gpd.GeoSeries:
    """Convert WGS-84 geometries to `datum`, same index; the result has no `crs` if the datum has no EPSG code."""
    crs = _EPSG.get(datum, datum.name if datum.epsg else None)
    return _moved(series, lambda lon, lat: from_wgs84(lon, lat, datum), crs)


def metre_crs(lon: Degrees, lat: Degrees) -> pyproj.CRS:
    """
    Return a transverse Mercator projection in metres, centred on the box around WGS-84 points, to measure distances.

    Raises
    ------
    ValueError
        If no point is finite.

    Notes
    -----
    Within 100 km of the centre lengths are accurate to 1.3 parts in 10,000.
    """
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    known = np.isfinite(lon) & np.isfinite(lat)
    if not known.any():
        raise ValueError(f"metre_crs needs at least one finite point, got none in {lon.size}")
    # Four decimals: one more point nearby should not change the projection's definition.
    lon_0, lat_0 = (round(float(a[known].min() + a[known].max()) / 2, 4) for a in (lon, lat))
    return pyproj.CRS.from_proj4(f"+proj=tmerc +lat_0={lat_0} +lon_0={lon_0} +k=1 +datum=WGS84 +units=m +type=crs")


def _checked(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    lon, lat = np.array(lon, dtype=np.float64), np.array(lat, dtype=np.float64)
    if lon.shape != lat.shape:
        raise ValueError(f"lon and lat must have one shape, got {lon.shape} and {lat.shape}")
    unknown = ~(np.isfinite(lon) & np.isfinite(lat))
    lon[unknown] = lat[unknown] = np.nan
    return lon, lat


def _moved(series: gpd.GeoSeries, step: Step, crs: str | None) -> gpd.GeoSeries:
    def points(xy: Degrees) -> Degrees:
        return np.column_stack(step(xy[:, 0], xy[:, 1]))

    return gpd.GeoSeries(shapely.transform(np.asarray(series), points), index=series.index, crs=crs, name=series.name)
