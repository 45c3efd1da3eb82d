"""What a phone sends: each report once, in its order, by true times; what cannot be read kept for the desk."""

from __future__ import annotations

import hashlib
import html
import json
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from geodata.clock_times import ZONE
from geodata.message_catalogue import load_texts
from sweep.board.board_state import Board
from sweep.board.changes.handlers import activate_plan
from sweep.board.phone.phone_orders import orders_of
from sweep.board.phone.phone_reports import take_batch
from sweep.board.results_intake.handlers import results_rows, results_text
from sweep.day.journal.fold_state import fold
from sweep.day.journal.journal_file import read_journal
from sweep.publish.facts.team_facts import team_facts
from tests.board.asking import Asker, Wall, board_of, published, run_in_earnest, with_people
from tests.board.stubs import tried_again, with_a_pause
from tests.publish.small_edition import small_edition

HOUR_MS = 3_600_000
USCC = "91370102MA30000450"


def text(kind: str, body: dict[str, Any], t: int = 1_000_000) -> str:
    return json.dumps({"kind": kind, "body": body, "t": t})


def batch(*texts: str, seqs: list[int] | None = None, first: int = 1, sent: int = 1_000_000) -> dict[str, Any]:
    numbers = seqs or list(range(1, len(texts) + 1))
    reports = [{"seq": k, "text": one} for k, one in zip(numbers, texts, strict=True)]
    return {"device": "0123456789abcdef", "sent": sent, "first": first, "reports": reports}


LEFT, IN, DONE = (text(kind, {"visit_id": "V1"}) for kind in ("left", "inside", "done"))


def test_each_report_is_acknowledged_by_the_hash_of_what_was_typed(board: Board) -> None:
    told = Asker(board).sign_in("T/1").send("/phone/reports", batch(LEFT, IN)).json()
    hashes = [hashlib.sha256(one.encode()).hexdigest() for one in (LEFT, IN)]
    assert told["acks"] == [{"seq": 1, "sha256": hashes[0]}, {"seq": 2, "sha256": hashes[1]}]
    assert told["next"] == 3


def test_doubled_and_early_reports_make_no_second_entry_and_no_other_order(board: Board) -> None:
    take_batch(board, "T/1", batch(DONE, seqs=[3]))
    take_batch(board, "T/1", batch(LEFT, IN))
    take_batch(board, "T/1", batch(IN, LEFT, DONE, seqs=[2, 1, 3]))
    kinds = [e.kind for e in board.live.journal.entries if e.author == "T/1"]
    assert kinds == ["left", "inside", "done"]


def test_a_clock_that_is_wrong_by_hours_tells_the_right_time(board: Board) -> None:
    # 13:00 at the desk; the phone is three hours fast, and it was typed ten minutes ago.
    fast = 50_000_000_000 + 3 * HOUR_MS
    typed = text("left", {"visit_id": "V1"}, fast - 600_000)
    take_batch(board, "T/1", batch(typed, sent=fast))
    assert board.live.state.stops["T/1", "V1"].left_s == 13 * 3_600 - 600


def test_a_server_whose_clock_is_set_back_overrules_nothing_that_is_reported_since(board: Board, wall: Wall) -> None:
    wall.set("14:40")
    take_batch(board, "T/1", batch(LEFT))
    wall.set("13:45")
    take_batch(board, "T/1", batch(IN, DONE, seqs=[2, 3]))
    assert (board.live.state.teams["T/1"].state, board.live.state.stops["T/1", "V1"].outcome) == ("done", "done")
    wall.set("14:45")
    assert board.live.report_s() == board.live.clock.day_s()
    # A clock that was wrong by days says nothing.
    wall.now = wall.now.replace(day=18)
    take_batch(board, "T/1", batch(LEFT, seqs=[4]))
    wall.now = wall.now.replace(day=16)
    assert board.live.report_s() == board.live.clock.day_s()


