"""Points of one table that lie in another part of the country than the rest of it."""

from __future__ import annotations

import numpy as np

from geodata.arrays import Bools, Degrees, Float64s
from geodata.datum.earth import METRES_PER_DEGREE

# No city's offices are so far from its middle; a table of a whole province is wider, and so is its own measure.
_FAR_M = 50_000.0
_TIMES = 5.0
# Of fewer the middle is nobody's.
_FEWEST = 5


def far_from_rest(lon: Degrees, lat: Degrees) -> tuple[Bools, Float64s]:
    """
    Which points are far from the middle of all, and how far each is, metres.

    That is more than 50 km, and five times as far as three quarters of the points; a quarter of them may be wrong.
    """
    known = np.isfinite(lon) & np.isfinite(lat)
    off_m = np.full(len(lon), np.nan)
    if known.sum() < _FEWEST:
        return np.zeros(len(lon), dtype=np.bool_), off_m
    east_m = (lon - np.median(lon[known])) * METRES_PER_DEGREE * np.cos(np.radians(lat))
    off_m = np.hypot(east_m, (lat - np.median(lat[known])) * METRES_PER_DEGREE)
    most_m = max(_FAR_M, _TIMES * float(np.quantile(off_m[known], 0.75)))
    return known & (np.nan_to_num(off_m) > most_m), off_m
