"""Which events a plan does not answer to yet: the later holds, what is over or was taken back does not."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from sweep.day.journal.events_for_replan import open_events
from sweep.day.journal.fold_state import fold
from sweep.day.journal.journal_entry import Report
from sweep.day.journal.journal_file import open_journal
from tests.day.journal.test_journal import AT, report


def test_the_events_are_those_that_the_plan_in_force_does_not_answer_to() -> None:
    with tempfile.TemporaryDirectory() as folder, open_journal(Path(folder) / "day.jsonl") as journal:
        edition = {"plan_id": "p2", "day": "2026-09-16", "is_exercise": False}
        journal.append(
            [
                report(1, "held", until="15:00"),
                Report("e", "edition", "P1", AT, 50_001, edition, ""),
                report(2, "held", until="15:10"),
                report(3, "held", until="15:30"),
                report(4, "locked", visit_id="V2"),
                Report("i", "event", "P1", AT, 50_009, {"event": {"type": "ill", "person_id": "P7"}}, ""),
            ],
            AT,
        )
        assert open_events(journal.entries, "p2") == [
            {"type": "held", "at": "13:53", "team_id": "T01", "until": "15:30"},
            {"type": "locked", "at": "13:53", "visit_id": "V2"},
            {"type": "ill", "at": "13:53", "person_id": "P7"},
        ]
        # Of a plan that never was in force all are.
        assert len(open_events(journal.entries, "other")) == 3


def test_a_hold_that_its_team_took_back_is_no_event() -> None:
    with tempfile.TemporaryDirectory() as folder, open_journal(Path(folder) / "day.jsonl") as journal:
        journal.append([report(1, "held", until="15:00"), report(2, "corrected", report="held")], AT)
        assert open_events(journal.entries) == []


def test_what_was_noted_after_the_change_was_planned_it_does_not_answer_to() -> None:
    def edition(plan_id: str, **more: object) -> Report:
        body = {"plan_id": plan_id, "day": "2026-09-16", "is_exercise": False, **more}
        return Report(f"e{plan_id}", "edition", "P1", AT, 50_009, body, plan_id)  # type: ignore[arg-type]

    with tempfile.TemporaryDirectory() as folder, open_journal(Path(folder) / "day.jsonl") as journal:
        ill = Report("i", "event", "P1", AT, 50_001, {"event": {"type": "ill", "person_id": "P7"}}, "")
        journal.append([edition("A"), ill, report(3, "locked"), edition("B", answers_to=1)], AT)
        assert [e["type"] for e in open_events(journal.entries, "B")] == ["ill", "locked"]
        assert fold(journal.entries).answered_n == 1
        # A line that does not say so is of a plan that was taken to answer to all before it.
        journal.append([edition("C")], AT)
        assert open_events(journal.entries, "C") == []
        assert fold(journal.entries).answered_n == 5


@pytest.mark.parametrize(
    ("known", "said", "is_news"),
    [(None, "15:00", False), ("15:00", "14:30", False), ("15:00", "15:00", False), ("15:00", "15:30", True)],
)
def test_a_door_that_the_plan_leaves_shut_for_as_long_is_no_news(known: str | None, said: str, is_news: bool) -> None:
    # As an event of its own it would take back what the plan was changed for, and every change would be refused (S559).
    first = {} if known is None else {"until": known}
    begun, changed = (
        Report(
            f"e{n}", "edition", "P1", AT, 50_000, {"plan_id": "p2", "day": "2026-09-16", "is_exercise": False}, str(n)
        )
        for n in range(2)
    )
    with tempfile.TemporaryDirectory() as folder, open_journal(Path(folder) / "day.jsonl") as journal:
        journal.append(
            [begun, report(-1, "locked", **first), changed, report(3, "locked", team_id="T02", until=said)], AT
        )
        assert [e["until"] for e in open_events(journal.entries)] == [said] * is_news


HELD = {"type": "held", "at": "13:53", "team_id": "T01", "until": "15:00"}
LOCKED = {"type": "locked", "at": "13:53", "visit_id": "V1"}


@pytest.mark.parametrize(
    ("reports", "left"),
    [
        ([report(1, "locked"), report(2, "held", until="15:00")], [LOCKED, HELD]),
        ([report(1, "held", until="15:00"), report(2, "left")], []),
        ([report(1, "held", until="15:00"), report(2, "done", team_id="T02")], [HELD]),
        ([report(1, "locked"), report(2, "arrived")], []),
        ([report(1, "locked"), report(2, "arrived", team_id="T02")], [LOCKED]),
        ([report(1, "locked"), report(2, "inside", team_id="T02")], []),
        ([report(1, "locked"), report(2, "inside", visit_id="V2")], [LOCKED]),
        ([report(2, "locked"), report(1, "inside", team_id="T02")], []),
        ([report(3, "locked"), report(1, "inside", team_id="T02"), report(2, "left", team_id="T02")], [LOCKED]),
        ([report(2, "locked"), report(1, "inside")], [LOCKED]),
        ([report(2, "held", until="15:00"), report(1, "left")], [HELD]),
        ([report(2, "left"), report(1, "held", until="15:00")], []),
    ],
    ids=[
        "both",
        "held, then away",
        "held, another done",
        "locked, then there",
        "locked, another there",
        "open",
        "other",
        "another inside before",
        "another inside before, and out again",
        "inside before, and found locked",
        "away before, told late",
        "held before, told late",
    ],
)
def test_what_a_later_step_shows_to_be_over_is_no_event(reports: list[Report], left: list[dict[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder, open_journal(Path(folder) / "day.jsonl") as journal:
        journal.append(reports, AT)
        assert open_events(journal.entries) == left


def test_an_event_that_was_taken_back_and_a_way_from_its_other_end_are_told_once() -> None:
    def event(n: int, **body: object) -> Report:
        return Report(f"e{n}", "event", "P1", AT, 50_009, {"event": body}, str(n))  # type: ignore[dict-item]

    with tempfile.TemporaryDirectory() as folder, open_journal(Path(folder) / "day.jsonl") as journal:
        journal.append(
            [
                event(1, type="ill", person_id="P7"),
                event(2, type="closed", from_id="B1", to_id="B2"),
                event(3, type="closed", from_id="B2", to_id="B1", minutes=9),
                Report("w", "withdrawn", "P1", AT, 50_010, {"n": 1}, ""),
            ],
            AT,
        )
        (left,) = open_events(journal.entries)
        assert (left["type"], left["minutes"]) == ("closed", 9)
