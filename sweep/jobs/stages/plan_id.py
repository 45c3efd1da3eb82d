"""Id of an edition, by which its folder is named."""

import hashlib
import json
from collections.abc import Sequence

from sweep.day.event_log_json import day_log_json
from sweep.day.event_records import DayLog
from sweep.records.input_files import InputFile
from sweep.records.plan import Plan
from sweep.scenario.scenario import Scenario


def plan_id(scenario: Scenario, inputs: Sequence[InputFile], plan: Plan, log: DayLog | None = None) -> str:
    """
    Return the id of an edition: 12 hex characters of a hash of settings, input files, teams, routes and events.

    `log`: events of the day; None: the plan was not changed on its day.
    """
    content: dict[str, object] = {
        "settings": scenario.model_dump(mode="json", exclude={"lang"}),
        "inputs": [i.sha256 for i in inputs],
        "teams": [[t.team_id, t.base_id, *t.member_ids] for t in plan.teams],
        "routes": [[r.team_id, [[s.visit_id, s.slot, s.start_s, s.end_s] for s in r.stops]] for r in plan.routes],
    }
    if log is not None:
        # A change without differences is a separate edition, and must not replace the previous one.
        content["day"] = day_log_json(log)
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]
