"""The tables that selection reads, and what the past in them forbids: the yearly cap (C06), rest and pairs (C28)."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from typing import Any

import pandas as pd

from geodata.schema import TIMEZONE
from sweep.records.buildings import Building
from sweep.records.people import MARKET_REGULATION, POLICE
from sweep.records.pins import Pin
from sweep.records.visits import Recheck
from sweep.scenario.select import Select
from sweep.select.target_firms import active_firms


@dataclass(slots=True)
class Memory:
    """What is worked out of the same tables and settings, by what else it depends on; nobody changes what is kept."""

    kept: dict[Hashable, Any] = field(default_factory=dict)

    def of[T](self, make: Callable[[], T], *key: Hashable) -> T:
        """What `make` gives, made once for a key."""
        if key not in self.kept:
            self.kept[key] = make()
        found: T = self.kept[key]
        return found


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables that selection reads."""

    buildings: Mapping[str, Building]
    firms: pd.DataFrame
    leads: pd.DataFrame
    history: pd.DataFrame
    ranking: pd.DataFrame
    rechecks: tuple[Recheck, ...] = ()
    """Open items that are due (C27)."""
    withheld: frozenset[str] = frozenset()
    """Buildings under investigation, by id: no joint visit goes there (C26)."""
    nobody_may_visit: Mapping[str, str] = field(default_factory=dict)
    """Why too few on duty may inspect there, by building id: they are not drawn from (C09)."""
    pins: tuple[Pin, ...] = ()
    """What planners have settled: nobody goes where they say never, nor is it drawn from."""
    n_elsewhere: int = 0
    """Firms that lists and draws of other days take of the share of the register (C08)."""
    memory: Memory = field(default_factory=Memory)
    """For offers of other days or tracks of the same buildings, firms, leads and history."""

    @property
    def active(self) -> pd.DataFrame:
        """The active firms."""
        return self.memory.of(lambda: active_firms(self.firms), "active")

    def of_past[T](self, work: Callable[[pd.DataFrame, date], T], day: date) -> T:
        """What a function finds in the history before a day."""
        return self.memory.of(lambda: work(self.history, day), work, self._n_past(day))

    def inspections(self, day: date, select: Select) -> dict[tuple[str, str], int]:
        """As `inspections_this_year`."""
        key = ("inspections", day.year, self._n_past(day))
        return self.memory.of(lambda: inspections_this_year(self.history, day, select.cap_exempt), *key)

    def capped(self, day: date, select: Select) -> frozenset[str]:
        """As `capped_firms`, by either authority."""
        counts = self.inspections(day, select)
        key = ("capped", day.year, self._n_past(day))
        both = [POLICE, MARKET_REGULATION]
        return self.memory.of(lambda: capped_firms(self.active, counts, select.annual_cap, both), *key)

    def _n_past(self, day: date) -> int:
        """Rows of the history before a day: where they are as many on two days, they are the same."""
        before = pd.Timestamp(day, tz=TIMEZONE)
        return self.memory.of(lambda: int((self.history["visited_on"] < before).sum()), "past", day)


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
