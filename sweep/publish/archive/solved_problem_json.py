"""Serialiser of plan.json for a problem without a scenario: no names, addresses and sentences."""

import json
from datetime import date

from sweep.disk.plain_json import to_json_values
from sweep.publish.archive.plan_schema import SCHEMA_VERSION
from sweep.records.people import Team
from sweep.records.plan import Plan


def bare_plan_json(plan: Plan, day: date, problem_sha256: str | None = None) -> str:
    """Plan as JSON for `read_plan_json`; equal plans give equal bytes."""
    content = {
        "problem_sha256": problem_sha256,
        "schema_version": SCHEMA_VERSION,
        "day": day.isoformat(),
        "summary": summary_part(plan),
        "teams": [team_part(team) for team in plan.teams],
        "routes": [to_json_values(route, omits_defaults=True) for route in plan.routes],
        "unserved": [
            {
                "visit_id": u.visit_id,
                "building_id": u.building_id,
                "reasons": [{"code": r.code, "values": dict(r.values)} for r in u.reasons],
            }
            for u in plan.unserved
        ],
    }
    return json.dumps(content, ensure_ascii=False, allow_nan=False, sort_keys=True, indent=1) + "\n"


def summary_part(plan: Plan) -> dict[str, object]:
    """Summary object of a plan in plan.json."""
    return {
        "status": plan.status,
        "value": float(plan.value),
        "due": float(plan.due),
        "costs": float(plan.costs),
        "bound": float(plan.bound),
        "bound_method": plan.bound_method,
        "bound_any_teams": plan.bound_any_teams,
        "gap": float(plan.gap),
        "seed": int(plan.seed),
        "n_iterations": int(plan.n_iterations),
        "members_max": plan.members_max,
        "n_stops": sum(len(route.stops) for route in plan.routes),
        "n_unserved": len(plan.unserved),
        "travel_s": plan.travel_s,
        "distance_m": plan.distance_m,
    }


def team_part(team: Team) -> dict[str, object]:
    """Team object in plan.json."""
    return {
        "team_id": team.team_id,
        "member_ids": list(team.member_ids),
        "base_id": team.base_id,
        "division_codes": sorted(team.division_codes),
        "shift_s": [int(s) for s in team.shift_s],
        "n_certified": {agency: int(n) for agency, n in team.n_certified.items()},
        "n_female_certified": int(team.n_female_certified),
        "recusals": sorted(team.recusals),
        "is_reserve": team.is_reserve,
        **_day_of_team(team),
    }


def _day_of_team(team: Team) -> dict[str, object]:
    """Changes of a team on the day, and its day if not the first; usually empty."""
    changes: dict[str, object] = {}
    if team.former:
        changes["former"] = [list(left) for left in team.former]
    if team.called_s is not None:
        changes["called_s"] = team.called_s
    if team.day:
        changes["day"] = team.day
    return changes
