"""Input tables of selection, and limits that follow from the history: yearly cap (C06), rest, officer pairs (C28)."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from typing import Any

import pandas as pd

from geodata.schema import OTHER_INSPECTIONS, TIMEZONE, no_rows
from sweep.records.buildings import Building
from sweep.records.people import MARKET_REGULATION, POLICE
from sweep.records.pins import Pin
from sweep.records.visits import Recheck
from sweep.scenario.selection_settings import Select
from sweep.select.frequency_limits import busy_firms
from sweep.select.legal_grounds import Grounds
from sweep.select.target_firms import active_firms


@dataclass(slots=True)
class SelectionCache:
    """Cache of values derived from one set of tables and settings; callers must not change cached values."""

    kept: dict[Hashable, Any] = field(default_factory=dict)
    """Values by the key that `of` got."""

    def of[T](self, make: Callable[[], T], *key: Hashable) -> T:
        """Return the result of `make`, computed once for each `key`."""
        if key not in self.kept:
            self.kept[key] = make()
        found: T = self.kept[key]
        return found


@dataclass(frozen=True, slots=True)
class Tables:
    """Input tables of selection: buildings, firms, leads, past visits and ranking; due re-checks and pins."""

    buildings: Mapping[str, Building]
    """Buildings by id."""
    firms: pd.DataFrame
    """Firms with their `building_id`, NA if unmatched."""
    leads: pd.DataFrame
    """Leads with their `building_id`, NA if unmatched."""
    history: pd.DataFrame
    """Past visits."""
    ranking: pd.DataFrame
    """`building_id` and `value` (expected finds) of each building, best first."""
    rechecks: tuple[Recheck, ...] = ()
    """Open re-check items that are due (C27)."""
    withheld: frozenset[str] = frozenset()
    """Ids of buildings excluded from joint visits: under investigation (C26), or too far from every street."""
    too_few_officers: Mapping[str, str] = field(default_factory=dict)
    """Reason by id of each building with too few eligible officers; excluded from the draw (C09)."""
    pins: tuple[Pin, ...] = ()
    """Pins of the planner; a building with the pin `never` is neither visited nor drawn."""
    others: pd.DataFrame = field(default_factory=lambda: no_rows(OTHER_INSPECTIONS))
    """Inspections by other authorities, `geodata.schema.OTHER_INSPECTIONS` (C33)."""
    n_elsewhere: int = 0
    """Number of firms of other special inspections and draws in the window; reduces the draw of this day (C08)."""
    memory: SelectionCache = field(default_factory=SelectionCache)
    """Cache, shared between days and tracks with the same buildings, firms, leads and history."""

    @property
    def active(self) -> pd.DataFrame:
        """Return the active firms (`active_firms`), cached."""
        return self.memory.of(lambda: active_firms(self.firms), "active")

    def of_past[T](self, work: Callable[[pd.DataFrame, date], T], day: date) -> T:
        """Return `work(history, day)`, cached; the result may depend only on history rows before the day."""
        return self.memory.of(lambda: work(self.history, day), work, self._n_past(day))

    def inspections(self, day: date, select: Select) -> dict[tuple[str, str], int]:
        """Return `inspections_this_year` of a day, cached: inspections in its calendar year by (authority, uscc)."""
        key = ("inspections", day.year, self._n_past(day))
        return self.memory.of(lambda: inspections_this_year(self.history, day, select.cap_exempt), *key)

    def capped(self, day: date, select: Select) -> frozenset[str]:
        """Return the firms at their yearly cap for either authority (`capped_firms`), cached."""
        counts = self.inspections(day, select)
        key = ("capped", day.year, self._n_past(day))
        both = [POLICE, MARKET_REGULATION]
        return self.memory.of(lambda: capped_firms(self.active, counts, select.annual_cap, both), *key)

    def barred(self, day: date, select: Select, grounds: Grounds) -> frozenset[str]:
        """Return the uscc of each firm at a cap of its class (C06), or at a limit over all authorities (C33)."""
        return self.capped(day, select) | self.busy(day, grounds)

    def busy(self, day: date, grounds: Grounds) -> frozenset[str]:
        """Return the firms at a limit of a day, week or month over all authorities (`busy_firms`), cached."""
        if "C33" in grounds.off:
            return frozenset()
        return self.memory.of(
            lambda: busy_firms(self.history, self.others, day, grounds.codes), "busy", day, self._n_past(day)
        )

    def _n_past(self, day: date) -> int:
        """Return the number of past visits before a day; results that depend only on these visits are cached by it."""
        before = pd.Timestamp(day, tz=TIMEZONE)
        return self.memory.of(lambda: int((self.history["visited_on"] < before).sum()), "past", day)


def counted_inspections(history: pd.DataFrame, exempt: Collection[str] = ()) -> pd.DataFrame:
    """
    Return the rows of the history that count towards a firm's yearly cap (C06).

    Not counted: stocktaking, police investigations, case visits, and inspections on a ground in `exempt`.
    """
    is_other = history["track"].isin(["stocktake", "case", "investigation"]) | history["ground"].isin(list(exempt))
    return history[history["uscc"].notna() & ~is_other]


def inspections_this_year(history: pd.DataFrame, day: date, exempt: Collection[str] = ()) -> dict[tuple[str, str], int]:
    """Return the number of `counted_inspections` by (authority, uscc) in the day's calendar year, before the day."""
    counted = _this_year(counted_inspections(history, exempt), day)
    return dict(Counter(zip(counted["authority"], counted["uscc"], strict=True)))


