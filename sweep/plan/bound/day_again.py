"""What is at stake when a day of a window is made again, and a day that was made again put into a plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from geodata.arrays import Bools, Float64s, Int64s
from sweep.plan.bound.schedule import Timed
from sweep.plan.kernel.arrays import FORBIDDEN, NONE, Arrays
from sweep.plan.kernel.improve import score
from sweep.plan.kernel.joint import insert_unit
from sweep.plan.kernel.retime import retime
from sweep.plan.kernel.state import State, copy_state, take_unit
from sweep.plan.search.by_day import cap_loads, lost_units
from sweep.plan.search.warm import with_stops


class Caps(NamedTuple):
    """Caps as a day sees them."""

    load: Int64s
    """(caps, units)."""
    most: Int64s
    is_of_one: Bools
    """Caps that are for one alone, (caps,)."""
    rivals: Sequence[Int64s]
    """Units that share such a cap with each."""


class Stakes(NamedTuple):
    """What some teams may make on their day, unit by unit."""

    inside: Bools
    """What they make now."""
    offered: Bools
    """What they may: beside that, what is worth more here than where it is."""
    net: Float64s
    """What each is worth here; of those that they do not make now, more than what that takes the place of."""
    left: Int64s
    """What there is of each cap for them, (caps,)."""


class NewDay(NamedTuple):
    """A day of some teams, made again."""

    teams: Int64s
    made: Timed


def caps_of(a: Arrays) -> Caps:
    """The caps of a window."""
    load, most = cap_loads(a)
    is_of_one = (most == 1) & (load.max(axis=1, initial=0) == 1)
    tied = load[is_of_one].T @ load[is_of_one] > 0
    np.fill_diagonal(tied, val=False)
    return Caps(load, most, is_of_one, [np.flatnonzero(row) for row in tied])


def stakes(a: Arrays, caps: Caps, state: State, teams: Int64s, units: Int64s, worth: Float64s) -> Stakes:
    """
    What is at stake on a day of some teams.

    Parameters
    ----------
    units, worth
        Those that the teams can serve by themselves, and what each is worth on the day.
    """
    team_of = _team_of(a, state)
    now = np.where(team_of != NONE, a.units["worth"] - lost_units(a, state), 0.0)
    inside = np.isin(team_of[units], teams)
    elsewhere = team_of != NONE
    elsewhere[units[inside]] = False
    left = np.where(caps.is_of_one, 1, caps.most - caps.load @ elsewhere)
    fits = (caps.load[:, units] <= left[:, None]).all(axis=0)
    net = worth.copy()
    for n in np.flatnonzero(~inside):
        net[n] -= sum(now[w] for w in (units[n], *caps.rivals[units[n]]) if elsewhere[w])
    return Stakes(inside, inside | (fits & (net > 0.0)), net, left)


def less_elsewhere(a: Arrays, caps: Caps, state: State, teams: Int64s, units: Int64s, at_stake: Stakes) -> Stakes:
    """The same, what the teams make now counted for what it is worth more here than elsewhere, if there is room."""
    net = at_stake.net.copy()
    for n in np.flatnonzero(at_stake.inside):
        net[n] -= _alternative(a, caps, state, teams, int(units[n]))
    return at_stake._replace(net=net)


def with_day(a: Arrays, caps: Caps, state: State, day: NewDay) -> State | None:
    """The state with a day made again: what it takes over is gone elsewhere, what it drops goes there if it can."""
    changed, team_of = copy_state(state), _team_of(a, state)
    units = np.unique(a.task["unit"][[i for _, i, _ in day.made.stops]])
    dropped = np.setdiff1d(np.flatnonzero(np.isin(team_of, day.teams)), units)
    for u in units:
        for w in (u, *caps.rivals[u]):
            if team_of[w] != NONE and team_of[w] not in day.teams:
                take_unit(a, changed, w)
    made = with_stops(a, changed, day.teams.tolist(), day.made.stops, day.made.breaks_s)
    if made is None:
        return None
    for u in dropped[np.argsort(-a.units["worth"][dropped], kind="stable")]:
        _put_somewhere(a, caps, made, int(u))
    return made


def _alternative(a: Arrays, caps: Caps, state: State, teams: Int64s, u: int) -> float:
    """What a unit that some teams make would be worth elsewhere as the other routes are; 0 if there is no room."""
    trial = copy_state(state)
    take_unit(a, trial, u)
    trial.team["is_touched"] = True
    trial.service[teams] = FORBIDDEN
    if not retime(a, trial):
        return 0.0
    known = score(a, trial)
    return score(a, trial) - known if _put_somewhere(a, caps, trial, u) else 0.0


def _put_somewhere(a: Arrays, caps: Caps, state: State, u: int) -> bool:
    """Put a unit, or one that can stand for it, into the routes as they are."""
    every, rng = np.ones(len(a.team), np.bool_), np.random.default_rng(0)
    options = np.append(caps.rivals[u], u)
    for v in options[np.argsort(-a.units["worth"][options], kind="stable")]:
        if insert_unit(a, state, int(v), every, np.inf, 0.0, rng):
            return True
    return False


def _team_of(a: Arrays, state: State) -> Int64s:
    """The team that makes the first slot of each unit, or NONE, (units,)."""
    team_of: Int64s = state.fill["team"][a.units["first"]].astype(np.int64)
    return team_of
