"""Firms inspected so often in a day, week or month, over all authorities, that no further inspection is due (C33)."""

from collections import Counter
from datetime import date, timedelta

import pandas as pd

from geodata.schema import TIMEZONE
from sweep.scenario.law_settings import Codes

# Tracks on which a visit inspects no firm.
_WITHOUT_INSPECTION = ("stocktake", "investigation")


def busy_firms(history: pd.DataFrame, others: pd.DataFrame, day: date, codes: Codes) -> frozenset[str]:
    """
    Return the firms for which one more inspection on the day would exceed a limit of a day, week or month.

    Parameters
    ----------
    history
        Past visits; those of one firm and day are one joint inspection.
    others
        Inspections by other authorities, `geodata.schema.OTHER_INSPECTIONS`; also those scheduled after the day.
    """
    start = pd.Timestamp(day, tz=TIMEZONE)
    own = history[history["uscc"].notna() & (history["visited_on"] < start)]
    own = own[~own["track"].isin(_WITHOUT_INSPECTION)]
    monday = day - timedelta(days=day.weekday())
    own_days = set(zip(own["uscc"], own["visited_on"].dt.date, strict=True))
    all_days = [*own_days, *zip(others["uscc"], others["visited_on"].dt.date, strict=True)]
    limits = (
        (codes.day_max, lambda d: d == day),
        (codes.week_max, lambda d: monday <= d < monday + timedelta(days=7)),
        (codes.month_max, lambda d: (d.year, d.month) == (day.year, day.month)),
    )
    return frozenset(
        uscc
        for most, is_in in limits
        for uscc, n in Counter(u for u, d in all_days if is_in(d)).items()
        if n + 1 > most
    )
