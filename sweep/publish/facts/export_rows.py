"""Rows of exports as dicts by column name (`sweep.publish.table_columns`), shared by all formats."""

from collections.abc import Iterator
from typing import Any

from shapely.geometry import LineString

from geodata.message_catalogue import Texts
from sweep.publish.edition import Edition
from sweep.publish.facts.iso_and_release_times import iso_time
from sweep.publish.facts.names_and_reasons import building_name, reason_texts
from sweep.publish.facts.team_facts import StopFacts, TeamFacts, team_facts
from sweep.records.buildings import Building
from sweep.records.people import Base
from sweep.records.plan import Unserved


def building_row(building: Building) -> dict[str, Any]:
    """Return a building by export column: ids, name (else the id), address, size, `lon` and `lat`."""
    return {
        "building_id": building.building_id,
        "building_name": building_name(building, building.building_id),
        "address": building.address,
        "n_floors": building.n_floors,
        "n_exits": building.n_exits,
        "floor_area_m2": float(building.floor_area_m2),
        "complex_id": building.complex_id,
        "lon": building.lon,
        "lat": building.lat,
    }


def stops_of(edition: Edition) -> Iterator[tuple[TeamFacts, StopFacts]]:
    """Return every stop with its team, in the order of teams and of each route."""
    return ((team, s) for team in team_facts(edition) for s in team.stops)


def stop_rows(edition: Edition) -> Iterator[dict[str, Any]]:
    """Yield one row for each stop, by export column, in the order of `stops_of`."""
    return (stop_row(edition, team, stop) for team, stop in stops_of(edition))


def stop_row(edition: Edition, team: TeamFacts, s: StopFacts) -> dict[str, Any]:
    """Return the export row of a stop, by column: building, visit, ISO 8601 times, floors, letters of partner teams."""
    first, last = s.floors
    return {
        **building_row(s.building),
        "team_id": team.team.team_id,
        "letter": team.letter,
        "number": s.number,
        "visit_id": s.visit.visit_id,
        "division_code": s.visit.division_code,
        "track": s.visit.track,
        "value": float(s.visit.value),
        "arrive_at": iso_time(edition, s.stop.arrive_s),
        "start_at": iso_time(edition, s.stop.start_s),
        "end_at": iso_time(edition, s.stop.end_s),
        "floor_from": first,
        "floor_to": last,
        "n_guards": s.slot.n_guards,
        "targets": " ".join(s.targets),
        "partners": " ".join(s.partner_letters),
        "travel_s": s.stop.travel_s,
        "distance_m": s.stop.distance_m,
        "is_attempt": s.stop.is_attempt,
    }


def legs_of(edition: Edition, team: TeamFacts) -> list[LineString]:
    """
    Return the map lines of a team's route, in order; legs without a line are left out.

    Coordinates are in WGS-84, or in the datum to which `in_datum` moved the edition.
    """
    return [leg for leg in edition.route_lines.get(team.team.team_id, ()) if not leg.is_empty]


def route_row(edition: Edition, team: TeamFacts) -> dict[str, Any]:
    """Return the export row of a team's route: team, stops, metres, and its ISO 8601 times (None without a route)."""
    route = team.route
    return {
        "team_id": team.team.team_id,
        "letter": team.letter,
        "colour": team.colour,
        "n_stops": team.n_stops,
        "depart_at": iso_time(edition, route.depart_s) if route else None,
        "return_at": iso_time(edition, route.return_s) if route else None,
        "distance_m": team.distance_m,
    }


def unserved_row(edition: Edition, u: Unserved, texts: Texts) -> dict[str, Any]:
    """
    Return the export row of an unserved visit, by column.

    Its reasons are in three lists: `codes`, `reasons` (a sentence on each) and `actions` (a sentence on each fix).
    """
    visit = edition.visits[u.visit_id]
    sentences = [reason_texts(texts, reason, visit, edition.division_names) for reason in u.reasons]
    return {
        **building_row(edition.buildings[u.building_id]),
        "visit_id": u.visit_id,
        "track": visit.track,
        "division_code": visit.division_code,
        "value": float(visit.value),
        "codes": [reason.code for reason in u.reasons],
        "reasons": [reason for reason, _ in sentences],
        "actions": [action for _, action in sentences],
    }


def bases_of(edition: Edition) -> list[tuple[Base, dict[str, Any]]]:
    """Return each base from which a team starts, with its cells by column: id, name, and letters of its teams."""
    letters: dict[str, list[str]] = {}
    for team in team_facts(edition):
        letters.setdefault(team.base.base_id, []).append(team.letter)
    bases = [edition.bases[base_id] for base_id in letters]
    return [(b, {"base_id": b.base_id, "base_name": b.name, "letters": " ".join(letters[b.base_id])}) for b in bases]
