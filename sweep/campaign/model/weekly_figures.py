"""Weekly figures of a campaign, past and planned, with their forecasts."""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from scipy.special import betainc, gammaincc

from geodata.clock_times import monday_of
from sweep.campaign.records import CampaignRecord, DayPart, WeekPart


@dataclass(frozen=True, slots=True)
class PastDayCounts:
    """Numbers of visits, finds and new leads on one past day."""

    n_visits: int
    n_finds: int
    """Visits with a find."""
    n_leads: int
    """New leads that name a building."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """Forecast of a week's finds or leads with its 90 % interval; all None if unknown."""

    mean: float | None = None
    low: float | None = None
    high: float | None = None


def expected_finds(days: Sequence[DayPart], today: date, before: CampaignRecord | None) -> dict[date, float]:
    """
    Return the expected finds by day: for the window's `days`, and for days before `today` from the last record.

    `before`: the campaign's last record; None without one.
    """
    recorded = {**before.expected, **_finds_by_day(before.days)} if before else {}
    return {d: n for d, n in sorted(recorded.items()) if d < today} | _finds_by_day(days)


def _finds_by_day(days: Sequence[DayPart]) -> dict[date, float]:
    return {d.day: d.finds.mean if d.finds else round(sum(v.value for v in d.visits), 6) for d in days}


def expected_leads(
    per_day: float, dispersion: float, today: date, window_end: date, before: CampaignRecord | None
) -> dict[date, Expectation]:
    """
    Return the forecast of new leads for each week until the window's end, by its Monday.

    `per_day`: expected leads, all buildings together; `dispersion`: variance-to-mean ratio of the leads per week, >= 1.
    A week that has begun keeps the forecast of the previous record (`before`, None without one). The last week counts
    only the days until the end of the window.
    """
    this_week, sunday = monday_of(today), timedelta(days=6)
    forecasts = {}
    for k in range((window_end - this_week).days // 7 + 1):
        week = this_week + timedelta(days=7 * k)
        n_days = min(7, (window_end - week).days + 1)
        forecasts[week] = _expectation(per_day * n_days, dispersion)
    if before is None:
        return forecasts
    for w in before.weeks:
        if w.leads_expected is not None and w.week <= this_week and w.week + sunday <= before.window_end:
            forecasts[w.week] = Expectation(w.leads_expected, w.leads_low, w.leads_high)
    return forecasts


def weeks_of(
    done: Mapping[date, PastDayCounts],
    days: Sequence[DayPart],
    expected: Mapping[date, float],
    sweep_days: Collection[date],
    leads: Mapping[date, Expectation],
    first: date = date.min,
    dispersion: Callable[[float], float] = lambda _mean: 1.0,
) -> tuple[WeekPart, ...]:
    """
    Return the past and the planned weeks in order.

    Parameters
    ----------
    done
        Counts of past days.
    days
        Planned days of the window.
    expected
        Expected finds of each day.
    leads
        Forecast of leads per week, by its Monday.
    first
        Monday of the first week to return; days before it are left out. Default: all weeks with data.
    sweep_days
        Sweep days of the campaign. If one of them had visits and has no entry in `expected`, its week has no forecast.
    dispersion
        Variance-to-mean ratio of the finds of a week, as a function of their mean.
    """
    by_week = dict[date, set[date]]((week, set()) for week in leads)
    for day in {*done, *expected}:
        by_week.setdefault(monday_of(day), set()).add(day)
    n_planned = {d.day: len(d.visits) for d in days}
    made_unplanned = {d for d in sweep_days if d in done and done[d].n_visits and d not in expected}
    weeks = []
    for week, week_days in sorted((week, week_days) for week, week_days in by_week.items() if week >= first):
        past = [done[d] for d in week_days if d in done]
        is_known = week_days & expected.keys() and not week_days & made_unplanned
        mean = sum(expected.get(d, 0.0) for d in week_days)
        finds = _expectation(mean, dispersion(mean)) if is_known else Expectation()
        leads_forecast = leads.get(week, Expectation())
        weeks.append(
            WeekPart(
                week=week,
                n_visits=sum(d.n_visits for d in past) + sum(n_planned.get(d, 0) for d in week_days),
                n_finds=sum(d.n_finds for d in past),
                n_leads=sum(d.n_leads for d in past),
                expected=finds.mean,
                low=finds.low,
                high=finds.high,
                leads_expected=leads_forecast.mean,
                leads_low=leads_forecast.low,
                leads_high=leads_forecast.high,
                is_planned=any(d in n_planned for d in week_days),
            )
        )
    return tuple(weeks)


def _expectation(mean: float, dispersion: float = 1.0) -> Expectation:
    return Expectation(round(mean, 6), *count_interval(mean, dispersion))


def count_interval(mean: float, dispersion: float = 1.0) -> tuple[int, int]:
    """
    Return the 90 % interval of a count: at most 5 % of the distribution below it and 5 % above.

    The distribution is Poisson for dispersion 1, else negative binomial. Poisson suits a count of many independent
    events of small probability; for larger probabilities the interval is too wide.

    Parameters
    ----------
    mean
        Mean of the count, >= 0.
    dispersion
        Variance-to-mean ratio, >= 1.
    """
    if mean <= 0:
        return 0, 0
    n = np.arange(1, math.ceil(mean + 12.0 * math.sqrt(dispersion * mean)) + 13)
    more = dispersion - 1.0
    at_most = betainc(mean / more, n, 1.0 / dispersion) if more > 1e-6 else gammaincc(n, mean)
    # Quantiles 5 % and 95 %.
    low, high = np.searchsorted(at_most, (0.05, 0.95))
    return int(low), int(high)
