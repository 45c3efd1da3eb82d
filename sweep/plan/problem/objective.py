"""Objective: value of the visits in a plan by day, comparison of plans, and remaining caps."""

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from sweep.plan.problem.problem import Cap, Problem
from sweep.records.people import Team
from sweep.records.plan import Plan, Route, Unserved


def day_by_visit(routes: Iterable[Route], teams: Iterable[Team]) -> dict[str, int]:
    """Day of each served visit, by visit id: the day of the team in its first slot."""
    day = {t.team_id: t.day for t in teams}
    return {s.visit_id: day.get(r.team_id, 0) for r in routes for s in r.made if s.slot == 0}


def total_value(problem: Problem, days: Mapping[str, int]) -> float:
    """Sum of the values of visits served on these days, by visit id."""
    return sum(v.value_on(days[v.visit_id]) for v in problem.visits if v.visit_id in days)


def plan_worth(problem: Problem, plan: Plan) -> tuple[int, float]:
    """Sort key for comparing plans: first minus the unserved must-visits, then the value."""
    musts = {v.visit_id for v in problem.visits if v.is_must}
    return -len(musts & {u.visit_id for u in plan.unserved}), plan.value


def unserved_urgency(problem: Problem, unserved: Iterable[Unserved]) -> float:
    """Total urgency of the unserved visits; bounds hold for plans that leave out no more of it."""
    left_out = {u.visit_id for u in unserved}
    return math.fsum(v.urgency for v in problem.visits if v.visit_id in left_out)


def caps_left(problem: Problem, kept: Collection[str], made: Collection[str]) -> tuple[Cap, ...]:
    """Caps for the visits `kept` only, reduced by the loads of the visits `made`; both are ids."""
    return tuple(
        replace(
            cap,
            loads={i: load for i, load in cap.loads.items() if i in kept},
            most=max(0, cap.most - sum(load for i, load in cap.loads.items() if i in made)),
        )
        for cap in problem.caps
    )
