"""Slots of visits and police of teams, fitted to each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sweep.plan.problem.problem import Problem, TeamRules
from sweep.plan.teams.compose_teams import compose_teams
from sweep.plan.teams.slots_and_team_sizes import estimated_objective, fit_slots, police_of_teams
from sweep.records.people import Person
from sweep.records.visits import Slot, Visit
from tests.plan.conftest import problem, visit

NEEDS, HOME = {"police": 2, "market_regulation": 2}, "370102"
HOUR_S = 3_600


def of_exits(building_id: str, n_exits: int, **changes: object) -> Visit:
    """A visit of an hour with all guards in one slot."""
    slot = Slot(0, {**NEEDS, "police": 2 + n_exits}, n_exits)
    return replace(visit(building_id), slots=(slot,), **({"service_s": HOUR_S} | changes))  # type: ignore[arg-type]


def asked(visits: Sequence[Visit], n_police: int, n_teams: int, n_reserve: int = 0) -> Problem:
    kinds = [("police", "officer")] * n_police + [("market_regulation", "inspector")] * 2 * n_teams
    people = [
        Person(f"P{k:02d}", agency, role, date(2030, 1, 1), True, "S", HOME, (46_800, 64_800))
        for k, (agency, role) in enumerate(kinds)
    ]
    return problem(visits, people=people, rules=TeamRules(n_teams, n_reserve, NEEDS, 1, assist_letter=False))


def fitted(p: Problem) -> tuple[Problem, dict[str, list[int]]]:
    """The problem with fitted slots, and the guards of each building's slots."""
    visits = fit_slots(p)
    return replace(p, visits=visits), {v.building_id: [s.n_guards for s in v.slots] for v in visits}


def mixed() -> Problem:
    # 8 police and 2 teams. 5 and 3 serve three exits and one exit at the same time; with 4 and 4 both teams are needed
    # for three exits.
    towers = [of_exits(f"T{k}", 3) for k in range(6)]
    return asked([*towers, *(of_exits(f"B{k}", 1) for k in range(6))], 8, 2)


def test_a_large_and_a_small_team_go_where_two_even_ones_would_go_together() -> None:
    p, guards = fitted(mixed())
    assert guards == {f"T{k}": [3] for k in range(6)} | {f"B{k}": [1] for k in range(6)}
    assert police_of_teams(p, [HOME] * 2) == [5, 3]
    assert sorted(t.n_certified["police"] for t in compose_teams(p, 1)) == [3, 5]


def test_teams_are_even_where_uneven_ones_would_serve_no_more() -> None:
    p, guards = fitted(asked([of_exits(f"B{k}", 1) for k in range(12)], 8, 2))
    assert set(map(tuple, guards.values())) == {(1,)}
    assert sorted(t.n_certified["police"] for t in compose_teams(p, 1)) == [4, 4]


@pytest.mark.parametrize(
    ("n_exits", "n_police", "n_teams", "guards"),
    [
        # 7 people of whom 2 are of market regulation: 5 police, 3 of them guards.
        pytest.param(4, 8, 2, [2, 2], id="two teams"),
        pytest.param(7, 13, 3, [3, 2, 2], id="three teams"),
    ],
)
def test_exits_are_shared_where_no_team_may_have_the_police(
    n_exits: int, n_police: int, n_teams: int, guards: list[int]
) -> None:
    p = asked([of_exits("T", n_exits)], n_police, n_teams)
    _, found = fitted(replace(p, rules=replace(p.rules, max_members=7)))
    assert found == {"T": guards}


def test_a_visit_takes_no_more_teams_than_may_be_there() -> None:
    # One team in each of two districts, which must be at home: its four exits are those of one team.
    p = asked([of_exits("T", 4), of_exits("B", 1, division_code="370103")], 12, 2)
    people = tuple(replace(q, division_code="370103") if k % 2 else q for k, q in enumerate(p.people))
    slots = (Slot(0, {**NEEDS, "police": 4}, 2), Slot(1, {**NEEDS, "police": 4}, 2))
    joint = replace(p, people=people, visits=(replace(p.visits[0], slots=slots), p.visits[1]))
    assert fitted(joint)[1] == {"T": [4], "B": [1]}


def test_slots_stay_as_they_are_without_a_certified_inspector() -> None:
    p = asked([of_exits("T", 4)], 8, 2)
    police = replace(p, people=tuple(q for q in p.people if q.agency == "police"))
    assert fit_slots(police) == police.visits


def test_slots_stay_as_they_are_where_others_gain_little() -> None:
    # 4 police in each team serve three exits together as well as 5 in one: all six hours are enough for all.
    slots = (Slot(0, {**NEEDS, "police": 4}, 2), Slot(1, {**NEEDS, "police": 3}, 1))
    _, guards = fitted(asked([replace(of_exits("T", 3), slots=slots)], 8, 2))
    assert guards == {"T": [2, 1]}


@settings(max_examples=25)
@given(
    n_exits=st.lists(st.integers(0, 9), min_size=1, max_size=6), n_police=st.integers(4, 20), n_teams=st.integers(2, 4)
)
def test_every_exit_keeps_its_guard_and_two_officers_inspect(n_exits: list[int], n_police: int, n_teams: int) -> None:
    p, _ = fitted(asked([of_exits(f"B{k}", n) for k, n in enumerate(n_exits)], n_police, n_teams))
    for n, v in zip(n_exits, p.visits, strict=True):
        assert sum(s.n_guards for s in v.slots) == n
        assert 1 <= len(v.slots) <= 3
        assert [s.slot for s in v.slots] == list(range(len(v.slots)))
        assert all(dict(s.min_certified) == {"police": 2 + s.n_guards, "market_regulation": 2} for s in v.slots)
    police = police_of_teams(p, [HOME] * n_teams)
    assert sum(police) <= n_police


def test_the_estimate_counts_the_hours_of_all_teams() -> None:
    # A visit of an hour and its leg of 5 minutes: 240 / 65 visits a team; a must-visit adds no more than its value.
    visits = [of_exits(f"B{k}", 1, is_must=k == 0) for k in range(12)]
    for n in (1, 2):
        assert estimated_objective(asked(visits, 8, n)) == pytest.approx(n * 240 / 65, rel=1e-3)
