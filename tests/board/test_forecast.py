"""What is expected of a team from its day so far, when it is overdue, and what a change of the plan answers to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sweep.board.demo.simulated_reports import simulated_day
from sweep.day.event_records import Delayed
from sweep.day.journal.day_state import DayState, StopState, TeamState
from sweep.day.journal.events_for_replan import events_for_replan
from sweep.day.journal.forecast import forecast, pace_of, routes_without_delays
from sweep.records.plan import Route, Stop
from tests.publish.small_edition import PLAN, small_edition

TEAM = PLAN.teams[0]
# Off at 13:00; inside 13:10-13:40 and, after ten minutes, 13:50-14:20; the second may start until 14:00.
FIRST = Stop("V1", 0, "B1", 600, 900, 47_400, 47_400, 49_200)
SECOND = Stop("V2", 0, "B2", 600, 900, 49_800, 49_800, 51_600)
ROUTE = Route(TEAM.team_id, 46_800, (FIRST, SECOND), 600, 900, 52_200)
LAST = {"V1": 50_400, "V2": 50_400}


def state(own: TeamState, *stops: StopState) -> DayState:
    return DayState(teams={TEAM.team_id: own}, stops={(TEAM.team_id, s.visit_id): s for s in stops})


def expected(at: DayState, now_s: int, pace: float = 1.0) -> list[tuple[str, int, int, bool]]:
    found = forecast(TEAM, ROUTE, at, LAST, pace, now_s).expected
    return [(e.visit_id, e.start_s, e.end_s, e.is_late) for e in found]


def test_before_the_day_the_plan_is_expected() -> None:
    at = state(TeamState(TEAM.team_id))
    assert expected(at, 46_000) == [("V1", 47_400, 49_200, False), ("V2", 49_800, 51_600, False)]
    assert forecast(TEAM, ROUTE, at, LAST, 1.0, 46_000).due_s == 46_800


def test_a_team_that_went_in_late_is_late_from_there_on() -> None:
    # In at 13:25 instead of 13:10: out at 13:55, on the way until 14:05, after the last start.
    own = TeamState(TEAM.team_id, "inside", "V1", 48_300)
    at = state(own, StopState(TEAM.team_id, "V1", 47_000, 48_200, 48_300))
    assert expected(at, 48_400) == [("V1", 48_300, 50_100, False), ("V2", 50_700, 52_500, True)]
    assert forecast(TEAM, ROUTE, at, LAST, 1.0, 48_400).due_s == 50_100


def test_a_team_that_is_held_is_due_when_it_said() -> None:
    own = TeamState(TEAM.team_id, "held", "V1", 48_300, until_s=50_700)
    at = state(own, StopState(TEAM.team_id, "V1", 47_000, 47_300, 47_400))
    assert expected(at, 48_400)[0] == ("V1", 47_400, 50_700, False)
    assert forecast(TEAM, ROUTE, at, LAST, 1.0, 48_400).due_s == 50_700


def test_a_team_that_is_held_between_two_stops_or_at_a_door_is_expected_from_then_on() -> None:
    # Held until 14:30: ten minutes on the way, or at the door already; half an hour inside.
    between = TeamState(TEAM.team_id, "held", "V1", 49_300, until_s=52_200)
    at = state(between, StopState(TEAM.team_id, "V1", 47_000, 47_300, 47_400, 49_200, "done"))
    assert expected(at, 49_400) == [("V2", 52_800, 54_600, True)]
    at_the_door = TeamState(TEAM.team_id, "held", "V1", 47_400, until_s=52_200)
    at = state(at_the_door, StopState(TEAM.team_id, "V1", 47_000, 47_300))
    assert expected(at, 47_500)[0] == ("V1", 52_200, 54_000, True)
    # With nothing left to do it comes home from there.
    done = (StopState(TEAM.team_id, v, outcome="done") for v in ("V1", "V2"))
    assert forecast(TEAM, ROUTE, state(between, *done), LAST, 1.0, 49_400).due_s == 52_800


def test_a_stop_that_the_plan_lengthened_for_a_held_team_takes_no_longer_than_its_work() -> None:
    # Held until 14:05, the plan has it in V1 from 13:10 until then. Inside at 13:25, it needs its half an hour.
    lengthened = replace(ROUTE, stops=(replace(FIRST, end_s=50_700), replace(SECOND, start_s=51_300, end_s=53_100)))
    plan = replace(PLAN, routes=(lengthened,))
    routes = routes_without_delays(plan, [Delayed(48_000, TEAM.team_id, 50_700)], lambda _stop, _team: 1_800)
    assert [s.end_s - s.start_s for s in routes[TEAM.team_id].stops] == [1_800, 1_800]
    at = state(TeamState(TEAM.team_id, "inside", "V1", 48_300), StopState(TEAM.team_id, "V1", inside_s=48_300))
    assert forecast(TEAM, routes[TEAM.team_id], at, LAST, 1.0, 48_400).expected[0].end_s == 50_100


@pytest.mark.parametrize("route", [None, replace(ROUTE, stops=(), return_travel_s=0)], ids=["reserve", "no stops"])
def test_a_team_without_stops_that_is_out_is_due_and_one_at_its_base_is_not(route: Route | None) -> None:
    def due_s(own: TeamState) -> int | None:
        return forecast(TEAM, route, state(own), LAST, 1.0, 68_400).due_s

    # Held at 13:21 until 16:30, and not heard of since.
    assert due_s(TeamState(TEAM.team_id, "held", "V1", 48_060, until_s=59_400)) == 59_400
    assert due_s(TeamState(TEAM.team_id, "inside", "V1", 48_060)) == 48_060
    assert [due_s(TeamState(TEAM.team_id, at)) for at in ("standing_by", "home")] == [None, None]


# As `ROUTE`, with a pause from 13:45 to 14:15 between the stops: the second begins at 14:25.
LATER = replace(SECOND, arrive_s=51_900, start_s=51_900, end_s=53_700)
RESTED = Route(TEAM.team_id, 46_800, (FIRST, LATER), 600, 900, 54_300, (49_500, 51_300))


def test_a_team_that_is_behind_has_the_whole_of_its_pause_before_the_next_stop() -> None:
    def foreseen(own: TeamState, now_s: int, *stops: StopState) -> tuple[list[tuple[str, int, int]], int | None]:
        found = forecast(TEAM, RESTED, state(own, *stops), LAST, 1.0, now_s)
        return [(e.visit_id, e.start_s, e.end_s) for e in found.expected], found.due_s

    assert foreseen(TeamState(TEAM.team_id), 46_000)[0] == [("V1", 47_400, 49_200), ("V2", 51_900, 53_700)]
    # In at 13:25 and out at 13:55, at rest until 14:25, ten minutes on the way.
    inside = StopState(TEAM.team_id, "V1", 47_000, 48_200, 48_300)
    late = [("V1", 48_300, 50_100), ("V2", 52_500, 54_300)]
    assert foreseen(TeamState(TEAM.team_id, "inside", "V1", 48_300), 48_400, inside) == (late, 50_100)
    done = replace(inside, done_s=50_100, outcome="done")
    assert foreseen(TeamState(TEAM.team_id, "done", "V1", 50_100), 50_400, done) == (late[1:], 51_900)
    # Held until 14:05, when it should be heard of, it is at rest from then on.
    held = TeamState(TEAM.team_id, "held", "V1", 50_200, until_s=50_700)
    assert foreseen(held, 50_400, done) == ([("V2", 53_100, 54_900)], 50_700)
    # Who is on the way already has had it, or does without.
    left = StopState(TEAM.team_id, "V2", 51_000)
    assert foreseen(TeamState(TEAM.team_id, "left", "V2", 51_000), 51_100, done, left)[0] == [("V2", 51_900, 53_700)]


def test_a_team_at_rest_after_its_last_stop_is_due_at_its_base_by_so_much_later() -> None:
    route = replace(RESTED, stops=(FIRST,), return_s=51_900)
    done = StopState(TEAM.team_id, "V1", 47_000, 48_200, 48_300, 50_100, "done")
    at = state(TeamState(TEAM.team_id, "done", "V1", 50_100), done)
    # Out at 13:55, half an hour at rest, ten minutes on the way.
    assert forecast(TEAM, route, at, LAST, 1.0, 50_400).due_s == 52_500


def test_a_stop_that_is_over_is_expected_no_more() -> None:
    own = TeamState(TEAM.team_id, "done", "V1", 49_000)
    at = state(own, StopState(TEAM.team_id, "V1", 47_000, 47_300, 47_400, 49_000, "done"))
    assert [e[0] for e in expected(at, 49_000)] == ["V2"]
    home = state(TeamState(TEAM.team_id, "home"), *(StopState(TEAM.team_id, v, outcome="done") for v in ("V1", "V2")))
    assert forecast(TEAM, ROUTE, home, LAST, 1.0, 52_000).due_s is None


# The first stop was found locked at 13:12, and is tried again at 14:30 for half an hour; the second lies between.
TRIED = replace(FIRST, end_s=47_520, is_attempt=True)
AGAIN = replace(FIRST, arrive_s=52_200, start_s=52_200, end_s=54_000)
TWICE = replace(ROUTE, stops=(TRIED, SECOND, AGAIN), return_s=54_600)


def test_a_door_that_the_plan_tries_again_is_before_the_team_until_it_is_through_with_it() -> None:
    def left_of(*stops: StopState, answered_n: int = 4) -> list[tuple[str, int]]:
        own = TeamState(TEAM.team_id, "done", "V1", 47_520)
        at = replace(state(own, *stops), answered_n=answered_n)
        return [(e.visit_id, e.start_s) for e in forecast(TEAM, TWICE, at, LAST, 1.0, 47_700).expected]

    locked = StopState(TEAM.team_id, "V1", 47_000, 47_300, None, 47_520, "locked", outcome_n=4)
    assert left_of(locked) == [("V2", 49_800), ("V1", 52_200)]
    # What the plan does not answer to yet is of the stop that it has: a team that is early found it locked.
    assert left_of(replace(locked, outcome_n=5)) == [("V2", 49_800)]
    assert left_of(replace(locked, done_s=53_000)) == [("V2", 49_800)]
    # On the way again it has not arrived again.
    again = replace(locked, left_s=51_600, done_s=None, outcome=None)
    assert left_of(again) == [("V2", 49_800), ("V1", 52_200)]
    at = state(TeamState(TEAM.team_id, "left", "V1", 51_600), again, StopState(TEAM.team_id, "V2", outcome="done"))
    assert forecast(TEAM, TWICE, at, LAST, 1.0, 51_700).due_s == 51_600 + AGAIN.travel_s
    assert left_of(replace(again, inside_s=52_300, done_s=54_000, outcome="done")) == [("V2", 49_800)]
    # How long the first try took says nothing of the pace.
    done = {(TEAM.team_id, "V1"): replace(again, inside_s=52_300, done_s=54_100, outcome="done")}
    assert pace_of([TWICE, TWICE, TWICE, TWICE], done) == 1.0


def test_a_door_that_is_tried_again_holds_nobody_and_may_be_locked_again() -> None:
    plan = replace(PLAN, routes=(TWICE,))
    assert events_for_replan([], {TEAM.team_id: {"V1": 54_000}}, plan, 48_000) == []
    locked = {"type": "locked", "visit_id": "V1"}
    assert events_for_replan([locked], {}, plan, 52_500) == [locked]
    # Past mending it is once the plan has left it behind for good.
    assert events_for_replan([locked], {}, plan, 54_000) == []
    assert events_for_replan([locked], {}, replace(PLAN, routes=(replace(TWICE, stops=(TRIED,)),)), 48_000) == []


def test_the_pace_is_the_median_of_what_is_done_and_of_three_stops_as_planned() -> None:
    # One stop took twice as long: (1, 1, 1, 2) has the median 1; with four (1, 1, 1, 2, 2, 2, 2) it is 2.
    def done(n: int) -> dict[tuple[str, str], StopState]:
        return {("T", f"V{k}"): StopState("T", f"V{k}", 0, 0, 0, 3_600, "done") for k in range(n)}

    routes = [Route("T", 0, tuple(Stop(f"V{k}", 0, "B", 0, 0, 0, 0, 1_800) for k in range(4)), 0, 0, 0)]
    assert pace_of(routes, done(1)) == 1.0
    assert pace_of(routes, done(4)) == 2.0


def test_a_team_behind_its_plan_is_held_where_the_plan_has_it_until_it_will_be_done() -> None:
    plan = type(PLAN)(**{**{f: getattr(PLAN, f) for f in PLAN.__slots__}, "routes": (ROUTE,)})
    # At 14:00 the plan has the team in V2 since 13:50; it will truly be done with that at 15:00.
    ends = {TEAM.team_id: {"V1": 50_700, "V2": 54_000}}
    told = [{"type": "held", "at": "13:20", "team_id": TEAM.team_id, "until": "14:05"}]
    assert events_for_replan(told, ends, plan, 50_400) == [{"type": "held", "team_id": TEAM.team_id, "until": "15:00"}]
    # Held for longer than that it is held for longer, and so is one that is not behind; the plan may know it already.
    for until, left in (("16:00", "16:00"), ("14:30", "15:00")):
        longer = [{**told[0], "until": until}]
        assert events_for_replan(longer, ends, plan, 50_400) == [
            {"type": "held", "team_id": TEAM.team_id, "until": left}
        ]
    for until, left in (("16:00", ["16:00"]), ("14:20", [])):
        assert [e["until"] for e in events_for_replan([{**told[0], "until": until}], {}, plan, 50_400)] == left
    # One that is on time is held by nothing.
    assert events_for_replan([], {TEAM.team_id: {"V2": 51_700}}, plan, 50_400) == []
    # A day's events know no later time.
    assert [e["until"] for e in events_for_replan([], {TEAM.team_id: {"V2": 108_600}}, plan, 50_400)] == ["29:59"]
    # A door that the plan has left behind is past mending, as a visit that may start no more; others hold from now on.
    others = [
        {"type": "locked", "at": "13:15", "visit_id": "V1"},
        {"type": "locked", "at": "13:15", "visit_id": "V2", "until": "13:20"},
        {"type": "urgent", "at": "13:15", "visit_id": "U1", "starts": ("13:20", "13:50")},
        {"type": "ill", "at": "13:15", "person_id": "P1"},
    ]
    assert events_for_replan(others, {}, plan, 50_400) == [{"type": "ill", "person_id": "P1"}]


def test_the_played_day_reports_every_stop_in_its_order_and_is_the_same_each_time() -> None:
    edition = small_edition()
    day = simulated_day(edition)
    assert day == simulated_day(edition)
    for route in edition.plan.routes:
        own = [p for p in day if p.team_id == route.team_id]
        assert [p.at_s for p in own if p.kind != "form"] == sorted(p.at_s for p in own if p.kind != "form")
        assert {"left", "arrived", "inside", "done", "home"} <= {p.kind for p in own}
    assert "held" in {p.kind for p in day}
