"""The checker against the planner: random small days planned and judged, and mutants of each rule caught.

    uv run python -m tests.benchmarks.plan.agreement [--plans 10000] [--first 1000000] [--processes 2] [--out FILE]

Each day (tests/rules/random_days.py: five to nine buildings, their firms, leads, history, rechecks and papers, two to
four teams, holidays and long shifts among them) goes through the real select, plan and check stages, the search cut
short at 40 rounds. None of the plans may be found broken. Then every mutator of tests/rules/mutants_*.py makes its one
thing wrong, by a statement of its own, and the checker must name the rule and the place. Prints a table: rule,
mutants, caught, share. Exits 1 if a plan was found broken, or fewer than 99 % of a rule's mutants were caught.
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
from tests.rules.agreement import Tally

CHUNK = 100
LEAST_SHARE = 0.99


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plans", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=1_000_000, help="first seed")
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
    low = [r for r in whole.made if whole.caught[r] < LEAST_SHARE * whole.made[r]]
    sys.exit(1 if whole.broken or low else 0)


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
    stops = ", ".join(f"{n} {track}" for track, n in sorted(tally.n_stops.items()))
    lines = [
        f"{tally.n_plans} plans ({tally.n_refused} days more were refused as inputs); stops: {stops}",
        f"found broken: {len(tally.broken)}; short of a soft rule: {dict(sorted(tally.short.items()))}",
        "",
        "| rule | mutants | caught | share |",
        "|---|---|---|---|",
    ]
    for rule_id, n in sorted(tally.made.items()):
        lines.append(f"| {rule_id} | {n} | {tally.caught[rule_id]} | {100 * tally.caught[rule_id] / n:.2f} % |")
    made, caught = tally.made.total(), tally.caught.total()
    lines.append(f"| all | {made} | {caught} | {100 * caught / made:.2f} % |")
    return "\n".join([*lines, "", *tally.broken[:20], *tally.missed[:40]])


if __name__ == "__main__":
    main()
