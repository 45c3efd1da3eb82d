"""
Ruin: strings of stops near each other come out.

References
----------
Christiaens and Vanden Berghe 2020, Slack induction by string removals for vehicle routing problems.
"""

from __future__ import annotations

import numpy as np

from geodata.arrays import Bools
from geodata.chance import drawn_below
from geodata.compiled import inner, inner_with_arrays
from sweep.plan.kernel.arrays import NONE, Arrays
from sweep.plan.kernel.retime import retime
from sweep.plan.kernel.room import make_room, must_left
from sweep.plan.kernel.state import State, loosen, may_go, put, take

# Symbols are those of Christiaens and Vanden Berghe, and in brackets their values. Their split strings, in a share
# alpha (0.5) of the rounds and of depth beta (0.01), are left out: single stops, drawn, come out instead.
# Mean units taken out a round: c-bar (10). The longest string L-max (10) is here what is left to be taken out, but at
# least so many stops.
MEAN_REMOVED, MAX_STRING = 8, 5
# Share of rounds in which stops come out one by one, and share of them that is spared.
SINGLE_SHARE, SPARED = 0.3, 0.2
# Share of rounds in which a break is left out, where breaks may be missed.
MISSED_SHARE = 0.2
# Share of rounds, over several days, that make room for a must-visit if one is out.
ROOM_SHARE = 0.1


@inner
def ruin(a: Arrays, s: State, open_teams: Bools, is_loose: Bools, rng: np.random.Generator) -> int:
    """Take stops near a task drawn out; mark the teams and units touched; the task. Times are left alone."""
    centre = drawn_below(rng, a.n_visit_tasks)
    n = 1 + drawn_below(rng, 2 * MEAN_REMOVED - 1)
    if a.is_over_days and rng.random() < ROOM_SHARE:
        wanted = must_left(a, s, rng)
        if wanted != NONE and make_room(a, s, wanted, open_teams, is_loose, rng):
            return wanted
    if rng.random() < SINGLE_SHARE:
        _take_singles(a, s, centre, n, open_teams, is_loose, rng)
    else:
        _take_strings(a, s, centre, n, open_teams, is_loose, rng)
    return centre


@inner
def _take_singles(
    a: Arrays, s: State, centre: int, left: int, open_teams: Bools, is_loose: Bools, rng: np.random.Generator
) -> None:
    """Take most of the stops nearest to the centre out, whosever they are."""
    for x in range(a.near.shape[1]):
        if left <= 0:
            break
        i = a.near[centre, x]
        u = int(a.task[i].unit)
        if s.fill[i].team != NONE and may_go(a, u, is_loose) and rng.random() >= SPARED:
            loosen(a, s, u, open_teams, is_loose)
            left -= 1


@inner_with_arrays
def _take_strings(
    a: Arrays, s: State, centre: int, left: int, open_teams: Bools, is_loose: Bools, rng: np.random.Generator
) -> None:
    """Take a string of stops out of each of the routes that come nearest to the centre."""
    for x in range(a.near.shape[1]):
        if left <= 0:
            break
        i = a.near[centre, x]
        k = int(s.fill[i].team)
        if k == NONE or open_teams[k]:
            continue
        open_teams[k] = True
        n = int(s.team[k].length)
        size = min(1 + drawn_below(rng, max(left, MAX_STRING)), n)
        start = max(0, min(s.fill[i].pos - drawn_below(rng, size), n - size))
        units = np.empty(size, np.int64)
        for q in range(size):
            units[q] = a.task[s.stop[k, start + q].task].unit
        for q in range(size):
            if may_go(a, units[q], is_loose):
                left -= 1
                loosen(a, s, units[q], open_teams, is_loose)


@inner
def settle_rest(a: Arrays, s: State, open_teams: Bools, rng: np.random.Generator) -> bool:
    """
    Times of what the ruin left, breaks moved at will; False if it cannot be kept.

    That may be where there is no road past a stop that was taken out.
    """
    if not retime(a, s):
        return False
    if a.break_cost > 0.0:
        _miss_or_take(a, s, open_teams, rng)
    for k in range(s.team.shape[0]):
        pause = int(a.team[k].break_task)
        if open_teams[k] and pause != NONE and s.fill[pause].team != NONE and rng.random() < 0.5:
            move_break(a, s, k, rng)
    return True


@inner
def move_break(a: Arrays, s: State, k: int, rng: np.random.Generator) -> None:
    """Put team k's break at a place drawn, if the route can be kept then."""
    pause = int(a.team[k].break_task)
    old = int(s.fill[pause].pos)
    p = drawn_below(rng, s.team[k].length)
    if p == old:
        return
    take(a, s, pause)
    put(a, s, pause, k, p)
    if not retime(a, s):
        take(a, s, pause)
        put(a, s, pause, k, old)
        retime(a, s)


@inner
def _miss_or_take(a: Arrays, s: State, open_teams: Bools, rng: np.random.Generator) -> None:
    """Leave a break out now and then, which opens its team; put what is out in where an open team has time for it."""
    for k in range(s.team.shape[0]):
        pause = int(a.team[k].break_task)
        if pause == NONE:
            continue
        if s.fill[pause].team != NONE:
            if rng.random() < MISSED_SHARE / s.team.shape[0]:
                take(a, s, pause)
                retime(a, s)
                open_teams[k] = True
        elif open_teams[k] and s.team[k].length < s.stop.shape[1] and rng.random() < 0.5:
            n, first = int(s.team[k].length) + 1, drawn_below(rng, s.team[k].length + 1)
            for x in range(n):
                put(a, s, pause, k, (first + x) % n)
                if retime(a, s):
                    break
                take(a, s, pause)
            else:
                retime(a, s)