@pytest.mark.parametrize(
    "odd",
    [
        "not json",
        text("left", {"visit_id": "V2"}),
        text("left", {"visit_id": "../V1"}),
        text("left", {"team_id": "T2", "visit_id": "V1", "lat": 36.6}),
        text("event", {"event": {"type": "ill", "person_id": "T2P1"}}),
        text("edition", {"plan_id": "x", "day": "2026-09-16", "is_exercise": False}),
        text("message", {"to": "T2", "text": "psst"}),
        text("form", {"visit_id": "V1", "row": USCC, "answers": {"is_target": "yes"}}),
        text("form", {"visit_id": "V1", "row": "+0", "answers": {"n_suspects": "3"}}),
        text("unread", {"text": "x", "code": "x"}),
        "[" * 3_000,
        "",
    ],
)
def test_what_cannot_be_read_is_kept_for_the_desk_and_holds_nothing_up(board: Board, odd: str) -> None:
    told = take_batch(board, "T/1", batch(LEFT, odd, DONE))
    assert told["next"] == 4
    assert [e.kind for e in board.live.journal.entries[-3:]] == ["left", "unread", "done"]
    (message,) = board.live.state.messages.values()
    assert (message.team_id, message.to) == ("T/1", "desk")
    assert board.live.state.teams.keys() == {"T/1"}


def test_a_team_speaks_for_itself_alone(board: Board) -> None:
    take_batch(board, "T/1", batch(text("left", {"team_id": "T2", "visit_id": "V1"})))
    assert set(board.live.state.teams) == {"T/1"}


@pytest.mark.parametrize(
    "change",
    [{"device": "x"}, {"device": None}, {"sent": -1}, {"sent": True}, {"first": "1"}, {"reports": {}}],
    ids=str,
)
def test_a_batch_that_is_none_is_refused(board: Board, change: dict[str, Any]) -> None:
    answer = Asker(board).sign_in("T/1").send("/phone/reports", {**batch(LEFT), **change})
    assert answer.status == 422
    assert [i["code"] for i in answer.json()["issues"]] == ["S976"]


def test_another_text_under_a_kept_number_is_quarantined_and_later_reports_count(board: Board) -> None:
    take_batch(board, "T/1", batch(LEFT))
    for _ in range(2):
        told = Asker(board).sign_in("T/1").send("/phone/reports", batch(IN, DONE)).json()
        # The phone may forget both, and says that one of them does not count.
        assert [a["sha256"] for a in told["acks"]].count(hashlib.sha256(IN.encode()).hexdigest()) == 1
        assert len(told["acks"]) == 2
    assert [e.kind for e in board.live.journal.entries if e.author == "T/1"] == ["left", "done", "unread"]
    (message,) = board.live.state.messages.values()
    assert (message.text, message.to) == (IN, "desk")


def test_one_extreme_number_blocks_no_later_report_of_its_phone(board: Board) -> None:
    far = 2**52
    take_batch(board, "T/1", batch(LEFT, seqs=[far], first=far))
    told = take_batch(board, "T/1", batch(IN, DONE))
    assert [a["seq"] for a in told["acks"]] == [1, 2]
    assert [e.kind for e in board.live.journal.entries if e.author == "T/1"] == ["left", "inside", "done"]
    # Sent again they are known.
    assert take_batch(board, "T/1", batch(IN, DONE))["acks"] == told["acks"]
    assert len([e for e in board.live.journal.entries if e.author == "T/1"]) == 3


def test_a_phone_is_told_the_code_of_a_report_that_does_not_count(board: Board) -> None:
    told = take_batch(board, "T/1", batch(LEFT, "not json"))
    assert told["unread"] == [{"code": "S976"}]


