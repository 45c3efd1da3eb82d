"""How leads are followed (C22, C23)."""

from __future__ import annotations

from sweep.rulebook.rule import REPORTED_SITES, Force, Rule, Stage, tests_of

_tests = tests_of("leads", REPORTED_SITES)

LEAD_RULES = (
    Rule(
        "C22",
        Force.SOFT,
        (Stage.SELECT, Stage.PLAN, Stage.CHECK),
        ("select.due_workdays", "select.due_hours", "plan.due_weight"),
        _tests("C22", "test_of_two_visits_and_time_for_one_that_with_the_lead_falling_due_is_made"),
    ),
    Rule(
        "C23",
        Force.SOFT,
        (Stage.RANK, Stage.SELECT, Stage.CHECK),
        ("rank.half_life_days",),
        _tests("C23", "test_a_place_whose_leads_have_lost_their_worth_is_left_out"),
    ),
)
