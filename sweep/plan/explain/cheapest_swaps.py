"""Cheapest swaps for unserved visits with all other routes fixed; fast enough for every run."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from sweep.plan.bound.proof_thread import is_closed
from sweep.plan.explain.insertion_options import Options, Swapped
from sweep.plan.problem.eligibility import active_teams
from sweep.plan.problem.objective import day_by_visit, objective, urgency_of
from sweep.plan.problem.problem import Problem
from sweep.plan.search.decode_routes import make_routes
from sweep.plan.search.unserved_reasons import unserved_visits
from sweep.plan.teams.make_teams import teams_of_plan, with_fixed_teams
from sweep.records.plan import Insertion, Plan, Route

# Smaller differences of scores are rounding.
LEAST_GAIN = 1e-6


def cheapest_swaps(problem: Problem, plan: Plan) -> dict[str, Insertion]:
    """
    Return the cheapest swap, if any, for each of the 50 most valuable unserved visits, by visit id.

    A swap inserts the visit into one team's route and drops other visits from that route, but no must-visit. Its price
    is the loss of the plan's objective, and never negative for a plan from `with_swaps_taken`.
    """
    options, found = _swapped(problem, plan)
    if options is None:
        return {}
    problem, teams = options.problem, options.teams
    before, swaps = objective(problem, plan.routes, teams), dict[str, Insertion]()
    for visit_id, x in found.items():
        parts = before - objective(problem, make_routes(problem, options.arrays, x.state, teams), teams)
        price = 0.0 if abs(x.price) < LEAST_GAIN else x.price
        swaps[visit_id] = Insertion(x.team_id, x.displaced, price, parts)
    return swaps


def with_swaps_taken(problem: Problem, plan: Plan) -> Plan:
    """Return the plan after up to 50 improving swaps (see `cheapest_swaps`), best first, with its teams fixed."""
    # Each swap improves the plan, so none repeats; the limit bounds the time.
    for _ in range(50):
        options, found = _swapped(problem, plan)
        best = min(found.values(), key=lambda x: x.price, default=None)
        if options is None or best is None or best.price > -LEAST_GAIN:
            break
        plan = _taken(plan, options, best)
    return plan


def _swapped(problem: Problem, plan: Plan) -> tuple[Options | None, dict[str, Swapped]]:
    fixed = replace(problem, teams=teams_of_plan(problem, plan))
    active = active_teams(fixed.teams)
    if not active or not plan.unserved:
        return None, {}
    options = Options(fixed, active, plan.routes)
    left_out = {u.visit_id for u in plan.unserved}
    unserved = [v for v in fixed.visits if v.visit_id in left_out]
    # A visit takes a few milliseconds per team; less valuable ones are left to `sweep explain`.
    most_valuable = sorted(unserved, key=lambda v: (-v.best_value - v.urgency, v.visit_id))[:50]
    found = {v.visit_id: options.cheapest(v) for v in most_valuable}
    return options, {visit_id: x for visit_id, x in found.items() if x is not None}


def _taken(plan: Plan, options: Options, swap: Swapped) -> Plan:
    """Return the plan with the routes of a swap; its upper bound on value plus urgency is unchanged."""
    problem, arrays, teams = options.problem, options.arrays, options.teams
    routes = make_routes(problem, arrays, swap.state, teams)
    parts = objective(problem, routes, teams)
    given_up = urgency_of(problem, day_by_visit(plan.routes, plan.teams)) - parts.due
    bound = max(plan.bound + given_up, parts.finds)  # equal up to rounding if the plan is optimal
    of_any = plan.bound_any_teams
    return replace(
        plan,
        status="optimal" if is_closed(parts.finds, bound) else "feasible",
        value=parts.finds,
        due=parts.due,
        costs=parts.costs,
        bound=bound,
        bound_any_teams=None if of_any is None else max(of_any + given_up, parts.finds),
        routes=routes,
        unserved=unserved_visits(problem, arrays, swap.state, teams),
    )


def other_days(
    problem: Problem, plan: Plan, made: Collection[str], versions: Mapping[int, str]
) -> dict[int, Insertion | None]:
    """
    Return, by day, the cheapest swap that moves a building's visits to that day; None if no team can serve it then.

    Its price is the loss of the whole plan's objective. No must-visit is dropped.

    Parameters
    ----------
    made
        Ids of the building's visits in the plan, which are removed.
    versions
        Id of the visit that replaces them, by day of the plan, from 0.
    """
    fixed = with_fixed_teams(problem, plan)
    teams = active_teams(fixed.teams)
    if not teams:
        return dict.fromkeys(sorted(versions))
    now = Options(fixed, teams, plan.routes).score
    options = Options(fixed, teams, [_without(route, made) for route in plan.routes])
    visits = {v.visit_id: v for v in fixed.visits}
    swaps = {day: options.cheapest(visits[versions[day]], day) for day in sorted(versions)}
    return {
        day: None if x is None else Insertion(x.team_id, x.displaced, x.price + now - options.score)
        for day, x in swaps.items()
    }


def with_earlier_days(problem: Problem, plan: Plan, late: Iterable[tuple[str, Mapping[int, str]]]) -> Plan:
    """
    Return the plan with late visits moved to earlier days where they fit and the objective improves.

    `late`: id of each late visit, with the id of the visit that can replace it on each earlier day, by index of the
    day. No other visit is dropped.
    """
    fixed = with_fixed_teams(problem, plan)
    teams = active_teams(fixed.teams)
    visits = {v.visit_id: v for v in fixed.visits}
    for made, versions in late if teams else ():
        now = Options(fixed, teams, plan.routes).score
        options = Options(fixed, teams, [_without(route, (made,)) for route in plan.routes])
        found = (options.cheapest(visits[versions[day]], day, may_displace=False) for day in sorted(versions))
        best = min((x for x in found if x is not None), key=lambda x: x.price, default=None)
        if best is not None and best.price + now - options.score < -LEAST_GAIN:
            plan = _taken(plan, options, best)
    return plan


def _without(route: Route, made: Collection[str]) -> Route:
    return replace(route, stops=tuple(s for s in route.stops if s.visit_id not in made))
