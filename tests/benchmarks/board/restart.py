"""
The board before the server is killed and after it is started again, compared sign by sign in a real browser.

The clock stands still, for where now is moves on by itself and says nothing of the journal.

    uv run python -m tests.benchmarks.board.restart [--teams 20] [--reports 200]

Prints one JSON line: how many signs of the page were compared, and the parts that differ, which should be none.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.benchmarks.board.clients import free_port, post, start
from tests.benchmarks.board.server import PHONES, edition_of
from tests.benchmarks.board.windows import chromium, desk_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

PARTS = ("#figures", "#lanes", "#messages", "#leads", "#events", "#coverage")
DOM = "selector => document.querySelector(selector).outerHTML"


async def report(port: int, people: list[dict[str, str]], n_teams: int, n_reports: int) -> None:
    """Reports of all kinds from phones, with an event and a message of the desk's."""
    chance, stops, seqs = random.Random(1), {}, {}
    for route in edition_of(n_teams).plan.routes:
        stops[route.team_id] = [s.visit_id for s in route.stops]
    desk, phones = people[18], people[20 : 20 + n_teams]
    for k in range(n_reports):
        phone = chance.choice(phones)
        team, kind = phone["who"], chance.choice(("left", "arrived", "inside", "done", "found", "locked", "message"))
        seqs[team] = seq = seqs.get(team, 0) + 1
        body = {"to": "desk", "text": f"{k} <b>"} if kind == "message" else {"visit_id": chance.choice(stops[team])}
        text = json.dumps({"kind": kind, "body": body, "t": 10**12})
        batch = {"device": f"{phones.index(phone):016x}", "sent": 10**12, "first": seq}
        batch["reports"] = [{"seq": seq, "text": text}]
        status, told = await post(port, "/phone/reports", phone, batch)
        if status != 200:
            raise RuntimeError(f"{status} {told}")
    held = {"event": {"type": "held", "team_id": phones[0]["who"], "until": "16:00"}}
    await post(port, "/desk/reports", desk, {"id": "restart-1", "kind": "event", "body": held})
    await post(port, "/desk/reports", desk, {"id": "restart-2", "kind": "message", "body": {"to": "all", "text": "x"}})


def dom(page: Page) -> dict[str, str]:
    return {part: page.evaluate(DOM, part) for part in PARTS}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--teams", type=int, default=20)
    parser.add_argument("--reports", type=int, default=200)
    options = parser.parse_args()
    port = free_port()
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        server = start(Path(name), port, options.teams, speed=0.0)
        try:
            people: list[dict[str, Any]] = json.loads((Path(name) / PHONES).read_text(encoding="utf-8"))
            asyncio_run(report(port, people, options.teams, options.reports))
            before = dom(desk_of(browser, port, people[18]))
            server.kill()
            server.wait()
            server = start(Path(name), port, options.teams, speed=0.0)
            after = dom(desk_of(browser, port, people[18]))
        finally:
            server.kill()
            server.wait()
    told = {
        "signs": sum(map(len, before.values())),
        "differ": [part for part in PARTS if before[part] != after[part]],
    }
    print(json.dumps(told))


def asyncio_run(work: Any) -> None:
    """Run in a thread of its own: Playwright has a loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()


if __name__ == "__main__":
    main()
