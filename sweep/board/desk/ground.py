"""The ground of the board's map: streets and water as lines of few points."""

from __future__ import annotations

import json

import numpy as np
import shapely

from sweep.publish.edition import Edition
from sweep.publish.facts.once import once_per_edition

# Some two metres: finer than a screen shows of a whole city.
_TOLERANCE_DEG = 2e-5


@once_per_edition
def ground_json(edition: Edition) -> bytes:
    """Lines as [[lat, lon], ...] under `streets`, and under `water`."""
    lines = {"streets": _lines(edition.streets.geometry.values), "water": _lines(edition.water.geometry.values)}
    return json.dumps(lines, separators=(",", ":")).encode()


def _lines(geometries: object) -> list[list[list[float]]]:
    parts = shapely.get_parts(shapely.simplify(np.asarray(geometries), _TOLERANCE_DEG))
    outlines = [shapely.boundary(p) if shapely.get_dimensions(p) == 2 else p for p in parts]
    return [
        [[round(y, 5), round(x, 5)] for x, y in shapely.get_coordinates(line).tolist()]
        for line in shapely.get_parts(np.array(outlines, dtype=object)).tolist()
        if shapely.get_dimensions(line) == 1
    ]
