"""Events that the plan of the day, or what it was changed for before, contradicts: one by one."""

from __future__ import annotations

import pytest

from geodata.errors import Issue
from sweep.day.event_consistency import contradiction_issues
from sweep.day.event_records import Delayed, DoorLocked, Event, OffDuty, RoadClosed
from sweep.records.people import Team
from sweep.records.plan import Plan, Route, Stop

MINUTE = 60
TWO = 14 * 3_600
AT_S = TWO + 40 * MINUTE
"""The change: 14:40."""


def stop(visit: str, arrive: int, start: int, end: int, slot: int = 0, *, is_attempt: bool = False) -> Stop:
    """Minutes after two."""
    times = [TWO + MINUTE * m for m in (arrive, start, end)]
    return Stop(visit, slot, f"B-{visit}", 300, 900, *times, is_attempt)


def team(name: str, *people: str) -> Team:
    return Team(name, people, "S1", frozenset(), (TWO - 3_600, TWO + 10_800), {}, 0, frozenset())


# T1 goes through A's doors with T2, then to C; T1 is there at 14:26 and begins at 14:30. T2 is back at 14:35.
A_OF_T1, A_OF_T2, C = stop("A", -5, 0, 20), stop("A", -5, 0, 30, slot=1), stop("C", 26, 30, 60)
PLAN = Plan(
    "feasible", 0.0, 0.0, "", (team("T1", "P1", "P2"), team("T2", "P3")),
    (
        Route("T1", TWO - 600, (A_OF_T1, C), 300, 900, TWO + 65 * MINUTE),
        Route("T2", TWO - 600, (A_OF_T2,), 300, 900, TWO + 35 * MINUTE),
    ),
    (), 1, 0,
)  # fmt: skip
EVERYWHERE = "events.json events[0]"


def codes(*events: Event, earlier: tuple[Event, ...] = (), plan: Plan = PLAN) -> list[str]:
    return [i.code for i in contradiction_issues(events, AT_S, plan, earlier)]


@pytest.mark.parametrize(
    ("at", "wrong"),
    [
        pytest.param(19, [], id="both inside"),
        pytest.param(20, ["S557"], id="one is through and gone"),
        pytest.param(30, ["S557"], id="both are gone"),
    ],
)
def test_a_door_that_somebody_has_been_through_was_not_locked(at: int, wrong: list[str]) -> None:
    assert codes(DoorLocked(TWO + at * MINUTE, "A", None)) == wrong


def test_the_fault_names_team_visit_and_times() -> None:
    values = {"id": "A", "team": "T1", "from": "14:00", "until": "14:20"}
    assert contradiction_issues([DoorLocked(TWO + 25 * MINUTE, "A", None)], AT_S, PLAN, ()) == [
        Issue("S557", EVERYWHERE, values)
    ]
    values = {"at": "14:25", "team": "T1", "where": "C", "since": "14:30"}
    assert contradiction_issues([OffDuty(TWO + 25 * MINUTE, "P1")], AT_S, PLAN, ()) == [
        Issue("S558", EVERYWHERE, values)
    ]


def test_a_door_found_locked_before_may_be_found_locked_again() -> None:
    tried = Route("T2", TWO - 600, (stop("A", -5, 0, 5, is_attempt=True),), 300, 900, TWO + 35 * MINUTE)
    plan = Plan("", 0.0, 0.0, "", PLAN.teams, (tried,), (), 1, 0)
    assert codes(DoorLocked(AT_S, "A", None), earlier=(DoorLocked(TWO, "A", AT_S - 60),), plan=plan) == []


@pytest.mark.parametrize(
    ("event", "wrong"),
    [
        # T1 began C at 14:30, with P1; it left A at 14:20, and was at C, and T2 at its base, before the change.
        pytest.param(Delayed(TWO + 29 * MINUTE, "T1", AT_S + 60), ["S558"], id="held where it had left"),
        pytest.param(Delayed(TWO + 30 * MINUTE, "T1", AT_S + 60), [], id="held where it began at that second"),
        pytest.param(OffDuty(TWO + 29 * MINUTE, "P2"), ["S558"], id="ill and yet inside"),
        pytest.param(OffDuty(TWO + 30 * MINUTE, "P2"), [], id="ill once inside"),
        pytest.param(OffDuty(TWO + 29 * MINUTE, "P3"), [], id="ill, and the team began nothing since"),
        pytest.param(RoadClosed(TWO + 20 * MINUTE, "B-C", "B-A", None), ["S558"], id="a closed way that was driven"),
        pytest.param(RoadClosed(TWO + 21 * MINUTE, "B-A", "B-C", None), [], id="closed behind the team"),
        pytest.param(RoadClosed(TWO + 20 * MINUTE, "B-A", "B-C", 360), [], id="no longer than it took"),
        pytest.param(RoadClosed(TWO + 30 * MINUTE, "B-A", "S1", 301), ["S558"], id="the way home that was driven"),
        pytest.param(RoadClosed(TWO + 30 * MINUTE, "B-C", "S1", 301), [], id="a way home that is ahead"),
        pytest.param(RoadClosed(TWO - 600, "B-A", "S1", 301), ["S558"], id="the first way of the day"),
    ],
)
def test_an_event_is_not_older_than_what_it_would_have_kept_from_being(event: Event, wrong: list[str]) -> None:
    assert codes(event) == wrong


@pytest.mark.parametrize(
    ("earlier", "now", "wrong"),
    [
        pytest.param(Delayed(TWO, "T1", AT_S + 600), Delayed(AT_S, "T1", AT_S + 599), ["S559"], id="held for less"),
        pytest.param(Delayed(TWO, "T1", AT_S + 600), Delayed(AT_S, "T1", AT_S + 601), [], id="held for longer"),
        pytest.param(Delayed(TWO, "T1", AT_S + 600), Delayed(AT_S, "T2", AT_S + 60), [], id="another team"),
        pytest.param(DoorLocked(TWO, "X", None), DoorLocked(AT_S, "X", AT_S + 600), ["S559"], id="open after all"),
        pytest.param(DoorLocked(TWO, "X", AT_S + 60), DoorLocked(AT_S, "X", None), [], id="locked for longer"),
        pytest.param(
            RoadClosed(TWO, "X", "Y", None), RoadClosed(AT_S, "Y", "X", 600), ["S559"], id="a way there is after all"
        ),
        pytest.param(RoadClosed(TWO, "X", "Y", 600), RoadClosed(AT_S, "Y", "X", 900), [], id="longer than it was"),
    ],
)
def test_what_the_day_was_changed_for_before_is_not_taken_back(earlier: Event, now: Event, wrong: list[str]) -> None:
    assert codes(now, earlier=(earlier,)) == wrong


def test_what_is_said_twice_is_said_of_both_ends_once() -> None:
    held = Delayed(AT_S, "T1", AT_S + 600)
    assert codes(held, earlier=(held,)) == []


@pytest.mark.parametrize("events", [(0, 1), (1, 0)], ids=["held first", "locked first"])
def test_a_team_may_be_held_at_a_door_that_was_locked(events: tuple[int, int]) -> None:
    # It is behind, or waits for the key: its partner found the door locked at which the plan has it.
    said = (Delayed(AT_S, "T1", AT_S + 600), DoorLocked(AT_S, "C", None))
    assert codes(*(said[n] for n in events)) == []
    assert codes(said[events[0]], earlier=(said[events[1]],)) == []
