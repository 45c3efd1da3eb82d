"""On which papers, at which hours and with which form the day's visits may be made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from sweep.scenario.inspection_hours import Hours
from sweep.scenario.law import Form, Law
from sweep.scenario.work_calendar import Spans, windows


@dataclass(frozen=True, slots=True)
class Grounds:
    """The scenario's papers and what the past forbids; with the defaults nothing but the working hours."""

    law: Law = field(default_factory=Law)
    hours: Hours = field(default_factory=Hours)
    form: Form = field(default_factory=Form)
    off: frozenset[str] = frozenset()
    """Rules that the scenario does without."""


@dataclass(frozen=True, slots=True)
class Past:
    """What earlier visits and leads say of a building or a firm."""

    keep_apart: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Pairs of the last visit by building id (C28)."""
    n_inspections: Mapping[tuple[str, str], int] = field(default_factory=lambda: MappingProxyType({}))
    """Inspections of a firm this year before the day, by (authority, uscc)."""
    n_due: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Leads that fall due with the day, by building id (C22)."""
    due_s: Mapping[str, tuple[int, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """When those of them do that are due at an hour, in seconds after midnight, by building id."""


def windows_of(grounds: Grounds, wanted_s: tuple[int, int], day: date | None, track: str) -> Spans:
    """The scenario's window cut to what the track may; the whole of it where no day is given."""
    return (wanted_s,) if day is None else windows(wanted_s, grounds.hours, day, track)
