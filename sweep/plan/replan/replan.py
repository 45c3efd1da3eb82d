"""The day goes on: what has begun stays, the rest is planned again, each change to a published order at its price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sweep.day.events import Event, Urgent
from sweep.plan.first_calls import PLANNER
from sweep.plan.problem.problem import Problem
from sweep.plan.problem.worth import total_value, urgency_left_out
from sweep.plan.replan.anneal import PricedRun, Watch, default_price
from sweep.plan.replan.first_calls import REPLANNER
from sweep.plan.replan.improve import n_changed
from sweep.plan.replan.merge import idle_route, merged_plan
from sweep.plan.replan.rest import Rest, rest_of_day
from sweep.plan.replan.soonest import with_soonest_starts
from sweep.plan.search.routes import make_routes
from sweep.plan.search.unserved import unserved_visits
from sweep.plan.solve import Settings
from sweep.records.plan import Plan, Reason, Unserved


@dataclass(frozen=True, slots=True)
class Replanned:
    """A plan changed on its day."""

    plan: Plan
    rest: Rest
    price: float
    """What a changed stop costs, in units of value."""
    n_changed: int
    """Stops that are dropped, new, at another time or with another team."""
    kept_value: float
    """Value of the plan that keeps the old routes and drops what cannot be kept."""
    kept: frozenset[tuple[str, int]]
    """Visits and slots that could have been kept at their published times."""


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
    watch: Watch | None = None,
) -> Replanned:
    """
    The plan from a moment on: never worth less than the old routes without what broke, but for urgent visits.

    An urgent visit that must be made starts at its earliest, see `with_soonest_starts`.

    Parameters
    ----------
    problem
        Of the morning.
    plan
        Keeps the problem, with the events of earlier changes.
    earlier
        Events that the plan answers to already.
    price
        What a changed stop costs, in units of value, >= 0; None: `default_price`.
    watch
        Called with the share of the limit, the value and the changed stops of the best plan so far.
    """
    PLANNER.wait()
    REPLANNER.wait()
    rest = rest_of_day(problem, plan, at_s, earlier, events, call_reserve=call_reserve)
    price_of_one = default_price(rest.problem) if price is None else price
    days = {s.visit_id: x.team.day for x in rest.standings.values() for s in x.begun if s.slot == 0}
    begun = total_value(rest.day, {i: day for i, day in days.items() if i in rest.begun})
    if not rest.problem.visits or not rest.problem.teams:
        reason = Reason("NO_TEAM_LEFT")
        out = tuple(Unserved(v.visit_id, v.building_id, (reason,)) for v in rest.problem.visits)
        idle = tuple(idle_route(t) for t in rest.problem.teams)
        made = merged_plan(rest, plan, idle, (*out, *rest.closed), begun, settings.seed)
        n_dropped = sum(len(r.stops) - rest.counts[r.team_id] for r in plan.routes)
        return Replanned(made, rest, price_of_one, n_dropped, begun, frozenset())
    urgent = [e.visit.visit_id for e in (*earlier, *events) if isinstance(e, Urgent) and e.visit.is_must]
    rest, soonest = with_soonest_starts(rest, plan, urgent, settings.seed)
    run = PricedRun(rest, plan, settings, price_of_one, watch, soonest)
    state, free = run.search()
    routes = make_routes(rest.problem, run.arrays, state, rest.problem.teams)
    out = unserved_visits(rest.problem, run.arrays, state, rest.problem.teams)
    given_up = urgency_left_out(rest.problem, out) - urgency_left_out(rest.problem, free.unserved)
    bound = begun + free.bound + given_up
    made = merged_plan(rest, plan, routes, (*out, *rest.closed), bound, settings.seed)
    changed = n_changed(run.arrays, state, run.orders) + run.n_closed
    return Replanned(
        replace(made, n_iterations=run.n_rounds), rest, price_of_one, changed, begun + run.kept_value, run.kept
    )
