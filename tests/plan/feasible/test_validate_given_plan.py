"""Plans that are not of their problem: what a stop gets wrong is named."""

from __future__ import annotations

from dataclasses import replace

from sweep.day.event_records import RoadClosed
from sweep.plan.feasible.validate_given_plan import plan_faults
from sweep.plan.solve import Settings, solve
from tests.plan.conftest import problem, team, visit


def test_the_rules_that_keep_a_team_from_its_stop_are_named() -> None:
    p = problem([visit("A")], [team("T0")])
    plan = solve(p, Settings(n_iterations=100))
    assert plan_faults(p, plan, "plan.json") == []
    visits = (replace(p.visits[0], keep_apart=(("T0-0", "T0-1"),)),)
    (fault,) = plan_faults(replace(p, visits=visits), plan, "plan.json")
    assert (fault.code, fault.values["problem"]) == ("S554", "team may not (keep_apart)")


def test_a_street_that_closes_behind_a_team_asks_nothing_of_the_way_that_it_drove() -> None:
    # T0 leaves at 13:30 and is at A from 13:35; back home it needs 30 minutes from 13:53 on.
    p = problem([visit("A", windows=((48_900, 48_900),))], [team("T0")])
    plan = solve(p, Settings(n_iterations=100))
    assert plan_faults(p, plan, "plan.json", [RoadClosed(50_000, "S", "A", 1_800)]) == []
    (fault,) = plan_faults(p, plan, "plan.json", [RoadClosed(48_600, "S", "A", 1_800)])
    assert fault.values["problem"] == "start 13:35 < 14:00"
