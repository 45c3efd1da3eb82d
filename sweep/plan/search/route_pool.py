"""
Route pool: combines routes seen in the search into a better plan by set packing (OR-Tools CP-SAT).

References
----------
Rochat and Taillard 1995, Probabilistic diversification and intensification in local search for vehicle routing.
"""

import math
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from geodata.array_types import Int64s
from sweep.plan.cp_sat_solver import cp_sat
from sweep.plan.kernel.annealing import score
from sweep.plan.kernel.problem_arrays import NONE, Arrays
from sweep.plan.kernel.search_parameters import PARAMETERS
from sweep.plan.kernel.search_state import SearchState
from sweep.plan.search.encode_extra_rows import cap_loads, losses_of
from sweep.plan.search.initial_solution import with_stops
from sweep.plan.search.parallel_chains import Synchronisation

type Key = tuple[int, tuple[int, ...]]
"""Route in the pool: kind of team, and tasks in order."""


class Times(NamedTuple):
    """Start of each stop of a route, and start of its break (None without one), in seconds after midnight."""

    starts: tuple[int, ...]
    pause: int | None


class RoutePoolSchedule:
    """Use of the route pool in a search: collects routes; combines them at set shares of the time or round limit."""

    def __init__(self, arrays: Arrays, n_people: int, seconds: float, n_rounds: int | None) -> None:
        # Not useful for one team, while members change (routes belong to one team), over several days (few teams can
        # exchange routes; it took most of the time without gain), or with preferences.
        has_others = len(arrays.team) > 1 and n_people == 0 and not arrays.extra["loss"].any()
        self._pool = RoutePool(arrays) if has_others else None
        # Deterministic time of CP-SAT, with a limit on rounds in proportion to them. By the clock it takes many times
        # as long on a busy machine, so that under a time limit the trials end by the clock too.
        self._limit = PARAMETERS.pool_share * seconds if n_rounds is None else 1e-5 * n_rounds
        self._seconds = PARAMETERS.pool_share * seconds if n_rounds is None else math.inf
        has_few_teams = len(arrays.team) <= PARAMETERS.pool_few_teams
        self._left = list(PARAMETERS.pool_times_few_teams if has_few_teams else PARAMETERS.pool_times)

    def on_synchronise(self, at: Synchronisation) -> SearchState | None:
        """Collect the chains' routes, and combine them at set shares of the limit; return a better state, else None."""
        if self._pool is None:
            return None
        for state in (*at.now, at.best) if at.is_new else at.now:
            self._pool.add(state)
        if not self._left or at.share < self._left[0]:
            return None
        while self._left and at.share >= self._left[0]:
            self._left.pop(0)
        return self._pool.best_plan(at.best, self._limit, self._seconds)


class RoutePool:
    """Routes seen in the search, by kind of (interchangeable) teams, with times; `best_plan` recombines them."""

    def __init__(self, arrays: Arrays) -> None:
        self._a = arrays
        self._kind = np.zeros(len(arrays.team), np.int64)
        service = arrays.service[:, : arrays.n_visit_tasks]
        for n, rows in enumerate(alike_teams(arrays, np.arange(len(arrays.team)), service, "max_duty")):
            self._kind[rows] = n
        # The dict keeps them in order of age.
        self._routes: dict[Key, Times] = {}

    def __len__(self) -> int:
        return len(self._routes)

    def add(self, state: SearchState) -> None:
        """Add the routes of a state; of more than `pool_routes` routes drop the oldest."""
        for k, (tasks, times) in enumerate(routes_of(self._a, state)):
            if tasks:
                key = (int(self._kind[k]), tasks)
                self._routes.pop(key, None)
                self._routes[key] = times
        while len(self._routes) > PARAMETERS.pool_routes:
            del self._routes[next(iter(self._routes))]

    def best_plan(self, state: SearchState, deterministic_time: float, seconds: float = math.inf) -> SearchState | None:
        """
        Return a state that combines routes of the pool and is better than `state`; None if none is found.

        All attempts together take at most `seconds`, and each at most `deterministic_time` of CP-SAT.
        """
        until = time.monotonic() + seconds
        model = _SetPackingModel(self._a, self._kind, list(self._routes), state)
        known = score(self._a, state)
        for _ in range(PARAMETERS.pool_trials):
            left = until - time.monotonic()
            chosen = model.solve(deterministic_time, left) if left > 0.0 else None
            if chosen is None:
                return None
            teams = self._by_team(chosen)
            stops = [
                (k, i, start)
                for k, key in teams.items()
                for i, start in zip(key[1], self._routes[key].starts, strict=True)
            ]
            pauses = {k: self._routes[key].pause for k, key in teams.items()}
            better = with_stops(self._a, state, range(len(self._kind)), stops, pauses)
            if better is not None:
                return better if score(self._a, better) > known else None
            model.forbid(chosen)
        return None

    def _by_team(self, chosen: Sequence[Key]) -> dict[int, Key]:
        free = {int(kind): np.flatnonzero(self._kind == kind).tolist() for kind in np.unique(self._kind)}
        return {free[key[0]].pop(0): key for key in chosen}


