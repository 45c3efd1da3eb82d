"""Teams that are behind their times, as events: whoever is still inside is held there until they will be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sweep.records.plan import Plan

# Less is no reason to change anybody's orders.
_TOLERANCE_S = 300


def late_events(
    ends_s: Mapping[str, Sequence[Any]], plan: Plan, at_s: int, told: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """
    An event for each team that is held by its stop longer than the plan says.

    Parameters
    ----------
    ends_s
        Visit that a team is at, and when it is expected to be done with it, by team id.
    at_s
        The moment of the change.
    told
        Events that are known: a team of which one says how long it is held is not held again.
    """
    held = {e["team_id"] for e in told if e["type"] == "held"}
    planned = {(r.team_id, s.visit_id): s for r in plan.routes for s in r.stops}
    found = []
    for team_id, (visit_id, end_s) in sorted(ends_s.items()):
        stop = planned.get((team_id, str(visit_id)))
        # The plan's own end is what the planner reckons with.
        is_behind = stop is not None and stop.start_s <= at_s and end_s > max(stop.end_s + _TOLERANCE_S, at_s + 60)
        if is_behind and team_id not in held:
            until_s = -(-int(end_s) // 60)
            clock = f"{until_s // 60:02d}:{until_s % 60:02d}"
            found.append({"type": "held", "team_id": team_id, "until": clock})
    return found
