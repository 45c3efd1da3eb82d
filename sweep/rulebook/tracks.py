"""Legal tracks: on what basis a visit is made (C04, C05, C07, C08, C09, C32)."""

from __future__ import annotations

from sweep.rulebook.rule import Force, Rule, Stage, tests_of

_SELECT, _CHECK = Stage.SELECT, Stage.CHECK

TRACK_RULES = (
    Rule(
        "C05",
        Force.HARD,
        (_SELECT, _CHECK),
        tests=tests_of("C05"),
    ),
    Rule(
        "C07",
        Force.HARD,
        (Stage.READ, _SELECT, _CHECK),
        ("law.special", "law.special_per_year_max"),
        tests_of("C07"),
    ),
    Rule(
        "C08",
        Force.HARD,
        (Stage.READ, _SELECT, _CHECK),
        ("select.target_share_max", "law.special"),
        tests_of("C08"),
    ),
    Rule(
        "C09",
        Force.HARD,
        (_SELECT, _CHECK),
        ("select.draw_share", "select.draw_seed", "select.draw_ratio", "select.draw_commitment"),
        tests_of("C09"),
    ),
    Rule(
        "C32",
        Force.HARD,
        (_SELECT, _CHECK, Stage.PUBLISH),
        ("form.police", "form.market_regulation"),
        tests_of("C32"),
    ),
)
