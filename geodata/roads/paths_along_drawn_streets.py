"""Shortest paths along drawn streets, for lines between places without a routing engine."""

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from geodata.array_types import Float64s, Int64s
from geodata.roads.line_noding import nodes_of

type Point = tuple[float, float]
"""Longitude and latitude, WGS-84 degrees."""


def along_streets(streets: gpd.GeoDataFrame, legs: Sequence[tuple[Point, Point]]) -> tuple[shapely.LineString, ...]:
    """
    Return the shortest path for each leg, respecting one-way streets; straight lines if there are no streets.

    A path begins and ends at the leg's own points, joined by straight lines to the nearest vertices of the streets.

    Parameters
    ----------
    streets
        `geodata.schema.STREETS`, EPSG:4326, in driving direction; connected streets share a vertex.
    legs
        Start and end of each leg, as (lon, lat).
    """
    if streets.empty or not legs:
        return tuple(shapely.LineString(leg) for leg in legs)
    nodes, begins, ends = _edges(streets)
    middle = np.cos(np.radians(nodes[:, 1].mean()))
    flat = nodes * [middle, 1.0]
    length = np.hypot(*(flat[begins] - flat[ends]).T)
    graph = csr_array((length, (begins, ends)), shape=(len(nodes), len(nodes)))
    # Strongly connected part only: a lane cut off by the file's edge leads nowhere.
    _, piece = connected_components(graph, connection="strong")
    open_to_all = np.flatnonzero(piece == np.bincount(piece).argmax())
    near = cKDTree(flat[open_to_all])
    asked = np.array(legs, dtype=np.float64) * [middle, 1.0]
    first, last = (open_to_all[near.query(asked[:, side])[1]] for side in (0, 1))
    sources, row = np.unique(first, return_inverse=True)
    _, came_from = dijkstra(graph, indices=sources, return_predecessors=True)
    paths = (_traced_path(came_from[r], a, b) for r, a, b in zip(row, first.tolist(), last.tolist(), strict=True))
    return tuple(
        # Two places at one crossing need no street.
        shapely.LineString([start, *(map(tuple, nodes[path]) if len(path) > 1 else ()), end])
        for (start, end), path in zip(legs, paths, strict=True)
    )


def _edges(streets: gpd.GeoDataFrame) -> tuple[Float64s, Int64s, Int64s]:
    """Return the vertices of all streets, degrees, shape (n, 2), and the start and end vertex of each edge, (m,)."""
    nodes, node, street = nodes_of(np.asarray(streets.geometry.values))
    is_edge = np.flatnonzero((street[1:] == street[:-1]) & (node[1:] != node[:-1]))
    is_oneway = streets["is_oneway"].to_numpy(np.bool_)[street[is_edge]]
    there, back = node[is_edge], node[is_edge + 1]
    begins, ends = np.append(there, back[~is_oneway]), np.append(back, there[~is_oneway])
    # A sparse matrix adds up duplicate edges, as of two streets that overlap.
    pairs = np.unique(np.stack([begins, ends]), axis=1)
    return nodes, pairs[0], pairs[1]


def _traced_path(came_from: Int64s, start: int, end: int) -> list[int]:
    path = [end]
    while path[-1] != start:
        path.append(int(came_from[path[-1]]))
    return path[::-1]
