"""
Who may go: each rule costs value that lies within reach, and is kept all the same.

Every case is solved twice: as it is, and with the one thing changed that makes the visit lawful.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from sweep.plan.problem.problem import TeamRules
from sweep.plan.solve import solve
from sweep.records.people import BreakTime
from sweep.records.visits import Slot
from sweep.scenario.law_and_form_settings import Codes
from sweep.scenario.selection_settings import Select
from sweep.select.frequency_limits import with_blocked_firms
from tests.constants import varied
from tests.plan.conftest import problem, team, visit
from tests.rules.roster import DAY, NEEDS, ROUNDS, people, person, served, two_teams
from tests.select.conftest import building, offer

FOUR = "M1 M3 M4 M5"


def value_with_seventh(*seventh):
    """
    Six police, four inspectors and whoever is given, in two teams.

    V-B1 (10) takes five police at once, V-B2 (1) two. A team of five leaves the other six less five: one officer.
    """
    visits = [visit("B1", 10.0, needs={"police": 5, "market_regulation": 2}), visit("B2", 1.0)]
    asked = problem(visits, people=[*people("P1 P2 P3 P4 P5 P6"), *people(FOUR), *seventh], rules=two_teams())
    return solve(asked, ROUNDS)


@pytest.mark.rule("C01")
def test_two_officers_stay_in_each_team_though_five_at_one_door_are_worth_more():
    # C01. 6 police = 5 + 1: the second team would have one, so V-B1 is not made. 7 = 5 + 2: both are.
    assert value_with_seventh().value == 1.0
    assert value_with_seventh(person("P7")).value == 11.0


@pytest.mark.rule("C02")
def test_an_officer_whose_certificate_ran_out_the_day_before_makes_no_pair():
    # C02. The seventh counts up to the last day of their certificate.
    plan = value_with_seventh(person("P7", certificate_until=date(2026, 9, 15)))
    assert plan.value == 1.0
    assert "P7" not in {m for t in plan.teams for m in t.member_ids}
    assert value_with_seventh(person("P7", certificate_until=date(2026, 9, 16))).value == 11.0


@pytest.mark.rule("C03")
def test_an_auxiliary_makes_no_pair_though_there_is_a_certificate_on_record():
    # C03. The seventh goes along and helps, but is no second officer.
    plan = value_with_seventh(person("A7", certificate_until=date(2030, 1, 1)))
    assert plan.value == 1.0
    assert "A7" in {m for t in plan.teams for m in t.member_ids}
    # Six in two pairs or more, no five: it is by chance which.
    assert sorted(t.n_certified["police"] for t in plan.teams) in ([2, 4], [3, 3])
    assert value_with_seventh(person("P7", certificate_until=date(2030, 1, 1))).value == 11.0


@pytest.mark.rule("C04")
@pytest.mark.parametrize(
    ("n_police", "n_recorders", "made"),
    [
        pytest.param(1, 1, {"V-B2"}, id="one officer and a recorder"),
        pytest.param(1, 0, set(), id="one officer alone"),
        pytest.param(3, 1, {"V-B1", "V-B2"}, id="three officers"),
    ],
)
def test_one_officer_takes_stock_with_a_recorder_and_inspects_nobody(n_police, n_recorders, made):
    # C04. B1 has a lead and is worth 1, for two officers and one at its exit. B2 has none: taking stock there is worth
    # a quarter of its 0.5.
    select = varied(Select(draw_share=0.0, n_stocktake_max=1), stocktake_value_share=0.25)
    towers = [building("B1", n_exits=1), building("B2", n_exits=1)]
    case, stock = offer(towers, [{"building_id": "B1"}], select=select).visits
    assert (case.value, stock.value, stock.targets, stock.items) == (1.0, 0.125, (), ())
    own = replace(team("T1", n_police=n_police), n_skilled={"recorder": n_recorders})
    plan = solve(problem([case, stock], [own]), ROUNDS)
    assert served(plan) == made


@pytest.mark.rule("C10")
@pytest.mark.parametrize("key", ["B1", "F1", "PC"], ids=["building", "firm", "landlord or property company"])
def test_no_team_goes_where_one_member_is_recused_from(key):
    # C10. Two teams of two police: three recused from V-B1 (5) put one into each, two can be in one and free the other.
    def value(n_recused):
        police = [person(f"P{k}", recusals=frozenset({key} if k <= n_recused else ())) for k in range(1, 5)]
        visits = [visit("B1", 5.0, targets=("F1",)), visit("B2", 1.0)]
        return solve(
            replace(
                problem(visits, people=[*police, *people(FOUR)], rules=two_teams()),
                buildings={"B1": replace(building("B1"), landlord_id="PC"), "B2": building("B2")},
            ),
            ROUNDS,
        ).value

    assert value(3) == 1.0
    assert value(2) == 6.0


@pytest.mark.rule("C34")
def test_an_officer_who_found_nothing_three_times_is_kept_off_where_codes_are_shown(make_history):
    # C34. P1 to P3 inspected F1 three times and found nothing; as above, three who keep off cost V-B1 (5).
    history = make_history(
        [{"uscc": "F1", "age": age, "outcome": "nothing", "officers": "P1; P2;P3"} for age in (40.0, 80.0, 120.0)]
    )

    def value(**codes):
        free = {f"P{k}": person(f"P{k}") for k in range(1, 5)}
        police = with_blocked_firms(free, history, DAY, Codes(**codes), ())
        visits = [visit("B1", 5.0, targets=("F1",)), visit("B2", 1.0)]
        own = [*police.values(), *people(FOUR)]
        return solve(problem(visits, people=own, rules=two_teams()), ROUNDS).value

    assert value(required="shown") == 1.0
    assert value(required="filed") == 6.0
    assert value(required="shown", repeat_reasons={"F1": "a complaint about new staff"}) == 6.0


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([{}, {}], id="twice"),
        pytest.param([{}, {}, {}, {"age": 10.0, "outcome": "find"}], id="a find after them"),
        pytest.param([{}, {}, {"outcome": "no_access"}], id="one shut"),
        pytest.param([{}, {}, {"track": "stocktake"}], id="one took stock"),
        pytest.param([{}, {}, {"age": 400.0}], id="one a year ago"),
        pytest.param([{}, {}, {"officers": "P2"}], id="one by another officer"),
        pytest.param([{}, {}, {"uscc": "F2"}], id="one at another firm"),
    ],
)
def test_with_fewer_than_three_empty_inspections_in_a_row_nobody_is_kept_off(rows, make_history):
    usual = {"uscc": "F1", "outcome": "nothing", "officers": "P1"}
    history = make_history([{"age": 30.0 * (k + 1)} | usual | row for k, row in enumerate(rows)])
    found = with_blocked_firms({"P1": person("P1")}, history, DAY, Codes(required="shown"), ())
    assert found["P1"].recusals == frozenset()


@pytest.mark.rule("C12")
def test_market_regulation_does_not_fill_up_a_team_of_another_district():
    # C12. V-B2 (5) lies in 370103 and takes three inspectors; two are at home there, a third to spare in 370102.
    def value(**letter):
        visits = [
            visit("B1", 1.0),
            visit("B2", 5.0, division_code="370103", needs={"police": 2, "market_regulation": 3}),
        ]
        far = [person(f"M{k}", division_code="370103") for k in (6, 7)]
        own = [*people("P1 P2 P3 P4 M1 M3 M4"), *far]
        return solve(problem(visits, people=own, rules=two_teams(**letter)), ROUNDS).value

    assert value() == 1.0
    assert value(assist_letter=True) == 6.0


def test_police_may_be_posted_to_another_district():
    # C12 binds market regulation alone: all police are at home in 370102, the visit is in 370103.
    own = [*people("P3 P4"), *(person(f"M{k}", division_code="370103") for k in (1, 3))]
    asked = problem([visit("B1", division_code="370103")], people=own, rules=TeamRules(1, 0, NEEDS, 1, False))
    assert solve(asked, ROUNDS).value == 1.0


@pytest.mark.rule("C19")
def test_two_women_are_not_put_together_though_their_skills_are_worth_more():
    # C19. V-B1 (10) takes two who know computers; they are the only women, and each team needs one.
    def value(*, third_is_female):
        police = [person(f"P{k}", skills=frozenset({"computers"} if k < 3 else ())) for k in range(1, 5)]
        police[3] = replace(police[3], is_female=third_is_female)
        inspectors = [replace(p, is_female=False) for p in people(FOUR)]
        at_once = replace(visit("B1", 10.0), slots=(Slot(0, NEEDS, 0, {"computers": 2}),))
        return solve(problem([at_once, visit("B2", 1.0)], people=[*police, *inspectors], rules=two_teams()), ROUNDS)

    plan = value(third_is_female=False)
    assert plan.value == 1.0
    assert [t.n_female_certified for t in plan.teams] == [1, 1]
    assert value(third_is_female=True).value == 11.0


def one_long_day(max_duty_min=None, break_min=None):
    """
    Two visits for one team of eight, each worth 1.

    Four pairs: 12 + 3 x 100 / 4 = 87 min inside; with three ways of 5 min 15 + 2 x 87 = 189 of a shift of 240.
    """
    own = people("P1 P2 P3 P4 M1 M2 M3 M4")
    pause = None if break_min is None else BreakTime(48_600, 63_000, 60 * break_min)
    duty = None if max_duty_min is None else 60 * max_duty_min
    rules = TeamRules(1, 0, NEEDS, 1, False, duty, pause)
    return solve(problem([visit(b, n_firms=100) for b in ("B1", "B2")], people=own, rules=rules), ROUNDS)


@pytest.mark.rule("C20")
def test_no_second_visit_is_made_beyond_the_longest_duty_or_instead_of_the_break():
    # C20. 189 min of duty are needed; 240 less 189 leave 51 for a break.
    assert one_long_day(max_duty_min=188).value == 1.0
    assert one_long_day(max_duty_min=189).value == 2.0
    assert one_long_day(break_min=52).value == 1.0
    assert one_long_day(break_min=51).value == 2.0


def test_who_goes_home_before_the_shift_ends_is_not_kept_out():
    # C20. V-B1 (10) takes five police; the seventh officer leaves at 17:29, the shift ends at 17:30.
    assert value_with_seventh(person("P7", shift_s=(46_800, 62_940))).value == 1.0
    assert value_with_seventh(person("P7", shift_s=(46_800, 63_000))).value == 11.0
