"""Forecast of a team's remaining day from the day so far, and the time of its next report."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from statistics import median

from sweep.day.event_records import Event, Held
from sweep.day.journal.day_state import DayState, StopState, TeamState, reported_of
from sweep.records.people import Team
from sweep.records.plan import Plan, Route, Stop


@dataclass(frozen=True, slots=True)
class Expected:
    """When a stop that is not done yet will begin and end."""

    visit_id: str
    start_s: int
    end_s: int
    is_late: bool
    """Whether its window or the shift would be over by then."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """A team's rest of the day."""

    expected: tuple[Expected, ...]
    due_s: int | None
    """When the next report should come; None: none is awaited."""


def routes_of_work(plan: Plan, known: Iterable[Event], service_s: Callable[[Stop, Team], int]) -> dict[str, Route]:
    """Routes by team id, each stop as long as its work: in a plan a stop lasts while its team is held there."""
    held, teams = {(e.team_id, e.until_s) for e in known if isinstance(e, Held)}, {t.team_id: t for t in plan.teams}

    def of_work(stop: Stop, team_id: str) -> Stop:
        if stop.is_attempt or (team_id, stop.end_s) not in held:
            return stop
        return replace(stop, end_s=min(stop.end_s, stop.start_s + service_s(stop, teams[team_id])))

    if not held:
        return {r.team_id: r for r in plan.routes}
    return {r.team_id: replace(r, stops=tuple(of_work(s, r.team_id) for s in r.stops)) for r in plan.routes}


def pace_of(routes: Iterable[Route], stops: Mapping[tuple[str, str], StopState]) -> float:
    """Ratio of actual to planned duration of the stops that are done."""
    # One slow stop says little: the median moves the pace only as far as three stops at the planned pace let it.
    ratios = [1.0] * 3
    for route in routes:
        for stop in route.made:
            done = stops.get((route.team_id, stop.visit_id))
            if done and done.outcome == "done" and done.inside_s is not None and done.done_s is not None:
                ratios.append((done.done_s - done.inside_s) / max(1, stop.end_s - stop.start_s))
    return min(2.0, max(0.5, median(ratios)))


def forecast(
    team: Team, route: Route | None, state: DayState, last_start_s: Mapping[str, int], pace: float, now_s: int
) -> Forecast:
    """
    What a team has before it, as things stand.

    Parameters
    ----------
    route
        None for a team in reserve: it has no stops.
    """
    own = state.teams.get(team.team_id) or TeamState(team.team_id)
    route = route or Route(team.team_id, team.shift_s[0], (), 0, 0, team.shift_s[0])
    # Whoever is held goes nowhere before, and goes in nowhere.
    at_s = max(now_s, route.depart_s, own.until_s or 0)
    expected, due_s = list[Expected](), None
    # When the team was free, or will be, and when the plan had it free.
    free_s = planned_s = route.depart_s
    for stop in route.stops:
        done = reported_of(stop, team.team_id, state)
        if stop.is_attempt or done.outcome is not None:
            free_s, planned_s = done.done_s or stop.end_s, stop.end_s
            continue
        is_on_its_way = (done.left_s, done.arrived_s, done.inside_s) != (None, None, None)
        rest_s = 0 if is_on_its_way else _rest_s(route, planned_s, stop.arrive_s - stop.travel_s)
        rested_s = max(free_s, own.until_s or 0) + rest_s if rest_s else 0
        start_s, end_s = _stop_times(stop, done, max(at_s, rested_s), pace)
        is_late = done.inside_s is None and start_s > last_start_s.get(stop.visit_id, end_s)
        expected.append(Expected(stop.visit_id, start_s, end_s, is_late or end_s > team.shift_s[1]))
        if due_s is None:
            due_s = _due_s(stop, done, own, route, (start_s, rested_s), pace)
        at_s, free_s, planned_s = end_s, end_s, stop.end_s
    return Forecast(tuple(expected), _due_back_s(own, route, planned_s) if due_s is None else due_s)


def _rest_s(route: Route, free_s: int, leaves_s: int) -> int:
    """
    Seconds of the team's pause, if the plan has it between a moment at which the team is free and its leaving; else 0.

    A team that is behind has the whole of it all the same (C20).
    """
    if route.break_s is None or not free_s <= route.break_s[0] <= route.break_s[1] <= leaves_s:
        return 0
    return route.break_s[1] - route.break_s[0]


def _stop_times(stop: Stop, done: StopState, at_s: int, pace: float) -> tuple[int, int]:
    """Start and end of a stop, reckoned from what is known of it, for a team that is free to go on at a moment."""
    if done.inside_s is not None:
        return done.inside_s, max(done.inside_s + round(pace * (stop.end_s - stop.start_s)), at_s)
    arrive_s = done.arrived_s
    if arrive_s is None:
        arrive_s = max(at_s, (done.left_s if done.left_s is not None else at_s) + stop.travel_s)
    # Nobody goes in before the hour that was agreed on.
    start_s = max(arrive_s, stop.start_s, at_s if done.arrived_s is not None else 0)
    return start_s, start_s + round(pace * (stop.end_s - stop.start_s))


def _due_back_s(own: TeamState, route: Route, planned_s: int) -> int | None:
    """
    Time of the next report of a team with no stop ahead: it is held, or on its way to its base.

    None where the team is at its base.
    """
    if own.state == "home" or (own.state == "standing_by" and not route.stops):
        return None
    rest_s = _rest_s(route, planned_s, route.return_s - route.return_travel_s)
    return max(own.since_s, own.until_s or 0) + rest_s + route.return_travel_s


def _due_s(stop: Stop, done: StopState, own: TeamState, route: Route, free_s: tuple[int, int], pace: float) -> int:
    """Time of the next report of a team with this stop ahead, by its forecast start and the end of its pause."""
    start_s, rested_s = free_s
    if own.state == "held" and own.until_s is not None:
        return own.until_s
    return max(rested_s, _step_due_s(stop, done, own, route, start_s, pace))


def _step_due_s(stop: Stop, done: StopState, own: TeamState, route: Route, start_s: int, pace: float) -> int:
    """Time of the next step of a team that is not held."""
    if done.inside_s is not None:
        return done.inside_s + round(pace * (stop.end_s - stop.start_s))
    if done.arrived_s is not None:
        # From the door to the report that a team is inside.
        return max(done.arrived_s + 600, stop.start_s)
    if done.left_s is not None:
        return done.left_s + stop.travel_s
    if own.state == "standing_by":
        return route.depart_s
    # Between two stops: it should be on its way in time for the next.
    return max(own.since_s, min(start_s, stop.start_s) - stop.travel_s)
