"""The buildings that clusters are formed of, as arrays that compiled code reads by name."""

from typing import NamedTuple

import numpy as np

from geodata.array_types import Float64s, Int64s
from geodata.numba_options import compiled
from sweep.rank.rate.grid_cells import Cells


class Candidates(NamedTuple):
    """
    Buildings that a cluster may hold, n of them, and what limits a cluster.

    Compiled searches need them in order of value per hour, the most first.
    """

    value: Float64s
    """Worth of each building, shape (n,): expected finds, or what of them is left above the building's price."""
    hours: Float64s
    """Team-hours of each building, shape (n,), > 0."""
    x_m: Float64s
    """Metres east of each building, shape (n,)."""
    y_m: Float64s
    """Metres north of each building, shape (n,)."""
    reach_m2: float
    """Square of the largest distance at which two buildings are near each other, square metres."""
    hours_cap: float
    """Largest sum of hours of one cluster."""


@compiled
def take(candidates: Candidates, rows: Int64s) -> Candidates:
    """The candidates of some rows, in the order of the rows, within the same limits."""
    return Candidates(
        candidates.value[rows],
        candidates.hours[rows],
        candidates.x_m[rows],
        candidates.y_m[rows],
        candidates.reach_m2,
        candidates.hours_cap,
    )


@compiled
def near(centre: int, candidates: Candidates, cells: Cells) -> Int64s:
    """The buildings within the radius, in no order."""
    x, y, reach = candidates.x_m, candidates.y_m, candidates.reach_m2
    width, height, column, row = cells.width, cells.height, cells.column, cells.row
    start, member = cells.start, cells.member
    low, high = max(0, column[centre] - 1), min(width - 1, column[centre] + 1)
    most = 0
    for r in range(max(0, row[centre] - 1), min(height - 1, row[centre] + 1) + 1):
        most += start[r * width + high + 1] - start[r * width + low]
    found = np.empty(most, np.int64)
    n = 0
    for r in range(max(0, row[centre] - 1), min(height - 1, row[centre] + 1) + 1):
        # The three cells of one row of cells follow each other.
        for k in range(start[r * width + low], start[r * width + high + 1]):
            j = member[k]
            dx, dy = x[j] - x[centre], y[j] - y[centre]
            if dx * dx + dy * dy <= reach:
                found[n] = j
                n += 1
    return found[:n]
