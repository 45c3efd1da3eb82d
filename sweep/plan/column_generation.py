"""
An upper bound from the linear relaxation over all routes, by column generation (OR-Tools GLOP).

max sum v_u y_u, with y_u <= sum of routes through i for every task i of unit u, y_u <= 1, and no more routes of a crew
than it has teams. Starts together are relaxed, the rest of each route is kept, so no plan can have a higher value. A
route through a task twice counts twice, which only lifts the bound. Any round gives a bound, the Lagrangian of its
prices: what the units are worth beyond their prizes, plus, for each crew, its teams times the best route's prizes.

References
----------
Lasdon 1970, Optimization theory for large systems (the Lagrangian bound of a column generation round).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp
from scipy.sparse.csgraph import floyd_warshall

from sweep.plan.arrays import FORBIDDEN, Arrays
from sweep.plan.pricing import Crew, best_routes, neighbour_bits

ROUTES_A_ROUND = 30
NG_SIZE = 10
# Far above what a district takes (some 30); a stop for problems that do not close.
MAX_ROUNDS = 300
TOLERANCE = 1e-7
# Above this many places the closure of travel times takes too long.
MOST_PLACES = 1_200

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Kind:
    """Like teams, and the tasks that they may do."""

    teams: tuple[int, ...]
    tasks: NDArray[np.int64]
    crew: Crew


def relaxation_bound(
    a: Arrays,
    value: Floats,
    is_must: NDArray[np.bool_],
    known: float,
    max_rounds: int = MAX_ROUNDS,
    time_limit_s: float = np.inf,
) -> float:
    """
    Upper bound by the linear relaxation, solved to its end or as far as the limits allow.

    Parameters
    ----------
    a
        The problem.
    value
        Value of each unit without must-marks, (units,).
    is_must
        Units that every plan in question serves, (units,): the bound is for those plans only.
    known
        A bound that is known already; the better one is given.
    max_rounds, time_limit_s
        Checked after each round of pricing.
    """
    kinds = _kinds(a)
    master = _Master(a, value, is_must, kinds)
    start, bound = time.monotonic(), known
    for _ in range(max_rounds if kinds else 0):
        if time.monotonic() - start > time_limit_s:
            break
        prizes, prices = master.solve()
        # The Lagrangian: right for any prizes >= 0, however rough the LP's are.
        left = value - np.bincount(a.unit, weights=prizes, minlength=len(value))
        lagrangian, n_new = float(np.where(is_must, left, np.maximum(left, 0.0)).sum()), 0
        for k, kind in enumerate(kinds):
            least = float(prices[k]) + TOLERANCE
            best, routes = best_routes(kind.crew, prizes[kind.tasks], least, ROUTES_A_ROUND)
            lagrangian += len(kind.teams) * best
            for route in routes:
                n_new += master.add(k, [int(kind.tasks[i]) for i in route])
        bound = min(bound, lagrangian)
        if n_new == 0:
            break
    return float(bound)


def _kinds(a: Arrays) -> list[_Kind]:
    """Teams alike, in order of their first one."""
    groups: dict[tuple[object, ...], list[int]] = {}
    for k in range(len(a.base)):
        key = (int(a.base[k]), int(a.shift_lo[k]), int(a.shift_hi[k]), a.service[:, k].tobytes())
        groups.setdefault(key, []).append(k)
    travel = _closure(a.travel, a.unreachable) if len(a.travel) <= MOST_PLACES else a.travel
    return [_kind(a, travel, tuple(teams)) for teams in groups.values()]


def _closure(travel: NDArray[np.int64], unreachable: int) -> NDArray[np.int64]:
    """Shortest times over any detour, never above the table's: leaving out a stop then makes no route longer."""
    shortest = floyd_warshall(np.where(travel >= unreachable, np.inf, travel).astype(np.float64))
    return np.where(np.isfinite(shortest), shortest, unreachable).astype(np.int64)


def _kind(a: Arrays, travel: NDArray[np.int64], teams: tuple[int, ...]) -> _Kind:
    k = teams[0]
    tasks = np.flatnonzero(a.service[:, k] != FORBIDDEN)
    places, base = a.place[tasks], int(a.base[k])
    between = np.ascontiguousarray(travel[np.ix_(places, places)])
    crew = Crew(
        travel=between,
        out=np.ascontiguousarray(travel[base, places]),
        back=np.ascontiguousarray(travel[places, base]),
        service=np.ascontiguousarray(a.service[tasks, k]),
        window_lo=np.ascontiguousarray(a.window_lo[tasks]),
        window_hi=np.ascontiguousarray(a.window_hi[tasks]),
        shift_lo=int(a.shift_lo[k]),
        shift_hi=int(a.shift_hi[k]),
        neighbours=neighbour_bits(between, NG_SIZE),
    )
    return _Kind(teams, tasks, crew)


class _Master:
    """The restricted master: it grows by columns and keeps its basis between rounds."""

    def __init__(self, a: Arrays, value: Floats, is_must: NDArray[np.bool_], kinds: Sequence[_Kind]) -> None:
        self.solver = pywraplp.Solver.CreateSolver("GLOP")
        infinity = self.solver.infinity()
        self._seen: set[tuple[int, tuple[int, ...]]] = set()
        self._team = [self.solver.Constraint(-infinity, float(len(kind.teams))) for kind in kinds]
        self._task = [self.solver.Constraint(-infinity, 0.0) for _ in range(len(a.place))]
        self._objective = self.solver.Objective()
        self._objective.SetMaximization()
        for u in range(len(value)):
            served = self.solver.NumVar(float(is_must[u]), 1.0, f"y{u}")
            self._objective.SetCoefficient(served, float(value[u]))
            # Until there are routes for a must-visit it is bought, at a price above everything.
            bought = self.solver.NumVar(0.0, float(is_must[u]), f"z{u}")
            self._objective.SetCoefficient(bought, -1.0 - 2.0 * float(value.sum()))
            for i in a.unit_tasks[a.unit_start[u] : a.unit_start[u + 1]]:
                self._task[i].SetCoefficient(served, 1.0)
                self._task[i].SetCoefficient(bought, -1.0)

    def add(self, kind: int, tasks: Sequence[int]) -> int:
        """Add a column; 1, or 0 if it is there already."""
        key = (kind, tuple(tasks))
        if key in self._seen or not tasks:
            return 0
        self._seen.add(key)
        route = self.solver.NumVar(0.0, self.solver.infinity(), f"x{len(self._seen)}")
        self._team[kind].SetCoefficient(route, 1.0)
        for i in set(tasks):
            self._task[i].SetCoefficient(route, -float(tasks.count(i)))
        return 1

    def solve(self) -> tuple[Floats, Floats]:
        """Prize of each task, price of a team of each kind."""
        status = self.solver.Solve()
        if status != pywraplp.Solver.OPTIMAL:
            raise RuntimeError(f"GLOP gave status {status} on a problem that always has a solution")
        prizes = np.array([max(0.0, c.dual_value()) for c in self._task])
        prices = np.array([max(0.0, c.dual_value()) for c in self._team])
        return prizes, prices
