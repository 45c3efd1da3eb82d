"""An upper bound that is there at once and easily followed, to hold the proven one against."""

from __future__ import annotations

from collections.abc import Sequence

from sweep.plan.bound.branch_and_price import unit_values
from sweep.plan.bound.components import split_components
from sweep.plan.bound.linked_units import can_be_staffed
from sweep.plan.kernel.knapsack_bound import knapsack, least_seconds
from sweep.plan.kernel.problem_arrays import Arrays
from sweep.plan.problem.problem import Problem
from sweep.records.people import Team


def knapsack_bound(problem: Problem, arrays: Arrays, teams: Sequence[Team]) -> float:
    """Upper bound on the value of any plan of these active teams, at once: each pool's hours as a knapsack."""
    if not teams or not problem.visits:
        return 0.0
    value, _ = unit_values(problem, arrays)
    seconds, staffed = least_seconds(arrays), can_be_staffed(arrays)
    return sum(knapsack(arrays, value, seconds, part, units) for part, units in split_components(arrays, staffed))
