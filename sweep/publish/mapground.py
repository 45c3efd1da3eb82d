"""The map's ground besides streets: water and the borders of districts."""

from __future__ import annotations

import geopandas as gpd
from shapely import simplify
from shapely.geometry import LineString, MultiLineString, Point
from shapely.geometry.base import BaseGeometry

from sweep.publish.mapdata import encode_lines

# About a metre: what a screen cannot show need not be in the file.
_TOLERANCE_DEG = 1e-5


def water_shapes(water: gpd.GeoDataFrame) -> dict[str, list[list[str]]]:
    """
    Lakes and rivers.

    Returns
    -------
    dict
        `areas`: the rings of each body of water; `lines`: each one's lines.
    """
    shapes: dict[str, list[list[str]]] = {"areas": [], "lines": []}
    for geometry in water.geometry:
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
