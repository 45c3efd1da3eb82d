"""Compiled conversion between WGS-84 and GCJ-02 or BD-09, without a check for China's border."""

import math

import numpy as np

from geodata.array_types import Bools, Degrees
from geodata.numba_options import compiled_as_numpy as compiled

# Published constants: semi-major axis and squared first eccentricity of Krasovsky 1940.
_MAJOR_AXIS_M = 6_378_245.0
_ECCENTRICITY2 = 0.00669342162296594323
_BD_TURN = math.pi * 3000.0 / 180.0
_RADIANS = math.pi / 180.0

_TOLERANCE_DEG = 1e-9


@compiled
def _waves(at: float, in_12_m: float, in_30_m: float) -> tuple[float, float]:
    """
    Return two terms of GCJ-02's shift, metres: one for the shift along the axis of `at`, one for those along both axes.

    `at`: longitude or latitude, degrees from 105 E or 35 N; `in_12_m`, `in_30_m`: amplitudes of sin(pi / 12 at) and
    sin(pi / 30 at). All ten sines are of multiples of one angle, so the formulas for double and triple angles derive
    them from one sine and one cosine, to 1e-13, in a third of the time.
    """
    angle = math.pi / 60.0 * at
    s1, c1 = math.sin(angle), math.cos(angle)
    s2, c2 = 2.0 * s1 * c1, 1.0 - 2.0 * s1 * s1
    s4, c4 = 2.0 * s2 * c2, 1.0 - 2.0 * s2 * s2
    s5, c5 = s4 * c1 + c4 * s1, c4 * c1 - s4 * s1
    s10, c10 = 2.0 * s5 * c5, 1.0 - 2.0 * s5 * s5
    s20, c20 = 2.0 * s10 * c10, 1.0 - 2.0 * s10 * s10
    s60, c60 = s20 * (3.0 - 4.0 * s20 * s20), c20 * (4.0 * c20 * c20 - 3.0)
    s120 = 2.0 * s60 * c60
    s360 = s120 * (3.0 - 4.0 * s120 * s120)
    own_m = (20.0 * s60 + 40.0 * s20 + in_12_m * s5 + in_30_m * s2) * 2.0 / 3.0
    return own_m, 20.0 * (s360 + s120) * 2.0 / 3.0


@compiled
def _gcj(lon: float, lat: float) -> tuple[float, float]:
    x, y = lon - 105.0, lat - 35.0
    root = math.sqrt(abs(x))
    east_waves_m, both_m = _waves(x, 150.0, 300.0)
    north_waves_m, _ = _waves(y, 160.0, 320.0)
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + both_m + north_waves_m
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + both_m + east_waves_m
    sine = math.sin(lat * _RADIANS)
    magic = 1.0 - _ECCENTRICITY2 * sine * sine
    sqrt_magic = math.sqrt(magic)
    meridian_m = _MAJOR_AXIS_M * (1.0 - _ECCENTRICITY2) / (magic * sqrt_magic)
    parallel_m = _MAJOR_AXIS_M / sqrt_magic * math.sqrt(1.0 - sine * sine)
    return lon + east_m / parallel_m / _RADIANS, lat + north_m / meridian_m / _RADIANS


@compiled
def _bd(lon: float, lat: float) -> tuple[float, float]:
    """Convert GCJ-02 degrees to BD-09: scale and rotate. The angle is below 3e-6, so it replaces its sine."""
    radius = math.sqrt(lon * lon + lat * lat)
    scale = 1.0 + 0.00002 * math.sin(lat * _BD_TURN) / radius
    turn = 0.000003 * math.cos(lon * _BD_TURN)
    rest = 1.0 - 0.5 * turn * turn
    return scale * (lon * rest - lat * turn) + 0.0065, scale * (lat * rest + lon * turn) + 0.006


@compiled
def _forward(lon: float, lat: float, is_bd: bool) -> tuple[float, float]:
    new_lon, new_lat = _gcj(lon, lat)
    return _bd(new_lon, new_lat) if is_bd else (new_lon, new_lat)


@compiled
def _shift_all(lon: Degrees, lat: Degrees, is_moved: Bools, is_bd: bool, out: Degrees) -> None:
    for i in range(lon.size):
        if is_moved[i]:
            out[0, i], out[1, i] = _forward(lon[i], lat[i], is_bd)
        else:
            out[0, i], out[1, i] = lon[i], lat[i]


@compiled
def _unshift_all(lon: Degrees, lat: Degrees, is_bd: bool, out: Degrees) -> None:
    for i in range(lon.size):
        x, y = lon[i], lat[i]
        # Each step reduces the error about 200 times, so five steps reach double precision; the rest is a reserve.
        for _ in range(20):
            new_lon, new_lat = _forward(x, y, is_bd)
            dx, dy = lon[i] - new_lon, lat[i] - new_lat
            x, y = x + dx, y + dy
            # A comparison with NaN is False, so a missing point ends at once.
            if not (abs(dx) > _TOLERANCE_DEG or abs(dy) > _TOLERANCE_DEG):
                break
        out[0, i], out[1, i] = x, y


def shift(lon: Degrees, lat: Degrees, is_moved: Bools, is_bd: bool) -> Degrees:
    """
    Convert WGS-84 degrees to GCJ-02, or to BD-09 if `is_bd`: longitudes and latitudes, shape (2, n).

    Points where `is_moved` is False, such as points abroad, are returned unchanged.
    """
    out = np.empty((2, lon.size))
    _shift_all(lon, lat, is_moved, is_bd, out)
    return out


def unshift(lon: Degrees, lat: Degrees, is_bd: bool) -> Degrees:
    """
    Convert GCJ-02 degrees, or BD-09 if `is_bd`, to WGS-84: longitudes and latitudes, shape (2, n).

    By iteration, since there is no closed form; points abroad are shifted too.
    """
    out = np.empty((2, lon.size))
    _unshift_all(lon, lat, is_bd, out)
    return out
