"""
The restricted master of a pool's relaxation: its units, its rows and the routes that are known (OR-Tools GLOP).

The program is written out in `column_generation`. Its prices are rounded to whole numbers of a step, so that sums of
them are exact.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp

from geodata.array_types import Bools, Float64s
from sweep.plan.bound.components import Pool
from sweep.plan.bound.route_columns import Columns
from sweep.plan.restricted_master import LINEAR, MasterProblem, Variable, dual_price

# In values of the most valuable unit.
TOLERANCE = 1e-8
# Steps in the value that GLOP sees as 1.
STEPS = 1 << 32
# GLOP's own clock, the same on every machine; a second of it is less than one of a processor. A program takes
# hundredths: one that takes so long goes round in circles.
MOST_GLOP_S = 30.0


class Duals(NamedTuple):
    """What the LP says that things are worth, in whole steps."""

    prizes: Float64s
    """Prize of each task."""
    least: Float64s
    """Price of a team of each kind."""
    caps: Float64s
    """Price of one of what each cap counts."""

    def towards(self, other: Duals, share: float) -> Duals:
        """Prices that lie so far on the way to others, in whole steps again."""
        mixed = (np.rint((share * b + (1.0 - share) * a) * STEPS) / STEPS for a, b in zip(self, other, strict=True))
        return Duals(*mixed)


class Master:
    """
    The linear program over the routes known so far.

    Parameters
    ----------
    value
        What each unit is worth, as GLOP sees it: the most valuable one 1/2 to 1, (units,).
    loss
        For each kind of teams what each of its tasks is worth less on its day, in the same unit.
    """

    def __init__(self, pool: Pool, value: Float64s, loss: Sequence[Float64s]) -> None:
        self._pool, self._value, self._loss = pool, value, loss
        self.columns = [Columns() for _ in pool.kinds]
        self._routes: list[list[Variable]] = [[] for _ in pool.kinds]
        self._is_open: list[list[bool]] = [[] for _ in pool.kinds]
        self._master = master = MasterProblem(LINEAR, f"max_deterministic_time: {MOST_GLOP_S}")
        self._team = [master.row(len(kind.teams)) for kind in pool.kinds]
        self._task = [master.row() for _ in pool.unit]
        self._cap = [master.row(most) for most in pool.cap_most]
        self._served: list[Variable] = []
        self._bought: list[Variable] = []
        self._add_units()

    def _add_units(self) -> None:
        # Until there are routes for a unit that must be served it is bought, at a price above everything. What must be
        # served may be too much for a cap: more of it is bought, too.
        dear = -100.0 * (1.0 + float(self._value.sum()))
        for u, value in enumerate(self._value):
            tasks = [(self._task[i], self._pool.demand[i]) for i in np.flatnonzero(self._pool.unit == u)]
            caps = [(row, loads[u]) for row, loads in zip(self._cap, self._pool.cap_load, strict=True) if loads[u]]
            self._served.append(self._master.column([*tasks, *caps], 1.0, float(value)))
            self._bought.append(self._master.column([(row, -n) for row, n in tasks], 0.0, dear))
        for row in self._cap:
            self._master.column([(row, -1.0)], gain=dear)

    @property
    def value(self) -> float:
        """What the program came to when it was solved last, as GLOP sees it."""
        return self._master.value

    def enter(self, served: NDArray[np.int8], kept: Sequence[Bools]) -> None:
        """Make the program that of a node, with `Node.served` and for each kind the columns that are possible there."""
        for u, state in enumerate(served):
            self._served[u].SetBounds(float(state == 1), float(state != 0))
            self._bought[u].SetUb(float(state == 1))
        for routes, is_open, may in zip(self._routes, self._is_open, kept, strict=True):
            for r in np.flatnonzero(may != np.array(is_open, np.bool_)):
                is_open[r] = bool(may[r])
                routes[r].SetUb(math.inf if is_open[r] else 0.0)

    def solve(self, slack: float = 0.0) -> Duals | None:
        """
        The dual prices of the program; each team is asked for `slack` beyond its price, as GLOP sees values.

        None if GLOP, which has its troubles with numbers now and then, finds none in time; there always are some.
        """
        if self._master.solver.Solve() != pywraplp.Solver.OPTIMAL:
            # From the beginning, without the basis it had.
            afresh = pywraplp.MPSolverParameters()
            afresh.SetIntegerParam(afresh.INCREMENTALITY, afresh.INCREMENTALITY_OFF)
            if self._master.solver.Solve(afresh) != pywraplp.Solver.OPTIMAL:
                return None
        prizes = np.array([dual_price(row) for row in self._task])
        prices = np.array([dual_price(row) + max(TOLERANCE, slack) for row in self._team])
        caps = np.array([dual_price(row) for row in self._cap])
        return Duals(np.rint(prizes * STEPS) / STEPS, np.ceil(prices * STEPS) / STEPS, np.rint(caps * STEPS) / STEPS)

    def served(self) -> Float64s:
        """Share of each unit in the solution, (units,)."""
        return np.array([y.solution_value() for y in self._served])

    def shares(self) -> list[list[tuple[int, float]]]:
        """The columns in the solution and their shares, by kind of teams."""
        shares = []
        for routes, is_open in zip(self._routes, self._is_open, strict=True):
            values = ((r, routes[r].solution_value()) for r in range(len(routes)) if is_open[r])
            shares.append([(r, share) for r, share in values if share > 1e-6])
        return shares

    def add(self, k: int, route: list[int]) -> bool:
        """Add a column, a route of tasks of the kind; whether it is new."""
        if not self.columns[k].add(route):
            return False
        lost = float(sum(self._loss[k][i] for i in route))
        tasks = ((self._task[self._pool.kinds[k].tasks[i]], -route.count(i)) for i in set(route))
        self._routes[k].append(self._master.column([(self._team[k], 1.0), *tasks], gain=-lost))
        self._is_open[k].append(True)
        return True
