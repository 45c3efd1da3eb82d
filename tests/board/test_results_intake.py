"""The evening: what was filled in goes into the ledger once, by whichever plan of the day it was found."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from geodata.message_catalogue import load_texts
from sweep.board.board_state import Board
from sweep.board.changes.handlers import activate_plan
from sweep.board.results_intake import handlers
from sweep.day.event_records import DayLog
from sweep.inputs.earlier_results import read_follow_up
from sweep.publish.archive.plans_before_changes import BEFORE_NAME
from sweep.publish.edition import Edition
from sweep.records.scenario_folders import FOLLOW_UP
from sweep.scenario.scenario import Scenario
from tests.board.asking import Asker, Wall, published, run_in_earnest
from tests.board.stubs import CHANGED, changed
from tests.publish.small_edition import small_edition

USCC = "91370102MA30000450"


@pytest.fixture
def ledger(board: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scenario:
    """A scenario in whose folder results are kept, on a day that is run in earnest."""
    own = board.live.edition.scenario.model_copy(update={"folder": tmp_path / "scenario"})
    names = SimpleNamespace(
        buildings=pd.DataFrame({"building_id": ["B1"], "building_name": ["one"]}),
        firms=pd.DataFrame({"uscc": [USCC], "firm_name": ["one"]}),
    )
    monkeypatch.setattr(handlers, "load_scenario", lambda *_: own)
    monkeypatch.setattr(handlers, "load_inputs", lambda _: names)
    board.scenario = tmp_path / "scenario"
    board.scenario.mkdir()
    run_in_earnest(board)
    return own


def reported(board: Board, n: int, kind: str, **body: Any) -> None:
    sent = {"id": f"report-{n:04}", "kind": kind, "body": body}
    assert Asker(board).sign_in("planner").send("/desk/reports", sent).status == 200


def accepted(board: Board) -> str:
    answer = Asker(board).sign_in("planner").form("/evening/accept")
    return answer.text if answer.status != 303 else ""


def test_results_accepted_again_after_a_change_of_the_plan_stand_once(
    board: Board, ledger: Scenario, wall: Wall
) -> None:
    wall.set("15:00")
    activate_plan(board, published(changed(small_edition()), board.out).name, "P001")
    reported(
        board, 1, "form", team_id="T/1", visit_id="V1", row=USCC, unit="", answers={"unit_state": "open", "n_dens": "1"}
    )
    first = board.plan_id
    assert accepted(board) == ""
    # A plan of which nothing was accepted on the board stays: it is another day's.
    kept = ledger.folder / FOLLOW_UP
    other = "d" * 12
    (kept / f"results-{other}.csv").write_bytes((kept / f"results-{first}.csv").read_bytes().replace(b"V1", b"V9"))
    again = replace(changed(small_edition()), plan_id="e" * 12)
    activate_plan(board, published(again, board.out).name, "P001")
    assert accepted(board) == ""
    found, _ = read_follow_up(ledger)
    assert sorted(found["visit_id"]) == ["V1", "V9"]
    assert {p.name for p in kept.glob("*.csv")} == {f"results-{p}.csv" for p in (other, board.plan_id)}


def test_what_the_shell_took_in_of_the_plan_that_was_changed_is_replaced(
    board: Board, ledger: Scenario, wall: Wall
) -> None:
    wall.set("15:00")
    kept, first = ledger.folder / FOLLOW_UP, board.plan_id
    kept.mkdir()
    row = f"V1,{USCC},open,2026-09-16,{first},B1,case,L1,yes"
    head = "visit_id,uscc,unit_state,visited_on,plan_id,building_id,track,basis,is_target"
    (kept / f"results-{first}.csv").write_text(f"{head}\n{row}\n", encoding="utf-8")
    plan = (board.out / ledger.name / first / "plan.json").read_bytes()
    log = DayLog(50_000, (), hashlib.sha256(plan).hexdigest())
    folder = published(replace(changed(small_edition()), log=log), board.out)
    (folder / BEFORE_NAME).write_bytes(plan)
    activate_plan(board, folder.name, "P001")
    reported(board, 1, "form", team_id="T/1", visit_id="V1", row=USCC, unit="", answers={"unit_state": "open"})
    assert accepted(board) == ""
    assert {p.name for p in kept.glob("*.csv")} == {f"results-{board.plan_id}.csv"}


def test_what_is_played_in_an_exercise_never_comes_into_the_ledger(board: Board, ledger: Scenario, wall: Wall) -> None:
    wall.set("13:35")
    board.is_exercise = True
    reported(board, 1, "locked", team_id="T2", visit_id="V2")
    planner = Asker(board).sign_in("planner")
    assert 'action="/evening/accept"' not in planner.get("/evening").text
    assert planner.form("/evening/accept").status == 409
    assert not (ledger.folder / FOLLOW_UP).exists()
    assert board.live.state.accepted == {}


def test_a_day_without_a_result_is_refused_in_words_of_the_page(board: Board, ledger: Scenario, wall: Wall) -> None:
    answer = Asker(board).sign_in("planner").form("/evening/accept")
    assert (answer.status, board.live.state.accepted, (ledger.folder / FOLLOW_UP).exists()) == (422, {}, False)
    assert f"S672 results.csv：{load_texts('zh_CN')('issue.S672.what')}" in answer.text


def without(edition: Edition, visit_id: str) -> Edition:
    routes_left = tuple(r for r in edition.plan.routes if all(s.visit_id != visit_id for s in r.stops))
    return replace(edition, plan_id=CHANGED, plan=replace(edition.plan, routes=routes_left))


def test_what_was_reported_of_a_stop_that_a_change_left_out_is_accepted(
    board: Board, ledger: Scenario, wall: Wall
) -> None:
    wall.set("13:35")
    reported(board, 1, "locked", team_id="T2", visit_id="V2")
    reported(board, 2, "form", team_id="T/1", visit_id="V1", row=USCC, unit="", answers={"unit_state": "open"})
    activate_plan(board, published(without(board.live.edition, "V2"), board.out).name, "P001")
    assert accepted(board) == ""
    found, _ = read_follow_up(ledger)
    assert [[r.visit_id, r.unit_state, r.building_id] for r in found.itertuples()] == [
        ["V1", "open", "B1"],
        ["V2", "locked", "B2"],
    ]
    # By the officers of the plan that had it.
    text = (ledger.folder / FOLLOW_UP / f"results-{CHANGED}.csv").read_text(encoding="utf-8")
    assert [line.split(",")[-2] for line in text.splitlines()[1:]] == ["T/1P1;T/1P2", "T2P1;T2P2"]


def test_results_are_accepted_after_a_question_that_says_how_many_visits_lack_a_report(
    board: Board, ledger: Scenario, wall: Wall
) -> None:
    texts, planner = load_texts("zh_CN"), Asker(board).sign_in("planner")
    # Of V1 and V2 neither is reported.
    assert texts("board.evening.confirm", n=0, missing=2, planned=2) in planner.get("/evening").text
    wall.set("15:00")
    reported(board, 1, "done", team_id="T/1", visit_id="V1")
    page = planner.get("/evening").text
    assert texts("board.evening.confirm", n=0, missing=1, planned=2) in page
    # The button that accepts is inside the question, which is closed at first.
    question = page[page.index('<details class="confirm">') : page.index("</details>")]
    assert page.count('action="/evening/accept"') == question.count('action="/evening/accept"') == 1
