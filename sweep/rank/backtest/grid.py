"""Dated points without buildings: cells of a grid stand for places."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from geodata.arrays import Float64s
from sweep.rank.backtest.backtest import Case

# A grid of more cells would not fit into memory: some point lies far off.
MOST_CELLS = 20_000_000


def grid_case(
    points_m: Float64s, days: Float64s, cell_m: float, near_m: float, shift: tuple[float, float] = (0.0, 0.0)
) -> Case:
    """
    The cells whose centre lies near any point, each of population 1 and one hour, and the events in them.

    Parameters
    ----------
    points_m
        Events, shape (k, 2), metres.
    days
        Day of each event, shape (k,); events before day 0 make cells and do not count.
    cell_m, near_m
        Width of a cell, and how near is near; > 0.
    shift
        Cells by which the grid starts west and south of the westernmost and southernmost point, each in [0, 1).

    Raises
    ------
    ValueError
        If there is no point, one is not finite, or the grid would be too large.
    """
    if len(points_m) == 0 or not np.all(np.isfinite(points_m)):
        raise ValueError("points_m must hold at least one point, all finite")
    origin = points_m.min(axis=0) - np.array(shift) * cell_m
    cell = np.floor((points_m - origin) / cell_m).astype(np.int64)
    size = cell.max(axis=0) + 1
    if size[0] * size[1] > MOST_CELLS:
        raise ValueError(f"a grid of {size[0] * size[1]} cells is too large; the most is {MOST_CELLS}")
    x, y = np.divmod(np.arange(size[0] * size[1]), size[1])
    centres = origin + (np.column_stack([x, y]) + 0.5) * cell_m
    distance, _ = cKDTree(points_m).query(centres, distance_upper_bound=near_m * (1 + 1e-12))
    own = cell[:, 0] * size[1] + cell[:, 1]
    is_place = np.asarray(distance <= near_m, np.bool_)
    # A cell with an event is a place, however wide the cells.
    is_place[own] = True
    row = np.cumsum(is_place) - 1
    counts = days >= 0
    n = int(is_place.sum())
    return Case(
        points_m=centres[is_place],
        population=np.ones(n),
        effort_h=np.ones(n),
        rows=row[own][counts].astype(np.int64),
        days=days[counts],
    )
