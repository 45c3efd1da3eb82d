"""State of a day: where each team says it is, what was done at each stop and each try, what was filled in and said."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from sweep.records.plan import Stop


@dataclass(frozen=True, slots=True)
class TeamState:
    """A team as its own reports have it; nobody's place is known but from them."""

    team_id: str
    state: str = "standing_by"
    """`standing_by`, `left` (on the way), `arrived`, `inside`, `done` (between two stops), `held`, `home`."""
    visit_id: str | None = None
    since_s: int = 0
    until_s: int | None = None
    """Held until."""
    last_sign_s: int | None = None
    """When it was heard of last."""
    last_step: tuple[str, str | None, int] = ("standing_by", None, 0)
    """State, visit and time of its last report other than `held`: what holds once that is taken back."""
    released_s: int = -1
    """When the team last took back that it was held; no earlier report of it counts."""


@dataclass(frozen=True, slots=True)
class StopState:
    """One team's stop as it was."""

    team_id: str
    visit_id: str
    left_s: int | None = None
    arrived_s: int | None = None
    inside_s: int | None = None
    done_s: int | None = None
    outcome: str | None = None
    """`done`, `locked`, `refused`."""
    outcome_n: int = field(default=0, compare=False)
    """Number of the entry that says so."""
    n_found: int = 0
    """Finds less corrections; below 0 while a find that was taken back is still to come."""
    note: str = ""
    note_s: int | None = None
    """When the note was typed."""


@dataclass(frozen=True, slots=True)
class FormRow:
    """Answers for one firm or unit."""

    team_id: str
    visit_id: str
    row: str
    unit: str
    answers: Mapping[str, str]
    at_s: int = 0
    """When it was typed last."""
    typed_s: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """When each answer was."""


@dataclass(frozen=True, slots=True)
class Message:
    """Something said between the desk and the teams."""

    id: str
    at_s: int
    author: str
    to: str
    team_id: str | None
    text: str
    is_read: bool = False


@dataclass(frozen=True, slots=True)
class NewLead:
    """A lead that came in while the day goes on."""

    lead_id: str
    at_s: int
    lead_type: str
    building_id: str


@dataclass(frozen=True, slots=True)
class DayState:
    """Everything that the entries up to the n-th say."""

    n: int = 0
    plan_id: str | None = None
    is_exercise: bool = True
    teams: Mapping[str, TeamState] = field(default_factory=lambda: MappingProxyType({}))
    stops: Mapping[tuple[str, str], StopState] = field(default_factory=lambda: MappingProxyType({}))
    """Keyed by (team id, visit id)."""
    rows: Mapping[tuple[str, str, str, str], FormRow] = field(default_factory=lambda: MappingProxyType({}))
    """Keyed by (team id, visit id, row, phone): each phone numbers the units beside the list, "" knows the list's."""
    messages: Mapping[str, Message] = field(default_factory=lambda: MappingProxyType({}))
    events: tuple[tuple[int, Mapping[str, Any]], ...] = ()
    """Number of the entry, and the event as events.json has it."""
    leads: Mapping[str, NewLead] = field(default_factory=lambda: MappingProxyType({}))
    answered_n: int = 0
    """The entry up to which the plan answers to what happened."""
    accepted: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Rows of results that went into the ledger, by plan id."""
    begun_s: int = 0
    """When the day began to be run in earnest after an exercise; 0 where nobody played it before."""


def is_of_earlier_try(stop: Stop, known: StopState, answered_n: int) -> bool:
    """
    Whether what a team reported of a visit is of a try before the stop that the plan has there.

    Parameters
    ----------
    answered_n
        The journal's entry up to which the plan answers to what happened: it knows then that the door was locked.
    """
    was_shut = known.outcome in ("locked", "refused") and known.outcome_n <= answered_n
    return was_shut and not stop.is_attempt and stop.start_s > (known.done_s or 0)


def reported_of(stop: Stop, team_id: str, state: DayState) -> StopState:
    """Reports of a team on a stop of the plan, without those of earlier tries."""
    known = state.stops.get((team_id, stop.visit_id))
    if known is None or is_of_earlier_try(stop, known, state.answered_n):
        return StopState(team_id, stop.visit_id)
    # Whoever is on the way once more is not there yet.
    arrived, inside = (
        s if s is not None and s >= (known.left_s or 0) else None for s in (known.arrived_s, known.inside_s)
    )
    return replace(known, arrived_s=arrived, inside_s=inside)
