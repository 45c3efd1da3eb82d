"""Sums of values within a radius, without the list of pairs, which 100,000 buildings have by tens of millions."""

import numpy as np

from geodata.array_types import Float64s
from geodata.numba_options import compiled
from sweep.rank.rate.uniform_grid import Grid, build_grid


def sums_within(points_m: Float64s, radius_m: float, values: Float64s) -> Float64s:
    """
    Return the sums of the other points' values within the radius of each point, shape (n, k).

    Parameters
    ----------
    values
        k values of each point, shape (n, k).
    radius_m
        Straight distance, > 0, inclusive.

    Raises
    ------
    ValueError
        If shapes differ, a coordinate is not finite or the radius not above 0.
    """
    n = len(values)
    if points_m.shape != (n, 2) or values.ndim != 2:
        raise ValueError(f"points_m must have shape ({n}, 2) and values two axes, got {points_m.shape}, {values.ndim}")
    if not np.all(np.isfinite(points_m)) or not radius_m > 0:
        raise ValueError("points_m must be finite and radius_m > 0")
    if values.size == 0:
        return np.zeros(values.shape)
    cells = build_grid(points_m, radius_m)
    # In cell order, so that values summed together are adjacent in memory.
    member = cells.member
    x, y = points_m[member, 0].copy(), points_m[member, 1].copy()
    cells = cells._replace(column=cells.column[member], row=cells.row[member])
    ordered = np.ascontiguousarray(values[member], np.float64)
    sums = np.empty(values.shape)
    # Up to two columns are summed without branches: a misprediction in a third of the cases costs more.
    if values.shape[1] <= 2:
        sums[member] = _sums_of_two(x, y, radius_m * radius_m, ordered[:, 0].copy(), ordered[:, -1].copy(), cells)[
            :, : values.shape[1]
        ]
    else:
        sums[member] = _sums(x, y, radius_m * radius_m, ordered, cells)
    return sums


@compiled
def _sums(x: Float64s, y: Float64s, reach: float, values: Float64s, cells: Grid) -> Float64s:
    width, height, column, row, start = cells.width, cells.height, cells.column, cells.row, cells.start
    n, k = values.shape
    sums = np.zeros((n, k))
    for i in range(n):
        low, high = max(0, column[i] - 1), min(width - 1, column[i] + 1)
        for r in range(max(0, row[i] - 1), min(height - 1, row[i] + 1) + 1):
            # The three cells of one grid row are consecutive.
            for j in range(start[r * width + low], start[r * width + high + 1]):
                dx, dy = x[j] - x[i], y[j] - y[i]
                if dx * dx + dy * dy <= reach and j != i:
                    for c in range(k):
                        sums[i, c] += values[j, c]
    return sums


@compiled
def _sums_of_two(x: Float64s, y: Float64s, reach: float, a: Float64s, b: Float64s, cells: Grid) -> Float64s:
    width, height, column, row, start = cells.width, cells.height, cells.column, cells.row, cells.start
    n = len(x)
    sums = np.zeros((n, 2))
    for i in range(n):
        low, high = max(0, column[i] - 1), min(width - 1, column[i] + 1)
        of_a, of_b = 0.0, 0.0
        for r in range(max(0, row[i] - 1), min(height - 1, row[i] + 1) + 1):
            for j in range(start[r * width + low], start[r * width + high + 1]):
                dx, dy = x[j] - x[i], y[j] - y[i]
                is_near = 1.0 if dx * dx + dy * dy <= reach and j != i else 0.0
                of_a += is_near * a[j]
                of_b += is_near * b[j]
        sums[i, 0], sums[i, 1] = of_a, of_b
    return sums
