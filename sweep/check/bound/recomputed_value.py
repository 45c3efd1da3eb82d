"""Costs, caps (P12) and value (P13) of a plan, recomputed from problem.json alone."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from sweep.check.bound.bound_problem import BoundProblem, read_case
from sweep.records.people import Team
from sweep.records.plan import Cost, Plan, Route, Stop, Violation
from sweep.records.visits import Visit


@dataclass(frozen=True, slots=True)
class _TeamDay:
    """Seconds that one team spends on each activity of its day."""

    travel_s: int
    inside_s: int
    duty_s: int
    rest_s: int
    overtime_s: int
    idle_s: int


def costs_of(problem: bytes, plan: Plan) -> dict[str, Cost]:
    """
    Return the cost of each objective term that has a weight, by the term's key in problem.json.

    Raises
    ------
    ValueError, KeyError, TypeError
        If the problem is malformed.
    """
    case, weights = read_case(problem, plan.teams), json.loads(problem).get("weights", {})
    routes = {r.team_id: r for r in plan.routes}
    days = [_day(case, team, routes.get(team.team_id)) for team in case.teams.values()]
    stops = [(case.teams[r.team_id], case.visits[s.visit_id], s) for r in plan.routes for s in r.stops]
    late = [_late_s(visit, stop) for _, visit, stop in stops]
    work = [day.travel_s + day.inside_s for day in days]
    quantities: dict[str, float] = {
        "travel": sum(day.travel_s for day in days),
        "lateness": sum(late),
        "largest_lateness": max(late, default=0),
        "disturbance": sum(visit.disturbance for _, visit, stop in stops if stop.slot == 0),
        "overtime": sum(day.overtime_s for day in days),
        "waiting": sum(day.duty_s - day.travel_s - day.inside_s - day.rest_s for day in days if day.duty_s),
        "largest_idle": max([0, *(day.idle_s for day in days)]),
        "uneven_work": sum(abs(w - sum(work) / len(work)) for w in work),
        "unpreferred": sum(_is_unpreferred(team, visit) for team, visit, _ in stops),
    }
    return {key: Cost(q, q * weights[key]) for key, q in quantities.items() if weights.get(key)}


def _day(case: BoundProblem, team: Team, route: Route | None) -> _TeamDay:
    stops = route.stops if route else ()
    rest_s = route.break_s[1] - route.break_s[0] if route and route.break_s else 0
    travel_s, inside_s = sum(_legs(case, team, stops)), sum(s.end_s - s.start_s for s in stops)
    back_s = route.return_s if route and stops else team.shift_s[0]
    # A break at the base before the departure is time on duty.
    begins_s = team.shift_s[0] if team.starts_with_shift or not route else min([route.depart_s, *(route.break_s or ())])
    duty_s = back_s - begins_s if stops else 0
    ends_s = team.shift_s[1] if team.paid_until_s is None else min(team.shift_s[1], team.paid_until_s)
    return _TeamDay(
        travel_s, inside_s, duty_s, rest_s,
        # A team that stays at its base has no overtime, even if its shift begins after `paid_until_s`.
        overtime_s=max(0, back_s - team.paid_until_s) if stops and team.paid_until_s is not None else 0,
        idle_s=(max(ends_s, back_s) if stops else ends_s) - team.shift_s[0] - travel_s - inside_s - rest_s,
    )  # fmt: skip


def _legs(case: BoundProblem, team: Team, stops: tuple[Stop, ...]) -> Iterator[int]:
    """Yield the travel seconds of each leg of the route, the return leg last."""
    if not stops:
        return
    places = [team.base_id, *(case.visits[s.visit_id].building_id for s in stops), team.end_base_id or team.base_id]
    rows = [case.places[p] for p in places]
    yield from (int(case.travel_s[a, b]) for a, b in pairwise(rows))


def _late_s(visit: Visit, stop: Stop) -> int:
    """Return the seconds by which the stop passes the due time of the last window open at its start."""
    due = visit.due_s
    if visit.dues_s:
        n_open = sum(lo <= stop.start_s for lo, _ in visit.windows_s)
        due = visit.dues_s[max(0, n_open - 1)]
    return 0 if due is None else max(0, (stop.end_s if visit.is_due_at_end else stop.start_s) - due)


def _is_unpreferred(team: Team, visit: Visit) -> bool:
    return bool(visit.preferred) and set(visit.preferred).isdisjoint(team.member_ids)


def check_caps(problem: bytes, plan: Plan) -> Iterator[Violation]:
    """
    Yield violations: caps that are exceeded (P12), and a wrong value of the plan (P13).

    Raises
    ------
    ValueError, KeyError, TypeError
        If the problem is malformed.
    """
    case = read_case(problem, plan.teams)
    stops = [(r.team_id, s) for r in plan.routes for s in r.made]
    served = {s.visit_id for _, s in stops}
    for cap_id, cap in case.caps.items():
        taken = sum(cap.loads.get(visit_id, 0) for visit_id in served)
        if taken > cap.most:
            yield Violation("P12", cap_id, {"taken": taken, "most": cap.most})
    value = sum(case.visits[s.visit_id].value_on(case.teams[k].day) for k, s in stops if s.slot == 0)
    # The value is a sum of floats: allow a relative error.
    if abs(value - plan.value) > 1e-6 * max(1.0, value):
        yield Violation("P13", "value", {"detail": f"{plan.value:.6f} != {value:.6f}"})
