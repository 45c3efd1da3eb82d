"""Monte Carlo check of service times: the plan holds on the required share of simulated days (C21)."""

from collections.abc import Iterator

import numpy as np

from geodata.array_types import Float64s
from geodata.clock_times import exact_clock
from sweep.check.checker_inputs import CheckInputs, team_index
from sweep.records.people import Team
from sweep.records.plan import Plan, Route, Stop, Violation
from sweep.records.service_time import visit_seconds

N_DAYS = 2_000


def check_c21_service_time(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """C21: on a required share of simulated days visits start in their windows, and teams return within their shift."""
    teams, settings = team_index(plan), inputs.settings.plan
    for route in plan.routes:
        if not route.stops or route.team_id not in teams:
            continue
        *starts, back = (
            round(float(np.quantile(t, settings.service_quantile))) for t in simulate_starts(inputs, plan, route)
        )
        for stop, at in zip(route.stops, starts, strict=True):
            visit = inputs.visits.get(stop.visit_id)
            ends = [hi for lo, hi in visit.windows_s if lo <= stop.start_s <= hi] if visit is not None else []
            if ends and at > max(ends) + 1:
                where = f"{route.team_id} {stop.visit_id}"
                yield Violation("C21", where, {"detail": f"{exact_clock(at)} > {exact_clock(max(ends))}"})
        end_s = min(teams[route.team_id].shift_s[1], settings.shift_end_s)
        if back > end_s + 1:
            yield Violation("C21", route.team_id, {"detail": f"{exact_clock(back)} > {exact_clock(end_s)}"})


def simulate_starts(inputs: CheckInputs, plan: Plan, route: Route) -> list[Float64s]:
    """
    Return the simulated starts of all stops, then of the return to base, seconds after midnight, each (N_DAYS,).

    The minutes of entry at each stop are drawn from a triangular distribution. A late team starts its next visit late,
    an early one waits. An attempt at a locked door lasts as planned.
    """
    settings, team = inputs.settings.plan, team_index(plan)[route.team_id]
    low, mode, high = settings.entry_span
    rng = np.random.default_rng(0)
    free, before_s = np.full(N_DAYS, float(route.depart_s)), route.depart_s
    starts = []
    for stop in route.stops:
        starts.append(np.maximum(_arrivals(route, free, before_s, stop.arrive_s, stop.travel_s), stop.start_s))
        entry = rng.triangular(low, mode, high, N_DAYS) if high > low else np.full(N_DAYS, mode)
        inside = _usual_seconds(inputs, stop, team) - 60 * mode
        free = starts[-1] + (stop.end_s - stop.start_s if stop.is_attempt else max(0.0, inside) + 60 * entry)
        before_s = stop.end_s
    return [*starts, _arrivals(route, free, before_s, route.return_s, route.return_travel_s)]


def _arrivals(route: Route, free: Float64s, before_s: int, arrive_s: int, travel_s: int) -> Float64s:
    """
    Return a team's arrival at the next place on each simulated day, (N_DAYS,); `free`: when it may leave the last one.

    Planned waiting before the departure absorbs delay; a break keeps its full length. `before_s`: planned end of the
    stop before; `arrive_s`, `travel_s`: planned arrival and travel time of the leg.
    """
    leaves_s = arrive_s - travel_s
    if leaves_s <= before_s:
        return free + max(0, arrive_s - before_s)
    begins_s, ends_s = route.break_s or (leaves_s, leaves_s)
    rest_s = ends_s - begins_s if before_s <= begins_s and ends_s <= leaves_s else 0
    there: Float64s = np.maximum(free + rest_s, leaves_s) + travel_s
    return there


def _usual_seconds(inputs: CheckInputs, stop: Stop, team: Team) -> int:
    """Return the modelled service seconds of the stop; the planned ones if its visit or slot is unknown."""
    visit = inputs.visits.get(stop.visit_id)
    if visit is None or not 0 <= stop.slot < len(visit.slots):
        return stop.end_s - stop.start_s
    return visit_seconds(visit, stop.slot, len(team.members_at(stop.start_s)), inputs.settings.plan.minutes)
