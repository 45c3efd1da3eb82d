"""What a firm and a building may be asked to bear (C06, C11, C15, C24, C28)."""

from __future__ import annotations

from sweep.rulebook.rule import REPORTED_SITES, Force, Rule, Stage, tests_of

_SELECT, _CHECK = Stage.SELECT, Stage.CHECK
_tests = tests_of("firms", REPORTED_SITES)

FIRM_RULES = (
    Rule(
        "C06",
        Force.HARD,
        (_SELECT, _CHECK),
        ("select.annual_cap", "select.case_soft_cap"),
        _tests("C06", "test_a_firm_at_its_yearly_cap_is_left_out"),
    ),
    Rule(
        "C11",
        Force.STRICT,
        (_SELECT, _CHECK),
        tests=_tests("C11", "test_what_a_lead_and_a_list_want_of_a_firm_is_one_visit_and_worth_one"),
    ),
    Rule(
        "C15",
        Force.HARD,
        (_SELECT, _CHECK),
        ("law.dwelling_certificates",),
        _tests("C15", "test_a_firm_in_a_dwelling_is_left_out"),
    ),
    Rule(
        "C24",
        Force.SOFT,
        (_SELECT, Stage.PLAN, _CHECK),
        ("select.n_targets_max",),
        _tests("C24", "test_of_two_visits_almost_alike_that_which_disturbs_less_is_made"),
    ),
    Rule(
        "C28",
        Force.HARD,
        (_SELECT, Stage.PLAN, _CHECK),
        ("select.cooldown_days",),
        _tests("C28", "test_a_building_that_was_visited_last_week_rests"),
    ),
)
