"""How leads are followed (C22, C23)."""

from __future__ import annotations

from sweep.rulebook.rule import Force, Rule, Stage, tests_of

LEAD_RULES = (
    Rule(
        "C22",
        Force.SOFT,
        (Stage.SELECT, Stage.PLAN, Stage.CHECK),
        ("select.due_workdays", "select.due_hours", "plan.due_weight"),
        tests_of("C22", "test_kept_leads.py::test_a_lead_that_falls_due_goes_before_a_larger_value"),
    ),
    Rule(
        "C23",
        Force.SOFT,
        (Stage.RANK, Stage.SELECT, Stage.CHECK),
        ("rank.half_life_days",),
        tests_of("C23", "test_kept_leads.py::test_a_lead_of_four_half_lives_opens_no_door"),
    ),
)
