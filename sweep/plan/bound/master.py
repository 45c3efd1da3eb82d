"""
The restricted master of a pool's relaxation: its units, its rows and the routes that are known (OR-Tools GLOP).

The program is written out in `column_generation`. Its prices are rounded to whole numbers of a step, so that sums of
them are exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp

from geodata.arrays import Bools, Float64s
from sweep.plan.bound.columns import Columns
from sweep.plan.bound.pools import Pool

# In values of the most valuable unit.
TOLERANCE = 1e-8
LEAST_SHARE = 1e-6
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
        self._routes: list[list[pywraplp.Variable]] = [[] for _ in pool.kinds]
        self._is_open: list[list[bool]] = [[] for _ in pool.kinds]
        self._solver = pywraplp.Solver.CreateSolver("GLOP")
        self._solver.SetSolverSpecificParametersAsString(f"max_deterministic_time: {MOST_GLOP_S}")
        infinity = self._solver.infinity()
        self._team = [self._solver.Constraint(-infinity, float(len(kind.teams))) for kind in pool.kinds]
        self._task = [self._solver.Constraint(-infinity, 0.0) for _ in pool.unit]
        self._cap = [self._solver.Constraint(-infinity, float(most)) for most in pool.cap_most]
        self._served: list[pywraplp.Variable] = []
        self._bought: list[pywraplp.Variable] = []
        self._add_units()

    def _add_units(self) -> None:
        objective = self._solver.Objective()
        objective.SetMaximization()
        for value in self._value:
            self._served.append(self._solver.NumVar(0.0, 1.0, ""))
            objective.SetCoefficient(self._served[-1], float(value))
            # Until there are routes for a unit that must be served it is bought, at a price above everything.
            self._bought.append(self._solver.NumVar(0.0, 0.0, ""))
            objective.SetCoefficient(self._bought[-1], -100.0 * (1.0 + float(self._value.sum())))
        for row, demand, u in zip(self._task, self._pool.demand, self._pool.unit, strict=True):
            row.SetCoefficient(self._served[u], float(demand))
            row.SetCoefficient(self._bought[u], -float(demand))
        for row, loads in zip(self._cap, self._pool.cap_load, strict=True):
            # What must be served may be too much for a cap: more of it is bought, too.
            more = self._solver.NumVar(0.0, self._solver.infinity(), "")
            objective.SetCoefficient(more, -100.0 * (1.0 + float(self._value.sum())))
            row.SetCoefficient(more, -1.0)
            for u in np.flatnonzero(loads):
                row.SetCoefficient(self._served[u], float(loads[u]))

    @property
    def value(self) -> float:
        """What the program came to when it was solved last, as GLOP sees it."""
        return float(self._solver.Objective().Value())

    def enter(self, served: NDArray[np.int8], kept: Sequence[Bools]) -> None:
        """
        Make the program that of a node of the tree.

        Parameters
        ----------
        served
            As `Node.served`.
        kept
            For each kind of teams whether each of its columns is possible there.
        """
        for u, state in enumerate(served):
            self._served[u].SetBounds(float(state == 1), float(state != 0))
            self._bought[u].SetUb(float(state == 1))
        for routes, is_open, may in zip(self._routes, self._is_open, kept, strict=True):
            for r in np.flatnonzero(may != np.array(is_open, np.bool_)):
                is_open[r] = bool(may[r])
                routes[r].SetUb(self._solver.infinity() if is_open[r] else 0.0)

    def solve(self, slack: float = 0.0) -> Duals | None:
        """
        Solve the program as it stands: what things are worth by it.

        None if GLOP, which has its troubles with numbers now and then, finds none in time; there always are some.

        Parameters
        ----------
        slack
            Asked of each team beyond its price, as GLOP sees values.
        """
        if self._solver.Solve() != pywraplp.Solver.OPTIMAL:
            # From the beginning, without the basis it had.
            afresh = pywraplp.MPSolverParameters()
            afresh.SetIntegerParam(afresh.INCREMENTALITY, afresh.INCREMENTALITY_OFF)
            if self._solver.Solve(afresh) != pywraplp.Solver.OPTIMAL:
                return None
        prizes = np.array([max(0.0, c.dual_value()) for c in self._task])
        prices = np.array([max(0.0, c.dual_value()) + max(TOLERANCE, slack) for c in self._team])
        caps = np.array([max(0.0, c.dual_value()) for c in self._cap])
        return Duals(np.rint(prizes * STEPS) / STEPS, np.ceil(prices * STEPS) / STEPS, np.rint(caps * STEPS) / STEPS)

    def served(self) -> Float64s:
        """Share of each unit in the solution, (units,)."""
        return np.array([y.solution_value() for y in self._served])

    def shares(self) -> list[list[tuple[int, float]]]:
        """The columns in the solution and their shares, by kind of teams."""
        shares = []
        for routes, is_open in zip(self._routes, self._is_open, strict=True):
            values = ((r, routes[r].solution_value()) for r in range(len(routes)) if is_open[r])
            shares.append([(r, share) for r, share in values if share > LEAST_SHARE])
        return shares

    def add(self, k: int, route: list[int]) -> bool:
        """Add a column, a route of tasks of the kind; whether it is new."""
        if not self.columns[k].add(route):
            return False
        variable = self._solver.NumVar(0.0, self._solver.infinity(), "")
        self._team[k].SetCoefficient(variable, 1.0)
        lost = float(sum(self._loss[k][i] for i in route))
        if lost > 0.0:
            self._solver.Objective().SetCoefficient(variable, -lost)
        for i in set(route):
            self._task[self._pool.kinds[k].tasks[i]].SetCoefficient(variable, -float(route.count(i)))
        self._routes[k].append(variable)
        self._is_open[k].append(True)
        return True
