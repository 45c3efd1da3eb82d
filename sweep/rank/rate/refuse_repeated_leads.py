"""Check for repeated leads of one event that have no event id."""

from datetime import datetime

import pandas as pd

from geodata.clock_times import DAY_S
from geodata.errors import InputError, Issue
from geodata.schema import TIMEZONE


def refuse_repeats(leads: pd.DataFrame, now: datetime, horizon_days: float) -> None:
    """
    Raise InputError if leads without event ids repeat too often for tests of clusters.

    With two leads for each event, the scan finds a cluster in 97 of 100 cities without any. Leads without an event id
    that share building, type and day count as one event; only reported leads with a building, at most `horizon_days`
    old, are counted.

    Raises
    ------
    InputError
        S401 if there are more than 1.1 leads without an event id for each such event.
    """
    age_days = (pd.Timestamp(now) - leads["received_at"]).dt.total_seconds() / DAY_S
    lone = leads[
        (leads["lead_source"] == "reported")
        & leads["building_id"].notna()
        & leads["event_id"].isna()
        & age_days.between(0, horizon_days)
    ]
    day = lone["received_at"].dt.tz_convert(TIMEZONE).dt.date
    n_events = len(lone.assign(day=day).drop_duplicates(["building_id", "lead_type", "day"]))
    # Chance coincidences of building, type and day stay below this ratio.
    if len(lone) > 1.1 * n_events:
        raise InputError([Issue("S401", "leads.event_id", {"n": len(lone), "events": n_events})])
