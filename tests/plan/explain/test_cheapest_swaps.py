from __future__ import annotations

from dataclasses import replace

import pytest

from sweep.check.bound.verify_plan_bounds import check_bound
from sweep.plan.explain.cheapest_swaps import cheapest_swaps, with_swaps_taken
from sweep.plan.problem.problem_file import write_problem
from sweep.plan.solve import Settings, solve
from sweep.records.bound_proof import read_proof
from sweep.records.plan import Unserved
from tests.plan.conftest import problem, random_problem, team, visit
from tests.plan.exhaustive import optimum
from tests.plan.judge import faults

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
            # The ways weigh a billionth a second in a price.
            assert best >= value - swap.price - 1e-4, (seed, visit_id)
            given_up = sum(v.value for v in p.visits if v.visit_id in swap.displaced)
            won = next(v.value for v in p.visits if v.visit_id == visit_id)
            assert swap.price == pytest.approx(given_up - won, abs=1e-4)
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


@pytest.mark.slow
def test_no_swap_is_left_that_would_make_a_plan_better() -> None:
    n_taken = 0
    for seed in range(60):
        p = random_problem(seed, 6, 2, linked=False)
        # A plan that the search had no time for.
        plan = solve(p, Settings(seed=1, n_iterations=1, is_proof_wanted=False))
        plan = replace(plan, routes=tuple(replace(r, stops=r.stops[:1]) for r in plan.routes))
        kept = {s.visit_id for r in plan.routes for s in r.stops}
        out = tuple(Unserved(v.visit_id, v.building_id, ()) for v in p.visits if v.visit_id not in kept)
        short = replace(plan, unserved=out, value=sum(v.value for v in p.visits if v.visit_id in kept))
        better = with_swaps_taken(p, short)
        assert [x for x in cheapest_swaps(p, better).values() if x.price < 0.0] == [], seed
        assert faults(p, better) == [], seed
        n_taken += better.value > short.value
    assert n_taken > 10


def test_a_plan_that_no_swap_makes_better_is_the_same_plan() -> None:
    p = random_problem(3, 5, 2, linked=False)
    plan = with_swaps_taken(p, solve(p, ROUNDS))
    assert with_swaps_taken(p, plan) is plan


def test_a_lead_that_falls_due_is_worth_more_than_the_find_that_it_keeps_out() -> None:
    # One team has time for one of two: A is worth 2 and falls due, which weighs 5; B is worth 3.
    p = problem([visit("A", 2.0), visit("B", 3.0)], [team("T0", shift=(48_600, 48_600 + 3_600))])
    p = replace(p, visits=(replace(p.visits[0], urgency=5.0), p.visits[1]))
    plan = with_swaps_taken(p, solve(p, ROUNDS))
    assert [s.visit_id for s in plan.routes[0].stops] == ["V-A"]
    assert cheapest_swaps(p, plan)["V-B"].price == pytest.approx(2.0 + 5.0 - 3.0, abs=1e-4)


def test_a_swap_that_gives_up_urgency_raises_the_bound_by_it() -> None:
    # One team has time for one of two: A is worth 1 and weighs 3 more, B is worth 5. The search had no time to find B.
    visits = [replace(visit("A", 1.0), service_s=9_000, urgency=3.0), replace(visit("B", 5.0), service_s=9_000)]
    p = problem(visits, [team("T0")])
    only_a = solve(replace(p, visits=(p.visits[0], replace(p.visits[1], value=0.5))), ROUNDS)
    plan = solve(p, Settings(seed=1, n_iterations=0), start=only_a.routes)
    swapped = with_swaps_taken(p, plan)
    assert [[s.visit_id for r in x.routes for s in r.stops] for x in (plan, swapped)] == [["V-A"], ["V-B"]]
    # A bound of 7.19 on value and urgency is 4.19 on the value of plans as urgent as A, and 7.19 on that of all.
    assert swapped.bound == pytest.approx(plan.bound + 3.0)
    assert swapped.status == "feasible"
    assert swapped.proof is not None
    check_bound(write_problem(p).encode(), swapped, read_proof(swapped.proof))
