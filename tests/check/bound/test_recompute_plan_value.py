"""What a plan costs, by the checker, on paper."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sweep.check.bound.recompute_plan_value import costs_of
from sweep.plan.problem.problem import Lock, Problem, TeamRules, Weights
from sweep.plan.problem.problem_file import write_problem
from sweep.plan.search.encode_problem import make_arrays
from sweep.plan.solve import Settings, solve
from sweep.records.people import Team
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


@pytest.mark.parametrize(("start_s", "late_s"), [(BEGIN + 600, 300), (BEGIN + 8_000, 1_000)], ids=["first", "second"])
def test_a_locked_start_is_late_by_the_due_time_of_its_own_window(start_s: int, late_s: int) -> None:
    windows = ((BEGIN, BEGIN + 1_000), (BEGIN + 7_000, BEGIN + 9_000))
    one = replace(visit("B1", windows=windows), dues_s=(BEGIN + 300, BEGIN + 7_000))
    locks = (Lock("V-B1", 0, "T1", start_s),)
    asked = replace(problem([one], [team("T1")]), weights=Weights(lateness=1e-4), locks=locks)
    plan = solve(asked, Settings(1, n_iterations=50))
    assert [s.start_s for r in plan.routes for s in r.stops] == [start_s]
    assert costs_of(write_problem(asked).encode(), plan)["lateness"] == Cost(late_s, pytest.approx(1e-4 * late_s))
    # The search has it so too: the due time of a task stands in the first of its rows.
    a = make_arrays(asked, asked.teams)
    assert int(a.extra["load"][a.task["soft"][0]]) == start_s - late_s


def test_a_team_that_stays_in_is_neither_overtime_nor_idle_where_its_shift_begins_past_its_paid_hours() -> None:
    late = replace(team("T1"), paid_until_s=BEGIN - 3_600)
    asked = replace(problem([visit("B1")], [late]), weights=Weights(travel=0.0, overtime=0.01, largest_idle=0.01))
    found = costs(asked, (late,), replace(route(), stops=(), depart_s=BEGIN, return_s=BEGIN))
    assert found == {"overtime": Cost(0, 0.0), "largest_idle": Cost(0, 0.0)}
    # Back after 4,200 s of work; an hour of overtime lies before the shift.
    goes = costs(asked, (late,), route())
    assert goes == {"overtime": Cost(7_800, pytest.approx(78.0)), "largest_idle": Cost(0, 0.0)}
