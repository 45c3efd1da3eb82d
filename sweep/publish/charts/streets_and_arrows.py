"""Geometry for drawn maps: street classes, distances, bearings, arrows along routes, cluster outlines."""

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import numpy as np
from shapely.geometry import LineString, MultiPoint, Polygon
from shapely.geometry.base import BaseGeometry

from geodata.datum.degree_lengths import METRES_PER_DEGREE

# Drawn from minor to major, so that a main road covers a lane.
STREET_CLASSES = {
    "minor": ("residential", "service", "living_street", "unclassified", "pedestrian", "footway", "path", "track"),
    "middle": ("tertiary", "tertiary_link", "secondary", "secondary_link"),
    "major": ("primary", "primary_link", "trunk", "trunk_link", "motorway", "motorway_link"),
}


_CLASS_OF = {highway: name for name, highways in STREET_CLASSES.items() for highway in highways}


def street_class(highway: str) -> str:
    """Return the class of a street (minor, middle, major) for its OpenStreetMap tag; minor for unknown tags."""
    return _CLASS_OF.get(highway, "minor")


type Place = Callable[[float, float], tuple[float, float]]
"""Projection from (lon, lat) to the pixels (x, y) of a picture."""


def line_path(shape: BaseGeometry, place: Place, digits: int) -> str:
    """Return a shape's lines as SVG path data with `digits` decimals; `place` projects (lon, lat) to pixels."""
    lines = [part for part in getattr(shape, "geoms", [shape]) if isinstance(part, LineString) and not part.is_empty]
    pixels = ((place(p[0], p[1]) for p in line.coords) for line in lines)
    return "".join("M" + "L".join(f"{x:.{digits}f} {y:.{digits}f}" for x, y in points) for points in pixels)


def street_paths(highways: Iterable[str], shapes: Iterable[BaseGeometry], place: Place, digits: int) -> dict[str, str]:
    """
    Return the SVG path of each street class, minor streets first.

    `highways`: OpenStreetMap tag of each of the `shapes`; `place`: projection to pixels; `digits`: number of decimals.
    """
    paths: dict[str, list[str]] = {name: [] for name in STREET_CLASSES}
    for highway, shape in zip(highways, shapes, strict=True):
        paths[street_class(highway)].append(line_path(shape, place, digits))
    return {name: "".join(of_class) for name, of_class in paths.items()}


def arrows(legs: Sequence[LineString], every_m: float = 160.0) -> list[list[float]]:
    """
    Return arrows along a route as `[lat, lon, degrees clockwise from north]`, one every `every_m` metres.

    `legs`: lines of (lon, lat) in degrees, in order; distance is measured along the whole route, not leg by leg.
    """
    result: list[list[float]] = []
    ahead_m = every_m / 2
    for leg in legs:
        points = [(p[0], p[1]) for p in leg.coords]
        for a, b in pairwise(points):
            length_m = distance_m(a, b)
            while length_m > 0 and ahead_m <= length_m:
                share = ahead_m / length_m
                lon, lat = a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share
                result.append([round(lat, 6), round(lon, 6), round(bearing(a, b), 1)])
                ahead_m += every_m
            ahead_m -= length_m
    return result


def distance_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return the metres between two near points (lon, lat), in the equirectangular approximation."""
    east = (b[0] - a[0]) * math.cos(math.radians((a[1] + b[1]) / 2))
    return math.hypot(east, b[1] - a[1]) * METRES_PER_DEGREE


def bearing(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return the bearing from a to b, both (lon, lat), in degrees clockwise from north."""
    east = (b[0] - a[0]) * math.cos(math.radians((a[1] + b[1]) / 2))
    return math.degrees(math.atan2(east, b[1] - a[1])) % 360.0


def outline_about(points: Sequence[tuple[float, float]]) -> Polygon:
    """Return the convex hull of points (lon, lat) in WGS-84 with a margin of 45 m; a circle for a single point."""
    scale = np.array([math.cos(math.radians(points[0][1])) * METRES_PER_DEGREE, METRES_PER_DEGREE])
    hull = MultiPoint(np.array(points) * scale).convex_hull.buffer(45.0, quad_segs=6)
    return Polygon(np.array(hull.boundary.coords) / scale)
