"""
Broken files for every reader and every command, for so many minutes: no traceback, no 10 s of work, no 2 GB.

    uv run python -m tests.benchmarks.fuzz [--minutes N] [--seed N] [--keep] [TARGET ...]

With --keep each file that was not taken well goes to tests/data/fuzz/, which the suite runs through.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import shutil
import sys
import time
from collections import Counter
from pathlib import Path

from tests.benchmarks.disk.fuzz_seeds import write_seeds
from tests.benchmarks.disk.places import used_place, work_folder
from tests.fuzz import TARGETS, fault, mutant, path_of, prepared
from tests.paths import ROOT

CORPUS = ROOT / "tests" / "data" / "fuzz"
# What is kept in the repository stays small.
_MOST_KEPT_BYTES = 20_000


def main() -> int:
    """Fuzz, and print what was found; the exit code is 1 if anything was."""
    parser = argparse.ArgumentParser(description="Feed broken files to every reader and command.")
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("targets", nargs="*", help="all if none is named")
    given = parser.parse_args()
    work = work_folder()
    used = used_place(work)
    write_seeds(used)
    prepared(used)
    seeds = {name: path_of(TARGETS[name], used).read_bytes() for name in given.targets or TARGETS}
    chance, n, seen = random.Random(given.seed), Counter[str](), Counter[str]()
    for name, content in seeds.items():
        if found := fault(name, content, used, work / "place"):
            print(f"{name}, unbroken: {found}")
            seen["unbroken"] += 1
    end = time.monotonic() + 60 * given.minutes
    while time.monotonic() < end:
        name = chance.choice(list(seeds))
        content = mutant(seeds[name], TARGETS[name].file, chance)
        n[name] += 1
        if found := fault(name, content, used, work / "place"):
            last = found.strip().splitlines()[-1][:120]
            seen[f"{name}: {last}"] += 1
            if seen[f"{name}: {last}"] == 1:
                print(f"{name}: {found}", flush=True)
                if given.keep and len(content) <= _MOST_KEPT_BYTES:
                    _keep(name, content)
    print(", ".join(f"{name} {k}" for name, k in sorted(n.items())))
    print(f"{n.total()} files, {seen.total()} not taken well")
    for line, k in seen.most_common():
        print(f"  {k} x {line}")
    shutil.rmtree(work)
    return 1 if seen else 0


def _keep(name: str, content: bytes) -> None:
    CORPUS.mkdir(parents=True, exist_ok=True)
    suffix = Path(TARGETS[name].file).suffix
    (CORPUS / f"{name}-{hashlib.sha256(content).hexdigest()[:8]}{suffix}").write_bytes(content)


if __name__ == "__main__":
    sys.exit(main())
