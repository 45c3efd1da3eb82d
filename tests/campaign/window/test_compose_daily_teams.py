"""Who is sent: fair shares where not all can go, and nobody beyond their limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from itertools import combinations
from types import SimpleNamespace
from typing import Any

import pytest

from geodata.errors import InputError
from sweep.campaign.campaign_settings import Campaign, DutyLimits
from sweep.campaign.model.duty_roster import Duty
from sweep.campaign.window.compose_daily_teams import (
    duty_share,
    fair_share,
    n_teams_per_visit,
    people_by_day,
    rotating_teams,
    teams_of_day,
    within_duty_limits,
)
from sweep.campaign.window.load_campaign import LoadedCampaign
from sweep.plan.problem.eligibility import active_teams
from sweep.plan.problem.problem import TeamRules
from sweep.records.people import Person
from sweep.scenario.scenario import Scenario
from tests.plan.conftest import problem, visit

DAY = date(2026, 9, 16)


def people(n: int) -> dict[str, Person]:
    until = date(2027, 1, 1)
    return {f"P{k}": Person(f"P{k}", "police", "officer", until, False, "S01", "370102", (0, 86_400)) for k in range(n)}


def duties(n: int) -> list[Duty]:
    return [Duty(DAY - timedelta(days=7 * k), 48_600, 63_000) for k in range(1, n + 1)]


def test_those_who_have_gone_least_go_first() -> None:
    load = {"P0": duties(3), "P1": duties(1), "P2": duties(2)}
    # Three of four: the one with three duties stays.
    asked = problem([visit("B1")], people=list(people(4).values()))
    assert [p.person_id for p in fair_share(asked, load, 3)] == ["P1", "P2", "P3"]


def test_officers_who_are_drawn_for_the_day_go_before_those_who_have_gone_least() -> None:
    load = {"P0": duties(3), "P1": duties(1), "P2": duties(2)}
    drawn = replace(visit("B1", is_must=True), officers=("P0", "P2"))
    asked = problem([drawn], people=list(people(4).values()))
    assert [p.person_id for p in fair_share(asked, load, 3)] == ["P0", "P2", "P3"]


@pytest.mark.parametrize(
    ("limits", "share"),
    [
        (DutyLimits(), 1.0),
        (DutyLimits(days_per_week=2), 2 / 3),
        (DutyLimits(hours_per_week=9.0), 2 / 3),  # a shift is four hours
        (DutyLimits(hours_in_four_weeks=16.0), 1 / 3),
    ],
)
def test_where_limits_are_short_no_day_takes_the_people_of_another(limits: DutyLimits, share: float) -> None:
    campaign = Campaign(
        name="tiny", first_day=DAY, last_day=date(2026, 12, 31), weekdays=("mon", "wed", "fri"), duty=limits
    )
    days = tuple(DAY + timedelta(days=k) for k in (-2, 0, 2))
    loaded: Any = SimpleNamespace(campaign=campaign, all_days=lambda span: [d for d in days if span[0] <= d <= span[1]])
    assert duty_share(loaded, Duty(DAY, 48_600, 63_000)) == pytest.approx(share)


def test_a_week_that_goes_on_into_a_year_without_a_table_of_holidays_is_shared_by_its_weekdays() -> None:
    monday, limits = date(2026, 12, 28), DutyLimits(days_per_week=1)
    campaign = Campaign(
        name="tiny", first_day=DAY, last_day=date(2027, 6, 30), weekdays=("mon", "fri", "sat"), duty=limits
    )
    loaded: Any = SimpleNamespace(campaign=campaign, scenario=Scenario(name="tiny", day=monday))
    loaded.all_days = partial(LoadedCampaign.all_days, loaded)
    # Monday, and the Friday that is New Year's Day by a table that nobody has yet.
    assert duty_share(loaded, Duty(monday, 48_600, 63_000)) == pytest.approx(1 / 2)


def test_whoever_is_at_a_limit_is_not_sent() -> None:
    load = {"P0": [Duty(DAY - timedelta(days=2), 48_600, 63_000)]}
    then = Duty(DAY, 48_600, 63_000)
    assert set(within_duty_limits(people(2), load, then, DutyLimits(days_per_week=1))) == {"P1"}
    assert set(within_duty_limits(people(2), load, then, DutyLimits())) == {"P0", "P1"}


def test_where_the_base_of_a_published_team_is_there_no_more_teams_are_composed_anew() -> None:
    campaign = Campaign(name="tiny", first_day=DAY, last_day=date(2026, 12, 31), weekdays=("wed",))
    everybody = [replace(p, base_id="S", is_female=True) for p in people(4).values()]
    asked = problem([visit("B1")], people=everybody, rules=TeamRules(1, 0, {"police": 2}, 1, assist_letter=False))
    scenario = Scenario(name="tiny", day=DAY, teams={"n_teams": 1})
    loaded: Any = SimpleNamespace(campaign=campaign, scenario=scenario, persons={}, all_days=lambda span: (DAY,))
    published = teams_of_day(loaded, asked, DAY, {}, 1)
    moved = [replace(t, base_id="closed") for t in published]
    assert teams_of_day(loaded, asked, DAY, {}, 1, published) == published
    assert {t.base_id for t in teams_of_day(loaded, asked, DAY, {}, 1, moved)} == {"S"}


def test_a_day_on_which_limits_bar_everybody_is_named() -> None:
    duty = DutyLimits(days_per_week=1)
    campaign = Campaign(name="tiny", first_day=DAY, last_day=date(2026, 12, 31), weekdays=("mon", "wed"), duty=duty)
    days = (DAY - timedelta(days=2), DAY)
    loaded: Any = SimpleNamespace(
        campaign=campaign, scenario=Scenario(name="tiny", day=DAY), persons={}, all_days=lambda span: days
    )
    asked = problem([visit("B1")], people=list(people(4).values()))
    load = {i: [Duty(DAY - timedelta(days=2), 48_600, 63_000)] for i in people(4)}
    with pytest.raises(InputError) as caught:
        teams_of_day(loaded, asked, DAY, load, 1)
    assert [i.code for i in caught.value.issues] == ["S211"]
    assert caught.value.issues[0].where.startswith("duty.csv 2026-09-16")


def test_crews_that_take_turns_may_each_go_where_others_were() -> None:
    # One team of a district whose police make two, and two of a district that has none to spare but from the other.
    homes = ["370102"] * 8 + ["370103"] * 9
    until = date(2027, 1, 1)
    people = [Person(f"P{k:02}", "police", "officer", until, True, "S", d, (0, 86_400)) for k, d in enumerate(homes)]
    people += [
        Person(f"M{k:02}", "market_regulation", "inspector", until, False, "S", d, (0, 86_400))
        for k, d in enumerate(["370102"] * 4 + ["370103"] * 5)
    ]
    rules = TeamRules(4, 1, {"police": 2, "market_regulation": 2}, 1, assist_letter=False)
    visits = [visit("B1"), visit("B2", 3.0, division_code="370103")]
    asked = problem(visits, people=people, rules=rules)
    crews = rotating_teams(asked, 4)
    for crew in crews:
        for team in active_teams(crew):
            (here,) = (v for v in visits if v.division_code in team.division_codes)
            pairs = tuple(p for a in "PM" for p in combinations([i for i in team.member_ids if i[0] == a], 2))
            was_there = replace(asked, visits=(replace(here, keep_apart=pairs),))
            assert sum(bool(n_teams_per_visit(was_there, other)) for other in crews) >= 2


def test_where_there_are_fewer_teams_than_districts_these_take_turns() -> None:
    districts, until = ("370102", "370103", "370104"), date(2027, 1, 1)
    people = [
        Person(f"{agency[0].upper()}{d}{k}", agency, role, until, True, "S", d, (0, 86_400))
        for agency, role in (("police", "officer"), ("market_regulation", "inspector"))
        for d in districts
        for k in range(4)
    ]
    rules = TeamRules(2, 0, {"police": 2, "market_regulation": 2}, 1, assist_letter=False)
    visits = [
        visit(f"B{k}", value, division_code=d) for k, (d, value) in enumerate(zip(districts, (3, 2, 2), strict=True))
    ]
    there = [
        {d for t in crew for d in t.division_codes}
        for crew in rotating_teams(problem(visits, people=people, rules=rules), 3)
    ]
    assert there[0] == {"370102", "370103"}
    assert set().union(*there) == set(districts)


def test_a_roster_without_a_certified_officer_is_named_once_and_not_by_day() -> None:
    scenario = Scenario(name="tiny", day=DAY)
    loaded: Any = SimpleNamespace(scenario=scenario, persons={}, duty=(), campaign=None)
    with pytest.raises(InputError) as caught:
        people_by_day(loaded, [DAY, DAY + timedelta(days=2)])
    assert [(i.code, i.where) for i in caught.value.issues] == [("S659", "roster")]
