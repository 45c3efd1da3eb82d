"""When a lead must have been followed (C22)."""

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from geodata.array_types import Bools
from geodata.schema import TIMEZONE
from sweep.scenario.inspection_hours import Hours
from sweep.scenario.work_calendar import is_workday_at_best, workdays_between

# A lead received on a day before this many working days and as many days off again was due long ago.
_FAR_DAYS = 3


def longest_open(due_workdays: int) -> pd.Timedelta:
    """The age at which a lead with no due time of its own was surely due before."""
    return pd.Timedelta(days=(due_workdays + _FAR_DAYS) * _FAR_DAYS)


def falls_due(leads: pd.DataFrame, day: date, due_workdays: int, due_hours: Mapping[str, float], hours: Hours) -> Bools:
    """
    Which leads fall due on the day, not before it and not after it, of those that came in by its first moment.

    A lead's own `due_at` goes first; then hours by its type; then the end of so many working days after the day on
    which it came in.
    """
    start = pd.Timestamp(day, tz=TIMEZONE)
    end = start + pd.Timedelta(days=1)
    due_at = due_times(leads, due_hours)
    has_time = due_at.notna()
    by_time = has_time & (due_at >= start) & (due_at < end)
    received = leads["received_at"].dt.date.where((start - leads["received_at"]) < longest_open(due_workdays))
    ages = {d: workdays_between(d, day, hours) for d in received[~has_time].dropna().unique()}
    # On a day off, what had until the end of a working day is overdue.
    ends = received.map(ages).eq(due_workdays) & is_workday_at_best(day, hours)
    is_known = leads["received_at"] <= start
    return np.asarray(is_known & (by_time | (~has_time & ends)), np.bool_)


def due_times(leads: pd.DataFrame, due_hours: Mapping[str, float]) -> pd.Series:
    """The moment by which each lead must be followed; none for those that have until the end of a working day."""
    by_type = leads["lead_type"].map(dict(due_hours)).astype(float)
    return leads["due_at"].fillna(leads["received_at"] + pd.to_timedelta(by_type, unit="h"))


def due_seconds(leads: pd.DataFrame, day: date, due_hours: Mapping[str, float]) -> dict[str, tuple[int, ...]]:
    """When leads that fall due on the day do so, in seconds after midnight, the soonest first, by building id."""
    after = (due_times(leads, due_hours) - pd.Timestamp(day, tz=TIMEZONE)).dt.total_seconds()
    timed = pd.DataFrame({"building_id": leads["building_id"], "s": after}).dropna()
    return {str(b): tuple(sorted(int(s) for s in group)) for b, group in timed.groupby("building_id")["s"]}
