"""The judge of played days finds each kind of contradiction, and none in a day that is sound."""

from __future__ import annotations

import hashlib
import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.board.played.day import Played
from tests.benchmarks.board.played.judge import brief_faults, faults

type Day = dict[str, Any]


def text(kind: str, **body: Any) -> str:
    return json.dumps({"kind": kind, "body": body, "t": 0})


def line(n: int, act: str, own_id: str, at_s: int, body: dict[str, Any], sent: str = "") -> dict[str, Any]:
    facts = {"id": own_id, "at_s": at_s, "body": body, "sha256": hashlib.sha256(sent.encode()).hexdigest()}
    return {"n": n, "act": act, "facts": facts, "prev": f"{n - 1:064d}", "hash": f"{n:064d}"}


def plan(*visits: str) -> dict[str, Any]:
    """T1 has these visits, each for half an hour from 13:40 on, ten minutes apart."""
    stops = [
        {"visit_id": v, "slot": 0, "start_s": 49_200 + 2_400 * k, "end_s": 51_000 + 2_400 * k, "travel_s": 600}
        for k, v in enumerate(visits)
    ]
    return {"teams": [{"team_id": "T1", "member_ids": ["P1"]}], "routes": [{"team_id": "T1", "stops": stops}]}


def sound() -> Day:
    """T1 goes into A at 13:40; at 13:50 the plan is changed, and keeps A."""
    inside = text("inside", visit_id="A")
    return {
        "plans": {"one": plan("A", "B"), "two": plan("A")},
        "lines": [
            line(1, "edition", "edition/1/one", 48_000, {"plan_id": "one"}),
            line(2, "inside", "T1/dd:1", 49_200, {"team_id": "T1", "visit_id": "A"}, inside),
            line(3, "edition", "edition/3/two", 49_800, {"plan_id": "two"}),
        ],
        "notes": [
            {"kind": "typed", "at_s": 49_200, "team": "T1", "device": "dd", "seq": 1, "text": inside, "jumps": 0},
            {"kind": "kept", "at_s": 49_200, "device": "dd", "seq": 1, "jumps": 0},
        ],
    }


def found(day: Day, place: Path) -> list[str]:
    for plan_id, content in day["plans"].items():
        (place / plan_id).mkdir()
        (place / plan_id / "plan.json").write_text(json.dumps(content), encoding="utf-8")
    journal = place / "day.jsonl"
    journal.write_text("".join(json.dumps(entry) + "\n" for entry in day["lines"]), encoding="utf-8")
    return faults(Played(day["notes"], journal, place, place / "none"))


def lost(day: Day) -> None:
    day["notes"].append({**day["notes"][0], "seq": 2})


def doubled(day: Day) -> None:
    again = deepcopy(day["lines"][1])
    day["lines"].append({**again, "n": 4, "prev": f"{3:064d}", "hash": f"{4:064d}"})


def of_another_time(day: Day) -> None:
    day["lines"][1]["facts"]["at_s"] += 60


def changed_afterwards(day: Day) -> None:
    day["lines"][2]["prev"] = "x"


def taken_from_its_team(day: Day) -> None:
    day["plans"]["two"] = plan("B")


def in_two_places(day: Day) -> None:
    day["plans"]["one"]["routes"][0]["stops"][1]["start_s"] -= 1


def in_part(day: Day) -> None:
    day["plans"]["one"]["routes"][0]["stops"][0]["slot"] = 1


def refused(day: Day) -> None:
    day["notes"].append({"kind": "apply", "at_s": 1, "status": 200, "told": {"broken": ["P15"]}})


def test_a_sound_day_has_no_fault(tmp_path: Path) -> None:
    assert found(sound(), tmp_path) == []


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lost, "dd:2 was typed, and is lost"),
        (doubled, "dd out of order or double"),
        (of_another_time, "dd:1 was typed at 49200, and counts as of 49260"),
        (changed_afterwards, "line 3 of the journal does not follow"),
        (taken_from_its_team, "two takes A from T1, which is inside"),
        (in_two_places, "one T1 is at A and B at once"),
        (in_part, "one A is served in part"),
        (refused, "1 a change that breaks rules was offered"),
    ],
    ids=lambda x: getattr(x, "__name__", None),
)
def test_a_contradiction_is_found(spoil: Any, said: str, tmp_path: Path) -> None:
    day = sound()
    spoil(day)
    assert [f for f in found(day, tmp_path) if f.startswith(said)] != []


@pytest.mark.parametrize(
    ("at_s", "is_shown", "fault"),
    [
        (45_000, False, []),
        (45_000, True, ["brief: before the order of T1 is released, 13:40 – 14:10 A 甲楼"]),
        (46_000, False, ["brief: no row 13:40 – 14:10 A 甲楼"]),
        (46_000, True, []),
    ],
)
def test_the_brief_shows_a_team_from_the_release_of_its_order(at_s: int, is_shown: bool, fault: list[str]) -> None:
    day = {"plan_id": "one", **plan("A")}
    day["routes"][0]["depart_s"] = 48_900
    shown = {"teams": [{"id": "T1", "letter": "A", "stops": [{"visit": "A", "name": "甲楼"}]}]}
    assert list(brief_faults("one" + " 13:40 – 14:10 A 甲楼" * is_shown, shown, day, at_s)) == fault
