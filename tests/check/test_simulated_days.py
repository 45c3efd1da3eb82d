"""How the checker plays a team's day: what its times come to where entries are not as usual (C21)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sweep.check.simulated_days import check_c21_service_time, simulate_starts
from sweep.day.event_records import DayLog
from sweep.records.plan import Route

World = Any  # of conftest.py


def missed(world: World) -> list[str]:
    """Where times do not hold on enough days."""
    return [v.where for v in check_c21_service_time(world.inputs, world.plan)]


def route_of(world: World, team_id: str) -> Route:
    return next(r for r in world.plan.routes if r.team_id == team_id)


def test_a_door_that_was_found_locked_takes_no_longer_than_it_did(world: World) -> None:
    # T1 is at V-B5 from 55,440 for five minutes in place of 2,520 s, and back at 56,340: its shift ends at 57,000.
    w = world.given(log=DayLog(55_500, (), "")).scenario("plan", shift_end_s=57_000)
    tried = w.stop("T1", "V-B5", is_attempt=True, end_s=55_740).route("T1", return_s=56_340)
    assert missed(tried) == []


def test_a_visit_takes_as_long_as_those_need_who_made_it(world: World) -> None:
    # Seven made V-B1 in 1,320 s; A01 went off duty after it, and the six who are left would need 1,620 s.
    ids = tuple(i for t in world.plan.teams for i in t.member_ids if t.team_id == "T1" and i != "A01")
    w = world.team("T1", member_ids=ids, former=(("A01", 50_600),))
    first = replace(route_of(w, "T1"), stops=route_of(w, "T1").stops[:1], return_s=51_120)
    *_, back = simulate_starts(w.inputs, w.plan, first)
    assert {*back} == {51_120.0}


def test_the_wait_for_a_break_takes_up_what_is_late_before_it(world: World) -> None:
    # T1 is done at V-B1 at 50,520, rests from 51,000 to 51,600 and is at V-B3 at 52,200, to start at 52,320 sharp. On
    # four days of five an entry takes 265 s more at the most: T1 is at rest by then all the same.
    w = world.scenario("plan", entry_high_minutes=20.0).visit("V-B3", windows_s=((48_600, 52_320),))
    rested = w.route("T1", break_s=(51_000, 51_600)).stop("T1", "V-B3", arrive_s=52_200)
    assert "T1 V-B3" not in missed(rested)


def test_a_team_that_stays_where_it_is_until_it_is_sent_on_loses_what_is_late_there(world: World) -> None:
    # T2 is done at V-B2 at 51,720, stays there until 53,000, when it is sent to V-B3, to start at 53,600 sharp.
    w = world.scenario("plan", entry_high_minutes=20.0).visit("V-B3", windows_s=((48_600, 53_600),))
    sent = w.stop("T2", "V-B3", arrive_s=53_600, start_s=53_600)
    assert "T2 V-B3" not in missed(sent)
