"""Due times of leads, by which a visit must follow them up (C22)."""

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from geodata.array_types import Bools
from geodata.schema import TIMEZONE
from sweep.scenario.inspection_hours import Hours
from sweep.scenario.working_days_and_hours import is_workday_at_best, workdays_between

# Leads older than (this many + due_workdays) x this many days are overdue for certain.
_FAR_DAYS = 3


def longest_open(due_workdays: int) -> pd.Timedelta:
    """Return an upper bound on the calendar time that `due_workdays` working days take, even across holidays."""
    return pd.Timedelta(days=(due_workdays + _FAR_DAYS) * _FAR_DAYS)


def falls_due(leads: pd.DataFrame, day: date, due_workdays: int, due_hours: Mapping[str, float], hours: Hours) -> Bools:
    """
    Return whether each lead falls due on the day, as a Boolean array; leads received on the day itself do not.

    The due time is the lead's own `due_at`, else `due_hours` of its type after receipt, else the end of the working day
    `due_workdays` after the day of receipt (`hours`: holidays).
    """
    start = pd.Timestamp(day, tz=TIMEZONE)
    end = start + pd.Timedelta(days=1)
    due_at = due_times(leads, due_hours)
    has_time = due_at.notna()
    by_time = has_time & (due_at >= start) & (due_at < end)
    received = leads["received_at"].dt.date.where((start - leads["received_at"]) < longest_open(due_workdays))
    ages = {d: workdays_between(d, day, hours) for d in received[~has_time].dropna().unique()}
    # On a day off, leads due at the end of a working day are overdue already.
    ends = received.map(ages).eq(due_workdays) & is_workday_at_best(day, hours)
    is_known = leads["received_at"] <= start
    return np.asarray(is_known & (by_time | (~has_time & ends)), np.bool_)


def due_times(leads: pd.DataFrame, due_hours: Mapping[str, float]) -> pd.Series:
    """Return the due time of each lead: its own, else receipt plus `due_hours` of its type; NaT for other types."""
    by_type = leads["lead_type"].map(dict(due_hours)).astype(float)
    return leads["due_at"].fillna(leads["received_at"] + pd.to_timedelta(by_type, unit="h"))


def due_seconds(leads: pd.DataFrame, day: date, due_hours: Mapping[str, float]) -> dict[str, tuple[int, ...]]:
    """
    Return the due times of the leads that have one, seconds after midnight of `day`, ascending, by building id.

    A time is below 0 if it was on an earlier day, and may be on a later day. `due_hours`: hours by lead type.
    """
    after = (due_times(leads, due_hours) - pd.Timestamp(day, tz=TIMEZONE)).dt.total_seconds()
    timed = pd.DataFrame({"building_id": leads["building_id"], "s": after}).dropna()
    return {str(b): tuple(sorted(int(s) for s in group)) for b, group in timed.groupby("building_id")["s"]}
