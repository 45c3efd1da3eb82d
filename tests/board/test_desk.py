"""What the desk notes: events of this day alone, each taken back as long as no plan answers to it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from geodata.clock_times import ZONE
from geodata.errors import InputError
from sweep.board.board_state import Board
from sweep.board.changes.handlers import activate_plan
from sweep.board.phone.phone_reports import take_batch
from sweep.board.results_intake.handlers import results_rows
from sweep.day.event_records import DayLog, DoorLocked
from sweep.day.journal.events_for_replan import journal_text, open_events
from sweep.day.journal.fold_state import fold
from sweep.day.journal.journal_entry import Entry
from tests.board.asking import Answer, Asker, Wall, board_of, published, run_in_earnest, with_people
from tests.board.stubs import CHANGED, Planner, changed
from tests.publish.small_edition import small_edition

URGENT = {"type": "urgent", "visit_id": "U-B1", "building_id": "B1", "value": 0.5}
FORM = {"row": "91370102MA30000450", "unit": "", "answers": {"unit_state": "open", "n_dens": "1"}}
HELD = {"type": "held", "team_id": "T2", "until": "14:50"}


def noted(board: Board, own_id: str, kind: str, body: dict[str, Any]) -> Answer:
    return Asker(board).sign_in("planner").send("/desk/reports", {"id": own_id, "kind": kind, "body": body})


@pytest.mark.parametrize(
    ("event", "code"),
    [
        ({**HELD, "team_id": "T9"}, "S545"),
        ({**HELD, "until": "12:59"}, "S556"),
        ({"type": "ill", "person_id": "nobody"}, "S546"),
        ({"type": "locked", "visit_id": "V9"}, "S547"),
        ({"type": "closed", "from_id": "B1", "to_id": "B9"}, "S548"),
        ({"type": "closed", "from_id": "B1", "to_id": "B1"}, "S544"),
        ({"type": "closed", "from_id": "B1", "to_id": "B2", "minutes": float("nan")}, "S976"),
        ({**URGENT, "visit_id": ""}, "S976"),
        ({**URGENT, "visit_id": "../x\n<b>"}, "S976"),
        ({"type": "urgent", "visit_id": "U-B9", "building_id": "B9", "value": 0.5}, "S548"),
        ({"type": "urgent", "visit_id": "V1", "building_id": "B1", "value": 0.5}, "S555"),
        ({**URGENT, "starts": ["15:00", "14:00"]}, "S564"),
        ({**URGENT, "starts": ["11:00", "12:59"]}, "S565"),
    ],
    ids=lambda x: x if isinstance(x, str) else x["type"],
)
def test_an_event_that_no_change_of_the_plan_could_take_is_refused_at_once(
    board: Board, event: dict[str, Any], code: str
) -> None:
    n, answer = len(board.live.journal.entries), noted(board, "event-0001", "event", {"event": event})
    assert (answer.status, [i["code"] for i in answer.json()["issues"]]) == (422, [code])
    assert len(board.live.journal.entries) == n


@pytest.mark.parametrize(
    ("now", "until", "meant"),
    [
        ("2026-09-16T23:50", "00:30", "24:30"),
        ("2026-09-17T00:10", "00:30", "24:30"),
        ("2026-09-17T00:10", "24:30", "24:30"),
        ("2026-09-16T12:40", "00:30", "24:30"),
        ("2026-09-16T14:00", "14:50", "14:50"),
    ],
)
def test_an_hour_past_midnight_is_of_the_night(board: Board, wall: Wall, now: str, until: str, meant: str) -> None:
    wall.now = datetime.fromisoformat(f"{now}:00").replace(tzinfo=ZONE)
    assert noted(board, "event-0001", "event", {"event": {**HELD, "until": until}}).status == 200
    at_door = {"team_id": "T2", "visit_id": "V2", "until": until}
    assert noted(board, "held-0001", "held", at_door).status == 200
    typed = json.dumps({"kind": "held", "body": {"visit_id": "V2", "until": until}, "t": 1})
    take_batch(board, "T2", {"device": "0" * 16, "sent": 1, "first": 1, "reports": [{"seq": 1, "text": typed}]})
    first, *others = [e.body for e in board.live.journal.entries if e.kind != "edition"]
    assert [first["event"]["until"], *(body["until"] for body in others)] == [meant] * 3


def test_an_hour_that_is_over_is_over(board: Board, wall: Wall) -> None:
    # It is past by less than half a day, and a day has no 31:00.
    for now, until in (("13:20", "01:30"), ("14:00", "13:59"), ("19:10", "07:00")):
        wall.set(now)
        assert noted(board, "event-0001", "event", {"event": {**HELD, "until": until}}).status == 422


def test_an_event_that_takes_back_what_the_plan_was_changed_for_is_refused_at_once(board: Board) -> None:
    log = DayLog(46_800, (DoorLocked(46_800, "V2", None),), "5e" * 32)
    activate_plan(board, published(replace(changed(small_edition()), log=log), board.out).name, "P001")
    event = {"type": "locked", "visit_id": "V2", "until": "15:30"}
    answer = noted(board, "event-0001", "event", {"event": event})
    assert (answer.status, [i["code"] for i in answer.json()["issues"]]) == (422, ["S559"])
    assert noted(board, "event-0002", "event", {"event": {**event, "visit_id": "V1"}}).status == 200


def test_a_door_that_a_team_behind_its_plan_finds_locked_is_noted(board: Board, wall: Wall) -> None:
    # By the plan it was through with V1 at 14:10.
    wall.set("14:20")
    assert noted(board, "event-0001", "event", {"event": {"type": "locked", "visit_id": "V1"}}).status == 200


def test_a_change_names_each_team_that_owes_a_report(board: Board, wall: Wall) -> None:
    board.planner = Planner()  # type: ignore[assignment]
    desk = Asker(board).sign_in("planner")

    def silent() -> list[tuple[str, int]]:
        change = desk.send("/desk/diff", {}).json()["changes"][0]
        return [(each["team"], each["due_s"]) for each in change["silent"]]

    # T2 leaves at 13:35 for V2; on its way since 13:50 it is to be there at 13:57.
    wall.set("13:30")
    assert silent() == []
    wall.set("13:50")
    assert silent() == [("T2", 48_900)]
    assert noted(board, "left-0001", "left", {"team_id": "T2", "visit_id": "V2"}).status == 200
    assert silent() == []
    assert [Entry(**e).kind for e in board.planner.asked[-1]["reports"]] == ["left"]


def test_something_else_under_a_number_that_is_taken_is_refused(board: Board) -> None:
    lead = {"lead_id": "L9", "lead_type": "goip", "building_id": "B1"}
    assert noted(board, "said-0001", "message", {"to": "all", "text": "first"}).status == 200
    assert noted(board, "lead-0001", "lead", lead).status == 200
    # The same once more changes nothing, whoever notes it.
    assert noted(board, "said-0001", "message", {"to": "all", "text": "first"}).status == 200
    assert noted(board, "lead-0002", "lead", lead).status == 200
    others = [
        noted(board, "said-0001", "message", {"to": "all", "text": "second"}),
        noted(board, "lead-0003", "lead", {**lead, "building_id": "B3"}),
    ]
    assert [[i["code"] for i in a.json()["issues"]] for a in others] == [["S977"], ["S977"]]
    assert [m.text for m in board.live.state.messages.values()] == ["first"]
    assert board.live.state.leads["L9"].building_id == "B1"


def test_an_event_is_taken_back_until_a_plan_answers_to_it(board: Board) -> None:
    assert noted(board, "event-0001", "event", {"event": HELD}).status == 200
    n = board.live.state.n
    assert board.live.state.teams["T2"].state == "held"
    assert noted(board, "back-0001", "withdrawn", {"n": n}).status == 200
    # Sent again it stands once; another one finds nothing there.
    assert noted(board, "back-0001", "withdrawn", {"n": n}).status == 200
    assert noted(board, "back-0002", "withdrawn", {"n": n}).status == 404
    assert ("T2" in board.live.state.teams, board.live.state.events) == (False, ())
    assert open_events(board.live.journal.entries) == []
    (sent,) = board.live.changes_since(n)["teams"]
    assert (sent["id"], sent["state"]) == ("T2", "standing_by")
    assert noted(board, "event-0002", "event", {"event": HELD}).status == 200
    activate_plan(board, board.plan_id, "P001")
    assert noted(board, "back-0003", "withdrawn", {"n": board.live.state.n - 1}).status == 404


def test_an_event_noted_while_a_change_is_looked_at_stays_open(board: Board) -> None:
    board.planner, desk = Planner(), Asker(board).sign_in("planner")  # type: ignore[assignment]
    published(changed(small_edition()), board.out)
    assert noted(board, "event-0001", "event", {"event": HELD}).status == 200
    diff = desk.send("/desk/diff", {}).json()
    ill = {"type": "ill", "person_id": "T2P1"}
    assert noted(board, "event-0002", "event", {"event": ill}).status == 200
    assert desk.send("/desk/apply", {"shown": diff["shown"]}).json()["plan_id"] == board.plan_id == CHANGED
    assert [(e["type"], e["is_answered"]) for e in board.live.changes_since(0)["events"]] == [
        ("held", True),
        ("ill", False),
    ]
    assert [e["type"] for e in open_events(board.live.journal.entries, CHANGED)] == ["ill"]


def test_an_edition_that_cannot_be_read_leaves_the_journal_with_the_plan_in_force(board: Board) -> None:
    entries = list(board.live.journal.entries)
    with pytest.raises(InputError):
        activate_plan(board, "0" * 12, "P001")
    assert (board.live.journal.entries, board.live.state.plan_id) == (entries, board.plan_id)


def test_what_was_played_in_an_exercise_is_no_order_and_no_result_of_the_day(board: Board, wall: Wall) -> None:
    phone, ill = Asker(board).sign_in("T2"), {"type": "ill", "person_id": "T2P1"}
    assert noted(board, "event-0001", "event", {"event": ill}).status == 200
    assert noted(board, "done-0001", "done", {"team_id": "T2", "visit_id": "V2"}).status == 200
    assert noted(board, "form-0001", "form", {"team_id": "T2", "visit_id": "V2", **FORM}).status == 200
    assert noted(board, "said-0001", "message", {"to": "T2", "text": "well played"}).status == 200
    assert [len(results_rows(board.live.state)), len(open_events(board.live.journal.entries))] == [1, 1]
    wall.set("13:10")
    run_in_earnest(board)
    state = board.live.state
    assert (state.is_exercise, state.stops, results_rows(state), state.events) == (False, {}, [], ())
    assert open_events(board.live.journal.entries) == []
    assert phone.get("/phone/orders").json()["done"] == {}
    assert [m.text for m in state.messages.values()] == ["well played"]
    assert noted(board, "left-0001", "left", {"team_id": "T2", "visit_id": "V2"}).status == 200
    assert (state := board.live.state).teams["T2"].state == "left"
    assert fold(board.live.journal.entries) == state
    # A change of an hour that was played knows nothing of the play.
    told = journal_text(board.live.journal.path, board.live.edition.plan, board.plan_id, 46_860, lambda _stop, _team: 0)
    assert json.loads(told) == {"events": []}


def test_an_exercise_is_begun_again_with_the_plan_that_was_chosen_and_a_day_in_earnest_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, wall = tmp_path / "out", Wall("20:00")
    draft = published(small_edition(), out)
    approved = published(replace(small_edition(), plan_id=CHANGED), out)
    monkeypatch.setattr("sweep.board.open_board.approval_on_record_of", lambda at: "P9" if at == approved else None)
    wall.now = wall.now.replace(day=15)
    with board_of(draft, wall) as board:
        assert noted(with_people(board), "done-0001", "done", {"team_id": "T2", "visit_id": "V2"}).status == 200
        assert noted(board, "event-0001", "event", {"event": {"type": "ill", "person_id": "T2P1"}}).status == 200
    with board_of(approved, wall) as board:
        assert (board.plan_id, board.is_exercise, board.live.state.stops) == (CHANGED, True, {})
        assert open_events(board.live.journal.entries, CHANGED) == []
    wall.set("08:00")
    with board_of(approved, wall) as board:
        assert (board.plan_id, board.is_exercise) == (CHANGED, False)
    with board_of(draft, wall) as board:
        assert (board.plan_id, board.is_exercise) == (CHANGED, False)
        assert fold(board.live.journal.entries) == board.live.state
