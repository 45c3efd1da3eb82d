"""Intersections: vertices shared by several lines."""

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.array_types import Float64s, Int64s


def nodes_of(lines: NDArray[np.object_]) -> tuple[Float64s, Int64s, Int64s]:
    """
    Return the distinct vertices of lines in WGS-84 degrees, shape (n, 2), ascending.

    Also return, for every vertex of every line in order, shape (m,), the row of its point and the row of its line.
    """
    points, line = shapely.get_coordinates(lines, return_index=True)
    # OpenStreetMap's resolution, a centimetre: lines that share a node share the vertex.
    nodes, node = np.unique(np.round(points, 7), axis=0, return_inverse=True)
    return nodes, node.reshape(-1), line
