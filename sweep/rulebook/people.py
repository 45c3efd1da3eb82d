"""Who may go (C01-C04, C10, C12, C19, C20)."""

from __future__ import annotations

from sweep.rulebook.rule import Force, Rule, Stage, tests_of

_PLAN = (Stage.PLAN, Stage.CHECK)

PEOPLE_RULES = (
    Rule(
        "C01",
        Force.HARD,
        _PLAN,
        ("teams.min_certified",),
        tests_of("C01", "test_kept_people.py::test_a_visit_waits_for_its_second_inspector"),
    ),
    Rule(
        "C02",
        Force.HARD,
        _PLAN,
        tests=tests_of("C02", "test_kept_people.py::test_a_certificate_that_ended_yesterday_makes_no_officer"),
    ),
    Rule(
        "C03", Force.HARD, _PLAN, tests=tests_of("C03", "test_kept_people.py::test_five_helpers_make_no_second_officer")
    ),
    Rule(
        "C04",
        Force.HARD,
        (Stage.SELECT, *_PLAN),
        ("select.n_stocktake_max",),
        tests_of("C04", "test_kept_people.py::test_one_officer_takes_stock_only_with_a_recorder"),
    ),
    Rule(
        "C10",
        Force.HARD,
        (Stage.READ, Stage.SELECT, *_PLAN),
        ("teams.recusals_elsewhere",),
        tests_of("C10", "test_kept_people.py::test_a_recused_officer_stays_away_from_the_best_visit"),
    ),
    Rule(
        "C12",
        Force.HARD,
        _PLAN,
        ("teams.assist_letter",),
        tests_of("C12", "test_kept_people.py::test_inspectors_leave_a_find_beyond_their_district"),
    ),
    Rule(
        "C19",
        Force.HARD,
        _PLAN,
        ("teams.min_female",),
        tests_of("C19", "test_kept_people.py::test_no_second_team_goes_out_without_a_woman"),
    ),
    Rule(
        "C20",
        Force.HARD,
        _PLAN,
        ("teams.max_duty_hours", "teams.break_after_hours", "teams.break_minutes"),
        tests_of("C20", "test_kept_people.py::test_a_long_day_has_its_break_and_one_visit_less"),
    ),
)
