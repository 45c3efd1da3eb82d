"""What is allowed but costs: must-visits go before it, and teams that stay in cost nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sweep.plan.problem.problem import Problem, Weights
from sweep.plan.search.annealing_schedule import mean_value
from sweep.plan.search.encode_problem import make_arrays
from sweep.plan.solve import Settings, solve
from sweep.records.people import BreakTime, Team
from sweep.records.visits import Visit
from tests.plan.conftest import SHIFT, problem, team, visit
from tests.plan.judge import faults

QUICK = Settings(seed=1, n_iterations=400, is_proof_wanted=False, is_review_wanted=False)


def test_a_must_visit_goes_before_any_cost() -> None:
    one = replace(visit("A", is_must=True), disturbance=2_000.0)
    p = replace(problem([one], [team("T0"), team("T1")]), weights=Weights(disturbance=1.0))
    assert solve(p, QUICK).value == 1.0


def test_a_must_visit_goes_before_what_all_others_are_late_for_it() -> None:
    # 120 short ones are due at 13:30; X starts by 13:36, behind 36 of them, and makes 84 later by 9,000 s: 756,000 s.
    short = [replace(visit(f"B{k}", is_must=True), service_s=10, due_s=SHIFT[0]) for k in range(120)]
    long = replace(visit("X", windows=[(SHIFT[0], SHIFT[0] + 360)], is_must=True), service_s=9_000)
    p = replace(problem([*short, long], [team("T0")], 0), weights=Weights(lateness=1.0))
    assert solve(p, QUICK).value == 121.0


def test_a_must_visit_goes_before_the_ways_of_all_its_teams() -> None:
    # 100 teams drive an hour there and one back: 720,000 s.
    p = problem([visit("A", n_slots=100, is_must=True)], [team(f"T{k}") for k in range(100)], 60)
    assert solve(replace(p, weights=Weights(travel=1.0)), QUICK).value == 1.0


def test_the_mean_visit_is_worth_the_same_beside_a_must_visit_that_costs_more_than_it_is_worth() -> None:
    # It sets how hot the search is.
    p = problem([visit("A", 2.0), replace(visit("B", is_must=True), disturbance=5.0)], [team("T0")])
    arrays = make_arrays(replace(p, weights=Weights(disturbance=1.0)), p.teams)
    assert mean_value(arrays) == pytest.approx(2.0)


def ends_elsewhere(visits: list[Visit], teams: list[Team], minutes: int) -> Problem:
    """The first team has a break and its shift ends at E, so many minutes from anywhere; all else is 5 minutes away."""
    table = np.full((len(visits) + 2, len(visits) + 2), 5)
    # The row before that of the base.
    table[-2, :] = table[:, -2] = minutes
    first = replace(teams[0], end_base_id="E", break_time=BreakTime(SHIFT[0], SHIFT[0] + 7_200, 600))
    p = problem([*visits, visit("E")], [first, *teams[1:]], table)
    return replace(p, visits=p.visits[:-1], bases={**p.bases, "E": replace(p.bases["S"], base_id="E")})


def test_a_team_that_stays_in_with_its_break_goes_no_way_to_where_its_shift_would_end() -> None:
    # An hour there is 0.36, and 0.39 by the visit, which is worth 0.2.
    asked = replace(ends_elsewhere([visit("A", 0.2)], [team("T0")], 60), weights=Weights(travel=1e-4))
    assert solve(asked, QUICK).value == 0.0


@pytest.mark.parametrize("n_slots", [1, 2], ids=["alone", "together"])
@pytest.mark.parametrize("spoiled", ["way", "duty"])
def test_a_team_that_can_only_stay_in_with_its_break_is_in_no_other_teams_way(spoiled: str, n_slots: int) -> None:
    asked = ends_elsewhere([visit("A", n_slots=n_slots)], [team(f"T{k}") for k in range(3)], 10_000)
    if spoiled == "duty":
        asked = replace(asked, teams=(replace(asked.teams[0], end_base_id=None, max_duty_s=300), *asked.teams[1:]))
    pause = asked.teams[0].break_time
    asked = replace(asked, teams=(asked.teams[0], *(replace(t, break_time=pause) for t in asked.teams[1:])))
    plan = solve(asked, Settings(seed=1, n_iterations=400))
    assert plan.value == 1.0
    assert faults(asked, plan) == []


@pytest.mark.parametrize("minutes", [0, 5])
def test_duty_that_begins_with_the_shift_costs_from_then_on(minutes: int) -> None:
    # From 13:30 to 16:00 are 9,000 s, of which the one visit takes none; it is worth 5.
    one = replace(visit("A", 5.0, windows=((57_600, 60_300),)), service_s=0)
    teams = [replace(team(f"T{k}"), starts_with_shift=True) for k in range(2)]
    asked = replace(problem([one], teams, minutes), weights=Weights(waiting=1e-3))
    assert solve(asked, QUICK).value == 0.0
