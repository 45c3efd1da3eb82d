"""Links that restrict only the days of visits, as of a building visited on one of several day combinations."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from sweep.plan.problem.problem import Lag, Problem
from sweep.plan.solve import Settings, solve
from tests.plan.conftest import problem, team, visit
from tests.plan.exhaustive import optimum
from tests.plan.judge import faults
from tests.plan.rich import over_days, rich_problem
from tests.plan.tied import tied_problem
from tests.seeds import over_seeds

DAY, SHIFT = 86_400, (48_600, 63_000)
# More than a shift, so that a bound of some days with it never depends on the hour.
SLACK = 40_000


def linked_by_day(asked: Problem, seed: int, *, is_each: bool) -> Problem:
    """The problem over three days, of single visits of which some are linked by least and most days between them."""
    rng = np.random.default_rng((seed, 2))
    single = tuple(replace(v, slots=v.slots[:1], link_group=None) for v in asked.visits)
    made = over_days(replace(asked, visits=single, lags=(), locks=()), seed, n_days=3, is_each=is_each)
    lags = []
    for first, second in pairwise(v.visit_id for v in made.visits):
        least = int(rng.integers(-2, 3))
        if rng.random() < 0.6:
            most = least + int(rng.integers(0, 2))
            lags.append(Lag(first, second, DAY * least - SLACK, DAY * most + SLACK))
    return replace(made, lags=tuple(lags), caps=())


@over_seeds(range(60), n_fast=20)
def test_no_plan_with_links_of_days_breaks_a_rule(seed):
    asked = linked_by_day(rich_problem(seed), seed, is_each=True)
    plan = solve(asked, Settings(seed=1, n_iterations=200))
    assert faults(asked, plan) == []
    assert plan.value <= plan.bound + 1e-9


@over_seeds(range(60), n_fast=20)
def test_the_search_comes_to_the_best_of_all_plans_with_links_of_days(seed):
    asked = linked_by_day(tied_problem(seed), seed, is_each=False)
    best = optimum(asked, with_musts=True)
    if best is not None:
        plan = solve(asked, Settings(seed=1, n_iterations=400))
        assert faults(asked, plan) == []
        assert plan.value == pytest.approx(best)


def test_two_visits_are_made_on_the_one_combination_of_days_that_their_link_allows():
    shifts = [(SHIFT[0] + d * DAY, SHIFT[1] + d * DAY) for d in range(2)]
    visits = [visit(b, windows=shifts, is_must=True) for b in ("B0", "B1")]
    teams = [replace(team(f"T{d}", shift=shift), day=d) for d, shift in enumerate(shifts)]
    asked = replace(problem(visits, teams), lags=(Lag("V-B0", "V-B1", DAY - SLACK, DAY + SLACK),))
    days = {s.visit_id: s.start_s // DAY for r in solve(asked, Settings(n_iterations=50)).routes for s in r.stops}
    assert days == {"V-B0": 0, "V-B1": 1}
