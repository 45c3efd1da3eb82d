"""What is never done (C25, C31)."""

from __future__ import annotations

from sweep.rulebook.rule import Force, Rule, RuleTests, Stage, tests_of


def _tests(rule_id: str, kept: str) -> RuleTests:
    reported = f"rules/test_reported_sites.py::test_the_report_has_the_line_of_the_rule[{rule_id}]"
    return tests_of(rule_id, f"rules/test_kept_never.py::{kept}", reported)


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
