"""A short day played in a real browser: desk and phones, one held, one offline, a den, a changed plan, the evening."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from sweep.board.board import Board
from sweep.board.opening import open_board
from sweep.board.serving import listen
from sweep.publish.edition import Edition
from tests.board.asking import PHRASE, Wall, published, wanted, with_people
from tests.board.serving import served
from tests.browser.access import serious_faults
from tests.chromium import shoot
from tests.publish.small_edition import small_edition

pytestmark = pytest.mark.enable_socket
USCC = "91370102MA30000450"


class Planner:
    """Stands for the process that plans: it has one change, and that is published already."""

    arguments: tuple[str, ...] = ()

    def __init__(self, plan_id: str) -> None:
        self.plan_id, self.asked = plan_id, []  # type: ignore[var-annotated]

    async def warm(self) -> None: ...

    async def close(self) -> None: ...

    async def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(question)
        if question["do"] == "apply":
            return {"plan_id": self.plan_id, "carried": 1}
        change = {"visit_id": "V2", "slot": 0, "kind": "retimed", "team_before": "T2", "start_before_s": 49_260}
        change |= {"team_after": "T2", "start_after_s": 52_200, "why": "held"}
        return {"at_s": 1, "n_changed": 1, "value": 1, "kept": 1, "price": 0.1, "n_events": 1, "changes": [change]}


def changed(edition: Edition) -> Edition:
    """V2 begins later."""
    stop = replace(edition.plan.routes[1].stops[0], arrive_s=52_200, start_s=52_200, end_s=54_000)
    route = replace(edition.plan.routes[1], stops=(stop,), return_s=54_420)
    return replace(edition, plan_id="c" * 12, plan=replace(edition.plan, routes=(edition.plan.routes[0], route)))


@dataclass
class Seen:
    """A browser window, and what it should not have done."""

    context: BrowserContext
    page: Page
    address: str
    faults: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    def shoot(self, name: str) -> None:
        width = self.page.viewport_size["width"] if self.page.viewport_size else 0
        shoot(self.page, f"board-{name}-{width}", full=True)

    def choose(self, lang: str) -> None:
        if self.page.locator("html").get_attribute("lang") != lang:
            self.page.locator("form[action='/language'] button").click()

    def shows(self, selector: str, text: str) -> None:
        expect(self.page.locator(selector).first).to_contain_text(text, timeout=15_000)


def window(browser: Browser, address: str, width: int) -> Seen:
    context = browser.new_context(viewport={"width": width, "height": 900})
    seen = Seen(context, context.new_page(), address)
    offline = ("ERR_INTERNET_DISCONNECTED", "Failed to load resource")
    seen.page.on("console", lambda m: None if any(o in m.text for o in offline) else seen.faults.append(m.text))
    seen.page.on("pageerror", lambda e: seen.faults.append(str(e)))
    context.on("request", lambda r: seen.hosts.add(r.url.split("/")[2] if "//" in r.url else "data"))
    return seen


@pytest.fixture
def day(tmp_path: Path) -> Iterator[tuple[Board, str, Wall]]:
    wall, edition = Wall("13:00"), small_edition()
    folder = published(edition, tmp_path / "out")
    published(changed(edition), tmp_path / "out")
    listening = listen("127.0.0.1", 0, (), None)
    with open_board(wanted(folder, wall, listening.address)) as board:
        board.planner = Planner("c" * 12)  # type: ignore[assignment]
        with_people(board)
        with served(board, listening) as address:
            yield board, address, wall


def test_a_day_is_played(browser: Browser, day: tuple[Board, str, Wall]) -> None:
    board, address, wall = day
    desk = sign_in(window(browser, address, 1440), "planner", "en")
    first, second = (enrol(window(browser, address, 390), board, t) for t in ("T/1", "T2"))
    desk.shows("#lanes li[data-team='T/1'] .state", "standing by")
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
    second.page.reload()
    expect(second.page.locator("#banner[data-n='3']")).to_be_visible(timeout=15_000)
    assert "T2" not in board.live.state.teams
    # Not heard of past its time, it turns red.
    wall.set("14:20")
    board.live.tick()
    expect(desk.page.locator("#lanes li[data-team='T2'].overdue")).to_be_visible(timeout=15_000)
    desk.shoot("desk-overdue")
    # The plan is changed meanwhile, by the keyboard.
    desk.page.keyboard.press("n")
    desk.shows("#diff tbody", "V2")
    assert serious_faults(desk.page) == []
    desk.page.click("#apply")
    expect(desk.page.locator("#diff")).not_to_be_visible(timeout=15_000)
    first.shows("#next .time", "13:40")
    assert board.plan_id == "c" * 12
    # Back in reach, what was typed under the old plan arrives once, and the new order is there.
    second.context.set_offline(False)
    second.page.evaluate("dispatchEvent(new Event('online'))")
    expect(second.page.locator("#banner[data-n='0']")).to_be_visible(timeout=15_000)
    second.shows("#next .time", "14:30")
    desk.shows("#messages", "onerror")
    kinds = [e.kind for e in board.live.journal.entries if e.author == "T2"]
    assert kinds == ["left", "form", "message"]
    assert board.live.state.rows["T2", "V2", "+0"].answers == {"unit_state": "vacant"}
    evening(desk)
    for seen in (desk, first, second):
        assert seen.faults == []
        assert seen.hosts <= {address.removeprefix("http://"), "data"}
        assert seen.page.evaluate("window.__xss") is None
        seen.context.close()


@pytest.mark.parametrize(("width", "lang"), [(390, "zh-CN"), (1440, "en")])
def test_pages_are_open_to_all_readers(browser: Browser, day: tuple[Board, str, Wall], width: int, lang: str) -> None:
    board, address, _ = day
    desk = sign_in(window(browser, address, width), "planner", lang)
    for path in ("", "evening", "editions", "phones", "journal"):
        desk.page.goto(f"{address}/{path}")
        if not path:
            desk.page.locator("body[data-drawn]").wait_for(state="attached")
        assert serious_faults(desk.page) == [], path
        assert desk.page.evaluate("document.documentElement.scrollWidth") <= width, path
        desk.shoot(f"{path or 'board'}-{lang}")
    phone = enrol(window(browser, address, width), board, "T2")
    phone.choose(lang)
    phone.page.locator("#steps").wait_for(state="visible")
    assert serious_faults(phone.page) == []
    phone.shoot(f"phone-{lang}")
    # The board after a restart is drawn from the same journal.
    lanes = "document.getElementById('lanes').textContent"
    desk.page.goto(address)
    desk.page.locator("body[data-drawn]").wait_for(state="attached")
    before = desk.page.evaluate(lanes)
    board.live.start()
    desk.page.reload()
    desk.page.locator("body[data-drawn]").wait_for(state="attached")
    assert desk.page.evaluate(lanes) == before
    assert desk.faults == phone.faults == []
    desk.context.close()
    phone.context.close()


def sign_in(seen: Seen, who: str, lang: str) -> Seen:
    seen.page.goto(f"{seen.address}/login")
    seen.choose(lang)
    seen.page.fill("#name", who)
    seen.page.fill("#passphrase", PHRASE)
    seen.page.click("form[action='/login'] button")
    seen.page.locator("body[data-drawn]").wait_for(state="attached")
    return seen


def enrol(seen: Seen, board: Board, team_id: str) -> Seen:
    """As a camera opens it: the code behind the #."""
    seen.page.goto(f"{seen.address}/enrol#{board.enrolments.issue(team_id, board.day)}")
    seen.page.click("form[action='/enrol'] button")
    seen.page.locator("body[data-ready]").wait_for(state="attached")
    seen.page.locator("#steps").wait_for(state="visible")
    seen.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    return seen


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
