"""How leads are followed (C22, C23)."""

from __future__ import annotations

from sweep.rulebook.rule import Force, Rule, Stage, tests_of

LEAD_RULES = (
    Rule(
        "C22",
        Force.SOFT,
        (Stage.SELECT, Stage.PLAN, Stage.CHECK),
        ("select.due_workdays", "select.due_hours", "plan.due_weight"),
        tests_of("C22"),
    ),
    Rule(
        "C23",
        Force.SOFT,
        (Stage.RANK, Stage.SELECT, Stage.CHECK),
        ("rank.half_life_days",),
        tests_of("C23"),
    ),
)
