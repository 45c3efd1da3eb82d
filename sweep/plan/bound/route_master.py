"""
Restricted master problem of a component of teams (GLOP): units, teams, caps, and known routes as columns.

`route_relaxation` states the program. Dual prices are rounded to whole numbers of a step, so that their sums are
exact.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp

from geodata.array_types import Bools, Float64s
from sweep.plan.bound.components import Component
from sweep.plan.bound.route_columns import Columns
from sweep.plan.restricted_master import LINEAR, MasterProblem, Variable, dual_price

# In GLOP's scale, in which the most valuable unit is 1/2 to 1.
TOLERANCE = 1e-8
# Steps in a value of 1 in GLOP's scale.
STEPS = 1 << 32
# Deterministic time of GLOP. A program takes hundredths of a second; one that reaches this limit is cycling.
MOST_GLOP_S = 30.0


class Duals(NamedTuple):
    """Dual prices of tasks, teams and caps in GLOP's scale (largest unit value 1/2 to 1), multiples of 1 / `STEPS`."""

    prizes: Float64s
    """Price of one team slot of each task, (tasks,)."""
    least: Float64s
    """Price of one team of each kind, which a new route's prizes must exceed, (kinds,)."""
    caps: Float64s
    """Price of one unit of capacity of each cap, (caps,)."""

    def towards(self, other: Duals, share: float) -> Duals:
        """Return (1 - `share`) of these prices plus `share` of `other`, rounded to 1 / `STEPS` (Wentges smoothing)."""
        mixed = (np.rint((share * b + (1.0 - share) * a) * STEPS) / STEPS for a, b in zip(self, other, strict=True))
        return Duals(*mixed)


class RouteMaster(MasterProblem):
    """
    Restricted master problem over the known routes.

    Parameters
    ----------
    value
        Value of each unit in GLOP's scale, in which the largest is 1/2 to 1, (units,).
    loss
        Per kind of teams, by task: value on the task's best day less value on the teams' day, in the same scale.
    """

    def __init__(self, pool: Component, value: Float64s, loss: Sequence[Float64s]) -> None:
        self._pool, self._value, self._loss = pool, value, loss
        self.columns = [Columns() for _ in pool.kinds]
        self._routes: list[list[Variable]] = [[] for _ in pool.kinds]
        self._is_open: list[list[bool]] = [[] for _ in pool.kinds]
        super().__init__(LINEAR, f"max_deterministic_time: {MOST_GLOP_S}")
        self._team = [self.row(len(kind.teams)) for kind in pool.kinds]
        self._task = [self.row() for _ in pool.unit]
        self._cap = [self.row(most) for most in pool.cap_most]
        self._served: list[Variable] = []
        self._bought: list[Variable] = []
        self._add_units()

    def _add_units(self) -> None:
        # Artificial columns keep the program feasible: they serve must-units without routes, and exceed caps, at a high
        # cost.
        dear = -100.0 * (1.0 + float(self._value.sum()))
        for u, value in enumerate(self._value):
            tasks = [(self._task[i], self._pool.demand[i]) for i in np.flatnonzero(self._pool.unit == u)]
            caps = [(row, loads[u]) for row, loads in zip(self._cap, self._pool.cap_load, strict=True) if loads[u]]
            self._served.append(self.column([*tasks, *caps], 1.0, float(value)))
            self._bought.append(self.column([(row, -n) for row, n in tasks], 0.0, dear))
        for row in self._cap:
            self.column([(row, -1.0)], gain=dear)

    def enter(self, served: NDArray[np.int8], kept: Sequence[Bools]) -> None:
        """
        Set the bounds of the variables at a tree node: units that must or must not be served, and feasible columns.

        `served`: by unit, 1 must be, 0 must not be, else free. `kept`: by kind, whether each column is feasible.
        """
        for u, state in enumerate(served):
            self._served[u].SetBounds(float(state == 1), float(state != 0))
            self._bought[u].SetUb(float(state == 1))
        for routes, is_open, may in zip(self._routes, self._is_open, kept, strict=True):
            for r in np.flatnonzero(may != np.array(is_open, np.bool_)):
                is_open[r] = bool(may[r])
                routes[r].SetUb(math.inf if is_open[r] else 0.0)

    def solve(self, slack: float = 0.0) -> Duals | None:
        """
        Solve the LP and return the dual prices, or None if GLOP finds no solution in `MOST_GLOP_S`.

        A solution always exists, so None has numerical reasons. `slack`, in the same scale as the units' `value`, is
        added to each team's price, so that pricing returns only routes whose reduced cost exceeds `slack`.
        """
        if self.solver.Solve() != pywraplp.Solver.OPTIMAL:
            # Cold start without the last basis.
            afresh = pywraplp.MPSolverParameters()
            afresh.SetIntegerParam(afresh.INCREMENTALITY, afresh.INCREMENTALITY_OFF)
            if self.solver.Solve(afresh) != pywraplp.Solver.OPTIMAL:
                return None
        prizes = np.array([dual_price(row) for row in self._task])
        prices = np.array([dual_price(row) + max(TOLERANCE, slack) for row in self._team])
        caps = np.array([dual_price(row) for row in self._cap])
        return Duals(np.rint(prizes * STEPS) / STEPS, np.ceil(prices * STEPS) / STEPS, np.rint(caps * STEPS) / STEPS)

    def served(self) -> Float64s:
        """Return the LP value of each unit, the fraction of it that is served, (units,)."""
        return np.array([y.solution_value() for y in self._served])

    def shares(self) -> list[list[tuple[int, float]]]:
        """Return the columns with a positive LP value for each kind of teams, as (index of the column, value)."""
        shares = []
        for routes, is_open in zip(self._routes, self._is_open, strict=True):
            values = ((r, routes[r].solution_value()) for r in range(len(routes)) if is_open[r])
            shares.append([(r, share) for r, share in values if share > 1e-6])
        return shares

    def add(self, k: int, route: list[int]) -> bool:
        """Add a route of kind `k`, a list of positions in the kind's tasks, as a column; return whether it is new."""
        if not self.columns[k].add(route):
            return False
        lost = float(sum(self._loss[k][i] for i in route))
        tasks = ((self._task[self._pool.kinds[k].tasks[i]], -route.count(i)) for i in set(route))
        self._routes[k].append(self.column([(self._team[k], 1.0), *tasks], gain=-lost))
        self._is_open[k].append(True)
        return True
