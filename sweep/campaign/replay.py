"""The fold of a replay: what has happened so far, week by week, as a state that can be written whole and taken up."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import date, timedelta
from hashlib import sha256

from sweep.campaign.accounts import gini

MEASURES = (
    "finds",
    "visits",
    "hours",
    "late_leads",
    "late_share",
    "p90_over",
    "worst",
    "never_share",
    "caps_broken",
    "pairs_twice",
    "moved_share",
    "gini",
)


@dataclass(frozen=True, slots=True)
class Done:
    """One visit that was made."""

    day: str
    building_id: str
    track: str
    targets: tuple[str, ...]
    outcome: str
    team: str
    officers: Mapping[str, tuple[str, ...]]
    """Who went, by agency."""
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
    n_held: int = 0
    """Published visits whose day has come."""
    n_moved: int = 0
    """Those of them that were moved or left out."""
    duties: Mapping[str, int] = field(default_factory=dict)
    """Duties of each person so far."""
    weeks: tuple[Week, ...] = ()


def state_json(state: State) -> str:
    """The state as JSON; the same state gives the same bytes."""
    return json.dumps(asdict(state), ensure_ascii=False, sort_keys=True, allow_nan=False) + "\n"


def read_state(text: str) -> State:
    """
    The state that a file holds.

    Raises
    ------
    ValueError
        If it is none.
    """
    raw = json.loads(text)
    if not isinstance(raw, dict) or set(raw) != {f.name for f in fields(State)}:
        raise ValueError("not a state of a replay")
    done = tuple(
        Done(
            **{
                **d,
                "targets": tuple(d["targets"]),
                "officers": {agency: tuple(ids) for agency, ids in d["officers"].items()},
            }
        )
        for d in raw.pop("done")
    )
    weeks = tuple(Week(**w) for w in raw.pop("weeks"))
    return State(**{**raw, "done": done, "weeks": weeks})


def luck(seed: int, *keys: str) -> float:
    """A number in [0, 1) of a seed and some words: policies that make the same visit have the same luck."""
    digest = sha256("|".join((str(seed), *keys)).encode()).hexdigest()
    return float(int(digest[:13], 16) / 16**13)


def outcome(
    seed: int, building_id: str, day: date, den_id: str | None, *, no_access: float, detects: float, irregular: float
) -> str:
    """
    What a visit comes to: a locked door, a find, something irregular, or nothing.

    Parameters
    ----------
    den_id
        The den that is in the building; None: none.
    no_access, detects, irregular
        Chance of a locked door; that a den is found once inside; that something irregular is, each in [0, 1].
    """
    when = day.isoformat()
    if luck(seed, "door", building_id, when) < no_access:
        return "no_access"
    if den_id is not None and luck(seed, "find", den_id, when) < detects:
        return "find"
    return "irregular" if luck(seed, "irregular", building_id, when) < irregular else "nothing"


@dataclass(frozen=True, slots=True)
class Truth:
    """What a replay is measured against, beside what was done in it."""

    end: date
    """The first day that was not played."""
    begins: date
    promise_days: Mapping[str, int]
    """Keyed by building id; a building without a promise is left out."""
    first_looks: Mapping[str, date]
    """Last look before the campaign, by building id."""
    leads: Sequence[tuple[str, date, date]]
    """Building, day of receipt and due day of each lead that came in."""
    classes: Mapping[str, str]
    caps: Mapping[str, int]
    n_buildings: int
    shift_hours: float


def measures(state: State, truth: Truth) -> dict[str, float]:
    """The figures of one replay, by `MEASURES`."""
    looks: dict[str, list[date]] = {}
    calls: dict[str, list[date]] = {}
    for d in state.done:
        on = date.fromisoformat(d.day)
        calls.setdefault(d.building_id, []).append(on)
        if d.outcome != "no_access":
            looks.setdefault(d.building_id, []).append(on)
    late, over, worst = _over_promise(looks, truth)
    n_days = max(1, (truth.end - truth.begins).days)
    over.sort()
    missed = sum(not any(at <= on <= due for on in calls.get(b, ())) for b, at, due in truth.leads if due < truth.end)
    return {
        "finds": float(sum(d.outcome == "find" for d in state.done)),
        "visits": float(len(state.done)),
        "hours": sum(d.seconds for d in state.done) / 3600.0,
        "late_leads": float(missed),
        "late_share": late / (n_days * max(1, len(truth.promise_days))),
        "p90_over": float(over[min(len(over) - 1, int(0.9 * len(over)))]) if over else 0.0,
        "worst": worst,
        "never_share": 1.0 - len(looks) / max(1, truth.n_buildings),
        "caps_broken": float(caps_broken(state.done, truth.classes, truth.caps)),
        "pairs_twice": float(sum(d.n_pairs_twice for d in state.done)),
        "moved_share": state.n_moved / state.n_held if state.n_held else 0.0,
        "gini": gini([n * truth.shift_hours for n in state.duties.values()]),
    }


def _over_promise(looks: Mapping[str, Sequence[date]], truth: Truth) -> tuple[int, list[int], float]:
    """Building-days past a promise, days over it at each turn (0 where kept), and the longest wait over its promise."""
    late, over, worst = 0, [], 0.0
    for b, days in truth.promise_days.items():
        first = truth.first_looks.get(b)
        last = truth.begins if first is None else max(first, truth.begins - timedelta(days=days))
        for on in [*looks.get(b, ()), truth.end]:
            wait = (on - last).days
            over.append(max(0, wait - days))
            late += min(max(0, wait - days), (on - truth.begins).days)
            worst = max(worst, wait / days)
            last = on
    return late, over, worst


def caps_broken(done: Sequence[Done], classes: Mapping[str, str], most: Mapping[str, int]) -> int:
    """Firms that lists and draws inspected oftener in a year than their class allows (C06)."""
    counts = Counter((u, d.day[:4]) for d in done if d.track in ("routine", "special") for u in d.targets)
    return sum(n > most.get(classes.get(u, ""), min(most.values())) for (u, _), n in counts.items())


def mean_and_error(values: Sequence[float]) -> tuple[float, float]:
    """The mean over seeds, and its standard error; NaN for one seed alone."""
    n = len(values)
    mean = math.fsum(values) / n
    if n < 2:
        return mean, math.nan
    return mean, math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (n - 1) / n)
