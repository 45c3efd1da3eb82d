"""Why a visit of a window is not made on another of its days: what that day's teams would give up for it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from sweep.plan.explain.held import held
from sweep.plan.explain.options import Options
from sweep.plan.explain.swaps import LEAST_GAIN, taken
from sweep.plan.problem.may_serve import active_teams
from sweep.plan.problem.problem import Problem
from sweep.records.plan import Plan, Route, Swap
from sweep.records.visits import Visit


def other_days(
    problem: Problem, plan: Plan, made: Collection[str], versions: Mapping[int, str]
) -> dict[int, Swap | None]:
    """
    The cheapest way to make a visit on each of some other days, all else kept; None: no team of the day can make it.

    Its price is what the window would lose of all that it is judged by, below 0 it would gain; no must-visit is given
    up.

    Parameters
    ----------
    made
        Ids of the visits as they are made now: of one building, and what is linked to them.
    versions
        Id of the visit that stands for it on each other day.
    """
    fixed = held(problem, plan)
    teams = active_teams(fixed.teams)
    if not teams:
        return dict.fromkeys(sorted(versions))
    now = Options(fixed, teams, plan.routes).score
    options = Options(fixed, teams, [_without(route, made) for route in plan.routes])
    visits = {v.visit_id: v for v in fixed.visits}
    return {day: _on(options, day, visits[versions[day]], now) for day in sorted(versions)}


def with_earlier_days(problem: Problem, plan: Plan, late: Iterable[tuple[str, Mapping[int, str]]]) -> Plan:
    """
    The plan with visits that are late on earlier days on which a team has time for them and it is worth more.

    Parameters
    ----------
    late
        For each visit its id as it is made now, and the id of the visit that stands for it on each earlier day.
    """
    fixed = held(problem, plan)
    teams = active_teams(fixed.teams)
    visits = {v.visit_id: v for v in fixed.visits}
    for made, versions in late if teams else ():
        now = Options(fixed, teams, plan.routes).score
        options = Options(fixed, teams, [_without(route, (made,)) for route in plan.routes])
        found = (options.cheapest(visits[versions[day]], day, may_displace=False) for day in sorted(versions))
        best = min((x for x in found if x is not None), key=lambda x: x.price, default=None)
        if best is not None and best.price + now - options.score < -LEAST_GAIN:
            plan = taken(plan, options, best)
    return plan


def _on(options: Options, day: int, visit: Visit, now: float) -> Swap | None:
    best = options.cheapest(visit, day)
    if best is None:
        return None
    return Swap(best.option.team_id, best.option.displaced or (), best.price + now - options.score)


def _without(route: Route, made: Collection[str]) -> Route:
    return replace(route, stops=tuple(s for s in route.stops if s.visit_id not in made))
