"""Records of the state of a day: team positions, stops with each attempt, form answers, messages."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from sweep.records.plan import Stop


@dataclass(frozen=True, slots=True)
class TeamState:
    """State of a team by its own reports, the only source of its position."""

    team_id: str
    state: str = "standing_by"
    """`standing_by`, `left` (en route), `arrived`, `inside`, `done` (between stops), `held`, `home`."""
    visit_id: str | None = None
    """Visit to which the state refers; None at the base."""
    since_s: int = 0
    """Time of the report that gave the state."""
    until_s: int | None = None
    """End of the delay; None without one."""
    last_report_s: int | None = None
    """Time of the last report."""
    last_step: tuple[str, str | None, int] = ("standing_by", None, 0)
    """State, visit and time of the last report other than `held`, restored when a delay is withdrawn."""
    released_s: int = -1
    """Time of the last withdrawal of a delay; earlier reports of a delay are ignored."""


@dataclass(frozen=True, slots=True)
class StopState:
    """State of a stop as its team reported it: times of departure to it, arrival, entry and end (None: no report)."""

    team_id: str
    visit_id: str
    left_s: int | None = None
    arrived_s: int | None = None
    inside_s: int | None = None
    done_s: int | None = None
    outcome: str | None = None
    """`done`, `locked` or `refused`; None while the stop is not finished."""
    outcome_n: int = field(default=0, compare=False)
    """Sequence number of the entry of the outcome."""
    n_found: int = 0
    """Finds minus corrections; below 0 while a withdrawn find has not yet arrived."""
    note: str = ""
    """Last note of the team on the stop."""
    note_s: int | None = None
    """Time at which the note was typed."""


@dataclass(frozen=True, slots=True)
class FormRow:
    """Row of a stop's check form with its latest answers, for one firm or room."""

    team_id: str
    visit_id: str
    row: str
    """Credit code (uscc) of a listed firm, or `+` and a number for a firm or room not on the list."""
    unit: str
    """Name of the firm or room; may be empty."""
    answers: Mapping[str, str]
    """Answers by column of the results table."""
    at_s: int = 0
    """Time of the last change."""
    typed_s: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Time of each answer, by column."""


@dataclass(frozen=True, slots=True)
class Message:
    """Message between the desk and the teams, sent at `at_s` by `author` (pseudonym or team id)."""

    id: str
    at_s: int
    author: str
    to: str
    """Recipient: a team id, `desk` or `all`."""
    team_id: str | None
    """Team that sent the message; None: the desk."""
    text: str
    is_read: bool = False


@dataclass(frozen=True, slots=True)
class NewLead:
    """Lead received during the day, at `at_s`."""

    lead_id: str
    at_s: int
    lead_type: str
    building_id: str


@dataclass(frozen=True, slots=True)
class DayState:
    """State of the day that follows from the first `n` journal entries: teams, stops, forms, messages, leads."""

    n: int = 0
    plan_id: str | None = None
    """Plan in force; None before the first."""
    is_exercise: bool = True
    """Whether the entries are those of an exercise, not of the real day."""
    teams: Mapping[str, TeamState] = field(default_factory=lambda: MappingProxyType({}))
    """States by team id."""
    stops: Mapping[tuple[str, str], StopState] = field(default_factory=lambda: MappingProxyType({}))
    """States by (team id, visit id)."""
    rows: Mapping[tuple[str, str, str, str], FormRow] = field(default_factory=lambda: MappingProxyType({}))
    """Rows by (team id, visit id, row, phone): each phone numbers unlisted firms; phone is "" for listed ones."""
    messages: Mapping[str, Message] = field(default_factory=lambda: MappingProxyType({}))
    """Messages by id."""
    events: tuple[tuple[int, Mapping[str, Any]], ...] = ()
    """Sequence number of the entry, and the event in the form of events.json."""
    leads: Mapping[str, NewLead] = field(default_factory=lambda: MappingProxyType({}))
    """Leads received on the day, by id."""
    answered_n: int = 0
    """Number of the last entry whose events the plan in force takes into account."""
    accepted: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Number of result rows accepted into the ledger, by plan id."""
    begun_s: int = 0
    """Start of the real day after an exercise; 0 without an exercise before."""


def is_of_earlier_try(stop: Stop, known: StopState, answered_n: int) -> bool:
    """
    Return whether a team's reports `known` on a visit belong to an earlier failed attempt, not to the planned `stop`.

    Parameters
    ----------
    answered_n
        Number of the last journal entry that the plan takes into account. A locked door or refusal in a later entry
        belongs to the `stop`.
    """
    was_shut = known.outcome in ("locked", "refused") and known.outcome_n <= answered_n
    return was_shut and not stop.is_attempt and stop.start_s > (known.done_s or 0)


def reported_of(stop: Stop, team_id: str, state: DayState) -> StopState:
    """Return a team's reports on a stop of the plan, without those of earlier attempts at a locked door."""
    known = state.stops.get((team_id, stop.visit_id))
    if known is None or is_of_earlier_try(stop, known, state.answered_n):
        return StopState(team_id, stop.visit_id)
    # A team that is en route again has not arrived yet.
    arrived, inside = (
        s if s is not None and s >= (known.left_s or 0) else None for s in (known.arrived_s, known.inside_s)
    )
    return replace(known, arrived_s=arrived, inside_s=inside)
