"""Where streets meet: vertices that several lines have in common."""

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.array_types import Float64s, Int64s


def nodes_of(lines: NDArray[np.object_]) -> tuple[Float64s, Int64s, Int64s]:
    """
    The vertices of lines in WGS-84 degrees, each one once: their points, shape (n, 2), ascending.

    Beside them, for every vertex of every line in order, shape (m,), the row of its point and that of its line.
    """
    points, line = shapely.get_coordinates(lines, return_index=True)
    # OpenStreetMap's own resolution, a centimetre: two lines that share a node have one vertex in common.
    nodes, node = np.unique(np.round(points, 7), axis=0, return_inverse=True)
    return nodes, node.reshape(-1), line
