"""The times that the search keeps up stop by stop are those of the whole, worked out from nothing."""

from __future__ import annotations

import numpy as np
import pytest

from sweep.plan.kernel.problem_arrays import NONE, Arrays
from sweep.plan.kernel.route_schedule import compute_starts
from sweep.plan.kernel.search_state import SearchState, copy_state, insert_task, remove_task
from sweep.plan.kernel.synchronised_insertion import insert_unit
from sweep.plan.search.encode_problem import make_arrays
from sweep.plan.search.initial_solution import empty_state
from tests.plan.entered import may_be_kept, ruin, settle_rest
from tests.plan.rich import rich_problem
from tests.seeds import over_seeds

N_ROUNDS = 12


def is_as_worked_out_from_nothing(a: Arrays, state: SearchState) -> bool:
    whole = copy_state(state)
    whole.team["is_touched"] = True
    inside = state.fill["team"] != NONE
    return compute_starts(a, whole) and all(
        np.array_equal(state.fill[times][inside], whole.fill[times][inside]) for times in ("early", "late")
    )


@pytest.mark.slow
@over_seeds(range(40))
def test_times_after_every_step_are_those_of_the_whole(seed):
    problem = rich_problem(seed)
    a, rng = make_arrays(problem, problem.teams), np.random.default_rng(seed)
    state = empty_state(a)
    everybody = np.ones(len(a.team), np.bool_)
    for _ in range(N_ROUNDS):
        open_teams, is_loose = np.zeros(len(a.team), np.bool_), np.zeros(len(a.units), np.bool_)
        before = copy_state(state)
        ruin(a, state, open_teams, is_loose, rng)
        if not settle_rest(a, state, open_teams, rng):
            state = before
        assert is_as_worked_out_from_nothing(a, state)
        for u in rng.permutation(len(a.units)):
            if state.fill["team"][a.unit_tasks[a.unit_start[u]]] == NONE:
                insert_unit(a, state, u, everybody, np.inf, 0.02, rng)
                assert is_as_worked_out_from_nothing(a, state)


def test_where_a_route_alone_cannot_be_kept_for_its_break_it_cannot_with_all_others():
    n_refused = 0
    for seed in range(40):
        problem = rich_problem(seed)
        a, rng = make_arrays(problem, problem.teams), np.random.default_rng(seed)
        state = empty_state(a)
        for u in rng.permutation(len(a.units)):
            insert_unit(a, state, u, np.ones(len(a.team), np.bool_), np.inf, 0.02, rng)
        for k in np.flatnonzero(a.team["break_task"] != NONE):
            for p in range(state.team["length"][k]):
                other, pause = copy_state(state), a.team["break_task"][k]
                remove_task(a, other, pause)
                insert_task(a, other, pause, k, p)
                if not may_be_kept(a, other, k):
                    n_refused += 1
                    assert not compute_starts(a, other)
    assert n_refused
