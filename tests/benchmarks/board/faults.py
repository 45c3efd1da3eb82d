"""
A server killed again and again while phones report: doubled, late, out of order, with clocks wrong by hours.

    uv run python -m tests.benchmarks.board.faults [--kills 50] [--phones 12] [--reports 60]

A phone is out of reach for up to two hours by its own clock, which moves on by as much: what it typed comes late.

Prints one JSON line: whether each report stands in the journal once, each phone's in its order, and of the true time.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import random
import tempfile
from asyncio import Task
from contextlib import suppress
from pathlib import Path
from typing import Any

from sweep.day.journal.journal_file import read_journal
from tests.benchmarks.board.clients import free_port, post, start
from tests.benchmarks.board.server import PHONES, START_S

OFFLINE_MS = 2 * 3_600_000
# The clock of the day begins anew with each server; one that is not killed goes on for as long as the trial.
LONGEST_S = 600

type Ages = dict[str, set[int]]


async def phone(port: int, person: dict[str, str], index: int, n_reports: int, kills: Task[int], ages: Ages) -> None:
    """
    Keeps what it typed until the server names it by its hash, as the page does; types until the last kill at least.

    Parameters
    ----------
    ages
        Takes how old each report was whenever it was sent, in seconds, by its text.
    """
    chance, device = random.Random(index), f"{index:016x}"
    now_ms, queue, typed = 10**12 + chance.randint(-20, 20) * 3_600_000, {}, 0
    while typed < n_reports or queue or not kills.done():
        if chance.random() < (0.7 if typed < n_reports else 0.0 if kills.done() else 0.02):
            typed += 1
            queue[typed] = json.dumps(
                {"kind": "message", "body": {"to": "desk", "text": f"{index} {typed}"}, "t": now_ms}
            )
        if not queue or chance.random() < 0.3:
            # Out of reach for a while: up to two hours pass on the phone, and half a second here.
            oldest_ms = min((json.loads(text)["t"] for text in queue.values()), default=now_ms)
            now_ms = min(now_ms + chance.randint(0, OFFLINE_MS // 4), oldest_ms + OFFLINE_MS)
            await asyncio.sleep(chance.uniform(0, 0.5))
            continue
        chosen = sorted(queue)[: chance.randint(1, 20)]
        reports = [{"seq": k, "text": queue[k]} for k in chosen]
        for k in chosen:
            ages.setdefault(f"{index} {k}", set()).add((now_ms - json.loads(queue[k])["t"]) // 1_000)
        chance.shuffle(reports)
        batch = {"device": device, "sent": now_ms, "first": min(queue), "reports": reports}
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


async def killing(folder: Path, port: int, n_kills: int, state: dict[str, Any]) -> int:
    """Number of kills."""
    chance, n = random.Random(1), 0
    for _ in range(n_kills):
        await asyncio.sleep(chance.uniform(0.05, 0.6))
        state["server"].kill()
        state["server"].wait()
        n += 1
        state["server"] = await asyncio.to_thread(start, folder, port, 12)
    return n


async def trial(folder: Path, port: int, options: Any, ages: Ages) -> int:
    """Number of kills."""
    state = {"server": start(folder, port, 12)}
    people = json.loads((folder / PHONES).read_text(encoding="utf-8"))[20:]
    try:
        kills = asyncio.create_task(killing(folder, port, options.kills, state))
        phones = (phone(port, people[k % len(people)], k, options.reports, kills, ages) for k in range(options.phones))
        await asyncio.gather(*phones)
        return await kills
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
    ages: Ages = {}
    with tempfile.TemporaryDirectory() as name:
        n_kills = asyncio.run(trial(Path(name), port, options, ages))
        entries = [e for e in read_journal(Path(name) / "day.jsonl") if e.kind == "message"]
    texts = [e.body["text"] for e in entries]
    wanted = set(ages)
    own = [[int(t.split()[1]) for t in texts if t.split()[0] == str(p)] for p in range(options.phones)]
    told = {
        "kills": n_kills,
        "reports": len(wanted),
        "lost": len(wanted - set(texts)),
        "doubled": len(texts) - len(set(texts)),
        "out_of_order": sum(numbers != sorted(numbers) for numbers in own),
        "out_of_time": sum(
            not any(0 <= e.at_s - START_S + s < LONGEST_S for s in ages[e.body["text"]]) for e in entries
        ),
        "oldest_min": max(map(max, ages.values())) // 60,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
