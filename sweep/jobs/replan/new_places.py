"""Places added to a problem during the day, with travel times estimated without a street file."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from geodata.array_types import Float64s, Int64s
from geodata.datum.degree_lengths import METRES_PER_DEGREE
from sweep.plan.problem.problem import Problem
from sweep.publish.edition import Edition


def with_places(problem: Problem, edition: Edition, building_ids: Sequence[str]) -> Problem:
    """
    Return the problem with places for buildings that it lacks, because the morning had no visit there.

    Their travel is a straight line, scaled by the 95th percentile of the detour between known places.
    """
    new = [b for b in dict.fromkeys(building_ids) if b not in problem.places]
    if not new:
        return problem
    known = sorted(problem.places, key=lambda name: problem.places[name])
    roads = edition.scenario.roads
    straight = _straight_m(np.array([point_of(edition, i) for i in (*known, *new)]))
    return replace(
        problem,
        places={**problem.places, **{b: len(known) + k for k, b in enumerate(new)}},
        buildings={**problem.buildings, **{b: edition.buildings[b] for b in new}},
        travel_s=_widened(problem.travel_s, straight, problem.unreachable, roads.parking_s + roads.indoors_s),
        distance_m=_widened(problem.distance_m, straight, problem.unreachable),
    )


def _widened(table: Int64s, straight: Float64s, unreachable: int, least: int = 0) -> Int64s:
    """Return the travel table with new places added; `least` is the constant part of every travel time."""
    n = len(table)
    far = (straight[:n, :n] > 200.0) & (table < unreachable)
    factor = float(np.quantile(np.maximum(table[far] - least, 0) / straight[:n, :n][far], 0.95)) if far.any() else 1.0
    wide: Int64s = np.ceil(factor * straight + 60.0 + least).astype(np.int64)
    wide[:n, :n] = table
    np.fill_diagonal(wide, 0)
    return wide


def _straight_m(points: Float64s) -> Float64s:
    """Return the metres between points given in degrees, (points, points), accurate enough for a district."""
    middle = np.radians(points[:, 1].mean())
    x, y = METRES_PER_DEGREE * np.cos(middle) * points[:, 0], METRES_PER_DEGREE * points[:, 1]
    metres: Float64s = np.hypot(x[:, None] - x[None], y[:, None] - y[None])
    return metres


def point_of(edition: Edition, place_id: str) -> tuple[float, float]:
    """Return (longitude, latitude) of a building or base."""
    where = edition.buildings.get(place_id) or edition.bases[place_id]
    return where.lon, where.lat
