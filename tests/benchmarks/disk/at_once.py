"""
Every pair of commands that write, both at once: nothing is lost, and no fault is odd.

    uv run python -m tests.benchmarks.disk.at_once [--rounds N] [COMMAND ...]
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations_with_replacement
from pathlib import Path

from tests.benchmarks.disk.places import names, unsound, used_place, work_folder
from tests.kills import call
from tests.used import WRITING

# Of two that do the same, the second finds it done.
_DONE_BEFORE = {"close": "S736", "init": "S107"}
_BEFORE = ("scenarios", "plain/follow_up/closed.csv")


def main() -> int:
    """Run the pairs, and print a line a pair; the exit code is 1 if anything was found."""
    parser = argparse.ArgumentParser(description="Call every pair of commands at once.")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("commands", nargs="*", help="all if none is named")
    given = parser.parse_args()
    work = work_folder()
    used = used_place(work)
    n_rounds = n_bad = 0
    for pair in combinations_with_replacement(given.commands or WRITING, 2):
        begun = time.perf_counter()
        bad = [f"{n}: {line}" for n in range(given.rounds) for line in _at_once(used, work, pair)]
        n_rounds, n_bad = n_rounds + given.rounds, n_bad + len(bad)
        print(f"{pair[0]} and {pair[1]}: {len(bad)} bad, {time.perf_counter() - begun:.0f} s")
        print("".join(f"  {line}\n" for line in bad), end="", flush=True)
    print(f"{n_rounds} rounds, {n_bad} bad")
    shutil.rmtree(work)
    return 1 if n_bad else 0


def _at_once(used: Path, work: Path, pair: tuple[str, str]) -> list[str]:
    places = [_fresh(used, work / f"place{k}") for k in range(2)]
    for name in pair:
        call(WRITING[name](places[1]))
    given = [WRITING[name](places[0]) for name in pair]
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(call, given))
    bad = [
        f"{name} ended with {d.code}: {d.text}"
        for name, d in zip(pair, done, strict=True)
        if d.code != 0 and not (pair[0] == pair[1] and _DONE_BEFORE.get(name, "-") in d.text)
    ]
    bad += unsound(places[0], work)
    # One after the other leaves the same files.
    return bad + sorted(names(places[1]) ^ names(places[0]))


def _fresh(used: Path, place: Path) -> Path:
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(used, place)
    for path in (place / p for p in _BEFORE):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return place


if __name__ == "__main__":
    sys.exit(main())
