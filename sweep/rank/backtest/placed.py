"""Dated points over a table of places, as buildings: each point counts at the place nearest to it."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from geodata.arrays import Float64s, Int64s
from sweep.rank.backtest.backtest import Case


def placed_case(
    points_m: Float64s, days: Float64s, places_m: Float64s, population: Float64s, effort_h: Float64s, match_m: float
) -> tuple[Case, int]:
    """
    The places with the points that lie near one, and how many points lie near none and are left out.

    Parameters
    ----------
    points_m, days
        Events, shape (k, 2), metres, and the day of each, shape (k,); those before day 0 do not count.
    places_m
        Shape (n, 2), metres in the same plane; of places equally near the first in the table has the point.
    population, effort_h
        Firms of each place, and hours that a visit costs, shape (n,), > 0.
    match_m
        Largest distance from a point to its place, > 0.

    Raises
    ------
    ValueError
        If there is no place, shapes differ, or a figure is not finite or not above 0.
    """
    n = len(places_m)
    if n == 0 or population.shape != (n,) or effort_h.shape != (n,) or days.shape != (len(points_m),):
        raise ValueError(f"places must be at least one, with a population and an effort each, got {n} places")
    if not (np.all(np.isfinite(places_m)) and np.all(np.isfinite(points_m))):
        raise ValueError("points_m and places_m must be finite")
    if not all(np.all(np.isfinite(x) & (x > 0)) for x in (population, effort_h)):
        raise ValueError("population and effort_h must be finite and > 0")
    row = _nearest(points_m, places_m, match_m)
    counts = (row < n) & (days >= 0)
    return Case(places_m, population, effort_h, row[counts], days[counts]), int((row == n).sum())


def _nearest(points_m: Float64s, places_m: Float64s, match_m: float) -> Int64s:
    """Row of the nearest place of each point, the number of places where none is near enough."""
    # Places at one spot are one to the tree, which may name any of them.
    spots, first = np.unique(places_m, axis=0, return_index=True)
    _, row = cKDTree(spots).query(points_m, distance_upper_bound=match_m * (1 + 1e-12))
    return np.asarray(np.append(first, len(places_m))[row], np.int64)
