"""Re-planning at a time of the day: keeps the stops already started, and solves the remaining problem."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial

from sweep.day.event_records import Event, Urgent
from sweep.plan.jit_warmup import PLANNER
from sweep.plan.problem.objective import objective, restricted, total_value
from sweep.plan.problem.problem import Problem, Weights, links
from sweep.plan.replan.apply_events import cut_windows
from sweep.plan.replan.change_cost_annealing import n_changed
from sweep.plan.replan.merge_plans import idle_route, merged_plan
from sweep.plan.replan.remaining_problem import RemainingDay, remaining_day
from sweep.plan.replan.replan_search import REPLANNER, ProgressCallback, ReplanSearch, default_price
from sweep.plan.search.decode_routes import make_routes
from sweep.plan.search.unserved_reasons import unserved_visits
from sweep.plan.solve import solve
from sweep.plan.solve_settings import Settings
from sweep.records.plan import Plan, Reason, Route, Unserved


@dataclass(frozen=True, slots=True)
class Replanned:
    """Result of re-planning: the new plan of the day, the remaining problem, and what changed."""

    plan: Plan
    rest: RemainingDay
    price: float
    """Penalty of a changed stop in the search, in units of value."""
    n_changed: int
    """Number of stops that were dropped, are new, or have another time or team."""
    kept_value: float
    """Objective of the plan that keeps the published routes, without stops that became infeasible."""
    kept: frozenset[tuple[str, int]]
    """Team slots, as (visit id, slot), that one feasible plan can serve with their published teams and times."""


def replan(
    problem: Problem,
    plan: Plan,
    at_s: int,
    events: Sequence[Event],
    settings: Settings,
    *,
    earlier: Sequence[Event] = (),
    price: float | None = None,
    call_reserve: bool = False,
    on_progress: ProgressCallback | None = None,
) -> Replanned:
    """
    Re-plan the rest of the day from `at_s`, in seconds after midnight, after events; started stops stay as they are.

    Apart from urgency, the new plan is worth at least as much as the old routes without their infeasible stops. Urgent
    must-visits start as early as possible (`with_soonest_starts`).

    Parameters
    ----------
    problem
        Problem of the morning.
    plan
        Current plan, including earlier changes.
    events
        New events, not yet included in the plan.
    earlier
        Events already included in the plan.
    price
        Penalty of a changed stop, in units of value, >= 0; None: `default_price`.
    call_reserve
        Whether reserve teams may get stops.
    on_progress
        Called with the share of the limit, and value and changed stops of the best plan so far.
    """
    PLANNER.wait()
    REPLANNER.wait()
    rest = remaining_day(problem, plan, at_s, earlier, events, call_reserve=call_reserve)
    price_of_one = default_price(rest.problem) if price is None else price
    days = {s.visit_id: x.team.day for x in rest.positions.values() for s in x.begun if s.slot == 0}
    begun = total_value(rest.day, {i: day for i, day in days.items() if i in rest.begun})
    if not rest.problem.visits or not rest.problem.teams:
        reason = Reason("NO_TEAM_LEFT")
        out = tuple(Unserved(v.visit_id, v.building_id, (reason,)) for v in rest.problem.visits)
        idle = tuple(idle_route(t) for t in rest.problem.teams)
        made = merged_plan(rest, plan, idle, (*out, *rest.closed), begun, settings.seed)
        n_dropped = sum(len(r.stops) - rest.counts[r.team_id] for r in plan.routes)
        return Replanned(made, rest, price_of_one, n_dropped, made.total, frozenset())
    urgent = [e.visit.visit_id for e in (*earlier, *events) if isinstance(e, Urgent) and e.visit.is_must]
    rest, soonest = with_soonest_starts(rest, plan, urgent, settings.seed)
    run = ReplanSearch(rest, plan, settings, price_of_one, on_progress, soonest)
    state, free = run.search()
    routes = make_routes(rest.problem, run.arrays, state, rest.problem.teams)
    out = unserved_visits(rest.problem, run.arrays, state, rest.problem.teams)
    given_up = free.due - objective(rest.problem, routes, rest.problem.teams).due
    bound = begun + free.bound + given_up
    made = merged_plan(rest, plan, routes, (*out, *rest.closed), bound, settings.seed)
    changed = n_changed(run.arrays, state, run.orders) + run.n_closed
    kept = merged_plan(rest, plan, run.kept_routes, (), bound, settings.seed)
    return Replanned(replace(made, n_iterations=run.n_rounds), rest, price_of_one, changed, kept.total, run.kept)


def with_soonest_starts(
    rest: RemainingDay, plan: Plan, urgent: Sequence[str], seed: int
) -> tuple[RemainingDay, tuple[Route, ...]]:
    """
    Return the remaining problem in which urgent visits must start as early as possible, and routes for it.

    The visits `urgent` (ids) are fixed one after another: each time window ends at the earliest possible start. The
    routes keep must-visits and published visits with a due lead or promise; other visits are dropped, so that they
    delay no team. Without urgent visits that remain, the problem is unchanged and there are no routes.
    """
    known = {v.visit_id for v in rest.problem.visits}
    waiting = [i for i in dict.fromkeys(urgent) if i in known]
    problem = _only(rest.problem, _kept(rest, plan), 0.0)
    # Few rounds per search suffice for few visits.
    limits = Settings(seed, n_iterations=300, is_proof_wanted=False, is_review_wanted=False)
    if not waiting:
        return rest, ()
    made = solve(problem, limits, start=plan.routes)
    for visit_id in waiting:
        # Small cost of a second for the urgent visit alone: travel breaks ties.
        least_s = _start(solve(_only(problem, {visit_id}, 1e-6), limits), visit_id)
        problem, made = _soonest(problem, made, visit_id, least_s, limits)
    cut = {v.visit_id: v for v in problem.visits if v.visit_id in waiting}
    visits = (replace(v, windows_s=cut[v.visit_id].windows_s) if v.visit_id in cut else v for v in rest.problem.visits)
    return replace(rest, problem=replace(rest.problem, visits=tuple(visits))), made.routes


def _soonest(
    problem: Problem, made: Plan, visit_id: str, least_s: int | None, limits: Settings
) -> tuple[Problem, Plan]:
    """
    Cut a visit's windows at the earliest start that leaves no more visits unserved; return the problem and its plan.

    `made`: plan of the problem before the cut. `least_s`: earliest start if no other visit were served; None: no cut.
    """
    last_s = _start(made, visit_id)
    if least_s is None or last_s is None:
        return problem, made
    trial_s = least_s
    while last_s > trial_s:
        trial = solve(_until(problem, visit_id, trial_s), limits, start=made.routes)
        start_s = _start(trial, visit_id)
        if start_s is not None and _served(problem, trial) >= _served(problem, made):
            made, last_s = trial, start_s
        else:
            # If other visits conflict, the earliest start is searched to the minute.
            least_s = trial_s + 60
        trial_s = (least_s + last_s) // 2
    return _until(problem, visit_id, last_s), made


def _served(problem: Problem, plan: Plan) -> tuple[int, float]:
    """Return (minus the missed must-visits, expected finds of the served visits); the larger, the better the plan."""
    parts = objective(problem, plan.routes, plan.teams)
    return -parts.must_missed, parts.finds


def _kept(rest: RemainingDay, plan: Plan) -> set[str]:
    """Return the ids of visits that an urgent visit may not displace, and of the visits linked to them."""
    published = {s.visit_id for r in plan.routes for s in r.stops}
    kept = {v.visit_id for v in rest.problem.visits if v.is_must or (v.urgency > 0 and v.visit_id in published)}
    while more := {b for a, b, *_ in links(rest.problem) if a in kept and b not in kept}:
        kept |= more
    return kept


def _only(problem: Problem, kept: Collection[str], late_cost: float) -> Problem:
    """Return the problem of the visits `kept`, all of equal value and due at the start of their first window."""
    few = restricted(problem, kept)
    alike = partial(replace, values=(), urgency=0.0, dues_s=(), disturbance=0.0)
    visits = (alike(v, value=float(not v.is_must), due_s=v.windows_s[0][0]) for v in few.visits)
    return replace(few, visits=tuple(visits), weights=Weights(lateness=late_cost))


def _until(problem: Problem, visit_id: str, last_s: int) -> Problem:
    visits = (cut_windows(v, 0, last_s) if v.visit_id == visit_id else v for v in problem.visits)
    return replace(problem, visits=tuple(visits))


def _start(plan: Plan, visit_id: str) -> int | None:
    return next((s.start_s for r in plan.routes for s in r.stops if s.visit_id == visit_id), None)
