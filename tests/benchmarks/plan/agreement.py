"""The checker against the planner: random small days planned and judged, and mutants of each rule caught.

    uv run python -m tests.benchmarks.plan.agreement [--plans 10000] [--first 1000000] [--processes 2] [--out FILE]

Each day (tests/rules/random_days.py: five to nine buildings, their firms, leads, history, rechecks and papers, two to
four teams, holidays and long shifts among them) goes through the real select, plan and check stages, the search cut
short at 40 rounds. None of the plans may be found broken. Then every mutator of tests/rules/mutants_*.py makes its one
thing wrong, by a statement of its own, and the checker must name the rule and the place. Prints a table: rule,
mutants, caught, share. Exits 1 if a plan was found broken, or fewer than 99 % of a rule's mutants were caught.
"""

from __future__ import annotations

import sys

from tests.benchmarks.plan.random_plans import tallied
from tests.rules.agreement import Tally

LEAST_SHARE = 0.99


def main() -> None:
    whole = tallied(Tally, _table, __doc__, plans=10_000, first=1_000_000)
    low = [r for r in whole.made if whole.caught[r] < LEAST_SHARE * whole.made[r]]
    sys.exit(1 if whole.broken or low else 0)


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
    share = 100 * tally.n_found / tally.n_wrong
    lines.append(f"| all | {tally.n_wrong} | {tally.n_found} | {share:.2f} % |")
    return "\n".join([*lines, "", *tally.broken[:20], *tally.missed[:40]])


if __name__ == "__main__":
    main()
