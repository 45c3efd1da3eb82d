"""
Map and time-table of two hundred teams in a real browser while events come in at twenty a second.

    uv run python -m tests.benchmarks.board.frames [--teams 200] [--per-second 20] [--seconds 30]

Prints one JSON line: frames a second, the longest pause between two, and the events that were sent and drawn.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import tempfile
import threading
import time
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.benchmarks.board.clients import free_port, post, start
from tests.benchmarks.board.server import PHONES, edition_of
from tests.benchmarks.board.windows import chromium, desk_of

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession

# Put into the page by the browser itself, which no policy of the page concerns.
COUNT = """seconds => new Promise((done) => {
  const at = [], until = performance.now() + 1000 * seconds;
  const frame = (now) => { at.push(now); if (now < until) requestAnimationFrame(frame); else done(at); };
  requestAnimationFrame(frame);
})"""


async def sending(port: int, people: list[dict[str, str]], options: Any, until: float) -> int:
    """Reports at an even pace from all phones in turn."""
    stops = {r.team_id: [s.visit_id for s in r.stops] for r in edition_of(options.teams).plan.routes}
    chance, n, began = random.Random(1), 0, time.monotonic()
    seqs: dict[str, int] = {}
    tasks = set()
    while time.monotonic() < until:
        phone = people[20 + n % options.teams]
        team = phone["who"]
        seqs[team] = seq = seqs.get(team, 0) + 1
        body = {"visit_id": chance.choice(stops[team])}
        kind = chance.choice(("left", "arrived", "inside", "done"))
        text = json.dumps({"kind": kind, "body": body, "t": 1})
        batch = {"device": f"{n % options.teams:016x}", "sent": 1, "first": seq}
        batch["reports"] = [{"seq": seq, "text": text}]
        tasks.add(asyncio.create_task(post(port, "/phone/reports", phone, batch)))
        n += 1
        await asyncio.sleep(max(0.0, began + n / options.per_second - time.monotonic()))
    await asyncio.gather(*tasks)
    return n


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--teams", type=int, default=200)
    parser.add_argument("--per-second", type=float, default=20)
    parser.add_argument("--seconds", type=float, default=30)
    options = parser.parse_args()
    port, sent = free_port(), [0]
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        server = start(Path(name), port, options.teams)
        try:
            people = json.loads((Path(name) / PHONES).read_text(encoding="utf-8"))
            page = desk_of(browser, port, people[18])
            still = frames(page.evaluate(COUNT, 3))
            until = time.monotonic() + options.seconds + 2

            def send() -> None:
                sent[0] = asyncio.run(sending(port, people, options, until))

            thread = threading.Thread(target=send)
            thread.start()
            time.sleep(1)
            session = page.context.new_cdp_session(page)
            session.send("Performance.enable")
            before = spent(session)
            busy = frames(page.evaluate(COUNT, options.seconds))
            own = {key: round(1_000 * (s - before[key]) / options.seconds) for key, s in spent(session).items()}
            thread.join()
            time.sleep(2)
            drawn = int(page.evaluate("document.body.dataset.drawn"))
        finally:
            server.kill()
            server.wait()
    print(
        json.dumps(
            {
                "teams": options.teams,
                "sent": sent[0],
                "drawn": drawn,
                "still": still,
                "busy": busy,
                "ms_per_second": own,
            }
        )
    )


def spent(session: CDPSession) -> dict[str, float]:
    """Seconds that the page has worked so far, and what of it for what."""
    found = {m["name"]: m["value"] for m in session.send("Performance.getMetrics")["metrics"]}
    return {key: found[f"{key}Duration"] for key in ("Task", "Script", "Layout", "RecalcStyle")}


def frames(at: list[float]) -> dict[str, float]:
    """Frames a second on average and in the worst second, and the longest pause in milliseconds."""
    gaps = [b - a for a, b in pairwise(at)]
    seconds = (at[-1] - at[0]) / 1_000
    whole = [sum(at[0] + 1_000 * k <= t < at[0] + 1_000 * (k + 1) for t in at) for k in range(int(seconds))]
    return {"per_second": round(len(gaps) / seconds, 1), "worst": min(whole), "longest_ms": round(max(gaps))}


if __name__ == "__main__":
    main()
