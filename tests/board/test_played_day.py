"""A short day played in a real browser: desk and phones, one held, one offline, a den, a changed plan, the evening."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Browser, Page, expect

from geodata.message_catalogue import load_texts
from sweep.board.board_state import Board
from tests.board.asking import Wall
from tests.board.stubs import CHANGED
from tests.board.windows import Seen, enrol, sign_in, window
from tests.browser.access import serious_faults

pytestmark = pytest.mark.enable_socket

COUNT_TONES = """() => {
  const own = AudioContext.prototype.createOscillator;
  window.tones = 0;
  AudioContext.prototype.createOscillator = function () { window.tones++; return own.call(this); };
}"""


@pytest.mark.slow
def test_a_day_is_played(browser: Browser, day: tuple[Board, str, Wall]) -> None:
    board, address, wall = day
    desk = sign_in(window(browser, address, 1440), "planner", "en")
    first, second = (enrol(window(browser, address, 390), board, t) for t in ("T/1", "T2"))
    desk.shows("#lanes li[data-team='T/1'] .state", "standby")
    # The first team goes in, finds a den and is held.
    wall.set("13:35")
    for step in ("left", "arrived", "inside", "found"):
        first.page.click(f"[data-step={step}]")
    first.page.click("[data-step=held]")
    first.page.fill("#until", "14:50")
    first.page.click("#until-do")
    desk.shows("#lanes li[data-team='T/1'] .state", "held until 14:50")
    desk.shows("#figures", "1finds")
    # The second has no network: all waits on the phone, whatever is closed and opened again.
    second.context.set_offline(True)
    second.page.click("[data-step=left]")
    fill_in(second.page)
    second.page.fill("#said", "<img src=x onerror=window.__xss=1>")
    second.page.click("#say")
    expect(second.page.locator("#banner[data-n='3']")).to_be_visible(timeout=15_000)
    second.shoot("phone-offline")
    second.page.fill("#said", "half a word")
    second.open("phone/")
    expect(second.page.locator("#banner[data-n='3']")).to_be_visible(timeout=15_000)
    # What was not sent yet stands where it was typed, and what was looks as it was left.
    expect(second.page.locator("#said")).to_have_value("half a word")
    for pressed in ("#rows .row:last-child [data-state=vacant]", "[data-step=left]"):
        expect(second.page.locator(pressed)).to_have_attribute("aria-pressed", "true")
    assert "T2" not in board.live.state.teams
    # Not heard of past its time, it turns red and sounds.
    desk.page.evaluate(COUNT_TONES)
    desk.page.click("#sound")
    tones = desk.page.evaluate("window.tones")
    wall.set("14:20")
    board.live.tick()
    expect(desk.page.locator("#lanes li[data-team='T2'].overdue")).to_be_visible(timeout=15_000)
    assert (tones, desk.page.evaluate("window.tones")) == (2, 4)
    desk.shoot("desk-overdue")
    # The plan is changed meanwhile, by the keyboard.
    desk.page.keyboard.press("n")
    desk.shows("#diff tbody", "other time")
    assert serious_faults(desk.page) == []
    first.page.locator("#rows input").first.focus()
    desk.page.click("#apply")
    expect(desk.page.locator("#diff")).not_to_be_visible(timeout=15_000)
    first.shows("#state", load_texts("zh_CN")("board.phone.changed"))
    first.shows("#next .time", "13:40")
    # Whoever types in a form that stays as it is goes on typing.
    expect(first.page.locator("#rows input").first).to_be_focused()
    assert board.plan_id == CHANGED
    # Back in reach, what was typed under the old plan arrives once, and the new order is there.
    second.context.set_offline(False)
    second.page.evaluate("dispatchEvent(new Event('online'))")
    expect(second.page.locator("#banner[data-n='0']")).to_be_visible(timeout=15_000)
    second.shows("#next .time", "14:30")
    desk.shows("#messages", "onerror")
    kinds = [e.kind for e in board.live.journal.entries if e.author == "T2"]
    assert kinds == ["left", "form", "message"]
    assert [(r.row, r.answers) for r in board.live.state.rows.values()] == [("+0", {"unit_state": "vacant"})]
    evening(desk)
    for seen in (desk, first, second):
        assert seen.faults == []
        assert seen.hosts <= {address.removeprefix("http://"), "data"}
        assert seen.page.evaluate("window.__xss") is None
        seen.context.close()


def fill_in(page: Page) -> None:
    page.click("#add")
    page.locator("#rows .row").last.locator("[data-state=vacant]").click()
    # A row goes into the queue when the thumb rests.
    expect(page.locator("#banner[data-n='2']")).to_be_visible(timeout=15_000)


def evening(desk: Seen) -> None:
    desk.page.goto(f"{desk.address}/evening")
    desk.shows("main tbody", "vacant")
    assert serious_faults(desk.page) == []
    answer = desk.context.request.get(f"{desk.address}/evening/results.csv")
    assert json.dumps(answer.text()).count("V2") == 1
