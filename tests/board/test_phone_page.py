"""A team's page in a real browser: what it shows of what the server says, and what it keeps."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, expect

from geodata.clock_times import clock
from geodata.message_catalogue import load_texts
from sweep.board.board_state import Board
from sweep.board.changes.handlers import activate_plan
from sweep.day.journal.journal_entry import Report
from tests.board.asking import Wall, published, run_in_earnest
from tests.board.stubs import changed, tried_again, with_a_pause
from tests.board.windows import enrol, presses, sign_in, window
from tests.publish.small_edition import small_edition

pytestmark = pytest.mark.enable_socket


def test_a_day_in_earnest_begins_on_a_phone_with_nothing_that_was_played(
    browser: Browser, day: tuple[Board, str, Wall]
) -> None:
    board, address, _ = day
    phone = enrol(window(browser, address, 390), board, "T2")
    phone.page.click("[data-step=left]")
    phone.page.locator("#rows [data-state=vacant]").first.click()
    expect(phone.page.locator("#banner[data-n='0']")).to_be_visible(timeout=15_000)
    run_in_earnest(board)
    for pressed in ("[data-step=left]", "#rows [data-state=vacant]"):
        expect(phone.page.locator(pressed).first).to_have_attribute("aria-pressed", "false", timeout=15_000)
    expect(phone.page.locator(".step.main")).to_have_attribute("data-step", "left")
    phone.open("phone/")
    expect(phone.page.locator("[data-step=left]")).to_have_attribute("aria-pressed", "false")
    assert phone.faults == []
    phone.context.close()


def test_a_door_that_is_tried_again_is_the_next_stop_again(browser: Browser, day: tuple[Board, str, Wall]) -> None:
    board, address, wall = day
    wall.set("13:45")
    phone = enrol(window(browser, address, 390), board, "T2")
    phone.page.click("[data-step=locked]")
    expect(phone.page.locator("#banner[data-n='0']")).to_be_visible(timeout=15_000)
    expect(phone.page.locator("#next .time")).to_have_count(0)
    activate_plan(board, published(tried_again(small_edition()), board.out).name, "P001")
    phone.shows("#next .time", "14:30")
    expect(phone.page.locator(".step.main")).to_have_attribute("data-step", "left")
    wall.set("14:20")
    phone.page.click("[data-step=left]")
    expect(phone.page.locator(".step.main")).to_have_attribute("data-step", "arrived")
    assert phone.faults == []
    phone.context.close()


@pytest.mark.slow
def test_a_phone_whose_session_is_over_says_so_until_it_is_let_in(
    browser: Browser, day: tuple[Board, str, Wall]
) -> None:
    board, address, _ = day
    phone, texts = enrol(window(browser, address, 390), board, "T2"), load_texts("zh_CN")
    board.sessions.end(lambda s: s.team_id != "T2")
    phone.page.evaluate("dispatchEvent(new Event('online'))")
    phone.shows("#banner", texts("board.phone.enrol_again"))
    # There is nothing to be sent, and so nothing that would be refused.
    phone.page.evaluate("dispatchEvent(new Event('online'))")
    phone.page.wait_for_load_state("networkidle")
    phone.page.wait_for_timeout(2_500)
    phone.shows("#banner", texts("board.phone.enrol_again"))
    enrol(phone, board, "T2")
    phone.shows("#banner", texts("board.phone.sent"))
    phone.context.close()


def test_a_team_with_a_find_and_no_step_is_led_on_and_hours_before_midnight_are_of_the_evening(
    browser: Browser, day: tuple[Board, str, Wall], monkeypatch: pytest.MonkeyPatch
) -> None:
    board, address, _ = day
    board.live.take([Report("P/1", "found", "P", "", 46_800, {"team_id": "T2", "visit_id": "V2"}, "")])
    phone = enrol(window(browser, address, 390), board, "T2")
    expect(phone.page.locator(".step.main")).to_have_attribute("data-step", "left")
    monkeypatch.setattr("sweep.board.phone.handlers.release_s", lambda *_: -3_600)
    monkeypatch.setattr("sweep.board.board_state.release_s", lambda *_: 90_000)
    phone.page.evaluate("dispatchEvent(new Event('online'))")
    phone.shows("#from", "23:00")
    phone.context.close()


@pytest.mark.slow
def test_a_row_that_was_played_and_not_sent_counts_nothing_in_earnest(
    browser: Browser, day: tuple[Board, str, Wall]
) -> None:
    board, address, wall = day
    phone = enrol(window(browser, address, 390), board, "T2")
    phone.page.locator("#rows [data-state=vacant]").first.click()
    phone.page.wait_for_timeout(300)
    phone.page.close()
    assert board.live.state.rows == {}
    time.sleep(1)
    wall.set("13:10")
    run_in_earnest(board)
    phone.open("phone/")
    phone.page.locator("#steps").wait_for(state="visible")
    expect(phone.page.locator("#banner[data-n='0']")).to_be_visible(timeout=15_000)
    assert [e.kind for e in board.live.journal.entries] == ["edition", "edition", "unread"]
    phone.context.close()


@pytest.mark.slow
def test_pages_that_are_open_as_a_day_turns_earnest_no_longer_say_exercise(
    browser: Browser, day: tuple[Board, str, Wall]
) -> None:
    board, address, _ = day
    phone = enrol(window(browser, address, 390), board, "T2")
    desk, texts = sign_in(window(browser, address, 1440), "planner", "en"), load_texts("en")
    for seen in (phone, desk):
        expect(seen.page.locator("aside.exercise")).to_have_count(1)
    run_in_earnest(board)
    for seen in (phone, desk):
        expect(seen.page.locator("aside.exercise")).to_have_count(0, timeout=15_000)
    expect(desk.page.locator("#diff")).to_contain_text(texts("board.desk.diff.approves"))
    # What the phone keeps for when there is no network says so too.
    phone.page.locator("body[data-ready]").wait_for(state="attached")
    phone.page.wait_for_timeout(500)
    phone.context.set_offline(True)
    phone.page.reload()
    phone.page.locator("#steps").wait_for(state="visible")
    expect(phone.page.locator("aside.exercise")).to_have_count(0)
    assert phone.faults == desk.faults == []
    for seen in (phone, desk):
        seen.context.close()


def test_a_phone_whose_order_is_not_out_yet_no_longer_says_exercise(
    browser: Browser, day: tuple[Board, str, Wall], monkeypatch: pytest.MonkeyPatch
) -> None:
    board, address, _ = day
    phone = enrol(window(browser, address, 390), board, "T2")
    monkeypatch.setattr("sweep.board.board_state.release_s", lambda *_: 90_000)
    run_in_earnest(board)
    expect(phone.page.locator("aside.exercise")).to_have_count(0, timeout=15_000)
    phone.context.close()


def test_a_step_that_is_taken_back_by_a_plan_stays_so_when_the_page_is_opened_again(
    browser: Browser, day: tuple[Board, str, Wall]
) -> None:
    board, address, wall = day
    wall.set("13:45")
    phone = enrol(window(browser, address, 390), board, "T2")
    phone.page.click("[data-step=locked]")
    expect(phone.page.locator("#banner[data-n='0']")).to_be_visible(timeout=15_000)
    activate_plan(board, published(tried_again(small_edition()), board.out).name, "P001")
    phone.shows("#next .time", "14:30")
    phone.open("phone/")
    phone.shows("#next .time", "14:30")
    phone.context.close()


def test_a_phone_follows_what_another_of_its_team_reported_later(
    browser: Browser, day: tuple[Board, str, Wall]
) -> None:
    board, address, wall = day
    phone = enrol(window(browser, address, 390), board, "T2")
    presses(phone, board, "arrived")
    wall.set("13:45")
    board.live.take([Report("P/1", "inside", "P", "", 49_500, {"team_id": "T2", "visit_id": "V2"}, "")])
    phone.page.evaluate("dispatchEvent(new Event('online'))")
    expect(phone.page.locator(".step.main")).to_have_attribute("data-step", "done", timeout=15_000)
    # Whoever pressed the wrong button presses the right one, and that is the newest then.
    wall.set("13:50")
    presses(phone, board, "arrived")
    with phone.page.expect_response("**/phone/orders"):
        phone.page.evaluate("dispatchEvent(new Event('online'))")
    phone.page.wait_for_timeout(500)
    expect(phone.page.locator(".step.main")).to_have_attribute("data-step", "inside")
    assert phone.faults == []
    phone.context.close()


@pytest.mark.slow
def test_phones_and_boards_show_the_minute_that_orders_show(browser: Browser, day: tuple[Board, str, Wall]) -> None:
    board, address, _ = day
    edition = changed(small_edition())
    # From half a minute after 13:40 until half a minute after 14:11: of two minutes the even one.
    (stop,) = edition.plan.routes[1].stops
    half_past = replace(stop, arrive_s=49_230, start_s=49_230, end_s=51_090)
    route = replace(edition.plan.routes[1], depart_s=49_230 - stop.travel_s, stops=(half_past,))
    half = replace(edition, plan=replace(edition.plan, routes=(edition.plan.routes[0], route)))
    assert (clock(49_230), clock(51_090)) == ("13:40", "14:12")
    activate_plan(board, published(half, board.out).name, "P001")
    phone = enrol(window(browser, address, 390), board, "T2")
    phone.shows("#next .time", "13:40–14:12")
    desk = sign_in(window(browser, address, 1440), "planner", "en")
    desk.shows("#lanes [data-team='T2'] .next", "13:40")
    for seen in (phone, desk):
        assert seen.faults == []
        seen.context.close()


def test_a_phone_shows_a_pause_where_it_falls_and_that_a_stop_is_linked(
    browser: Browser, day: tuple[Board, str, Wall]
) -> None:
    board, address, _ = day
    activate_plan(board, published(with_a_pause(tried_again(small_edition())), board.out).name, "P001")
    phone, texts = enrol(window(browser, address, 360), board, "T2"), load_texts("zh_CN")
    rest = texts("order.pause", start="14:00", end="14:30")
    for said in (rest, texts("order.linked", time="14:30", minutes=5)):
        phone.shows("#next", said)
    assert phone.page.locator("#list li").all_inner_texts()[1] == rest
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 360
    assert phone.faults == []
    phone.context.close()
