"""The routes that a pool's relaxation has priced so far, and when each can be gone at a node of the tree."""

from __future__ import annotations

import numpy as np

from geodata.arrays import Bools, Int64s
from geodata.compiled import compiled
from sweep.plan.bound.route_times import TeamKind, Windows
from sweep.plan.kernel.arrays import NONE
from sweep.plan.kernel.times import first_start, last_start


class Columns:
    """Routes of one kind of teams: tasks in order, NONE behind the last."""

    def __init__(self) -> None:
        self._tasks = np.full((64, 8), NONE, np.int64)
        self._rows: dict[tuple[int, ...], int] = {}

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def tasks(self) -> Int64s:
        """(routes, longest)."""
        return self._tasks[: len(self)]

    def add(self, route: list[int]) -> bool:
        """Whether the route is new."""
        key, n = tuple(route), len(self)
        if key in self._rows:
            return False
        rows, width = self._tasks.shape
        if n == rows or len(key) > width:
            grown = np.full((2 * rows if n == rows else rows, max(width, len(key))), NONE, np.int64)
            grown[:rows, :width] = self._tasks
            self._tasks = grown
        self._tasks[n, : len(key)] = key
        self._rows[key] = n
        return True


@compiled
def possible(tasks: Int64s, team: TeamKind, windows: Windows, early: Int64s, late: Int64s) -> Bools:
    """
    Whether each route keeps the windows, (routes,).

    Parameters
    ----------
    early, late
        Changed in place: earliest and latest start of each stop of the possible routes, shaped as `tasks`.
    """
    n_routes, longest = tasks.shape
    kept = np.zeros(n_routes, np.bool_)
    for r in range(n_routes):
        before, t, n, good = NONE, team.shift_lo, 0, True
        while n < longest and tasks[r, n] != NONE:
            i = tasks[r, n]
            leg = team.out[i] if n == 0 else team.travel[before, i]
            start = first_start(windows, i, t + leg)
            if start == NONE:
                good = False
                break
            early[r, n] = start
            before, t, n = i, start + team.service[i], n + 1
        if not good or (n > 0 and t + team.back[before] > team.shift_hi):
            continue
        kept[r] = True
        until = team.shift_hi
        for p in range(n - 1, -1, -1):
            i = tasks[r, p]
            leg = team.back[i] if p == n - 1 else team.travel[i, tasks[r, p + 1]]
            late[r, p] = last_start(windows, i, until - leg - team.service[i])
            until = late[r, p]
    return kept