def routes_of(a: Arrays, state: SearchState) -> Iterator[tuple[tuple[int, ...], Times]]:
    """Yield the visit tasks of each team in route order, without its break, and their times."""
    for k in range(len(state.team)):
        tasks = state.stop["task"][k, : state.team["length"][k]]
        tasks = tasks[tasks < a.n_visit_tasks]
        pause = int(a.team["break_task"][k])
        is_taken = pause != NONE and state.fill["team"][pause] != NONE
        when = int(state.fill["early"][pause]) if is_taken else None
        yield tuple(tasks.tolist()), Times(tuple(state.fill["early"][tasks].tolist()), when)


def alike_teams(a: Arrays, teams: Int64s, service: NDArray[np.integer], *more: str) -> list[list[int]]:
    """
    Return groups of teams with the same base, shift, break and service times, as positions in `teams`.

    `service`: service seconds, (teams, tasks). `more`: further columns of `Arrays.team` in which they are equal.
    """
    groups: dict[tuple[object, ...], list[int]] = {}
    for row, k in enumerate(teams.tolist()):
        named = (int(a.team[name][k]) for name in ("base", "end", "shift_lo", "shift_hi", "day", *more))
        groups.setdefault((*named, a.break_of(k), service[row].tobytes()), []).append(row)
    return list(groups.values())


class _SetPackingModel:
    """Set-packing model: at most one route for each team; one route for each team slot of a served visit."""

    def __init__(self, a: Arrays, kinds: Int64s, keys: Sequence[Key], state: SearchState) -> None:
        self._keys = keys
        self._model = model = cp_model.CpModel()
        self._goes = [model.new_bool_var("") for _ in keys]
        by_task: dict[int, list[cp_model.IntVar]] = {}
        by_kind: dict[int, list[cp_model.IntVar]] = {}
        for goes, (kind, tasks) in zip(self._goes, keys, strict=True):
            by_kind.setdefault(kind, []).append(goes)
            for i in tasks:
                by_task.setdefault(i, []).append(goes)
        for kind, group in by_kind.items():
            model.add(sum(group) <= int((kinds == kind).sum()))
        self._served = [model.new_bool_var("") for _ in a.units]
        for u, served in enumerate(self._served):
            for i in a.unit_tasks[a.unit_start[u] : a.unit_start[u + 1]]:
                model.add(sum(by_task.get(int(i), [])) == served)
        for loads, most in zip(*cap_loads(a), strict=True):
            model.add(sum(int(loads[u]) * self._served[u] for u in np.flatnonzero(loads)) <= int(most))
        # CP-SAT needs integers: a billion points for the total value.
        points = 1e9 / max(1e-12, float(np.abs(a.units["value"]).sum()))
        gain = sum(round(points * float(w)) * y for w, y in zip(a.units["value"], self._served, strict=True))
        costs = [_cost_of(a, int(np.flatnonzero(kinds == kind)[0]), tasks) for kind, tasks in keys]
        cost = sum(round(points * c) * goes for c, goes in zip(costs, self._goes, strict=True))
        model.maximize(gain - cost)
        for served, is_in in zip(self._served, state.fill["team"][a.units["first"]] != NONE, strict=True):
            model.add_hint(served, bool(is_in))

    def solve(self, deterministic_time: float, seconds: float) -> list[Key] | None:
        solver = cp_sat(deterministic_time)
        solver.parameters.max_time_in_seconds = seconds
        if solver.solve(self._model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        return [key for goes, key in zip(self._goes, self._keys, strict=True) if solver.boolean_value(goes)]

    def forbid(self, chosen: Sequence[Key]) -> None:
        group = [goes for goes, key in zip(self._goes, self._keys, strict=True) if key in set(chosen)]
        self._model.add(sum(group) <= len(group) - 1)


def _cost_of(a: Arrays, k: int, tasks: Sequence[int]) -> float:
    team = a.team[k]
    places = np.array([team["base"], *a.task["place"][list(tasks)], team["end"]], np.int64)
    travel_s = int(a.travel[0][places[:-1], places[1:]].sum())
    return a.travel_cost * travel_s + float(losses_of(a, int(team["day"]), list(tasks)).sum())
