"""Serialisation of a plan as plan.json, which people and programs read, edit and check again."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from geodata.message_catalogue import Texts
from sweep.day.event_log_json import day_log_json
from sweep.disk.plain_json import to_json_values
from sweep.publish.archive.plan_json_of_problem_file import summary_part, team_part
from sweep.publish.archive.plan_schema import SCHEMA_VERSION
from sweep.publish.edition import Edition
from sweep.publish.facts.iso_and_release_times import iso_on
from sweep.publish.facts.names_and_reasons import building_name, reason_texts
from sweep.publish.facts.team_facts import letters_of
from sweep.records.buildings import Building
from sweep.records.people import Base
from sweep.records.plan import Plan, Route, Stop, Unserved
from sweep.records.visits import Visit

FILE_NAME = "plan.json"


def plan_json(edition: Edition, texts: Texts) -> str:
    """
    Return the plan of an edition as JSON text; equal plans give equal text.

    A plan edited by hand may name unknown visits, buildings or bases: keys that describe these are null.
    """
    known = PlanWithPlaces(edition.plan, edition.visits, edition.buildings, edition.bases, edition.division_names)
    content = {
        **plan_content(known, edition.scenario.day, texts),
        "plan_id": edition.plan_id,
        "scenario": edition.scenario.name,
        "problem_sha256": edition.problem_sha256,
        **({"day_log": day_log_json(edition.log)} if edition.log else {}),
    }
    return json.dumps(content, ensure_ascii=False, allow_nan=False, sort_keys=True, indent=1) + "\n"


@dataclass(frozen=True, slots=True)
class PlanWithPlaces:
    """Plan with its visits, buildings and bases by id; these may lack some ids that the plan contains."""

    plan: Plan
    visits: Mapping[str, Visit]
    buildings: Mapping[str, Building]
    bases: Mapping[str, Base]
    division_names: Mapping[str, str]
    """Names of divisions by code, as given by the scenario."""


def plan_content(known: PlanWithPlaces, day: date, texts: Texts) -> dict[str, object]:
    """Return the keys and values of plan.json that follow from the plan, its visits, buildings and bases alone."""
    plan = known.plan
    n_reserve = sum(team.is_reserve for team in plan.teams)
    return {
        "schema_version": SCHEMA_VERSION,
        "day": day.isoformat(),
        "summary": summary_part(plan) | {"n_teams": len(plan.teams), "n_teams_reserve": n_reserve},
        "teams": _teams(known),
        "routes": [_route(known, day, route) for route in plan.routes],
        "unserved": [_unserved(known, unserved, texts) for unserved in plan.unserved],
    }


def _teams(known: PlanWithPlaces) -> list[dict[str, object]]:
    letters = letters_of(known.plan.teams)
    result: list[dict[str, object]] = []
    for team in known.plan.teams:
        base = known.bases.get(team.base_id)
        result.append(
            {
                **team_part(team),
                "letter": letters[team.team_id],
                "base_name": base.name if base else None,
                "base_lon": base.lon if base else None,
                "base_lat": base.lat if base else None,
            }
        )
    return result


def _route(known: PlanWithPlaces, day: date, route: Route) -> dict[str, object]:
    return {
        **to_json_values(route, omits_defaults=True),
        "depart_at": iso_on(day, route.depart_s),
        "stops": [_stop(known, day, number, stop) for number, stop in enumerate(route.stops, start=1)],
        "return_at": iso_on(day, route.return_s),
    }


def _stop(known: PlanWithPlaces, day: date, number: int, stop: Stop) -> dict[str, object]:
    visit = known.visits.get(stop.visit_id)
    building = known.buildings.get(stop.building_id)
    return {
        **to_json_values(stop, omits_defaults=True),
        "number": number,
        "building_name": building_name(building, stop.building_id),
        "address": building.address if building else None,
        "lon": building.lon if building else None,
        "lat": building.lat if building else None,
        "track": visit.track if visit else None,
        "value": float(visit.value) if visit else None,
        "link_group": visit.link_group if visit else None,
        "arrive_at": iso_on(day, stop.arrive_s),
        "start_at": iso_on(day, stop.start_s),
        "end_at": iso_on(day, stop.end_s),
    }


def _unserved(known: PlanWithPlaces, unserved: Unserved, texts: Texts) -> dict[str, object]:
    visit = known.visits.get(unserved.visit_id)
    building = known.buildings.get(unserved.building_id)
    reasons = []
    for reason in unserved.reasons:
        sentence, action = reason_texts(texts, reason, visit, known.division_names)
        reasons.append({"code": reason.code, "values": dict(reason.values), "sentence": sentence, "action": action})
    return {
        "visit_id": unserved.visit_id,
        "building_id": unserved.building_id,
        "building_name": building_name(building, unserved.building_id),
        "lon": building.lon if building else None,
        "lat": building.lat if building else None,
        "track": visit.track if visit else None,
        "value": float(visit.value) if visit else None,
        "reasons": reasons,
    }
