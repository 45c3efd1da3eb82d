"""Scan windows: circles around each building, and strips in several directions from each."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from geodata.array_types import Bools, Float64s, Int32s, Int64s

MM_PER_M = 1_000.0
# Directions of half a circle; the other half starts at a strip's other end.
N_DIRECTIONS = 12


@dataclass(frozen=True, slots=True)
class ScanWindows:
    """m scan windows from g starting points; window k adds the building `near[k]` to the window before it."""

    start: Int64s
    """Shape (g + 1,): entries `start[i]` to `start[i + 1]` belong to the i-th starting point."""
    near: Int32s
    """Shape (m,): building that each window adds to the one before, nearest first, the starting building included."""
    is_end: Bools
    """Shape (m,): whether the window is tested; False if the next building is as near, or if `share` > 0.5."""
    share: Float64s
    """Shape (m,): share of the population inside, in (0, 1]."""
    reach_m: Float64s
    """Shape (m,): distance of the added building from the start: radius or length."""


def grow_circles(points_m: Float64s, population: Float64s, radius_m: float) -> ScanWindows:
    """
    Return all distinct circles around each building, up to `radius_m`.

    Distances are whole millimetres, so ties are exact. `population`: firms of each building.
    """
    _check(points_m, population, radius_m)
    return _grown(*_pairs(points_m, radius_m), len(population), population)


def grow_strips(points_m: Float64s, population: Float64s, length_m: float) -> ScanWindows:
    """
    Return 80 m wide strips, `length_m` long at most, from each building in twelve directions, as along a road.

    `population`: firms of each building.
    """
    _check(points_m, population, length_m)
    n, parts = len(population), []
    for k in range(N_DIRECTIONS):
        angle = np.pi * k / N_DIRECTIONS
        along = points_m @ np.array([np.cos(angle), np.sin(angle)])
        across = points_m @ np.array([-np.sin(angle), np.cos(angle)])
        # The area ahead of a building is a square around the strip's centre, in half lengths and half widths (40 m): a
        # road with the buildings on both sides.
        ahead, places = (
            cKDTree(np.column_stack([along / (0.5 * length_m) + more, across / 40.0])) for more in (1.0, 0.0)
        )
        found = ahead.sparse_distance_matrix(places, 1.0 + 1e-9, p=np.inf, output_type="ndarray")
        begins, near = found["i"], found["j"]
        mm = np.maximum(0, np.rint((along[near] - along[begins]) * MM_PER_M)).astype(np.int64)
        parts.append((begins * N_DIRECTIONS + k, near, mm))
    beginning, near, mm = (np.concatenate(column) for column in zip(*parts, strict=True))
    return _grown(beginning, near, mm, n * N_DIRECTIONS, population)


def _check(points_m: Float64s, population: Float64s, reach_m: float) -> None:
    n = len(population)
    if points_m.shape != (n, 2):
        raise ValueError(f"points_m must have shape ({n}, 2), got {points_m.shape}")
    if not np.all(np.isfinite(points_m)):
        raise ValueError("points_m must be finite")
    if not np.all(np.isfinite(population) & (population > 0)):
        raise ValueError("population must be finite and > 0")
    if not reach_m > 0:
        raise ValueError(f"reach must be > 0, got {reach_m}")


def _grown(beginning: Int64s, near: Int64s, mm: Int64s, n: int, population: Float64s) -> ScanWindows:
    """
    Return scan windows that grow from n starting points by adding buildings in order of distance.

    Pair i: building `near[i]` is `mm[i]` millimetres from the starting point `beginning[i]`.
    """
    order = np.lexsort((near, beginning * (mm.max(initial=0) + 1) + mm))
    beginning, mm = beginning[order], mm[order]
    nearest = near[order].astype(np.int32)
    start = np.searchsorted(beginning, np.arange(n + 1)).astype(np.int64)
    share = window_sums(start, nearest, population) / population.sum()
    is_end = np.ones(len(nearest), dtype=bool)
    is_end[:-1] = (beginning[1:] != beginning[:-1]) | (mm[1:] != mm[:-1])
    # A window may hold at most half of the population.
    is_end &= share <= 0.5
    return ScanWindows(start=start, near=nearest, is_end=is_end, share=share, reach_m=mm / MM_PER_M)


def window_sums(start: Int64s, near: Int32s, values: Float64s) -> Float64s:
    """Return the sum of `values` (one per building) in each window, (m,); `start`, `near`: fields of `ScanWindows`."""
    total = np.cumsum(values[near])
    before = np.concatenate([[0.0], total])[start[:-1]]
    return np.asarray(total - np.repeat(before, np.diff(start)))


def _pairs(points_m: Float64s, radius_m: float) -> tuple[Int64s, Int64s, Int64s]:
    """Return centre, neighbour and distance in mm of each pair within the radius, each building with itself too."""
    n = len(points_m)
    found = cKDTree(points_m).query_pairs(radius_m, output_type="ndarray")
    itself = np.arange(n)
    centre = np.concatenate([itself, found[:, 0], found[:, 1]])
    near = np.concatenate([itself, found[:, 1], found[:, 0]])
    mm = np.rint(np.hypot(*(points_m[centre] - points_m[near]).T) * MM_PER_M).astype(np.int64)
    return centre, near, mm
