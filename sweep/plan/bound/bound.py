"""A value that no plan of given teams can pass."""

from __future__ import annotations

import time
from collections.abc import Sequence

from geodata.arrays import Bools, Float64s
from sweep.plan.bound.prover import Prover
from sweep.plan.kernel.arrays import Arrays
from sweep.plan.problem.problem import Problem
from sweep.records.people import Team

# Rounds of pricing, about, that a bound may take if no clock stops it.
MOST_ROUNDS = 1_000


def upper_bound(
    problem: Problem,
    arrays: Arrays,
    teams: Sequence[Team],
    time_limit_s: float,
    *,
    with_musts: bool,
    served: Bools | None = None,
    lost: Float64s | None = None,
) -> tuple[float, str]:
    """
    Upper bound on what plans of these active teams are worth, and the name of what gives it.

    With `served` it is one on the value of plans that serve as much urgency, without one on value and urgency together.

    Parameters
    ----------
    time_limit_s
        Infinite: until the bound is met or `MOST_ROUNDS` is reached, which does not depend on the machine.
    with_musts
        The bound is for plans that serve every must-visit, which costs them value elsewhere.
    served
        Which units a plan serves, (units,): the bound is brought down towards its value. None: the linear relaxation.
    lost
        What the plan gets less of each unit than on its best day, (units,); None: nothing.
    """
    prover = Prover(problem, arrays, teams)
    if lost is not None:
        prover.lost = lost
    start = time.monotonic()

    def may_go_on() -> bool:
        return prover.n_rounds < MOST_ROUNDS and time.monotonic() - start < time_limit_s

    prover.bound_roots(may_go_on, with_musts=with_musts)
    if served is not None:
        prover.run(lambda: served, may_go_on)
        return prover.bound(served)
    return prover.bound_of_all(with_musts=with_musts)
