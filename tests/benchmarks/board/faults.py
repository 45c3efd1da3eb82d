"""
A server killed again and again while phones report: doubled, late, out of order, with clocks wrong by hours.

    uv run python -m tests.benchmarks.board.faults [--kills 50] [--phones 12] [--reports 60]

Prints one JSON line: whether each report stands in the journal once, and each phone's in its order.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import random
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from sweep.day.journal.file import read_journal
from tests.benchmarks.board.clients import free_port, post, start
from tests.benchmarks.board.server import PHONES


async def phone(port: int, person: dict[str, str], index: int, n_reports: int) -> None:
    """Keeps what it typed until the server names it by its hash, as the page does."""
    chance, device = random.Random(index), f"{index:016x}"
    skew_ms, queue, typed = chance.randint(-20, 20) * 3_600_000, {}, 0
    while typed < n_reports or queue:
        if typed < n_reports and chance.random() < 0.7:
            typed += 1
            content = {"kind": "message", "body": {"to": "desk", "text": f"{index} {typed}"}, "t": 10**12 + skew_ms}
            queue[typed] = json.dumps(content)
        if not queue or chance.random() < 0.3:
            # Out of reach for a while.
            await asyncio.sleep(chance.uniform(0, 0.5))
            continue
        chosen = sorted(queue)[: chance.randint(1, 20)]
        reports = [{"seq": k, "text": queue[k]} for k in chosen]
        chance.shuffle(reports)
        batch = {"device": device, "sent": 10**12 + skew_ms, "first": min(queue), "reports": reports}
        with suppress(OSError, ValueError, IndexError, TimeoutError):
            asked = [
                asyncio.wait_for(post(port, "/phone/reports", person, batch), 5)
                for _ in range(chance.choice((1, 1, 2)))
            ]
            for answer in await asyncio.gather(*asked, return_exceptions=True):
                if isinstance(answer, BaseException) or answer[0] != 200 or chance.random() < 0.2:
                    continue  # the answer was lost on the way
                for ack in answer[1]["acks"]:
                    text = queue.get(ack["seq"])
                    if text and hashlib.sha256(text.encode()).hexdigest() == ack["sha256"]:
                        del queue[ack["seq"]]
        await asyncio.sleep(0.02)


async def killing(folder: Path, port: int, n_kills: int, state: dict[str, Any]) -> None:
    chance = random.Random(1)
    for _ in range(n_kills):
        await asyncio.sleep(chance.uniform(0.05, 0.6))
        state["server"].kill()
        state["server"].wait()
        state["server"] = await asyncio.to_thread(start, folder, port, 12)


async def trial(folder: Path, port: int, options: Any) -> None:
    state = {"server": start(folder, port, 12)}
    people = json.loads((folder / PHONES).read_text(encoding="utf-8"))[20:]
    try:
        kills = asyncio.create_task(killing(folder, port, options.kills, state))
        phones = (phone(port, people[k % len(people)], k, options.reports) for k in range(options.phones))
        await asyncio.gather(*phones)
        kills.cancel()
        with suppress(asyncio.CancelledError):
            await kills
    finally:
        state["server"].kill()
        state["server"].wait()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--phones", type=int, default=12)
    parser.add_argument("--reports", type=int, default=60)
    options = parser.parse_args()
    port = free_port()
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(trial(Path(name), port, options))
        texts = [e.body["text"] for e in read_journal(Path(name) / "day.jsonl") if e.kind == "message"]
    wanted = {f"{p} {k}" for p in range(options.phones) for k in range(1, options.reports + 1)}
    own = [[int(t.split()[1]) for t in texts if t.split()[0] == str(p)] for p in range(options.phones)]
    told = {
        "reports": len(wanted),
        "lost": len(wanted - set(texts)),
        "doubled": len(texts) - len(set(texts)),
        "out_of_order": sum(numbers != sorted(numbers) for numbers in own),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
