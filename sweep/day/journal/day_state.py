"""Records of the state of a day: teams, stops with their attempts, form answers, messages."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from sweep.records.plan import Stop


@dataclass(frozen=True, slots=True)
class TeamState:
    """State of a team by its own reports, which are the only source of its position."""

    team_id: str
    state: str = "standing_by"
    """`standing_by`, `left` (en route), `arrived`, `inside`, `done` (between stops), `held`, `home`."""
    visit_id: str | None = None
    since_s: int = 0
    until_s: int | None = None
    """End of the delay; None if the team is not delayed."""
    last_sign_s: int | None = None
    """Time of the team's last report; None before the first."""
    last_step: tuple[str, str | None, int] = ("standing_by", None, 0)
    """State, visit and time of the last report other than `held`, restored when a delay is withdrawn."""
    released_s: int = -1
    """Time of the last withdrawal of a delay; earlier reports of a delay are ignored."""


@dataclass(frozen=True, slots=True)
class StopState:
    """Times and results that one team has reported for one stop."""

    team_id: str
    visit_id: str
    left_s: int | None = None
    arrived_s: int | None = None
    inside_s: int | None = None
    done_s: int | None = None
    outcome: str | None = None
    """Reported end of the stop: `done`, `locked` or `refused`; None before it."""
    outcome_n: int = field(default=0, compare=False)
    """Sequence number of the journal entry that reported the outcome."""
    n_found: int = 0
    """Reported finds minus withdrawn ones; below 0 while the report of a withdrawn find has not yet arrived."""
    note: str = ""
    note_s: int | None = None
    """Time at which the note was typed."""


@dataclass(frozen=True, slots=True)
class FormRow:
    """Row of a team's check form: the answers for one firm or unit."""

    team_id: str
    visit_id: str
    row: str
    unit: str
    answers: Mapping[str, str]
    at_s: int = 0
    """Time of the last change."""
    typed_s: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Time at which each answer was typed, by item."""


@dataclass(frozen=True, slots=True)
class Message:
    """Message between the desk and the teams."""

    id: str
    at_s: int
    author: str
    to: str
    team_id: str | None
    text: str
    is_read: bool = False


@dataclass(frozen=True, slots=True)
class NewLead:
    """Lead that the desk logged during the day."""

    lead_id: str
    at_s: int
    lead_type: str
    building_id: str


@dataclass(frozen=True, slots=True)
class DayState:
    """State of the day after the first `n` journal entries."""

    n: int = 0
    plan_id: str | None = None
    is_exercise: bool = True
    teams: Mapping[str, TeamState] = field(default_factory=lambda: MappingProxyType({}))
    stops: Mapping[tuple[str, str], StopState] = field(default_factory=lambda: MappingProxyType({}))
    """Reports on each stop, by (team id, visit id)."""
    rows: Mapping[tuple[str, str, str, str], FormRow] = field(default_factory=lambda: MappingProxyType({}))
    """Form rows by (team id, visit id, row, phone); phone is "" for listed firms, as phones number unlisted units."""
    messages: Mapping[str, Message] = field(default_factory=lambda: MappingProxyType({}))
    events: tuple[tuple[int, Mapping[str, Any]], ...] = ()
    """Sequence number of the journal entry, and the event in the form of events.json."""
    leads: Mapping[str, NewLead] = field(default_factory=lambda: MappingProxyType({}))
    answered_n: int = 0
    """Sequence number of the last journal entry whose event the current plan takes into account."""
    accepted: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Number of result rows accepted from the phones, by plan id."""
    begun_s: int = 0
    """Start of the real day after an exercise; 0 without an exercise before."""


def is_of_earlier_try(stop: Stop, known: StopState, answered_n: int) -> bool:
    """
    Whether a team's reports on a visit belong to an earlier attempt, and not to the stop that the plan has now.

    Parameters
    ----------
    answered_n
        Sequence number of the last entry that the plan takes into account, such as the locked door of the attempt.
    """
    was_shut = known.outcome in ("locked", "refused") and known.outcome_n <= answered_n
    return was_shut and not stop.is_attempt and stop.start_s > (known.done_s or 0)


def reported_of(stop: Stop, team_id: str, state: DayState) -> StopState:
    """Return a team's reports on a stop of the plan, without the reports on earlier attempts."""
    known = state.stops.get((team_id, stop.visit_id))
    if known is None or is_of_earlier_try(stop, known, state.answered_n):
        return StopState(team_id, stop.visit_id)
    # A team that is en route again has not arrived yet.
    arrived, inside = (
        s if s is not None and s >= (known.left_s or 0) else None for s in (known.arrived_s, known.inside_s)
    )
    return replace(known, arrived_s=arrived, inside_s=inside)
