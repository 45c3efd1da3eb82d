"""Windows of a real browser on a board in another process."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tests.benchmarks.board.clients import HOST
from tests.chromium import ARGS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = "/usr/bin/chromium"
LONG_MS = 240_000


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    from playwright.sync_api import sync_playwright  # only here: whoever reads the help does not need it

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGS))
        yield browser
        browser.close()


def window(browser: Browser, port: int, width: int, scheme: Literal["light", "dark"] = "light", **cookies: str) -> Page:
    """An empty window of a width and a colour scheme, with some of the board's cookies by name."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    address = f"http://{HOST}:{port}"
    context.add_cookies([{"name": f"sweep_{k}", "value": v, "url": address} for k, v in cookies.items()])
    return context.new_page()


def drawn(page: Page, port: int) -> Page:
    """The desk's board in a window, once it is drawn."""
    page.goto(f"http://{HOST}:{port}")
    page.locator("body[data-drawn]").wait_for(state="attached", timeout=120_000)
    return page


def desk_of(browser: Browser, port: int, person: dict[str, str], width: int = 1440) -> Page:
    """The desk's board of somebody who has signed in, once it is drawn."""
    return drawn(window(browser, port, width, session=person["cookie"]), port)


class Desk:
    """The desk's window, and how long each step took."""

    def __init__(self, page: Page, port: int, pictures: Path | None) -> None:
        self.page, self.address, self.pictures = page, f"http://{HOST}:{port}", pictures
        self.took: dict[str, float] = {}
        self.faults: list[str] = []
        page.set_default_timeout(LONG_MS)
        # What is refused while the store is away is told in the dialog, and by the browser as well.
        quiet = "Failed to load resource"
        page.on("console", lambda m: self.faults.append(m.text) if m.type == "error" and quiet not in m.text else None)
        page.on("pageerror", lambda e: self.faults.append(str(e)))

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.took[name] = round(time.perf_counter() - began, 2)
        if self.pictures is not None:
            self.page.screenshot(path=self.pictures / f"store-{name}.png", full_page=True)

    def sign_in(self, phrase: str) -> None:
        self.page.goto(f"{self.address}/login")
        self.page.fill("#name", "P001")
        self.page.fill("#passphrase", phrase)
        self.page.click("form[action='/login'] button")
        self.page.locator("body[data-drawn]").wait_for(state="attached")
