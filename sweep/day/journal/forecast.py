"""Forecast of the rest of a team's day: start and end of each stop, and when its next report is due."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from statistics import median

from sweep.day.event_records import Delayed, Event
from sweep.day.journal.day_state import DayState, StopState, TeamState, reported_of
from sweep.records.people import Team
from sweep.records.plan import Plan, Route, Stop


@dataclass(frozen=True, slots=True)
class ExpectedStop:
    """Forecast start and end of a stop that is not yet done."""

    visit_id: str
    start_s: int
    end_s: int
    is_late: bool
    """Whether the stop starts after its window, or ends after the team's shift."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """Forecast of a team's remaining day."""

    expected: tuple[ExpectedStop, ...]
    """Stops not yet done, in the order of the route."""
    due_s: int | None
    """Time by which the team's next report is due; None if no report is expected."""


def routes_without_delays(
    plan: Plan, known: Iterable[Event], service_s: Callable[[Stop, Team], int]
) -> dict[str, Route]:
    """
    Return the plan's routes by team id, without the lengthening of stops by delays that are reported in `known`.

    `service_s` returns the normal service seconds of a stop by a team.
    """
    delays = {(e.team_id, e.until_s) for e in known if isinstance(e, Delayed)}
    teams = {t.team_id: t for t in plan.teams}

    def of_work(stop: Stop, team_id: str) -> Stop:
        if stop.is_attempt or (team_id, stop.end_s) not in delays:
            return stop
        return replace(stop, end_s=min(stop.end_s, stop.start_s + service_s(stop, teams[team_id])))

    if not delays:
        return {r.team_id: r for r in plan.routes}
    return {r.team_id: replace(r, stops=tuple(of_work(s, r.team_id) for s in r.stops)) for r in plan.routes}


def pace_of(routes: Iterable[Route], stops: Mapping[tuple[str, str], StopState]) -> float:
    """
    Return the median ratio of actual to planned service time of the stops done, shrunk towards 1, in [0.5, 2].

    `routes` are planned; `stops`: reported states by (team id, visit id).
    """
    # Shrink towards 1: three stops at the planned pace in the median limit the effect of a single slow stop.
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
    Return the forecast of a team's remaining stops at `now_s`, in seconds after midnight, from the reports so far.

    Parameters
    ----------
    route
        None for a reserve team, which has no stops.
    last_start_s
        Latest start of a visit that its windows allow, by visit id.
    pace
        Ratio of actual to planned service time, see `pace_of`.
    """
    own = state.teams.get(team.team_id) or TeamState(team.team_id)
    route = route or Route(team.team_id, team.shift_s[0], (), 0, 0, team.shift_s[0])
    # A delayed team neither leaves nor enters before the delay ends.
    at_s = max(now_s, route.depart_s, own.until_s or 0)
    expected, due_s = list[ExpectedStop](), None
    # Actual or forecast time at which the team is free, and the planned one.
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
        expected.append(ExpectedStop(stop.visit_id, start_s, end_s, is_late or end_s > team.shift_s[1]))
        if due_s is None and own.state == "held" and own.until_s is not None:
            due_s = own.until_s
        elif due_s is None:
            due_s = max(rested_s, _step_due_s(stop, done, own, route, start_s, pace))
        at_s, free_s, planned_s = end_s, end_s, stop.end_s
    return Forecast(tuple(expected), _due_back_s(own, route, planned_s) if due_s is None else due_s)


def _rest_s(route: Route, free_s: int, leaves_s: int) -> int:
    """
    Return the seconds of the break (C20) if it is planned between `free_s`, the end of a stop, and `leaves_s`; else 0.

    A late team still takes the whole break. `leaves_s`: departure after the stop.
    """
    if route.break_s is None or not free_s <= route.break_s[0] <= route.break_s[1] <= leaves_s:
        return 0
    return route.break_s[1] - route.break_s[0]


def _stop_times(stop: Stop, done: StopState, at_s: int, pace: float) -> tuple[int, int]:
    """Return the forecast start and end of a stop; `done`: reports on it; `at_s`: time at which the team is free."""
    if done.inside_s is not None:
        return done.inside_s, max(done.inside_s + round(pace * (stop.end_s - stop.start_s)), at_s)
    arrive_s = done.arrived_s
    if arrive_s is None:
        arrive_s = max(at_s, (done.left_s if done.left_s is not None else at_s) + stop.travel_s)
    # A team never enters before the agreed start.
    start_s = max(arrive_s, stop.start_s, at_s if done.arrived_s is not None else 0)
    return start_s, start_s + round(pace * (stop.end_s - stop.start_s))


def _due_back_s(own: TeamState, route: Route, planned_s: int) -> int | None:
    """Return when a team after its last stop is due at its base; None if it is there. `planned_s`: end of that stop."""
    if own.state == "home" or (own.state == "standing_by" and not route.stops):
        return None
    rest_s = _rest_s(route, planned_s, route.return_s - route.return_travel_s)
    return max(own.since_s, own.until_s or 0) + rest_s + route.return_travel_s


def _step_due_s(stop: Stop, done: StopState, own: TeamState, route: Route, start_s: int, pace: float) -> int:
    """Return when the next report on a stop is due (departure, arrival, entry or end); `start_s`: forecast start."""
    if done.inside_s is not None:
        return done.inside_s + round(pace * (stop.end_s - stop.start_s))
    if done.arrived_s is not None:
        # Allowance from the arrival to the report of entry.
        return max(done.arrived_s + 600, stop.start_s)
    if done.left_s is not None:
        return done.left_s + stop.travel_s
    if own.state == "standing_by":
        return route.depart_s
    # Between two stops the team should leave in time for the next one.
    return max(own.since_s, min(start_s, stop.start_s) - stop.travel_s)
