"""The restricted master problem: a linear or integer program that grows by columns (OR-Tools' GLOP and SCIP)."""

import math
from collections.abc import Iterable

from ortools.linear_solver import pywraplp

LINEAR, WHOLE = "GLOP", "SCIP"

type Row = pywraplp.Constraint
type Variable = pywraplp.Variable


class MasterProblem:
    """
    Maximises what columns of 0 or more gain, of each row no more than there is; columns may be added at any time.

    Parameters
    ----------
    solver
        `LINEAR`, or `WHOLE` for columns in whole numbers.
    parameters
        In the solver's own words.
    """

    def __init__(self, solver: str, parameters: str = "") -> None:
        self.solver = pywraplp.Solver.CreateSolver(solver)
        self.solver.SetSolverSpecificParametersAsString(parameters)
        self.solver.Objective().SetMaximization()
        self._is_whole = solver == WHOLE

    def row(self, most: float = 0.0) -> Row:
        """A row of which there is so much."""
        return self.solver.Constraint(-math.inf, float(most))

    def column(self, uses: Iterable[tuple[Row, float]], most: float = math.inf, gain: float = 0.0) -> Variable:
        """A column with what one of it uses of rows, and gains."""
        made = self.solver.IntVar(0.0, most, "") if self._is_whole else self.solver.NumVar(0.0, most, "")
        for row, n in uses:
            row.SetCoefficient(made, float(n))
        if gain:
            self.solver.Objective().SetCoefficient(made, gain)
        return made

    @property
    def value(self) -> float:
        """The value of the last solution."""
        return float(self.solver.Objective().Value())


def dual_price(row: Row) -> float:
    """The dual price of a row in the last solution, >= 0."""
    return max(0.0, float(row.dual_value()))
