"""When teams that are alike can be where: travel, windows, shifts. Compiled."""

from typing import NamedTuple

import numpy as np

from geodata.array_types import Bits64, Int64s
from geodata.numba_options import compiled, inner
from geodata.tuple_by_reference import by_reference
from sweep.plan.kernel.problem_arrays import NONE, Table
from sweep.plan.kernel.route_times import last_start

NEVER = -(1 << 40)


@by_reference
class TeamKind(NamedTuple):
    """Teams that are alike to the bound: same base, same shift, same time at every task."""

    travel: Int64s
    """Seconds from task to task, (tasks, tasks)."""
    out: Int64s
    """Seconds from the base to each task, (tasks,)."""
    back: Int64s
    """Seconds from each task to the base, (tasks,)."""
    service: Int64s
    """(tasks,)."""
    shift_lo: int
    shift_hi: int
    break_lo: int
    """Earliest start of its break."""
    break_hi: int
    """Latest start, itself allowed."""
    break_s: int
    """How long it is; 0: none has to be taken."""
    neighbours: Bits64
    """The tasks that each task remembers, a bit each, (tasks, words)."""
    barred: Bits64
    """The tasks that cannot come after each task in a route, itself included, a bit each, (tasks, words)."""


@by_reference
class Windows(NamedTuple):
    """When each task of a pool, or of one kind of teams, may start."""

    window: Table
    """As `Arrays.window`, (tasks, windows)."""


@inner
def rested(team: TeamKind, t: int) -> int:
    """When a team that is free at `t` and has yet to take its break can go on after it; NEVER if it is too late."""
    return max(t, team.break_lo) + team.break_s if t <= team.break_hi else NEVER


@compiled
def limits_to_leave(team: TeamKind, windows: Windows) -> Int64s:
    """Until when service at one task may last so that another can follow, and the base after it, (tasks, tasks)."""
    n_tasks = team.service.shape[0]
    limits = np.empty((n_tasks, n_tasks), np.int64)
    for j in range(n_tasks):
        latest = last_start(windows, j, team.shift_hi - team.back[j] - team.service[j])
        for i in range(n_tasks):
            limits[i, j] = NEVER if latest == NONE else latest - team.travel[i, j]
    return limits


@compiled
def shortest(travel: Int64s) -> Int64s:
    """Shortest times over any detour, (n, n): leaving out a stop then makes no route longer (Floyd and Warshall)."""
    best = travel.copy()
    n = best.shape[0]
    for m in range(n):
        for i in range(n):
            for j in range(n):
                best[i, j] = min(best[i, j], best[i, m] + best[m, j])
    return best
