"""Between counties: linked sites start together or none is made, and no more mobile teams go out than there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from sweep.campaign.records import CampaignRecord, DayPart, StopPart, TeamPart
from sweep.province.check.cross_county import (
    CountySummary,
    check_people_once,
    check_province,
    summary_of_plan,
    summary_of_window,
)
from sweep.province.records import Link, MobileTeam, Site
from sweep.records.people import Team
from sweep.records.plan import Plan, Route, Stop

LINKS = (Link("L", (Site("a", "B1"), Site("b", "B2")), 300),)
NONE = Plan("feasible", 0.0, 0.0, "", (), (), (), 1, 1)


def plan(*starts: tuple[str, int], people: Sequence[str] = ()) -> Plan:
    stops = tuple(Stop(f"V{b}", 0, b, 0, 0, s, s, s + 600) for b, s in starts)
    team = Team("T1", tuple(people), "S1", frozenset(), (0, 90_000), {}, 0, frozenset())
    return replace(NONE, teams=(team,), routes=(Route("T1", 0, stops, 0, 0, 0),))


def broken(a: Plan, b: Plan, n_mobile: int = 1) -> list[tuple[str, str]]:
    plans = {"a": summary_of_plan(a), "b": summary_of_plan(b)}
    return [(v.rule_id, v.where) for v in check_province(LINKS, n_mobile, MobileTeam(4, 1), "MOBILE", plans)]


@pytest.mark.parametrize(
    ("a", "b", "found"),
    [
        pytest.param(plan(("B1", 50_000)), plan(("B2", 50_300)), [], id="at the tolerance"),
        pytest.param(plan(("B1", 50_000)), plan(("B2", 50_301)), [("C16", "L")], id="a second beyond it"),
        pytest.param(plan(("B1", 50_000)), plan(("B9", 50_000)), [("C16", "L")], id="one of two made"),
        pytest.param(plan(("B8", 50_000)), plan(("B9", 60_000)), [], id="neither made"),
        pytest.param(plan(people=("MOBILE1-01",)), plan(people=("P1", "P2")), [], id="one team sent"),
        pytest.param(plan(people=("MOBILE1-01",)), plan(people=("MOBILE1-01",)), [("P08", "mobile")], id="two of one"),
        pytest.param(plan(people=("MOBILE1-05",)), plan(), [("C12", "a MOBILE1-05")], id="a seat that no team has"),
    ],
)
def test_what_is_broken_between_counties(a: Plan, b: Plan, found: list[tuple[str, str]]) -> None:
    assert broken(a, b) == found


def test_a_county_without_a_plan_leaves_its_partner_alone() -> None:
    seen = {"a": summary_of_plan(plan(("B1", 50_000)))}
    found = [v.values["detail"] for v in check_province(LINKS, 0, MobileTeam(4, 1), "M", seen)]
    assert found == ["a B1 13:53:20, b B2 -"]


def test_a_linked_site_in_the_window_of_one_county_is_found() -> None:
    stop = StopPart.model_construct(building_id="B1", start_s=50_000)
    team = TeamPart.model_construct(member_ids=("MOBILE1-01", "P1"), stops=(stop,))
    days = tuple(DayPart.model_construct(day=date(2026, 9, d), teams=(team,)) for d in (17, 22))
    seen = summary_of_window(CampaignRecord.model_construct(days=days), date(2026, 9, 16))
    # The day after the province's, 13:53:20.
    assert seen.starts_s == {"B1": 86_400 + 50_000}
    found = check_province(LINKS, 1, MobileTeam(4, 1), "MOBILE", {"a": seen, "b": summary_of_plan(plan())})
    assert [(v.rule_id, v.where) for v in found] == [("C16", "L")]


def test_a_person_in_the_teams_of_two_counties_on_one_day_is_found_and_no_seat_of_a_mobile_team() -> None:
    plans = {"a": plan(people=("P1", "P2", "MOBILE1-01")), "b": plan(people=("P2", "MOBILE1-01")), "c": plan()}
    found = list(check_people_once("MOBILE", {i: summary_of_plan(p) for i, p in plans.items()}))
    assert [(v.rule_id, v.where, v.values["detail"]) for v in found] == [("P01", "P2", "a, b")]


def test_a_person_may_be_in_the_teams_of_two_counties_on_two_days() -> None:
    days = [CountySummary({}, {f"2026-09-{d}": frozenset({"P1"})}) for d in (17, 18)]
    assert list(check_people_once("MOBILE", {"a": days[0], "b": days[1]})) == []
    found = check_people_once("MOBILE", {"a": days[0], "b": days[0]})
    assert [v.where for v in found] == ["P1 2026-09-17"]
