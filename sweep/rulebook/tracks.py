"""Legal tracks: on what basis a visit is made (C04, C05, C07, C08, C09, C32)."""

from __future__ import annotations

from sweep.rulebook.rule import REPORTED_PEOPLE, Force, Rule, Stage, tests_of

_SELECT, _CHECK = Stage.SELECT, Stage.CHECK
_tests = tests_of("tracks", REPORTED_PEOPLE)

TRACK_RULES = (
    Rule(
        "C05",
        Force.HARD,
        (_SELECT, _CHECK),
        tests=_tests("C05", "test_a_building_without_a_basis_is_not_visited_though_it_is_worth_most"),
    ),
    Rule(
        "C07",
        Force.HARD,
        (Stage.READ, _SELECT, _CHECK),
        ("law.special",),
        _tests("C07", "test_a_special_list_without_its_papers_brings_nothing"),
    ),
    Rule(
        "C08",
        Force.HARD,
        (Stage.READ, _SELECT, _CHECK),
        ("select.target_share_max", "law.special"),
        _tests("C08", "test_of_a_list_of_all_firms_a_fifth_is_inspected"),
    ),
    Rule(
        "C09",
        Force.HARD,
        (_SELECT, _CHECK),
        (
            "select.draw_share",
            "select.draw_seed",
            "select.draw_ratio",
            "select.draw_commitment",
            "select.draw_committed_on",
        ),
        _tests("C09", "test_chance_and_not_worth_picks_the_building_that_is_drawn"),
    ),
    Rule(
        "C32",
        Force.HARD,
        (_SELECT, _CHECK, Stage.PUBLISH),
        ("form.police", "form.market_regulation"),
        _tests("C32", "test_an_item_that_is_struck_off_the_list_is_asked_on_no_track"),
    ),
)
