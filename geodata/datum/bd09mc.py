"""Baidu's Mercator metres (bd09mc): piecewise polynomials of the latitude."""

import math

import numpy as np

from geodata.array_types import Degrees, Float64s, Metres
from geodata.numba_options import compiled_as_numpy as compiled

# Constants of Baidu's map page: lower latitudes and northings of the pieces, coefficients to metres and to degrees.
# The first two of a row are linear in the longitude, the next seven are the polynomial, the last scales its argument.
# The piece above 75 N is left out: its coefficients exceed a double's precision, and its inverse is inexact.
_FROM_LAT = np.array([0.0, 15.0, 30.0, 45.0, 60.0])
_FROM_NORTHING_M = np.array([0.0, 1_678_043.12, 3_481_989.83, 5_591_021.0, 8_362_377.87])
# fmt: off
_TO_METRES = np.array([
    [-0.0003218135878613132, 111320.7020701615, 0.00369383431289, 823725.6402795718, 0.46104986909093,
     2351.343141331292, 1.58060784298199, 8.77738589078284, 0.37238884252424, 7.45],
    [-0.0003441963504368392, 111320.7020576856, 278.2353980772752, 2485758.690035394, 6070.750963243378,
     54821.18345352118, 9540.606633304236, -2710.55326746645, 1405.483844121726, 22.5],
    [0.00220636496208, 111320.7020209128, 51751.86112841131, 3796837.749470245, 992013.7397791013,
     -1221952.21711287, 1340652.697009075, -620943.6990984312, 144416.9293806241, 37.5],
    [0.00337398766765, 111320.7020202162, 4481351.045890365, -23393751.19931662, 79682215.47186455,
     -115964993.2797253, 97236711.15602145, -43661946.33752821, 8477230.501135234, 52.5],
    [0.0008277824516172526, 111320.7020463578, 647795574.6671607, -4082003173.641316, 10774905663.51142,
     -15171875531.51559, 12053065338.62167, -5124939663.577472, 913311935.9512032, 67.5],
])
_TO_DEGREES = np.array([
    [2.890871144776878e-9, 8.983055095805407e-6, -3.068298e-8, 7.47137025468032, -3.53937994e-6,
     -0.02145144861037, -1.234426596e-5, 1.0322952773e-4, -3.23890364e-6, 826088.5],
    [3.09191371068437e-9, 8.983055096812155e-6, 6.995724062e-5, 23.10934304144901, -2.3663490511e-4,
     -0.6321817810242, -0.00663494467273, 0.03430082397953, -0.00466043876332, 2555164.4],
    [-1.981981304930552e-8, 8.983055099779535e-6, 0.03278182852591, 40.31678527705744, 0.65659298677277,
     -4.44255534477492, 0.85341911805263, 0.12923347998204, -0.04625736007561, 4482777.06],
    [-3.030883460898826e-8, 8.98305509983578e-6, 0.30071316287616, 59.74293618442277, 7.357984074871,
     -25.38371002664745, 13.45380521110908, -3.29883767235584, 0.32710905363475, 6856817.37],
    [-7.435856389565537e-9, 8.983055097726239e-6, -0.78625201886289, 96.32687599759846, -1.85204757529826,
     -59.36935905485877, 47.40033549296737, -16.50741931063887, 2.28786674699375, 10260144.86],
])
# fmt: on


def metre_pieces() -> list[tuple[float, list[float]]]:
    """
    Return (least latitude, coefficients c) of each piece of `to_metres`, for pages that draw on Baidu's tiles.

    For lon, lat >= 0: easting_m = c[0] + c[1] * lon; northing_m = sum of c[2 + k] * (lat / c[9]) ** k, k = 0 ... 6.
    """
    return list(zip(_FROM_LAT.tolist(), _TO_METRES.tolist(), strict=True))


def to_metres(lon: Degrees, lat: Degrees) -> tuple[Metres, Metres]:
    """Convert BD-09 degrees to BD-09MC, the metres of Baidu's map tiles, same shape; NaN stays NaN."""
    return _piecewise(lon, lat, _FROM_LAT, _TO_METRES)


def to_degrees(easting_m: Metres, northing_m: Metres) -> tuple[Degrees, Degrees]:
    """
    Convert BD-09MC, the metres of Baidu's map tiles, to BD-09 degrees, same shape; NaN stays NaN.

    Notes
    -----
    Baidu's two polynomials are not exact inverses: the round trip is off by 2e-6 degrees at 45 N. Two steps of
    Newton's method with a constant slope, on the polynomial to metres that made Baidu's data, reduce this to 1e-8.
    """
    lon, lat = _piecewise(easting_m, northing_m, _FROM_NORTHING_M, _TO_DEGREES)
    for _ in range(2):
        lat = lat + (northing_m - to_metres(lon, lat)[1]) * np.cos(np.radians(lat)) / 111_320.7
    return lon, lat


def _piecewise(x: Float64s, y: Float64s, starts: Float64s, rows: Float64s) -> tuple[Float64s, Float64s]:
    out = np.empty((2, x.size))
    _evaluate(x.ravel(), y.ravel(), starts, rows, out)
    return out[0].reshape(x.shape), out[1].reshape(x.shape)


@compiled
def _evaluate(x: Float64s, y: Float64s, starts: Float64s, rows: Float64s, out: Float64s) -> None:
    for i in range(x.size):
        size = abs(y[i])
        piece = 0
        while piece < starts.size - 1 and size >= starts[piece + 1]:
            piece += 1
        row = rows[piece]
        argument = size / row[9]
        value = row[8]
        for power in range(7, 1, -1):
            value = value * argument + row[power]
        out[0, i] = math.copysign(row[0] + row[1] * abs(x[i]), x[i])
        out[1, i] = math.copysign(value, y[i])
