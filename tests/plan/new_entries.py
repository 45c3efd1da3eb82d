"""Run by itself, in a fresh process: which compiled functions are entered for kinds of arguments not made ready."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from geodata.numba_options import compiled_functions
from sweep.plan.jit_warmup import PLANNER
from sweep.plan.problem.problem import Problem
from sweep.plan.replan.replan import replan
from sweep.plan.replan.replan_search import REPLANNER
from sweep.plan.solve import Settings, solve
from tests.plan.priced import priced_problem
from tests.plan.rich import as_squads, rich_problem


def entries() -> set[tuple[str, object]]:
    """Names and kinds of arguments that are loaded now."""
    return {(f.py_func.__qualname__, kinds) for f in compiled_functions for kinds in f.overloads}


def problems() -> Iterator[Problem]:
    """Problems of all kinds, given teams, composed ones and squads."""
    for seed in range(8):
        yield rich_problem(seed)
        yield rich_problem(seed, composed=True)
        yield priced_problem(seed)
        yield as_squads(rich_problem(seed, composed=True))


def tell(kind: str, before: set[tuple[str, object]]) -> None:
    """Print what was loaded since, after its kind."""
    for name, kinds in sorted(entries() - before, key=str):
        sys.stdout.write(f"{kind} {name} {kinds}\n")


def main() -> None:
    """Print the entries that searches, and then changes of their plans, add to those made ready."""
    PLANNER.wait()
    before = entries()
    made = [(problem, solve(problem, Settings(1, n_iterations=200))) for problem in problems()]
    tell("solve", before)
    REPLANNER.wait()
    before = entries()
    for problem, plan in made:
        for at_s in (48_000, 54_000, 58_000) if problem.teams else ():
            replan(problem, plan, at_s, (), Settings(1, n_iterations=200), call_reserve=True)
    tell("replan", before)


if __name__ == "__main__":
    main()
