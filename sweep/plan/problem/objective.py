"""Objective of a plan by parts, the days of its visits, and what remains of its caps."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, replace

from sweep.plan.problem.eligibility import active_teams
from sweep.plan.problem.problem import Problem
from sweep.records.people import Team
from sweep.records.plan import Objective, Route
from sweep.records.plan_costs import route_costs
from sweep.records.visits import Cap


def day_by_visit(routes: Iterable[Route], teams: Iterable[Team]) -> dict[str, int]:
    """Day of each served visit, from 0, by visit id: the day of the team that serves it."""
    day = {t.team_id: t.day for t in teams}
    return {s.visit_id: day.get(r.team_id, 0) for r in routes for s in r.made}


def total_value(problem: Problem, days: Mapping[str, int]) -> float:
    """Sum of the values of the served visits on their days; `days`: day of each served visit, from 0, by visit id."""
    return sum(v.value_on(days[v.visit_id]) for v in problem.visits if v.visit_id in days)


def urgency_of(problem: Problem, made: Collection[str]) -> float:
    """
    Sum of the urgencies of the visits with ids `made`.

    If U is an upper bound on value plus urgency, a plan with at least this sum S of urgencies has a value <= U - S.
    """
    return math.fsum(v.urgency for v in problem.visits if v.visit_id in made)


def objective(problem: Problem, routes: Sequence[Route], teams: Sequence[Team]) -> Objective:
    """
    Objective of a plan by parts: the search, its bound and every comparison of plans use this function.

    Parameters
    ----------
    teams
        Teams of the plan; reserve teams are ignored.
    """
    days = day_by_visit(routes, teams)
    made = [v for v in problem.visits if v.visit_id in days]
    visits = {v.visit_id: v for v in problem.visits}

    def travel_s(here: str, there: str) -> int:
        return int(problem.travel_s[problem.places[here], problem.places[there]])

    costs = route_costs(asdict(problem.weights), visits, active_teams(teams), routes, travel_s)
    return Objective(
        finds=total_value(problem, days),
        due=urgency_of(problem, days),
        n_due=sum(v.urgency > 0 for v in made),
        must_missed=sum(v.is_must for v in problem.visits) - sum(v.is_must for v in made),
        costs=sum(cost.price for cost in costs.values()),
    )


def restricted(problem: Problem, kept: Collection[str]) -> Problem:
    """Return the problem with only the visits whose ids are in `kept`, the lags among them, their locks and caps."""
    return replace(
        problem,
        visits=tuple(v for v in problem.visits if v.visit_id in kept),
        lags=tuple(x for x in problem.lags if x.before in kept and x.after in kept),
        locks=tuple(x for x in problem.locks if x.visit_id in kept),
        caps=caps_left(problem, kept, ()),
    )


def caps_left(problem: Problem, kept: Collection[str], made: Collection[str]) -> tuple[Cap, ...]:
    """Caps on the visits `kept` alone, each limit less the loads of the visits `made`; both are visit ids."""
    return tuple(
        replace(
            cap,
            loads={i: load for i, load in cap.loads.items() if i in kept},
            most=max(0, cap.most - sum(load for i, load in cap.loads.items() if i in made)),
        )
        for cap in problem.caps
    )
