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
        tests_of("C01"),
    ),
    Rule(
        "C02",
        Force.HARD,
        _PLAN,
        tests=tests_of("C02"),
    ),
    Rule("C03", Force.HARD, _PLAN, tests=tests_of("C03")),
    Rule(
        "C04",
        Force.HARD,
        (Stage.SELECT, *_PLAN),
        ("select.n_stocktake_max",),
        tests_of("C04"),
    ),
    Rule(
        "C10",
        Force.HARD,
        (Stage.READ, Stage.SELECT, *_PLAN),
        ("teams.recusals_elsewhere",),
        tests_of("C10"),
    ),
    Rule(
        "C12",
        Force.HARD,
        _PLAN,
        ("teams.assist_letter",),
        tests_of("C12"),
    ),
    Rule(
        "C19",
        Force.HARD,
        _PLAN,
        ("teams.min_female",),
        tests_of("C19"),
    ),
    Rule(
        "C20",
        Force.HARD,
        _PLAN,
        ("teams.max_duty_hours", "teams.break_after_hours", "teams.break_minutes"),
        tests_of("C20"),
    ),
)
