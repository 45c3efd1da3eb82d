"""What is never done (C25, C31)."""

from __future__ import annotations

from sweep.rulebook.rule import Force, Rule, Stage, tests_of

NEVER_RULES = (
    Rule(
        "C25",
        Force.HARD,
        (Stage.READ, Stage.CHECK, Stage.PUBLISH),
        tests=tests_of("C25"),
    ),
    Rule(
        "C31",
        Force.HARD,
        (Stage.READ, Stage.CHECK, Stage.PUBLISH),
        tests=tests_of("C31"),
    ),
)
