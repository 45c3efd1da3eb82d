"""Plans that are not of their problem: what a stop gets wrong is named."""

from __future__ import annotations

from dataclasses import replace

from sweep.plan.feasible.plan_faults import plan_faults
from sweep.plan.solve import Settings, solve
from tests.plan.conftest import problem, team, visit


def test_the_rules_that_keep_a_team_from_its_stop_are_named() -> None:
    p = problem([visit("A")], [team("T0")])
    plan = solve(p, Settings(n_iterations=100))
    assert plan_faults(p, plan, "plan.json") == []
    visits = (replace(p.visits[0], keep_apart=(("T0-0", "T0-1"),)),)
    (fault,) = plan_faults(replace(p, visits=visits), plan, "plan.json")
    assert (fault.code, fault.values["problem"]) == ("S554", "team may not (keep_apart)")
