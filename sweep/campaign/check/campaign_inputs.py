"""Inputs from which the checker judges a campaign: tables, settings of campaign.toml, and the campaign record."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sweep.campaign.campaign_settings import Campaign
from sweep.campaign.model.duty_roster import DutyRow
from sweep.campaign.records import CampaignRecord, DayPart, TeamPart, VisitPart
from sweep.records.buildings import Lead, PastVisit
from sweep.records.people import Person
from sweep.records.pins import Pin
from sweep.records.visits import Recheck
from sweep.scenario.checker_settings import CheckSettings

type Shift = tuple[int, int]


@dataclass(frozen=True, slots=True)
class CampaignInputs:
    """Inputs from which the checker judges all days of a campaign together."""

    record: CampaignRecord
    before: CampaignRecord | None
    """The record that this one replaces, if available."""
    campaign: Campaign
    settings: CheckSettings
    persons: Mapping[str, Person]
    duty: tuple[DutyRow, ...]
    """Rows of the duty table; a person without rows has the roster's shift."""
    credit_class: Mapping[str, str]
    """Credit class of active firms by uscc; firms without a class are missing."""
    facts: Mapping[str, Mapping[str, Collection[str]]]
    """Values that promises refer to, by building id and then column; every building has an entry."""
    past: tuple[PastVisit, ...] = ()
    """Visits before the planning day."""
    other_inspections: tuple[tuple[str, date], ...] = ()
    """Firm (uscc) and day of each inspection by another authority (C33)."""
    looks: Mapping[str, date] = field(default_factory=dict)
    """Day of the last visit with entry before the planning day, by building id."""
    unreported: Mapping[str, date] = field(default_factory=dict)
    """Day of the last planned visit before the planning day without a result, by building id."""
    leads: Mapping[str, Lead] = field(default_factory=dict)
    """Leads received before the planning day, by lead id."""
    rechecks: tuple[Recheck, ...] = ()
    withheld: Mapping[date, Collection[str]] = field(default_factory=dict)
    """Buildings that get no visit on each day of the window, by id: under investigation (C26), or far from streets."""
    dwellings: frozenset[str] = frozenset()
    """Active firms in a dwelling or a mixed unit, by uscc (C15)."""
    n_register: int = 0
    """Number of active firms in the register."""
    pins: tuple[Pin, ...] = ()
    sent: Mapping[date, Collection[str]] = field(default_factory=dict)
    """Ids of the team members of published editions for days before the window, by day."""


def visits(inputs: CampaignInputs) -> Iterator[tuple[DayPart, VisitPart]]:
    """Yield every planned visit with its day, in order of days."""
    for day in sorted(inputs.record.days, key=lambda d: d.day):
        for visit in day.visits:
            yield day, visit


def teams_of(day: DayPart, visit_id: str) -> list[TeamPart]:
    """Return the teams of a day that make the visit with this id."""
    return [t for t in day.teams if any(s.visit_id == visit_id for s in t.stops)]


def duty_by_person(inputs: CampaignInputs) -> dict[str, list[DutyRow]]:
    """Return the rows of the duty table by person id."""
    rows_by_person: dict[str, list[DutyRow]] = {}
    for row in inputs.duty:
        rows_by_person.setdefault(row.person_id, []).append(row)
    return rows_by_person


def shift_on(inputs: CampaignInputs, rows: Sequence[DutyRow], person_id: str, day: date) -> Shift | None:
    """
    Return a person's shift on a day, seconds after midnight; None if off duty.

    `rows`: the person's rows of the duty table. The row of the day decides, else the row of its weekday. Without
    both, a person with a shift in any other row is off duty; any other person has the shift of the roster.
    """
    own = [r for r in rows if r.day == day] or [r for r in rows if r.weekday == day.weekday()]
    if own:
        return own[0].shift_s
    is_off = any(r.shift_s is not None for r in rows)
    return None if is_off or person_id not in inputs.persons else inputs.persons[person_id].shift_s
