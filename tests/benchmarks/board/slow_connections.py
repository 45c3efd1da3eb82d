"""
Signed-in phones and desks while 3,000 connections send half a request head, over real HTTP on loopback.

    uv run python -m tests.benchmarks.board.slow_connections [--seconds 60] [--slow 3000] [--addresses 1] [--first 2]

The slow clients run in a process of their own, on addresses from 127.0.0.FIRST on (1 is that of the phones and desks).
Each sends one byte every five seconds, and connects again one second after the server has closed its connection.
Prints one JSON line: response times and failures of phones and desks, and how many slow connections were open.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from bisect import bisect_left
from dataclasses import dataclass, field
from pathlib import Path

from sweep.board.guard.connection_limits import raise_file_limit
from tests.benchmarks.board.clients import HOST, free_port, post, start
from tests.benchmarks.board.load import usage
from tests.benchmarks.board.server import PHONES

HALF = b"GET /health/live HTTP/1.1\r\nHost: x\r\nX-a: "
BYTE_EVERY_S = 5.0
# Every phone reports this often, each time on a new connection.
EVERY_S = 30.0


async def slow_client(port: int, address: str, counts: dict[str, int]) -> None:
    while True:
        writer = None
        try:
            reader, writer = await asyncio.open_connection(HOST, port, local_addr=(address, 0))
            counts["opened"] += 1
            counts["open"] += 1
            writer.write(HALF)
            while not reader.at_eof():
                writer.write(b"a")
                await writer.drain()
                await asyncio.sleep(BYTE_EVERY_S)
        except OSError:
            await asyncio.sleep(0)
        finally:
            if writer is not None:
                counts["open"] -= 1
                writer.close()
        await asyncio.sleep(1)


async def attack(port: int, options: argparse.Namespace) -> None:
    """Hold the slow connections until the process is ended; one line of counts a second."""
    counts = {"open": 0, "opened": 0}
    clients = []
    for k in range(options.slow):
        address = f"127.0.0.{options.first + k % options.addresses}"
        clients.append(asyncio.create_task(slow_client(port, address, counts)))
    while True:
        await asyncio.sleep(1)
        print(json.dumps(counts), flush=True)


@dataclass
class Told:
    """What phones and desks have measured; times in seconds."""

    phones: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    sent: list[tuple[float, int]] = field(default_factory=list)
    """When a report was sent, and the number that the journal gave it."""
    seen: dict[str, list[tuple[int, float]]] = field(default_factory=dict)
    """Numbers of the journal with the time at which a desk learnt of them, by desk."""
    n_cut: int = 0

    def lags(self) -> list[float]:
        """From a report to each desk."""
        found = []
        for own in self.seen.values():
            numbers = [n for n, _ in own]
            found += [own[bisect_left(numbers, n)][1] - began for began, n in self.sent if n <= numbers[-1]]
        return found


async def phone(port: int, person: dict[str, str], index: int, seconds: float, told: Told) -> None:
    await asyncio.sleep(EVERY_S * index / 200)
    until, seq = time.perf_counter() + seconds - EVERY_S, 0
    while time.perf_counter() < until:
        seq += 1
        text = json.dumps({"kind": "message", "body": {"to": "desk", "text": f"{index} {seq}"}, "t": 1})
        batch = {"device": f"{index:016x}", "sent": 1, "first": seq, "reports": [{"seq": seq, "text": text}]}
        began = time.perf_counter()
        try:
            status, answer = await asyncio.wait_for(post(port, "/phone/reports", person, batch), 10)
        except (OSError, TimeoutError, IndexError) as error:
            told.failed.append(type(error).__name__)
        else:
            told.phones.append(time.perf_counter() - began)
            if status == 200:
                told.sent.append((began, answer["n"]))
            else:
                told.failed.append(str(status))
        await asyncio.sleep(EVERY_S)


async def desk(port: int, person: dict[str, str], told: Told) -> None:
    """A desk's stream, which comes again as a browser's does."""
    head = f"GET /desk/stream HTTP/1.1\r\nHost: {HOST}:{port}\r\nCookie: sweep_session={person['cookie']}\r\n\r\n"
    while True:
        writer = None
        try:
            reader, writer = await asyncio.open_connection(HOST, port, limit=2**26)
            writer.write(head.encode())
            while line := await reader.readline():
                # The number of an event comes before what it says, which is not parsed.
                if line.startswith(b"id: "):
                    told.seen.setdefault(person["who"], []).append((int(line[4:]), time.perf_counter()))
        except OSError as error:
            told.failed.append(f"desk {type(error).__name__}")
        finally:
            if writer is not None:
                writer.close()
        told.n_cut += 1
        await asyncio.sleep(2)


async def trial(port: int, people: list[dict[str, str]], seconds: float) -> Told:
    told = Told()
    desks = [asyncio.create_task(desk(port, p, told)) for p in people[:20]]
    # The whole day that a desk gets first is no matter of connections.
    while len(told.seen) < len(desks):
        await asyncio.sleep(0.1)
    await asyncio.sleep(1)
    await asyncio.gather(*(phone(port, p, k, seconds, told) for k, p in enumerate(people[20:220])))
    await asyncio.sleep(2)
    for task in desks:
        task.cancel()
    return told


def milliseconds(spent: list[float]) -> dict[str, int]:
    ordered = sorted(spent)
    shares = {"p50": 0.5, "p95": 0.95, "max": 1.0}
    return {k: round(1_000 * ordered[int((len(ordered) - 1) * q)]) for k, q in shares.items()} if ordered else {}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--slow", type=int, default=3_000)
    parser.add_argument("--addresses", type=int, default=1)
    parser.add_argument("--first", type=int, default=2)
    parser.add_argument("--attack", type=int, help="port; this process is the slow clients")
    options = parser.parse_args()
    raise_file_limit()
    if options.attack:
        asyncio.run(attack(options.attack, options))
        return
    port = free_port()
    with tempfile.TemporaryDirectory() as name:
        server = start(Path(name), port, 200)
        people = json.loads((Path(name) / PHONES).read_text(encoding="utf-8"))
        own = ("--slow", options.slow, "--addresses", options.addresses, "--first", options.first, "--attack", port)
        command = [sys.executable, "-m", "tests.benchmarks.board.slow_connections", *map(str, own)]
        attacker = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603
        # The attacker has begun, and its first connections are open.
        if attacker.stdout is None or not attacker.stdout.readline():
            raise RuntimeError("the slow clients did not start")
        time.sleep(5)
        before, began = usage(server.pid)[0], time.perf_counter()
        told = asyncio.run(trial(port, people, options.seconds))
        spent, held = usage(server.pid)
        took = time.perf_counter() - began
        attacker.terminate()
        counts = [json.loads(line) for line in (attacker.communicate()[0] or "").splitlines() if line.endswith("}")]
        server.terminate()
        server.wait(20)
    result = {
        "requests": len(told.phones),
        "failed": {kind: told.failed.count(kind) for kind in sorted(set(told.failed))},
        "phones_ms": milliseconds(told.phones),
        "desks_ms": milliseconds(told.lags()),
        "desks_cut": told.n_cut,
        "slow_opened": counts[-1]["opened"],
        "slow_open_at_end": counts[-1]["open"],
        "cores": round((spent - before) / took, 2),
        "megabytes": round(held),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
