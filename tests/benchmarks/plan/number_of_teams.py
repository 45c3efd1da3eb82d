"""
The number of teams left to the planner against every fixed one, and how far its plan is from all ways to form teams.

    uv run python -m tests.benchmarks.plan.number_of_teams [--seconds S] [--cities 0,301,302] [--numbers 8,9,10]

City 0 is scenarios/quancheng; another number is the seed of a made-up city. Each plan has as many seconds. Values are
finds of all but drawn visits, as the draw grows with the teams' hours; the bound is that of `bound_compositions`.
"""

from __future__ import annotations

import argparse
import time
from datetime import date
from typing import NamedTuple

from sweep.inputs.load_inputs import load_inputs
from sweep.jobs.stages.plan_day import make_problem, plan
from sweep.jobs.stages.plan_inputs_record import prepare
from sweep.jobs.stages.rank_day import rank
from sweep.jobs.stages.select_day import select
from sweep.jobs.stages.team_count import with_team_count
from sweep.plan.compositions.composition_bound import bound_compositions
from sweep.plan.problem.objective import urgency_of
from sweep.plan.problem.problem import Problem
from sweep.records.plan import Plan
from sweep.scenario.city_toml import City
from sweep.scenario.load_scenario import load_scenario
from sweep.scenario.plan_settings import Solver
from sweep.scenario.scenario import Scenario
from tests.benchmarks.machine import tell_run
from tests.paths import ROOT


class Made(NamedTuple):
    """A plan, and what it was made for."""

    problem: Problem
    plan: Plan
    seconds: float

    @property
    def value(self) -> float:
        """Finds of all but drawn visits."""
        left_out = {u.visit_id for u in self.plan.unserved}
        return sum(v.value for v in self.problem.visits if v.track != "routine" and v.visit_id not in left_out)


def main() -> None:
    """Print a line for each city, whose best known value is that of the best fixed number."""
    parser = argparse.ArgumentParser(description="Number and sizes of teams.")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--cities", default="0,301,302,303,304,305")
    parser.add_argument("--numbers", default="8,9,10,11")
    given = parser.parse_args()
    for seed in map(int, given.cities.split(",")):
        scenario = _scenario(seed, given.seconds)
        left = _made(scenario)
        fixed = {n: _made(scenario.with_teams(n)) for n in map(int, filter(None, given.numbers.split(",")))}
        best = max((made.value for made in fixed.values()), default=left.value)
        tell_run(
            f"number of teams, {given.seconds:g} s", f"city {seed}", seed=scenario.seed, seconds=left.seconds,
            value=left.value, best_known=best, gap_pct=100.0 * (1.0 - left.value / best),
            n_teams=len(left.plan.teams), fixed={n: round(made.value, 4) for n, made in fixed.items()},
            gap_to_all_ways_pct=_gap_to_all_ways(left),
        )  # fmt: skip


def _scenario(seed: int, seconds: float) -> Scenario:
    solver = Solver.model_validate({"time_limit_s": seconds})
    if seed:
        return Scenario(name="x", day=date(2026, 9, 16), lang="en", city=City(seed=seed), solver=solver)
    return load_scenario(ROOT / "scenarios" / "quancheng").model_copy(update={"solver": solver})


def _made(scenario: Scenario) -> Made:
    inputs = load_inputs(scenario)
    ranked = rank(scenario, inputs)
    began = time.monotonic()
    scenario, ranked, share = with_team_count(scenario, inputs, ranked, lambda _: None)
    prepared = prepare(scenario, inputs, ranked, select(scenario, inputs, ranked))
    problem = make_problem(prepared)
    return Made(problem, plan(prepared, problem, share=share), time.monotonic() - began)


def _gap_to_all_ways(made: Made) -> float | None:
    """Per cent of the most finds that any teams could have; None where must-visits are left out, or it is not known."""
    left_out = {u.visit_id for u in made.plan.unserved}
    if any(v.is_must and v.visit_id in left_out for v in made.problem.visits):
        return None
    found = bound_compositions(made.problem, made.plan.teams, lambda: True)
    visits = {v.visit_id for v in made.problem.visits} - left_out
    return found and 100.0 * (1.0 - made.plan.value / (found.bound - urgency_of(made.problem, visits)))


if __name__ == "__main__":
    main()
