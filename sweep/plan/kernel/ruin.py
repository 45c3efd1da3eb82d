"""
Ruin: removal of strings of adjacent stops, or of single stops, near a random task.

References
----------
Christiaens and Vanden Berghe 2020, Slack induction by string removals for vehicle routing problems.
"""

import numpy as np

from geodata.array_types import Bools, Int64s
from geodata.compiled_random_integers import drawn_below
from geodata.numba_options import compiled_internal, inner_with_arrays
from sweep.plan.kernel.problem_arrays import FORBIDDEN, NONE, Arrays
from sweep.plan.kernel.route_schedule import compute_starts, may_be_feasible
from sweep.plan.kernel.route_times import travel_time
from sweep.plan.kernel.search_parameters import PARAMETERS
from sweep.plan.kernel.search_state import SearchState, insert_task, may_remove, remove_and_mark, remove_task


@compiled_internal
def ruin(a: Arrays, s: SearchState, open_teams: Bools, is_loose: Bools, rng: np.random.Generator) -> int:
    """
    Remove the units nearest to a random task by travel time, on average `mean_removed` of them; return the task.

    Over several days, some calls instead remove the stops that keep out an unserved must-visit and return its task.
    Locked units stay. Changed teams are marked in `open_teams`, removed units in `is_loose`. Times are not updated.
    """
    centre = drawn_below(rng, a.n_visit_tasks)
    n = 1 + drawn_below(rng, 2 * PARAMETERS.mean_removed - 1)
    if a.is_over_days and rng.random() < PARAMETERS.must_share:
        wanted = must_left(a, s, rng)
        if wanted != NONE and make_room(a, s, wanted, open_teams, is_loose, rng):
            return wanted
    if rng.random() < PARAMETERS.single_share:
        _take_singles(a, s, centre, n, open_teams, is_loose, rng)
    else:
        _take_strings(a, s, centre, n, open_teams, is_loose, rng)
    return centre


@compiled_internal
def _take_singles(
    a: Arrays, s: SearchState, centre: int, left: int, open_teams: Bools, is_loose: Bools, rng: np.random.Generator
) -> None:
    for x in range(a.near.shape[1]):
        if left <= 0:
            break
        i = a.near[centre, x]
        u = int(a.task[i].unit)
        if s.fill[i].team != NONE and may_remove(a, u, is_loose) and rng.random() >= PARAMETERS.spared_share:
            remove_and_mark(a, s, u, open_teams, is_loose)
            left -= 1


@inner_with_arrays
def _take_strings(
    a: Arrays, s: SearchState, centre: int, left: int, open_teams: Bools, is_loose: Bools, rng: np.random.Generator
) -> None:
    """Remove a string of adjacent stops from each of the routes nearest to `centre`, about `left` units in all."""
    for x in range(a.near.shape[1]):
        if left <= 0:
            break
        i = a.near[centre, x]
        k = int(s.fill[i].team)
        if k == NONE or open_teams[k]:
            continue
        open_teams[k] = True
        n = int(s.team[k].length)
        size = min(1 + drawn_below(rng, max(left, PARAMETERS.longest_string)), n)
        start = max(0, min(s.fill[i].pos - drawn_below(rng, size), n - size))
        units = np.empty(size, np.int64)
        for q in range(size):
            units[q] = a.task[s.stop[k, start + q].task].unit
        for q in range(size):
            if may_remove(a, units[q], is_loose):
                left -= 1
                remove_and_mark(a, s, units[q], open_teams, is_loose)


@inner_with_arrays
def update_after_ruin(a: Arrays, s: SearchState, open_teams: Bools, rng: np.random.Generator) -> bool:
    """
    Move breaks of `open_teams` at random, then update all times; return whether the routes are feasible.

    Routes can be infeasible after a removal if the leg past a removed stop is missing. Times are then incomplete.
    """
    before = np.full(s.team.shape[0], NONE)
    for k in range(s.team.shape[0]):
        pause = int(a.team[k].break_task)
        if open_teams[k] and pause != NONE and s.fill[pause].team != NONE and rng.random() < PARAMETERS.break_share:
            old = int(s.fill[pause].pos)
            if _move_break(a, s, k, drawn_below(rng, s.team[k].length)):
                before[k] = old
    return bool(compute_starts(a, s) or _move_breaks_back(a, s, before))


@compiled_internal
def _move_break(a: Arrays, s: SearchState, k: int, p: int) -> bool:
    pause = int(a.team[k].break_task)
    old = int(s.fill[pause].pos)
    if p == old:
        return False
    remove_task(a, s, pause)
    insert_task(a, s, pause, k, p)
    if may_be_feasible(a, s, k):
        return True
    remove_task(a, s, pause)
    insert_task(a, s, pause, k, old)
    return False


@compiled_internal
def _move_breaks_back(a: Arrays, s: SearchState, before: Int64s) -> bool:
    """Move breaks back to positions `before` (NONE: unmoved); return whether any moved and all routes are feasible."""
    n = 0
    for k in range(s.team.shape[0]):
        if before[k] != NONE:
            n += 1
            remove_task(a, s, a.team[k].break_task)
            insert_task(a, s, a.team[k].break_task, k, before[k])
    return n > 0 and compute_starts(a, s)


@compiled_internal
def must_left(a: Arrays, s: SearchState, rng: np.random.Generator) -> int:
    """Return the first task of a random unserved unit with a must-visit; NONE if all are served."""
    chosen, n = NONE, 0
    for u in range(a.units.shape[0]):
        if a.units[u].value >= a.must_value and s.fill[a.units[u].first].team == NONE:
            n += 1
            if drawn_below(rng, n) == 0:
                chosen = int(a.units[u].first)
    return chosen


@inner_with_arrays
def make_room(a: Arrays, s: SearchState, i: int, open_teams: Bools, is_loose: Bools, rng: np.random.Generator) -> bool:
    """
    Remove the stops that conflict with task i at a random time of a random route; return whether a route has room.

    Task i is not inserted. Must-visits and locked units are never removed. The route's team and those of removed units
    are marked in `open_teams` (teams,), removed units in `is_loose` (units,). On False nothing has changed.
    """
    # Routes tried.
    for _ in range(5):
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
            is_before = s.fill[j].early + s.service[k, j] + travel_time(a, s.stop[k, p].at, here) <= t
            if not is_before and free + travel_time(a, here, s.stop[k, p].at) > s.fill[j].late:
                u = int(a.task[j].unit)
                is_clear = is_clear and may_remove(a, u, is_loose) and a.units[u].value < a.must_value
                units[n] = u
                n += 1
        if is_clear:
            for x in range(n):
                if not is_loose[units[x]]:
                    remove_and_mark(a, s, units[x], open_teams, is_loose)
            open_teams[k] = True
            return True
    return False
