"""The buildings that clusters are formed of, as arrays that compiled code reads by name."""

from __future__ import annotations

from typing import NamedTuple

from geodata.arrays import Float64s, Int64s
from geodata.compiled import compiled


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
