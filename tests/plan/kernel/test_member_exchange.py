"""Who goes over to another team, and where nobody goes."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import numpy as np

from sweep.plan.kernel.people_arrays import make_people, members
from sweep.plan.kernel.search_state import copy_state, insert_task
from sweep.plan.problem.problem import TeamRules, Weights
from sweep.plan.search.encode_problem import make_arrays
from sweep.plan.search.initial_solution import empty_state
from sweep.records.people import POLICE, Person
from tests.plan.conftest import SHIFT, problem, team, visit
from tests.plan.entered import trade

N_TRADES = 3_000


def test_where_ways_are_paid_who_is_idle_gathers_and_goes_to_a_team_that_goes_out():
    moves = moves_of_one(is_travel_paid=True)
    assert moves[1, 2] > 0
    assert moves[2, 1] == 0
    assert 0 < moves[0, 1] + moves[0, 2] < (moves[1, 0] + moves[2, 0]) / 2


def test_where_ways_cost_nothing_anybody_goes_anywhere_as_often():
    moves = moves_of_one(is_travel_paid=False)
    assert moves[2, 1] > 0
    assert moves[0, 1] + moves[0, 2] > moves[1, 0] + moves[2, 0]


def moves_of_one(*, is_travel_paid: bool) -> Counter[tuple[int, int]]:
    """How often one person goes over, by team before and after: of four who go out, one who stays in, three who do."""
    people = tuple(Person(f"P{n}", POLICE, "officer", date.max, False, "S", "370102", SHIFT) for n in range(8))
    inside = {"T0": people[:4], "T1": people[4:5], "T2": people[5:]}
    teams = [replace(team(t), member_ids=tuple(p.person_id for p in some)) for t, some in inside.items()]
    asked = replace(problem([visit("B0", 1.0)], teams), people=people, rules=TeamRules(3, 0, {}, 0, assist_letter=True))
    if is_travel_paid:
        asked = replace(asked, weights=Weights(travel=1e-3))
    a, table = make_arrays(asked, teams, people), make_people(asked, teams, people)
    start = empty_state(a, members(people, teams))
    insert_task(a, start, 0, 0, 0)

    rng, moves = np.random.default_rng(1), Counter()
    for _ in range(N_TRADES):
        state = copy_state(start)
        trade(a, table, state, np.zeros(3, np.bool_), np.zeros(1, np.bool_), rng)
        moved = np.flatnonzero(state.member != start.member)
        if len(moved) == 1:
            moves[int(start.member[moved[0]]), int(state.member[moved[0]])] += 1
    return moves
