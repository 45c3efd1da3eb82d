"""
The installed `sweep-board.service` under faults while phones report: kill, restart, full disk, clock that jumps.

    python -m tests.benchmarks.board.unit_faults PASSPHRASE [--minutes 10] [--phones 8] [--port 8443]

Runs as root on a machine with systemd that was set up as docs/deploy.md says, with an edition in /var/lib/sweep/out on
a disk of its own, small enough to be filled. A drop-in loads libfaketime with the offset in CLOCK. Prints one JSON
line: faults by kind, reports, and those lost, doubled or out of order, which should be none.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import subprocess
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

from sweep.day.journal.journal_file import read_journal
from tests.benchmarks.board.played.client import Client, Server

OUT, CLOCK, UNIT = Path("/var/lib/sweep/out"), Path("/run/sweep-clock"), "sweep-board.service"
FAULTS = ("kill", "restart", "disk", "clock")


def planner(port: int, phrase: str) -> Server:
    """A server that runs as a unit, for its clients."""
    server = Server.__new__(Server)
    server.port, server.authority, server.phrase = port, OUT / "_board" / "tls" / "authority.pem", phrase
    return server


def report(phone: Client, index: int, end: threading.Event, sent: set[str]) -> None:
    """Send numbered messages, each again until the server names it by its hash; stop when all are confirmed."""
    chance, queue, n = random.Random(index), dict[int, str](), 0
    while queue or not end.is_set():
        if not end.is_set() and chance.random() < 0.5:
            n += 1
            queue[n] = json.dumps({"kind": "message", "body": {"to": "desk", "text": f"{index} {n}"}, "t": now_ms()})
            sent.add(f"{index} {n}")
        if queue:
            reports = [{"seq": k, "text": queue[k]} for k in sorted(queue)[:20]]
            batch = {"device": f"{index:016x}", "sent": now_ms(), "first": min(queue), "reports": reports}
            with suppress(OSError, ValueError, KeyError):
                status, answer = phone.send("/phone/reports", batch)
                for ack in answer["acks"] if status == 200 else ():
                    if hashlib.sha256(queue.get(ack["seq"], "").encode()).hexdigest() == ack["sha256"]:
                        del queue[ack["seq"]]
        time.sleep(chance.uniform(0, 0.6))


def now_ms() -> int:
    return int(time.time() * 1_000)


def inject(fault: str, chance: random.Random) -> None:
    """Do one fault; the full disk has room again after some seconds."""
    if fault in ("kill", "restart"):
        words = ["kill", "-s", "KILL"] if fault == "kill" else ["restart"]
        subprocess.run(["systemctl", *words, UNIT], check=True)  # noqa: S603, S607
    elif fault == "clock":
        CLOCK.write_text(f"{chance.choice((-10_800, -60, 0, 60, 10_800)):+d}\n", encoding="ascii")
    else:
        filler = OUT.parent / "filler"
        with suppress(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(1 << 16))
        time.sleep(chance.uniform(2, 8))
        filler.unlink()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("passphrase")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--phones", type=int, default=8)
    parser.add_argument("--port", type=int, default=8443)
    options = parser.parse_args()
    server = planner(options.port, options.passphrase)
    desk, end, sent, done = server.planner(), threading.Event(), set[str](), Counter[str]()
    teams = [r["team_id"] for r in json.loads(next(OUT.glob("*/*/plan.json")).read_text("utf-8"))["routes"]]
    phones = [server.phone(desk, teams[k % len(teams)]) for k in range(options.phones)]
    threads = [threading.Thread(target=report, args=(p, k, end, sent)) for k, p in enumerate(phones)]
    for thread in threads:
        thread.start()
    chance, until = random.Random(1), time.monotonic() + 60 * options.minutes
    while time.monotonic() < until:
        fault = chance.choice(FAULTS)
        inject(fault, chance)
        done[fault] += 1
        time.sleep(chance.uniform(1, 15))
    end.set()
    for thread in threads:
        thread.join()
    (journal,) = (OUT / "_board").glob("*/*.jsonl")
    texts = [e.body["text"] for e in read_journal(journal) if e.kind == "message"]
    own = [[int(t.split()[1]) for t in texts if t.split()[0] == str(k)] for k in range(options.phones)]
    found = {
        "faults": dict(sorted(done.items())),
        "reports": len(sent),
        "lost": len(sent - set(texts)),
        "doubled": len(texts) - len(set(texts)),
        "out_of_order": sum(numbers != sorted(numbers) for numbers in own),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
