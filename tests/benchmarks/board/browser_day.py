"""
A day of four teams in a real browser, with the real planner: one held, one offline, a den, a re-plan, the evening.

    uv run python -m tests.benchmarks.board.browser_day EDITION [--at 14:20] [--width 390] [--lang en] [--scheme dark]
        [--pictures X]

EDITION is a folder that `sweep run` wrote; nothing is written beside it, for the day is played on a copy: once for each
width, language and colour scheme, or for those that are named. Prints one JSON line for each: how long the change took
to show, and to reach the phones; how long the checker took over a plan edited by hand; whether a scenario was
run to its end from the browser; faults of the pages, and foreign hosts.
"""

from __future__ import annotations

import argparse
import itertools
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sweep.campaign.records import campaign_json
from tests.benchmarks.board.clients import free_port
from tests.benchmarks.board.day_pages import LONG_MS, Day, all_pages, edited
from tests.benchmarks.board.windows import chromium, drawn
from tests.campaign.model.small_record import record
from tests.recorded import copy_with_log, record_window
from tests.store.world import write_scenario

if TYPE_CHECKING:
    from playwright.sync_api import Page

LIST = "document.querySelector('#list').textContent"


def press(page: Page, *steps: str) -> None:
    for step in steps:
        page.click(f"[data-step={step}]")


def play(day: Day) -> None:
    desk = drawn(day.open("planner"), day.port)
    day.look(desk, "board-morning")
    phones = [day.phone(t) for t in list(day.told["codes"])[:4]]
    held, offline, den, plain = phones
    day.look(held, "phone", is_phone=True)
    morning(day, desk, phones)
    replanned(day, desk, [held, den, plain])
    offline.context.set_offline(False)
    offline.evaluate("dispatchEvent(new Event('online'))")
    offline.locator("#banner[data-n='0']").wait_for(timeout=LONG_MS)
    day.look(offline, "phone-back", is_phone=True)
    day.look(desk, "board")
    edited(day, desk)
    all_pages(day, desk)


def morning(day: Day, desk: Page, phones: list[Page]) -> None:
    """One team is held, one has no network, one finds a den, one is done; and the desk's dialogs."""
    held, offline, den, plain = phones
    press(held, "left", "arrived", "inside", "held")
    day.look(held, "phone-held", is_phone=True)
    held.fill("#until", "16:30")
    held.click("#until-do")
    offline.context.set_offline(True)
    press(offline, "left", "arrived", "inside")
    offline.click("#add")
    offline.locator("#rows .row").last.locator("[data-state=vacant]").click()
    offline.locator("#rows .row").first.locator("[data-state=open]").click()
    offline.reload()
    offline.locator("body[data-ready]").wait_for(state="attached")
    day.look(offline, "phone-offline", is_phone=True)
    press(den, "left", "arrived", "inside", "found")
    den.fill("#said", "B3 <b>锁门</b>")
    den.click("#say")
    press(plain, "left", "arrived", "inside", "done")
    desk.locator(f"#lanes li[data-team='{next(iter(day.told['codes']))}'].held").wait_for(timeout=LONG_MS)
    for key, name in (("e", "event"), ("l", "lead"), ("m", "say")):
        desk.keyboard.press(key)
        day.look(desk, f"dialog-{name}")
        if name == "say":
            desk.fill("dialog[open] textarea", "14:40 <i>")
            desk.click("[data-do=say]")
        else:
            desk.keyboard.press("Escape")
        desk.locator("dialog[open]").wait_for(state="detached")
    desk.click("#lanes .who >> nth=0")
    day.look(desk, "dialog-team")
    desk.keyboard.press("Escape")


def asked(desk: Page) -> None:
    """Ask for the rest of the day planned anew, and wait for the answer."""
    desk.keyboard.press("n")
    desk.locator("#apply:not([disabled]), #diff .wrong:not(:empty)").first.wait_for(timeout=LONG_MS)
    if fault := desk.locator("#diff .wrong").text_content():
        raise RuntimeError(fault)


def replanned(day: Day, desk: Page, phones: list[Page]) -> None:
    """The rest of the day planned anew: from the key to the table, and from the click to each phone."""
    before = [p.evaluate(LIST) for p in phones]
    # Once for nothing: the planner may still be getting ready.
    asked(desk)
    desk.click("#keep")
    time.sleep(3)  # the planner makes ready what was shown
    began = time.perf_counter()
    asked(desk)
    day.found["diff_s"] = round(time.perf_counter() - began, 2)
    day.found["n_changes"] = desk.locator("#diff tbody tr").count()
    day.look(desk, "dialog-diff")
    time.sleep(3)  # somebody looks at it
    began = time.perf_counter()
    desk.click("#apply")
    desk.locator("#diff[open]").wait_for(state="detached", timeout=LONG_MS)
    day.found["applied_s"] = round(time.perf_counter() - began, 2)
    while time.perf_counter() < began + 20 and [p.evaluate(LIST) for p in phones] == before:
        time.sleep(0.02)
    day.found["on_a_phone_s"] = round(time.perf_counter() - began, 2)


@contextmanager
def served(edition: Path, scenario: Path, start_s: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """A server of a copy of an edition and its scenario; its port, and what opens its pages."""
    port = free_port()
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        copy = copy_with_log(edition, place / "out" / edition.parent.name / edition.name)
        own = shutil.copytree(scenario, place / "scenarios" / scenario.name)
        write_scenario(place / "scenarios" / "tiny", investigations=False)
        (place / "scenarios" / "odd_one").mkdir()
        (place / "scenarios" / "odd_one" / "scenario.toml").write_text('nmae = "x"\n', encoding="utf-8")
        campaign = place / "out" / "weeks" / "campaign"
        campaign.mkdir(parents=True)
        for file, planned_on in (("campaign.json", date(2026, 2, 2)), ("campaign.before.json", date(2026, 1, 5))):
            (campaign / file).write_text(campaign_json(record((), planned_on)), encoding="utf-8")
        record_window(campaign)
        arguments = [str(copy), str(port), str(start_s), str(own)]
        command = [sys.executable, "-m", "tests.benchmarks.board.day_server", *arguments]
        server = subprocess.Popen(command, stdout=subprocess.PIPE)  # noqa: S603
        try:
            if server.stdout is None:
                raise RuntimeError("the server says nothing")
            yield port, json.loads(server.stdout.readline())
        finally:
            server.terminate()
            server.wait(60)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("edition", type=Path)
    parser.add_argument("--at", default="14:20", help="when the day is taken up, HH:MM")
    parser.add_argument("--width", type=int, nargs="*", default=[390, 1440])
    parser.add_argument("--lang", nargs="*", default=["zh_CN", "en"])
    parser.add_argument("--scheme", nargs="*", default=["light"], choices=["light", "dark"])
    parser.add_argument("--scenario", type=Path, default=Path("scenarios/quancheng"))
    parser.add_argument("--pictures", type=Path)
    options = parser.parse_args()
    hours, minutes = map(int, options.at.split(":"))
    if options.pictures is not None:
        options.pictures.mkdir(parents=True, exist_ok=True)
    for width in options.width:
        for lang, scheme in itertools.product(options.lang, options.scheme):
            start_s = 3_600 * hours + 60 * minutes
            with served(options.edition.resolve(), options.scenario, start_s) as (port, told), chromium() as browser:
                day = Day(browser, port, told, width, lang, scheme)
                day.pictures = options.pictures
                try:
                    play(day)
                finally:
                    found = {name: faults for name, faults in day.looked_at.items() if faults}
                    line = {**day.found, "looked_at": len(day.looked_at), "faults": found}
                    print(json.dumps(line, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
