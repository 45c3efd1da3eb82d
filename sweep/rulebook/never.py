"""What is never done (C25, C31)."""

from __future__ import annotations

from sweep.rulebook.rule import REPORTED_SITES, Force, Rule, Stage, tests_of

_tests = tests_of("never", REPORTED_SITES)

NEVER_RULES = (
    Rule(
        "C25",
        Force.HARD,
        (Stage.READ, Stage.CHECK, Stage.PUBLISH),
        tests=_tests("C25", "test_no_key_that_can_be_set_is_a_goal_in_checks_fines_or_finds"),
    ),
    Rule(
        "C31",
        Force.HARD,
        (Stage.READ, Stage.CHECK, Stage.PUBLISH),
        tests=_tests("C31", "test_a_table_behind_an_address_is_refused_before_anything_is_read"),
    ),
)