def case_inspections_this_year(history: pd.DataFrame, day: date) -> dict[tuple[str, str], int]:
    """Return the number of case visits by (authority, uscc) in the calendar year, before the day, without re-checks."""
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
    Return the firms that at least one authority has inspected as often as their credit class allows.

    A firm without class, or with one not in `cap`, has the lowest cap; a cap of 0 forbids the first inspection.

    `n_inspections`: this year, by (authority, uscc); `cap`: largest number by credit class.
    """
    most: dict[str, int] = defaultdict(int)
    for (authority, uscc), n in n_inspections.items():
        if authority in authorities:
            most[uscc] = max(most[uscc], n)
    limits = firms["credit_class"].map(dict(cap)).fillna(min(cap.values()))
    return frozenset(uscc for uscc, limit in zip(firms["uscc"], limits, strict=True) if most[uscc] >= limit)


def last_visits(history: pd.DataFrame, day: date) -> dict[str, pd.Timestamp]:
    """Return the time of each building's last visit before the day, by id; visits without access count too."""
    past = history[history["visited_on"] < pd.Timestamp(day, tz=TIMEZONE)]
    return {str(b): t for b, t in past.groupby("building_id")["visited_on"].max().items()}


def last_answers(history: pd.DataFrame, day: date) -> dict[str, pd.Timestamp]:
    """
    Return the time of each building's last visit before `day` other than a re-check, by building id.

    Such a visit may have answered leads; a re-check does not (C27). Buildings without such a visit are missing.
    """
    return last_visits(history[~history["ground"].isin(["recheck"])], day)


def last_pairs(history: pd.DataFrame, day: date) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return, by building id, the pairs of officers of one authority on its last visit before the day (C28)."""
    past = history[history["visited_on"] < pd.Timestamp(day, tz=TIMEZONE)]
    on = past["visited_on"].dt.normalize()
    latest = past[on.eq(on.groupby(past["building_id"]).transform("max")) & past["officers"].notna()]
    pairs: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for building_id, officers in zip(latest["building_id"], latest["officers"], strict=True):
        people = sorted({i.strip() for i in str(officers).split(";") if i.strip()})
        pairs[str(building_id)].update(combinations(people, 2))
    return {b: tuple(sorted(p)) for b, p in pairs.items()}
