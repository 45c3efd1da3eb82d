"""Monte Carlo simulation of a plan with random entry times, travel times and locked doors."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from geodata.array_types import Bools, Float64s
from sweep.plan.problem.problem import Problem
from sweep.records.plan import Plan, Route, Simulation, Stop
from sweep.records.service_time import fixed_seconds
from sweep.records.visits import Visit

N_DAYS = 1_000


@dataclass(frozen=True, slots=True)
class TimeSpread:
    """Distributions of the simulated times, and probability of a locked door."""

    entry_minutes: tuple[float, float, float]
    """
    Minimum, mode and maximum of the minutes to get into a building (triangular distribution).

    Travel and fixed service times vary in the same proportion.
    """
    locked_share: float
    """Probability that a door stays locked; the team then leaves after the shortest entry time."""


def simulate(problem: Problem, plan: Plan, spread: TimeSpread, n_days: int = N_DAYS, seed: int = 0) -> Simulation:
    """
    Simulate the plan on `n_days` random days; the same seed gives the same days.

    Teams keep the planned order of stops. A team starts no visit or break before its planned time, nor a visit before
    all its teams have arrived; linked visits wait for each other. A break keeps its planned length. Linked visits are
    all skipped if one of them would start after its window, or if a team would return after its shift at the usual
    service time. The teams then continue with their next stops. Time is O(days x stops).
    """
    return _Days(problem, plan, spread, n_days, seed).simulation()


@dataclass(frozen=True, slots=True, eq=False)
class _PlannedStop:
    k: int
    """Row of the route in the plan."""
    stop: Stop
    free_s: int
    """Planned end of service at the stop before, or departure."""


class _Days:
    def __init__(self, problem: Problem, plan: Plan, spread: TimeSpread, n_days: int, seed: int) -> None:
        self._problem, self._spread, self._n = problem, spread, n_days
        self._routes = [replace(r, stops=r.made) for r in plan.routes]
        self._rng = np.random.default_rng(seed)
        self._visits = {v.visit_id: v for v in problem.visits}
        teams = {t.team_id: t for t in plan.teams}
        self._teams = [teams[r.team_id] for r in self._routes]
        # Time at which each team can leave for its next place, (routes, days).
        self._free = np.array([np.full(n_days, float(r.depart_s)) for r in self._routes]).reshape(-1, n_days)
        self._made: dict[str, Bools] = {}

    def simulation(self) -> Simulation:
        for group in _in_order(self._routes, self._visits):
            self._play(group)
        routes = enumerate(self._routes)
        back = {r.team_id: float(np.mean(self._back(k, r) <= self._teams[k].shift_s[1])) for k, r in routes}
        days = {s.visit_id: self._teams[k].day for k, r in enumerate(self._routes) for s in r.stops}
        values = {i: self._visits[i].value_on(days[i]) for i in self._made}
        value = sum((values[i] * made for i, made in self._made.items()), np.zeros(self._n))
        return Simulation(
            in_window={i: float(made.mean()) for i, made in self._made.items()},
            back=back,
            value=float(value.mean()),
            value_low=float(np.quantile(value, 0.05)),
        )

    def _play(self, group: Sequence[_PlannedStop]) -> None:
        """Simulate visits whose teams wait for each other: on each simulated day all of them are made, or none."""
        arrivals = (self._arrivals(at.k, at.free_s, at.stop.arrive_s, at.stop.travel_s) for at in group)
        ready = [np.maximum(there, at.stop.start_s) for at, there in zip(group, arrivals, strict=True)]
        starts: dict[str, Float64s] = {}
        for at, there in zip(group, ready, strict=True):
            starts[at.stop.visit_id] = np.maximum(starts.get(at.stop.visit_id, at.stop.start_s), there)
        # Starts of linked visits differ by at most the tolerance.
        first = np.max(list(starts.values()), axis=0) - self._problem.link_tolerance_s
        starts = {i: np.maximum(start, first) for i, start in starts.items()}
        is_made = np.all([starts[at.stop.visit_id] <= self._latest_s(at) for at in group], axis=0)
        is_locked = {i: self._rng.random(self._n) < self._spread.locked_share for i in starts}
        for at, there in zip(group, ready, strict=True):
            i = at.stop.visit_id
            inside = np.where(is_locked[i], 60.0 * self._spread.entry_minutes[0], self._inside_s(at.stop))
            self._free[at.k] = np.where(is_made, starts[i] + inside, there)
            self._made[i] = is_made

    def _back(self, k: int, route: Route) -> Float64s:
        free_s = route.stops[-1].end_s if route.stops else route.depart_s
        return self._arrivals(k, free_s, route.return_s, route.return_travel_s)

    def _arrivals(self, k: int, free_s: int, arrive_s: int, travel_s: int) -> Float64s:
        """
        Return when the team of route k arrives at its next place on each simulated day, in seconds, (days,).

        `free_s`, `arrive_s`, `travel_s`: planned end of the service before, planned arrival and travel time. A planned
        wait before departure is kept, and so is the full length of a break in it.
        """
        leaves, leaves_s = self._free[k], arrive_s - travel_s
        if leaves_s > free_s:
            begins_s, ends_s = self._routes[k].break_s or (leaves_s, leaves_s)
            rest_s = ends_s - begins_s if free_s <= begins_s and ends_s <= leaves_s else 0
            leaves = np.maximum(leaves + rest_s, leaves_s)
        there: Float64s = leaves + travel_s * self._factor()
        return there

    def _inside_s(self, stop: Stop) -> Float64s:
        varying_s, rest_s = self._usual_s(stop)
        return rest_s + varying_s * self._factor()

    def _usual_s(self, stop: Stop) -> tuple[float, float]:
        """Return the usual service seconds as two parts: drawn for each day, and the same on all days."""
        whole_s = stop.end_s - stop.start_s
        if fixed_seconds(self._visits[stop.visit_id], stop.slot) is not None:
            return whole_s, 0.0
        return 60.0 * self._spread.entry_minutes[1], max(0.0, whole_s - 60.0 * self._problem.minutes.entry)

    def _factor(self) -> Float64s:
        low, usual, high = self._spread.entry_minutes
        if usual <= 0.0 or low >= high:
            return np.ones(self._n)
        return self._rng.triangular(low, usual, high, self._n) / usual

    def _latest_s(self, at: _PlannedStop) -> float:
        stop, team = at.stop, self._teams[at.k]
        windows = self._visits[stop.visit_id].windows_s
        closes = max((hi for lo, hi in windows if lo <= stop.start_s <= hi), default=stop.start_s)
        here, home = (self._problem.places[p] for p in (stop.building_id, team.end_base_id or team.base_id))
        leg_s = self._problem.travel_s[here, home]
        return min(closes, team.shift_s[1] - sum(self._usual_s(stop)) - int(leg_s))


def _in_order(routes: Sequence[Route], visits: Mapping[str, Visit]) -> Iterator[list[_PlannedStop]]:
    """Yield the stops of each visit or link group together, after all earlier stops of the teams that make them."""
    groups: dict[tuple[str, bool], list[_PlannedStop]] = {}
    before: dict[tuple[str, bool], set[tuple[str, bool]]] = {}
    for k, route in enumerate(routes):
        free_s, last = route.depart_s, None
        for stop in route.stops:
            link = visits[stop.visit_id].link_group
            key = (stop.visit_id, False) if link is None else (link, True)
            groups.setdefault(key, []).append(_PlannedStop(k, stop, free_s))
            before.setdefault(key, set()).update(() if last is None or last == key else (last,))
            free_s, last = stop.end_s, key
    left = sorted(groups, key=lambda g: min(at.stop.start_s for at in groups[g]))
    done: set[tuple[str, bool]] = set()
    while left:
        # Two groups in opposite order on two routes (minutes apart): keep the planned order.
        now = next((g for g in left if before[g] <= done), left[0])
        left.remove(now)
        done.add(now)
        yield groups[now]
