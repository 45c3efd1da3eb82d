"""
A day of four teams in a real browser, with the real planner: one held, one offline, a den, a re-plan, the evening.

    uv run python -m tests.benchmarks.board.browser_day EDITION [--at 14:20]

EDITION is a folder that `sweep run` wrote; nothing is written beside it, for the day is played on a copy. Prints one
JSON line: how long the change took to show, and to reach the phones; faults of the pages, and hosts beyond the server.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.benchmarks.board.clients import HOST, free_port
from tests.benchmarks.board.windows import chromium, desk_of
from tests.browser.access import serious_faults

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

LONG_MS = 300_000


class Day:
    """The windows of a day, and what is told of it."""

    def __init__(self, browser: Browser, port: int, told: dict[str, Any]) -> None:
        self.browser, self.port, self.told = browser, port, told
        self.found: dict[str, Any] = {"page_faults": [], "access_faults": [], "foreign_hosts": []}

    def watched(self, page: Page) -> Page:
        quiet = ("ERR_INTERNET_DISCONNECTED", "Failed to load resource")
        faults = self.found["page_faults"]
        page.on("console", lambda m: None if any(q in m.text for q in quiet) else faults.append(m.text))
        page.on("pageerror", lambda e: faults.append(str(e)))
        own = f"http://{HOST}:{self.port}"
        page.context.on("request", lambda r: None if r.url.startswith((own, "data:")) else self.foreign(r.url))
        return page

    def foreign(self, url: str) -> None:
        self.found["foreign_hosts"].append(url)

    def phone(self, team: str) -> Page:
        context = self.browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
        page = self.watched(context.new_page())
        page.goto(f"http://{HOST}:{self.port}/enrol#{self.told['codes'][team]}")
        page.click("form[action='/enrol'] button")
        page.locator("#steps").wait_for(state="visible", timeout=LONG_MS)
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        return page

    def replanned(self, desk: Page, phones: list[Page]) -> None:
        """The rest of the day planned anew: from the key to the table, and from the click to each phone."""
        before = [p.evaluate("document.querySelector('#list').textContent") for p in phones]
        # Once for nothing: the planner may still be getting ready.
        asked(desk)
        desk.click("#keep")
        began = time.perf_counter()
        asked(desk)
        self.found["diff_s"] = round(time.perf_counter() - began, 2)
        self.found["n_changes"] = desk.locator("#diff tbody tr").count()
        self.found["access_faults"] += serious_faults(desk)
        time.sleep(3)  # somebody looks at it
        began = time.perf_counter()
        desk.click("#apply")
        desk.locator("#diff[open]").wait_for(state="detached", timeout=LONG_MS)
        self.found["applied_s"] = round(time.perf_counter() - began, 2)
        until = time.perf_counter() + 20
        while time.perf_counter() < until:
            now = [p.evaluate("document.querySelector('#list').textContent") for p in phones]
            if now != before:
                self.found["on_a_phone_s"] = round(time.perf_counter() - began, 2)
                break
            time.sleep(0.02)


def asked(desk: Page) -> None:
    """Ask for the rest of the day planned anew, and wait for the answer."""
    desk.keyboard.press("n")
    desk.locator("#apply:not([disabled]), #diff .wrong:not(:empty)").first.wait_for(timeout=LONG_MS)
    if fault := desk.locator("#diff .wrong").text_content():
        raise RuntimeError(fault)


def press(page: Page, *steps: str) -> None:
    for step in steps:
        page.click(f"[data-step={step}]")


def play(day: Day) -> None:
    desk = day.watched(desk_of(day.browser, day.port, day.told["desk"]))
    teams = list(day.told["codes"])[:4]
    phones = [day.phone(t) for t in teams]
    held, offline, den, plain = phones
    press(held, "left", "arrived", "inside", "held")
    held.fill("#until", "16:30")
    held.click("#until-do")
    offline.context.set_offline(True)
    press(offline, "left", "arrived", "inside")
    offline.click("#add")
    offline.locator("#rows .row").last.locator("[data-state=vacant]").click()
    offline.reload()
    press(den, "left", "arrived", "inside", "found")
    press(plain, "left", "arrived", "inside", "done")
    desk.locator(f"#lanes li[data-team='{teams[0]}'].held").wait_for(timeout=LONG_MS)
    day.replanned(desk, [held, den, plain])
    offline.context.set_offline(False)
    offline.evaluate("dispatchEvent(new Event('online'))")
    offline.locator("#banner[data-n='0']").wait_for(timeout=LONG_MS)
    for page in phones:
        day.found["access_faults"] += serious_faults(page)
    desk.goto(f"http://{HOST}:{day.port}/evening")
    day.found["evening_rows"] = desk.locator("main tbody tr").count()
    day.found["access_faults"] += serious_faults(desk)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("edition", type=Path)
    parser.add_argument("--at", default="14:20", help="when the day is taken up, HH:MM")
    options = parser.parse_args()
    hours, minutes = map(int, options.at.split(":"))
    port = free_port()
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        source = options.edition.resolve()
        copy = shutil.copytree(source, Path(name) / source.parent.name / source.name)
        arguments = [str(copy), str(port), str(3_600 * hours + 60 * minutes)]
        command = [sys.executable, "-m", "tests.benchmarks.board.day_server", *arguments]
        server = subprocess.Popen(command, stdout=subprocess.PIPE)  # noqa: S603
        try:
            if server.stdout is None:
                raise RuntimeError("the server says nothing")
            day = Day(browser, port, json.loads(server.stdout.readline()))
            play(day)
        finally:
            server.terminate()
            server.wait(20)
    print(json.dumps(day.found))


if __name__ == "__main__":
    main()
