"""The compiled table of who may fill which slot, held equal to the rules that it is a copy of."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np

from sweep.plan.kernel.people_arrays import make_people
from sweep.plan.kernel.problem_arrays import FORBIDDEN
from sweep.plan.problem.eligibility import may_serve
from sweep.plan.problem.problem import Lock, Problem, Weights, slot_tasks
from sweep.plan.search.encode_problem import make_arrays
from sweep.plan.search.initial_solution import empty_state
from sweep.plan.teams.make_teams import with_members
from sweep.records.people import Team
from sweep.records.visits import Slot
from tests.plan.entered import dislike, set_service
from tests.plan.rich import DISTRICTS, rich_problem
from tests.seeds import over_seeds


def with_officers_and_pairs(problem: Problem, rng: np.random.Generator) -> Problem:
    """Some visits are drawn with their officers, some must rotate, one is locked to a team."""
    ids = [p.person_id for p in problem.people]

    def few(n: int) -> tuple[str, ...]:
        return tuple(str(i) for i in rng.choice(ids, n, replace=False))

    visits = tuple(
        replace(
            v,
            officers=few(2) if rng.random() < 0.3 else (),
            keep_apart=tuple(combinations(few(3), 2)) if rng.random() < 0.5 else (),
            preferred=(*few(2), "away") if rng.random() < 0.5 else (),
            slots=(*v.slots, Slot(len(v.slots), {"police": 1}, 0, is_for_drawn=False)),
        )
        for v in problem.visits
    )
    return replace(problem, visits=visits, locks=(Lock(visits[0].visit_id, 0, "T1"),))


def empty_teams(n: int) -> list[Team]:
    districts = [frozenset({DISTRICTS[0]}), frozenset(DISTRICTS), frozenset({DISTRICTS[1]})]
    return [Team(f"T{k}", (), "S", districts[k % 3], (48_600, 63_000), {}, 0, frozenset()) for k in range(n)]


@over_seeds(range(60), n_fast=20)
def test_a_team_of_any_people_may_fill_in_the_table_what_it_may_by_the_rules(seed):
    rng = np.random.default_rng(seed)
    problem = with_officers_and_pairs(rich_problem(seed, composed=True), rng)
    people = problem.people
    member = rng.integers(-1, 2, len(people))
    inside = [[p for p, k in zip(people, member, strict=True) if k == n] for n in range(2)]
    teams = [with_members(problem, t, some) for t, some in zip(empty_teams(2), inside, strict=True)]
    arrays = make_arrays(problem, teams)
    table, state = make_people(problem, teams, people), empty_state(arrays, member.astype(np.int64))
    state.service[:] = 0
    for k, team in enumerate(teams):
        set_service(table, state, k)
        assert state.service[k].tolist() == arrays.service[k].tolist()
        for i, (visit, slot) in enumerate(slot_tasks(problem)):
            is_locked_away = (visit.visit_id, slot.slot, team.team_id) == (problem.visits[0].visit_id, 0, "T0")
            may = may_serve(problem, visit, slot.slot, team) and not is_locked_away
            assert (state.service[k, i] != FORBIDDEN) == may


@over_seeds(range(60), n_fast=20)
def test_who_is_in_a_team_costs_by_the_moving_people_what_it_costs_by_the_team(seed):
    rng = np.random.default_rng(seed)
    problem = with_officers_and_pairs(rich_problem(seed, composed=True), rng)
    problem = replace(problem, weights=Weights(unpreferred=0.5))
    member = rng.integers(-1, 2, len(problem.people))
    inside = [[p for p, k in zip(problem.people, member, strict=True) if k == n] for n in range(2)]
    teams = [with_members(problem, t, some) for t, some in zip(empty_teams(2), inside, strict=True)]
    moving, still = make_arrays(problem, empty_teams(2), problem.people), make_arrays(problem, teams)
    state, known = empty_state(moving, member.astype(np.int64)), empty_state(still)
    for i in range(moving.n_visit_tasks):
        for k in range(2):
            assert dislike(moving, state, i, k) == dislike(still, known, i, k)
