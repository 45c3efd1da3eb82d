"""Any EPSG code, and the zones of CGCS2000 with and without their number before the easting: metres to degrees."""

from functools import lru_cache

import numpy as np
import pyproj

from geodata.array_types import Bools, Degrees, Int64s, Metres

Bounds = tuple[float, float, float, float]

CHINA_BOX: Bounds = (73.0, 3.0, 136.0, 54.0)
"""West, south, east, north in degrees: China with its islands."""

_ZONE_M = 1_000_000.0
# First and last zone of three and of six degrees; no number is in both, so the number alone tells the width.
# EPSG's codes follow the zones: with the number before the easting, and a fixed step on without it.
_THREE_DEGREES, _SIX_DEGREES = (25, 45), (13, 23)
_FIRST_CODE = {_THREE_DEGREES: 4513, _SIX_DEGREES: 4491}
_PLAIN_STEP = {_THREE_DEGREES: 21, _SIX_DEGREES: 11}
# A table may run over the edge of its zone by a district or two.
_MARGIN_DEG = 3.0


@lru_cache(maxsize=256)
def _transformer(code: int) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(code, 4326, always_xy=True)


def within(lon: Degrees, lat: Degrees, bounds: Bounds) -> Bools:
    """Which points lie within bounds, the edges included; False for NaN."""
    west, south, east, north = bounds
    return np.asarray((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north), dtype=np.bool_)


def area(code: int | None) -> Bounds:
    """
    Where the points of a table must lie, degrees: the area that EPSG states, and some more.

    Parameters
    ----------
    code
        EPSG code; None: three-degree zones of CGCS2000, each easting with the number of its zone.
    """
    stated = None if code is None else pyproj.CRS.from_epsg(code).area_of_use
    if stated is None:
        return CHINA_BOX
    west, south, east, north = stated.bounds
    return west - _MARGIN_DEG, south - _MARGIN_DEG, east + _MARGIN_DEG, north + _MARGIN_DEG


def to_degrees(easting: Metres, northing: Metres, code: int | None) -> tuple[Degrees, Degrees]:
    """
    WGS-84 degrees; NaN for what cannot be a place of the grid.

    Parameters
    ----------
    easting, northing
        As the code has them, metres for a projection, shape (n,). An easting of eight figures in a zone of CGCS2000
        bears the number of its zone, whether the code says so or not; that number goes first.
    code
        EPSG code; None: three-degree zones of CGCS2000, each easting with the number of its zone.
    """
    codes = np.full(easting.shape, 0 if code is None else _plain(code))
    if code is None or _width(code):
        zone = np.floor(easting / _ZONE_M)
        for width in (_THREE_DEGREES, _SIX_DEGREES):
            is_numbered = (zone >= width[0]) & (zone <= width[1])
            codes[is_numbered] = _FIRST_CODE[width] + zone[is_numbered].astype(np.int64) - width[0]
    return _by_code(easting, northing, codes, "FORWARD")


def from_degrees(lon: Degrees, lat: Degrees, code: int | None) -> tuple[Metres, Metres]:
    """Easting and northing of WGS-84 degrees, shape (n,); `code` as in `area`."""
    if code is not None:
        return _by_code(lon, lat, np.full(lon.shape, code), "INVERSE")
    first, last = _THREE_DEGREES
    zone = np.clip(np.nan_to_num(np.round(lon / 3.0), nan=first), first, last).astype(np.int64)
    return _by_code(lon, lat, _FIRST_CODE[_THREE_DEGREES] + zone - first, "INVERSE")


def zone_numbers(easting: Metres, code: int | None) -> Bools:
    """Which eastings (m) bear a zone's number although the code of the datum, if it has one, says that they do not."""
    if code is None or _width(code) is None or _plain(code) != code:
        return np.zeros(easting.shape, dtype=np.bool_)
    zone = np.floor(easting / _ZONE_M)
    return np.any([(zone >= low) & (zone <= high) for low, high in (_THREE_DEGREES, _SIX_DEGREES)], axis=0)


def _width(code: int) -> tuple[int, int] | None:
    """The zones that a code is of, None for a code that is not of CGCS2000's."""
    for width, first in _FIRST_CODE.items():
        if first <= code < first + 2 * _PLAIN_STEP[width]:
            return width
    return None


def _plain(code: int) -> int:
    """The code of the same zone without a number before the easting."""
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
