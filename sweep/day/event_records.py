"""Records of events after the orders are released. The planner and the verifier interpret them independently."""

from dataclasses import dataclass

from sweep.records.visits import Visit

# Seconds at a locked door: photograph, notice, call to the property company.
AT_LOCKED_DOOR_S = 300


@dataclass(frozen=True, slots=True)
class Delayed:
    """A team is delayed on site until `until_s`, usually because of a find."""

    at_s: int
    """Time at which the event became known."""
    team_id: str
    until_s: int


@dataclass(frozen=True, slots=True)
class OffDuty:
    """A person goes off duty; visits that their team has begun continue."""

    at_s: int
    """Time at which the event became known."""
    person_id: str


@dataclass(frozen=True, slots=True)
class RoadClosed:
    """The road between two places takes `travel_s` from now on, in both directions; None means that it is closed."""

    at_s: int
    """Time at which the event became known."""
    from_id: str
    to_id: str
    travel_s: int | None


@dataclass(frozen=True, slots=True)
class Urgent:
    """A visit is added that was not among the visits of the morning."""

    at_s: int
    """Time at which the event became known."""
    visit: Visit


@dataclass(frozen=True, slots=True)
class DoorLocked:
    """The building of a visit is locked until `until_s`; None means for the rest of the day."""

    at_s: int
    """Time at which the event became known."""
    visit_id: str
    until_s: int | None


@dataclass(frozen=True, slots=True)
class VisitBegun:
    """A team has begun a visit before its planned time, or a visit planned for another team."""

    at_s: int
    """Time at which the event became known; the visit began then or before."""
    team_id: str
    visit_id: str


type Event = Delayed | OffDuty | RoadClosed | Urgent | DoorLocked | VisitBegun


@dataclass(frozen=True, slots=True)
class DayLog:
    """Event log of a re-planned day, stored in its plan.json."""

    at_s: int
    """Time of the last re-plan."""
    events: tuple[Event, ...]
    """All events of the day, those of earlier re-plans first."""
    before_sha256: str
    """SHA-256 of the plan.json that the re-plan replaced."""
