"""Capped greedy stars, compiled: the best surroundings of any building that the hours pay for, bettered by swaps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geodata.compiled import compiled
from sweep.rank.cells import lay_cells
from sweep.rank.swaps import swap_in

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def grow_stars(
    value: Floats,
    hours: Floats,
    points_m: Floats,
    tie_order: Ints,
    radius_m: float,
    hours_cap: float,
    n_clusters: int,
) -> list[list[int]]:
    """
    Row numbers of each star, the most value first.

    Parameters
    ----------
    value, hours
        Shape (n,), n > 0, in order of value per hour; hours > 0.
    points_m
        Shape (n, 2).
    tie_order
        Of centres whose stars are worth the same, the least goes first, shape (n,).
    radius_m, hours_cap, n_clusters
        As in `sweep.rank.clusters.greedy_stars`.
    """
    cells = lay_cells(points_m, radius_m)
    town = (value, hours, points_m[:, 0].copy(), points_m[:, 1].copy(), radius_m * radius_m)
    grid = (cells.width, cells.height, cells.column, cells.row, cells.start, cells.member)
    wide, wide_town = lay_cells(points_m, 2.0 * radius_m), (*town[:4], 4.0 * radius_m * radius_m)
    wide_grid = (wide.width, wide.height, wide.column, wide.row, wide.start, wide.member)
    free, least_h = value > 0, float(hours.min())
    totals = _totals(np.arange(len(value)), free, hours_cap, least_h, town, grid)
    stars: list[list[int]] = []
    while len(stars) < n_clusters and totals.max() > 0:
        best = np.flatnonzero(totals == totals.max())
        taken = _star(int(best[tie_order[best].argmin()]), free, hours_cap, least_h, town, grid)[1]
        taken = _swapped(taken, free, hours_cap, wide_town, wide_grid)
        free[taken] = False
        stars.append([int(k) for k in taken])
        # Only stars that had one of these can have changed.
        touched = _touched(taken, len(value), town, grid)
        totals[touched] = _totals(touched, free, hours_cap, least_h, town, grid)
    return stars


def _swapped(
    taken: Ints,
    free: NDArray[np.bool_],
    hours_cap: float,
    town: tuple[Floats, Floats, Floats, Floats, float],
    grid: Grid,
) -> Ints:
    """The rows of a star once no swap gains, among the buildings that its best one allows."""
    near = _near(int(taken[0]), town, grid)
    pool = np.sort(near[free[near]])
    value, hours, x, y, reach = town
    is_in = swap_in(np.isin(pool, taken), hours_cap, (value[pool], hours[pool], x[pool], y[pool], reach))
    return np.asarray(pool[is_in], np.int64)


Town = tuple[Floats, Floats, Floats, Floats, float]
Grid = tuple[int, int, Ints, Ints, Ints, Ints]


@compiled
def _near(centre: int, town: Town, grid: Grid) -> Ints:
    """The buildings within the radius, in no order."""
    _, _, x, y, reach = town
    width, height, column, row, start, member = grid
    low, high = max(0, column[centre] - 1), min(width - 1, column[centre] + 1)
    most = 0
    for r in range(max(0, row[centre] - 1), min(height - 1, row[centre] + 1) + 1):
        most += start[r * width + high + 1] - start[r * width + low]
    near = np.empty(most, np.int64)
    n = 0
    for r in range(max(0, row[centre] - 1), min(height - 1, row[centre] + 1) + 1):
        # The three cells of one row of cells follow each other.
        for k in range(start[r * width + low], start[r * width + high + 1]):
            j = member[k]
            dx, dy = x[j] - x[centre], y[j] - y[centre]
            if dx * dx + dy * dy <= reach:
                near[n] = j
                n += 1
    return near[:n]


@compiled
def _sink(heap: Ints, place: int, size: int) -> None:
    """Let the entry at a place of a heap, least first, sink to where it belongs."""
    one = heap[place]
    while 2 * place + 1 < size:
        child = 2 * place + 1
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= one:
            break
        heap[place] = heap[child]
        place = child
    heap[place] = one


@compiled
def _star(
    centre: int, free: NDArray[np.bool_], hours_cap: float, least_h: float, town: Town, grid: Grid
) -> tuple[float, Ints]:
    """Its value and its buildings: by value per hour, passing over what no longer fits."""
    value, hours = town[0], town[1]
    heap = _near(centre, town, grid)
    size = 0
    for j in heap:
        if free[j]:
            heap[size] = j
            size += 1
    for place in range(size // 2 - 1, -1, -1):
        _sink(heap, place, size)
    taken = np.empty(size, np.int64)
    n, left, total = 0, hours_cap, 0.0
    # Rows are in order of value per hour, so that the least row is the next best; most stars are full after a few.
    while size > 0 and left >= least_h:
        j = heap[0]
        size -= 1
        heap[0] = heap[size]
        _sink(heap, 0, size)
        if hours[j] <= left:
            taken[n] = j
            n += 1
            left -= hours[j]
            total += value[j]
    return total, taken[:n]


@compiled
def _totals(centres: Ints, free: NDArray[np.bool_], hours_cap: float, least_h: float, town: Town, grid: Grid) -> Floats:
    totals = np.zeros(len(centres))
    for k in range(len(centres)):
        totals[k] = _star(centres[k], free, hours_cap, least_h, town, grid)[0]
    return totals


@compiled
def _touched(taken: Ints, n: int, town: Town, grid: Grid) -> Ints:
    is_touched = np.zeros(n, np.bool_)
    for j in taken:
        is_touched[_near(j, town, grid)] = True
    return np.flatnonzero(is_touched)
