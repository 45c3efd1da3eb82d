"""Visits that teams have begun before the plan had them begin: they stay, whole and with those they are linked to."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from sweep.check.day.agreement_with_journal import check_p15_reports
from sweep.check.day.event_compliance import check_begun, check_p09_the_day
from sweep.day.event_records import DayLog, Delayed, DoorLocked, Event, OffDuty, Urgent, VisitBegun
from sweep.day.events_file import read_events
from sweep.day.executed_stops import n_begun, off_duty_s
from sweep.day.journal.events_for_replan import begun_events, journal_events
from sweep.day.journal.fold_state import fold
from sweep.day.journal.journal_entry import Entry
from sweep.plan.problem.problem import Problem
from sweep.plan.replan.plan_changes import plan_changes
from sweep.plan.replan.replan import replan
from sweep.plan.solve import Settings, solve
from sweep.records.plan import Plan, Reason, Route, Stop, Unserved
from tests.day.executed_stops.random_journals import Changed, inputs_of, service_of
from tests.plan.conftest import problem, team, visit

ROUNDS = Settings(seed=1, n_iterations=100)
EDITION = {"plan_id": "p", "day": "2026-09-16", "is_exercise": False, "answers_to": 0}


def entries(*reports: tuple[int, str, str, str, dict[str, Any]]) -> list[Entry]:
    """Second, kind, team, visit and what more each report says, after the line that puts the plan in force."""
    made = [Entry(1, "e", "edition", "P1", "", "", 0, EDITION, "", "")]
    for at_s, kind, team_id, visit_id, more in reports:
        body = {"team_id": team_id, "visit_id": visit_id, **more}
        made.append(Entry(len(made) + 1, f"r{len(made)}", kind, team_id, "", "", at_s, body, "", ""))
    return made


def stops(plan: Plan, team_id: str) -> list[tuple[str, int, int]]:
    return [(s.visit_id, s.start_s, s.end_s) for r in plan.routes if r.team_id == team_id for s in r.made]


def the_day() -> tuple[Problem, Plan]:
    """
    T01 is to begin A at 13:43, T10 the linked B, T05 and T06 together C at 13:42; E is T01's from 15:30 on.

    20 firms, 8 people: 12 + 3 x 20 / 4 = 27 minutes inside, with two teams 12 + 3 x 20 / 8 = 19.5.
    """
    a, b = (visit(x, 3.0, windows=((49_380, 49_380),), link_group="L") for x in "AB")
    c = visit("C", 2.0, windows=((49_320, 49_320),), n_slots=2)
    e = visit("E", 1.0, windows=((55_800, 60_300),))
    own = {"T01": {"B", "C"}, "T05": {"A", "B", "E"}, "T06": {"A", "B", "E"}, "T10": {"A", "C", "E"}}
    p = problem([a, b, c, e], [team(t, recusals=frozenset(others)) for t, others in own.items()])
    plan = solve(p, ROUNDS)
    assert [stops(plan, t) for t in own] == [
        [("V-A", 49_380, 51_000), ("V-E", 55_800, 57_420)],
        [("V-C", 49_320, 50_490)],
        [("V-C", 49_320, 50_490)],
        [("V-B", 49_380, 51_000)],
    ]
    return p, plan


HELD = {"until": "16:30"}
JOURNAL = entries(
    (48_060, "inside", "T01", "V-A", {}),
    (48_300, "held", "T01", "V-A", HELD),
    (49_222, "inside", "T05", "V-C", {}),
    (49_230, "held", "T05", "V-C", HELD),
    (49_240, "locked", "T06", "V-C", {}),
)


def changed_at(p: Problem, plan: Plan, journal: list[Entry], at_s: int, *more: Event) -> Changed:
    """The change that the board would make, with some more events."""
    return changed_again(p, plan, journal, at_s, (), *more)


def changed_again(
    p: Problem, plan: Plan, journal: list[Entry], at_s: int, earlier: tuple[Event, ...], *more: Event
) -> Changed:
    """The change that the board would make of a plan that answers to earlier events."""
    asked = journal_events(journal, fold(journal), plan, "p", at_s, service_of(p), earlier)
    events = (*read_events(json.dumps({"events": asked}), at_s, {}, 60_300, items=(), values={}), *more)
    made, log = replan(p, plan, at_s, events, ROUNDS, earlier=earlier), DayLog(at_s, (*earlier, *events), "0" * 64)
    before = DayLog(0, earlier, "") if earlier else None
    return Changed(at_s, plan, before, made.plan, log, tuple(journal))


def test_teams_that_went_inside_early_and_are_held_keep_their_visits_with_their_partners() -> None:
    # The trial's day: at 13:41 the desk notes an urgent visit, and the rest is planned again.
    p, plan = the_day()
    urgent = Urgent(49_260, replace(visit("E", 9.0, windows=((49_260, 60_300),)), visit_id="U"))
    changed = changed_at(p, plan, JOURNAL, 49_260, urgent)
    assert stops(changed.after, "T01")[0] == ("V-A", 49_380, 59_400)
    assert stops(changed.after, "T05")[0] == ("V-C", 49_320, 59_400)
    assert stops(changed.after, "T06")[0] == ("V-C", 49_320, 50_490)
    assert stops(changed.after, "T10")[0] == ("V-B", 49_380, 51_000)
    assert list(check_p15_reports(inputs_of(p, changed), changed.after)) == []


def test_a_plan_that_takes_a_begun_visit_from_its_team_is_rejected() -> None:
    p, plan = the_day()
    made = replan(p, plan, 49_260, (DoorLocked(49_260, "V-C", None),), ROUNDS).plan
    changed = Changed(49_260, plan, None, made, DayLog(49_260, (), ""), tuple(JOURNAL))
    found = [(v.where, v.values["detail"]) for v in check_p15_reports(inputs_of(p, changed), made)]
    assert ("T05 V-C", "13:40:22") in found
    # If it is the desk itself that has noted the door as locked, the visit is cancelled.
    noted = Entry(9, "x", "event", "P1", "", "", 49_250, {"event": {"type": "locked", "visit_id": "V-C"}}, "", "")
    again = inputs_of(p, replace(changed, entries=(*JOURNAL, noted)))
    assert "T05 V-C" not in [v.where for v in check_p15_reports(again, made)]
    # Taken back, it cancels nothing.
    back = Entry(10, "y", "withdrawn", "P1", "", "", 49_255, {"n": 9}, "", "")
    again = inputs_of(p, replace(changed, entries=(*JOURNAL, noted, back)))
    assert "T05 V-C" in [v.where for v in check_p15_reports(again, made)]


def test_the_desk_cancels_a_begun_visit_by_noting_its_door_as_locked() -> None:
    p, plan = the_day()
    changed = changed_at(p, plan, JOURNAL, 49_260, DoorLocked(49_260, "V-C", None))
    assert [stops(changed.after, t) for t in ("T05", "T06")] == [[], []]


def two_at_one_door() -> tuple[Problem, Plan, Plan]:
    """T0 and T1 are to begin C at 13:42, E is T0's from 15:30 on; the plan, and that plan once the desk cancels C."""
    c, e = visit("C", 2.0, windows=((49_320, 49_320),), n_slots=2), visit("E", windows=((55_800, 60_300),))
    p = problem([c, e], [team("T0"), team("T1", recusals=frozenset({"E"}))])
    plan = solve(p, ROUNDS)
    return p, plan, replan(p, plan, 49_560, (DoorLocked(49_560, "V-C", None),), ROUNDS).plan


