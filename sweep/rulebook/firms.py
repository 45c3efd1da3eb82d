"""What a firm and a building may be asked to bear (C06, C11, C15, C24, C28)."""

from __future__ import annotations

from sweep.rulebook.rule import Force, Rule, Stage, tests_of

_SELECT, _CHECK = Stage.SELECT, Stage.CHECK

FIRM_RULES = (
    Rule(
        "C06",
        Force.HARD,
        (_SELECT, _CHECK),
        ("select.annual_cap", "select.cap_exempt", "select.case_soft_cap"),
        tests_of("C06", "test_kept_firms.py::test_a_firm_at_its_cap_is_passed_over"),
    ),
    Rule(
        "C11",
        Force.STRICT,
        (_SELECT, _CHECK),
        tests=tests_of("C11", "test_kept_firms.py::test_a_building_on_two_lists_gets_one_joint_visit"),
    ),
    Rule(
        "C15",
        Force.HARD,
        (_SELECT, _CHECK),
        ("law.dwelling_certificates",),
        tests_of("C15", "test_kept_firms.py::test_a_dwelling_is_entered_only_on_a_certificate_that_names_it"),
    ),
    Rule(
        "C24",
        Force.SOFT,
        (_SELECT, Stage.PLAN, _CHECK),
        ("plan.disturbance_weight", "select.n_targets_max"),
        tests_of("C24", "test_kept_firms.py::test_of_two_visits_alike_the_one_that_disturbs_less_is_made"),
    ),
    Rule(
        "C28",
        Force.HARD,
        (_SELECT, Stage.PLAN, _CHECK),
        ("select.cooldown_days",),
        tests_of("C28", "test_kept_firms.py::test_the_pair_of_the_last_visit_is_parted"),
    ),
)
