"""
Re-optimisation of one day of a multi-day plan by CP-SAT, the other days fixed.

Visits of several teams may fit only with a joint reordering of all routes, which no move of the search finds. The teams
of a day that share visits are few enough for CP-SAT. A visit counts for its value on this day less its value on another
day, current or possible.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from geodata.array_types import Bools, Float64s, Int64s
from sweep.plan.bound.branch_nodes import root
from sweep.plan.bound.components import make_component, split_components
from sweep.plan.bound.cp_sat_routing import solve_node
from sweep.plan.bound.synchronise_routes import TimedRoutes, timed
from sweep.plan.kernel.annealing import score
from sweep.plan.kernel.problem_arrays import FORBIDDEN, NONE, Arrays
from sweep.plan.kernel.route_schedule import compute_starts
from sweep.plan.kernel.search_state import SearchState, copy_state, remove_unit
from sweep.plan.kernel.synchronised_insertion import insert_unit
from sweep.plan.search.encode_extra_rows import cap_loads, losses_of, unit_losses
from sweep.plan.search.initial_solution import with_stops

# Deterministic time of CP-SAT: first attempt, factor after an attempt without a result, longest attempt.
FIRST_TRY_S, LONGER, LONGEST_TRY_S = 0.25, 4.0, 64.0


@dataclass(slots=True, eq=False)
class _TeamGroup:
    """Teams of one day that share visits, with the attempts to re-optimise their routes by CP-SAT."""

    teams: Int64s
    """Rows of the teams in the arrays."""
    units: Int64s
    """Units that these teams can serve on the day without other teams."""
    day_value: Float64s
    """Value of each of `units` on the day, (units,)."""
    spent_s: float = 0.0
    tried: tuple[bytes, bytes] = (b"", b"")
    """Last attempt, as bytes: rows of the units offered, and of the units that the teams served then."""
    next_try_s: float = FIRST_TRY_S


class DayReoptimiser:
    """Re-optimisation of single days by CP-SAT: `look_at` sets the plan, the proof's thread calls `step` for a day."""

    def __init__(self, arrays: Arrays) -> None:
        self._a, self._caps = arrays, _caps_of(arrays)
        self._state: SearchState | None = None
        self._parts: list[_TeamGroup] | None = None
        self._done: SearchState | None = None
        self._found: deque[tuple[Int64s, TimedRoutes]] = deque()
        self.spent_s = 0.0
        """Deterministic time of CP-SAT so far."""
        self.n_found = 0
        """Number of improved days so far."""

    def look_at(self, state: SearchState) -> None:
        """Set the plan, as a search state, whose days `step` re-optimises."""
        self._state = copy_state(state)

    def better(self, state: SearchState) -> SearchState | None:
        """Return `state` with days that `step` re-optimised since the last call; None if none raises its score."""
        best, known = None, score(self._a, state)
        while self._found:
            changed = _with_day(self._a, self._caps, best or state, *self._found.popleft())
            if changed is not None and (new := score(self._a, changed)) > known:
                best, known = changed, new
        return best

    def step(self, should_continue: Callable[[], bool]) -> bool:
        """Re-optimise one day for some teams, for `better` to collect; return False if nothing is left to try."""
        state = self._state
        if state is None or state is self._done:
            return False
        if self._parts is None:
            self._parts = list(_team_groups(self._a))
        due = [(part, asked) for part in self._parts if (asked := self._due_options(part, state)) is not None]
        if not due:
            self._done = state
            return False
        # The largest possible gain for the least time: the net value of the units that the teams do not serve yet.
        gains = [float(new.net[new.offered & ~new.inside].sum()) / (FIRST_TRY_S + part.spent_s) for part, new in due]
        part, asked = due[int(np.argmax(gains))]
        net = asked.net.copy()
        # Units served here lose the value that they would have in other teams' routes.
        for n in np.flatnonzero(asked.inside):
            net[n] -= _alternative(self._a, self._caps, state, part.teams, int(part.units[n]))
        self._reoptimise(part, asked._replace(net=net), should_continue)
        return True

    def _due_options(self, part: _TeamGroup, state: SearchState) -> _DayOptions | None:
        """
        Return the units to offer CP-SAT for these teams' day, with their values; None if no attempt is due.

        Only as many new units are offered as CP-SAT can handle, those of most value per second of service first. No
        attempt is due without units that the teams do not serve yet, or after enough attempts with the same units.
        """
        options = _day_options(self._a, self._caps, state, part.teams, part.units, part.day_value)
        inside, offered = options.inside, options.offered
        n_slots = np.diff(self._a.unit_start)[part.units]
        # More arcs take too long, so only the best new units are offered.
        n_slots_left = math.isqrt(6_000 // len(part.teams)) - int(n_slots[inside].sum())
        new = np.flatnonzero(offered & ~inside)
        rate = options.net[new] / np.maximum(1, self._a.units["seconds"][part.units[new]])
        new = new[np.argsort(-rate, kind="stable")]
        few = inside.copy()
        few[new[np.cumsum(n_slots[new]) <= n_slots_left]] = True
        tried = (part.units[few].tobytes(), part.units[inside].tobytes())
        if tried != part.tried:
            part.tried, part.next_try_s = tried, FIRST_TRY_S
        is_due = (few & ~inside).any() and part.next_try_s <= LONGEST_TRY_S
        return options._replace(offered=few) if is_due else None

    def _reoptimise(self, part: _TeamGroup, asked: _DayOptions, should_continue: Callable[[], bool]) -> None:
        # A must-visit's weight would exceed the resolution of CP-SAT's integer points: it is fixed instead.
        is_must = asked.inside & (asked.net >= self._a.must_value)
        net, of_all = np.where(is_must, 0.0, asked.net), np.zeros(len(self._a.units))
        of_all[part.units] = net
        extra = self._a.extra.copy()
        extra["load"][: self._a.n_caps] = asked.left
        pool = make_component(self._a._replace(extra=extra), of_all, part.teams, part.units[asked.offered])
        whole = root(pool, is_must[asked.offered])
        if whole is None:
            part.next_try_s = math.inf
            return
        settled = solve_node(pool, whole, float(net[asked.inside].sum()), part.next_try_s, should_continue)
        part.spent_s += settled.seconds
        self.spent_s += settled.seconds
        if settled.routes:
            self.n_found += 1
            self._found.append((part.teams, timed(pool, settled.routes)))
        part.next_try_s = math.inf if settled.is_settled else LONGER * part.next_try_s


def _team_groups(a: Arrays) -> Iterator[_TeamGroup]:
    tasks = np.arange(a.n_visit_tasks)
    window, unit = a.window[tasks], a.task["unit"][tasks]
    for day in np.unique(a.team["day"]):
        mine = a.team["day"] == day
        lo, hi = a.team["shift_lo"][mine].min(), a.team["shift_hi"][mine].max()
        is_open = ((window["lo"] <= hi) & (window["hi"] >= lo) & (window["lo"] <= window["hi"])).any(axis=1)
        service = a.service.copy()
        service[~mine] = FORBIDDEN
        service[:, : a.n_visit_tasks][:, ~is_open] = FORBIDDEN
        lost = np.bincount(unit, weights=losses_of(a, int(day), tasks), minlength=len(a.units))
        # Units of which a team may fill every slot.
        is_short = (service[:, : a.n_visit_tasks] == FORBIDDEN).all(axis=0)
        can_be_whole = np.bincount(unit, weights=is_short, minlength=len(a.units)) == 0
        for teams, units in split_components(a._replace(service=service), can_be_whole):
            if len(units):
                yield _TeamGroup(teams, units, (a.units["value"] - lost)[units])


class _Caps(NamedTuple):
    load: Int64s
    """Load of each unit on each cap, (caps, units)."""
    most: Int64s
    is_of_one: Bools
    """Whether the cap admits only one unit, (caps,)."""
    rivals: Sequence[Int64s]
    """Rivals of each unit: the units that share with it a cap that admits only one unit."""


class _DayOptions(NamedTuple):
    inside: Bools
    """Whether these teams serve the unit now."""
    offered: Bools
    """Whether these teams serve the unit now, or its net value on this day is positive and the caps admit it."""
    net: Float64s
    """Value of the unit on this day; if not served here now, less the value that it displaces elsewhere."""
    left: Int64s
    """Remaining capacity of each cap, (caps,)."""


def _caps_of(a: Arrays) -> _Caps:
    load, most = cap_loads(a)
    is_of_one = (most == 1) & (load.max(axis=1, initial=0) == 1)
    tied = load[is_of_one].T @ load[is_of_one] > 0
    np.fill_diagonal(tied, val=False)
    return _Caps(load, most, is_of_one, [np.flatnonzero(row) for row in tied])


def _day_options(
    a: Arrays, caps: _Caps, state: SearchState, teams: Int64s, units: Int64s, day_value: Float64s
) -> _DayOptions:
    """
    Return which of `units` the teams serve on their day, may serve, and at what net value.

    `units`: units that no other team can serve on the day. `day_value`: value of each of them on the day, (units,).
    """
    team_of = _team_of(a, state)
    now = np.where(team_of != NONE, a.units["value"] - unit_losses(a, state), 0.0)
    inside = np.isin(team_of[units], teams)
    is_elsewhere = team_of != NONE
    is_elsewhere[units[inside]] = False
    left = np.where(caps.is_of_one, 1, caps.most - caps.load @ is_elsewhere)
    fits = (caps.load[:, units] <= left[:, None]).all(axis=0)
    net = day_value.copy()
    for n in np.flatnonzero(~inside):
        net[n] -= sum(now[w] for w in (units[n], *caps.rivals[units[n]]) if is_elsewhere[w])
    return _DayOptions(inside, inside | (fits & (net > 0.0)), net, left)


def _with_day(a: Arrays, caps: _Caps, state: SearchState, teams: Int64s, new: TimedRoutes) -> SearchState | None:
    """
    Return the state with the re-optimised routes `new` of one day; None if they are infeasible.

    Units served on the day are removed from other days, as are units that cannot be served with them (`_Caps.rivals`).
    Units dropped from the day are inserted elsewhere if they fit.
    """
    changed, team_of = copy_state(state), _team_of(a, state)
    units = np.unique(a.task["unit"][[i for _, i, _ in new.stops]])
    dropped = np.setdiff1d(np.flatnonzero(np.isin(team_of, teams)), units)
    for u in units:
        for w in (u, *caps.rivals[u]):
            if team_of[w] != NONE and team_of[w] not in teams:
                remove_unit(a, changed, w)
    made = with_stops(a, changed, teams.tolist(), new.stops, new.breaks_s)
    if made is None:
        return None
    for u in dropped[np.argsort(-a.units["value"][dropped], kind="stable")]:
        _insert_anywhere(a, caps, made, int(u))
    return made


def _alternative(a: Arrays, caps: _Caps, state: SearchState, teams: Int64s, u: int) -> float:
    """Return the value that unit `u` would add if inserted into other teams' routes; 0 if it fits nowhere."""
    trial = copy_state(state)
    remove_unit(a, trial, u)
    trial.team["is_touched"] = True
    trial.service[teams] = FORBIDDEN
    if not compute_starts(a, trial):
        return 0.0
    known = score(a, trial)
    return score(a, trial) - known if _insert_anywhere(a, caps, trial, u) else 0.0


def _insert_anywhere(a: Arrays, caps: _Caps, state: SearchState, u: int) -> bool:
    """Insert unit `u` or one of its `_Caps.rivals`, the most valuable that fits; return whether one was inserted."""
    every, rng = np.ones(len(a.team), np.bool_), np.random.default_rng(0)
    options = np.append(caps.rivals[u], u)
    for v in options[np.argsort(-a.units["value"][options], kind="stable")]:
        if insert_unit(a, state, int(v), every, np.inf, 0.0, rng):
            return True
    return False


def _team_of(a: Arrays, state: SearchState) -> Int64s:
    team_of: Int64s = state.fill["team"][a.units["first"]].astype(np.int64)
    return team_of
