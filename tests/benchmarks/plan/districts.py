"""
Districts drawn in the shape of a real one: gap, spread over seeds, and quality by time limit.

`uv run python -m tests.benchmarks.plan.districts PROBLEM.json[.gz] [SEED ...]`: for each seed a district drawn from the
problem by `due_weight.drawn`, with 6 to 14 teams and slots fitted to them. A row has the objective after 5, 20 and 60 s
with the first seed as shares of the 60 s plan, the gap to the bound after 20 and 60 s, and the spread over `SEEDS` at
20 s, which is the largest difference between two plans as a share of the best. A district takes 165 s.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from sweep.plan.feasible.roster_shortfalls import most_teams
from sweep.plan.problem.objective import objective
from sweep.plan.problem.problem import Problem
from sweep.plan.solve import Settings, solve, wait_for_compiler
from sweep.plan.teams.slots_and_team_sizes import fit_slots
from tests.benchmarks.plan.due_weight import drawn, read

SEEDS = (1, 2, 3, 4, 5)
RESERVE_SHARE = 0.1


def district(p: Problem, seed: int) -> Problem:
    """A drawn district with its own number of teams, which its people can make."""
    n = min(most_teams(p), int(np.random.default_rng([seed, 1]).integers(6, 15)))
    rules = replace(p.rules, n_teams=n, n_reserve=int(np.ceil(RESERVE_SHARE * n)))
    p = replace(drawn(p, seed), rules=rules)
    return replace(p, visits=fit_slots(p))


def planned(p: Problem, limit_s: float, seed: int) -> tuple[float, float, int]:
    """Objective, gap to the bound as a share of it, and missed must-visits of a plan."""
    plan = solve(p, Settings(seed=seed, time_limit_s=limit_s, is_review_wanted=False))
    parts = objective(p, plan.routes, plan.teams)
    bound = plan.bound + plan.due
    return parts.total, (bound - parts.total) / bound, parts.must_missed


def main(path: Path, seeds: list[int]) -> None:
    """Print a row for each drawn district."""
    whole = read(path)
    wait_for_compiler(None)
    for seed in seeds:
        p = district(whole, seed)
        five, twenty, sixty = (planned(p, limit_s, SEEDS[0]) for limit_s in (5.0, 20.0, 60.0))
        at_twenty = [twenty[0], *(planned(p, 20.0, s)[0] for s in SEEDS[1:])]
        n_joint = sum(len(v.slots) > 1 for v in p.visits)
        cells = [
            f"{len(p.visits)} ({n_joint} joint)",
            f"{sum(v.urgency > 0 for v in p.visits)}",
            f"{p.rules.n_teams}",
            f"{sixty[0]:.3f}" + f" [-{sixty[2]}]" * (sixty[2] > 0),
            *(f"{100 * total / sixty[0]:.1f}" for total, _, _ in (five, twenty)),
            *(f"{100 * gap:.1f}" for _, gap, _ in (twenty, sixty)),
            f"{100 * (max(at_twenty) - min(at_twenty)) / max(at_twenty):.1f}",
        ]
        print(f"| {seed} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), [int(seed) for seed in sys.argv[2:]])
