"""Who goes over to another team, and where nobody goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from sweep.plan.kernel.people_arrays import make_people, members
from sweep.plan.kernel.search_state import copy_state, insert_task
from sweep.plan.problem.problem import TeamRules, Weights
from sweep.plan.search.encode_problem import make_arrays
from sweep.plan.search.initial_solution import empty_state
from sweep.records.people import POLICE, Person
from sweep.records.visits import Slot, Visit
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


def test_officers_drawn_for_a_visit_go_over_together():
    drawn = replace(visit("B0", 1.0), officers=("P0", "P1"), slots=(Slot(0, {}, 0),))
    gone = Counter(moved.get(1) == (0, 1) for moved in trades(drawn, (4, 4)) if moved.get(0) == (0, 1))
    assert gone[True] > gone[False]


def test_two_people_go_over_at_once_without_any_coming_back():
    assert {2: (0, 1), 3: (0, 1)} in list(trades(visit("B0", 1.0), (4, 4)))


def moves_of_one(*, is_travel_paid: bool) -> Counter[tuple[int, int]]:
    """How often one person goes over, by team before and after: of four who go out, one who stays in, three who do."""
    return Counter(
        next(iter(moved.values()))
        for moved in trades(visit("B0", 1.0), (4, 1, 3), 1e-3 * is_travel_paid)
        if len(moved) == 1
    )


def trades(one: Visit, sizes: Sequence[int], travel: float = 0.0) -> Iterator[dict[int, tuple[int, int]]]:
    """Yield who goes over, with team before and after, in trades of officers; the first team makes the visit."""
    people = tuple(Person(f"P{n}", POLICE, "officer", date.max, False, "S", "370102", SHIFT) for n in range(sum(sizes)))
    ends = np.cumsum(sizes).tolist()
    inside = [people[end - n : end] for n, end in zip(sizes, ends, strict=True)]
    teams = [replace(team(f"T{k}"), member_ids=tuple(p.person_id for p in some)) for k, some in enumerate(inside)]
    rules = TeamRules(len(sizes), 0, {}, 0, assist_letter=True)
    asked = replace(problem([one], teams), people=people, rules=rules, weights=Weights(travel=travel))
    a, table = make_arrays(asked, teams, people), make_people(asked, teams, people)
    start = empty_state(a, members(people, teams))
    insert_task(a, start, 0, 0, 0)

    rng = np.random.default_rng(1)
    for _ in range(N_TRADES):
        state = copy_state(start)
        trade(a, table, state, np.zeros(len(sizes), np.bool_), np.zeros(1, np.bool_), rng)
        moved = np.flatnonzero(state.member != start.member).tolist()
        yield {p: (int(start.member[p]), int(state.member[p])) for p in moved}
