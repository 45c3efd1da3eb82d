"""
Finds against leads that fall due, by the weight of a due lead: the trade-off that `plan.due_weight` sets.

`uv run python -m tests.benchmarks.plan.due_weight PROBLEM.json[.gz] [SEED ...]`: the problem as it is, then a district
drawn from it for each seed. Teams are those of the first solve, so that only the routes differ. The rounds are few: a
row is a point of the curve, not the best plan.
"""

from __future__ import annotations

import gzip
import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from sweep.plan.problem.objective import objective
from sweep.plan.problem.problem import Problem
from sweep.plan.problem.problem_file import read_problem
from sweep.plan.solve import Settings, solve

WEIGHTS = (1.0, 0.0, 0.1, 0.25, 0.5, 2.0)
LIMITS = Settings(seed=1, n_iterations=8_000, is_proof_wanted=False, is_review_wanted=False)


def read(path: Path) -> Problem:
    """The problem of a file, packed or not; a key of older versions is dropped."""
    content = json.loads(gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes())
    content.pop("profiles", None)
    return read_problem(json.dumps(content))


def drawn(p: Problem, seed: int) -> Problem:
    """A district with about four in five of the visits, values exchanged, and 5 to 30 due leads in other places."""
    rng = np.random.default_rng(seed)
    kept = [v for v in p.visits if v.is_must or v.link_group or rng.random() < rng.uniform(0.65, 1.0)]
    values = rng.permutation([v.value for v in kept])
    due = set(rng.choice(len(kept), int(rng.integers(5, 31)), replace=False).tolist())
    visits = tuple(
        replace(v, value=float(x), urgency=float(k in due)) for k, (v, x) in enumerate(zip(kept, values, strict=True))
    )
    ids = {v.visit_id for v in visits}
    lags = tuple(x for x in p.lags if {x.before, x.after} <= ids)
    return replace(p, visits=visits, lags=lags, locks=tuple(x for x in p.locks if x.visit_id in ids))


def curve(p: Problem) -> list[tuple[float, float, int]]:
    """Weight, expected finds and visits served for due leads; the problem's own weight is 1."""
    points, teams = [], p.teams
    for weight in WEIGHTS:
        visits = tuple(replace(v, urgency=weight * v.urgency) for v in p.visits)
        weights = replace(p.weights, lateness=weight * p.weights.lateness)
        plan = solve(replace(p, visits=visits, weights=weights, teams=teams), LIMITS)
        teams = teams or plan.teams
        parts = objective(p, plan.routes, plan.teams)
        points.append((weight, parts.finds, parts.n_due))
    return sorted(points)


def main(path: Path, seeds: list[int]) -> None:
    """Print a row of the table for the problem, and for each drawn district."""
    whole = read(path)
    for name, p in [(path.name, whole), *((f"{path.name} drawn {seed}", drawn(whole, seed)) for seed in seeds)]:
        cells = [f"{finds:.2f}, {n_due}" for _, finds, n_due in curve(p)]
        n_due, n_joint = sum(v.urgency > 0 for v in p.visits), sum(len(v.slots) > 1 for v in p.visits)
        print(f"| {name} | {len(p.visits)} | {n_joint} | {n_due} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), [int(seed) for seed in sys.argv[2:]])
