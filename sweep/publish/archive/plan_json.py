"""plan.json: the plan as a file that people and programs read, edit by hand, and check again."""

from __future__ import annotations

import json

from geodata.texts import Texts
from sweep.day.log_file import day_log_json
from sweep.publish.archive.bare_plan import summary_part, team_part
from sweep.publish.archive.plan_schema import SCHEMA_VERSION
from sweep.publish.edition import Edition
from sweep.publish.facts.iso_time import iso_time
from sweep.publish.facts.teams import team_letters
from sweep.publish.facts.wording import building_name, reason_texts
from sweep.records.plan import Route, Stop, Unserved

FILE_NAME = "plan.json"


def plan_json(edition: Edition, texts: Texts) -> str:
    """
    The plan as JSON: sorted keys, no time-stamp of the run, so that the same plan gives the same bytes.

    Parameters
    ----------
    edition
        Its plan may break rules and name unknown ids: what is not known is null.
    texts
        The language of the reasons' sentences.
    """
    plan = edition.plan
    n_reserve = sum(team.is_reserve for team in plan.teams)
    content = {
        "schema_version": SCHEMA_VERSION,
        "plan_id": edition.plan_id,
        "scenario": edition.scenario.name,
        "day": edition.scenario.day.isoformat(),
        "summary": summary_part(plan) | {"n_teams": len(plan.teams), "n_teams_reserve": n_reserve},
        "teams": _teams(edition),
        "routes": [_route(edition, route) for route in plan.routes],
        "unserved": [_unserved(edition, unserved, texts) for unserved in plan.unserved],
        "problem_sha256": edition.problem_sha256,
        **({"day_log": day_log_json(edition.log)} if edition.log else {}),
    }
    return json.dumps(content, ensure_ascii=False, allow_nan=False, sort_keys=True, indent=1) + "\n"


def _teams(edition: Edition) -> list[dict[str, object]]:
    letters = team_letters(edition)
    result: list[dict[str, object]] = []
    for team in edition.plan.teams:
        base = edition.bases.get(team.base_id)
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


def _route(edition: Edition, route: Route) -> dict[str, object]:
    pause = {} if route.break_s is None else {"break_s": [int(s) for s in route.break_s]}
    return {
        **pause,
        "team_id": route.team_id,
        "depart_s": int(route.depart_s),
        "depart_at": iso_time(edition, route.depart_s),
        "stops": [_stop(edition, number, stop) for number, stop in enumerate(route.stops, start=1)],
        "return_travel_s": int(route.return_travel_s),
        "return_distance_m": int(route.return_distance_m),
        "return_s": int(route.return_s),
        "return_at": iso_time(edition, route.return_s),
    }


def _stop(edition: Edition, number: int, stop: Stop) -> dict[str, object]:
    visit = edition.visits.get(stop.visit_id)
    building = edition.buildings.get(stop.building_id)
    return {
        **({"is_attempt": True} if stop.is_attempt else {}),
        "number": number,
        "visit_id": stop.visit_id,
        "slot": int(stop.slot),
        "building_id": stop.building_id,
        "building_name": building_name(building, stop.building_id),
        "address": building.address if building else None,
        "lon": building.lon if building else None,
        "lat": building.lat if building else None,
        "track": visit.track if visit else None,
        "value": float(visit.value) if visit else None,
        "link_group": visit.link_group if visit else None,
        "travel_s": int(stop.travel_s),
        "distance_m": int(stop.distance_m),
        "arrive_s": int(stop.arrive_s),
        "arrive_at": iso_time(edition, stop.arrive_s),
        "start_s": int(stop.start_s),
        "start_at": iso_time(edition, stop.start_s),
        "end_s": int(stop.end_s),
        "end_at": iso_time(edition, stop.end_s),
    }


def _unserved(edition: Edition, unserved: Unserved, texts: Texts) -> dict[str, object]:
    visit = edition.visits.get(unserved.visit_id)
    building = edition.buildings.get(unserved.building_id)
    reasons = []
    for reason in unserved.reasons:
        sentence, action = reason_texts(texts, reason, visit, edition.division_names)
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
