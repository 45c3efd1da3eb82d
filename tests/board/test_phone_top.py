"""The top of a team's page: what was reported, the state of the link, errors of the server; and its map and search."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from geodata.message_catalogue import load_texts
from sweep.board.board_state import Board
from sweep.board.https_server import listen
from sweep.board.open_board import open_board
from sweep.board.tls.certificates import make_certificates
from tests.board.asking import Wall, published, wanted
from tests.board.serving import served
from tests.board.windows import enrol, presses, window
from tests.browser.access import serious_faults
from tests.publish.small_edition import small_edition

pytestmark = pytest.mark.enable_socket


@pytest.mark.slow
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
    # What is at the top is kept: the press is written before it is shown.
    phone.shows("#state", held)
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
    while board.live.state.stops["T2", "V2"].n_found != 2:
        phone.page.wait_for_timeout(50)
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


@pytest.mark.slow
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
    monkeypatch.setattr("sweep.board.board_state.release_s", lambda *_: 90_000)
    early = window(browser, address, 390)
    early.page.goto(f"{address}/enrol#{board.enrolments.issue('T/1')}")
    early.page.click("form[action='/enrol'] button")
    early.page.locator("#from").wait_for(state="visible")
    expect(early.page.locator("#home")).to_be_hidden()
    early.context.close()


@pytest.mark.slow
def test_a_phone_that_accepted_a_certificate_that_it_does_not_trust_says_that_it_keeps_no_page(
    browser: Browser, tmp_path: Path
) -> None:
    tls = tmp_path / "tls"
    tls.mkdir()
    make_certificates(tls, ["127.0.0.1"], datetime.now(UTC))
    listening, folder = listen("127.0.0.1", 0, (), tls), published(small_edition(), tmp_path / "out")
    with open_board(wanted(folder, Wall("13:00"), listening.address)) as board, served(board, listening) as address:
        # As by a press on "go on all the same" where the browser warns.
        context = browser.new_context(ignore_https_errors=True, viewport={"width": 390, "height": 900})
        page = context.new_page()
        page.goto(f"{address}/enrol#{board.enrolments.issue('T2')}")
        page.click("form[action='/enrol'] button")
        page.locator("#steps").wait_for(state="visible")
        expect(page.locator("#no-offline")).to_be_visible(timeout=15_000)
        expect(page.locator("#no-offline")).to_contain_text("authority.pem")
        assert serious_faults(page) == []
        context.close()


def test_a_phone_that_keeps_its_page_is_not_warned(browser: Browser, day: tuple[Board, str, Wall]) -> None:
    board, address, _ = day
    phone = enrol(window(browser, address, 390), board, "T2")
    expect(phone.page.locator("#no-offline")).to_be_hidden()
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
