"""Jobs that compile a little, and a program that has them made ready: run in a process and a cache of its own."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from geodata.numba_options import compiled
from geodata.precompile import Precompiler

HERE = "tests.geodata.ahead_jobs"
LITTLE = Precompiler((HERE,), f"{HERE}:first", f"{HERE}:last")
BROKEN = Precompiler((HERE,), f"{HERE}:fails_apart", f"{HERE}:last")
IS_FIRST_PROCESS = "AHEAD_TEST_PROCESS"


@compiled
def halved(x: float) -> float:
    return x / 2.0


@compiled
def quarter(x: float) -> float:
    return halved(halved(x))


@compiled
def added(numbers: tuple[float, ...]) -> float:
    return numbers[0] + numbers[-1]


def first() -> None:
    _note("first")
    halved(1.0)


def last() -> None:
    _note("last")
    quarter(1.0)


def fails_apart() -> None:
    if str(os.getpid()) != os.environ[IS_FIRST_PROCESS]:
        raise RuntimeError("as a compiler that is out of memory")


def _note(job: str) -> None:
    where = "here" if str(os.getpid()) == os.environ.get(IS_FIRST_PROCESS) else "apart"
    with Path(os.environ["AHEAD_TEST_NOTES"]).open("a", encoding="utf-8") as file:
        file.write(f"{job} {where}\n")


def add_up(begin: int) -> None:
    """Compile one function for tuples of 20 lengths, every second one; say how many were in the cache."""
    for n in range(begin, 40, 2):
        assert added((1.0,) * n) == 2.0
    sys.stdout.write(f"{sum(added.stats.cache_hits.values())}\n")  # type: ignore[attr-defined]


if __name__ == "__main__" and sys.argv[1] == "add_up":
    add_up(int(sys.argv[2]))
elif __name__ == "__main__":
    os.environ[IS_FIRST_PROCESS] = str(os.getpid())
    # A user's cache that is found elsewhere by now, as in tests that change it.
    os.environ["XDG_CACHE_HOME"] = os.environ["AHEAD_TEST_NOTES"] + ".other"
    ahead = {"little": LITTLE, "broken": BROKEN}[sys.argv[1]]
    shares: list[float] = []
    ahead.begin()
    ahead.wait(shares.append)
    ahead.wait(shares.append)
    sys.stdout.write(f"{min(shares, default=1.0)} {max(shares, default=1.0)} {quarter(8.0)}\n")
