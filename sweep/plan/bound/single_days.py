"""
Days of a window made again one at a time by CP-SAT, while all others stay.

Visits of several teams may go together with one order of all their routes alone, which no move of the search finds. The
teams of a day that share visits are few enough to be settled at one stroke.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from geodata.arrays import Bools, Float64s, Int64s
from sweep.plan.bound.circuits import settle
from sweep.plan.bound.nodes import root
from sweep.plan.bound.pools import Pool, make_pool, split
from sweep.plan.bound.schedule import stops_of
from sweep.plan.kernel.arrays import FORBIDDEN, NONE, Arrays
from sweep.plan.kernel.state import State
from sweep.plan.search.by_day import cap_loads, losses_of

# Seconds of CP-SAT's own clock for the first try, and for the longest: each that ends with nothing settled is followed
# by one that is so many times as long.
FIRST_TRY_S, LONGER, LONGEST_TRY_S = 0.25, 4.0, 64.0
# More arcs take too long to be of use: of the visits that are left out only the best are tried then.
MOST_ARCS = 50_000

# Team, task and start of a stop, by row and second.
type Stops = list[tuple[int, int, int]]


@dataclass(slots=True, eq=False)
class _Part:
    """Teams of one day that share visits, and what has been tried of them."""

    teams: Int64s
    """Rows in the arrays."""
    units: Int64s
    """Those that can be served on the day by the teams alone."""
    worth: Float64s
    """Of each of them on the day, (units,)."""
    spent_s: float = 0.0
    tried: tuple[bytes, bytes] = (b"", b"")
    """What was tried last: units on offer, and those which were served."""
    next_try_s: float = FIRST_TRY_S


class SingleDays:
    """The days of a window, each made again by itself: `step` from one thread, the rest from another."""

    def __init__(self, arrays: Arrays) -> None:
        self._a = arrays
        self._first = arrays.unit_tasks[arrays.unit_start[:-1]]
        self._cap_load, self._cap_most = cap_loads(arrays)
        self._seconds = np.maximum(1, arrays.units["seconds"])
        self._team_of = np.full(len(arrays.units), NONE, np.int64)
        self._parts: list[_Part] | None = None
        self._found: deque[tuple[Int64s, Stops]] = deque()
        self.spent_s = 0.0
        """Seconds of CP-SAT's own clock so far."""

    def look_at(self, state: State) -> None:
        """Take in the best plan so far: its days are the ones to be made again."""
        self._team_of = state.fill["team"][self._first].astype(np.int64)

    def next_better(self, state: State) -> tuple[Int64s, Stops] | None:
        """
        Teams of a day with better routes than they had, and all their stops, each once; None if there are no more.

        What would take a visit from others than these teams in the state is passed over.
        """
        while self._found:
            teams, stops = self._found.popleft()
            units = np.unique(self._a.task["unit"][[i for _, i, _ in stops]])
            if np.isin(state.fill["team"][self._first[units]], [NONE, *teams]).all():
                return teams, stops
        return None

    def step(self, may_go_on: Callable[[], bool]) -> bool:
        """Make one day of some teams again; False if there is none left to be made."""
        if self._parts is None:
            self._parts = list(_parts(self._a))
        team_of = self._team_of
        for part in sorted(self._parts, key=lambda p: p.spent_s):
            inside, offered = self._on_offer(part, team_of)
            tried = (part.units[offered].tobytes(), part.units[inside].tobytes())
            if tried != part.tried:
                part.next_try_s = FIRST_TRY_S
            if (offered & ~inside).any() and part.next_try_s <= LONGEST_TRY_S:
                part.tried = tried
                self._make_again(part, inside, offered, team_of, may_go_on)
                return True
        return False

    def _on_offer(self, part: _Part, team_of: Int64s) -> tuple[Bools, Bools]:
        """Which of the part's units its teams serve, and which they may: those that nobody serves beside them."""
        holder = team_of[part.units]
        inside = np.isin(holder, part.teams)
        fits = self._cap_load[:, part.units] <= self._caps_left(part, inside, team_of)[:, None]
        offered = inside | ((holder == NONE) & fits.all(axis=0) & (part.worth > 0.0))
        n_slots = np.diff(self._a.unit_start)[part.units]
        room = math.isqrt(MOST_ARCS // len(part.teams)) - int(n_slots[inside].sum())
        rate = np.where(offered & ~inside, part.worth / self._seconds[part.units], np.inf)
        best = np.argsort(-rate, kind="stable")
        best = best[~inside[best] & offered[best]]
        offered[best[np.cumsum(n_slots[best]) > room]] = False
        return inside, offered

    def _caps_left(self, part: _Part, inside: Bools, team_of: Int64s) -> Int64s:
        """What the others leave of each cap, (caps,)."""
        elsewhere = team_of != NONE
        elsewhere[part.units[inside]] = False
        return np.asarray(self._cap_most - self._cap_load @ elsewhere, np.int64)

    def _make_again(
        self, part: _Part, inside: Bools, offered: Bools, team_of: Int64s, may_go_on: Callable[[], bool]
    ) -> None:
        # A must-visit weighs so much that beside it CP-SAT, which counts in whole points, does not see the others.
        is_must = inside & (part.worth >= self._a.must_worth)
        worth, of_all = np.where(is_must, 0.0, part.worth), np.zeros(len(self._a.units))
        of_all[part.units] = worth
        pool = make_pool(self._a, of_all, part.teams, part.units[offered])
        pool = self._with_caps(pool, self._caps_left(part, inside, team_of))
        whole = root(pool, is_must[offered])
        if whole is None:
            part.next_try_s = math.inf
            return
        settled = settle(pool, whole, float(worth[inside].sum()), part.next_try_s, may_go_on)
        part.spent_s += settled.seconds
        self.spent_s += settled.seconds
        if settled.routes:
            self._found.append((part.teams, stops_of(pool, settled.routes)))
        part.next_try_s = math.inf if settled.is_settled else LONGER * part.next_try_s

    def _with_caps(self, pool: Pool, left: Int64s) -> Pool:
        load = self._cap_load[:, pool.units]
        rows = np.flatnonzero(load.sum(axis=1) > left)
        return replace(pool, cap_rows=rows, cap_load=load[rows], cap_most=left[rows])


def _parts(a: Arrays) -> Iterator[_Part]:
    """Teams and units of each day that share no unit with others of it; none if all teams are out on one day."""
    days = np.unique(a.team["day"])
    window = a.window[: a.n_visit_tasks]
    for day in days if len(days) > 1 else ():
        mine = np.flatnonzero(a.team["day"] == day)
        lo, hi = a.team["shift_lo"][mine].min(), a.team["shift_hi"][mine].max()
        is_open = ((window["lo"] <= hi) & (window["hi"] >= lo) & (window["lo"] <= window["hi"])).any(axis=1)
        service = np.full_like(a.service, FORBIDDEN)
        service[np.ix_(mine, np.flatnonzero(is_open))] = a.service[np.ix_(mine, np.flatnonzero(is_open))]
        can = (service[:, : a.n_visit_tasks] != FORBIDDEN).any(axis=0)
        whole = np.logical_and.reduceat(can[a.unit_tasks], a.unit_start[:-1])
        for teams, units in split(a._replace(service=service), whole):
            if len(units):
                lost = np.bincount(
                    a.task["unit"][: a.n_visit_tasks],
                    weights=losses_of(a, int(day), np.arange(a.n_visit_tasks)),
                    minlength=len(a.units),
                )
                yield _Part(teams, units, (a.units["worth"] - lost)[units])
