"""Random days planned and judged on several cores until there are plans enough, and the table as it grows."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import count
from pathlib import Path
from typing import Protocol, Self

from tests.benchmarks.machine import tell_run
from tests.benchmarks.plan.instances import gap_pct

CHUNK = 20


class Tally(Protocol):
    """What was seen of some days."""

    n_plans: int

    @property
    def n_wrong(self) -> int:
        """Things made wrong."""

    @property
    def n_found(self) -> int:
        """Those of them that were found."""

    def add(self, seed: int) -> None:
        """One more day."""

    def plus(self, other: Self) -> Self:
        """Both together."""


def tallied[T: Tally](new: Callable[[], T], table: Callable[[T], str], doc: str | None, plans: int, first: int) -> T:
    """
    What was seen of at least `plans` plans, or as many as the command line wants; the table is printed.

    Parameters
    ----------
    new
        Makes an empty tally; known by its name to other processes.
    first
        The first seed, if the command line names none.
    """
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plans", type=int, default=plans)
    parser.add_argument("--first", type=int, default=first, help="first seed")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--out", type=Path, help="the table so far, written anew after each part")
    arguments = parser.parse_args()
    start, whole = time.monotonic(), new()
    with ProcessPoolExecutor(arguments.processes) as pool:
        for part in _parts(pool, partial(_days, new), arguments.first, arguments.processes):
            whole = whole.plus(part)
            print(f"{whole.n_plans} plans, {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
            if arguments.out:
                arguments.out.write_text(table(whole) + "\n", encoding="utf-8")
            if whole.n_plans >= arguments.plans:
                break
    print(table(whole))
    tell_run(
        Path(sys.argv[0]).stem, f"{whole.n_plans} plans", seed=arguments.first, seconds=time.monotonic() - start,
        value=whole.n_found, best_known=whole.n_wrong, gap_pct=gap_pct(whole.n_found, whole.n_wrong, "max"),
    )  # fmt: skip
    return whole


def _parts[T: Tally](pool: ProcessPoolExecutor, days: Callable[[int], T], first: int, n_processes: int) -> Iterator[T]:
    starts = count(first, CHUNK)
    while True:
        yield from pool.map(days, [next(starts) for _ in range(n_processes)])


def _days[T: Tally](new: Callable[[], T], first: int) -> T:
    tally = new()
    for seed in range(first, first + CHUNK):
        tally.add(seed)
    return tally
