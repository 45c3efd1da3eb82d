"""What past visits forbid: the yearly cap by firm and authority (C06), the rest between two visits (C28)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date

import pandas as pd

from geodata.schema import TIMEZONE


def inspections_this_year(history: pd.DataFrame, day: date) -> dict[tuple[str, str], int]:
    """
    Inspections by (authority, uscc) in the day's calendar year, before the day.

    Taking stock is no inspection and does not count, nor does a police investigation; nor a case visit, which the
    cap exempts.
    """
    start, end = pd.Timestamp(day.year, 1, 1, tz=TIMEZONE), pd.Timestamp(day, tz=TIMEZONE)
    counted = history[
        history["uscc"].notna()
        & ~history["track"].isin(["stocktake", "case", "investigation"])
        & (history["visited_on"] >= start)
        & (history["visited_on"] < end)
    ]
    return dict(Counter(zip(counted["authority"], counted["uscc"], strict=True)))


def capped_firms(
    firms: pd.DataFrame, n_inspections: Mapping[tuple[str, str], int], cap: Mapping[str, int], authorities: list[str]
) -> frozenset[str]:
    """
    Firms that at least one of the authorities has inspected as often as their credit class allows.

    A firm with no class, or one that `cap` does not name, has the lowest cap; a cap of 0 forbids the first inspection.
    """
    most: dict[str, int] = defaultdict(int)
    for (authority, uscc), n in n_inspections.items():
        if authority in authorities:
            most[uscc] = max(most[uscc], n)
    limits = firms["credit_class"].map(dict(cap)).fillna(min(cap.values()))
    return frozenset(uscc for uscc, limit in zip(firms["uscc"], limits, strict=True) if most[uscc] >= limit)


def last_visits(history: pd.DataFrame, day: date) -> dict[str, pd.Timestamp]:
    """The last visit before the day by building id; one without access counts, for it disturbed too."""
    past = history[history["visited_on"] < pd.Timestamp(day, tz=TIMEZONE)]
    return {str(b): t for b, t in past.groupby("building_id")["visited_on"].max().items()}
