"""A plan laid out by hand: what is left alone stays as it was, and what is moved gets the times that follow."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sweep.day.event_records import DoorLocked
from sweep.plan.problem.problem import Problem
from sweep.plan.replan.manual_plan import LEFT_OUT, PlacedSlot, apply_layout, layout_of
from sweep.plan.replan.plan_changes import plan_changes
from sweep.plan.solve import Settings, solve
from sweep.records.people import BreakTime
from sweep.records.plan import Plan
from sweep.records.visits import Slot
from tests.plan.conftest import problem, random_problem, team, visit

BEFORE = -1


def stops(plan: Plan) -> dict[tuple[str, int], tuple[str, int, int, int]]:
    """Team, arrival, start and end by visit and slot."""
    return {(s.visit_id, s.slot): (r.team_id, s.arrive_s, s.start_s, s.end_s) for r in plan.routes for s in r.stops}


def two_teams() -> tuple:
    """T0 makes A, T1 makes C, each 13:35-14:02 (48,900 to 50,520 s); 300 s between any two places; B is left out."""
    a, b, c = (visit(x, v) for x, v in (("A", 3.0), ("B", 2.0), ("C", 2.5)))
    p = problem([a, b, c], (team("T0"), team("T1")))
    lanes = {"T0": [PlacedSlot("V-A", 0, 48_900)], "T1": [PlacedSlot("V-C", 0, 48_900)]}
    empty = solve(problem([], (team("T0"), team("T1"))), Settings(1, n_iterations=1))
    return p, apply_layout(p, empty, BEFORE, lanes).plan


@pytest.fixture(scope="module", params=range(3))
def solved(request: pytest.FixtureRequest) -> tuple[Problem, Plan]:
    p = random_problem(request.param, 16, 4, linked=True)
    return p, solve(p, Settings(seed=1, n_iterations=100))


@pytest.mark.parametrize("at_s", [BEFORE, 49_000, 55_000])
def test_a_plan_laid_out_as_it_is_stays_as_it_is(solved: tuple[Problem, Plan], at_s: int) -> None:
    p, plan = solved
    made = apply_layout(p, plan, at_s, layout_of(plan))
    assert made.plan.routes == plan.routes
    assert (made.plan.value, made.n_changed) == (pytest.approx(plan.value), 0)
    assert [u.visit_id for u in made.plan.unserved] == [u.visit_id for u in plan.unserved]
    assert plan_changes(plan, made, ()) == ()
    if at_s == BEFORE:
        assert made.plan.unserved == plan.unserved


def test_a_stop_that_is_moved_to_another_team_starts_when_wanted_or_when_they_can_be_there() -> None:
    p, plan = two_teams()
    lanes = {"T0": [PlacedSlot("V-A", 0, 48_900), PlacedSlot("V-C", 0, 50_000)], "T1": []}
    made = apply_layout(p, plan, BEFORE, lanes)
    # A is over at 50,520 s, and C is 300 s away: 50,820 s, not 50,000 s.
    assert stops(made.plan)["V-C", 0] == ("T0", 50_820, 50_820, 52_440)
    assert made.n_changed == 1
    later = apply_layout(p, plan, BEFORE, {**lanes, "T0": [PlacedSlot("V-A", 0, 48_900), PlacedSlot("V-C", 0, 54_000)]})
    assert stops(later.plan)["V-C", 0] == ("T0", 50_820, 54_000, 55_620)


def test_nothing_is_laid_out_at_the_moment_itself() -> None:
    p, plan = two_teams()
    # Both are in their base at 13:31:40; what starts then in the base itself has started without a word.
    at_base = replace(p, travel_s=p.travel_s * 0)
    made = apply_layout(at_base, replace(plan, routes=()), 48_700, {"T0": [PlacedSlot("V-B", 0, 48_700)]})
    assert stops(made.plan)["V-B", 0][2] == 48_701


def test_a_visit_that_is_brought_in_adds_its_value_and_one_taken_out_says_that_it_was_by_hand() -> None:
    p, plan = two_teams()
    made = apply_layout(p, plan, BEFORE, {"T0": [PlacedSlot("V-B", 0, 48_900)], "T1": [PlacedSlot("V-C", 0, 48_900)]})
    assert made.plan.value - plan.value == pytest.approx(2.0 - 3.0)
    (out,) = made.plan.unserved
    assert (out.visit_id, [r.code for r in out.reasons]) == ("V-A", [LEFT_OUT])


def test_all_teams_of_a_visit_start_with_the_last_of_them() -> None:
    _, plan = two_teams()
    both = replace(visit("B", 2.0), slots=(Slot(0, {}, 0), Slot(1, {}, 0)))
    p = problem([visit("A", 3.0), both, visit("C", 2.5)], (team("T0"), team("T1")))
    lanes = {"T0": [PlacedSlot("V-B", 0, 48_900)], "T1": [PlacedSlot("V-C", 0, 48_900), PlacedSlot("V-B", 1, 48_901)]}
    made = stops(apply_layout(p, plan, BEFORE, lanes).plan)
    # T1 is at B 300 s after 50,520 s.
    assert {made["V-B", k][2] for k in (0, 1)} == {50_820}
    assert made["V-B", 0][1] == 50_820  # T0 leaves its base so late that it does not wait at the door


def test_teams_that_wait_for_each_other_in_a_circle_come_to_an_end() -> None:
    _, plan = two_teams()
    a, b = (replace(visit(x, 2.0), slots=(Slot(0, {}, 0), Slot(1, {}, 0))) for x in "AB")
    p = problem([a, b, visit("C", 2.5)], (team("T0"), team("T1")))
    lanes = {
        "T0": [PlacedSlot("V-A", 0, 48_900), PlacedSlot("V-B", 0, 48_901)],
        "T1": [PlacedSlot("V-B", 1, 48_900), PlacedSlot("V-A", 1, 48_901)],
    }
    assert len(stops(apply_layout(p, plan, BEFORE, lanes).plan)) == 4


def test_a_pause_is_taken_where_it_fits_and_before_it_is_too_late() -> None:
    p, plan = two_teams()
    rest = BreakTime(50_400, 52_200, 1_800)
    p = replace(p, teams=tuple(replace(t, break_time=rest) for t in p.teams))
    lanes = {"T0": [PlacedSlot("V-A", 0, 48_900), PlacedSlot("V-C", 0, 50_820)], "T1": []}
    (route, _) = apply_layout(p, plan, BEFORE, lanes).plan.routes
    # C would last from 50,820 to 52,440 s, past the last begin of the pause: it is taken after A.
    assert route.break_s == (50_520, 52_320)
    assert route.stops[1].start_s == 52_620


def test_a_team_that_has_nothing_left_by_hand_still_has_its_pause() -> None:
    # A is over at 14:02, and the team would be back at 14:07, when the pause must have begun by 14:05.
    p, _ = two_teams()
    p = replace(p, teams=tuple(replace(t, break_time=BreakTime(50_400, 50_700, 1_800)) for t in p.teams))
    plan = solve(p, Settings(1, n_iterations=200))
    begun = next(r for r in plan.routes if len(r.stops) > 1)
    assert begun.break_s == (50_520, 52_320)
    made = apply_layout(p, plan, 49_500, {t.team_id: [] for t in p.teams}).plan
    route = next(r for r in made.routes if r.team_id == begun.team_id)
    assert (route.break_s, route.return_s) == ((50_520, 52_320), 52_620)


def test_what_has_begun_stays_whatever_is_laid_out() -> None:
    p, plan = two_teams()
    made = apply_layout(p, plan, 49_500, {"T0": [PlacedSlot("V-C", 0, 53_000)], "T1": [PlacedSlot("V-B", 0, 50_000)]})
    found = stops(made.plan)
    assert (found["V-A", 0], found["V-C", 0]) == (stops(plan)["V-A", 0], stops(plan)["V-C", 0])
    assert found["V-B", 0] == ("T1", 50_820, 50_820, 52_440)


def test_what_nobody_knows_is_passed_over() -> None:
    p, plan = two_teams()
    lanes = {"T0": [PlacedSlot("V-X", 0, 48_900), PlacedSlot("V-A", 7, 48_900)], "T9": [PlacedSlot("V-C", 0, 48_900)]}
    assert stops(apply_layout(p, plan, BEFORE, lanes).plan) == {}


def tried_in_vain() -> tuple[Problem, Plan, DoorLocked]:
    """T1 was at C at 13:35 and found the door locked until 52,000 s; T0 is to try it again at 15:00 (54,000 s)."""
    p, plan = two_teams()
    t0, t1 = plan.routes
    tried = replace(t1.stops[0], is_attempt=True, end_s=49_200)
    door = DoorLocked(49_000, "V-C", 52_000)
    lanes = {"T0": [PlacedSlot("V-A", 0, 48_900), PlacedSlot("V-C", 0, 54_000)], "T1": []}
    called_back = replace(plan, routes=(t0, replace(t1, stops=(tried,))))
    return p, apply_layout(p, called_back, 49_000, lanes, [door]).plan, door


def test_a_door_that_is_tried_again_is_laid_out_only_where_it_is_tried_again() -> None:
    p, plan, door = tried_in_vain()
    assert [[(s.visit_id, s.is_attempt) for s in r.stops] for r in plan.routes] == [
        [("V-A", False), ("V-C", False)],
        [("V-C", True)],
    ]
    made = apply_layout(p, plan, 49_000, layout_of(plan), [door])
    assert made.plan.routes == plan.routes
    assert made.n_changed == 0


@pytest.mark.parametrize("again", [[PlacedSlot("V-C", 0, 55_000)], []], ids=["later", "left out"])
def test_a_second_try_that_is_put_off_or_left_out_is_a_change(again: list[PlacedSlot]) -> None:
    p, plan, door = tried_in_vain()
    lanes = {"T0": [PlacedSlot("V-A", 0, 48_900), *again], "T1": []}
    made = apply_layout(p, plan, 49_000, lanes, [door])
    assert made.n_changed == 1


def test_a_plan_that_gives_up_urgency_by_hand_is_not_said_to_be_the_best_for_it() -> None:
    # One team has time for one of three: A is worth 1 and weighs 9 more, B is worth 2, C is worth 5.
    visits = [replace(visit(x, value), service_s=9_000) for x, value in (("A", 1.0), ("B", 2.0), ("C", 5.0))]
    p = problem([replace(visits[0], urgency=9.0), *visits[1:]], [team("T0")])
    plan = solve(p, Settings(seed=1, n_iterations=200))
    assert [[s.visit_id for s in r.stops] for r in plan.routes] == [["V-A"]]
    made = apply_layout(p, plan, BEFORE, {"T0": [PlacedSlot("V-B", 0, 48_900)]}).plan
    assert (made.value, made.status) == (2.0, "feasible")
    assert made.bound >= 5.0
