"""When and how a site is entered (C13, C14, C16, C17, C18, C21)."""

from __future__ import annotations

from sweep.rulebook.rule import REPORTED_SITES, Force, Rule, Stage, tests_of

_SELECT, _PLAN, _CHECK = Stage.SELECT, Stage.PLAN, Stage.CHECK
_tests = tests_of("sites", REPORTED_SITES)

SITE_RULES = (
    Rule(
        "C13",
        Force.HARD,
        (Stage.READ, _SELECT, _PLAN, _CHECK),
        ("hours.working", "hours.holidays", "hours.workdays", "hours.table_until", "hours.approval"),
        _tests("C13", "test_a_second_visit_that_would_start_after_hours_is_left_out"),
    ),
    Rule(
        "C14",
        Force.HARD,
        (_SELECT, _PLAN, _CHECK),
        ("law.certificate", "law.certificates"),
        _tests("C14", "test_a_place_without_certificate_is_left_out_by_a_team_without_recorder"),
    ),
    Rule(
        "C16",
        Force.HARD,
        (_SELECT, _PLAN, _CHECK),
        ("plan.link_tolerance_s",),
        _tests("C16", "test_both_towers_are_left_out_if_no_two_teams_can_start_there_together"),
    ),
    Rule(
        "C17",
        Force.HARD,
        (_SELECT, _PLAN, _CHECK),
        tests=_tests("C17", "test_a_tower_with_more_exits_than_guards_is_left_out"),
    ),
    Rule(
        "C18",
        Force.STRICT,
        (_PLAN, _CHECK),
        ("teams.reserve_share",),
        _tests("C18", "test_a_team_stands_by_though_it_could_make_a_visit"),
    ),
    Rule(
        "C21",
        Force.SOFT,
        (_PLAN, _CHECK),
        ("plan.service_quantile", "plan.entry_low_minutes", "plan.entry_high_minutes"),
        _tests("C21", "test_a_visit_for_which_there_is_time_only_on_a_lucky_day_is_left_out"),
    ),
)
