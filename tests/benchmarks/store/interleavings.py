"""
Planners who work in any order: on a store, and with exported folders, imports and commands between.

    uv run python -m tests.benchmarks.store.interleavings [--n 10000] [--seed 1]

On a store two planners read, edit, plan, approve and take results; a conflict must be reported where the revision
that was read is not the one that is there, and only there. With folders three planners export, edit, import and run
commands; each edit must be in the store or still in its folder. Prints one JSON line a kind; exits 1 if an edit was
lost or a conflict was not reported.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

import psycopg

from sweep.audit.hash_chain import chain_issues
from sweep.store.postgres.connections import open_engine
from sweep.store.postgres.postgres_store import PostgresStore
from sweep.store.sync.stored_audit_log import next_line
from tests.benchmarks.machine import machine, tell
from tests.benchmarks.store.server import PACKAGES, server
from tests.store.cluster import Cluster
from tests.store.folders import Game
from tests.store.interleaved import Planner, play

# What was written grows with each step: a fresh scenario keeps each step as dear as the first.
STEPS = 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with server() as (cluster, database), tempfile.TemporaryDirectory() as folder:
        engine = open_engine(cluster.url("chief", database))
        chance, start, problems = random.Random(arguments.seed), time.monotonic(), list[str]()
        for at in range(max(1, arguments.n // STEPS)):
            name = f"s{at}"
            PostgresStore(engine, name, next_line).begin(["370102"])
            planners = [Planner(who, PostgresStore(engine, name, next_line)) for who in ("C001", "C002")]
            problems += play(planners, STEPS, chance)
            problems += [str(fault) for fault in chain_issues(planners[0].store.chain(), name)]
        seconds = round(time.monotonic() - start, 1)
        tell(store="postgres", n=arguments.n, problems=problems[:5], s=seconds, **machine(PACKAGES))
        n_problems = len(problems) + _folders(cluster, database, Path(folder), arguments.n, arguments.seed)
    sys.exit(1 if n_problems else 0)


def _folders(cluster: Cluster, database: str, room: Path, n: int, seed: int) -> int:
    start, problems, games = time.monotonic(), list[str](), list[Game]()
    with psycopg.connect(cluster.url(database=database), autocommit=True) as owner:
        for at in range(max(1, n // STEPS)):
            chance = random.Random(seed * 10**6 + at)
            games.append(Game(f"f{at}", lambda login: cluster.url(login, database), room / f"f{at}", chance, owner))
            problems += games[-1].play(STEPS)
    figures = {"n": n, "refused": sum(g.n_told for g in games), "saved": sum(g.n_saved for g in games)}
    seconds = round(time.monotonic() - start, 1)
    tell(store="folders", **figures, problems=problems[:5], s=seconds, **machine(PACKAGES))
    return len(problems)


if __name__ == "__main__":
    main()
