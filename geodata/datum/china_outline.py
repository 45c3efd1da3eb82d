"""Area in which GCJ-02 and BD-09 are shifted: a coarse polygon of China."""

from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.array_types import Bools, Float64s
from geodata.numba_options import compiled_as_numpy as compiled

# Longitude, latitude in WGS-84: land border, then sea, clockwise from the Pamirs. Drawn slightly outside the border, so
# that every border town is inside, and between shifted and unshifted points of AMap's own converter on a one-degree
# grid (the control points of the tests), which fixes it to about half a degree.
_OUTLINE = {
    "Kyrgyzstan, Kazakhstan": """
        72.9 38.5, 72.9 40.9, 75.6 41.9, 78.5 42.5, 78.7 43.2, 79.5 43.8, 78.8 44.8, 79.7 45.4, 79.8 45.9,
        81.6 46.5, 81.6 47.3, 81.8 48.1, 83.5 48.0, 83.5 47.5, 84.6 47.4, 84.7 49.0
    """,
    "Russia, Mongolia": """
        85.6 49.5, 85.6 50.1, 87.5 50.1, 87.7 49.4, 88.6 49.1, 88.7 48.6, 90.3 48.2, 90.6 47.6, 90.7 46.8,
        91.3 46.4, 92.4 46.0, 92.6 45.6, 94.5 45.3, 95.6 45.0, 96.5 44.0, 96.8 43.3, 102.3 43.0, 102.5 42.7,
        104.0 42.3, 105.4 42.3, 105.6 43.0, 109.4 43.4, 109.6 44.0, 110.6 44.6, 110.6 46.1, 112.4 46.1, 112.6 45.6,
        113.4 45.6, 113.5 46.2, 115.4 46.6, 115.5 47.2, 114.6 47.5, 114.6 49.1, 115.5 49.5, 115.6 50.1, 117.0 50.2,
        118.5 50.4
    """,
    "Russia: Argun, Amur, Ussuri": """
        118.6 52.1, 119.4 52.5, 119.5 54.0, 125.5 54.0, 126.4 53.2, 126.6 52.4, 126.7 51.7, 127.6 51.1, 127.8 50.5,
        129.4 50.0, 130.6 49.2, 130.9 48.6, 132.4 48.5, 132.6 49.0, 134.6 49.0, 134.95 48.6, 134.95 47.6,
        134.5 46.6, 133.6 45.7, 133.3 45.0, 131.6 44.9
    """,
    "Korea": """
        131.5 43.5, 131.3 42.6, 130.2 42.3, 129.5 42.2, 128.7 41.9, 128.6 41.3, 126.7 41.0, 126.3 40.95, 125.5 40.7,
        124.6 40.0, 124.4 39.7, 123.8 39.2
    """,
    "Yellow Sea, East China Sea, Taiwan": """
        123.6 38.5, 123.6 37.4, 124.5 37.0, 124.5 33.4, 125.5 33.0, 125.6 32.5, 127.5 32.0, 127.5 28.4, 126.5 27.6,
        125.5 26.9, 125.5 26.5, 124.5 26.0, 124.3 25.4, 122.8 25.0
    """,
    "South China Sea": """
        122.6 21.5, 121.6 21.1, 120.7 20.1, 120.5 19.5, 119.5 19.0, 118.6 18.1, 118.5 11.4, 117.6 11.1, 116.8 10.1,
        116.5 8.5, 114.4 6.4, 112.5 4.4, 111.6 3.5, 108.5 3.5, 108.6 5.2, 107.6 5.5, 107.6 9.2, 108.5 9.6,
        108.6 10.3, 109.5 10.6, 109.6 16.2, 108.5 16.6, 107.6 17.5, 106.6 18.5, 106.7 20.2, 107.5 20.6
    """,
    "Vietnam, Laos, Burma": """
        107.3 21.2, 106.0 21.5, 105.6 21.7, 105.3 22.4, 104.0 22.4, 103.0 22.35, 102.2 22.3, 101.9 21.9,
        101.9 21.0, 100.0 21.1, 98.6 21.6, 98.6 23.2, 97.4 23.5, 96.8 23.7, 96.8 26.0
    """,
    "India, Bhutan, Nepal, Pakistan": """
        97.5 26.6, 97.5 27.5, 96.0 27.2, 93.6 26.9, 93.6 26.6, 91.6 26.6, 91.4 27.2, 90.6 27.7, 90.6 28.0,
        89.5 28.1, 89.3 27.2, 88.7 27.2, 88.5 27.6, 86.6 27.6, 86.5 27.87, 85.7 27.87, 83.6 28.6, 83.4 29.1,
        81.6 29.5, 81.3 30.0, 78.6 30.6, 78.5 31.2, 77.6 31.6, 77.6 35.2, 75.7 35.5, 75.6 36.2, 73.6 36.7,
        73.5 37.9
    """,
}

CHINA = shapely.Polygon([tuple(map(float, point.split())) for part in _OUTLINE.values() for point in part.split(",")])
shapely.prepare(CHINA)

# Half-degree cells entirely inside or outside: 19 of 20 points need no point-in-polygon test.
_CELL_DEG = 0.5
_WEST, _SOUTH, _N_LON, _N_LAT = 72.0, 3.0, 128, 104
_OUTSIDE, _INSIDE, _EDGE = 0, 1, 2


@lru_cache(maxsize=1)
def _cells() -> NDArray[np.int8]:
    """Return a grid of half-degree cells: 0 outside China, 1 inside, 2 at its edge; the outermost cells are outside."""
    west = _WEST + _CELL_DEG * np.arange(_N_LON)[:, None]
    south = _SOUTH + _CELL_DEG * np.arange(_N_LAT)[None, :]
    boxes = shapely.box(west, south, west + _CELL_DEG, south + _CELL_DEG)
    cells = np.zeros((_N_LON + 2, _N_LAT + 2), dtype=np.int8)
    inner = np.where(shapely.intersects(CHINA, boxes), _EDGE, _OUTSIDE)
    cells[1:-1, 1:-1] = np.where(shapely.contains_properly(CHINA, boxes), _INSIDE, inner)
    return cells


@compiled
def _look_up(lon: Float64s, lat: Float64s, cells: NDArray[np.int8], out: NDArray[np.int8]) -> None:
    for i in range(lon.size):
        # Offset by one cell for the border; NaN and remote points fail the comparison.
        column, row = (lon[i] - _WEST) / _CELL_DEG + 1.0, (lat[i] - _SOUTH) / _CELL_DEG + 1.0
        is_near = 0.0 <= column < _N_LON + 2 and 0.0 <= row < _N_LAT + 2
        out[i] = cells[int(column), int(row)] if is_near else _OUTSIDE


def in_china(lon: Float64s, lat: Float64s) -> Bools:
    """Return which points, in WGS-84 degrees, lie in the area where GCJ-02 is shifted; False for NaN."""
    kind = np.empty(lon.shape, dtype=np.int8)
    _look_up(lon.ravel(), lat.ravel(), _cells(), kind.ravel())
    inside: Bools = kind == _INSIDE
    at_edge = kind == _EDGE
    if at_edge.any():
        inside[at_edge] = shapely.contains_xy(CHINA, lon[at_edge], lat[at_edge])
    return inside
