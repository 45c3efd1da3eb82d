"""Uniform grid for radius searches: all points within a radius are in the cell or its eight neighbours."""

from typing import NamedTuple

import numpy as np

from geodata.array_types import Float64s, Int64s
from geodata.numba_options import compiled


class Grid(NamedTuple):
    """Points by square cells at least as wide as the radius, to find neighbours; also used in compiled code."""

    width: int
    """Number of cells in a grid row; the cells of a row are consecutive."""
    height: int
    """Number of grid rows."""
    column: Int64s
    """Grid column of each point, shape (n,)."""
    row: Int64s
    """Grid row of each point, shape (n,)."""
    start: Int64s
    """Shape (width x height + 1,): the members of cell c are `member[start[c]:start[c + 1]]`."""
    member: Int64s
    """Points ordered by cell, shape (n,)."""


def build_grid(points_m: Float64s, radius_m: float) -> Grid:
    """Build the grid of n > 0 points, (n, 2); cells are at least `radius_m` wide, points of a cell keep their order."""
    low_x, low_y = float(points_m[:, 0].min()), float(points_m[:, 1].min())
    across, up = float(points_m[:, 0].max()) - low_x, float(points_m[:, 1].max()) - low_y
    # Slightly wider, so that rounding never puts points one radius apart two cells apart.
    side = radius_m * (1.0 + 1e-9)
    # Cells are enlarged above this number, since a remote building must not exhaust memory.
    while (across // side + 1.0) * (up // side + 1.0) > 4_000_000:
        side *= 2.0
    return _fill_grid(points_m, low_x, low_y, side)


@compiled
def _fill_grid(points_m: Float64s, low_x: float, low_y: float, side: float) -> Grid:
    n = len(points_m)
    column, row = np.empty(n, np.int64), np.empty(n, np.int64)
    width, height = 0, 0
    for i in range(n):
        column[i] = int((points_m[i, 0] - low_x) / side)
        row[i] = int((points_m[i, 1] - low_y) / side)
        width, height = max(width, column[i] + 1), max(height, row[i] + 1)
    start = np.zeros(width * height + 1, np.int64)
    for i in range(n):
        start[row[i] * width + column[i] + 1] += 1
    for cell in range(width * height):
        start[cell + 1] += start[cell]
    member, filled = np.empty(n, np.int64), start[:-1].copy()
    for i in range(n):
        cell = row[i] * width + column[i]
        member[filled[cell]] = i
        filled[cell] += 1
    return Grid(width, height, column, row, start, member)
