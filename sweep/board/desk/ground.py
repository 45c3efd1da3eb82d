"""The board's map: streets with names, water, and each team's way along the streets, as lines of few points."""

from __future__ import annotations

import json
from collections.abc import Iterable

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from sweep.publish.edition import Edition, once_per_edition

# Some two metres: finer than a screen shows of a whole city.
_TOLERANCE_DEG = 2e-5


@once_per_edition
def ground_json(edition: Edition) -> bytes:
    """Lines as [[lat, lon], ...] under `streets` and `water`; names of streets, the longest first, under `names`."""
    lines = {"streets": _lines(edition.streets.geometry.values), "water": _lines(edition.water.geometry.values)}
    return json.dumps(lines | {"names": _names(edition)}, separators=(",", ":")).encode()


@once_per_edition
def routes_json(edition: Edition) -> bytes:
    """Lines of each team's way by team id, base to base."""
    lines = {team_id: _lines(legs) for team_id, legs in edition.route_lines.items()}
    return json.dumps(lines, separators=(",", ":")).encode()


def _lines(geometries: Iterable[BaseGeometry]) -> list[list[list[float]]]:
    parts = shapely.get_parts(shapely.simplify(np.array(list(geometries), dtype=object), _TOLERANCE_DEG))
    outlines = [shapely.boundary(p) if shapely.get_dimensions(p) == 2 else p for p in parts]
    return [
        [_place(x, y) for x, y in shapely.get_coordinates(line).tolist()]
        for line in shapely.get_parts(np.array(outlines, dtype=object)).tolist()
        if shapely.get_dimensions(line) == 1
    ]


def _names(edition: Edition) -> list[list[object]]:
    """Name and place of each street: the middle of its longest line."""
    longest: dict[str, tuple[float, BaseGeometry]] = {}
    length: dict[str, float] = {}
    for name, line in zip(edition.streets["street_name"], edition.streets.geometry, strict=True):
        if isinstance(name, str) and name:
            length[name] = length.get(name, 0.0) + line.length
            longest[name] = max(longest.get(name, (0.0, line)), (line.length, line), key=lambda known: known[0])
    found = []
    for name in sorted(length, key=lambda n: -length[n])[:80]:
        middle = longest[name][1].interpolate(0.5, normalized=True)
        found.append([name, *_place(middle.x, middle.y)])
    return found


def _place(lon: float, lat: float) -> list[float]:
    return [round(lat, 5), round(lon, 5)]
