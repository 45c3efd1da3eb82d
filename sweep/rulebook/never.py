"""What is never done (C25, C31)."""

from __future__ import annotations

from sweep.rulebook.rule import Force, Rule, Stage, tests_of

NEVER_RULES = (
    Rule(
        "C25",
        Force.HARD,
        (Stage.READ, Stage.CHECK, Stage.PUBLISH),
        tests=tests_of("C25", "test_kept_never.py::test_a_quota_in_the_scenario_is_refused_by_name"),
    ),
    Rule(
        "C31",
        Force.HARD,
        (Stage.READ, Stage.CHECK, Stage.PUBLISH),
        tests=tests_of("C31", "test_kept_never.py::test_a_table_behind_an_address_is_refused"),
    ),
)