def test_what_a_team_reported_before_the_desk_cancelled_its_visit_begins_it_no_more() -> None:
    _, _, cancelled = two_at_one_door()
    locked = DoorLocked(49_560, "V-C", None)
    for inside_s, is_begun in ((49_400, False), (49_700, True)):
        journal = entries((inside_s, "inside", "T0", "V-C", {}))
        found = begun_events(fold(journal), cancelled, 49_800, (locked,))
        assert found == [{"type": "begun", "team_id": "T0", "visit_id": "V-C"}] * is_begun


def test_a_try_at_a_door_that_a_team_went_through_later_is_as_it_was() -> None:
    p, _, cancelled = two_at_one_door()
    locked, begun = DoorLocked(49_560, "V-C", None), VisitBegun(49_800, "T0", "V-C")
    made = replan(p, cancelled, 49_800, (begun,), ROUNDS, earlier=(locked,)).plan
    log = DayLog(49_800, (locked, begun), "0" * 64)
    inputs = inputs_of(p, Changed(49_800, cancelled, DayLog(49_560, (locked,), ""), made, log, ()))
    assert [s.is_attempt for r in made.routes if r.team_id == "T0" for s in r.stops] == [True, False]
    assert list(check_begun(inputs, cancelled, made, 49_800, (begun,))) == []


