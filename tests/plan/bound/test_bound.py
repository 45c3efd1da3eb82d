"""Bounds beside exhaustive search: never below the optimum, and met by branching; and what each relaxation keeps."""

from __future__ import annotations

import time
from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest

from sweep.check.bound.team_options import InvalidProofError
from sweep.check.bound.verify_plan_bounds import check_bound
from sweep.plan.bound.branch_and_price import Prover, unit_values
from sweep.plan.bound.branch_nodes import root
from sweep.plan.bound.components import Component, make_component, split_components
from sweep.plan.bound.cp_sat_routing import solve_node
from sweep.plan.bound.linked_units import can_be_staffed
from sweep.plan.bound.pricing import best_routes
from sweep.plan.bound.route_columns import possible
from sweep.plan.bound.team_kind_arrays import TaskWindows
from sweep.plan.kernel.problem_arrays import NONE
from sweep.plan.problem.problem import Lag, Problem
from sweep.plan.problem.problem_file import write_problem
from sweep.plan.search.encode_problem import make_arrays
from sweep.plan.search.initial_solution import empty_state, with_stops
from sweep.plan.solve import Settings, solve
from sweep.records.bound_proof import read_proof
from tests.plan.compositions.test_composed_teams import TWO_TEAMS, roster
from tests.plan.conftest import problem, team, visit
from tests.plan.exhaustive import optimum
from tests.plan.knapsack_bound import knapsack_bound
from tests.plan.relaxed_bound import branched, upper_bound
from tests.plan.rich import rich_problem
from tests.plan.tied import tied_problem
from tests.seeds import over_seeds


def prover_of(problem: Problem) -> Prover:
    return Prover(problem, make_arrays(problem, problem.teams), problem.teams)


def units(problem: Problem, *, only_musts: bool = False) -> np.ndarray:
    """Flags of no unit, or of those with must-visits."""
    a = make_arrays(problem, problem.teams)
    flags = np.zeros(len(a.units), np.bool_)
    for each, start in zip(problem.visits, a.node_start, strict=False):
        flags[a.task["unit"][start]] |= each.is_must and only_musts
    return flags


def proven(problem: Problem, *, with_musts: bool = False, most_rounds: int = 2_000, has_cp_sat: bool = True) -> float:
    with pytest.MonkeyPatch.context() as patch:
        if not has_cp_sat:
            patch.setattr(import_module("sweep.plan.bound.branch_and_bound"), "MOST_ARCS", 0)
        prover, served = prover_of(problem), units(problem, only_musts=with_musts)
        prover.run(lambda: served, lambda: prover.n_rounds < most_rounds)
    return prover.bound(served)[0]


def one_of_two(urgency: float) -> Problem:
    """Two visits of which one can be made, the one of less value for its urgency."""
    visits = [replace(visit(f"B{k}", 3.0 - k), service_s=9_000) for k in range(2)]
    asked = problem(visits, people=roster(4, 2), rules=replace(TWO_TEAMS, n_teams=1))
    return replace(asked, visits=(asked.visits[0], replace(asked.visits[1], urgency=urgency)))


@pytest.mark.parametrize(("urgency", "value"), [(5.0, 2.0), (0.5, 3.0)], ids=["more urgent", "less"])
def test_a_bound_is_on_plans_that_do_as_much_of_what_is_due(urgency, value, monkeypatch):
    monkeypatch.setattr(import_module("sweep.plan.solve_budget"), "LEAST_BOUND_ROUNDS", 0)
    plan = solve(one_of_two(urgency), Settings(1, n_iterations=1_000))
    assert (plan.value, plan.bound, plan.status) == (value, value, "optimal")
    assert plan.bound_any_teams == pytest.approx(value)


