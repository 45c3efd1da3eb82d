"""Routes of several plans, put together into a better one."""

from __future__ import annotations

import numpy as np
import pytest

from sweep.plan.kernel.annealing import score
from sweep.plan.kernel.problem_arrays import NONE, Arrays
from sweep.plan.kernel.route_schedule import compute_starts
from sweep.plan.kernel.search_state import SearchState, copy_state
from sweep.plan.kernel.synchronised_insertion import insert_unit
from sweep.plan.search.encode_problem import make_arrays
from sweep.plan.search.initial_solution import empty_state, with_routes, with_stops
from sweep.plan.search.route_pool import RoutePool
from sweep.plan.solve import Settings, solve
from sweep.records.plan import Route, Stop
from tests.plan.rich import rich_problem
from tests.seeds import over_seeds

TIME = 1.0


def state_of(problem, a: Arrays, by_team: dict[str, list[str]]) -> SearchState:
    """Each team makes its visits one after the other."""
    stops = {t: [Stop(f"V-{b}", 0, b, 0, 0, 0, n, n) for n, b in enumerate(bs)] for t, bs in by_team.items()}
    return with_routes(problem, a, problem.teams, [Route(t, 0, tuple(s), 0, 0, 0, None) for t, s in stops.items()])


def served(state: SearchState) -> set[int]:
    return set(np.flatnonzero(state.fill["team"] != NONE).tolist())


def test_the_good_routes_of_two_plans_make_a_third(make_problem, make_visit, make_team):
    # B1, B2 are 5 min apart, B3, B4 too, all else 100 min; a visit takes 27 min, the shift 240: two far ones are 254.
    near = np.full((5, 5), 100)
    near[0, 1] = near[1, 0] = near[2, 3] = near[3, 2] = 5
    near[4, :] = near[:, 4] = 60
    visits = [make_visit(f"B{k}") for k in range(1, 5)]
    problem = make_problem(visits, [make_team("T1"), make_team("T2")], near)
    a = make_arrays(problem, problem.teams)
    first = state_of(problem, a, {"T1": ["B1", "B2"], "T2": ["B3"]})
    second = state_of(problem, a, {"T1": ["B1"], "T2": ["B3", "B4"]})
    assert (served(first), served(second)) == ({0, 1, 2}, {0, 2, 3})
    pool = RoutePool(a)
    pool.add(first)
    pool.add(second)
    assert pool.best_plan(first, TIME, 0.0) is None
    better = pool.best_plan(first, TIME, 60.0)
    assert better is not None
    assert served(better) == {0, 1, 2, 3}
    assert served(first) == {0, 1, 2}


def test_a_pool_of_one_plan_holds_no_better_one(make_random_problem):
    problem = make_random_problem(1, 10, 3)
    a = make_arrays(problem, problem.teams)
    state = with_routes(problem, a, problem.teams, solve(problem, Settings(1, n_iterations=100)).routes)
    pool = RoutePool(a)
    pool.add(state)
    assert len(pool) == sum(n > 0 for n in state.team["length"])
    assert pool.best_plan(state, TIME) is None


def test_stops_that_no_team_can_keep_change_nothing(make_problem, make_visit, make_team):
    problem = make_problem([make_visit("B1", windows=((48_600, 48_600),))], [make_team("T1")], 30)
    a = make_arrays(problem, problem.teams)
    state = empty_state(a)
    assert with_stops(a, state, [0], [(0, 0, 48_600)], {}) is None
    assert served(state) == set()


@over_seeds(range(40))
def test_what_is_put_together_can_be_kept_and_is_better(seed):
    problem = rich_problem(seed)
    a, rng = make_arrays(problem, problem.teams), np.random.default_rng(seed)
    pool, states = RoutePool(a), []
    for _ in range(6):
        state = empty_state(a)
        for u in rng.permutation(len(a.units)):
            insert_unit(a, state, u, np.ones(len(a.team), np.bool_), np.inf, 0.1, rng)
        pool.add(state)
        states.append(state)
    best = max(states, key=lambda s: score(a, s))
    better = pool.best_plan(best, TIME)
    if better is not None:
        whole = copy_state(better)
        whole.team["is_touched"] = True
        assert compute_starts(a, whole)
        assert score(a, whole) == pytest.approx(score(a, better))
        assert score(a, better) > score(a, best)
