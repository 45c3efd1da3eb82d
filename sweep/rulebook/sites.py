"""When and how a site is entered (C13, C14, C16, C17, C18, C21)."""

from __future__ import annotations

from sweep.rulebook.rule import Force, Rule, Stage, tests_of

_SELECT, _PLAN, _CHECK = Stage.SELECT, Stage.PLAN, Stage.CHECK

SITE_RULES = (
    Rule(
        "C13",
        Force.HARD,
        (Stage.READ, _SELECT, _PLAN, _CHECK),
        ("hours.working_s", "hours.holidays", "hours.workdays", "hours.approval"),
        tests_of("C13", "test_kept_sites.py::test_a_night_window_is_worth_more_and_stays_shut"),
    ),
    Rule(
        "C14",
        Force.HARD,
        (_SELECT, _PLAN, _CHECK),
        ("law.certificate", "law.certificates"),
        tests_of("C14", "test_kept_sites.py::test_without_a_certificate_a_team_needs_a_recorder"),
    ),
    Rule(
        "C16",
        Force.HARD,
        (_SELECT, _PLAN, _CHECK),
        ("plan.link_tolerance_s",),
        tests_of("C16", "test_kept_sites.py::test_two_towers_start_together_or_not_at_all"),
    ),
    Rule(
        "C17",
        Force.HARD,
        (_SELECT, _PLAN, _CHECK),
        ("plan.cordon_minutes",),
        tests_of("C17", "test_kept_sites.py::test_one_guard_too_few_leaves_the_visit_out"),
    ),
    Rule(
        "C18",
        Force.STRICT,
        (_PLAN, _CHECK),
        ("teams.reserve_share",),
        tests_of("C18", "test_kept_sites.py::test_a_team_stands_by_though_a_visit_is_left"),
    ),
    Rule(
        "C21",
        Force.SOFT,
        (_PLAN, _CHECK),
        ("plan.service_quantile", "plan.entry_low_minutes", "plan.entry_high_minutes"),
        tests_of("C21", "test_kept_sites.py::test_a_visit_that_fits_only_a_lucky_day_is_left_out"),
    ),
)
