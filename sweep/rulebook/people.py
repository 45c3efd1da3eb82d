"""Who may go (C01-C04, C10, C12, C19, C20)."""

from __future__ import annotations

from sweep.rulebook.rule import REPORTED_PEOPLE, Force, Rule, Stage, tests_of

_PLAN = (Stage.PLAN, Stage.CHECK)
_tests = tests_of("people", REPORTED_PEOPLE)

PEOPLE_RULES = (
    Rule(
        "C01",
        Force.HARD,
        _PLAN,
        ("teams.min_certified",),
        _tests("C01", "test_two_officers_stay_in_each_team_though_five_at_one_door_are_worth_more"),
    ),
    Rule(
        "C02",
        Force.HARD,
        _PLAN,
        tests=_tests("C02", "test_an_officer_whose_certificate_ran_out_the_day_before_makes_no_pair"),
    ),
    Rule(
        "C03",
        Force.HARD,
        _PLAN,
        tests=_tests("C03", "test_an_auxiliary_makes_no_pair_though_there_is_a_certificate_on_record"),
    ),
    Rule(
        "C04",
        Force.HARD,
        (Stage.SELECT, *_PLAN),
        ("select.n_stocktake_max",),
        _tests("C04", "test_one_officer_takes_stock_with_a_recorder_and_inspects_nobody"),
    ),
    Rule(
        "C10",
        Force.HARD,
        (Stage.READ, Stage.SELECT, *_PLAN),
        ("teams.recusals_elsewhere",),
        _tests("C10", "test_no_team_goes_where_one_member_is_recused_from"),
    ),
    Rule(
        "C12",
        Force.HARD,
        _PLAN,
        ("teams.assist_letter",),
        _tests("C12", "test_market_regulation_does_not_fill_up_a_team_of_another_district"),
    ),
    Rule(
        "C19",
        Force.HARD,
        _PLAN,
        ("teams.min_female",),
        _tests("C19", "test_two_women_are_not_put_together_though_their_skills_are_worth_more"),
    ),
    Rule(
        "C20",
        Force.HARD,
        _PLAN,
        ("teams.max_duty_hours", "teams.break_after_hours", "teams.break_minutes"),
        _tests("C20", "test_no_second_visit_is_made_beyond_the_longest_duty_or_instead_of_the_break"),
    ),
)
