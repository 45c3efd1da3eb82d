"""
What the objective "expected" keeps of a plan on days by chance, against plans by the rule of P80 alone.

    uv run python -m tests.benchmarks.plan.expected [--seeds N] [--rounds N]

Both have as many rounds; both are played on days that neither has seen.
"""

from __future__ import annotations

import argparse
import time
from datetime import date
from statistics import fmean, stdev

from sweep.pipeline.inputs.load import load_inputs
from sweep.pipeline.stages.plan import make_problem, plan, spread_of
from sweep.pipeline.stages.prepared import prepare
from sweep.pipeline.stages.rank import rank
from sweep.pipeline.stages.select import select
from sweep.plan.played import play
from sweep.scenario.inputs import City
from sweep.scenario.plan import Solver
from sweep.scenario.scenario import Scenario
from tests.benchmarks.machine import tell_run

N_TEAMS, NEW_DAYS = 9, 4_242


def main() -> None:
    """Print a line a city, whose best known value is what the rule of P80 keeps, and the mean of all."""
    parser = argparse.ArgumentParser(description="Play plans of both objectives.")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=100_000)
    given = parser.parse_args()
    gains = []
    for seed in range(301, 301 + given.seeds):
        began = time.monotonic()
        rule, aimed = (_kept(seed, objective, given.rounds) for objective in ("planned", "expected"))
        gains.append(100.0 * (aimed[1] / rule[1] - 1.0))
        tell_run(
            f"kept beside P80, {given.rounds} rounds", f"city {seed}", seed=None, seconds=time.monotonic() - began,
            value=aimed[1], best_known=rule[1], gap_pct=-gains[-1], planned=aimed[0], planned_by_rule=rule[0],
        )  # fmt: skip
    error = stdev(gains) / len(gains) ** 0.5 if len(gains) > 1 else 0.0
    print(f"# kept more by {fmean(gains):+.2f} % ± {error:.2f} (standard error), least {min(gains):+.2f} %")


def _kept(seed: int, objective: str, n_rounds: int) -> tuple[float, float]:
    solver = Solver.model_validate({"iterations": n_rounds, "objective": objective})
    scenario = Scenario(name="x", day=date(2026, 9, 16), lang="en", city=City(seed=seed), solver=solver)
    scenario = scenario.with_teams(N_TEAMS)
    inputs = load_inputs(scenario)
    ranked = rank(scenario, inputs)
    prepared = prepare(scenario, inputs, ranked, select(scenario, inputs, ranked))
    made = plan(prepared, make_problem(prepared))
    return made.plan.value, play(made.problem, made.plan, spread_of(scenario), seed=NEW_DAYS).value


if __name__ == "__main__":
    main()
