"""The checker agrees with the planner: nothing is found in a random plan, and each thing made wrong in it is."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sweep.check.rule_registry import RULES
from tests.rules.agreement import Tally
from tests.rules.mutants import MUTATORS


# The table of 10,000 days is made by tests/benchmarks/plan/agreement.py.
@pytest.mark.slow
@given(st.integers(0, 1_000_000))
@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_no_random_plan_is_found_broken_and_every_mutant_of_it_is(seed: int) -> None:
    tally = Tally()
    tally.add(seed)
    assert tally.broken == []
    assert tally.missed == []


# On each of these days a visit is made for the second list: on leads, with the first list, or for all three.
@pytest.mark.parametrize("seed", [3, 9, 23, 55, 70, 78, 99])
def test_no_plan_with_two_special_lists_is_found_broken_and_every_mutant_of_it_is(seed: int) -> None:
    tally = Tally()
    tally.add(seed, n_lists=2)
    assert (tally.n_plans, tally.broken, tally.missed) == (1, [], [])


def test_every_rule_that_is_judged_has_a_mutant() -> None:
    assert set(MUTATORS) == set(RULES)


def test_some_days_have_a_mutant_of_every_rule() -> None:
    tally = Tally()
    for seed in range(12):
        tally.add(seed)
    assert {rule_id for rule_id, n in tally.made.items() if n} == {*MUTATORS, "any edit"}
