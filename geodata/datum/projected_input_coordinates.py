"""Projected coordinates: any EPSG code, and CGCS2000 zones with or without the zone number in the easting."""

from functools import lru_cache

import numpy as np
import pyproj

from geodata.array_types import Bools, Degrees, Int64s, Metres

Bounds = tuple[float, float, float, float]

CHINA_BOX: Bounds = (73.0, 3.0, 136.0, 54.0)
"""Bounding box of China with its islands: west, south, east, north in degrees."""

_ZONE_M = 1_000_000.0
# First and last zone of three and of six degrees; the ranges are disjoint, so the number determines the width.
# EPSG codes follow the zone numbers: with the number in the easting, and a fixed offset later without it.
_THREE_DEGREES, _SIX_DEGREES = (25, 45), (13, 23)
_FIRST_CODE = {_THREE_DEGREES: 4513, _SIX_DEGREES: 4491}
_PLAIN_STEP = {_THREE_DEGREES: 21, _SIX_DEGREES: 11}
# A table may extend beyond its zone by a district or two.
_MARGIN_DEG = 3.0


@lru_cache(maxsize=256)
def _transformer(code: int) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(code, 4326, always_xy=True)


def within(lon: Degrees, lat: Degrees, bounds: Bounds) -> Bools:
    """Return which points lie within bounds (west, south, east, north; degrees), edges included; False for NaN."""
    west, south, east, north = bounds
    return np.asarray((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north), dtype=np.bool_)


def area(code: int | None) -> Bounds:
    """
    Return the bounds (west, south, east, north; degrees) in which points of a table must lie.

    They are EPSG's area of use with a margin of 3 degrees, or China's box if the code has none.

    Parameters
    ----------
    code
        EPSG code; None: three-degree zones of CGCS2000, with the zone number in each easting.
    """
    stated = None if code is None else pyproj.CRS.from_epsg(code).area_of_use
    if stated is None:
        return CHINA_BOX
    west, south, east, north = stated.bounds
    return west - _MARGIN_DEG, south - _MARGIN_DEG, east + _MARGIN_DEG, north + _MARGIN_DEG


def to_degrees(easting: Metres, northing: Metres, code: int | None) -> tuple[Degrees, Degrees]:
    """
    Convert projected coordinates to WGS-84 degrees; NaN for points outside the projection's domain.

    Parameters
    ----------
    easting, northing
        Coordinates in the code's unit, metres for a projection, shape (n,). In a zone of CGCS2000, an easting of eight
        digits begins with a zone number, which overrides the code's zone.
    code
        EPSG code; None: three-degree zones of CGCS2000, with the zone number in each easting.
    """
    codes = np.full(easting.shape, 0 if code is None else _plain(code))
    if code is None or _width(code):
        zone = np.floor(easting / _ZONE_M)
        for width in (_THREE_DEGREES, _SIX_DEGREES):
            is_numbered = (zone >= width[0]) & (zone <= width[1])
            codes[is_numbered] = _FIRST_CODE[width] + zone[is_numbered].astype(np.int64) - width[0]
    return _by_code(easting, northing, codes, "FORWARD")


def from_degrees(lon: Degrees, lat: Degrees, code: int | None) -> tuple[Metres, Metres]:
    """Convert WGS-84 degrees to easting and northing, shape (n,), by EPSG code; None: 3-degree zones of CGCS2000."""
    if code is not None:
        return _by_code(lon, lat, np.full(lon.shape, code), "INVERSE")
    first, last = _THREE_DEGREES
    zone = np.clip(np.nan_to_num(np.round(lon / 3.0), nan=first), first, last).astype(np.int64)
    return _by_code(lon, lat, _FIRST_CODE[_THREE_DEGREES] + zone - first, "INVERSE")


def zone_numbers(easting: Metres, code: int | None) -> Bools:
    """
    Return which eastings (m) begin with a zone number although `code` is a CGCS2000 zone without it in the easting.

    All are False for any other code.
    """
    if code is None or _width(code) is None or _plain(code) != code:
        return np.zeros(easting.shape, dtype=np.bool_)
    zone = np.floor(easting / _ZONE_M)
    return np.any([(zone >= low) & (zone <= high) for low, high in (_THREE_DEGREES, _SIX_DEGREES)], axis=0)


def _width(code: int) -> tuple[int, int] | None:
    """Return (first, last) zone number of a CGCS2000 code's series, 3 or 6 degrees wide; None for another EPSG code."""
    for width, first in _FIRST_CODE.items():
        if first <= code < first + 2 * _PLAIN_STEP[width]:
            return width
    return None


def _plain(code: int) -> int:
    """Return the EPSG code of the same CGCS2000 zone for eastings without a zone number; other codes unchanged."""
    width = _width(code)
    is_numbered = width is not None and code < _FIRST_CODE[width] + _PLAIN_STEP[width]
    return code + _PLAIN_STEP[width] if width is not None and is_numbered else code


def _by_code(x: Degrees, y: Degrees, codes: Int64s, direction: str) -> tuple[Degrees, Degrees]:
    out = np.full((2, *x.shape), np.nan)
    for code in np.unique(codes):
        rows = (codes == code) & np.isfinite(x) & np.isfinite(y)
        if code and rows.any():
            out[:, rows] = _transformer(int(code)).transform(x[rows], y[rows], direction=direction)
    out[:, ~np.isfinite(out).all(axis=0)] = np.nan
    return out[0], out[1]
