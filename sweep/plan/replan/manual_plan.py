"""Manual plan: the planner sets teams and order of stops, times are computed, rules are not enforced."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sweep.day.event_records import Event
from sweep.plan.problem.objective import day_by_visit, urgency_of
from sweep.plan.problem.problem import Problem
from sweep.plan.replan.merge_plans import first_break, idle_route, merged_plan
from sweep.plan.replan.remaining_problem import RemainingDay, remaining_day
from sweep.plan.replan.replan import Replanned
from sweep.plan.replan.replan_search import default_price
from sweep.records.people import Team
from sweep.records.plan import Plan, Reason, Route, Stop, Unserved
from sweep.records.visits import Visit

LEFT_OUT = "LEFT_OUT_BY_HAND"


@dataclass(frozen=True, slots=True)
class PlacedSlot:
    """Team slot of a visit in a manual plan, with the start that the planner wants; a `Layout` lists them by team."""

    visit_id: str
    slot: int
    start_s: int
    """Desired start; the visit starts later if one of its teams cannot be there in time."""


type Layout = Mapping[str, Sequence[PlacedSlot]]
"""Stops still to come of each team, by team id; stops already started are kept in any case."""


def layout_of(plan: Plan) -> Layout:
    """Return a plan's layout: its stops in order, by team id; attempts at locked doors are omitted."""
    return {r.team_id: [PlacedSlot(s.visit_id, s.slot, s.start_s) for s in r.made] for r in plan.routes}


def apply_layout(
    problem: Problem, plan: Plan, at_s: int, layout: Layout, earlier: Sequence[Event] = (), events: Sequence[Event] = ()
) -> Replanned:
    """
    Return the plan whose part after `at_s`, seconds after midnight, is replaced by the layout, with computed times.

    `problem` is that of the morning, without events. `plan` includes the events `earlier`, not the new `events`.
    `layout`: stops not yet started, by team id. Visits in no team's list are unserved. Reserve teams get no stops.
    """
    rest = remaining_day(problem, plan, at_s, earlier, events, call_reserve=False)
    routes = _routes(rest, plan, layout)
    placed = {s.visit_id for r in routes for s in r.stops}
    out = tuple(_left_out(rest, plan, placed))
    more_due = urgency_of(rest.day, day_by_visit(plan.routes, plan.teams)) - urgency_of(rest.day, placed | rest.begun)
    made = merged_plan(rest, plan, routes, out, plan.bound + more_due, plan.seed)
    made = replace(made, n_iterations=plan.n_iterations)
    return Replanned(made, rest, default_price(rest.problem), n_moved(plan, made), plan.total, frozenset())


def n_moved(before: Plan, after: Plan) -> int:
    """Return how many team slots are dropped, new, or changed in start or team; ignores attempts at locked doors."""
    old, new = (
        {(s.visit_id, s.slot): (r.team_id, s.start_s) for r in plan.routes for s in r.made} for plan in (before, after)
    )
    return sum(old.get(key) != new.get(key) for key in old.keys() | new.keys())


def _left_out(rest: RemainingDay, plan: Plan, placed: set[str]) -> Iterator[Unserved]:
    known = {u.visit_id: u for u in (*plan.unserved, *rest.closed)}
    for visit in rest.day.visits:
        if visit.visit_id not in placed | rest.begun:
            by_hand = Unserved(visit.visit_id, visit.building_id, (Reason(LEFT_OUT),))
            yield known.get(visit.visit_id, by_hand)


def _routes(rest: RemainingDay, plan: Plan, layout: Layout) -> tuple[Route, ...]:
    visits = {v.visit_id: v for v in rest.problem.visits}
    own = {t.team_id: _in_order(layout.get(t.team_id, ()), visits) for t in rest.problem.teams}
    wanted: dict[str, int] = {}
    for placed in (p for one in own.values() for p in one):
        # A stop at `at_s` has started.
        wanted[placed.visit_id] = max(placed.start_s, rest.at_s + 1, wanted.get(placed.visit_id, 0))
    # Limit on the rounds: teams that wait for each other in a cycle would never settle.
    for _ in range(20):
        routes = [_route(rest.problem, t, own[t.team_id], wanted, visits) for t in rest.problem.teams]
        starts = dict(wanted)
        for stop in (s for r in routes for s in r.stops):
            starts[stop.visit_id] = max(stop.start_s, starts[stop.visit_id])
        if starts == wanted:
            break
        wanted = starts
    old = {r.team_id: r for r in plan.routes}
    return tuple(_or_as_it_was(r, old.get(r.team_id), rest) for r in routes)


def _in_order(placed: Sequence[PlacedSlot], visits: Mapping[str, Visit]) -> list[PlacedSlot]:
    known = [p for p in placed if p.visit_id in visits and 0 <= p.slot < len(visits[p.visit_id].slots)]
    return sorted(known, key=lambda p: p.start_s)


def _or_as_it_was(route: Route, old: Route | None, rest: RemainingDay) -> Route:
    """Return the rest of the old route, with its break and waits, if it has the same starts; else the new route."""
    if old is None:
        return route
    ahead = old.stops[rest.counts[old.team_id] :]
    orders = [[(s.visit_id, s.slot, s.start_s) for s in stops] for stops in (ahead, route.stops)]
    has_begun = rest.positions[old.team_id].break_s is not None
    return replace(old, stops=ahead, break_s=None if has_begun else old.break_s) if orders[0] == orders[1] else route


def _route(
    problem: Problem, team: Team, placed: Sequence[PlacedSlot], wanted: Mapping[str, int], visits: Mapping[str, Visit]
) -> Route:
    """Return one team's route; each service starts at the time in `wanted` or, if that is later, on arrival."""
    table, here = problem.travel_s, problem.places[team.base_id]
    free, pause, stops = team.shift_s[0], None, list[Stop]()
    for p in placed:
        visit = visits[p.visit_id]
        there = problem.places[visit.building_id]
        travel, n_members = int(table[here, there]), len(team.member_ids)
        inside = problem.service_s(visit, p.slot, n_members)
        if pause is None and _is_time_for_a_pause(team, free, travel, wanted[p.visit_id], inside):
            pause = first_break(team, free)
        free = free if pause is None else max(free, pause[1])
        start = max(wanted[p.visit_id], free + travel)
        # The first departure is as late as possible: the team waits at the base, not at the door.
        arrive = start if not stops and pause is None else free + travel
        metres = int(problem.distance_m[here, there])
        stops.append(Stop(p.visit_id, p.slot, visit.building_id, travel, metres, arrive, start, start + inside))
        here, free = there, start + inside
    if not stops:
        return idle_route(team)
    if pause is None and (pause := first_break(team, free)) is not None:
        free = pause[1]
    home = problem.places[team.end_base_id or team.base_id]
    back_s, back_m = int(table[here, home]), int(problem.distance_m[here, home])
    depart = stops[0].arrive_s - stops[0].travel_s
    return Route(team.team_id, depart, tuple(stops), back_s, back_m, free + back_s, pause)


def _is_time_for_a_pause(team: Team, free: int, travel: int, wanted: int, inside: int) -> bool:
    """
    Whether the team, free at `free`, takes its break now instead of after its next stop.

    It does if the break fits before that stop, or would be too late after it. `travel`: seconds to the next stop.
    `wanted`: planned start there. `inside`: service seconds there.
    """
    pause = first_break(team, free)
    if team.break_time is None or pause is None:
        return False
    (begin, end), latest = pause, team.break_time.latest_s
    return begin <= latest and (end + travel <= wanted or max(wanted, free + travel) + inside > latest)
