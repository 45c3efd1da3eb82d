from __future__ import annotations

from dataclasses import replace

import pytest

from sweep.plan.explain.swaps import cheapest_swaps
from sweep.plan.solve import Settings, solve
from tests.plan.conftest import random_problem
from tests.plan.exhaustive import optimum

ROUNDS = Settings(seed=1, n_iterations=200)


def test_a_swap_never_costs_less_than_planning_again() -> None:
    n = 0
    for seed in range(60):
        drawn = random_problem(seed, 5, 2, linked=False)
        p = replace(drawn, visits=tuple(replace(v, is_must=False) for v in drawn.visits))
        plan = solve(p, ROUNDS)
        served = {s.visit_id for r in plan.routes for s in r.stops}
        value = sum(v.value for v in p.visits if v.visit_id in served)
        for visit_id, swap in cheapest_swaps(p, plan).items():
            forced = replace(p, visits=tuple(replace(v, is_must=v.visit_id == visit_id) for v in p.visits))
            best = optimum(forced, with_musts=True)
            assert best is not None, (seed, visit_id)
            assert best >= value - swap.price - 1e-9, (seed, visit_id)
            given_up = sum(v.value for v in p.visits if v.visit_id in swap.displaced)
            won = next(v.value for v in p.visits if v.visit_id == visit_id)
            assert swap.price == pytest.approx(given_up - won)
            assert set(swap.displaced) <= served
            n += 1
    assert n > 10


def test_a_must_visit_is_never_given_up() -> None:
    for seed in range(40):
        drawn = random_problem(seed, 5, 2, linked=False)
        p = replace(drawn, visits=tuple(replace(v, is_must=True) for v in drawn.visits))
        swaps = cheapest_swaps(p, solve(p, ROUNDS))
        assert [s for s in swaps.values() if s.displaced] == []


def test_a_plan_that_serves_all_has_no_swap() -> None:
    for seed in range(60):
        p = random_problem(seed, 5, 2, linked=False)
        plan = solve(p, ROUNDS)
        if not plan.unserved:
            assert cheapest_swaps(p, plan) == {}
            return
    pytest.fail("no such plan")
