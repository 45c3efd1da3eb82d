"""Restricted master problem: a linear or integer program extended by columns (OR-Tools GLOP, SCIP)."""

import math
from collections.abc import Iterable

from ortools.linear_solver import pywraplp

LINEAR, WHOLE = "GLOP", "SCIP"

type Row = pywraplp.Constraint
type Variable = pywraplp.Variable


class MasterProblem:
    """
    Linear or integer program to which columns can be added: maximise over columns >= 0 within row capacities.

    Parameters
    ----------
    solver
        Constant `LINEAR` for a linear program, or `WHOLE` for integer columns.
    parameters
        Parameters in the solver's own syntax.
    """

    def __init__(self, solver: str, parameters: str = "") -> None:
        self.solver = pywraplp.Solver.CreateSolver(solver)
        self.solver.SetSolverSpecificParametersAsString(parameters)
        self.solver.Objective().SetMaximization()
        self._is_whole = solver == WHOLE

    def row(self, most: float = 0.0) -> Row:
        """Add and return a row: a constraint by which columns times their coefficients sum to at most `most`."""
        return self.solver.Constraint(-math.inf, float(most))

    def column(self, uses: Iterable[tuple[Row, float]], most: float = math.inf, gain: float = 0.0) -> Variable:
        """
        Add and return a column (a variable >= 0) of the program.

        `uses`: its rows, each with its coefficient. `most`: upper bound. `gain`: coefficient in the objective.
        """
        made = self.solver.IntVar(0.0, most, "") if self._is_whole else self.solver.NumVar(0.0, most, "")
        for row, n in uses:
            row.SetCoefficient(made, float(n))
        if gain:
            self.solver.Objective().SetCoefficient(made, gain)
        return made

    @property
    def value(self) -> float:
        """Objective value of the last solution of the linear or integer program."""
        return float(self.solver.Objective().Value())


def dual_price(row: Row) -> float:
    """Return the dual price of a row in the last solution, >= 0."""
    return max(0.0, float(row.dual_value()))
