"""The windows of a played day, and every page of the board looked at in them."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from tests.benchmarks.board.clients import HOST
from tests.benchmarks.board.looked_at import MOUSE_PX, THUMB_PX, faults_of
from tests.benchmarks.board.windows import drawn, window

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

LONG_MS = 300_000


class Day:
    """The windows of a day at one width, in one language and one colour scheme, and what is told of it."""

    def __init__(
        self, browser: Browser, port: int, told: dict[str, Any], width: int, lang: str, scheme: Literal["light", "dark"]
    ) -> None:
        self.browser, self.port, self.told, self.width, self.lang, self.scheme = (
            browser,
            port,
            told,
            width,
            lang,
            scheme,
        )
        self.pictures: Path | None = None
        self.found: dict[str, Any] = {"width": width, "lang": lang, "scheme": scheme}
        self.found |= {"page_faults": [], "foreign_hosts": []}
        self.looked_at: dict[str, list[str]] = {}

    def open(self, role: str | None = None, path: str = "") -> Page:
        """A window of somebody of a role, or of nobody, on a page."""
        cookies = {"lang": self.lang} | ({"session": self.told["cookies"][role]} if role else {})
        page = window(self.browser, self.port, self.width, self.scheme, **cookies)
        page.set_default_timeout(60_000)
        quiet = ("ERR_INTERNET_DISCONNECTED", "Failed to load resource")
        faults, own = self.found["page_faults"], f"http://{HOST}:{self.port}"
        page.on("console", lambda m: None if any(q in m.text for q in quiet) else faults.append(m.text))
        page.on("pageerror", lambda e: faults.append(str(e)))
        page.on("request", lambda r: None if r.url.startswith((own, "data:")) else self.foreign(r.url))
        page.goto(f"{own}/{path}")
        return page

    def foreign(self, url: str) -> None:
        self.found["foreign_hosts"].append(url)

    def go(self, page: Page, path: str, name: str, ready: str = "h1") -> None:
        """Go to a page, and look at it once it shows."""
        page.goto(f"http://{HOST}:{self.port}/{path}")
        page.locator(ready).first.wait_for(state="attached")
        self.look(page, name)

    def look(self, page: Page, name: str, *, is_phone: bool = False) -> None:
        """What is wrong with a page as it stands, and its picture."""
        time.sleep(0.3)
        least = THUMB_PX if is_phone or self.width < 760 else MOUSE_PX
        self.looked_at[name] = faults_of(page, self.lang, least, in_sun=is_phone)
        if self.pictures is not None:
            page.screenshot(path=self.pictures / f"{name}-{self.width}-{self.lang}-{self.scheme}.png", full_page=True)

    def phone(self, team: str) -> Page:
        page = self.open(None, f"enrol#{self.told['codes'][team]}")
        page.click("form[action='/enrol'] button")
        page.locator("#steps").wait_for(state="visible", timeout=LONG_MS)
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        return page


def edited(day: Day, desk: Page) -> None:
    """A stop of the plan in force moved by keys, the checker's word, and the draft."""
    text = desk.request.get(f"http://{HOST}:{day.port}/editions").text()
    in_force = re.search("([0-9a-f]{12}) <b>", text)
    page = re.search(rf"editions/[\w-]+/{in_force[1] if in_force else ''}/edit", text)
    day.go(desk, page[0] if page else "editions", "edit", "body[data-drawn]")
    took = []
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowRight"):
        desk.evaluate("delete document.body.dataset.took")
        desk.locator("#lanes .stop:not(:disabled)").last.focus()
        desk.keyboard.press(key)
        desk.locator("body[data-took]").wait_for(state="attached")
        took.append(int(str(desk.locator("body").get_attribute("data-took"))))
    day.found["verdict_ms"] = took
    day.look(desk, "edit-moved")
    if desk.locator("#save .main:not([disabled])").count():
        desk.fill("#name", "draft 1")
        desk.click("#save .main")
        desk.locator("#saved a").wait_for(timeout=LONG_MS)
        day.look(desk, "edit-saved")


def all_pages(day: Day, desk: Page) -> None:
    """Every other page; on the evening's the results of an exercise cannot be accepted."""
    day.go(desk, "?big", "big", "body[data-drawn]")
    day.go(desk, "runs", "runs", "body[data-drawn]")
    desk.click("button[value=odd_one]")
    desk.locator("#run-issues li").first.wait_for(timeout=LONG_MS)
    day.look(desk, "runs-broken")
    desk.click("button[value=tiny]")
    desk.locator("#run-made a").first.wait_for(timeout=LONG_MS)
    day.found["run_to_its_end"] = desk.locator("#run-issues li").count() == 0
    day.look(desk, "runs-made")
    day.go(desk, "evening", "evening")
    day.found["evening_rows"] = desk.locator("main tbody tr").count()
    day.found["may_accept"] = desk.locator("form[action='/evening/accept']").count() == 1
    for path in ("editions", "phones", "journal", "nothing"):
        day.go(desk, path, path)
    for name, path in (("plan", "editions"), ("campaign", "campaigns")):
        desk.goto(f"http://{HOST}:{day.port}/editions")
        chosen = desk.locator(f"[name={name}]").evaluate_all("all => all.slice(0, 2).map(b => b.value)")
        day.go(desk, f"{path}/compared?" + "&".join(f"{name}={c}" for c in chosen), f"{path}-compared")
    desk.goto(f"http://{HOST}:{day.port}/phones")
    desk.click("form.inline button")
    desk.locator(".qr").wait_for()
    day.look(desk, "phone-code")
    day.look(day.open("market_regulation", "brief"), "brief")
    day.look(drawn(day.open("commander"), day.port), "commander")
    day.look(day.open("auditor", "journal"), "auditor")
    day.look(day.open(None, "login"), "login")
    day.look(day.open(None, "enrol"), "enrol")
