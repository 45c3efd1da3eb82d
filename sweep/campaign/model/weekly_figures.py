"""Weeks of a campaign as they went and as they are planned, with what was expected of them."""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from scipy.special import betainc, gammaincc

from geodata.day_times import monday_of
from sweep.campaign.records import CampaignRecord, DayPart, WeekPart


@dataclass(frozen=True, slots=True)
class DayDone:
    """What one day came to; all are counts >= 0."""

    n_visits: int
    n_finds: int
    """Visits that found something."""
    n_leads: int
    """Leads about a building that came in."""


@dataclass(frozen=True, slots=True)
class LeadsToCome:
    """Leads about all buildings together that are to be expected."""

    per_day: float
    dispersion: float
    """Variance over mean of the leads of a week, >= 1; 1 where they come by chance alone."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What was expected of a week, with its 90 % interval; all None where it is not known."""

    mean: float | None = None
    low: float | None = None
    high: float | None = None


def expected_finds(days: Sequence[DayPart], today: date, before: CampaignRecord | None) -> dict[date, float]:
    """Expected finds by day; days that are over keep what the record before expected of them."""
    last = {**before.expected, **_finds_by_day(before.days)} if before else {}
    return {d: n for d, n in sorted(last.items()) if d < today} | _finds_by_day(days)


def _finds_by_day(days: Sequence[DayPart]) -> dict[date, float]:
    return {d.day: d.finds.mean if d.finds else round(sum(v.value for v in d.visits), 6) for d in days}


def leads_expected(
    to_come: LeadsToCome, today: date, window_end: date, before: CampaignRecord | None
) -> dict[date, Expectation]:
    """
    Leads that are, or were, expected of each week, by its Monday.

    A week that has begun keeps what the record before expected of it; a week that ends after the window counts up to
    the window's end.
    """
    this_week, sunday = monday_of(today), timedelta(days=6)
    made = {}
    for k in range((window_end - this_week).days // 7 + 1):
        week = this_week + timedelta(days=7 * k)
        n_days = min(7, (window_end - week).days + 1)
        made[week] = _expectation(to_come.per_day * n_days, to_come.dispersion)
    if before is None:
        return made
    for w in before.weeks:
        if w.leads_expected is not None and w.week <= this_week and w.week + sunday <= before.window_end:
            made[w.week] = Expectation(w.leads_expected, w.leads_low, w.leads_high)
    return made


def weeks_of(
    done: Mapping[date, DayDone],
    days: Sequence[DayPart],
    expected: Mapping[date, float],
    sweep_days: Collection[date],
    leads: Mapping[date, Expectation],
    first: date = date.min,
    dispersion: Callable[[float], float] = lambda _mean: 1.0,
) -> tuple[WeekPart, ...]:
    """
    Weeks as they went and as they are planned, in order.

    Parameters
    ----------
    expected
        Finds that were expected of each day. Nothing is known of a week with a sweep day that saw visits and lacks it.
    leads
        What was expected of each week, by its Monday.
    first
        The Monday of the first week that is told of: `done` has nothing of those before it, as of a campaign of last
        year.
    dispersion
        Variance over mean of the finds of a week, from their mean.
    """
    by_week = dict[date, set[date]]((week, set()) for week in leads)
    for day in {*done, *expected}:
        by_week.setdefault(monday_of(day), set()).add(day)
    n_planned = {d.day: len(d.visits) for d in days}
    made_unplanned = {d for d in sweep_days if d in done and done[d].n_visits and d not in expected}
    made = []
    for week, of in sorted((week, of) for week, of in by_week.items() if week >= first):
        went = [done[d] for d in of if d in done]
        is_known = of & expected.keys() and not of & made_unplanned
        mean = sum(expected.get(d, 0.0) for d in of)
        finds = _expectation(mean, dispersion(mean)) if is_known else Expectation()
        came = leads.get(week, Expectation())
        made.append(
            WeekPart(
                week=week,
                n_visits=sum(d.n_visits for d in went) + sum(n_planned.get(d, 0) for d in of),
                n_finds=sum(d.n_finds for d in went),
                n_leads=sum(d.n_leads for d in went),
                expected=finds.mean,
                low=finds.low,
                high=finds.high,
                leads_expected=came.mean,
                leads_low=came.low,
                leads_high=came.high,
                is_planned=any(d in n_planned for d in of),
            )
        )
    return tuple(made)


def _expectation(mean: float, dispersion: float = 1.0) -> Expectation:
    return Expectation(round(mean, 6), *count_interval(mean, dispersion))


def count_interval(mean: float, dispersion: float = 1.0) -> tuple[int, int]:
    """
    The 90 % interval of a count: at most one in twenty counts lies below it, and one in twenty above.

    By Poisson, which the sum of many small independent chances comes to, and which is somewhat wide where chances are
    large; by the negative binomial where counts vary more than that.

    Parameters
    ----------
    mean
        Of the count, >= 0.
    dispersion
        Variance over mean, >= 1; 1 is Poisson.
    """
    if mean <= 0:
        return 0, 0
    n = np.arange(1, math.ceil(mean + 12.0 * math.sqrt(dispersion * mean)) + 13)
    more = dispersion - 1.0
    at_most = betainc(mean / more, n, 1.0 / dispersion) if more > 1e-6 else gammaincc(n, mean)
    # Chances of a count at or below the ends of its interval: nine in ten lie within it.
    low, high = np.searchsorted(at_most, (0.05, 0.95))
    return int(low), int(high)
