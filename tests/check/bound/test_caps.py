"""Caps and values by day, judged from problem.json; must-visits that alone break a cap."""

from __future__ import annotations

from dataclasses import replace

from sweep.check.bound.recompute_plan_value import check_caps_and_value
from sweep.plan.feasible.contradictions import contradictions
from sweep.plan.problem.problem_file import write_problem
from sweep.plan.solve import Settings, solve
from sweep.records.plan import Plan, Route, Stop
from sweep.records.visits import Cap
from tests.plan.conftest import problem, team, visit

BOTH = Cap("C", {"V-B1": 2, "V-B2": 3}, 4)


def test_a_cap_that_is_broken_and_a_value_of_another_day_are_told() -> None:
    visits = [visit("B1", 1.0, values=(1.0, 5.0)), visit("B2", 2.0)]
    asked = replace(problem(visits, [replace(team("T1"), day=1)]), caps=(BOTH,))
    stops = tuple(Stop(v.visit_id, 0, v.building_id, 0, 0, 50_000, 50_000, 51_000) for v in visits)
    plan = Plan("feasible", 7.0, 9.0, "", asked.teams, (Route("T1", 0, stops, 0, 0, 0),), (), 1, 1)
    text = write_problem(asked).encode()
    assert [(v.rule_id, v.where, dict(v.values)) for v in check_caps_and_value(text, plan)] == [
        ("P12", "C", {"taken": 5, "most": 4})
    ]
    # 1 + 2 would be that of the first day.
    assert [v.rule_id for v in check_caps_and_value(text, replace(plan, value=3.0))] == ["P12", "P13"]


def test_the_value_of_a_plan_of_one_day_is_that_of_its_visits() -> None:
    asked = problem([visit("B1", 1.0), visit("B2", 2.0)], [team("T1")])
    made = solve(asked, Settings(1, n_iterations=100))
    text = write_problem(asked).encode()
    assert list(check_caps_and_value(text, made)) == []
    empty = replace(made, routes=tuple(replace(r, stops=()) for r in made.routes))
    assert [dict(v.values) for v in check_caps_and_value(text, empty)] == [{"detail": "3.000000 != 0.000000"}]


def test_must_visits_that_take_more_than_a_cap_allows_are_told() -> None:
    visits = [visit("B1", is_must=True), visit("B2", is_must=True)]
    asked = replace(problem(visits, [team("T1")]), caps=(BOTH,))
    assert [(i.code, i.where) for i in contradictions(asked)] == [("S217", "C")]
    assert contradictions(replace(asked, caps=(replace(BOTH, most=5),))) == ()
