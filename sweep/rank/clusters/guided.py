"""Whole sets of clusters that prices lead to: stars of what buildings are worth beyond their prices, then filled."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geodata.arrays import Float64s, Int64s
from sweep.rank.clusters.candidates import Candidates, take
from sweep.rank.clusters.stars import grow_stars
from sweep.rank.clusters.swaps import swapped
from sweep.rank.rate.cells import lay_cells

# Stars look at the best buildings at the prices, so many times what the hours of all pay for: others are hardly taken.
MOST_TIMES = 4.0
# Each cluster is filled so often, with what the others have let go.
N_PASSES = 2


class Guide:
    """
    Sets of clusters at any prices, of some buildings.

    Where clusters compete for the same buildings, the mixture of a linear program holds parts of hundreds of clusters
    and no set of whole ones is near it; its prices are good all the same.

    Parameters
    ----------
    buildings
        Those that clusters are formed of, value > 0; two in a cluster are within reach of each other.
    n_clusters
        Most clusters of a set.
    """

    def __init__(self, buildings: Candidates, n_clusters: int) -> None:
        self._n_clusters = n_clusters
        self._across_m = float(np.sqrt(buildings.reach_m2))
        self._order = np.argsort(-buildings.value / buildings.hours, kind="stable")
        self._place = np.argsort(self._order)
        # In order of value per hour, as all that is compiled needs them.
        self._sorted = take(buildings, self._order)
        self._points_m = np.column_stack([self._sorted.x_m, self._sorted.y_m])
        self._cells = lay_cells(self._points_m, self._across_m)

    def set_at(self, prices: Float64s) -> list[list[int]]:
        """Rows of each cluster of the set that the prices of the buildings, shape (n,), lead to."""
        gain, hours = self._sorted.value - prices[self._order], self._sorted.hours
        rows = np.flatnonzero(gain > 0)
        rows = rows[np.argsort(-gain[rows] / hours[rows], kind="stable")]
        hours_cap = self._sorted.hours_cap
        rows = rows[np.cumsum(hours[rows]) <= MOST_TIMES * self._n_clusters * hours_cap]
        if len(rows) == 0:
            return []
        stars = grow_stars(
            gain[rows],
            hours[rows],
            self._points_m[rows],
            tie_order=rows,
            radius_m=self._across_m / 2.0,
            hours_cap=hours_cap,
            n_clusters=self._n_clusters,
        )
        return self._filled([rows[star] for star in stars])

    def filled(self, clusters: Sequence[Sequence[int]]) -> list[list[int]]:
        """The clusters, each bettered by swaps with buildings that are in none; the most value first."""
        return self._filled([self._place[list(rows)] for rows in clusters])

    def _filled(self, clusters: list[Int64s]) -> list[list[int]]:
        value, free = self._sorted.value, self._sorted.hours <= self._sorted.hours_cap
        free[np.concatenate([np.zeros(0, np.int64), *clusters])] = False
        for _ in range(N_PASSES):
            clusters = sorted(clusters, key=lambda rows: -value[rows].sum())
            for k, rows in enumerate(clusters):
                free[rows] = True
                clusters[k] = swapped(np.sort(rows), free, self._sorted, self._cells)
                free[clusters[k]] = False
        return [sorted(self._order[rows].tolist()) for rows in clusters]
