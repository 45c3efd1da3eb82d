"""Every rule that binds across days: the campaign that keeps it, and one that breaks it and no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from geodata.message_catalogue import LANGUAGES, load_texts
from sweep.campaign.check.campaign_inputs import CampaignInputs
from sweep.campaign.check.rule_registry import RULES, SOFT, check_campaign
from sweep.campaign.model.duty_roster import DutyRow
from sweep.campaign.records import CarriedPart, DayPart, MovePart, SentPart, UnservedVisitPart
from sweep.records.pins import Pin
from sweep.records.visits import Recheck
from tests.campaign.check.small_campaign import THU, TUE, ZONE, campaign, day, days, inputs, lead, past, sha, visit
from tests.campaign.model.small_record import record

MEMBERS = ("P1", "P2", "M1", "M2")


def broken(of: CampaignInputs) -> set[str]:
    return {v.rule_id for v in check_campaign(of)}


def first(**changes: object) -> tuple[DayPart, DayPart]:
    """The two days with something of the first one changed."""
    tuesday, thursday = days()
    return tuesday.model_copy(update=changes), thursday


def with_visit(*more: object, on: int = 1) -> tuple[DayPart, ...]:
    """The two days with visits added to one of them."""
    parts = list(days())
    old = parts[on]
    parts[on] = day(old.day, old.teams[0].member_ids, *old.visits, *more)  # type: ignore[arg-type]
    return tuple(parts)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_breach_of_every_rule_can_be_told(lang: str) -> None:
    texts = load_texts(lang)
    for rule_id in RULES:
        assert "B7: 3 > 2" in texts(f"violation.{rule_id}", where="2026-09-15", detail="B7: 3 > 2")


def test_a_campaign_that_keeps_every_rule() -> None:
    assert check_campaign(inputs()) == ()


ITEM = Recheck("R1", "B5", None, "101", "rectify", date(2026, 9, 1), date(2026, 9, 16))
STOPS = days()[0].teams[0].stops
# P1 and M1 go on both days of the window, and P1 went on the day before it.
MON, TWO_DAYS = date(2026, 9, 14), campaign(duty={"days_per_week": 2})
SENT = SentPart(day=MON, member_ids=("P1",))

MUTANTS: dict[str, tuple[str, Callable[[], CampaignInputs]]] = {
    "a holiday": ("M01", lambda: inputs(campaign=campaign(weekdays=("tue",)))),
    "a make-up day off": ("M01", lambda: inputs(campaign=campaign(last_day=date(2026, 9, 16)))),
    "a listed day that is not swept": ("M01", lambda: inputs(campaign=campaign(days=(TUE,)))),
    "on leave": ("M02", lambda: inputs(duty=(DutyRow("P1", TUE, None, None),))),
    "off before the team is back": ("M02", lambda: inputs(duty=(DutyRow("P1", TUE, None, (46_800, 59_000)),))),
    "on duty on another weekday alone": ("M02", lambda: inputs(duty=(DutyRow("P2", None, 3, (0, 86_000)),))),
    "not on the roster": ("M02", lambda: inputs(days=first(teams=(team_with("P1", "P2", "M1", "M2", "X9"),)))),
    "in two teams": ("M03", lambda: inputs(days=first(teams=(*days()[0].teams, extra_team("P1", "P4", "M3", "M4"))))),
    "a day twice": ("M03", lambda: inputs(days=(*days(), empty(TUE)))),
    "too many days a week": ("M04", lambda: inputs(campaign=campaign(duty={"days_per_week": 1}))),
    "too many hours a week": ("M04", lambda: inputs(campaign=campaign(duty={"hours_per_week": 7.9}))),
    "too many hours in four weeks": ("M04", lambda: inputs(campaign=campaign(duty={"hours_in_four_weeks": 7.9}))),
    "too many days with one that the record tells": (
        "M04",
        lambda: inputs(campaign=TWO_DAYS, record={"planned_on": TUE, "carried": CarriedPart(sent=(SENT,))}),
    ),
    "too many days with one that the record before tells": (
        "M04",
        lambda: inputs(campaign=TWO_DAYS, before=record((), MON, carried=CarriedPart(sent=(SENT,)))),
    ),
    "too many days with one that no record tells": (
        "M04",
        lambda: inputs(campaign=TWO_DAYS, sent={MON: frozenset({"P1"})}),
    ),
    "too little rest": ("M04", lambda: inputs(campaign=campaign(duty={"rest_hours": 44.5}))),
    "two places at once": ("M05", lambda: inputs(days=first(teams=(moved(1, start_s=51_000),)))),
    "back too soon": (
        "M05",
        lambda: inputs(days=first(teams=(days()[0].teams[0].model_copy(update={"return_s": 54_000}),))),
    ),
    "out of the shift": (
        "M05",
        lambda: inputs(days=first(teams=(days()[0].teams[0].model_copy(update={"return_s": 63_100}),))),
    ),
    "a visit that nobody makes": ("M05", lambda: inputs(days=first(teams=(team_stops(STOPS[:1]),)))),
    "a published day changed": ("M06", lambda: inputs(before=record((out(TUE, "B9"),), TUE))),
    "other people for a published day": (
        "M06",
        lambda: inputs(before=record((out_with("P1", "P4", "M1", "M2"),), TUE)),
    ),
    "another start on a published day": (
        "M06",
        lambda: inputs(before=record((out_with("P1", "P2", "M1", "M2", start_s=50_060),), TUE)),
    ),
    "more than the sum": ("M07", lambda: inputs(record={"value": 1.1, "bound": 1.2})),
    "a bound below": ("M07", lambda: inputs(record={"bound": 0.9})),
    "a value of another day": ("M07", lambda: inputs(days=(days()[0], thursday_with(values=(0.5,))))),
    "one officer": ("C01", lambda: inputs(days=first(teams=(team_with("P1", "M1", "M2"),)))),
    "a certificate that is over": ("C01", lambda: inputs(persons=expired("P1", date(2026, 9, 16)))),
    "taking stock of a firm": ("C04", lambda: inputs(days=(days()[0], stocktake_with(targets=("u-none",))))),
    "a lead that is not there": ("C05", lambda: inputs(leads={})),
    "a third visit of the year": ("C06", lambda: inputs(past=(seen("u-drawn", 2), seen("u-drawn", 3)))),
    "a firm that others inspect on the day": ("C33", lambda: inputs(other_inspections=(("u-drawn", TUE),))),
    "a firm of three inspections in the month": (
        "C33",
        lambda: inputs(other_inspections=tuple(("u-drawn", date(2026, 9, d)) for d in (1, 9, 29))),
    ),
    "a firm where an officer found nothing three times": (
        "C34",
        lambda: inputs(past=tuple(nothing_found("u-drawn", month) for month in (3, 4, 5))),
    ),
    "a firm that is not on the list": ("C07", lambda: inputs(days=(days()[0], thursday_with(targets=("u-other",))))),
    "more than the share of the register": ("C08", lambda: inputs(n_register=5)),
    "another seed": ("C09", lambda: inputs(days=first(commitment=sha("x")))),
    "another commitment": ("C09", lambda: inputs(record={"commitments": {}})),
    "committed before the first record": (
        "C09",
        lambda: inputs(record={"carried": CarriedPart(committed_on={TUE: date(2026, 9, 1)})}),
    ),
    "visited and not drawn": ("C09", lambda: inputs(days=first(drawn=()))),
    "drawn and not visited": ("C09", lambda: inputs(days=first(drawn=("B2", "B9")))),
    "a building twice": ("C11", lambda: inputs(days=with_visit(visit("B2", THU, "stocktake", visit_id="V-B2")))),
    "a lead too late": ("C22", lambda: inputs(leads=leads_with("B4", date(2026, 9, 16)))),
    "no visit for an item": ("C27", lambda: inputs(rechecks=(ITEM,))),
    "an item on another day": ("C27", lambda: inputs(rechecks=(ITEM,), days=with_visit(item_on(TUE), on=0))),
    "so soon again": ("C28", lambda: inputs(past=(past("B4", date(2026, 9, 1)),))),
    "no newer lead": ("C28", lambda: inputs(past=(past("B1", date(2026, 9, 12), "case"),))),
    "the same pair": ("C28", lambda: inputs(past=(past("B1", date(2026, 5, 1), officers=("M1", "M2")),))),
    "a must that nobody visits": ("P10", lambda: inputs(pins=(Pin("must", "B9", "pins.csv row 2"),))),
    "a visit that was not to be": ("P10", lambda: inputs(pins=(Pin("never", "B1", "pins.csv row 2"),))),
    "two on one day": ("P10", lambda: inputs(pins=(Pin("not_together", "B1", "pins.csv row 2", other_id="B2"),))),
    "a start too early": ("P10", lambda: inputs(pins=(Pin("not_before", "B1", "pins.csv row 2", earliest_s=50_001),))),
    "a promise missed": ("M08", lambda: inputs(facts={"B9": {}}, looks={"B9": date(2025, 9, 15)})),
}


def team_with(*members: str):
    return days()[0].teams[0].model_copy(update={"member_ids": members})


def stocktake_with(**changes: object) -> DayPart:
    """The second day with its last visit, which takes stock, changed."""
    *others, last = days()[1].visits
    return days()[1].model_copy(update={"visits": (*others, last.model_copy(update=changes))})


def out_with(*members: str, start_s: int = 50_000) -> DayPart:
    """The first day as it was published, with these people and the first stop at this time."""
    team = team_with(*members)
    stops = (team.stops[0].model_copy(update={"start_s": start_s}), *team.stops[1:])
    changes = {"is_published": True, "teams": (team.model_copy(update={"stops": stops}),)}
    return days()[0].model_copy(update=changes)


def test_a_published_day_with_its_people_and_times_is_as_it_was() -> None:
    kept = inputs(before=record((out_with("P1", "P2", "M1", "M2"),), TUE))
    assert "M06" not in {v.rule_id for v in check_campaign(kept)}


def extra_team(*members: str):
    return days()[0].teams[0].model_copy(update={"team_id": "T02", "member_ids": members, "stops": ()})


def team_stops(stops: object):
    return days()[0].teams[0].model_copy(update={"stops": stops})


def moved(place: int, **changes: int):
    stops = list(STOPS)
    stops[place] = stops[place].model_copy(update=changes)
    return team_stops(tuple(stops))


def empty(on: date) -> DayPart:
    return day(on, ()).model_copy(update={"teams": ()})


def out(on: date, building: str) -> DayPart:
    return day(on, MEMBERS, visit(building, on, "stocktake")).model_copy(update={"is_published": True})


def thursday_with(**changes: object) -> DayPart:
    """Thursday, its first visit changed."""
    thursday = days()[1]
    changed = thursday.visits[0].model_copy(update=changes)
    return thursday.model_copy(update={"visits": (changed, thursday.visits[1])})


def expired(person_id: str, until: date):
    people = dict(inputs().persons)
    people[person_id] = replace(people[person_id], certificate_until=until)
    return people


def seen(firm: str, month: int):
    return past("B8", date(2026, month, 3), "special", uscc=firm)


def nothing_found(firm: str, month: int):
    return past("B8", date(2026, month, 3), "case", uscc=firm, officers=("P2",), outcome="nothing")


def leads_with(building: str, due: date):
    came = datetime(2026, 9, 10, 9, tzinfo=ZONE)
    return {**inputs().leads, "L2": lead("L2", building, came, datetime(due.year, due.month, due.day, 9, tzinfo=ZONE))}


def item_on(on: date):
    return visit("B5", on, "case", basis=("R1",))


@pytest.mark.parametrize("name", MUTANTS)
def test_a_breach_is_told_by_its_rule_and_by_no_other(name: str) -> None:
    rule, make = MUTANTS[name]
    assert broken(make()) == {rule}


def test_every_rule_has_a_mutant() -> None:
    assert {rule for rule, _ in MUTANTS.values()} == set(RULES)
    assert set(RULES) > SOFT


def test_what_is_told_is_no_breach() -> None:
    told = MovePart(building_id="B9", before=TUE, is_frozen=True, why="dropped")
    assert broken(inputs(before=record((out(TUE, "B9"),), TUE), record={"moves": (told,)})) == set()
    left = UnservedVisitPart(building_id="B9", track="routine", value=0.1, urgency=0.0, reason="x")
    assert broken(inputs(days=first(drawn=("B2", "B9")), record={"left": (left,)})) == set()
    assert broken(inputs(days=first(drawn=("B2", "B1")))) == set()  # B1 is visited for a lead
    assert broken(inputs(rechecks=(ITEM,), days=with_visit(item_on(THU)))) == set()


def test_an_item_at_which_nobody_opened_may_wait_until_after_the_published_days_and_no_longer() -> None:
    due = Recheck("R1", "B5", None, "101", "rectify", date(2026, 8, 1), date(2026, 9, 14))
    called = (past("B5", date(2026, 9, 14), "case"),)
    later = {"rechecks": (due,), "days": with_visit(item_on(THU))}
    tuesday_is_out = record((days()[0].model_copy(update={"is_published": True}),), TUE)
    assert broken(inputs(**later, past=called, before=tuesday_is_out)) == set()
    assert broken(inputs(**later, before=tuesday_is_out)) == {"C27"}
    assert broken(inputs(**later, past=called)) == {"C27"}


def test_an_item_that_nobody_may_look_at_is_not_missed() -> None:
    assert broken(inputs(rechecks=(ITEM,))) == {"C27"}
    assert broken(inputs(rechecks=(ITEM,), withheld={THU: {"B5"}})) == set()
    assert broken(inputs(rechecks=(ITEM,), withheld={TUE: {"B5"}})) == {"C27"}
    assert broken(inputs(rechecks=(replace(ITEM, building_id="B9"),))) == set()  # it is there no more
    home = replace(ITEM, uscc="u-home")
    assert broken(inputs(rechecks=(home,), dwellings=frozenset({"u-home"}))) == set()


def test_a_must_that_is_visited_or_told_or_was_visited_since_the_campaign_began_is_kept() -> None:
    must, on = Pin("must", "B9", "pins.csv row 2"), Pin("must", "B1", "pins.csv row 3")
    left = UnservedVisitPart(building_id="B9", track="stocktake", value=0.0, urgency=0.0, reason="NOT_ON_OFFER")
    assert broken(inputs(pins=(must, on), record={"left": (left,)})) == set()
    assert broken(inputs(pins=(must, on), looks={**inputs().looks, "B9": TUE})) == set()
    assert broken(inputs(pins=(must, on), unreported={"B9": TUE})) == set()
    assert broken(inputs(pins=(must, on), unreported={"B9": date(2026, 6, 1)})) == {"P10"}
    # B1 is on Tuesday and B3 on Thursday.
    assert broken(inputs(pins=(Pin("not_together", "B1", "pins.csv row 2", other_id="B3"),))) == set()


def test_a_limit_that_was_passed_before_the_window_is_not_of_the_window() -> None:
    week_before = {MON - timedelta(days=k): frozenset({"P1"}) for k in range(3, 7)}
    assert broken(inputs(sent=week_before, campaign=campaign(duty={"days_per_week": 3}))) == set()
    # Six days of 4 h in four weeks: two of them are of the window.
    assert broken(
        inputs(sent=week_before, campaign=campaign(duty={"days_per_week": 3, "hours_in_four_weeks": 23.9}))
    ) == {"M04"}


def test_a_rule_that_the_scenario_does_without_is_not_judged() -> None:
    settings = inputs().settings
    settings = replace(settings, rules=settings.rules.model_copy(update={"off": ("C08",)}))
    assert broken(inputs(n_register=5, settings=settings)) == set()


def test_exempt_grounds_and_last_years_do_not_count_towards_the_cap() -> None:
    exempt = past("B8", date(2026, 2, 3), "special", uscc="u-drawn", ground="complaint")
    old = past("B8", date(2025, 2, 3), "special", uscc="u-drawn")
    assert broken(inputs(past=(exempt, old, seen("u-drawn", 3)))) == set()
