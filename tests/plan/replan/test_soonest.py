"""An urgent visit starts as early as a lawful team can be there: optional visits give way to it, must-visits do not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from sweep.day.event_records import Delayed, Urgent
from sweep.plan.problem.problem import Problem
from sweep.plan.replan.plan_changes import plan_changes
from sweep.plan.replan.replan import replan
from sweep.plan.solve import Settings, solve
from sweep.records.plan import Plan
from sweep.records.visits import Slot, Visit
from tests.plan.conftest import problem, team, visit

ROUNDS = Settings(seed=1, n_iterations=200)
# At 13:50 both teams are inside until 14:02; it is 5 minutes between any two places, and 27 minutes inside.
AT_S, SOONEST_S = 49_800, 50_820


def morning(change: Callable[[Visit], Visit] = lambda v: v) -> tuple[Problem, Plan]:
    """T0 makes A and then B, which starts at 14:07 or never; T1 makes C, and D at 14:07 or never."""
    at_once, next_up = ((48_900, 48_900),), ((SOONEST_S, SOONEST_S),)
    visits = (
        visit("A", 3.0, windows=at_once),
        change(visit("B", 2.0, windows=next_up)),
        visit("C", 3.0, windows=at_once),
        change(visit("D", 2.0, windows=next_up)),
    )
    teams = (team("T0", recusals=frozenset({"C", "D"})), team("T1", recusals=frozenset({"A", "B"})))
    p = problem([*visits, visit("E", 0.0)], teams)
    plan = solve(p, ROUNDS)
    assert {s.visit_id for r in plan.routes for s in r.stops} >= {"V-A", "V-B", "V-C", "V-D"}
    return p, plan


def urgent(n_teams: int = 1) -> Urgent:
    slots = tuple(Slot(k, {"police": 2}, 0) for k in range(n_teams))
    window = ((AT_S, 62_700),)
    return Urgent(AT_S, replace(visit("E", 0.1, windows=window), visit_id="U", is_must=True, slots=slots))


def starts(plan: Plan) -> dict[str, int]:
    return {s.visit_id: s.start_s for r in plan.routes for s in r.stops}


@pytest.mark.parametrize("price", [0.0, 100.0])
@pytest.mark.parametrize("n_teams", [1, 2])
def test_optional_visits_give_way_to_an_urgent_one_at_any_price_of_a_change(n_teams: int, price: float) -> None:
    p, plan = morning()
    made = starts(replan(p, plan, AT_S, (urgent(n_teams),), ROUNDS, price=price).plan)
    assert made["U"] == SOONEST_S
    # One team is enough for one, and the other one does what it was ordered to do.
    assert len({"V-B", "V-D"} - made.keys()) == n_teams


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda v: replace(v, is_must=True), id="must"),
        pytest.param(lambda v: replace(v, urgency=1.0), id="a lead that falls due"),
    ],
)
def test_an_urgent_visit_waits_for_a_must_visit_and_for_one_whose_lead_falls_due(
    change: Callable[[Visit], Visit],
) -> None:
    p, plan = morning(change)
    made = starts(replan(p, plan, AT_S, (urgent(),), ROUNDS).plan)
    # B or D is over at 14:34, and U is 5 minutes on.
    assert (made["V-B"], made["V-D"], made["U"]) == (SOONEST_S, SOONEST_S, SOONEST_S + 27 * 60 + 300)


def test_a_team_that_is_held_is_not_sent_while_another_has_optional_visits() -> None:
    p, plan = morning()
    changed = replan(p, plan, AT_S, (Delayed(AT_S, "T1", 57_600), urgent()), ROUNDS, price=100.0).plan
    assert [(r.team_id, s.start_s) for r in changed.routes for s in r.stops if s.visit_id == "U"] == [("T0", SOONEST_S)]


def test_the_change_says_after_how_many_minutes_a_team_is_there() -> None:
    p, plan = morning()
    changed = replan(p, plan, AT_S, (urgent(),), ROUNDS)
    (cause,) = (c.cause for c in plan_changes(plan, changed, (urgent(),)) if c.visit_id == "U")
    assert (cause.code, cause.values["minutes"]) == ("URGENT_LEAD", (SOONEST_S - AT_S) // 60)


def test_the_next_change_of_the_day_does_not_put_an_urgent_visit_off() -> None:
    p, plan = morning()
    first = replan(p, plan, AT_S, (urgent(),), ROUNDS).plan
    (at,) = ((r.team_id, s.start_s) for r in first.routes for s in r.stops if s.visit_id == "U")
    other = next(t for t in ("T0", "T1") if t != at[0])
    again = replan(p, first, AT_S + 60, (Delayed(AT_S + 60, other, 60_000),), ROUNDS, earlier=(urgent(),)).plan
    assert [(r.team_id, s.start_s) for r in again.routes for s in r.stops if s.visit_id == "U"] == [at]
