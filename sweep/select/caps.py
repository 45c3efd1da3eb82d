"""What past visits forbid: the yearly cap by firm and authority (C06), the rest between two visits (C28)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from itertools import combinations

import pandas as pd

from geodata.schema import TIMEZONE


def inspections_this_year(history: pd.DataFrame, day: date, exempt: Collection[str] = ()) -> dict[tuple[str, str], int]:
    """
    Inspections by (authority, uscc) in the day's calendar year, before the day.

    Taking stock is no inspection and does not count, nor does a police investigation; nor a case visit, which the
    cap exempts, or one on a ground in `exempt`.
    """
    counted = _this_year(history, day)
    counted = counted[
        ~counted["track"].isin(["stocktake", "case", "investigation"]) & ~counted["ground"].isin(list(exempt))
    ]
    return dict(Counter(zip(counted["authority"], counted["uscc"], strict=True)))


def case_inspections_this_year(history: pd.DataFrame, day: date) -> dict[tuple[str, str], int]:
    """Lead-driven inspections by (authority, uscc) in the day's year, before the day; no lead sends re-checks."""
    counted = _this_year(history, day)
    counted = counted[counted["track"].eq("case") & ~counted["ground"].isin(["recheck"])]
    return dict(Counter(zip(counted["authority"], counted["uscc"], strict=True)))


def _this_year(history: pd.DataFrame, day: date) -> pd.DataFrame:
    start, end = pd.Timestamp(day.year, 1, 1, tz=TIMEZONE), pd.Timestamp(day, tz=TIMEZONE)
    return history[history["uscc"].notna() & (history["visited_on"] >= start) & (history["visited_on"] < end)]


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


def last_answers(history: pd.DataFrame, day: date) -> dict[str, pd.Timestamp]:
    """The last visit that can have answered leads: one that looked at a firm again did not go for them (C27)."""
    return last_visits(history[~history["ground"].isin(["recheck"])], day)


def last_pairs(history: pd.DataFrame, day: date) -> dict[str, tuple[tuple[str, str], ...]]:
    """Pairs of officers of one authority who made the last visit before the day together, by building id (C28)."""
    past = history[history["visited_on"] < pd.Timestamp(day, tz=TIMEZONE)]
    on = past["visited_on"].dt.normalize()
    latest = past[on.eq(on.groupby(past["building_id"]).transform("max")) & past["officers"].notna()]
    pairs: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for building_id, officers in zip(latest["building_id"], latest["officers"], strict=True):
        people = sorted({i.strip() for i in str(officers).split(";") if i.strip()})
        pairs[str(building_id)].update(combinations(people, 2))
    return {b: tuple(sorted(p)) for b, p in pairs.items()}
