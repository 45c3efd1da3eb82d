"""
Two hundred phones and twenty desks, an event every thirty seconds each, over real HTTP on loopback.

    uv run python -m tests.benchmarks.board.load [--seconds 300] [--every 30] [--phones 200] [--edition FOLDER]

With an edition that `sweep run` wrote, a copy of it is served with the real planner: a desk logs events and activates
re-plans all the time, and each phone has a stream open and fetches its order after each.

Prints one JSON line: how long from a report to each desk, what was lost or doubled, processor and memory of the server.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sweep.day.journal.journal_file import read_journal
from tests.benchmarks.board.clients import events, free_port, lines, post, start
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


async def follow(port: int, person: dict[str, str], fetched: list[float]) -> None:
    """Keep a phone's stream open, and fetch its order after each activated plan."""
    plan_id = None
    async for _, content in events(port, "/phone/stream", person):
        if plan_id not in (None, content.get("plan_id", plan_id)):
            began = time.perf_counter()
            async for _ in lines(port, "/phone/orders", person):
                pass
            fetched.append(time.perf_counter() - began)
        plan_id = content.get("plan_id", plan_id)


async def replan(port: int, person: dict[str, str], counts: Counter[str]) -> None:
    """Log holds, ask for changes and activate them, one after another."""
    for n in itertools.count(1):
        team_id = f"T{n % 12 + 1:02d}"
        event = {"type": "held", "team_id": team_id, "until": f"{16 + n % 3}:{n * 7 % 60:02d}"}
        report = {"id": f"load-{n:06d}", "kind": "event", "body": {"event": event}}
        counts[f"event {(await post(port, '/desk/reports', person, report))[0]}"] += 1
        status, told = await post(port, "/desk/diff", person, {})
        counts[f"diff {status}"] += 1
        status, told = await post(port, "/desk/apply", person, {"shown": told.get("shown", "")})
        counts[f"apply {status} {min(told, default='')}"] += 1
        await asyncio.sleep(2)


async def trial(
    port: int, people: list[dict[str, str]], options: Any, fetched: list[float], counts: Counter[str]
) -> tuple[list[float], int]:
    desks, phones = people[:20], people[20 : 20 + options.phones]
    seen: list[list[tuple[int, float]]] = [[] for _ in desks]
    sent: list[tuple[float, int]] = []
    listening = [asyncio.create_task(desk(port, p, s)) for p, s in zip(desks, seen, strict=True)]
    if options.edition is not None:
        listening += [asyncio.create_task(follow(port, p, fetched)) for p in phones]
        listening.append(asyncio.create_task(replan(port, desks[0], counts)))
    await asyncio.sleep(2)
    n_sent = await asyncio.gather(*(phone(port, p, k, options, sent) for k, p in enumerate(phones)))
    await asyncio.sleep(2)
    for task in listening:
        task.cancel()
    lags = []
    for own in seen:
        numbers = [n for n, _ in own]
        for began, n in sent:
            lags.append(own[bisect_left(numbers, n)][1] - began)
    return sorted(lags), sum(n_sent)


def opened(
    folder: Path, port: int, edition: Path | None
) -> tuple[subprocess.Popen[bytes], list[dict[str, str]], Callable[[], Path]]:
    """A server that answers, the sessions of desks and phones, and where its journal is."""
    if edition is None:
        server = start(folder, port, 200)
        return server, json.loads((folder / PHONES).read_text(encoding="utf-8")), lambda: folder / "day.jsonl"
    own = shutil.copytree(edition.parent, folder / "out" / edition.parent.name) / edition.name
    shutil.copytree(edition.parents[1] / "_audit", folder / "out" / "_audit")
    command = [sys.executable, "-m", "tests.benchmarks.board.day_server", str(own), str(port), "50000"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE)  # noqa: S603
    told = json.loads(server.stdout.readline()) if server.stdout else {}
    return server, told["people"], lambda: next((folder / "out" / "_board").glob("*/*.jsonl"))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--every", type=float, default=30)
    parser.add_argument("--phones", type=int, default=200)
    parser.add_argument("--edition", type=Path)
    options = parser.parse_args()
    port, fetched, counts = free_port(), list[float](), Counter[str]()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server, people, journal = opened(folder, port, options.edition)
        before, began = usage(server.pid)[0], time.perf_counter()
        lags, n_sent = asyncio.run(trial(port, people, options, fetched, counts))
        spent, held = usage(server.pid)
        took = time.perf_counter() - began
        server.terminate()
        server.wait(20)
        ids = [e.id for e in read_journal(journal()) if e.kind == "message"]
    told = {
        "events": n_sent,
        "lost": n_sent - len(set(ids)),
        "doubled": len(ids) - len(set(ids)),
        "p50_ms": round(1_000 * lags[len(lags) // 2]),
        "p95_ms": round(1_000 * lags[len(lags) * 95 // 100]),
        "max_ms": round(1_000 * lags[-1]),
        **({"order_p95_ms": round(1_000 * sorted(fetched)[len(fetched) * 95 // 100])} if fetched else {}),
        **counts,
        "cores": round((spent - before) / took, 3),
        "megabytes": round(held),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
