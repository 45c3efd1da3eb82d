"""What the history says of a campaign so far: looks, weeks, the reserve's estimate by quarter."""

from __future__ import annotations

import math
from datetime import date, timedelta

import pandas as pd

from geodata.clock import monday_of
from geodata.schema import TIMEZONE
from sweep.pipeline.campaign.loaded import NO_LOOK, Loaded, without_investigations
from sweep.records.campaign import QuarterPart, WeekPart
from sweep.select.prevalence import reserve_prevalence

# Weeks and quarters shown before the campaign's first day, so that the first page is not empty.
_WEEKS_BEFORE, _QUARTERS = 12, 12


def looks_since(loaded: Loaded, first: date) -> set[str]:
    """Buildings that a visit got into since a day."""
    history = without_investigations(loaded.inputs.history)
    since = history[(history["visited_on"] >= _at(first)) & (history["visited_on"] < _at(loaded.today))]
    return {str(b) for b in since.loc[~since["outcome"].isin(NO_LOOK), "building_id"]}


def weeks_done(loaded: Loaded) -> list[WeekPart]:
    """Visits, finds and leads of each week since shortly before the campaign began, up to today."""
    first = monday_of(loaded.campaign.first_day - timedelta(days=7 * _WEEKS_BEFORE))
    history, leads = without_investigations(loaded.inputs.history), loaded.inputs.leads
    past = history[(history["visited_on"] >= _at(first)) & (history["visited_on"] < _at(loaded.today))]
    came = leads[(leads["received_at"] >= _at(first)) & (leads["received_at"] < _at(loaded.today))]
    finds: dict[tuple[str, date], bool] = {}
    for b, at, outcome in zip(past["building_id"], past["visited_on"], past["outcome"], strict=True):
        finds[str(b), at.date()] = finds.get((str(b), at.date()), False) or outcome == "find"
    made: dict[date, list[int]] = {}
    for (_, day), is_find in finds.items():
        week = made.setdefault(monday_of(day), [0, 0, 0])
        week[0] += 1
        week[1] += is_find
    for day in came["received_at"].dt.date:
        made.setdefault(monday_of(day), [0, 0, 0])[2] += 1
    return [WeekPart(week=w, n_visits=n, n_finds=f, n_leads=x) for w, (n, f, x) in sorted(made.items())]


def quarters(loaded: Loaded) -> tuple[QuarterPart, ...]:
    """Share of buildings where a drawn visit found something, by quarter, with its 95 % interval."""
    history = loaded.inputs.history
    made = []
    for start in _quarters_before(loaded.today):
        end = _next_quarter(start)
        mine = history[(history["visited_on"] >= _at(start)) & (history["visited_on"] < _at(min(end, loaded.today)))]
        drawn = next(p for p in reserve_prevalence(mine, end) if p.outcome == "irregular")
        if drawn.n_drawn:
            known = {} if math.isnan(drawn.share) else {"share": drawn.share, "low": drawn.low, "high": drawn.high}
            name = f"{start.year}Q{(start.month - 1) // 3 + 1}"
            made.append(QuarterPart(quarter=name, n_drawn=drawn.n_drawn, n_found=drawn.n_found, **known))
    return tuple(made)


def _quarters_before(day: date) -> list[date]:
    start = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    found = [start]
    for _ in range(_QUARTERS - 1):
        start = date(start.year - (start.month == 1), 10 if start.month == 1 else start.month - 3, 1)
        found.append(start)
    return found[::-1]


def _next_quarter(start: date) -> date:
    return date(start.year + (start.month == 10), 1 if start.month == 10 else start.month + 3, 1)


def _at(day: date) -> pd.Timestamp:
    return pd.Timestamp(day, tz=TIMEZONE)
