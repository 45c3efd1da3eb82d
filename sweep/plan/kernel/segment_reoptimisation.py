"""
Segment re-optimisation: replaces part of a route by the best sequence of candidate tasks; compiled.

It finds changes that string removals do not: a better route of twenty stops may share none of them.
"""

import numpy as np

from geodata.array_types import Bools, Float64s, Int64s
from geodata.compiled_random_integers import drawn_below
from geodata.numba_options import compiled_internal, inner_with_arrays
from sweep.plan.kernel.insertion import behind_break
from sweep.plan.kernel.problem_arrays import FORBIDDEN, NONE, Arrays
from sweep.plan.kernel.route_schedule import compute_starts
from sweep.plan.kernel.route_times import first_start, free_before, travel_time
from sweep.plan.kernel.search_parameters import PARAMETERS
from sweep.plan.kernel.search_state import SearchState, insert_task, remove_and_mark, remove_unit
from sweep.plan.kernel.segment_labels import Segment, best_segment

NO_CHANGE = -2


@inner_with_arrays
def reoptimise_segment(a: Arrays, s: SearchState, open_teams: Bools, is_loose: Bools, rng: np.random.Generator) -> bool:
    """
    Re-optimise a random segment, perhaps with tasks of other teams; then a segment of the team that lost most tasks.

    Return whether a segment changed. Changed teams are marked in `open_teams`, removed units in `is_loose`. Times are
    not updated.
    """
    k = drawn_below(rng, a.team.shape[0])
    robbed = _remake(a, s, k, rng.random() < PARAMETERS.steal_share, open_teams, is_loose, rng)
    if robbed >= 0 and compute_starts(a, s):
        _remake(a, s, robbed, False, open_teams, is_loose, rng)
    return robbed != NO_CHANGE


@inner_with_arrays
def _remake(
    a: Arrays, s: SearchState, k: int, steals: bool, open_teams: Bools, is_loose: Bools, rng: np.random.Generator
) -> int:
    """
    Re-optimise a random segment of team k; return the other team that lost most tasks to it.

    NONE: no team lost a task. NO_CHANGE: the segment stays. `steals`: tasks on other teams' routes are candidates too.
    """
    first, behind = _drawn_segment(a, s, k, rng)
    n_old = behind - first
    tasks, prize = _candidates(a, s, k, first, behind, steals, rng)
    if tasks.shape[0] == 0 or n_old > PARAMETERS.segment_tasks:
        return NO_CHANGE
    found = best_segment(a.travel_cost, _laid_out(a, s, k, first, behind, tasks, prize))
    n_same = 0
    for x in range(n_old):
        n_same += x < found.shape[0] and found[x] == x
    n_stops = s.team[k].length - n_old + found.shape[0]
    if found.shape[0] == 0 or n_same == max(n_old, found.shape[0]) or n_stops > s.stop.shape[1]:
        return NO_CHANGE
    return _exchange(a, s, k, first, tasks[:n_old], tasks[found], open_teams, is_loose)


@inner_with_arrays
def _exchange(
    a: Arrays, s: SearchState, k: int, first: int, old: Int64s, new: Int64s, open_teams: Bools, is_loose: Bools
) -> int:
    """
    Replace the tasks `old` of team k's route by `new`; return the other team that lost most tasks, or NONE.

    `first`: position of the first task of `old`. Changed teams are marked in `open_teams`, removed units in `is_loose`.
    """
    n_lost = np.zeros(a.team.shape[0], np.int64)
    for i in new:
        if s.fill[i].team != NONE and s.fill[i].team != k:
            n_lost[s.fill[i].team] += 1
    for i in old:
        remove_and_mark(a, s, a.task[i].unit, open_teams, is_loose)
    for i in new:
        remove_and_mark(a, s, a.task[i].unit, open_teams, is_loose)
    open_teams[k] = True
    for x in range(new.shape[0]):
        insert_task(a, s, new[x], k, first + x)
    for c in range(s.cap.shape[0]):
        while s.cap[c].used > s.cap[c].most and _shed(a, s, c, new):
            pass
    robbed = int(np.argmax(n_lost))
    return robbed if n_lost[robbed] > 0 else NONE


@compiled_internal
def _shed(a: Arrays, s: SearchState, c: int, new: Int64s) -> bool:
    """Remove, of the tasks `new`, the one of least value per load on cap c; return False if no task loads it."""
    worst, least = NONE, np.inf
    for i in new:
        u = int(a.task[i].unit)
        for x in range(a.units[u].cap_from, a.units[u].cap_to):
            is_of_use = a.extra[x].cap == c and a.extra[x].load > 0 and s.fill[i].team != NONE
            if is_of_use and a.units[u].value / a.extra[x].load < least:
                worst, least = u, a.units[u].value / a.extra[x].load
    if worst == NONE:
        return False
    remove_unit(a, s, worst)
    return True


@compiled_internal
def _is_free(a: Arrays, i: int) -> bool:
    u = int(a.task[i].unit)
    return bool(u != NONE and not a.units[u].is_locked and a.units[u].task_to - a.units[u].task_from == 1)


