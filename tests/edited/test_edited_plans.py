"""A few plans edited in every way: what a judge of its own calls wrong the checker refuses, and nothing else."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.edited import changed_days, judge
from tests.edited.kinds import KINDS
from tests.edited.tally import Tally


# The table of 1,000 plans is made by tests/benchmarks/plan/edited_plans.py.
@pytest.mark.parametrize("seed", [53, 59, 62, 70])
def test_no_wrong_edit_passes_and_no_harmless_one_is_refused(seed: int) -> None:
    tally = Tally()
    tally.add(seed)
    assert (tally.n_plans, tally.passed, tally.refused) == (1, [], [])
    assert tally.wrong.total() > 60 and tally.harmless.total() > 10


def test_there_are_more_kinds_of_edit_than_the_issue_asks_for() -> None:
    assert len(KINDS) + len(changed_days.KINDS) >= 75


def test_the_judge_shares_no_code_with_the_checker_or_the_planner() -> None:
    tree = ast.parse(Path(judge.__file__).read_text(encoding="utf-8"))
    named = {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    named |= {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    assert not {name for name in named if name.split(".")[0] in ("sweep", "geodata", "tests")}
