"""Costs, caps (P12) and value (P13) of a plan, recomputed from problem.json alone."""

import json
from collections.abc import Iterator

from sweep.check.bound.bound_problem import read_bound_problem
from sweep.records.plan import Cost, Plan, Violation
from sweep.records.plan_costs import route_costs


def costs_of(problem: bytes, plan: Plan) -> dict[str, Cost]:
    """
    Return quantity and cost of each objective term of the plan that has a weight, by the term's key in problem.json.

    `problem`: content of problem.json.

    Raises
    ------
    ValueError, KeyError, TypeError
        If the problem is malformed.
    """
    case, weights = read_bound_problem(problem, plan.teams), json.loads(problem).get("weights", {})

    def travel_s(here: str, there: str) -> int:
        return int(case.travel_s[case.places[here], case.places[there]])

    return route_costs(weights, case.visits, tuple(case.teams.values()), plan.routes, travel_s)


def check_caps_and_value(problem: bytes, plan: Plan) -> Iterator[Violation]:
    """
    Yield violations: caps that are exceeded (P12), and a wrong value of the plan (P13).

    `problem`: content of problem.json.

    Raises
    ------
    ValueError, KeyError, TypeError
        If the problem is malformed.
    """
    case = read_bound_problem(problem, plan.teams)
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