def two_triangles() -> Problem:
    """
    Two triangles of visits of value 1, 90 minutes apart, with ten nearer visits of small value around each.

    A team makes four stops within one triangle, or one in each: it drives 60 minutes each way, and a stop takes 30.
    Were A-B-C-A a route, .75 of a team would make the first triangle, and .25 a third of the other: 4. The best plan
    makes one triangle and one small visit.
    """
    corner = np.repeat(np.arange(6), 11)
    visits = [replace(visit(f"B{k:02}", 0.001 if k % 11 else 1.0), service_s=1_500) for k in range(len(corner))]
    apart = np.where(corner[:, None] // 3 == corner // 3, 5, 90)
    minutes = np.pad(np.where(corner[:, None] == corner, 1, apart), (0, 1), constant_values=60)
    return problem(visits, [team("T0")], minutes)


def test_cycles_over_far_visits_do_not_raise_the_bound_and_the_proof_says_which_are_forbidden():
    asked = two_triangles()
    plan = solve(asked, Settings(1, n_iterations=2_000))
    assert plan.value == pytest.approx(3.001)
    assert plan.bound < 3.1
    written, proof = write_problem(asked).encode(), read_proof(plan.proof)
    check_bound(written, plan, proof)
    forgets = proof.model_copy(update={"pools": tuple(p.model_copy(update={"remembered": {}}) for p in proof.pools)})
    with pytest.raises(InvalidProofError, match="T0 >"):
        check_bound(written, plan, forgets)


@pytest.mark.parametrize("shift_s", [0, 10])
def test_visits_that_take_no_time_are_all_in_the_bound(shift_s):
    visits = [replace(visit(f"B{k}", 1.0), service_s=0) for k in range(12)]
    asked = problem(visits, [team("T0", shift=(48_600, 48_600 + shift_s))], 0)
    arrays = make_arrays(asked, asked.teams)
    assert knapsack_bound(asked, arrays, asked.teams) == pytest.approx(12.0)
    assert upper_bound(asked, arrays, asked.teams, np.inf, with_musts=False)[0] == pytest.approx(12.0)
    plan = solve(asked, Settings(1, n_iterations=200))
    assert (plan.value, plan.status) == (12.0, "optimal")
    check_bound(write_problem(asked).encode(), plan, read_proof(plan.proof or ""))


@over_seeds(range(60), n_fast=20)
def test_no_bound_is_below_the_optimum(seed):
    problem = tied_problem(seed)
    arrays = make_arrays(problem, problem.teams)
    best = optimum(problem, with_musts=False)
    assert upper_bound(problem, arrays, problem.teams, np.inf, with_musts=False)[0] >= best - 1e-6
    assert upper_bound(problem, arrays, problem.teams, 0.0, with_musts=False)[0] >= best - 1e-6
    assert knapsack_bound(problem, arrays, problem.teams) >= best - 1e-6
    with_musts = optimum(problem, with_musts=True)
    if with_musts is not None:
        assert upper_bound(problem, arrays, problem.teams, np.inf, with_musts=True)[0] >= with_musts - 1e-6


@over_seeds(range(60), n_fast=20)
def test_branching_stopped_anywhere_is_not_below_the_optimum(seed):
    problem, most_rounds = tied_problem(seed), seed % 7
    best = optimum(problem, with_musts=False) - 1e-6
    assert proven(problem, most_rounds=most_rounds) >= best
    assert proven(problem, most_rounds=most_rounds, has_cp_sat=False) >= best


@over_seeds(range(30))
def test_routes_that_somebody_knows_leave_no_bound_below_the_optimum(seed):
    problem, most_rounds = tied_problem(seed), seed % 7
    prover, served = prover_of(problem), units(problem)
    n_slots = sum(len(v.slots) for v in problem.visits)
    # Routes of one stop, among them such that no team may go or that no window allows.
    prover.offer((k, [i]) for k in range(len(problem.teams)) for i in range(n_slots))
    prover.run(lambda: served, lambda: prover.n_rounds < most_rounds)
    assert prover.bound(served)[0] >= optimum(problem, with_musts=False) - 1e-6


@pytest.mark.parametrize("has_cp_sat", [False, True])
@over_seeds(range(60), n_fast=20)
def test_branching_ends_at_the_optimum_with_cp_sat_and_without(has_cp_sat, seed):
    problem = tied_problem(seed)
    assert proven(problem, has_cp_sat=has_cp_sat) == pytest.approx(optimum(problem, with_musts=False))
    with_musts = optimum(problem, with_musts=True)
    if with_musts is not None:
        assert proven(problem, with_musts=True, has_cp_sat=has_cp_sat) == pytest.approx(with_musts)


@over_seeds(range(60), n_fast=20)
def test_cp_sat_alone_comes_to_the_optimum_and_nothing_is_above_it(seed):
    problem = tied_problem(seed)
    a = make_arrays(problem, problem.teams)
    value, total = unit_values(problem, a)[0], 0.0
    for teams, members in split_components(a, can_be_staffed(a)):
        if len(members):
            pool = make_component(a, value, teams, members)
            whole = root(pool, np.zeros(len(members), np.bool_))
            settled = solve_node(pool, whole, -1.0, 100.0, lambda: True)
            assert settled.is_settled
            total += settled.value
            above = solve_node(pool, whole, settled.value, 100.0, lambda: True)
            assert (above.is_settled, above.routes) == (True, [])
    assert total == pytest.approx(optimum(problem, with_musts=False))


@pytest.mark.usefixtures("lying_cp_sat")
@over_seeds(range(30))
def test_no_bound_rests_on_the_word_of_cp_sat(seed):
    problem = tied_problem(seed)
    assert proven(problem) == pytest.approx(optimum(problem, with_musts=False))
    assert proven(problem, most_rounds=30) >= optimum(problem, with_musts=False) - 1e-6


def pool_of(problem: Problem) -> Component:
    a = make_arrays(problem, problem.teams)
    ((teams, members),) = split_components(a, can_be_staffed(a))
    return make_component(a, unit_values(problem, a)[0], teams, members)


def test_cp_sat_and_pricing_stop_when_they_are_asked_to(make_random_problem):
    pool = pool_of(make_random_problem(1, n_visits=40, n_teams=6, linked=True))
    whole = root(pool, np.zeros(len(pool.units), np.bool_))
    start = time.monotonic()
    assert not solve_node(pool, whole, -1.0, 1e6, lambda: False).is_settled
    assert time.monotonic() - start < 10.0
    kind = pool.kinds[0]
    mine = TaskWindows(pool.windows.window[kind.tasks])
    prize = np.ones(len(kind.tasks))
    assert best_routes(kind.team, mine, prize, 0.0, 5, 10**9, lambda: False).is_complete is False


@over_seeds(range(20))
def test_pricing_that_is_cut_short_or_rough_bounds_the_best_route(make_random_problem, seed):
    pool = pool_of(make_random_problem(seed, n_visits=14, n_teams=2))
    kind = pool.kinds[0]
    mine = TaskWindows(pool.windows.window[kind.tasks])
    prize = np.random.default_rng(seed).integers(1, 9, len(kind.tasks)).astype(np.float64)
    exact = best_routes(kind.team, mine, prize, 0.0, 5, 10**9, lambda: True)
    assert exact.is_complete
    assert exact.most == max(sum(prize[i] for i in route) for route in exact.routes)
    rough = best_routes(kind.team, mine, prize, 0.0, 5, 10**9, lambda: True, is_rough=True)
    cut = best_routes(kind.team, mine, prize, 0.0, 5, 10**9, lambda: False)
    assert exact.most <= rough.most == cut.most < prize.sum()
    assert possible(np.array(rough.routes[:1]), kind.team, mine)[0].all()
    assert best_routes(kind.team, mine, prize, exact.most, 5, 10**9, lambda: True).routes == []


def test_labels_are_the_same_in_one_go_and_in_many(make_random_problem, monkeypatch):
    pool = pool_of(make_random_problem(2, n_visits=14, n_teams=2))
    kind = pool.kinds[0]
    mine = TaskWindows(pool.windows.window[kind.tasks])
    prize = np.random.default_rng(1).uniform(1.0, 2.0, len(kind.tasks))
    whole = best_routes(kind.team, mine, prize, 0.0, 5, 10**9, lambda: True)
    monkeypatch.setattr(import_module("sweep.plan.bound.pricing"), "COMPARED_AT_ONCE", 1)
    assert best_routes(kind.team, mine, prize, 0.0, 5, 10**9, lambda: True) == whole
    assert whole.most > 0.0


@over_seeds(range(60), n_fast=20)
def test_the_plan_that_comes_up_can_be_kept_and_has_its_value(seed):
    problem = replace(tied_problem(seed), visits=tuple(replace(v, is_must=False) for v in tied_problem(seed).visits))
    prover, served = prover_of(problem), units(problem)
    prover.run(lambda: served, lambda: prover.n_rounds < 2_000)
    a = make_arrays(problem, problem.teams)
    teams, found = prover.better_routes(served)
    state = with_stops(a, empty_state(a), teams, found.stops, found.breaks_s)
    assert state is not None
    first = a.node_start[: len(problem.visits)]
    in_plan = [v.value for v, i in zip(problem.visits, first, strict=True) if state.fill["team"][i] != NONE]
    assert sum(in_plan) == pytest.approx(prover.bound(served)[0])


@over_seeds(range(40))
def test_no_plan_of_a_problem_with_everything_passes_what_branching_proves(seed):
    problem = rich_problem(seed)
    assert solve(problem, Settings(seed=1, n_iterations=400)).value <= proven(problem, most_rounds=300) + 1e-6


def test_teams_that_cannot_meet_in_time_do_not_serve_a_two_team_visit(make_problem, make_visit, make_team):
    # Each team has one visit of its own of 12 + 3 * 240 / 4 = 192 min, in a shift of 240: one starts by 13:35, the
    # other at 13:45 or later and is at work until 16:57. The pair (27 min, at 13:30-13:50 or 16:55 on) fits into each
    # team's day, but never into both at one time: before the late one, or after the early one. With 5 min between.
    early = make_visit("B1", 5.0, n_firms=240, windows=((48_600, 48_900),))
    late = make_visit("B2", 5.0, n_firms=240, windows=((50_700, 50_700),))
    pair = make_visit("B3", 5.0, n_slots=2, windows=((48_900, 48_900), (60_900, 60_900)), n_firms=16)
    problem = make_problem([early, late, pair], [make_team("T1"), make_team("T2")])
    arrays = make_arrays(problem, problem.teams)
    assert optimum(problem, with_musts=False) == 10.0
    relaxed, _ = upper_bound(problem, arrays, problem.teams, np.inf, with_musts=False)
    assert relaxed == pytest.approx(15.0)
    served = np.array([True, True, False])
    assert branched(problem, arrays, problem.teams, served) == (
        pytest.approx(10.0),
        "branch_and_price",
    )


def test_one_team_does_not_fill_both_slots_of_a_visit_one_after_the_other(make_problem, make_visit, make_team):
    # T2 is on duty for 20 min and can serve nothing. T1 could be inside twice, but not at one time: to the relaxation,
    # which cuts visits, half of the visit is served; to branching none.
    pair = make_visit("B1", 5.0, n_slots=2)
    problem = make_problem([pair], [make_team("T1"), make_team("T2", shift=(48_600, 49_800))])
    arrays = make_arrays(problem, problem.teams)
    assert upper_bound(problem, arrays, problem.teams, np.inf, with_musts=False)[0] == pytest.approx(2.5)
    assert proven(problem) == pytest.approx(0.0)


def test_a_lag_over_two_districts_counts_in_full(make_problem, make_visit, make_team):
    # No team serves both districts; the two visits are one unit all the same.
    visits = [make_visit("B1", 2.0), make_visit("B2", 3.0, division_code="370103")]
    teams = [make_team("T1"), make_team("T2", division_code="370103")]
    problem = replace(make_problem(visits, teams), lags=(Lag("V-B1", "V-B2", 0, 600),))
    assert knapsack_bound(problem, make_arrays(problem, teams), teams) == pytest.approx(5.0)
    assert proven(problem) == pytest.approx(5.0)


def test_one_team_may_make_both_visits_of_a_long_lag(make_problem, make_visit, make_team):
    problem = make_problem([make_visit("B1", 2.0), make_visit("B2", 3.0)], [make_team("T1")])
    problem = replace(problem, lags=(Lag("V-B1", "V-B2", 3_600, 7_200),))
    assert proven(problem) == pytest.approx(5.0)


def test_places_no_time_apart_are_no_time_apart_to_the_bound(make_problem, make_visit, make_team):
    # Two doors of one yard, 0 min apart, 30 min from base: 30 + 27 + 0 + 27 + 30 = 114 of the team's 114 min.
    minutes = np.array([[0, 0, 30], [0, 0, 30], [30, 30, 0]])
    visits = [make_visit("B1", 2.0), make_visit("B2", 3.0)]
    problem = make_problem(visits, [make_team("T1", shift=(48_600, 48_600 + 114 * 60))], minutes)
    assert proven(problem) == pytest.approx(5.0)


def test_a_window_inside_another_takes_nothing_from_it(make_problem, make_visit, make_team):
    # 27 min inside each, 5 min on the road: after B1 from 13:35 B2 starts at 14:07, in the long window, past the short.
    nested = ((48_600, 60_300), (48_900, 49_200))
    problem = make_problem([make_visit("B1", 2.0), make_visit("B2", 3.0, windows=nested)], [make_team("T1")])
    assert proven(problem) == pytest.approx(5.0)
    first = replace(problem.visits[0], windows_s=((48_900, 48_900),))
    problem = replace(problem, visits=(first, problem.visits[1]))
    assert proven(problem) == pytest.approx(5.0)
    assert solve(problem, Settings(n_iterations=100)).value == 5.0


def test_the_same_calls_give_the_same_bound_and_rounds(make_random_problem):
    problem = make_random_problem(3, n_visits=12, n_teams=4, linked=True)
    runs = []
    for _ in range(2):
        prover, served = prover_of(problem), units(problem)
        prover.run(lambda flags=served: flags, lambda made=prover: made.n_rounds < 60)
        runs.append((prover.bound(served), prover.n_rounds, prover.better_routes(served)))
    assert runs[0] == runs[1]


def test_a_run_can_be_taken_up_again(make_random_problem):
    problem = make_random_problem(5, n_visits=12, n_teams=4, linked=True)
    prover, served = prover_of(problem), units(problem)
    bounds = [prover.bound(served)[0]]
    for rounds in (1, 5, 20, 1_000):
        prover.run(lambda: served, lambda most=rounds: prover.n_rounds < most)
        bounds.append(prover.bound(served)[0])
    assert bounds == sorted(bounds, reverse=True)
    assert bounds[-1] == pytest.approx(proven(problem))


def test_a_part_too_large_to_search_keeps_its_knapsack(make_random_problem, monkeypatch):
    monkeypatch.setattr(import_module("sweep.plan.bound.branch_and_price"), "MOST_PAIRS", 3)
    problem = make_random_problem(1, n_visits=6, n_teams=2)
    arrays = make_arrays(problem, problem.teams)
    knapsack = knapsack_bound(problem, arrays, problem.teams)
    assert upper_bound(problem, arrays, problem.teams, np.inf, with_musts=False) == (
        pytest.approx(knapsack),
        "fractional_knapsack",
    )
