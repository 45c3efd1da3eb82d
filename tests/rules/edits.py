"""Random edits of a plan, as a hand would make them, judged by the planner tests' own judge and by the checker."""

from __future__ import annotations

from dataclasses import replace

from sweep.check.checker_inputs import CheckInputs
from sweep.records.plan import Plan
from tests.rules.mutants import Rng, any_of, places, upto, with_members, with_stop

# A visit that takes longer than it must breaks nothing, nor does a way home with a rest on it, nor another break hour.
_ALLOWED = ("takes another time", "back at", ": break (", ": break None")


def is_wrong(faults: list[str], inputs: CheckInputs, plan: Plan) -> bool:
    """
    Whether any of the judge's faults is one that no rule allows; a team that goes nowhere may be of anybody.

    One that only takes stock needs no inspectors (C04).
    """
    stock = {t.team_id for t in plan.teams} - {
        p.team.team_id for p in places(inputs, plan, "case", "special", "routine")
    }
    goes = {r.team_id for r in plan.routes if r.stops}
    rests = {t.team_id for t in plan.teams} - goes
    idle = {f"{t}: {reason}" for t in rests for reason in ("market regulation from elsewhere", "no woman")}
    allowed = (*_ALLOWED, *(f"{t}: too few of " for t in stock & goes))
    return any(fault not in idle and not any(reason in fault for reason in allowed) for fault in faults)


def random_edit(rng: Rng, inputs: CheckInputs, plan: Plan) -> Plan | None:
    """One stop at another time or on another team, or two people who change places."""
    kind = int(rng.integers(0, 3))
    if kind == 0:
        return _another_time(rng, inputs, plan)
    return _another_team(rng, inputs, plan) if kind == 1 else _two_people(rng, inputs, plan)


def _another_time(rng: Rng, inputs: CheckInputs, plan: Plan) -> Plan | None:
    if (place := any_of(rng, places(inputs, plan))) is None:
        return None
    by = int(rng.choice([-1, 1])) * upto(rng, 7_200)
    stop = place.stop
    return with_stop(plan, place, arrive_s=stop.arrive_s + by, start_s=stop.start_s + by, end_s=stop.end_s + by)


def _another_team(rng: Rng, inputs: CheckInputs, plan: Plan) -> Plan | None:
    """The stop goes to the end of another team's route, at its old hour."""
    place, other = any_of(rng, places(inputs, plan)), any_of(rng, list(plan.routes))
    if place is None or other is None or other.team_id == place.team.team_id:
        return None
    routes = []
    for route in plan.routes:
        if route.team_id == place.team.team_id:
            routes.append(replace(route, stops=route.stops[: place.n] + route.stops[place.n + 1 :]))
        elif route.team_id == other.team_id:
            routes.append(replace(route, stops=(*route.stops, place.stop)))
        else:
            routes.append(route)
    return replace(plan, routes=tuple(routes))


def _two_people(rng: Rng, inputs: CheckInputs, plan: Plan) -> Plan | None:
    one, other = any_of(rng, list(plan.teams)), any_of(rng, list(plan.teams))
    if one is None or other is None or one.team_id == other.team_id:
        return None
    a, b = str(rng.choice(one.member_ids)), str(rng.choice(other.member_ids))
    changed = with_members(inputs, plan, one.team_id, tuple(b if i == a else i for i in one.member_ids))
    return with_members(inputs, changed, other.team_id, tuple(a if i == b else i for i in other.member_ids))
