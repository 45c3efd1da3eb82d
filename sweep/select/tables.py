"""The tables that selection reads, and what it works out of them for many days and tracks."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from geodata.schema import TIMEZONE
from sweep.records.people import MARKET_REGULATION, POLICE
from sweep.records.pins import Pin
from sweep.records.places import Building
from sweep.records.visits import Recheck
from sweep.scenario.select import Select
from sweep.select.caps import capped_firms, inspections_this_year, last_answers, last_pairs, last_visits
from sweep.select.targets import active_firms


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

    def last_visits(self, day: date) -> dict[str, pd.Timestamp]:
        """As `caps.last_visits`."""
        return self.memory.of(lambda: last_visits(self.history, day), "visits", self._n_past(day))

    def last_answers(self, day: date) -> dict[str, pd.Timestamp]:
        """As `caps.last_answers`."""
        return self.memory.of(lambda: last_answers(self.history, day), "looks", self._n_past(day))

    def last_pairs(self, day: date) -> dict[str, tuple[tuple[str, str], ...]]:
        """As `caps.last_pairs`."""
        return self.memory.of(lambda: last_pairs(self.history, day), "pairs", self._n_past(day))

    def inspections(self, day: date, select: Select) -> dict[tuple[str, str], int]:
        """As `caps.inspections_this_year`."""
        key = ("inspections", day.year, self._n_past(day))
        return self.memory.of(lambda: inspections_this_year(self.history, day, select.cap_exempt), *key)

    def capped(self, day: date, select: Select) -> frozenset[str]:
        """As `caps.capped_firms`, by either authority."""
        counts = self.inspections(day, select)
        key = ("capped", day.year, self._n_past(day))
        both = [POLICE, MARKET_REGULATION]
        return self.memory.of(lambda: capped_firms(self.active, counts, select.annual_cap, both), *key)

    def _n_past(self, day: date) -> int:
        """Rows of the history before a day: where they are as many on two days, they are the same."""
        before = pd.Timestamp(day, tz=TIMEZONE)
        return self.memory.of(lambda: int((self.history["visited_on"] < before).sum()), "past", day)
