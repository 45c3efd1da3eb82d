"""Events of the day after the orders are out; the planner and the checker each draw their own conclusions."""

from dataclasses import dataclass

from sweep.records.visits import Visit

# Seconds at a locked door: a photograph, the notice, the word of the property company.
AT_LOCKED_DOOR_S = 300


@dataclass(frozen=True, slots=True)
class Held:
    """A team is busy where it is, at a find as a rule, until then."""

    at_s: int
    team_id: str
    until_s: int


@dataclass(frozen=True, slots=True)
class Ill:
    """A person goes off duty; what their team has started it goes on with."""

    at_s: int
    person_id: str


@dataclass(frozen=True, slots=True)
class Closed:
    """The way between two places takes so long from now on, both directions; None: there is no way left."""

    at_s: int
    from_id: str
    to_id: str
    travel_s: int | None


@dataclass(frozen=True, slots=True)
class Urgent:
    """A visit that was not on offer in the morning."""

    at_s: int
    visit: Visit


@dataclass(frozen=True, slots=True)
class Locked:
    """Nobody gets into the building of a visit: until then, or for the rest of the day (None)."""

    at_s: int
    visit_id: str
    until_s: int | None


@dataclass(frozen=True, slots=True)
class Begun:
    """A team has begun a visit before its planned time, or one that another team has by the plan."""

    at_s: int
    team_id: str
    visit_id: str


type Event = Held | Ill | Closed | Urgent | Locked | Begun


@dataclass(frozen=True, slots=True)
class DayLog:
    """Events that a plan changed on the day answers to."""

    at_s: int
    """When it was changed last."""
    events: tuple[Event, ...]
    """All of the day, the earlier changes' first."""
    before_sha256: str
    """SHA-256 of the plan.json that it changes."""
