"""Square cells over the plane: what lies within a radius of a point is in its cell or one of the eight around."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Cells:
    """Buildings by square cells as wide as the radius."""

    width: int
    """Columns; cells of one row of cells follow each other."""
    height: int
    column: Ints
    row: Ints
    """Of each building, shape (n,)."""
    start: Ints
    """Shape (width x height + 1,): the members of cell c are `member[start[c]:start[c + 1]]`."""
    member: Ints


# Cells beyond this many are widened: a lone far building must not ask for memory without end.
MOST_CELLS = 4_000_000


def lay_cells(points_m: Floats, radius_m: float) -> Cells:
    """Cells over points, shape (n, 2), n > 0; members of a cell keep the order of the points."""
    low = points_m.min(axis=0)
    # Wider by a hair, so that what lies just a radius away is never two cells off by rounding.
    side = radius_m * (1.0 + 1e-9)
    while np.prod(np.floor((points_m.max(axis=0) - low) / side) + 1.0) > MOST_CELLS:
        side *= 2.0
    column, row = np.floor((points_m - low) / side).astype(np.int64).T
    width, height = int(column.max()) + 1, int(row.max()) + 1
    cell = row * width + column
    member = np.argsort(cell, kind="stable").astype(np.int64)
    start = np.searchsorted(cell[member], np.arange(width * height + 1)).astype(np.int64)
    return Cells(width, height, column, row, start, member)