def test_a_team_that_was_held_at_a_door_waits_there_no_longer_once_it_turned_out_locked() -> None:
    # T0 is behind, and counts as inside C until 14:26:40. At 13:46 its door is locked: over at 13:47, as at any door.
    p, plan, _ = two_at_one_door()
    held, locked = Delayed(49_400, "T0", 52_000), DoorLocked(49_560, "V-C", None)
    once = replan(p, plan, 49_400, (held,), ROUNDS).plan
    twice = replan(p, once, 49_560, (locked,), ROUNDS, earlier=(held,)).plan
    again = replan(p, twice, 49_800, (), ROUNDS, earlier=(held, locked)).plan
    assert [next(r.stops[0].end_s for r in x.routes if r.team_id == "T0") for x in (once, twice, again)] == [
        52_000,
        49_620,
        49_620,
    ]
    # T0 may begin E before 14:26:40, and the checker agrees.
    routes = tuple(
        replace(r, stops=tuple(replace(s, start_s=51_000) if s.visit_id == "V-E" else s for s in r.stops))
        for r in twice.routes
    )
    log, before = DayLog(49_560, (held, locked), "0" * 64), DayLog(49_400, (held,), "")
    found = {
        seen: [
            v.where
            for v in check_p09_the_day(
                inputs_of(p, Changed(49_560, once, before, twice, replace(log, events=seen), ())),
                replace(twice, routes=routes),
            )
            if v.values["detail"].endswith("< 14:26:40")
        ]
        for seen in (log.events, before.events)
    }
    assert found == {log.events: [], before.events: ["T0 V-E"]}


@pytest.mark.parametrize("n_earlier", [0, 1])
@pytest.mark.parametrize(("locked_s", "end_s"), [(49_400, 52_000), (49_401, 49_620)])
def test_a_team_is_held_at_a_door_unless_it_turned_out_locked_since(locked_s: int, end_s: int, n_earlier: int) -> None:
    p, plan, _ = two_at_one_door()
    events = (Delayed(49_400, "T0", 52_000), DoorLocked(locked_s, "V-C", None))
    earlier, new = events[:n_earlier], events[n_earlier:]
    once = replan(p, plan, 49_400, earlier, ROUNDS).plan
    made = replan(p, once, 49_560, new, ROUNDS, earlier=earlier).plan
    before, log = DayLog(49_400, earlier, ""), DayLog(49_560, events, "0" * 64)
    inputs = inputs_of(p, Changed(49_560, once, before, made, log, ()))
    assert next(r.stops[0].end_s for r in made.routes if r.team_id == "T0") == end_s
    assert list(check_begun(inputs, once, made, 49_560, new)) == []
    # The other end is found.
    other_s = {52_000: 49_620, 49_620: 52_000}[end_s]
    routes = tuple(
        replace(r, stops=(replace(r.stops[0], end_s=other_s), *r.stops[1:])) if r.team_id == "T0" else r
        for r in made.routes
    )
    found = check_begun(inputs, once, replace(made, routes=routes), 49_560, new)
    assert [(v.where, v.values["detail"]) for v in found if v.where == "T0 V-C"] == [("T0 V-C", "13:42")]


def test_a_team_that_is_behind_is_held_no_longer_by_each_change() -> None:
    # T01 goes into A at 13:53:20 for 27 minutes: until 14:20:20, whatever the plan was changed for meanwhile.
    p, plan = the_day()
    journal = entries((50_000, "inside", "T01", "V-A", {}))
    once = changed_at(p, plan, journal, 50_400)
    assert stops(once.after, "T01")[0] == ("V-A", 49_380, 51_660)
    again = changed_again(p, once.after, journal, 51_000, once.log.events)
    assert stops(again.after, "T01")[0] == ("V-A", 49_380, 51_660)


