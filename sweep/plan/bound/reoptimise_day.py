"""
Days of a window made again one at a time by CP-SAT, the rest as it is.

Visits of several teams may go together with one order of all their routes alone, which no move of the search finds. The
teams of a day that share visits are few enough to be settled at one stroke. A visit counts for what it is worth on the
day more than where it is, or could be, on another.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from geodata.array_types import Bools, Float64s, Int32s, Int64s
from sweep.plan.bound.branch_nodes import root
from sweep.plan.bound.components import Pool, make_pool, split
from sweep.plan.bound.cp_sat_routing import settle
from sweep.plan.bound.synchronise_routes import Timed, timed
from sweep.plan.kernel.annealing import score
from sweep.plan.kernel.problem_arrays import FORBIDDEN, NONE, Arrays
from sweep.plan.kernel.route_schedule import retime
from sweep.plan.kernel.search_state import State, copy_state, take_unit
from sweep.plan.kernel.synchronised_insertion import insert_unit
from sweep.plan.search.encode_days import cap_loads, losses_of, lost_units
from sweep.plan.search.initial_solution import with_stops

# Seconds of CP-SAT's own clock for the first try, and for the longest: each that ends with nothing settled is followed
# by one that is so many times as long.
FIRST_TRY_S, LONGER, LONGEST_TRY_S = 0.25, 4.0, 64.0


@dataclass(slots=True, eq=False)
class _Part:
    """Teams of one day that share visits, and what has been tried of them."""

    teams: Int64s
    """Rows in the arrays."""
    units: Int64s
    """Those that can be served on the day by the teams alone."""
    worth: Float64s
    """What each of them is worth on the day, (units,)."""
    spent_s: float = 0.0
    tried: tuple[bytes, bytes] = (b"", b"")
    """What was tried last: units on offer, and those which were served."""
    next_try_s: float = FIRST_TRY_S


class SingleDays:
    """The days of a window, each made again by itself: `step` from one thread, the rest from another."""

    def __init__(self, arrays: Arrays) -> None:
        self._a, self._caps = arrays, _caps_of(arrays)
        self._state: State | None = None
        self._parts: list[_Part] | None = None
        self._done: State | None = None
        self._found: deque[_NewDay] = deque()
        self.spent_s = 0.0
        """Seconds of CP-SAT's own clock so far."""
        self.n_found = 0
        """Days made better so far."""

    def look_at(self, state: State) -> None:
        """Take in the best plan so far: its days are the ones to be made again."""
        self._state = copy_state(state)

    def better(self, state: State) -> State | None:
        """The state with each day that was made better, as far as they go together; None if none is."""
        best, known = None, score(self._a, state)
        while self._found:
            changed = _with_day(self._a, self._caps, best or state, self._found.popleft())
            if changed is not None and (new := score(self._a, changed)) > known:
                best, known = changed, new
        return best

    def step(self, may_go_on: Callable[[], bool]) -> bool:
        """Make one day of some teams again; False if there is none left to be made."""
        state = self._state
        if state is None or state is self._done:
            return False
        if self._parts is None:
            self._parts = list(_parts(self._a))
        due = [(part, asked) for part in self._parts if (asked := self._asked(part, state)) is not None]
        if not due:
            self._done = state
            return False
        part, asked = max(due, key=lambda x: _more(x[1]) / (FIRST_TRY_S + x[0].spent_s))
        asked = _less_elsewhere(self._a, self._caps, state, part.teams, part.units, asked)
        self._make_again(part, asked, may_go_on)
        return True

    def _asked(self, part: _Part, state: State) -> _Stakes | None:
        """What is at stake, of what could come only the best that there is room for; None if it was tried for long."""
        at_stake = _stakes(self._a, self._caps, state, part.teams, part.units, part.worth)
        inside, offered = at_stake.inside, at_stake.offered
        n_slots = np.diff(self._a.unit_start)[part.units]
        # More arcs take too long to be of use: of the visits that could come only the best are tried then.
        room = math.isqrt(6_000 // len(part.teams)) - int(n_slots[inside].sum())
        new = np.flatnonzero(offered & ~inside)
        rate = at_stake.net[new] / np.maximum(1, self._a.units["seconds"][part.units[new]])
        new = new[np.argsort(-rate, kind="stable")]
        few = inside.copy()
        few[new[np.cumsum(n_slots[new]) <= room]] = True
        tried = (part.units[few].tobytes(), part.units[inside].tobytes())
        if tried != part.tried:
            part.tried, part.next_try_s = tried, FIRST_TRY_S
        is_due = (few & ~inside).any() and part.next_try_s <= LONGEST_TRY_S
        return at_stake._replace(offered=few) if is_due else None

    def _make_again(self, part: _Part, asked: _Stakes, may_go_on: Callable[[], bool]) -> None:
        # A must-visit weighs so much that beside it CP-SAT, which counts in whole points, does not see the others.
        is_must = asked.inside & (asked.net >= self._a.must_worth)
        net, of_all = np.where(is_must, 0.0, asked.net), np.zeros(len(self._a.units))
        of_all[part.units] = net
        pool = self._with_caps(make_pool(self._a, of_all, part.teams, part.units[asked.offered]), asked.left)
        whole = root(pool, is_must[asked.offered])
        if whole is None:
            part.next_try_s = math.inf
            return
        settled = settle(pool, whole, float(net[asked.inside].sum()), part.next_try_s, may_go_on)
        part.spent_s += settled.seconds
        self.spent_s += settled.seconds
        if settled.routes:
            self.n_found += 1
            self._found.append(_NewDay(part.teams, timed(pool, settled.routes)))
        part.next_try_s = math.inf if settled.is_settled else LONGER * part.next_try_s

    def _with_caps(self, pool: Pool, left: Int64s) -> Pool:
        load = self._caps.load[:, pool.units]
        rows = np.flatnonzero(load.sum(axis=1) > left)
        return replace(pool, cap_rows=rows, cap_load=load[rows], cap_most=left[rows])


def _more(asked: _Stakes) -> float:
    """What the window can be worth more at the most."""
    return float(asked.net[asked.offered & ~asked.inside].sum())


def _parts(a: Arrays) -> Iterator[_Part]:
    """Teams and units of each day that share no unit with others of it."""
    tasks = np.arange(a.n_visit_tasks)
    window = a.window[tasks]
    for day in np.unique(a.team["day"]):
        mine = a.team["day"] == day
        lo, hi = a.team["shift_lo"][mine].min(), a.team["shift_hi"][mine].max()
        is_open = ((window["lo"] <= hi) & (window["hi"] >= lo) & (window["lo"] <= window["hi"])).any(axis=1)
        service = a.service.copy()
        service[~mine] = FORBIDDEN
        service[:, : a.n_visit_tasks][:, ~is_open] = FORBIDDEN
        lost = np.bincount(a.task["unit"][tasks], weights=losses_of(a, int(day), tasks), minlength=len(a.units))
        for teams, units in split(a._replace(service=service), _can_be_whole(a, service)):
            if len(units):
                yield _Part(teams, units, (a.units["worth"] - lost)[units])


def _can_be_whole(a: Arrays, service: Int32s) -> Bools:
    """Whether some team may fill each slot of a unit, (units,)."""
    can = (service[:, : a.n_visit_tasks] != FORBIDDEN).any(axis=0)
    n_short = np.bincount(a.task["unit"][: a.n_visit_tasks], weights=~can, minlength=len(a.units))
    return np.equal(n_short, 0)


class _Caps(NamedTuple):
    """Caps as a day sees them."""

    load: Int64s
    """(caps, units)."""
    most: Int64s
    is_of_one: Bools
    """Caps that are for one alone, (caps,)."""
    rivals: Sequence[Int64s]
    """Units that share such a cap with each."""


class _Stakes(NamedTuple):
    """What some teams may make on their day, unit by unit."""

    inside: Bools
    """What they make now."""
    offered: Bools
    """What they may: beside that, what is worth more here than where it is."""
    net: Float64s
    """What each is worth here; of those that they do not make now, more than what that takes the place of."""
    left: Int64s
    """What there is of each cap for them, (caps,)."""


class _NewDay(NamedTuple):
    """A day of some teams, made again."""

    teams: Int64s
    made: Timed


def _caps_of(a: Arrays) -> _Caps:
    """The caps of a window."""
    load, most = cap_loads(a)
    is_of_one = (most == 1) & (load.max(axis=1, initial=0) == 1)
    tied = load[is_of_one].T @ load[is_of_one] > 0
    np.fill_diagonal(tied, val=False)
    return _Caps(load, most, is_of_one, [np.flatnonzero(row) for row in tied])


def _stakes(a: Arrays, caps: _Caps, state: State, teams: Int64s, units: Int64s, worth: Float64s) -> _Stakes:
    """What is at stake on a day of some teams, for units that they alone can serve and what each is worth on it."""
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
    return _Stakes(inside, inside | (fits & (net > 0.0)), net, left)


def _less_elsewhere(a: Arrays, caps: _Caps, state: State, teams: Int64s, units: Int64s, at_stake: _Stakes) -> _Stakes:
    """The same, what the teams make now counted for what it is worth more here than elsewhere, if there is room."""
    net = at_stake.net.copy()
    for n in np.flatnonzero(at_stake.inside):
        net[n] -= _alternative(a, caps, state, teams, int(units[n]))
    return at_stake._replace(net=net)


def _with_day(a: Arrays, caps: _Caps, state: State, day: _NewDay) -> State | None:
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


def _alternative(a: Arrays, caps: _Caps, state: State, teams: Int64s, u: int) -> float:
    """What a unit that some teams make would be worth elsewhere as the other routes are; 0 if there is no room."""
    trial = copy_state(state)
    take_unit(a, trial, u)
    trial.team["is_touched"] = True
    trial.service[teams] = FORBIDDEN
    if not retime(a, trial):
        return 0.0
    known = score(a, trial)
    return score(a, trial) - known if _put_somewhere(a, caps, trial, u) else 0.0


def _put_somewhere(a: Arrays, caps: _Caps, state: State, u: int) -> bool:
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
