"""The checker against a hand: plans edited in every way, judged by a judge that shares no code with it.

    uv run python -m tests.benchmarks.plan.edited_plans [--plans 1000] [--first 2000000] [--processes 2] [--out FILE]

Each random day (tests/rules/random_days.py) is planned. Its plan.json is edited once in each way of
tests/edited/kinds*.py, and tests/edited/judge.py, which imports nothing of the checker or the planner, says whether any
rule allows what came of it: the checker must refuse what it calls wrong and pass the rest. The plan is changed on its
day too, and the changed plan edited in the ways of tests/edited/changed_days.py, none of which any event explains.
Prints a table by kind. Exits 1 if a wrong edit passes, or a harmless one, or a plan as it was made, is refused.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import count
from pathlib import Path

from tests.benchmarks.plan.instances import print_machine
from tests.edited.tally import UNEDITED, Tally

CHUNK = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plans", type=int, default=1_000)
    parser.add_argument("--first", type=int, default=2_000_000, help="first seed")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--out", type=Path, help="the table so far, written anew after each part")
    arguments = parser.parse_args()
    print_machine()
    start, whole = time.monotonic(), Tally()
    with ProcessPoolExecutor(arguments.processes) as pool:
        for part in _parts(pool, arguments.first, arguments.processes):
            whole = whole.plus(part)
            print(f"{whole.n_plans} plans, {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
            if arguments.out:
                arguments.out.write_text(_table(whole) + "\n", encoding="utf-8")
            if whole.n_plans >= arguments.plans:
                break
    print(_table(whole))
    sys.exit(1 if whole.passed or whole.refused else 0)


def _parts(pool: ProcessPoolExecutor, first: int, n_processes: int) -> Iterator[Tally]:
    starts = count(first, CHUNK)
    while True:
        yield from pool.map(_days, [next(starts) for _ in range(n_processes)])


def _days(first: int) -> Tally:
    tally = Tally()
    for seed in range(first, first + CHUNK):
        tally.add(seed)
    return tally


def _table(tally: Tally) -> str:
    kinds = sorted({*tally.wrong, *tally.harmless})
    lines = [
        f"{tally.n_plans} plans; {len({*kinds} - {*UNEDITED})} kinds of edit",
        f"wrong: {tally.wrong.total()}, passed: {len(tally.passed)}",
        f"harmless: {tally.harmless.total()}, refused: {len(tally.refused)}",
        *tally.passed[:20],
        *tally.refused[:20],
        "",
        "| kind | wrong | harmless |",
        "|---|---|---|",
        *(f"| {name} | {tally.wrong[name]} | {tally.harmless[name]} |" for name in kinds),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