def test_the_board_after_a_restart_is_the_board_before(board: Board, wall: Wall, tmp_path: Path) -> None:
    form = {"visit_id": "V1", "row": USCC, "unit": "3A", "answers": {"unit_state": "open", "closed_door": "no"}}
    take_batch(board, "T/1", batch(LEFT, IN, text("form", form), text("message", {"to": "desk", "text": "ok"})))
    desk = Asker(board).sign_in("planner")
    ill = {"event": {"type": "ill", "person_id": "T2P1"}}
    assert desk.send("/desk/reports", {"id": "abcdefgh", "kind": "event", "body": ill}).status == 200
    assert fold(board.live.journal.entries) == board.live.state
    before = board.live.changes_since(0)
    # The same from the lines on the disk alone.
    copy = tmp_path / "copy"
    folder = published(replace(small_edition(), plan_id=board.plan_id), copy)
    place = copy / "_board" / folder.parent.name
    place.mkdir(parents=True)
    (place / "2026-09-16.jsonl").write_bytes(board.live.journal.path.read_bytes())
    with board_of(folder, wall) as again:
        assert again.live.changes_since(0) == before
        # A phone that sends again what the first server took in changes nothing.
        take_batch(again, "T/1", batch(LEFT, IN))
        assert again.live.changes_since(0) == before


def test_a_page_that_comes_again_gets_what_it_has_not_seen(board: Board) -> None:
    take_batch(board, "T/1", batch(LEFT))
    seen = board.live.state.n
    take_batch(board, "T2", batch(text("left", {"visit_id": "V2"})))
    more = board.live.changes_since(seen)
    assert [t["id"] for t in more["teams"]] == ["T2"]
    assert "plan" not in more
    assert {t["id"] for t in board.live.changes_since(0)["teams"]} == {"T/1", "T2", "T3"}
    # Of a number that this journal never had everything is sent.
    assert "plan" in board.live.changes_since(10_000)


def test_what_was_filled_in_is_the_table_of_results(board: Board) -> None:
    first = {"visit_id": "V1", "row": USCC, "unit": "", "answers": {"unit_state": "open", "closed_door": "yes"}}
    other = {"visit_id": "V1", "row": "+0", "unit": "9F", "answers": {"unit_state": "vacant"}}
    take_batch(board, "T/1", batch(text("form", first), text("form", other)))
    take_batch(board, "T2", batch(text("locked", {"visit_id": "V2"})))
    assert [row[:4] for row in results_rows(board.live.state)] == [
        ["V1", "", "9F", "vacant"],
        ["V1", USCC, "", "open"],
        ["V2", "", "", "locked"],
    ]
    assert results_text(results_rows(board.live.state)).splitlines()[0] == "visit_id,uscc,unit,unit_state,closed_door"


def test_what_is_said_twice_of_one_firm_or_unit_is_one_row_of_the_results(board: Board) -> None:
    def form(row: str, unit: str, **answers: str) -> str:
        return text("form", {"visit_id": "V1", "row": row, "unit": unit, "answers": answers})

    board.live.visits_of["T2"].add("V1")
    take_batch(board, "T/1", batch(form(USCC, "", unit_state="open", n_dens="2"), form("+0", "9F", unit_state="open")))
    take_batch(board, "T2", batch(form(USCC, "", unit_state="open", remark="door", n_dens=""), form("+0", "")))
    take_batch(board, "T/1", batch(form("+1", "9F", unit_state="vacant"), form("+2", "", remark="x"), seqs=[3, 4]))
    assert results_text(results_rows(board.live.state)).splitlines()[1:] == [
        "V1,,,,,x",
        "V1,,9F,vacant,,",
        f"V1,{USCC},,open,2,door",
    ]


def test_a_door_that_is_tried_again_is_before_the_team_again(board: Board, wall: Wall) -> None:
    wall.set("13:45")
    take_batch(board, "T2", batch(text("arrived", {"visit_id": "V2"}), text("locked", {"visit_id": "V2"})))
    assert (board.live.changes_since(0)["figures"]["shut"], board.live.changes_since(0)["figures"]["left"]) == (1, 1)
    activate_plan(board, published(tried_again(small_edition()), board.out).name, "P001")
    assert (board.live.changes_since(0)["figures"]["shut"], board.live.changes_since(0)["figures"]["left"]) == (0, 2)
    told = Asker(board).sign_in("T2").get("/phone/orders").json()
    assert [s["is_attempt"] for s in told["stops"]] == [True, False]
    assert told["done"] == {"V2": {"step": None, "outcome": None, "again": True, "found": 0}}
    wall.set("14:20")
    take_batch(board, "T2", batch(text("left", {"visit_id": "V2"}), seqs=[3]))
    told = Asker(board).sign_in("T2").get("/phone/orders").json()
    assert told["done"] == {"V2": {"step": "left", "outcome": None, "again": False, "found": 0}}


