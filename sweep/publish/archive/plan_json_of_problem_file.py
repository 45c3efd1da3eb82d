"""Writer of plan.json for a problem without a scenario: the file has no names, addresses or sentences."""

import json
from datetime import date

from sweep.disk.plain_json import scalar, to_json_values
from sweep.publish.archive.plan_schema import SCHEMA_VERSION, SummaryPart, TeamPart
from sweep.publish.table_columns import record_row
from sweep.records.people import Team
from sweep.records.plan import Plan


def bare_plan_json(plan: Plan, day: date, problem_sha256: str | None = None) -> str:
    """
    Plan as JSON for `read_plan_json`; equal plans give equal bytes.

    `problem_sha256`: hash of the problem that the plan solves; None: the file contains no hash.
    """
    content = {
        "problem_sha256": problem_sha256,
        "schema_version": SCHEMA_VERSION,
        "day": day.isoformat(),
        "summary": summary_part(plan),
        "teams": [team_part(team) for team in plan.teams],
        "routes": to_json_values(plan.routes, omits_defaults=True),
        "unserved": to_json_values(plan.unserved),
    }
    return json.dumps(content, ensure_ascii=False, allow_nan=False, sort_keys=True, indent=1) + "\n"


def summary_part(plan: Plan) -> dict[str, object]:
    """Object `summary` of plan.json, its keys those of `SummaryPart`."""
    own = {name: scalar(value) for name, value in record_row(plan).items() if name in SummaryPart.model_fields}
    return {
        **own,
        "gap": float(plan.gap),
        "n_stops": sum(len(route.stops) for route in plan.routes),
        "n_unserved": len(plan.unserved),
        "travel_s": plan.travel_s,
        "distance_m": plan.distance_m,
    }


def team_part(team: Team) -> dict[str, object]:
    """Team as an object of plan.json, with keys of `TeamPart`; default values, except `is_reserve`, are omitted."""
    written = to_json_values(team, omits_defaults=True)
    own = {name: value for name, value in written.items() if name in TeamPart.model_fields}
    return {"is_reserve": team.is_reserve, **own}
