"""Sweep days: weekdays without holidays, or a list; and the seed of each day."""

from __future__ import annotations

from datetime import date

from sweep.campaign.campaign_settings import Campaign
from sweep.campaign.model.sweep_days import calendar_issues, day_seed, sweep_days
from sweep.records.draw import commitment

FIRST, LAST = date(2026, 9, 28), date(2026, 10, 11)


def campaign(**changes: object) -> Campaign:
    given: dict[str, object] = {"name": "tiny", "first_day": FIRST, "last_day": LAST, **changes}
    return Campaign.model_validate(given)


def works(day: date) -> bool:
    """National Day takes 1 to 7 October."""
    return day.weekday() < 5 and not date(2026, 10, 1) <= day <= date(2026, 10, 7)


def test_holidays_fall_out_of_the_weekdays() -> None:
    # Tuesdays 29 September and 6 October, Thursdays 1 and 8 October: two of them are holidays.
    assert sweep_days(campaign(), works) == (date(2026, 9, 29), date(2026, 10, 8))


def test_a_list_takes_the_place_of_the_weekdays() -> None:
    days = (date(2026, 10, 9), date(2026, 9, 30))
    assert sweep_days(campaign(days=days), works) == (date(2026, 9, 30), date(2026, 10, 9))


def test_a_listed_holiday_and_an_empty_span_are_faults() -> None:
    listed = campaign(days=(date(2026, 10, 2),))
    assert [i.code for i in calendar_issues(listed, works, (FIRST, LAST))] == ["S905"]
    assert [i.code for i in calendar_issues(campaign(), works, (date(2026, 10, 1), date(2026, 10, 7)))] == ["S906"]
    assert calendar_issues(campaign(), works, (FIRST, LAST)) == []


def test_each_day_has_a_seed_of_its_own_that_its_commitment_does_not_tell() -> None:
    seeds = [day_seed(campaign(draw_seed="x"), d) for d in (FIRST, LAST)]
    assert len({*seeds, *map(commitment, seeds)}) == 4
    assert day_seed(campaign(draw_seed="y"), FIRST) != seeds[0]