@pytest.mark.parametrize("other", ["inside", "done"])
def test_a_visit_that_another_team_got_into_is_not_locked(board: Board, other: str) -> None:
    board.live.visits_of["T2"].add("V1")
    take_batch(board, "T/1", batch(text("locked", {"visit_id": "V1"})))
    assert [row[3] for row in results_rows(board.live.state)] == ["locked"]
    take_batch(board, "T2", batch(text(other, {"visit_id": "V1"})))
    assert results_rows(board.live.state) == []


def test_an_edition_that_is_not_approved_opens_as_an_exercise_and_says_so_on_every_page(board: Board) -> None:
    assert board.is_exercise
    for who, paths in {"planner": ("/", "/evening", "/editions"), "T/1": ("/phone/",)}.items():
        for path in paths:
            assert 'class="exercise"' in Asker(board).sign_in(who).get(path).text


def test_a_firm_that_was_not_on_offer_is_named_on_the_phone_by_its_code() -> None:
    edition, uscc = small_edition(), "91370102MA3000NEW0"
    urgent = replace(edition, visits={k: replace(v, targets=(uscc,)) for k, v in edition.visits.items()})
    (stop,) = orders_of(urgent, team_facts(urgent)[0], load_texts("en"))["stops"]
    assert [(row["row"], row["name"]) for row in stop["rows"]] == [(uscc, uscc)]


def test_a_phone_is_told_of_a_pause_and_of_linked_stops_as_an_order_is() -> None:
    texts, edition = load_texts("en"), with_a_pause(tried_again(small_edition()))
    told = orders_of(edition, team_facts(edition)[1], texts)
    assert ([s["pause"] for s in told["stops"]], told["pause"]) == (["", "Break 14:00 – 14:30"], "")
    assert told["stops"][1]["linked"] == texts("order.linked", time="14:30", minutes=5)
    alone = replace(edition, visits={k: replace(v, link_group=None) for k, v in edition.visits.items()})
    assert [s["linked"] for s in orders_of(alone, team_facts(alone)[1], texts)["stops"]] == ["", ""]
    early = with_a_pause(small_edition())
    assert orders_of(early, team_facts(early)[1], texts)["pause"] == "Break 14:00 – 14:30"


def test_a_team_whose_id_runs_from_right_to_left_gets_a_phone(tmp_path: Path, wall: Wall) -> None:
    own, name = small_edition(), "\u062a2"
    teams = tuple(replace(t, team_id=name) if t.team_id == "T2" else t for t in own.plan.teams)
    routes = tuple(replace(r, team_id=name) if r.team_id == "T2" else r for r in own.plan.routes)
    lines = {name if team_id == "T2" else team_id: line for team_id, line in own.route_lines.items()}
    plan = replace(own.plan, teams=teams, routes=routes)
    with board_of(published(replace(own, plan=plan, route_lines=lines), tmp_path / "out"), wall) as board:
        desk = Asker(with_people(board)).sign_in("planner")
        sent = [html.unescape(v) for v in re.findall(r'name="team_id" value="([^"]*)"', desk.get("/phones").text)]
        assert name in sent
        assert [desk.form("/phones", team_id=team_id).status for team_id in sent] == [200] * len(sent)
        # The phone knows its own messages by it.
        assert f'data-team="{name}"' in Asker(board).sign_in(name).get("/phone/").text


def begin_in_earnest(board: Board) -> None:
    run_in_earnest(board)


