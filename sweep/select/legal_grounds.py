"""Legal grounds of the day's visits: approvals, hours, form."""

from dataclasses import dataclass, field

from sweep.scenario.inspection_hours import Hours
from sweep.scenario.law_and_form_settings import Codes, Form, Law


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
