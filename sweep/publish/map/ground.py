"""The map's ground besides streets: water and the borders of districts."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from shapely import simplify
from shapely.geometry import LineString, MultiLineString, Point
from shapely.geometry.base import BaseGeometry

from sweep.publish.map.polyline import encode_lines

# About a metre: what a screen cannot show need not be in the file.
_TOLERANCE_DEG = 1e-5
_AROUND_DEG = 0.05
"""Some 5 km."""


def water_shapes(water: gpd.GeoDataFrame, around: tuple[float, float, float, float]) -> dict[str, list[list[str]]]:
    """
    Lakes and rivers about the city: a file of the province's would make the page heavy.

    Parameters
    ----------
    water
        Areas and lines, EPSG:4326.
    around
        West, south, east, north of the city, degrees.

    Returns
    -------
    dict
        `areas`: the rings of each body of water; `lines`: each one's lines.
    """
    shapes: dict[str, list[list[str]]] = {"areas": [], "lines": []}
    west, south, east, north = around
    box = (west - _AROUND_DEG, south - _AROUND_DEG, east + _AROUND_DEG, north + _AROUND_DEG)
    for geometry in shapely.clip_by_rect(np.asarray(water.geometry.values), *box):
        kind = "lines" if isinstance(geometry, LineString | MultiLineString) else "areas"
        lines = encode_lines(simplify(geometry, _TOLERANCE_DEG))
        if lines:
            shapes[kind].append(lines)
    return shapes


def border_lines(borders: gpd.GeoDataFrame) -> list[dict[str, object]]:
    """Outline, name and a place for the name of each district."""
    result: list[dict[str, object]] = []
    for name, geometry in zip(borders["division_name"], borders.geometry, strict=True):
        inside = _inside(geometry)
        result.append(
            {
                "name": name if isinstance(name, str) else "",
                "at": [round(inside.y, 6), round(inside.x, 6)],
                "lines": encode_lines(simplify(geometry, _TOLERANCE_DEG)),
            }
        )
    return result


def _inside(geometry: BaseGeometry) -> Point:
    point: Point = geometry.representative_point()
    return point
