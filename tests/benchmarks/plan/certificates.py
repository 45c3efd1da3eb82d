"""Proofs of bounds as they are written, and made wrong in every way, before the checker.

    uv run python -m tests.benchmarks.plan.certificates [--problems 200] [--first 0]

Each problem (tests/check/bound/proven.py: six sorts, teams given, composed and as squads) is planned by few rounds or
by many; its proof must be confirmed, and refused after each change of tests/check/bound/tampering.py, and of
tampering_any.py for any teams, that it has something for. Prints how the bounds are shown, what the checker took, and
a table: change, times tried, times refused.
Exits 1 if a proof as written was refused, or one that was changed was not.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from itertools import count

from tests.benchmarks.machine import tell_run
from tests.benchmarks.plan.instances import gap_pct
from tests.check.bound.proven import Proven, proven
from tests.check.bound.tampering import WAYS
from tests.check.bound.tampering_any import WAYS as WAYS_OF_ANY
from tests.check.bound.ways import tampered


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--problems", type=int, default=200)
    parser.add_argument("--first", type=int, default=0, help="first seed")
    arguments = parser.parse_args()
    began = time.monotonic()
    methods, tried, refused = Counter[str](), Counter[str](), Counter[str]()
    times, wrong, sizes, every = [], [], [], WAYS | WAYS_OF_ANY
    for seed in count(arguments.first):
        if len(times) >= arguments.problems:
            break
        if (made := proven(seed)) is None:
            continue
        start = time.perf_counter()
        fault = made.fault()
        times.append(time.perf_counter() - start)
        methods[made.plan.bound_method] += 1
        methods["any teams"] += made.plan.bound_any_teams is not None
        sizes.append(_n_nodes(made))
        if fault is not None:
            wrong.append(f"seed {seed}: {fault}")
            continue
        for name, found in tampered(made, seed, every):
            tried[name] += 1
            refused[name] += found is not None
            wrong += [] if found else [f"seed {seed}: {name}"]
    print(f"{len(times)} problems, {dict(methods)}; nodes at most {max(sizes)}, in all {sum(sizes)}")
    print(f"checked in {sum(times) / len(times):.3f} s, {max(times):.2f} s at most")
    print("\n| changed | tried | refused |\n|---|---|---|")
    for name in every:
        print(f"| {name} | {tried[name]} | {refused[name]} |")
    print(*wrong, sep="\n")
    n_tried, n_refused = tried.total(), refused.total()
    tell_run(
        "certificates", f"{len(times)} problems", seed=arguments.first, seconds=time.monotonic() - began,
        value=n_refused, best_known=n_tried, gap_pct=gap_pct(n_refused, n_tried, "max"),
    )  # fmt: skip
    sys.exit(1 if wrong else 0)


def _n_nodes(made: Proven) -> int:
    return sum(len(pool.get("nodes", ())) for pool in made.proof["pools"])


if __name__ == "__main__":
    main()
