"""Circular windows for the scan: round each building its neighbours, nearest first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from geodata.arrays import Bools, Float64s, Int32s, Int64s

MM_PER_M = 1_000.0


@dataclass(frozen=True, slots=True)
class Windows:
    """Windows grow round n centres; the k-th entry is the window that ends with the building `near[k]`."""

    start: Int64s
    """Shape (n + 1,): entries `start[i]` to `start[i + 1]` grow round building i."""
    near: Int32s
    """Shape (m,): the building that is added, nearest first, the centre itself among them."""
    is_end: Bools
    """Shape (m,): False where a building equally far follows, or the window holds too much of the population."""
    share: Float64s
    """Shape (m,): share of the population inside, in (0, 1]."""
    radius_m: Float64s
    """Shape (m,): distance of the building that is added."""


def grow_windows(points_m: Float64s, population: Float64s, radius_m: float, share_max: float = 0.5) -> Windows:
    """
    Every distinct circle round each building.

    Distances are whole millimetres, so that buildings equally far are so whatever the last bit says.

    Parameters
    ----------
    points_m
        Shape (n, 2), finite.
    population
        Firms at risk, shape (n,), > 0.
    radius_m
        Radius of the largest circle, > 0.
    share_max
        Largest share of the population that a window may hold, in (0, 1).

    Raises
    ------
    ValueError
        If shapes differ or a value cannot be.
    """
    n = len(population)
    if points_m.shape != (n, 2):
        raise ValueError(f"points_m must have shape ({n}, 2), got {points_m.shape}")
    if not np.all(np.isfinite(points_m)):
        raise ValueError("points_m must be finite")
    if not np.all(np.isfinite(population) & (population > 0)):
        raise ValueError("population must be finite and > 0")
    if not (radius_m > 0 and 0 < share_max < 1):
        raise ValueError(f"radius_m must be > 0 and share_max in (0, 1), got {radius_m} and {share_max}")
    centre, near, mm = _pairs(points_m, radius_m)
    start = np.searchsorted(centre, np.arange(n + 1))
    share = window_sums(start, near, population) / population.sum()
    is_end = np.ones(len(near), dtype=bool)
    is_end[:-1] = (centre[1:] != centre[:-1]) | (mm[1:] != mm[:-1])
    is_end &= share <= share_max
    return Windows(start=start, near=near, is_end=is_end, share=share, radius_m=mm / MM_PER_M)


def window_sums(start: Int64s, near: Int32s, values: Float64s) -> Float64s:
    """Sum of the values of the buildings in each window, shape (m,), the values of shape (n,)."""
    total = np.cumsum(values[near])
    before = np.concatenate([[0.0], total])[start[:-1]]
    return np.asarray(total - np.repeat(before, np.diff(start)))


def _pairs(points_m: Float64s, radius_m: float) -> tuple[Int64s, Int32s, Int64s]:
    """Centre, neighbour and distance in mm, in the order centre, distance, neighbour."""
    n = len(points_m)
    found = cKDTree(points_m).query_pairs(radius_m, output_type="ndarray")
    itself = np.arange(n)
    centre = np.concatenate([itself, found[:, 0], found[:, 1]])
    near = np.concatenate([itself, found[:, 1], found[:, 0]])
    mm = np.rint(np.hypot(*(points_m[centre] - points_m[near]).T) * MM_PER_M).astype(np.int64)
    order = np.lexsort((near, mm, centre))
    return centre[order], near[order].astype(np.int32), mm[order]
