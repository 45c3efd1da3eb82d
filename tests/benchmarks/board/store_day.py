"""
A day of the board on a scenario kept in PostgreSQL, in a real browser, with `sweep serve` and its real children.

    uv run python -m tests.benchmarks.board.store_day [--pictures X]

A server of its own holds a small city; the plan is approved, served in earnest by a clock of its own, edited by hand,
changed on the day, the database stopped and started again, results accepted, and the scenario run again from the
browser. Prints one JSON line: what each step took, what the store has of it, and what pages and audit log say is wrong.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.benchmarks.board.store_server import served, stored
from tests.benchmarks.board.windows import Desk, chromium, window

if TYPE_CHECKING:
    from tests.store.cluster import Cluster


def edited(desk: Desk, plan: str) -> str:
    """The last stop of the busiest team dragged out of the plan, which is saved as a draft; its id."""
    page = desk.page
    with desk.step("edit-open"):
        page.goto(f"{desk.address}/editions/tiny/{plan}/edit")
        page.locator("body[data-drawn]").wait_for(state="attached")
    lanes = page.locator("#lanes > li")
    busiest = max(range(lanes.count()), key=lambda k: lanes.nth(k).locator(".stop:not(:disabled)").count())
    stop, left = lanes.nth(busiest).locator(".stop:not(:disabled)").last, page.locator("#left")
    box, there = stop.bounding_box(), left.bounding_box()
    if box is None or there is None:
        raise RuntimeError("nothing to drag")
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(there["x"] + 60, there["y"] + 20, steps=8)
    page.mouse.up()
    page.locator("body[data-took]").wait_for(state="attached")
    with desk.step("edit-save"):
        page.fill("#name", "shorter")
        page.click("#save .main:not([disabled])")
        page.locator("#saved a, #wrong:not(:empty)").first.wait_for()
    if fault := page.locator("#wrong").text_content():
        raise RuntimeError(fault)
    return str(page.locator("#saved a").get_attribute("href")).split("/")[-2]


def changed(desk: Desk) -> None:
    """A team held, and the rest of the day planned anew and put in force."""
    page = desk.page
    page.goto(desk.address)
    page.locator("body[data-drawn]").wait_for(state="attached")
    page.keyboard.press("e")
    page.fill("dialog[open] [name=until]", "15:40")
    page.click("[data-do=event]")
    page.locator("#events li").first.wait_for()
    with desk.step("diff"):
        page.keyboard.press("n")
        page.locator("#apply:not([disabled]), #diff .wrong:not(:empty)").first.wait_for()
    time.sleep(3)  # somebody looks at it
    with desk.step("put-in-force"):
        page.click("#apply")
        page.locator("#diff[open]").wait_for(state="detached")


def cut_off(desk: Desk, cluster: Cluster) -> str:
    """The database stopped and started in mid-day: what the desk is told, and that the journal goes on; the fault."""
    page = desk.page
    cluster.stop("fast")
    with desk.step("store-gone-told"):
        page.locator("#cut-off:not([hidden])").wait_for()
    page.keyboard.press("m")
    page.fill("dialog[open] textarea", "said while the store is away")
    page.click("[data-do=say]")
    page.locator("#messages li").first.wait_for()
    page.keyboard.press("n")
    page.locator("#apply:not([disabled])").wait_for()
    page.click("#apply")
    page.locator("#diff .wrong:not(:empty)").wait_for()
    told = str(page.locator("#diff .wrong").text_content())
    page.click("#keep")
    cluster.start()
    with desk.step("store-back-told"):
        page.locator("#cut-off").wait_for(state="hidden")
    return told[:4]


def evening(desk: Desk) -> None:
    """A team at a locked door, and its results accepted."""
    page = desk.page
    page.click("#lanes .who >> nth=0")
    page.click("[data-report=locked]")
    page.locator("dialog[open]").wait_for(state="detached")
    page.goto(f"{desk.address}/evening")
    with desk.step("accept"):
        page.click(".confirm summary")
        page.click("form[action='/evening/accept'] button")
        page.locator("[role=status], [role=alert]").first.wait_for()
    if page.locator("[role=alert]").count():
        raise RuntimeError(str(page.locator("[role=alert]").text_content()))


def run(desk: Desk) -> list[float]:
    """The scenario run from the browser; the shares that its bar showed."""
    page, seen = desk.page, [0.0]
    page.goto(f"{desk.address}/runs")
    page.locator("body[data-drawn]").wait_for(state="attached")
    with desk.step("run"):
        page.click("button[value=tiny]")
        page.locator("#run:not([hidden])").wait_for()
        while page.locator("#cut:not([hidden])").count():
            share = float(page.evaluate("document.querySelector('#run-share').value"))
            if share != seen[-1]:
                seen.append(share)
            time.sleep(0.05)
    issues = page.locator("#run-issues").text_content()
    if issues or not page.locator("#run-made a").count():
        raise RuntimeError(f"{page.locator('#run-told').text_content()} {issues}")
    return seen


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pictures", type=Path)
    options = parser.parse_args()
    from tests.store.cluster import running, server_programs

    programs = server_programs()
    if programs is None:
        raise RuntimeError("no PostgreSQL with PostGIS here")
    if options.pictures is not None:
        options.pictures.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, running(programs) as cluster, chromium() as browser:
        print(json.dumps(tried(cluster, Path(name), browser, options.pictures)))


def tried(cluster: Cluster, room: Path, browser: Any, pictures: Path | None) -> dict[str, Any]:
    from sweep.store.postgres.connections import open_engine
    from sweep.store.postgres.postgres_store import PostgresStore
    from sweep.store.sync.stored_audit_log import next_line
    from tests.store.world import done, sweep

    url, scenario, plan = stored(cluster, room)
    made = done(sweep("serve", "account", "P001", "--role", "planner", "--out", room / "out", "--json"))
    with served(url, room / "out", scenario.parent) as port:
        desk = Desk(window(browser, port, 1440, lang="en"), port, pictures)
        desk.sign_in(json.loads(made.stdout)["passphrase"])
        draft = edited(desk, plan)
        changed(desk)
        told = cut_off(desk, cluster)
        evening(desk)
        shares = run(desk)
    store = PostgresStore(open_engine(url), "tiny", next_line)
    editions = {k.name.split("/")[0] for k in store.listing() if k.kind == "editions"}
    acts = [json.loads(line)["act"] for line in store.chain().splitlines()]
    verified = json.loads(sweep("audit", "tiny", "--out", room / "out", "--json", store=url).stdout)
    return {
        "took_s": desk.took,
        "n_editions": len(editions),
        "has_draft": draft in editions,
        "acts": acts,
        "n_journal_lines": len(store.read(next(k for k in store.listing() if "journals/" in k.name)).splitlines()),
        "fault_while_away": told,
        "n_shares_shown": len(shares),
        "page_faults": desk.faults,
        "audit_faults": [f["code"] for log in verified["logs"] for f in log["faults"]],
        "told": (room / "served.txt").read_text(encoding="utf-8"),
    }


if __name__ == "__main__":
    main()
