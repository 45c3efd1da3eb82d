"""A server's clock that was ahead for one report: the desk sees it, confirms the clock, and later reports count."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Browser, expect

from sweep.board.board_state import Board
from sweep.board.operation.health import Health
from sweep.board.phone.phone_reports import take_batch
from sweep.day.journal.fold_state import fold
from sweep.day.journal.journal_file import read_journal
from tests.board.asking import Answer, Asker, Wall
from tests.board.windows import sign_in, window

pytestmark = pytest.mark.enable_socket


def reported(board: Board, kind: str, seq: int) -> None:
    text = json.dumps({"kind": kind, "body": {"visit_id": "V2"}, "t": 1})
    take_batch(board, "T2", {"device": "0" * 16, "sent": 1, "first": 1, "reports": [{"seq": seq, "text": text}]})


def confirmed(board: Board, who: str = "planner") -> Answer:
    return Asker(board).sign_in(who).send("/desk/reports", {"id": "clock-0001", "kind": "clock", "body": {}})


def ahead_once(board: Board, wall: Wall) -> None:
    """T2 reports at 13:05 by a clock that shows 18:00."""
    wall.set("18:00")
    reported(board, "left", 1)
    wall.set("13:05")


def test_reports_after_a_confirmed_clock_have_its_time_and_count(board: Board, wall: Wall) -> None:
    ahead_once(board, wall)
    # 64,800 s is 18:00, which every report would get for five hours.
    assert (board.live.changes_since(0)["clock_ahead"], board.live.report_s()) == (64_800, 64_800)
    assert confirmed(board).status == 200
    assert (board.live.changes_since(0)["clock_ahead"], board.live.report_s()) == (None, 47_100)
    wall.set("13:41")
    reported(board, "inside", 2)
    stop = board.live.state.stops["T2", "V2"]
    # The report of the wrong clock is of the time at which the clock was confirmed at the latest.
    assert (stop.left_s, stop.inside_s, board.live.state.teams["T2"].state) == (47_100, 49_260, "inside")
    state = board.live.state
    assert fold(read_journal(board.live.journal.path)) == fold(board.live.journal.entries) == state
    acts = [e["act"] for e in board.log.entries()]
    assert "board clock" in acts


def test_a_confirmed_clock_stays_so_when_the_board_is_started_again(board: Board, wall: Wall) -> None:
    ahead_once(board, wall)
    assert confirmed(board).status == 200
    board.live.start()
    assert (board.live.ahead_report_s, board.live.report_s()) == (None, 47_100)


def test_a_clock_that_was_set_back_is_shown_by_its_seconds(board: Board, wall: Wall) -> None:
    ahead_once(board, wall)
    # From 18:00 back to 13:05.
    assert Health(board).values()["clock_step_s"] == -17_700


def test_a_clock_that_is_right_is_confirmed_by_nobody(board: Board, wall: Wall) -> None:
    assert confirmed(board).status == 404
    ahead_once(board, wall)
    assert [confirmed(board, who).status for who in ("commander", "T2")] == [403, 403]


def test_the_desk_sees_a_clock_that_was_ahead_and_confirms_it_with_one_press(
    browser: Browser, day: tuple[Board, str, Wall]
) -> None:
    board, address, wall = day
    ahead_once(board, wall)
    desk = sign_in(window(browser, address, 1440), "planner", "en")
    desk.shows("#clock-ahead", "18:00")
    desk.page.click("#clock-confirm")
    expect(desk.page.locator("#clock-ahead")).to_be_hidden(timeout=15_000)
    assert (board.live.ahead_report_s, desk.faults) == (None, [])
    desk.context.close()