def test_what_was_played_and_comes_late_is_shown_to_the_desk_and_counts_nothing(board: Board, wall: Wall) -> None:
    wall.set("13:10")
    begin_in_earnest(board)
    wall.set("13:20")
    form = {"visit_id": "V1", "row": USCC, "answers": {"unit_state": "open"}}
    kinds = (("done", {"visit_id": "V1"}), ("found", {"visit_id": "V1"}), ("form", form))
    # Ten minutes and one second ago, and two days ago.
    played = [text(kind, body, t) for kind, body in kinds for t in (200_000_000 - 601_000, 10_000_000)]
    told = take_batch(board, "T/1", batch(*played, text("message", {"to": "desk", "text": "ok"}, 1), sent=200_000_000))
    assert (told["next"], len(told["acks"])) == (8, 7)
    state = board.live.state
    assert (state.stops, state.rows) == ({}, {})
    assert [m.text for m in state.messages.values()] == [*played, "ok"]


def test_what_is_reported_as_a_day_in_earnest_begins_counts(board: Board, wall: Wall) -> None:
    wall.set("13:10")
    begin_in_earnest(board)
    wall.set("13:20")
    take_batch(board, "T/1", batch(text("done", {"visit_id": "V1"}, 400_000), sent=1_000_000))
    assert board.live.state.stops["T/1", "V1"].done_s == 47_400


def test_what_was_played_before_midnight_counts_nothing_after_it(tmp_path: Path, wall: Wall) -> None:
    wall.now = datetime.fromisoformat("2026-09-15T23:00:00").replace(tzinfo=ZONE)
    with board_of(published(small_edition(), tmp_path / "out"), wall) as board:
        wall.set("00:00")
        begin_in_earnest(board)
        wall.set("00:01")
        take_batch(board, "T/1", batch(text("left", {"visit_id": "V1"}, 939_000), sent=1_000_000))
        take_batch(board, "T2", batch(text("left", {"visit_id": "V2"}, 940_000), sent=1_000_000))
        assert {key: stop.left_s for key, stop in board.live.state.stops.items()} == {("T2", "V2"): 0}


def test_a_report_from_before_a_day_that_nobody_played_counts(board: Board, wall: Wall) -> None:
    # Its journal begins in earnest.
    board.live.state = fold([replace(board.live.journal.entries[0], body={"plan_id": "x", "is_exercise": False})])
    take_batch(board, "T2", batch(text("left", {"visit_id": "V2"}, 1_000), sent=7_200_000))
    assert board.live.state.stops["T2", "V2"].left_s == 13 * 3_600 - 7_199


def test_control_characters_and_changes_of_direction_are_in_no_stored_text(board: Board) -> None:
    odd, plain = "a\x00b\u202ec\u2066d\u200fe\x1b[0m\u2028f\x85", "a\ufffdb\ufffdc\ufffdd\ufffde\ufffd[0m\nf\ufffd"
    reports = [
        text("message", {"to": "desk", "text": odd}),
        text("left", {"visit_id": "V1", "note": odd}),
        text("form", {"visit_id": "V1", "row": "+0", "unit": odd, "answers": {"unit_state": "open", "remark": odd}}),
        text("odd", {"text": odd}),
        '{"kind": "odd", "text": "' + odd,
    ]
    take_batch(board, "T/1", batch(*reports))
    desk = Asker(board).sign_in("planner")
    for kind, body in (
        ("message", {"to": "all", "text": odd}),
        ("lead", {"lead_id": odd, "lead_type": "goip", "building_id": "B1"}),
    ):
        assert desk.send("/desk/reports", {"id": f"odd-{kind}", "kind": kind, "body": body}).status == 200
    bodies = [dict(e.body) for e in read_journal(board.live.journal.path)]
    typed = json.dumps(bodies, ensure_ascii=False, default=dict)
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]", typed.replace("\\n", "")
    )
    assert [b["text"] for b in bodies if set(b) >= {"to", "text"}] == [plain, plain]
