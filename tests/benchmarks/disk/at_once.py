"""
Every pair of commands that write, both at once: nothing is lost, and no fault is odd.

    uv run python -m tests.benchmarks.disk.at_once [--rounds N] [--minutes M] [COMMAND ...]

One round is every pair once. A finding is printed as soon as it is made, a line after each round, and the table at the
end, also when the minutes are over before the rounds are: it says how often each pair was called.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import combinations_with_replacement
from pathlib import Path

from tests.benchmarks.disk.places import names, unsound, used_place, work_folder
from tests.kills import call
from tests.used import WRITING

type Pair = tuple[str, str]

# Of two that do the same, the second finds it done.
_DONE_BEFORE = {"close": "S736", "init": "S107"}
_BEFORE = ("scenarios", "plain/follow_up/closed.csv")


def main() -> int:
    """Run the pairs, and print what they gave; the exit code is 1 if anything was found."""
    parser = argparse.ArgumentParser(description="Call every pair of commands at once.")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=600.0, help="no pair is begun after so many")
    parser.add_argument("commands", nargs="*", help="all if none is named")
    given = parser.parse_args()
    begun = time.perf_counter()
    work = work_folder()
    used = used_place(work)
    print(f"ready after {time.perf_counter() - begun:.0f} s", flush=True)
    commands = given.commands or list(WRITING)
    pairs = list(combinations_with_replacement(commands, 2))
    called, bad = Counter[Pair](), Counter[Pair]()

    @cache
    def wanted(pair: Pair) -> set[str]:
        """What one after the other leaves."""
        place = _fresh(used, work / "in_turn")
        for arguments in _arguments(pair, place):
            call(arguments)
        return names(place)

    for n in range(given.rounds):
        for pair in pairs:
            if time.perf_counter() - begun > 60 * given.minutes:
                break
            found = _at_once(_fresh(used, work / "place"), work, pair, wanted(pair))
            called[pair] += 1
            bad[pair] += bool(found)
            print("".join(f"  {pair[0]} and {pair[1]}: {line}\n" for line in found), end="", flush=True)
        print(f"round {n + 1}: {called.total()} calls of two, {bad.total()} bad, {time.perf_counter() - begun:.0f} s")
        sys.stdout.flush()
    print(_table(commands, called, bad))
    shutil.rmtree(work)
    return 1 if bad.total() else 0


def _at_once(place: Path, work: Path, pair: Pair, wanted: set[str]) -> list[str]:
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(call, _arguments(pair, place)))
    bad = [
        f"{name} ended with {d.code}: {d.text}"
        for name, d in zip(pair, done, strict=True)
        if d.code != 0 and not (pair[0] == pair[1] and _DONE_BEFORE.get(name, "-") in d.text)
    ]
    return bad + unsound(place, work) + sorted(wanted ^ names(place))


def _arguments(pair: Pair, place: Path) -> list[list[object]]:
    """As both are typed before either is called; a page printed takes as long as all the rest, so none is."""
    return [[a for a in WRITING[name](place) if a != "--pdf"] for name in pair]


def _table(commands: Sequence[str], called: Mapping[Pair, int], bad: Mapping[Pair, int]) -> str:
    """For each command: how often it was called beside another, and how many of these were bad."""
    rows = [f"{'command':<18}{'called':>8}{'bad':>5}"]
    for name in commands:
        n_called, n_bad = (sum(n for pair, n in counts.items() if name in pair) for counts in (called, bad))
        rows.append(f"{name:<18}{n_called:>8}{n_bad:>5}")
    fewest = min(called.values(), default=0)
    total = f"{len(called)} pairs, each {fewest} times or more, {sum(called.values())} in all"
    return "\n".join([*rows, f"{total}, {sum(bad.values())} bad"])


def _fresh(used: Path, place: Path) -> Path:
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(used, place)
    for path in (place / p for p in _BEFORE):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return place


if __name__ == "__main__":
    sys.exit(main())
