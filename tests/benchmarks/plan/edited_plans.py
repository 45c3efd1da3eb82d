"""The checker against a hand: plans edited in every way, judged by a judge that shares no code with it.

    uv run python -m tests.benchmarks.plan.edited_plans [--plans 1000] [--first 2000000] [--processes 2] [--out FILE]

Each random day (tests/rules/random_days.py) is planned. Its plan.json is edited once in each way of
tests/edited/kinds*.py, and tests/edited/judge.py, which imports nothing of the checker or the planner, says whether any
rule allows what came of it: the checker must refuse what it calls wrong and pass the rest. The plan is changed on its
day too, and the changed plan edited in the ways of tests/edited/changed_days.py, none of which any event explains.
Prints a table by kind. Exits 1 if a wrong edit passes, or a harmless one, or a plan as it was made, is refused.
"""

from __future__ import annotations

import sys

from tests.benchmarks.plan.random_plans import tallied
from tests.edited.tally import UNEDITED, Tally


def main() -> None:
    whole = tallied(Tally, _table, __doc__, plans=1_000, first=2_000_000)
    sys.exit(1 if whole.passed or whole.refused else 0)


def _table(tally: Tally) -> str:
    kinds = sorted({*tally.wrong, *tally.harmless})
    lines = [
        f"{tally.n_plans} plans; {len({*kinds} - {*UNEDITED})} kinds of edit",
        f"wrong: {tally.n_wrong}, passed: {len(tally.passed)}",
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
