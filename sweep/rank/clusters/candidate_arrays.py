"""Candidate buildings of clusters, as arrays for compiled code."""

from typing import NamedTuple

import numpy as np

from geodata.array_types import Float64s, Int64s
from geodata.numba_options import compiled
from sweep.rank.rate.uniform_grid import Grid


class Candidates(NamedTuple):
    """
    n candidate buildings, and the limits of a cluster.

    Compiled searches require descending order of value per hour.
    """

    value: Float64s
    """Value of each building, shape (n,): expected finds, or their excess over the building's dual price."""
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
    """Return the candidates in the given rows, with the same limits of a cluster (`reach_m2`, `hours_cap`)."""
    return Candidates(
        candidates.value[rows],
        candidates.hours[rows],
        candidates.x_m[rows],
        candidates.y_m[rows],
        candidates.reach_m2,
        candidates.hours_cap,
    )


@compiled
def near(centre: int, candidates: Candidates, cells: Grid) -> Int64s:
    """
    Return the rows of all candidates at most sqrt(`reach_m2`) from the candidate in row `centre`, in no given order.

    Row `centre` is included. `cells`: grid of the candidates with cells at least sqrt(`reach_m2`) wide.
    """
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
        # The three cells of one grid row are consecutive.
        for k in range(start[r * width + low], start[r * width + high + 1]):
            j = member[k]
            dx, dy = x[j] - x[centre], y[j] - y[centre]
            if dx * dx + dy * dy <= reach:
                found[n] = j
                n += 1
    return found[:n]
