"""
Two hundred phones and twenty desks, an event every thirty seconds each, over real HTTP on loopback.

    uv run python -m tests.benchmarks.board.load [--seconds 300] [--every 30] [--phones 200]

Prints one JSON line: how long from a report to each desk, what was lost or doubled, processor and memory of the server.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import tempfile
import time
from bisect import bisect_left
from pathlib import Path
from typing import Any

from sweep.day.journal.journal_file import read_journal
from tests.benchmarks.board.clients import events, free_port, post, start
from tests.benchmarks.board.server import PHONES

TICKS = 100


def usage(pid: int) -> tuple[float, float]:
    """Processor seconds so far, and megabytes held."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    held = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
    return (int(fields[11]) + int(fields[12])) / TICKS, int(held) / 1024


async def phone(port: int, person: dict[str, str], index: int, options: Any, sent: list[tuple[float, int]]) -> int:
    """Sends its reports for as long as the trial lasts; gives back how many."""
    device, seq, chance = f"{index:016x}", 0, random.Random(index)
    team = json.loads(json.dumps(person["who"]))
    await asyncio.sleep(chance.uniform(0, options.every))
    until = time.perf_counter() + options.seconds - options.every
    while time.perf_counter() < until:
        seq += 1
        text = json.dumps({"kind": "message", "body": {"to": "desk", "text": f"{team} {seq}"}, "t": 1})
        batch = {"device": device, "sent": 1, "first": seq, "reports": [{"seq": seq, "text": text}]}
        began = time.perf_counter()
        status, told = await post(port, "/phone/reports", person, batch)
        if status != 200:
            raise RuntimeError(f"{status} {told}")
        sent.append((began, told["n"]))
        await asyncio.sleep(options.every)
    return seq


async def desk(port: int, person: dict[str, str], seen: list[tuple[int, float]]) -> None:
    async for at, content in events(port, "/desk/stream", person):
        seen.append((content["n"], at))


async def trial(port: int, people: list[dict[str, str]], options: Any) -> tuple[list[float], int]:
    desks, phones = people[:20], people[20 : 20 + options.phones]
    seen: list[list[tuple[int, float]]] = [[] for _ in desks]
    sent: list[tuple[float, int]] = []
    listening = [asyncio.create_task(desk(port, p, s)) for p, s in zip(desks, seen, strict=True)]
    await asyncio.sleep(2)
    counts = await asyncio.gather(*(phone(port, p, k, options, sent) for k, p in enumerate(phones)))
    await asyncio.sleep(2)
    for task in listening:
        task.cancel()
    lags = []
    for own in seen:
        numbers = [n for n, _ in own]
        for began, n in sent:
            lags.append(own[bisect_left(numbers, n)][1] - began)
    return sorted(lags), sum(counts)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--every", type=float, default=30)
    parser.add_argument("--phones", type=int, default=200)
    options = parser.parse_args()
    port = free_port()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = start(folder, port, 200)
        people = json.loads((folder / PHONES).read_text(encoding="utf-8"))
        before, began = usage(server.pid)[0], time.perf_counter()
        lags, n_sent = asyncio.run(trial(port, people, options))
        spent, held = usage(server.pid)
        took = time.perf_counter() - began
        server.terminate()
        server.wait(20)
        ids = [e.id for e in read_journal(folder / "day.jsonl") if e.kind == "message"]
    told = {
        "events": n_sent,
        "lost": n_sent - len(set(ids)),
        "doubled": len(ids) - len(set(ids)),
        "p50_ms": round(1_000 * lags[len(lags) // 2]),
        "p95_ms": round(1_000 * lags[len(lags) * 95 // 100]),
        "max_ms": round(1_000 * lags[-1]),
        "cores": round((spent - before) / took, 3),
        "megabytes": round(held),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
