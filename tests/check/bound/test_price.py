"""What a plan costs, by the checker, on paper."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sweep.check.bound.price import costs_of
from sweep.plan.problem.file import write_problem
from sweep.plan.problem.problem import Problem, TeamRules, Weights
from sweep.records.people import BreakTime, Team
from sweep.records.plan import Cost, Plan, Route, Stop
from tests.plan.conftest import NEEDS, SHIFT, problem, team, visit

BEGIN = SHIFT[0]


def route(*, break_s: tuple[int, int] | None = None) -> Route:
    """Five minutes there, an hour inside, five minutes back."""
    stop = Stop("V-B1", 0, "B1", 300, 0, BEGIN + 300, BEGIN + 300, BEGIN + 3_900)
    return Route("T1", BEGIN, (stop,), 300, 0, BEGIN + 4_200, break_s)


def costs(asked: Problem, teams: tuple[Team, ...], *routes: Route) -> dict[str, Cost]:
    return costs_of(write_problem(asked).encode(), Plan("feasible", 1.0, 1.0, "", teams, routes, (), 1, 0))


def test_overtime_of_composed_teams_is_what_is_behind_the_time_of_the_rules() -> None:
    rules = TeamRules(1, 0, NEEDS, 1, False, paid_until_s=BEGIN + 3_600)
    asked = replace(problem([visit("B1")], rules=rules), weights=Weights(travel=0.0, overtime=0.01))
    # A plan file does not say until when a team is paid; back after 4,200 s, ten minutes late.
    assert costs(asked, (replace(team("T1"), member_ids=()),), route())["overtime"] == Cost(600, pytest.approx(6.0))


def test_a_composed_team_that_goes_out_without_the_break_of_the_rules_misses_it() -> None:
    pause = BreakTime(BEGIN, BEGIN + 7_200, 1_800)
    rules = TeamRules(1, 0, NEEDS, 1, False, break_time=pause)
    asked = replace(problem([visit("B1")], rules=rules), weights=Weights(travel=0.0, missed_break=0.4))
    mine = (replace(team("T1"), member_ids=()),)
    taken, stays = route(break_s=(BEGIN + 3_900, BEGIN + 5_700)), replace(route(), stops=())
    assert [costs(asked, mine, r)["missed_break"] for r in (route(), taken, stays)] == [
        Cost(1, 0.4),
        Cost(0, 0.0),
        Cost(0, 0.0),
    ]