@compiled_internal
def _drawn_segment(a: Arrays, s: SearchState, k: int, rng: np.random.Generator) -> tuple[int, int]:
    """Draw a random segment of team k's route; return the position of its first stop, and one past its last."""
    n = int(s.team[k].length)
    first = drawn_below(rng, n + 1)
    behind = first
    while first > 0 and _is_free(a, s.stop[k, first - 1].task):
        first -= 1
    while behind < n and _is_free(a, s.stop[k, behind].task):
        behind += 1
    if behind - first <= PARAMETERS.shortest_segment or rng.random() < PARAMETERS.whole_share:
        return first, behind
    size = PARAMETERS.shortest_segment + drawn_below(rng, behind - first - PARAMETERS.shortest_segment)
    first += drawn_below(rng, behind - first - size + 1)
    return first, first + size


@inner_with_arrays
def _candidates(
    a: Arrays, s: SearchState, k: int, first: int, behind: int, steals: bool, rng: np.random.Generator
) -> tuple[Int64s, Float64s]:
    """
    Return candidate tasks for a segment, and their prizes; the segment's own tasks come first, then tasks nearby.

    A prize is the task's value times a random factor. The segment has positions `first` to `behind` - 1 of team k's
    route. If `steals`, tasks on other teams' routes are candidates too.
    """
    tasks, prize = np.empty(PARAMETERS.segment_tasks, np.int64), np.empty(PARAMETERS.segment_tasks, np.float64)
    n = 0
    # Fewer over several days; time grows with the square.
    most = max(PARAMETERS.segment_tasks_over_days, behind - first) if a.is_over_days else PARAMETERS.segment_tasks
    for p in range(first, min(behind, first + PARAMETERS.segment_tasks)):
        tasks[n] = s.stop[k, p].task
        n += 1
    centre = int(tasks[drawn_below(rng, n)]) if n > 0 else drawn_below(rng, a.n_visit_tasks)
    for x in range(a.near.shape[1]):
        i = int(a.near[centre, x])
        if n >= most:
            break
        if s.fill[i].team == k or s.service[k, i] == FORBIDDEN or not _is_free(a, i):
            continue
        is_offered = s.fill[i].team == NONE or (steals and rng.random() < PARAMETERS.steal_share)
        if is_offered and _fits_alone(a, s, k, first, behind, i):
            tasks[n] = i
            n += 1
    for x in range(n):
        i = int(tasks[x])
        least = PARAMETERS.least_prize if s.fill[i].team == k or s.fill[i].team == NONE else 0.0
        value = a.units[a.task[i].unit].value
        if a.is_daily:
            value -= a.extra[a.task[i].lost + a.team[k].day].loss
        prize[x] = value * (least + (1.0 - least) * rng.random())
    return tasks[:n], prize[:n]


@compiled_internal
def _fits_alone(a: Arrays, s: SearchState, k: int, first: int, behind: int, i: int) -> bool:
    before = a.team[k].base if first == 0 else s.stop[k, first - 1].at
    start = first_start(a, i, free_before(a, s, k, first) + travel_time(a, before, a.task[i].place))
    after, limit = _after_segment(a, s, k, behind, a.task[i].place)
    return bool(start != NONE and start + s.service[k, i] + travel_time(a, a.task[i].place, after) <= limit)


@compiled_internal
def _after_segment(a: Arrays, s: SearchState, k: int, behind: int, here: int) -> tuple[int, int]:
    """Return the place to which team k goes after a segment that ends at `here`, and the latest arrival there."""
    if behind == s.team[k].length:
        return a.team[k].end, a.team[k].shift_hi
    if s.stop[k, behind].task == a.team[k].break_task:
        return behind_break(a, s, k, behind, here)
    return s.stop[k, behind].at, s.fill[s.stop[k, behind].task].late


@inner_with_arrays
def _laid_out(a: Arrays, s: SearchState, k: int, first: int, behind: int, tasks: Int64s, prize: Float64s) -> Segment:
    n = tasks.shape[0] + 1
    place = np.empty(n, np.int64)
    place[0] = a.team[k].base if first == 0 else s.stop[k, first - 1].at
    window = np.empty((n, a.window.shape[1]), a.window.dtype)
    service, until, prizes = np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n, np.float64)
    back = np.zeros(n, np.float64)
    for x in range(n):
        if x > 0:
            i = int(tasks[x - 1])
            place[x], service[x], prizes[x] = a.task[i].place, s.service[k, i], prize[x - 1]
            window[x] = a.window[i]
        after, limit = _after_segment(a, s, k, behind, place[x])
        leg = travel_time(a, place[x], after)
        until[x], back[x] = limit - leg, a.travel_cost * leg
    travel, near, floor = np.empty((n, n), np.int64), np.full((n, n), NONE), 0.0
    row_of = np.full(a.near.shape[0], NONE)
    for x in range(1, n):
        row_of[tasks[x - 1]], near[0, x - 1] = x, x
    for x in range(n):
        for y in range(n):
            travel[x, y] = travel_time(a, place[x], place[y])
        n_near = 0
        for z in range(a.near.shape[1] if x > 0 else 0):
            y = row_of[a.near[tasks[x - 1], z]]
            if y != NONE and y != x:
                near[x, n_near] = y
                n_near += 1
    for x in range(behind - first):
        floor += prizes[x + 1] - a.travel_cost * travel[x, x + 1]
    floor -= back[behind - first]
    free = free_before(a, s, k, first)
    seconds, shift = max(0, int(until.max()) - free), 0
    while seconds >> shift >= PARAMETERS.segment_buckets:
        shift += 1
    return Segment(travel, near, window, service, until, back, prizes, free, seconds, shift, floor)
