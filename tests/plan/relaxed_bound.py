"""The bound of the linear relaxation, or of branching, on plans of some active teams."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geodata.array_types import Bools
from sweep.plan.bound.branch_and_price import Prover, unit_values
from sweep.plan.kernel.problem_arrays import Arrays
from sweep.plan.problem.problem import Problem
from sweep.records.people import Team


def upper_bound(
    problem: Problem, arrays: Arrays, teams: Sequence[Team], most_rounds: float, *, with_musts: bool
) -> tuple[float, str]:
    """The bound on all plans, or on those that serve every must-visit, and the name of its method."""
    prover, served = Prover(problem, arrays, teams), unit_values(problem, arrays)[1] & with_musts
    prover.bound_roots(lambda: prover.n_rounds < most_rounds, with_musts=with_musts)
    return prover.bound(served)


def branched(problem: Problem, arrays: Arrays, teams: Sequence[Team], served: Bools) -> tuple[float, str]:
    """The bound brought down towards a plan that serves some units."""
    prover = Prover(problem, arrays, teams)
    prover.run(lambda: np.asarray(served), lambda: prover.n_rounds < 1_000)
    return prover.bound(served)
