"""Merging of the executed prefix (stops already started) and the re-planned routes into one plan of the day."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sweep.plan.bound.proof_thread import is_closed
from sweep.plan.problem.objective import objective
from sweep.plan.problem.problem import Problem
from sweep.plan.replan.remaining_problem import RemainingDay, metres_from, seconds_from
from sweep.plan.replan.team_positions import Heading, TeamPosition
from sweep.records.people import Team
from sweep.records.plan import Plan, Route, Stop, Unserved

# Seconds and metres of the return leg, and its end.
type Back = tuple[int, int, int]


def merged_plan(
    rest: RemainingDay, plan: Plan, routes: Sequence[Route], unserved: Sequence[Unserved], bound: float, seed: int
) -> Plan:
    """
    Return the plan of the whole day from the started stops, the new `routes` and the unserved visits.

    `plan`: plan before the change; the result keeps its remaining fields, but not its proof. `bound`: upper bound on
    the value of the whole day. `seed`: seed to record in the plan.
    """
    made = {r.team_id: r for r in routes}
    teams = tuple(_stood_down(t, rest.positions.get(t.team_id), made) for t in rest.teams)
    merged = tuple(
        _merged(rest, rest.positions[t.team_id], made.get(t.team_id), rest.routes.get(t.team_id))
        for t in teams
        if not t.is_reserve
    )
    parts = objective(rest.day, merged, teams)
    bound = max(bound, parts.finds)
    # The certificate is of the morning's problem.
    return replace(
        plan.unproven(),
        status="optimal" if is_closed(parts.finds, bound) else "feasible",
        value=parts.finds,
        due=parts.due,
        costs=parts.costs,
        bound=bound,
        teams=teams,
        routes=merged,
        unserved=tuple(unserved),
        seed=seed,
    )


def idle_route(team: Team) -> Route:
    """Return the route of a team without stops: it stays at its base; its break, if any, is as early as allowed."""
    return Route(team.team_id, team.shift_s[0], (), 0, 0, team.shift_s[0], first_break(team, team.shift_s[0]))


def first_break(team: Team, free_s: int) -> tuple[int, int] | None:
    """Return start and end of the earliest break of a team that is free at `free_s`; None if it needs no break."""
    if team.break_time is None:
        return None
    begin_s = max(team.break_time.earliest_s, free_s)
    return begin_s, begin_s + team.break_time.length_s


def _stood_down(team: Team, standing: TeamPosition | None, made: Mapping[str, Route]) -> Team:
    route, has_departed = made.get(team.team_id), standing is not None and standing.has_departed
    is_idle = team.called_s is not None and not has_departed and (route is None or not route.stops)
    return replace(team, is_reserve=True, called_s=None) if is_idle else team


def _merged(rest: RemainingDay, x: TeamPosition, new: Route | None, old: Route | None) -> Route:
    stops, pause = list(x.begun), x.break_s or (new.break_s if new is not None else None)
    if new is not None and new.stops:
        stops += [_first(rest.day, x, new, rest.at_s), *new.stops[1:]]
        back = (new.return_travel_s, new.return_distance_m, new.return_s)
        depart = x.depart_s if x.has_departed else _departure(x, stops)
        return Route(x.team.team_id, depart, tuple(stops), *back, pause)
    if not x.has_departed:
        return Route(x.team.team_id, _departure(x, stops), tuple(stops), 0, 0, x.team.shift_s[0], pause)
    back = _on_its_way_back(rest, x, old) or _home(rest.day, x, rest.at_s)
    if pause is not None and x.break_s is None:
        back, pause = _with_pause(x, back, pause)
    return Route(x.team.team_id, x.depart_s, tuple(stops), *back, pause)


def _on_its_way_back(rest: RemainingDay, x: TeamPosition, old: Route | None) -> Back | None:
    """Return the return leg of the published route `old` if the team has driven it or `old` has no stops; else None."""
    if old is None or x.heading is None or old.stops[len(x.begun) :]:
        return None
    # A team that is back used the ordered leg; one called back returns the way it went.
    is_as_ordered = x.heading.arrive_s <= rest.at_s or not old.stops
    return (old.return_travel_s, old.return_distance_m, old.return_s) if is_as_ordered else None


def _with_pause(x: TeamPosition, back: Back, pause: tuple[int, int]) -> tuple[Back, tuple[int, int] | None]:
    """
    Return the return leg and break of a team without further stops.

    `back`: leg without the break, as seconds, metres, arrival. A team that is back by its latest break start takes
    none.
    """
    travel_s, metres, back_s = back
    if x.heading is None:
        return (travel_s, metres, max(back_s, pause[1] + travel_s)), pause
    if back_s <= max(pause[0], x.team.break_time.latest_s if x.team.break_time else 0):
        return back, None
    rest_s = pause[1] - pause[0]
    return (travel_s + rest_s, metres, back_s + rest_s), pause


def _departure(x: TeamPosition, stops: Sequence[Stop]) -> int:
    return stops[0].arrive_s - stops[0].travel_s if stops else x.team.shift_s[0]


def _first(day: Problem, x: TeamPosition, new: Route, at_s: int) -> Stop:
    stop = new.stops[0]
    metres = int(metres_from(day, x)[day.places[stop.building_id]])
    if new.break_s is not None and new.break_s[0] <= stop.start_s:
        # The team comes straight from its break.
        return replace(stop, distance_m=metres)
    if x.heading is not None:
        arrive = min(stop.start_s, _arrival(day, x, x.heading, stop.building_id, at_s))
        return replace(stop, travel_s=arrive - x.left_s, distance_m=metres, arrive_s=arrive)
    if not x.has_departed:
        return stop
    return replace(stop, arrive_s=x.free_s + stop.travel_s)


def _arrival(day: Problem, x: TeamPosition, heading: Heading, place: str, at_s: int) -> int:
    """Return the arrival at `place` of a team on the road; roads closed after its arrival do not delay it."""
    there = day.places[place]
    if heading.place != place:
        return x.free_s + int(seconds_from(day, x, day.travel_s, at_s)[there])
    straight_s = int(day.travel_s[day.places[x.place], there])
    return heading.arrive_s if heading.arrive_s <= at_s else max(heading.arrive_s, x.left_s + straight_s)


def _home(day: Problem, x: TeamPosition, at_s: int) -> Back:
    # A team waiting at a door leaves now.
    base = x.team.end_base_id or x.team.base_id
    home = day.places[base]
    metres = int(metres_from(day, x)[home])
    if x.heading is None:
        leg_s = int(day.travel_s[day.places[x.place], home])
        return leg_s, metres, x.free_s + leg_s
    arrive = _arrival(day, x, x.heading, base, at_s)
    return arrive - x.left_s, metres, arrive
