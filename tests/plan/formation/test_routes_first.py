"""Routes searched as if every team had whomever it wants, and people for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from sweep.plan.formation.routes_first import open_to_all, teams_for
from sweep.plan.problem.may_serve import may_serve
from sweep.plan.problem.problem import Problem, TeamRules, Weights
from sweep.plan.run import LEAST_FORM_ROUNDS
from sweep.plan.solve import Settings, solve
from sweep.records.people import POLICE, Person, Team
from sweep.records.plan import Route, Stop
from sweep.records.visits import Slot
from tests.plan.conftest import SHIFT, problem, team, visit
from tests.plan.judge import faults
from tests.plan.rich import rich_problem

# Two visits 10 and 11 minutes to the east of the base, one and the other to the west; the near ones start at one time.
AT_MIN = np.array([10, 11, -10, -11, 0])
AT_ONCE, ALL_DAY = [(50_000, 50_060)], [(48_600, 60_300)]
WANTED = ("a", "b", "a", "b")


def two_ways(skills: str) -> Problem:
    """One person for each letter; the near visits ask for `a` and the far ones for `b`."""
    visits = [
        replace(
            visit(f"B{k}", 1.0, windows=ALL_DAY if k % 2 else AT_ONCE),
            slots=(Slot(0, {}, 0, {skill: 1}, service_s=600),),
        )
        for k, skill in enumerate(WANTED)
    ]
    people = [
        Person(f"P{n}", POLICE, "officer", date.max, False, "S", "370102", SHIFT, skills=frozenset({skill}))
        for n, skill in enumerate(skills)
    ]
    asked = problem(
        visits, minutes=np.abs(AT_MIN[:, None] - AT_MIN[None]), people=people,
        rules=TeamRules(2, 0, {}, 0, assist_letter=True),
    )  # fmt: skip
    return replace(asked, weights=Weights(travel=1e-4))


def given(asked: Problem) -> list[Team]:
    half = len(asked.people) // 2
    ids = tuple(p.person_id for p in asked.people)
    return [replace(team("T0"), member_ids=ids[:half]), replace(team("T1"), member_ids=ids[half:])]


def eastward_and_westward() -> list[Route]:
    def stops(*ks: int) -> tuple[Stop, ...]:
        return tuple(Stop(f"V-B{k}", 0, f"B{k}", 0, 0, 50_000, 50_000, 50_000) for k in ks)

    return [Route(f"T{t}", 0, stops(2 * t, 2 * t + 1), 0, 0, 0) for t in range(2)]


def test_where_all_are_open_every_team_may_make_every_visit():
    for seed in range(20):
        asked = rich_problem(seed)
        everywhere = [replace(t, capacity=None, division_codes=codes(asked)) for t in asked.teams]
        opened, teams = open_to_all(asked, everywhere)
        assert all(may_serve(opened, v, s.slot, t) for v in opened.visits for s in v.slots for t in teams)
        assert [len(t.member_ids) for t in teams] == [len(t.member_ids) for t in asked.teams]


def codes(asked: Problem) -> frozenset[str]:
    return frozenset(v.division_code for v in asked.visits)


def test_each_team_gets_whom_its_route_asks_for():
    asked = two_ways("aabb")
    made = teams_for(asked, asked.people, given(asked), eastward_and_westward(), 1)
    assert made is not None
    assert [t.n_skilled for t in made] == [{"a": 1, "b": 1}, {"a": 1, "b": 1}]


def test_no_teams_where_people_do_not_suffice_for_every_stop():
    asked = two_ways("abbb")
    assert teams_for(asked, asked.people, given(asked), eastward_and_westward(), 1) is None


@pytest.fixture
def asked_for(monkeypatch: pytest.MonkeyPatch) -> list[list[Team] | None]:
    """Whatever came of each time that people were looked for."""
    answers: list[list[Team] | None] = []

    def noted(*arguments: Any) -> list[Team] | None:
        answers.append(teams_for(*arguments))
        return answers[-1]

    monkeypatch.setattr("sweep.plan.composed.teams_for", noted)
    return answers


def test_a_plan_goes_the_shortest_routes_if_there_are_people_for_them(asked_for):
    asked = two_ways("aabb")
    plan = solve(asked, Settings(1, n_iterations=LEAST_FORM_ROUNDS))
    assert [made is not None for made in asked_for] == [True, True]
    assert faults(asked, plan) == []
    assert plan.value == 4.0
    assert {tuple(s.visit_id for s in r.stops) for r in plan.routes} <= {
        ("V-B0", "V-B1"), ("V-B1", "V-B0"), ("V-B2", "V-B3"), ("V-B3", "V-B2"),
    }  # fmt: skip


def test_a_plan_makes_what_it_can_if_people_do_not_suffice(asked_for):
    asked = two_ways("abbb")
    plan = solve(asked, Settings(1, n_iterations=LEAST_FORM_ROUNDS))
    assert asked_for == []
    assert faults(asked, plan) == []
    assert plan.value == 3.0
