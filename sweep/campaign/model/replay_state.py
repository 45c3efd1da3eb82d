"""State of a replay: visits and counts so far, advanced week by week and stored as JSON."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date

from pydantic import TypeAdapter

from sweep.select.draw_buildings import fraction, ticket


@dataclass(frozen=True, slots=True)
class ReplayVisit:
    """Visit that a replay has made: day, building, firms, team and simulated outcome."""

    day: str
    """ISO 8601."""
    building_id: str
    track: str
    targets: tuple[str, ...]
    """Inspected firms, by uscc."""
    outcome: str
    """`no_access`, `find`, `irregular` or `nothing`; real outcomes if a real history is replayed."""
    team: str
    """Day and id of the visit's first team; the inspector in a real history."""
    officers: tuple[Mapping[str, tuple[str, ...]], ...]
    """Inspecting officers of each team, by agency; firms are assigned to the teams in turn."""
    seconds: int
    """Seconds inside, summed over teams."""
    probability: float
    """Probability with which a routine visit was drawn; 0 on other tracks."""
    n_pairs_twice: int = 0
    """Pairs of officers that also made the building's visit before this one (C28)."""


@dataclass(frozen=True, slots=True)
class ReplayWeek:
    """One replayed week: numbers of visits, finds and leads, and the expected finds of the visits made."""

    monday: str
    """ISO 8601."""
    n_visits: int
    n_finds: int
    expected: float
    n_leads: int


@dataclass(frozen=True, slots=True)
class ReplayState:
    """State of a replay after `n_weeks` weeks, from which it continues; `done`: all visits made so far."""

    policy: str
    seed: int
    n_weeks: int = 0
    """Completed weeks."""
    done: tuple[ReplayVisit, ...] = ()
    closed: Mapping[str, str] = field(default_factory=dict)
    """Day on which a den was found and closed, by den id."""
    held: Mapping[str, str] = field(default_factory=dict)
    """Day of each published visit to come, by building id."""
    drawn: Mapping[str, float] = field(default_factory=dict)
    """Probability of the draw of each building that was drawn for a published day to come, by building id."""
    n_held: int = 0
    """Number of published visits whose day has passed."""
    n_moved: int = 0
    """Number of published visits that were not made on their day: moved or dropped."""
    duties: Mapping[str, int] = field(default_factory=dict)
    """Number of duties of each person so far."""
    weeks: tuple[ReplayWeek, ...] = ()


_STATE = TypeAdapter(ReplayState)


def state_json(state: ReplayState) -> str:
    """Return the state as JSON; the bytes depend on the state only."""
    return json.dumps(asdict(state), ensure_ascii=False, sort_keys=True, allow_nan=False) + "\n"


def read_state(text: str) -> ReplayState:
    """Read the state of a replay from the JSON text of `state_json`; ValueError for any other text."""
    return _STATE.validate_json(text)


def pseudo_random(seed: int, *keys: str) -> float:
    """Return a pseudo-random number in [0, 1) from seed and keys alone: the same in the replay of each policy."""
    return fraction(ticket(str(seed), "|".join(keys)))


def outcome(
    seed: int, building_id: str, day: date, den_id: str | None, *, no_access: float, detects: float, irregular: float
) -> str:
    """
    Return the simulated outcome of a visit: `no_access`, `find`, `irregular` or `nothing`.

    The last three parameters are the probabilities of no access, of detecting an open den, and of an irregularity;
    `den_id`: open den of the building, None without one.
    """
    when = day.isoformat()
    if pseudo_random(seed, "door", building_id, when) < no_access:
        return "no_access"
    if den_id is not None and pseudo_random(seed, "find", den_id, when) < detects:
        return "find"
    return "irregular" if pseudo_random(seed, "irregular", building_id, when) < irregular else "nothing"
