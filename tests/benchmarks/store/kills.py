"""
The server killed at random moments of run, approve, results and purge: whole or absent, and the chain holds.

    uv run python -m tests.benchmarks.store.kills [--n 100] [--seed 1]

Each time a command begins on a scenario of the store; at a random moment of the time that it takes undisturbed, one
backend or the postmaster gets SIGKILL. Then the server is up again, and what it holds is looked through: the chain,
each edition against its manifest and its line, the approved plan, results and ledger together. Prints one JSON line a
kill, and one at the end; exits 1 if anything was half there.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import psutil
import psycopg
from platformdirs import user_cache_path

from sweep.audit.hash_chain import chain_issues, read_entries
from sweep.store.postgres.connections import open_engine
from sweep.store.postgres.postgres_store import PostgresStore
from sweep.store.sync.stored_audit_log import next_line
from tests.benchmarks.store.server import server
from tests.kills import has_ended
from tests.store.cluster import Cluster
from tests.store.world import done, sweep, write_scenario

_BACKENDS = "SELECT pid FROM pg_stat_activity WHERE application_name = 'sweep'"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    chance, broken, ends = random.Random(arguments.seed), 0, Counter[int]()
    with server() as (cluster, database), tempfile.TemporaryDirectory() as folder:
        # What is compiled stays where it is: each command would do it again.
        own = Path(folder) / "cache" / "sweep"
        own.mkdir(parents=True)
        (own / "compiled").symlink_to(user_cache_path("sweep") / "compiled")
        os.environ["XDG_CACHE_HOME"] = str(own.parent)
        url, work = cluster.url("chief", database), Path(folder)
        scenario = write_scenario(work / "tiny", investigations=False)
        done(sweep("store", "import", scenario, "--out", work / "out", "--by", "C001", store=url))
        took = {name: _timed(_command(name, work, 0), url) for name in ("run", "approve", "results", "purge")}
        for at in range(1, arguments.n + 1):
            name, whom = chance.choice(list(took)), chance.choice(("backend", "postmaster"))
            after_s = chance.uniform(0.3, 1.0) * took[name]
            if name != "run" and not any(k.kind == "editions" for k in _store(url).listing()):
                _timed(_command("run", work, at), url)
            _make_ready(name, work, url)
            code = _killed(_command(name, work, at), url, cluster, database, whom, after_s)
            faults = look_through(url)
            ends[code] += 1
            broken += bool(faults)
            print(json.dumps({"n": at, "command": name, "killed": whom, "after_s": round(after_s, 2), "exit": code,
                              "faults": faults}), flush=True)  # fmt: skip
    print(json.dumps({"kills": arguments.n, "broken": broken, "exits": dict(ends)}))
    sys.exit(1 if broken else 0)


def look_through(url: str) -> list[str]:
    """Whatever in the store is half there."""
    store = _store(url)
    listing, chain = store.listing(), store.chain()
    entries = read_entries(chain)
    faults = [str(f.code) for f in chain_issues(chain, "tiny")]
    written = {e["facts"]["plan_id"] for e in entries if e["act"] == "run"}
    editions = {k.name.partition("/")[0] for k in listing if k.kind == "editions"}
    faults += [f"{e} has no line" for e in editions - written]
    purged = {e["facts"].get("path") for e in entries if e["act"] == "purge"}
    faults += [f"{p} has a line and is not there" for p in written - editions - purged]
    for edition in editions:
        own = {k.name.partition("/")[2]: e.sha256 for k, e in listing.items() if k.name.startswith(f"{edition}/")}
        manifest = json.loads(store.read(next(k for k in listing if k.name == f"{edition}/manifest.json")))
        wrong = [n for n, told in manifest["outputs"].items() if own.get(n) != told["sha256"]]
        faults += [f"{edition}: {wrong}"] if wrong else []
        if "approval.json" in own:
            content = store.read(next(k for k in listing if k.name == f"{edition}/approval.json"))
            head = json.loads(content)["audit_head"]
            known = {f"{e['n']}:{e['hash']}" for e in entries if e["act"] == "approve"}
            faults += [f"{edition}: approved without a line"] if head not in known else []
    kept = {k.kind for k in listing if k.kind in ("results", "follow_up")}
    faults += [f"only {kept}"] if len(kept) == 1 else []
    drawn = Counter(hashlib.sha256(json.dumps(e["facts"], sort_keys=True).encode()).hexdigest() + e["at"]
                    for e in entries if e["act"] == "run")  # fmt: skip
    return faults + [f"{n} lines of one run" for n in drawn.values() if n > 1]


def _store(url: str) -> PostgresStore:
    return PostgresStore(open_engine(url), "tiny", next_line)


def _plan(work: Path) -> Path:
    return next((work / "out" / "tiny").glob("*/plan.json")).parent


def _make_ready(name: str, work: Path, url: str) -> None:
    """What a killed command left in the folder is set right by the next one; so the plan is looked for after it."""
    if name in ("approve", "results"):
        done(sweep("audit", "tiny", "--show", "--out", work / "out", store=url))
        plan = json.loads((_plan(work) / "plan.json").read_text(encoding="utf-8"))
        stop = next(s for route in plan["routes"] for s in route["stops"])["visit_id"]
        (work / "found.csv").write_text(f"visit_id,unit_state\n{stop},open\n", encoding="utf-8")


def _command(name: str, work: Path, at: int) -> list[str]:
    out = ["--out", str(work / "out"), "--by", "C001"]
    match name:
        case "run":
            return ["run", "tiny", *out, "--set", f"solver.iterations={100 + at}"]
        case "approve":
            return ["approve", "latest", *out[:2], "--by", "D07"]
        case "results":
            return ["results", "tiny", "latest", str(work / "found.csv"), *out]
        case _:
            return ["purge", "tiny", *out, "--yes", "--today", "2026-11-20", "--set", "retention.edition_days=1"]


def _start(command: list[str], url: str) -> subprocess.Popen[bytes]:
    program = "import sys\nfrom sweep.cli.main import main\nmain()"
    environment = {**os.environ, "SWEEP_STORE": url}
    own = [sys.executable, "-c", program, *command]
    return subprocess.Popen(own, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)  # noqa: S603


def _timed(command: list[str], url: str) -> float:
    start = time.monotonic()
    if command[0] in ("approve", "results"):
        _make_ready(command[0], Path(command[command.index("--out") + 1]).parent, url)
    running = _start(command, url)
    _, told = running.communicate()
    if running.returncode not in (0, 3):
        sys.exit(f"{command} ended with {running.returncode} undisturbed: {told.decode()}")
    return time.monotonic() - start


def _killed(command: list[str], url: str, cluster: Cluster, database: str, whom: str, after_s: float) -> int:
    running = _start(command, url)
    time.sleep(after_s)
    victim = cluster.postmaster()
    if whom == "backend":
        until = time.monotonic() + 5.0
        while running.poll() is None and time.monotonic() < until:
            with psycopg.connect(cluster.url(database=database), autocommit=True) as owner:
                found = owner.execute(_BACKENDS).fetchone()
            if found is not None:
                victim = found[0]
                break
    process = psutil.Process(victim)
    process.kill()
    # Until it is gone the server does not know of it, and takes connections that it cuts a moment later.
    while not has_ended(process):
        time.sleep(0.01)
    if whom == "postmaster" or victim == cluster.postmaster():
        _start_again(cluster)
    code = running.wait()
    for _ in range(100):  # the server mends itself after the death of a backend
        try:
            psycopg.connect(cluster.url(database=database)).close()
            break
        except psycopg.OperationalError:
            time.sleep(0.1)
    return code


def _start_again(cluster: Cluster) -> None:
    """Start the server once what the postmaster left has noticed that it is gone."""
    for _ in range(60):
        time.sleep(0.5)
        try:
            cluster.start()
        except subprocess.CalledProcessError:
            continue
        return
    sys.exit("the server does not start again")


if __name__ == "__main__":
    main()
