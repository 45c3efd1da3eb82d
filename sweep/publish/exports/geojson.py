"""GeoJSON (RFC 7946) of a plan; a feature's `kind` is base, route, stop, unserved or building."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import shapely
from shapely.geometry import MultiLineString
from shapely.geometry.base import BaseGeometry

from geodata.datum.names import WGS84, Datum
from geodata.texts import Texts
from sweep.publish.edition import Edition
from sweep.publish.facts.teams import StopFacts, TeamFacts, team_facts
from sweep.publish.facts.times import iso_time
from sweep.publish.facts.wording import building_name, reason_texts
from sweep.records.plan import Unserved

_GRID = 1e-7
"""Degrees: 1 cm, the digits of plan.json."""


def plan_geojson(edition: Edition, texts: Texts, state: str, datum: Datum = WGS84) -> str:
    """
    One feature collection, (lon, lat) in WGS-84 as the standard wants it, or by arrangement in another datum.

    Parameters
    ----------
    edition
        A plan that breaks no rule.
    texts
        The language of the reasons.
    state
        Draft or approved, in words.
    datum
        What the coordinates are in. Section 4 of the standard allows another than WGS-84 among those who know of it;
        the member `datum` names it.
    """
    teams = team_facts(edition)
    used = {team.base.base_id: team.base for team in teams}
    features = [_feature("base", (b.lon, b.lat), {"base_id": b.base_id, "name": b.name}) for b in used.values()]
    features += [_route(edition, team) for team in teams if edition.route_lines.get(team.team.team_id)]
    features += [_stop(edition, team, stop) for team in teams for stop in team.stops]
    features += [_unserved(edition, u, texts) for u in edition.plan.unserved]
    features += _buildings(edition)
    content = {
        "type": "FeatureCollection",
        "plan_id": edition.plan_id,
        "day": edition.scenario.day.isoformat(),
        "state": state,
        **({} if datum == WGS84 else {"datum": datum.name}),
        "features": features,
    }
    return json.dumps(content, ensure_ascii=False, allow_nan=False, sort_keys=True) + "\n"


def _feature(kind: str, point: tuple[float, float], values: Mapping[str, object]) -> dict[str, object]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [float(x) for x in point]},
        "properties": {"kind": kind, **values},
    }


def _buildings(edition: Edition) -> Iterator[dict[str, object]]:
    """
    The outlines of the buildings that the plan goes to or leaves out.

    No others: this file is handed on, and the whole ranking, places under investigation in it, stays with the planner.
    """
    named = {s.building_id for r in edition.plan.routes for s in r.stops} | {
        u.building_id for u in edition.plan.unserved
    }
    shapes = edition.footprints[edition.footprints["building_id"].isin(named)].sort_values("building_id")
    for building_id, shape in zip(shapes["building_id"], shapes.geometry, strict=True):
        building = edition.buildings[building_id]
        yield {
            "type": "Feature",
            "geometry": _outline(shape),
            "properties": {
                "kind": "building",
                "building_id": building_id,
                "name": building_name(building, building_id),
                "address": building.address,
                "n_floors": building.n_floors,
                "floor_area_m2": float(building.floor_area_m2),
            },
        }


def _outline(shape: BaseGeometry) -> Any:
    """
    An outline with outer rings that run counter-clockwise and holes that run clockwise.

    References
    ----------
    RFC 7946, 3.1.6: some readers take a ring that runs the other way for all the earth but the building.
    """
    plain = shapely.set_precision(shape, _GRID, mode="pointwise")
    return json.loads(shapely.to_geojson(shapely.orient_polygons(plain)))


def _route(edition: Edition, team: TeamFacts) -> dict[str, object]:
    legs = [leg for leg in edition.route_lines[team.team.team_id] if not leg.is_empty]
    lines = shapely.set_precision(MultiLineString(legs), _GRID, mode="pointwise")
    route = team.route
    return {
        "type": "Feature",
        "geometry": json.loads(shapely.to_geojson(lines)),
        "properties": {
            "kind": "route",
            "team_id": team.team.team_id,
            "letter": team.letter,
            "colour": team.colour,
            "n_stops": team.n_stops,
            "depart_at": iso_time(edition, route.depart_s) if route else None,
            "return_at": iso_time(edition, route.return_s) if route else None,
            "distance_m": team.distance_m,
        },
    }


def _stop(edition: Edition, team: TeamFacts, s: StopFacts) -> dict[str, object]:
    values = {
        "team_id": team.team.team_id,
        "letter": team.letter,
        "number": s.number,
        "visit_id": s.visit.visit_id,
        "building_id": s.building.building_id,
        "name": building_name(s.building, s.building.building_id),
        "address": s.building.address,
        "track": s.visit.track,
        "arrive_at": iso_time(edition, s.stop.arrive_s),
        "start_at": iso_time(edition, s.stop.start_s),
        "end_at": iso_time(edition, s.stop.end_s),
        "is_attempt": s.stop.is_attempt,
    }
    return _feature("stop", (s.building.lon, s.building.lat), values)


def _unserved(edition: Edition, u: Unserved, texts: Texts) -> dict[str, object]:
    building, visit = edition.buildings[u.building_id], edition.visits[u.visit_id]
    values = {
        "visit_id": u.visit_id,
        "building_id": u.building_id,
        "name": building_name(building, u.building_id),
        "track": visit.track,
        "codes": [reason.code for reason in u.reasons],
        "reasons": [reason_texts(texts, reason, visit, edition.division_names)[0] for reason in u.reasons],
    }
    return _feature("unserved", (building.lon, building.lat), values)
