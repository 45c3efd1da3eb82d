"""The datums of Chinese tables to WGS-84 longitude and latitude and back, and a metric projection for distances."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from geodata.china import in_china

Degrees = NDArray[np.float64]
Step = Callable[[Degrees, Degrees], tuple[Degrees, Degrees]]

DATUMS = ("wgs84", "cgcs2000", "gcj02", "bd09")

# The published constants: Krasovsky 1940's major axis and first eccentricity squared.
_MAJOR_AXIS_M = 6_378_245.0
_ECCENTRICITY2 = 0.00669342162296594323
_BD_TURN = np.pi * 3000.0 / 180.0

# A step shrinks the error about 200 times, so five reach the last digit of a double; the rest is for safety.
_TOLERANCE_DEG = 1e-9
_MAX_STEPS = 20


def to_wgs84(lon: Degrees, lat: Degrees, datum: str) -> tuple[Degrees, Degrees]:
    """
    Longitude and latitude in WGS-84.

    Parameters
    ----------
    lon, lat
        Degrees in `datum`, same shape; NaN stays NaN.
    datum
        One of `DATUMS`. CGCS2000 differs from WGS-84 by less than a metre and is taken as equal.

    Raises
    ------
    ValueError
        If the shapes differ, or there is no such datum.

    Notes
    -----
    The shift of GCJ-02 starts at the border in one leap of about 500 m, so a point within that of the border can
    have two origins; the one inside China is given.
    """
    lon, lat = _checked(lon, lat, datum)
    if datum not in _FORWARD:
        return lon, lat
    true_lon, true_lat = _invert(_FORWARD[datum], lon, lat)
    inside = in_china(true_lon, true_lat)
    return np.where(inside, true_lon, lon), np.where(inside, true_lat, lat)


def from_wgs84(lon: Degrees, lat: Degrees, datum: str) -> tuple[Degrees, Degrees]:
    """
    Longitude and latitude in `datum` of points in WGS-84; outside China the shifted datums leave a point where it is.

    Parameters
    ----------
    lon, lat
        Degrees in WGS-84, same shape; NaN stays NaN.
    datum
        One of `DATUMS`.

    Raises
    ------
    ValueError
        If the shapes differ, or there is no such datum.
    """
    lon, lat = _checked(lon, lat, datum)
    if datum not in _FORWARD:
        return lon, lat
    new_lon, new_lat = _FORWARD[datum](lon, lat)
    inside = in_china(lon, lat)
    return np.where(inside, new_lon, lon), np.where(inside, new_lat, lat)


def geometry_to_wgs84(series: gpd.GeoSeries, datum: str) -> gpd.GeoSeries:
    """
    The geometries in WGS-84 (EPSG:4326), same index; heights are dropped, missing ones stay missing.

    Parameters
    ----------
    series
        Geometries in degrees of `datum`, whatever their `crs` says.
    datum
        One of `DATUMS`.

    Raises
    ------
    ValueError
        If there is no such datum.
    """
    return _moved(series, lambda lon, lat: to_wgs84(lon, lat, datum), "EPSG:4326")


def geometry_from_wgs84(series: gpd.GeoSeries, datum: str) -> gpd.GeoSeries:
    """
    The geometries in `datum`, same index; without a `crs` where the datum has no EPSG code.

    Parameters
    ----------
    series
        Geometries in WGS-84 degrees.
    datum
        One of `DATUMS`.

    Raises
    ------
    ValueError
        If there is no such datum.
    """
    crs = {"wgs84": "EPSG:4326", "cgcs2000": "EPSG:4490"}.get(datum)
    return _moved(series, lambda lon, lat: from_wgs84(lon, lat, datum), crs)


def metre_crs(lon: Degrees, lat: Degrees) -> pyproj.CRS:
    """
    A transverse Mercator projection centred on the points, in metres: what all distances are measured in.

    Parameters
    ----------
    lon, lat
        Degrees in WGS-84; points with a NaN do not count.

    Raises
    ------
    ValueError
        If no point is finite.

    Notes
    -----
    Within 100 km of the centre lengths are right to 1.3 parts in 10,000.
    """
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    known = np.isfinite(lon) & np.isfinite(lat)
    if not known.any():
        raise ValueError(f"metre_crs needs one finite point, got {lon.size} without any")
    # Four decimals: the same data with one more point nearby should not turn into another projection text.
    lon_0, lat_0 = (round(float(a[known].min() + a[known].max()) / 2, 4) for a in (lon, lat))
    return pyproj.CRS.from_proj4(f"+proj=tmerc +lat_0={lat_0} +lon_0={lon_0} +k=1 +datum=WGS84 +units=m +type=crs")


def _checked(lon: Degrees, lat: Degrees, datum: str) -> tuple[Degrees, Degrees]:
    if datum not in DATUMS:
        raise ValueError(f"datum must be one of {DATUMS}, got {datum!r}")
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


def _invert(forward: Step, lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Fixed-point inverse of a map that moves points a little: there is no closed form."""
    x, y = lon.copy(), lat.copy()
    for _ in range(_MAX_STEPS):
        new_lon, new_lat = forward(x, y)
        dx, dy = lon - new_lon, lat - new_lat
        x, y = x + dx, y + dy
        # A comparison with NaN is False, so a missing point never keeps the loop going.
        if not ((np.abs(dx) > _TOLERANCE_DEG) | (np.abs(dy) > _TOLERANCE_DEG)).any():
            break
    return x, y


def _shifted(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """GCJ-02 of WGS-84 with no regard to the border."""
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    both_m = 20.0 * (np.sin(6.0 * np.pi * x) + np.sin(2.0 * np.pi * x)) * 2.0 / 3.0
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + both_m + _waves(y, 160.0, 320.0)
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + both_m + _waves(x, 150.0, 300.0)
    radians = np.radians(lat)
    magic = 1.0 - _ECCENTRICITY2 * np.sin(radians) ** 2
    sqrt_magic = np.sqrt(magic)
    meridian_m = _MAJOR_AXIS_M * (1.0 - _ECCENTRICITY2) / (magic * sqrt_magic)
    parallel_m = _MAJOR_AXIS_M / sqrt_magic * np.cos(radians)
    return lon + np.degrees(east_m / parallel_m), lat + np.degrees(north_m / meridian_m)


def _waves(at: Degrees, in_12_m: float, in_30_m: float) -> Degrees:
    short_m = 20.0 * np.sin(np.pi * at) + 40.0 * np.sin(np.pi / 3.0 * at)
    long_m = in_12_m * np.sin(np.pi / 12.0 * at) + in_30_m * np.sin(np.pi / 30.0 * at)
    return (short_m + long_m) * 2.0 / 3.0


def _bd_shifted(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """BD-09 of WGS-84 with no regard to the border."""
    lon, lat = _shifted(lon, lat)
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD_TURN)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD_TURN)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


_FORWARD: dict[str, Step] = {"gcj02": _shifted, "bd09": _bd_shifted}