def test_a_visit_that_went_to_another_team_goes_back_to_the_one_inside() -> None:
    # A was T0's at 13:42. It was held, so that T1 has A from 14:10 on; then T0's report of 13:40 arrives.
    a, b = visit("A", windows=((49_200, 60_300),)), visit("B", windows=((49_200, 60_300),))
    p = problem([a, b], [team("T0"), team("T1")])
    plan = replace(solve(p, ROUNDS), routes=(route("T0"), route("T1", ("A", 51_000), ("B", 53_000))))
    (told,) = begun_events(fold(entries((49_200, "inside", "T0", "V-A", {}))), plan, 49_800, ())
    assert told == {"type": "begun", "team_id": "T0", "visit_id": "V-A"}
    begun = VisitBegun(49_800, "T0", "V-A")
    changed = replan(p, plan, 49_800, (begun,), ROUNDS)
    # Five minutes from the base at 13:30, but not before the window opens at 13:40; 27 minutes inside.
    assert stops(changed.plan, "T0")[0] == ("V-A", 49_200, 50_820)
    assert stops(changed.plan, "T1") == [("V-B", 53_000, 54_620)]
    (change,) = [c for c in plan_changes(plan, changed, (begun,)) if c.visit_id == "V-A"]
    assert (change.kind, change.team_before, change.team_after, change.cause.code) == ("moved", "T1", "T0", "BEGUN")


def test_a_visit_that_the_other_team_has_begun_as_well_stays_with_it() -> None:
    p = problem([visit("A")], [team("T0"), team("T1")])
    plan = replace(solve(p, ROUNDS), routes=(route("T0"), route("T1", ("A", 49_500))))
    changed = replan(p, plan, 49_600, (VisitBegun(49_600, "T0", "V-A"),), ROUNDS)
    assert [stops(changed.plan, t) for t in ("T0", "T1")] == [[], [("V-A", 49_500, 51_120)]]


def test_a_team_inside_a_visit_that_cannot_go_back_to_it_is_held_there_and_blocks_no_other() -> None:
    # A and B are linked, and B may not begin before 14:20. T0 has had A back at 13:40; T1 is inside B.
    a, b = (visit(x, windows=((lo, 60_300),), link_group="L") for x, lo in (("A", 49_200), ("B", 51_600)))
    p = problem([a, b], [team("T0"), team("T1")])
    out = tuple(Unserved(f"V-{x}", x, (Reason("NO_TIME_LEFT"),)) for x in "AB")
    plan = replace(solve(p, ROUNDS), routes=(route("T0"), route("T1")), unserved=out)
    journal = entries((49_200, "inside", "T0", "V-A", {}), (49_200, "inside", "T1", "V-B", {}))
    changed = changed_at(p, plan, journal, 49_800)
    assert [stops(changed.after, t) for t in ("T0", "T1")] == [[("V-A", 49_200, 50_820)], []]
    # 27 minutes inside from 13:40 on.
    held = Delayed(49_800, "T1", 50_820)
    assert held in changed.log.events
    assert list(check_p15_reports(inputs_of(p, changed), changed.after)) == []
    # Not held, it is a visit that was lost.
    sent_on = replace(changed, log=replace(changed.log, events=tuple(e for e in changed.log.events if e != held)))
    assert [v.where for v in check_p15_reports(inputs_of(p, sent_on), changed.after)] == ["T1 V-B"]


def route(team_id: str, *starts: tuple[str, int]) -> Route:
    made = tuple(Stop(f"V-{b}", 0, b, 300, 2_400, at_s, at_s, at_s + 1_620) for b, at_s in starts)
    back_s = made[-1].end_s + 300 if made else 48_600
    return Route(team_id, made[0].start_s - 300 if made else 48_600, made, 300 * bool(made), 2_400 * bool(made), back_s)


def counts(plan: Plan, at_s: int, *events: Event, earlier: tuple[Event, ...] = ()) -> list[int]:
    return list(n_begun(plan, at_s, earlier, events).values())


