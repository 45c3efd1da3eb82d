"""Dated points without buildings: cells of a grid stand for places."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from geodata.array_types import Float64s
from sweep.rank.backtest.backtest import BacktestData

# A grid of more cells would not fit into memory: some point lies far off.
MOST_CELLS = 20_000_000


def grid_case(
    points_m: Float64s,
    days: Float64s,
    cell_m: float,
    near_m: float,
    shift: tuple[float, float] = (0.0, 0.0),
    known_day: float = np.inf,
) -> tuple[BacktestData, int]:
    """
    The cells whose centre lies near a known point, each of population 1 and one hour, and the events in them.

    Parameters
    ----------
    points_m
        Events, shape (k, 2), metres.
    days
        Day of each event, shape (k,); events before day 0 make cells and do not count.
    cell_m, near_m
        Width of a cell, and how near is near; > 0.
    shift
        Cells by which the grid starts west and south of the westernmost and southernmost known point, each in [0, 1).
    known_day
        Points before this day lay the cells: what is judged after it must not say where to look. Infinite: all do.

    Returns
    -------
    tuple
        The case, and how many events that count lie in no cell and are left out.

    Raises
    ------
    ValueError
        If there is no known point, one is not finite, or the grid would be too large.
    """
    if len(points_m) == 0 or not np.all(np.isfinite(points_m)):
        raise ValueError("points_m must hold at least one point, all finite")
    known = days < known_day
    if not known.any():
        raise ValueError(f"no point lies before day {known_day}")
    origin = points_m[known].min(axis=0) - np.array(shift) * cell_m
    cell = np.floor((points_m - origin) / cell_m).astype(np.int64)
    size = cell[known].max(axis=0) + 1
    if size[0] * size[1] > MOST_CELLS:
        raise ValueError(f"a grid of {size[0] * size[1]} cells is too large; the most is {MOST_CELLS}")
    x, y = np.divmod(np.arange(size[0] * size[1]), size[1])
    centres = origin + (np.column_stack([x, y]) + 0.5) * cell_m
    distance, _ = cKDTree(points_m[known]).query(centres, distance_upper_bound=near_m * (1 + 1e-12))
    inside = np.asarray(((cell >= 0) & (cell < size)).all(axis=1))
    own = np.where(inside, cell[:, 0] * size[1] + cell[:, 1], 0)
    is_place = np.asarray(distance <= near_m, np.bool_)
    # A cell with an event is a place, however wide the cells.
    is_place[own[known]] = True
    row = np.cumsum(is_place) - 1
    inside &= is_place[own]
    counts = (days >= 0) & inside
    n = int(is_place.sum())
    case = BacktestData(
        points_m=centres[is_place],
        population=np.ones(n),
        effort_h=np.ones(n),
        rows=row[own][counts].astype(np.int64),
        days=days[counts],
    )
    return case, int(((days >= 0) & ~inside).sum())
