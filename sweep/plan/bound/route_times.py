"""When teams that are alike can be where: travel, windows, shifts. Compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geodata.arrays import Bits64, Int64s
from geodata.compiled import compiled

NONE = -1
NEVER = -(1 << 40)


class TeamKind(NamedTuple):
    """Teams that are alike to the bound: same base, same shift, same time at every task."""

    travel: Int64s
    """Seconds from task to task, (tasks, tasks)."""
    out: Int64s
    """From the base to each task, (tasks,)."""
    back: Int64s
    """From each task to the base, (tasks,)."""
    service: Int64s
    """(tasks,)."""
    shift_lo: int
    shift_hi: int
    neighbours: Bits64
    """The tasks that each task remembers, a bit each, (tasks, words)."""
    barred: Bits64
    """The tasks that cannot come after each task in a route, itself included, a bit each, (tasks, words)."""


class Windows(NamedTuple):
    """When each task may start, both ends inclusive; empty ones have lo > hi, (tasks, windows)."""

    lo: Int64s
    hi: Int64s


@compiled
def first_start(windows: Windows, i: int, t: int) -> int:
    """The first allowed start of task i at or after t, NONE if there is none."""
    for w in range(windows.lo.shape[1]):
        if windows.hi[i, w] >= t and windows.lo[i, w] <= windows.hi[i, w]:
            return int(max(t, windows.lo[i, w]))
    return NONE


@compiled
def last_start(windows: Windows, i: int, t: int) -> int:
    """The last allowed start of task i at or before t, NONE if there is none."""
    for w in range(windows.lo.shape[1] - 1, -1, -1):
        if windows.lo[i, w] <= t and windows.lo[i, w] <= windows.hi[i, w]:
            return int(min(t, windows.hi[i, w]))
    return NONE


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
