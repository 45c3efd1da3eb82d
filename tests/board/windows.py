"""Windows of a real browser on a board that is served in this process."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, Page, expect

from sweep.board.board_state import Board
from tests.board.asking import PHRASE
from tests.chromium import shoot


@dataclass
class Seen:
    """A browser window, and what it should not have done."""

    context: BrowserContext
    page: Page
    address: str
    faults: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    def open(self, path: str) -> None:
        """Close the page, and open another in the same browser, with what that kept."""
        if not self.page.is_closed():
            # A page that closes loses "offline" before its script ends: what it had queued could still be sent.
            self.page.goto("about:blank")
            self.page.close()
        self.page = self.context.new_page()
        self.on_progress()
        self.page.goto(f"{self.address}/{path}")

    def on_progress(self) -> None:
        """Keep what the page should not have done."""
        offline = ("ERR_INTERNET_DISCONNECTED", "Failed to load resource")
        self.page.on("console", lambda m: None if any(o in m.text for o in offline) else self.faults.append(m.text))
        self.page.on("pageerror", lambda e: self.faults.append(str(e)))

    def shoot(self, name: str) -> None:
        width = self.page.viewport_size["width"] if self.page.viewport_size else 0
        shoot(self.page, f"board-{name}-{width}", full=True)

    def choose(self, lang: str) -> None:
        if self.page.locator("html").get_attribute("lang") != lang:
            self.page.locator("form[action='/language'] button").click()

    def shows(self, selector: str, text: str) -> None:
        expect(self.page.locator(selector).first).to_contain_text(text, timeout=15_000)


def window(browser: Browser, address: str, width: int, scheme: Literal["light", "dark"] = "light") -> Seen:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    seen = Seen(context, context.new_page(), address)
    seen.on_progress()
    context.on("request", lambda r: seen.hosts.add(r.url.split("/")[2] if "//" in r.url else "data"))
    return seen


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
    seen.page.goto(f"{seen.address}/enrol#{board.enrolments.issue(team_id)}")
    seen.page.click("form[action='/enrol'] button")
    seen.page.locator("body[data-ready]").wait_for(state="attached")
    seen.page.locator("#steps").wait_for(state="visible")
    seen.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    return seen


def presses(phone: Seen, board: Board, kind: str) -> None:
    """Press a step, and wait until the server has it and the phone knows."""
    n = len(board.live.journal.entries)
    phone.page.click(f"[data-step={kind}]")
    while len(board.live.journal.entries) == n:
        phone.page.wait_for_timeout(50)
    expect(phone.page.locator("#banner[data-n='0']")).to_be_visible(timeout=15_000)
