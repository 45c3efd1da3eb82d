"""Legal grounds of the day's visits (approvals, hours, form), and facts from earlier visits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from sweep.scenario.inspection_hours import Hours
from sweep.scenario.law_settings import Codes, Form, Law


@dataclass(frozen=True, slots=True)
class Grounds:
    """Settings of the scenario that decide whether a visit is lawful; the defaults restrict only the hours."""

    law: Law = field(default_factory=Law)
    """Approvals, certificates and lists of special inspections."""
    hours: Hours = field(default_factory=Hours)
    """Working hours, in which visits may start, and days off."""
    form: Form = field(default_factory=Form)
    """Items that the check form may ask (C32)."""
    codes: Codes = field(default_factory=Codes)
    """Inspection codes, limits on inspections over all authorities, and annual plans (C33 to C35)."""
    off: frozenset[str] = frozenset()
    """Ids of the rules that the scenario switches off."""


@dataclass(frozen=True, slots=True)
class PastFacts:
    """Facts from earlier visits and leads on which the visits of a day depend."""

    keep_apart: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Pairs of officers who made the building's last visit together, by building id (C28)."""
    n_inspections: Mapping[tuple[str, str], int] = field(default_factory=lambda: MappingProxyType({}))
    """Number of inspections of a firm this year before the day, by (authority, uscc)."""
    n_due: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Number of leads that fall due on the day, by building id (C22)."""
    due_s: Mapping[str, tuple[int, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Due times of leads that have one, seconds after midnight, by building id."""
