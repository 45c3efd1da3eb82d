"""The fold of a replay: what has happened so far, week by week, as a state that can be written whole and taken up."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from hashlib import sha256

from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True)
class Done:
    """One visit that was made."""

    day: str
    building_id: str
    track: str
    targets: tuple[str, ...]
    outcome: str
    team: str
    officers: tuple[Mapping[str, tuple[str, ...]], ...]
    """Who inspected, by agency, of each team; the firms are dealt to the teams in turn."""
    seconds: int
    """Inside, all teams together."""
    probability: float
    n_pairs_twice: int = 0


@dataclass(frozen=True, slots=True)
class Week:
    """What one week came to."""

    monday: str
    n_visits: int
    n_finds: int
    expected: float
    n_leads: int


@dataclass(frozen=True, slots=True)
class State:
    """All that the next week depends on, and all that is reported."""

    policy: str
    seed: int
    n_weeks: int = 0
    """Weeks that are over."""
    done: tuple[Done, ...] = ()
    closed: Mapping[str, str] = field(default_factory=dict)
    """Day on which a den was found, by its id."""
    held: Mapping[str, str] = field(default_factory=dict)
    """Published day of each building, from the next week on."""
    drawn: Mapping[str, float] = field(default_factory=dict)
    """Chance with which those of them were drawn that were, by building id."""
    n_held: int = 0
    """Published visits whose day has come."""
    n_moved: int = 0
    """Those of them that were moved or left out."""
    duties: Mapping[str, int] = field(default_factory=dict)
    """Duties of each person so far."""
    weeks: tuple[Week, ...] = ()


_STATE = TypeAdapter(State)


def state_json(state: State) -> str:
    """The state as JSON; the same state gives the same bytes."""
    return json.dumps(asdict(state), ensure_ascii=False, sort_keys=True, allow_nan=False) + "\n"


def read_state(text: str) -> State:
    """The state that a file holds; ValueError if it is none."""
    return _STATE.validate_json(text)


def luck(seed: int, *keys: str) -> float:
    """A number in [0, 1) of a seed and some words: policies that make the same visit have the same luck."""
    digest = sha256("|".join((str(seed), *keys)).encode()).hexdigest()
    return float(int(digest[:13], 16) / 16**13)


def outcome(
    seed: int, building_id: str, day: date, den_id: str | None, *, no_access: float, detects: float, irregular: float
) -> str:
    """Outcome of a visit; the chances of a locked door, of finding a den and of an irregularity are in [0, 1]."""
    when = day.isoformat()
    if luck(seed, "door", building_id, when) < no_access:
        return "no_access"
    if den_id is not None and luck(seed, "find", den_id, when) < detects:
        return "find"
    return "irregular" if luck(seed, "irregular", building_id, when) < irregular else "nothing"
