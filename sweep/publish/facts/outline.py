"""The outline that is drawn about the buildings of a cluster."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from shapely.geometry import MultiPoint, Polygon

from geodata.datum.earth import METRES_PER_DEGREE

_MARGIN_M = 45.0


def outline_about(points: Sequence[tuple[float, float]]) -> Polygon:
    """
    The convex hull of points with a margin of 45 m; a circle about a single one.

    Parameters
    ----------
    points
        (lon, lat) in WGS-84 degrees, at least one.
    """
    scale = np.array([math.cos(math.radians(points[0][1])) * METRES_PER_DEGREE, METRES_PER_DEGREE])
    hull = MultiPoint(np.array(points) * scale).convex_hull.buffer(_MARGIN_M, quad_segs=6)
    return Polygon(np.array(hull.boundary.coords) / scale)