def test_what_has_begun_is_the_head_of_each_route_up_to_the_last_begun_visit() -> None:
    p = problem([visit("A")], [team("T0")])
    plan = replace(
        solve(p, ROUNDS),
        routes=(
            route("T0", ("A", 49_000), ("B", 51_000), ("C", 53_000)),
            route("T1", ("D", 50_000), ("C", 53_000), ("E", 55_000)),
        ),
    )
    assert counts(plan, 48_999) == [0, 0]
    assert counts(plan, 50_000) == [1, 1]
    assert counts(plan, 50_000, VisitBegun(50_000, "T0", "V-B")) == [2, 1]
    # C is a visit of both teams; T1 goes to D before it.
    assert counts(plan, 48_000, VisitBegun(48_000, "T0", "V-C")) == [3, 2]
    # A report of a team that has no such stop begins nothing in its order.
    assert counts(plan, 48_000, VisitBegun(48_000, "T0", "V-E")) == [0, 0]


def test_a_door_found_locked_after_the_report_has_yet_to_open_again() -> None:
    p = problem([visit("A")], [team("T0")])
    plan = replace(solve(p, ROUNDS), routes=(route("T0", ("A", 55_000)),))
    begun, locked = VisitBegun(49_000, "T0", "V-A"), DoorLocked(49_500, "V-A", 54_000)
    assert counts(plan, 50_000, earlier=(begun,)) == [1]
    assert counts(plan, 50_000, earlier=(begun, locked)) == [0]
    assert counts(plan, 50_000, VisitBegun(50_000, "T0", "V-A"), earlier=(begun, locked)) == [1]


@pytest.mark.parametrize(("count", "until_s"), [(0, 49_200), (1, 49_200), (2, 51_000)])
def test_a_person_goes_off_duty_once_the_team_has_started_what_it_has_begun(count: int, until_s: int) -> None:
    assert off_duty_s(OffDuty(49_200, "P"), route("T0", ("A", 49_000), ("B", 51_000)), count) == until_s


@pytest.mark.parametrize(
    ("reports", "is_begun"),
    [
        ([(48_800, "arrived")], False),
        ([(48_800, "inside")], True),
        ([(48_800, "inside"), (48_900, "done")], True),
        ([(48_800, "held")], False),
        ([(48_800, "inside"), (48_900, "held")], True),
        ([(48_800, "inside"), (48_900, "left")], False),
        ([(48_900, "left"), (48_800, "inside")], False),
        ([(48_800, "inside"), (48_900, "locked")], False),
        ([(48_800, "inside"), (48_900, "refused")], False),
        ([(48_800, "locked"), (48_900, "inside")], True),
    ],
    ids=lambda x: " ".join(k for _, k in x) if isinstance(x, list) else None,
)
def test_a_team_has_begun_a_visit_once_it_is_inside_and_until_it_ends_it(
    reports: list[tuple[int, str]], is_begun: bool
) -> None:
    _, plan = the_day()
    journal = entries(*((at_s, kind, "T01", "V-A", HELD if kind == "held" else {}) for at_s, kind in reports))
    found = begun_events(fold(journal), plan, 49_000, ())
    assert found == [{"type": "begun", "team_id": "T01", "visit_id": "V-A"}] * is_begun
    # Once the plan answers to it, or by its times, it is no event.
    assert begun_events(fold(journal), plan, 49_000, (VisitBegun(48_900, "T01", "V-A"),)) == []
    assert begun_events(fold(journal), plan, 49_380, ()) == []


def test_a_report_on_a_visit_that_the_plan_does_not_offer_is_no_event() -> None:
    _, plan = the_day()
    journal = entries((48_800, "inside", "T01", "V-X", {}))
    assert begun_events(fold(journal), plan, 49_000, ()) == []


def test_a_team_that_took_back_that_it_is_held_may_be_sent_on() -> None:
    p, plan = the_day()
    routes = tuple(
        replace(r, stops=tuple(replace(s, start_s=56_000) if s.visit_id == "V-E" else s for s in r.stops))
        for r in plan.routes
    )
    made = replace(plan, routes=routes)
    corrected = Entry(9, "x", "corrected", "T01", "", "", 48_400, {"team_id": "T01", "report": "held"}, "", "")
    for journal, found in ((JOURNAL, ["T01 V-E"]), ([*JOURNAL, corrected], [])):
        changed = Changed(49_260, plan, None, made, DayLog(49_260, (), ""), tuple(journal))
        breaches = check_p15_reports(inputs_of(p, changed), made)
        assert [v.where for v in breaches if v.where == "T01 V-E"] == found
