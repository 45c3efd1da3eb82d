"""What it would cost to make a visit of a window on another day."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sweep.plan.explain.cheapest_swaps import other_days
from sweep.plan.problem.problem import Problem
from sweep.plan.solve import Settings, solve
from tests.plan.conftest import problem, team, visit

ROUNDS = Settings(seed=1, n_iterations=200)
DAY = 86_400
BOTH = [(48_600, 60_300), (48_600 + DAY, 60_300 + DAY)]


def two_days(end_s: int = 63_000) -> Problem:
    """B1 is worth 1 on the first day and 3 on the second; B2 is worth 2 on the first alone."""
    visits = [visit("B1", 1.0, values=(1.0, 3.0), windows=BOTH), visit("B2", 2.0, windows=BOTH[:1])]
    shift = (48_600, end_s)
    teams = [team("T0", shift=shift), replace(team("T1", shift=(shift[0] + DAY, shift[1] + DAY)), day=1)]
    return problem(visits, teams)


def test_a_day_with_room_costs_what_the_visit_is_worth_less_on_it() -> None:
    asked = two_days()
    found = other_days(asked, solve(asked, ROUNDS), {"V-B1"}, {0: "V-B1"})
    assert found[0] is not None
    assert (found[0].team_id, found[0].displaced) == ("T0", ())
    assert found[0].price == pytest.approx(2.0, abs=1e-4)


def test_a_full_day_would_give_up_another_visit() -> None:
    asked = two_days()
    both = {s.visit_id: s.end_s - s.start_s for r in solve(asked, ROUNDS).routes for s in r.stops}
    asked = two_days(48_600 + both["V-B1"] + both["V-B2"] - 60)
    found = other_days(asked, solve(asked, ROUNDS), {"V-B1"}, {0: "V-B1"})
    assert found[0] is not None
    # 3 + 2 now; 1 then.
    assert (found[0].team_id, found[0].displaced) == ("T0", ("V-B2",))
    assert found[0].price == pytest.approx(4.0, abs=1e-4)


def test_a_day_on_which_a_must_visit_takes_all_the_time_is_none() -> None:
    asked = two_days()
    both = {s.visit_id: s.end_s - s.start_s for r in solve(asked, ROUNDS).routes for s in r.stops}
    asked = two_days(48_600 + both["V-B1"] + both["V-B2"] - 60)
    asked = replace(asked, visits=(asked.visits[0], replace(asked.visits[1], is_must=True)))
    assert other_days(asked, solve(asked, ROUNDS), {"V-B1"}, {0: "V-B1"}) == {0: None}
