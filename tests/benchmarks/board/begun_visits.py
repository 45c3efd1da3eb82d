"""
Random journals and re-plans at random moments, each change judged from the reports alone.

    uv run python -m tests.benchmarks.board.begun_visits [--journals 2000] [--first 1000]

Prints one JSON line: changes made and refused, teams that were inside at the moment of a change, and violations, which
should be none: begun visits lost, teams in two places, links broken, visits in part.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter

from sweep.day.event_records import VisitBegun
from sweep.plan.solve import Settings, solve
from tests.benchmarks.machine import machine, tell
from tests.day.executed_stops import judge
from tests.day.executed_stops.random_journals import changes
from tests.plan.conftest import random_problem


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--journals", type=int, default=2_000)
    parser.add_argument("--first", type=int, default=1_000, help="first seed: tests use those below 400")
    options = parser.parse_args()
    known, count, found = machine(), Counter[str](), list[str]()
    began_s = time.monotonic()
    for seed in range(options.first, options.first + options.journals):
        problem = random_problem(seed, 12, 4, linked=True)
        plan = solve(problem, Settings(1, n_iterations=100, is_proof_wanted=False))
        for changed in changes(problem, plan, seed, share=0.03):
            count["refused" if changed is None else "changes"] += 1
            if changed is None:
                continue
            earlier = changed.log_before.events if changed.log_before else ()
            count["early"] += sum(isinstance(e, VisitBegun) for e in changed.log.events[len(earlier) :])
            count["inside"] += len(judge.inside(changed))
            wrong = [*judge.faults(problem, changed), *judge.served_whole(problem, changed.after)]
            wrong += [f"{t} is inside {v}, which is not its own" for t, v in judge.orphans(changed)]
            found += [f"seed {seed} {changed.at_s}: {one}" for one in wrong]
    tell(
        journals=options.journals,
        **{key: count[key] for key in ("changes", "refused", "inside", "early")},
        violations=len(found),
        first=found[:5],
        seconds=time.monotonic() - began_s,
        **known,
    )


if __name__ == "__main__":
    main()
