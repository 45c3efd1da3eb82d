"""A plan laid out by hand: who goes where in which order; the times follow, whether or not they keep the rules."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sweep.day.event_records import Event
from sweep.plan.problem.objective import total_value, urgency_left_out
from sweep.plan.problem.problem import Problem
from sweep.plan.replan.merge_plans import idle_route, merged_plan
from sweep.plan.replan.remaining_problem import Rest, rest_of_day
from sweep.plan.replan.replan import Replanned
from sweep.plan.replan.replan_search import default_price
from sweep.records.people import Team
from sweep.records.plan import Plan, Reason, Route, Stop, Unserved
from sweep.records.visits import Visit

LEFT_OUT = "LEFT_OUT_BY_HAND"


@dataclass(frozen=True, slots=True)
class Placed:
    """One slot of a visit where somebody put it."""

    visit_id: str
    slot: int
    start_s: int
    """When it is to start; later if its team, or another one of the visit, cannot be there by then."""


type Layout = Mapping[str, Sequence[Placed]]
"""What each team has before it, by team id; what has begun stays, whatever is said of it."""


def layout_of(plan: Plan) -> Layout:
    """A plan as it could be laid out by hand: a door that was locked is where it is to be tried again."""
    return {r.team_id: [Placed(s.visit_id, s.slot, s.start_s) for s in r.made] for r in plan.routes}


def changed_by_hand(
    problem: Problem,
    plan: Plan,
    at_s: int,
    layout: Layout,
    earlier: Sequence[Event] = (),
    events: Sequence[Event] = (),
) -> Replanned:
    """
    The plan with what is not begun at a moment laid out anew; before the day at a moment at which no team has left.

    Slots that are in no team's list are left out. A team that stands by gets none.
    """
    rest = rest_of_day(problem, plan, at_s, earlier, events, call_reserve=False)
    routes = _routes(rest, plan, layout)
    placed = {s.visit_id for r in routes for s in r.stops}
    out = tuple(_left_out(rest, plan, placed))
    bound = plan.bound + urgency_left_out(rest.day, out) - urgency_left_out(rest.day, plan.unserved)
    made = merged_plan(rest, plan, routes, out, bound, plan.seed)
    day = {t.team_id: t.day for t in made.teams}
    # Whoever is at work on half of a visit counts it as a whole until the checker says that it is none.
    days = {s.visit_id: day[r.team_id] for r in made.routes for s in r.made}
    value = total_value(rest.day, days)
    made = replace(made, value=value, bound=max(made.bound, value), n_iterations=plan.n_iterations)
    return Replanned(made, rest, default_price(rest.problem), n_moved(plan, made), plan.value, frozenset())


def n_moved(before: Plan, after: Plan) -> int:
    """Stops that are dropped, new, at another time or with another team; doors that were locked stay."""
    old, new = (
        {(s.visit_id, s.slot): (r.team_id, s.start_s) for r in plan.routes for s in r.made} for plan in (before, after)
    )
    return sum(old.get(key) != new.get(key) for key in old.keys() | new.keys())


def _left_out(rest: Rest, plan: Plan, placed: set[str]) -> Iterator[Unserved]:
    """Every visit that nobody makes: why it was out before, or that somebody has taken it out."""
    known = {u.visit_id: u for u in (*plan.unserved, *rest.closed)}
    for visit in rest.day.visits:
        if visit.visit_id not in placed | rest.begun:
            by_hand = Unserved(visit.visit_id, visit.building_id, (Reason(LEFT_OUT),))
            yield known.get(visit.visit_id, by_hand)


def _routes(rest: Rest, plan: Plan, layout: Layout) -> tuple[Route, ...]:
    """Routes of the teams that are left, all teams of a visit starting together."""
    visits = {v.visit_id: v for v in rest.problem.visits}
    own = {t.team_id: _in_order(layout.get(t.team_id, ()), visits) for t in rest.problem.teams}
    wanted: dict[str, int] = {}
    for placed in (p for one in own.values() for p in one):
        # What starts at the moment itself has started.
        wanted[placed.visit_id] = max(placed.start_s, rest.at_s + 1, wanted.get(placed.visit_id, 0))
    # Teams that wait for each other in a circle would put each other off for ever.
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


def _in_order(placed: Sequence[Placed], visits: Mapping[str, Visit]) -> list[Placed]:
    known = [p for p in placed if p.visit_id in visits and 0 <= p.slot < len(visits[p.visit_id].slots)]
    return sorted(known, key=lambda p: p.start_s)


def _or_as_it_was(route: Route, old: Route | None, rest: Rest) -> Route:
    """The route; as it was ordered, with its pause and its waits, if it has the same starts."""
    if old is None:
        return route
    ahead = old.stops[rest.counts[old.team_id] :]
    orders = [[(s.visit_id, s.slot, s.start_s) for s in stops] for stops in (ahead, route.stops)]
    has_begun = rest.standings[old.team_id].break_s is not None
    return replace(old, stops=ahead, break_s=None if has_begun else old.break_s) if orders[0] == orders[1] else route


def _route(
    problem: Problem, team: Team, placed: Sequence[Placed], wanted: Mapping[str, int], visits: Mapping[str, Visit]
) -> Route:
    """One team through its stops, each as soon as wanted or as it can be there."""
    table, here = problem.travel_s, problem.places[team.base_id]
    free, pause, stops = team.shift_s[0], None, list[Stop]()
    for p in placed:
        visit = visits[p.visit_id]
        there = problem.places[visit.building_id]
        travel, n_members = int(table[here, there]), len(team.member_ids)
        inside = problem.service_s(visit, p.slot, n_members)
        if pause is None and _is_time_for_a_pause(team, free, travel, wanted[p.visit_id], inside):
            pause, free = _pause(team, free)
        start = max(wanted[p.visit_id], free + travel)
        # The first leg leaves as late as it can: waiting is done at the base, not at the door.
        arrive = start if not stops and pause is None else free + travel
        metres = int(problem.distance_m[here, there])
        stops.append(Stop(p.visit_id, p.slot, visit.building_id, travel, metres, arrive, start, start + inside))
        here, free = there, start + inside
    if not stops:
        return idle_route(team)
    if pause is None and team.break_time is not None:
        pause, free = _pause(team, free)
    home = problem.places[team.end_base_id or team.base_id]
    back_s, back_m = int(table[here, home]), int(problem.distance_m[here, home])
    depart = stops[0].arrive_s - stops[0].travel_s
    return Route(team.team_id, depart, tuple(stops), back_s, back_m, free + back_s, pause)


def _is_time_for_a_pause(team: Team, free: int, travel: int, wanted: int, inside: int) -> bool:
    """Whether the pause fits in before the next stop, or would be too late behind it."""
    if team.break_time is None:
        return False
    (begin, end), latest = _pause(team, free)[0], team.break_time.latest_s
    return begin <= latest and (end + travel <= wanted or max(wanted, free + travel) + inside > latest)


def _pause(team: Team, free: int) -> tuple[tuple[int, int], int]:
    """The pause as soon as a team that is free from then on may take it, and when it is over."""
    if team.break_time is None:
        raise ValueError(f"team {team.team_id!r} has no pause")
    begin = max(free, team.break_time.earliest_s)
    return (begin, begin + team.break_time.length_s), begin + team.break_time.length_s
