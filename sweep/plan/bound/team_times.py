"""Travel times, windows, shifts and breaks of identical teams; compiled."""

from typing import NamedTuple

import numpy as np

from geodata.array_types import Bits64, Int64s
from geodata.numba_options import compiled, compiled_internal
from geodata.tuple_by_reference import pass_by_reference
from sweep.plan.kernel.problem_arrays import NONE, Table
from sweep.plan.kernel.route_times import last_start

NEVER = -(1 << 40)


@pass_by_reference
class TeamKind(NamedTuple):
    """Identical teams: same base, same shift, same service time at every task."""

    travel: Int64s
    """Seconds from task to task, (tasks, tasks)."""
    out: Int64s
    """Seconds from the base to each task, (tasks,)."""
    back: Int64s
    """Seconds from each task to the base, (tasks,)."""
    service: Int64s
    """Service seconds of each task, (tasks,)."""
    shift_lo: int
    shift_hi: int
    break_lo: int
    """Earliest start of its break."""
    break_hi: int
    """Latest start, inclusive."""
    break_s: int
    """Length in seconds; 0: no break required."""
    neighbours: Bits64
    """ng-neighbourhood of each task, a bit for each task, (tasks, words)."""
    barred: Bits64
    """Tasks that cannot follow each task in a route (itself included), a bit for each, (tasks, words)."""


@pass_by_reference
class TaskWindows(NamedTuple):
    """Start windows of the tasks of a pool, or of one kind of teams."""

    window: Table
    """As `Arrays.window`, (tasks, windows)."""


@compiled_internal
def rested(team: TeamKind, t: int) -> int:
    """End of the break of a team that is free at `t` and has not had it; NEVER if too late."""
    return max(t, team.break_lo) + team.break_s if t <= team.break_hi else NEVER


@compiled
def limits_to_leave(team: TeamKind, windows: TaskWindows) -> Int64s:
    """Latest end of service at one task to serve another and return in time, (tasks, tasks)."""
    n_tasks = team.service.shape[0]
    limits = np.empty((n_tasks, n_tasks), np.int64)
    for j in range(n_tasks):
        latest = last_start(windows, j, team.shift_hi - team.back[j] - team.service[j])
        for i in range(n_tasks):
            limits[i, j] = NEVER if latest == NONE else latest - team.travel[i, j]
    return limits


@compiled
def shortest(travel: Int64s) -> Int64s:
    """Shortest travel times over any detour (Floyd-Warshall), (n, n): no leg is longer than a detour."""
    best = travel.copy()
    n = best.shape[0]
    for m in range(n):
        for i in range(n):
            for j in range(n):
                best[i, j] = min(best[i, j], best[i, m] + best[m, j])
    return best
