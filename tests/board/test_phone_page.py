"""A team's page in a real browser: what it shows of what the server says, and what it keeps."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, expect

from geodata.clock import clock
from geodata.texts import load_texts
from sweep.board.board import Board
from sweep.board.changes.routes import put_in_force
from sweep.day.journal.entry import Report
from tests.board.asking import Wall, published, run_in_earnest
from tests.board.stubs import changed, tried_again, with_a_pause
from tests.board.windows import Seen, enrol, sign_in, window
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
    put_in_force(board, published(tried_again(small_edition()), board.out).name, "P001")
    phone.shows("#next .time", "14:30")
    expect(phone.page.locator(".step.main")).to_have_attribute("data-step", "left")
    wall.set("14:20")
    phone.page.click("[data-step=left]")
    expect(phone.page.locator(".step.main")).to_have_attribute("data-step", "arrived")
    assert phone.faults == []
    phone.context.close()


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
    monkeypatch.setattr("sweep.board.phone.routes.release_s", lambda *_: -3_600)
    monkeypatch.setattr("sweep.board.board.release_s", lambda *_: 90_000)
    phone.page.evaluate("dispatchEvent(new Event('online'))")
    phone.shows("#from", "23:00")
    phone.context.close()


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
    monkeypatch.setattr("sweep.board.board.release_s", lambda *_: 90_000)
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
    put_in_force(board, published(tried_again(small_edition()), board.out).name, "P001")
    phone.shows("#next .time", "14:30")
    phone.open("phone/")
    phone.shows("#next .time", "14:30")
    phone.context.close()


def presses(phone: Seen, board: Board, kind: str) -> None:
    """Press a step, and wait until the server has it and the phone knows."""
    n = len(board.live.journal.entries)
    phone.page.click(f"[data-step={kind}]")
    while len(board.live.journal.entries) == n:
        phone.page.wait_for_timeout(50)
    expect(phone.page.locator("#banner[data-n='0']")).to_be_visible(timeout=15_000)


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


def test_phones_and_boards_show_the_minute_that_orders_show(browser: Browser, day: tuple[Board, str, Wall]) -> None:
    board, address, _ = day
    edition = changed(small_edition())
    # From half a minute after 13:40 until half a minute after 14:11: of two minutes the even one.
    (stop,) = edition.plan.routes[1].stops
    half_past = replace(stop, arrive_s=49_230, start_s=49_230, end_s=51_090)
    route = replace(edition.plan.routes[1], depart_s=49_230 - stop.travel_s, stops=(half_past,))
    half = replace(edition, plan=replace(edition.plan, routes=(edition.plan.routes[0], route)))
    assert (clock(49_230), clock(51_090)) == ("13:40", "14:12")
    put_in_force(board, published(half, board.out).name, "P001")
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
    put_in_force(board, published(with_a_pause(tried_again(small_edition())), board.out).name, "P001")
    phone, texts = enrol(window(browser, address, 360), board, "T2"), load_texts("zh_CN")
    rest = texts("order.pause", start="14:00", end="14:30")
    for said in (rest, texts("order.linked", time="14:30", minutes=5)):
        phone.shows("#next", said)
    assert phone.page.locator("#list li").all_inner_texts()[1] == rest
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 360
    assert phone.faults == []
    phone.context.close()


def test_what_was_reported_is_at_the_top_survives_a_reload_and_is_corrected(
    browser: Browser, day: tuple[Board, str, Wall]
) -> None:
    board, address, wall = day
    texts = load_texts("zh_CN")
    phone = enrol(window(browser, address, 390), board, "T2")
    wall.set("13:41")
    presses(phone, board, "inside")
    presses(phone, board, "found")
    # A second press may be the first one again.
    phone.page.click("[data-step=found]")
    phone.shows("#state", texts("board.phone.found_again", n=1))
    phone.page.click("#state button >> text=" + texts("board.phone.no"))
    phone.page.click("[data-step=held]")
    phone.page.fill("#until", "16:30")
    phone.page.click("#until-do")
    held, found = texts("board.phone.held_until", at="16:30"), texts("board.phone.found", n=1)
    phone.open("phone/")
    for said in (held, found):
        phone.shows("#state", said)
    expect(phone.page.locator("#banner[data-n='0']")).to_be_visible(timeout=15_000)
    # What the server has is what another phone of the team shows.
    other = enrol(window(browser, address, 390), board, "T2")
    for said in (held, found):
        other.shows("#state", said)
    for n in range(2):
        phone.page.locator("#state button", has_text=texts("board.phone.correct")).nth(0).click()
        expect(phone.page.locator("#state button")).to_have_count(1 - n)
    expect(phone.page.locator("#banner[data-n='0']")).to_be_visible(timeout=15_000)
    state = board.live.state
    assert (state.teams["T2"].state, state.stops["T2", "V2"].n_found) == ("inside", 0)
    phone.open("phone/")
    phone.page.locator("#steps").wait_for(state="visible")
    phone.page.wait_for_timeout(500)
    assert held not in phone.page.locator("#state").inner_text()
    assert phone.faults == other.faults == []
    for seen in (phone, other):
        seen.context.close()


def test_a_second_find_is_reported_once_it_is_confirmed(browser: Browser, day: tuple[Board, str, Wall]) -> None:
    board, address, _ = day
    phone, texts = enrol(window(browser, address, 390), board, "T2"), load_texts("zh_CN")
    presses(phone, board, "found")
    phone.page.click("[data-step=found]")
    phone.page.click("#state button >> text=" + texts("board.phone.yes"))
    phone.shows("#state", texts("board.phone.found", n=2))
    expect(phone.page.locator("#banner[data-n='0']")).to_be_visible(timeout=15_000)
    assert board.live.state.stops["T2", "V2"].n_found == 2
    phone.context.close()


def test_delivered_offline_and_unsent_differ_in_words_colour_and_sign(
    browser: Browser, day: tuple[Board, str, Wall]
) -> None:
    board, address, _ = day
    phone, texts = enrol(window(browser, address, 390), board, "T2"), load_texts("zh_CN")
    looks = """() => {
      const banner = document.getElementById("banner");
      return [getComputedStyle(banner).backgroundColor, getComputedStyle(banner, "::before").content];
    }"""
    seen = []
    phone.shows("#banner", texts("board.phone.sent"))
    seen.append(phone.page.evaluate(looks))
    phone.context.set_offline(True)
    phone.page.evaluate("dispatchEvent(new Event('online'))")
    phone.shows("#banner", texts("board.phone.offline"))
    seen.append(phone.page.evaluate(looks))
    phone.page.click("[data-step=left]")
    phone.shows("#banner", texts("board.phone.waits", n=1))
    seen.append(phone.page.evaluate(looks))
    for k in range(2):
        assert len({look[k] for look in seen}) == 3
    phone.context.close()


@pytest.mark.parametrize("status", [422, 500])
def test_an_answer_of_the_server_that_is_no_success_is_shown_with_its_reason(
    browser: Browser, day: tuple[Board, str, Wall], status: int
) -> None:
    board, address, _ = day
    phone, texts = enrol(window(browser, address, 390), board, "T2"), load_texts("zh_CN")
    issues = {"issues": [{"code": "S976", "what": "odd", "fix": "load again"}]} if status == 422 else {}
    phone.page.route("**/phone/reports", lambda r: r.fulfill(status=status, body=json.dumps(issues)))
    phone.page.click("[data-step=left]")
    why = "S976 odd → load again" if issues else "500"
    phone.shows("#banner", texts("board.phone.refused", why=why))
    phone.page.unroute("**/phone/reports")
    phone.page.evaluate("dispatchEvent(new Event('online'))")
    phone.shows("#banner", texts("board.phone.sent"))
    assert board.live.state.teams["T2"].state == "left"
    phone.page.route("**/phone/orders", lambda r: r.fulfill(status=status, body=json.dumps(issues)))
    phone.page.evaluate("dispatchEvent(new Event('online'))")
    phone.shows("#banner", texts("board.phone.refused", why=why))
    phone.context.close()


def test_a_report_that_does_not_count_is_told_to_the_team(browser: Browser, day: tuple[Board, str, Wall]) -> None:
    board, address, _ = day
    phone, texts = enrol(window(browser, address, 390), board, "T2"), load_texts("zh_CN")
    phone.page.evaluate("""async () => {
      const request = indexedDB.open((await indexedDB.databases()).find((d) => d.name.startsWith("sweep ")).name, 1);
      await new Promise((done) => { request.onsuccess = done; });
      const work = request.result.transaction("queue", "readwrite");
      work.objectStore("queue").add({ text: "no report" });
      await new Promise((done) => { work.oncomplete = done; });
      dispatchEvent(new Event("online"));
    }""")
    phone.shows("#talk", texts("board.phone.unread", code="S976"))
    phone.shows("#banner", texts("board.phone.sent"))
    phone.context.close()


def test_a_team_confirms_that_it_is_back_and_only_once_its_order_is_out(
    browser: Browser, day: tuple[Board, str, Wall], monkeypatch: pytest.MonkeyPatch
) -> None:
    board, address, _ = day
    phone, texts = enrol(window(browser, address, 390), board, "T2"), load_texts("zh_CN")
    phone.page.click("#home")
    phone.shows("#state", texts("board.phone.home_sure"))
    phone.page.click("#state button >> text=" + texts("board.phone.no"))
    phone.page.wait_for_timeout(300)
    assert [e.kind for e in board.live.journal.entries] == ["edition"]
    phone.page.click("#home")
    with phone.page.expect_response("**/phone/reports"):
        phone.page.click("#state button >> text=" + texts("board.phone.yes"))
    assert board.live.state.teams["T2"].state == "home"
    phone.context.close()
    monkeypatch.setattr("sweep.board.board.release_s", lambda *_: 90_000)
    early = window(browser, address, 390)
    early.page.goto(f"{address}/enrol#{board.enrolments.issue('T/1', board.day)}")
    early.page.click("form[action='/enrol'] button")
    early.page.locator("#from").wait_for(state="visible")
    expect(early.page.locator("#home")).to_be_hidden()
    early.context.close()


def test_a_phone_that_can_keep_no_page_says_so_and_how_to_trust_the_authority(
    browser: Browser, day: tuple[Board, str, Wall]
) -> None:
    board, address, _ = day
    phone = window(browser, address, 390)
    phone.context.route("**/phone/worker.js", lambda r: r.abort("failed"))
    phone.page.goto(f"{address}/enrol#{board.enrolments.issue('T2', board.day)}")
    phone.page.click("form[action='/enrol'] button")
    expect(phone.page.locator("#no-offline")).to_be_visible(timeout=15_000)
    expect(phone.page.locator("#no-offline")).to_contain_text("authority.pem")
    phone.context.close()


def test_the_next_step_is_above_the_map_and_the_map_program_is_remembered(
    browser: Browser, day: tuple[Board, str, Wall]
) -> None:
    board, address, _ = day
    phone = enrol(window(browser, address, 390), board, "T2")
    places = [phone.page.locator(s).bounding_box() for s in (".step.main", "#open-map")]
    assert [p["y"] for p in places if p] == sorted(p["y"] for p in places if p)
    assert str(phone.page.locator("#open-map").get_attribute("href")).startswith("geo:")
    phone.page.click("#map-choice summary")
    # The program itself is not started.
    phone.page.evaluate("addEventListener('click', (event) => event.preventDefault())")
    phone.page.click("#map-choice a[href^='baidumap:']")
    for _ in range(2):
        expect(phone.page.locator("#open-map")).to_have_attribute("href", re.compile("^baidumap:"))
        phone.open("phone/")
        phone.page.locator("#steps").wait_for(state="visible")
    assert phone.faults == []
    phone.context.close()


def test_a_long_form_is_searched_by_room_and_a_unit_is_one_choice_away(
    browser: Browser, day: tuple[Board, str, Wall]
) -> None:
    board, address, _ = day
    phone = enrol(window(browser, address, 390), board, "T2")
    for room in ("1203", "904"):
        phone.page.click("#add")
        phone.page.locator("#rows .row input").last.scroll_into_view_if_needed()
        phone.page.locator("#rows .row").last.locator("label input").first.fill(room)
    phone.page.fill("#find-unit", "1203")
    expect(phone.page.locator("#rows .row:visible")).to_have_count(1)
    phone.page.fill("#find-unit", "")
    phone.page.evaluate("scrollTo(0, 0)")
    phone.page.select_option("#jump-to", index=phone.page.locator("#jump-to option").count() - 1)
    expect(phone.page.locator("#rows .row").last).to_be_in_viewport()
    phone.page.fill("#find-unit", "nothing of the kind")
    expect(phone.page.locator("#none-found")).to_be_visible()
    assert phone.faults == []
    phone.context.close()
