"""Room made for a must-visit: what stands in its way at one time comes out of one route. Compiled."""

from __future__ import annotations

import numpy as np

from geodata.arrays import Bools
from geodata.chance import drawn_below
from geodata.compiled import inner, inner_with_arrays
from sweep.plan.kernel.arrays import FORBIDDEN, NONE, Arrays
from sweep.plan.kernel.state import State, loosen, may_go
from sweep.plan.kernel.times import way

# Routes tried.
ROOM_TRIALS = 5


@inner
def must_left(a: Arrays, s: State, rng: np.random.Generator) -> int:
    """The first task of a must-visit that is out, drawn; NONE if all are in."""
    chosen, n = NONE, 0
    for u in range(a.units.shape[0]):
        if a.units[u].worth >= a.must_worth and s.fill[a.units[u].first].team == NONE:
            n += 1
            if drawn_below(rng, n) == 0:
                chosen = int(a.units[u].first)
    return chosen


@inner_with_arrays
def make_room(a: Arrays, s: State, i: int, open_teams: Bools, is_loose: Bools, rng: np.random.Generator) -> bool:
    """Take out of a route drawn what stands in the way of task i at a time drawn; whether it could."""
    for _ in range(ROOM_TRIALS):
        k = drawn_below(rng, a.team.shape[0])
        w = drawn_below(rng, a.window.shape[1])
        lo, hi = max(a.window[i, w].lo, a.team[k].shift_lo), min(a.window[i, w].hi, a.team[k].shift_hi)
        if s.service[k, i] == FORBIDDEN or lo > hi:
            continue
        t, here = int(lo) + drawn_below(rng, hi - lo + 1), a.task[i].place
        free, n, is_clear = t + s.service[k, i], 0, True
        units = np.empty(s.team[k].length, np.int64)
        for p in range(s.team[k].length):
            j = int(s.stop[k, p].task)
            is_before = s.fill[j].early + s.service[k, j] + way(a, s.stop[k, p].at, here) <= t
            if not is_before and free + way(a, here, s.stop[k, p].at) > s.fill[j].late:
                u = int(a.task[j].unit)
                is_clear = is_clear and may_go(a, u, is_loose) and a.units[u].worth < a.must_worth
                units[n] = u
                n += 1
        if is_clear:
            for x in range(n):
                if not is_loose[units[x]]:
                    loosen(a, s, units[x], open_teams, is_loose)
            open_teams[k] = True
            return True
    return False
