"""Weeks as they went: what was expected of them is kept day by day, with the interval of a count."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from sweep.campaign.model.weekly_figures import (
    Expectation,
    PastDayCounts,
    count_interval,
    expected_finds,
    expected_leads,
    weeks_of,
)
from sweep.campaign.records import CampaignRecord, DayPart, WeekPart
from tests.campaign.check.small_campaign import THU, TUE, day, visit
from tests.campaign.model.small_record import record

MONDAY, NEXT_TUE = date(2026, 9, 14), date(2026, 9, 22)


def planned(on: date, n: int) -> DayPart:
    """A day with so many visits of a quarter of a find each."""
    return day(on, ("P1",), *(visit(f"B{on.day}{k}", on, "case") for k in range(n)))


def test_what_was_expected_of_a_day_stays_when_the_window_goes_on_in_mid_week() -> None:
    first = record((planned(TUE, 2), planned(THU, 1)), TUE, expected={TUE: 0.5, THU: 0.25})
    # On Wednesday Thursday has two visits; on Friday the next week is planned.
    second_days = (planned(THU, 2), planned(NEXT_TUE, 1))
    second = record(second_days, THU, expected=expected_finds(second_days, THU, first))
    assert second.expected == {TUE: 0.5, THU: 0.5, NEXT_TUE: 0.25}
    third_days = (planned(NEXT_TUE, 3),)
    third = expected_finds(third_days, date(2026, 9, 18), second)
    assert third == {TUE: 0.5, THU: 0.5, NEXT_TUE: 0.75}
    done = {TUE: PastDayCounts(2, 1, 3), THU: PastDayCounts(2, 0, 1)}
    past, to_come = weeks_of(done, third_days, third, (TUE, THU, NEXT_TUE), {})
    assert (past.week, past.n_visits, past.n_finds, past.n_leads, past.is_planned) == (MONDAY, 4, 1, 4, False)
    assert (past.expected, past.low, past.high) == (1.0, *count_interval(1.0))
    assert (to_come.expected, to_come.n_visits, to_come.is_planned) == (0.75, 3, True)


def test_a_day_that_is_to_come_and_not_planned_any_more_is_expected_to_find_nothing() -> None:
    first = record((planned(TUE, 2), planned(THU, 1)), TUE)
    assert expected_finds((planned(NEXT_TUE, 1),), THU, first) == {TUE: 0.5, NEXT_TUE: 0.25}


def test_of_a_week_with_visits_that_no_record_expected_no_expectation_is_known() -> None:
    # A record of before kept Thursday alone.
    (week,) = weeks_of({TUE: PastDayCounts(4, 1, 0), THU: PastDayCounts(3, 0, 0)}, (), {THU: 0.75}, (TUE, THU), {})
    assert (week.n_finds, week.expected, week.low, week.high) == (1, None, None, None)
    # On Tuesday nothing was done, or it was no day of the campaign's.
    for done, sweep_days in (({TUE: PastDayCounts(0, 0, 2)}, (TUE, THU)), ({TUE: PastDayCounts(4, 1, 2)}, (THU,))):
        (week,) = weeks_of(done, (), {THU: 0.75}, sweep_days, {})
        assert week.expected == 0.75
    (before,) = weeks_of({TUE: PastDayCounts(4, 1, 0)}, (), {}, (), {})
    assert before.expected is None


def test_leads_are_expected_by_the_week_as_it_was_planned_first_and_up_to_the_windows_end() -> None:
    # Tuesday to the Wednesday of the week after: seven days, and three.
    made = expected_leads(2.0, 1.0, TUE, NEXT_TUE + timedelta(days=1), None)
    assert {w: e.mean for w, e in made.items()} == {MONDAY: 14.0, MONDAY + timedelta(days=7): 6.0}
    before = kept(WeekPart(week=MONDAY, leads_expected=14.0, leads_low=8, leads_high=20))
    later = expected_leads(1.0, 1.0, THU, NEXT_TUE + timedelta(days=5), before)
    assert later[MONDAY] == Expectation(14.0, 8, 20)
    assert later[MONDAY + timedelta(days=7)].mean == 7.0
    # A week of which a part alone was in the last window that was planned was never expected as a whole.
    long_after = MONDAY + timedelta(days=70)
    assert list(expected_leads(1.0, 1.0, long_after, long_after, before)) == [long_after, MONDAY]
    part = before.model_copy(update={"window_end": THU})
    assert list(expected_leads(1.0, 1.0, long_after, long_after, part)) == [long_after]


def kept(*weeks: WeekPart) -> CampaignRecord:
    return record((), TUE, weeks=weeks, window_end=NEXT_TUE)


@pytest.mark.parametrize(
    ("mean", "dispersion", "ends"),
    [
        (0.0, 1.0, (0, 0)),
        # e^-0.5 = 0.607, with one 0.910, with two 0.986.
        (0.5, 1.0, (0, 2)),
        # From tables of Poisson: P(at most 4) = 0.029, P(5) up to 0.067; P(at most 14) = 0.917, P(15) up to 0.951.
        (10.0, 1.0, (5, 15)),
        # Variance over mean of 2 is a shape of 1 for a mean of 1: 1/2, 3/4, 7/8, 15/16, 31/32.
        (1.0, 2.0, (0, 4)),
    ],
    ids=["none", "half a find", "ten by chance", "one that varies twice as much"],
)
def test_the_interval_of_a_count(mean: float, dispersion: float, ends: tuple[int, int]) -> None:
    assert count_interval(mean, dispersion) == ends


def test_the_interval_of_many_is_that_of_the_normal_rule() -> None:
    low, high = count_interval(2_000.0)
    # 1.645 x sqrt(2000) = 73.6
    assert (low, high) == (pytest.approx(1926, abs=1), pytest.approx(2074, abs=1))
