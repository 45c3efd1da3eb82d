"""Columns of a component's LP relaxation (routes), and the feasible start times of a column's stops at a tree node."""

import numpy as np

from geodata.array_types import Bits64, Bools, Int64s
from geodata.numba_options import compiled, compiled_internal
from sweep.plan.bound.team_kind_arrays import NEVER, TaskWindows, TeamKind, rested
from sweep.plan.kernel.problem_arrays import LATEST, NONE
from sweep.plan.kernel.route_times import first_start, last_start


class Columns:
    """Known routes of a kind of teams, no two equal; a row has positions in the kind's tasks, padded with NONE."""

    def __init__(self) -> None:
        self._tasks = np.full((64, 8), NONE, np.int64)
        self._rows: dict[tuple[int, ...], int] = {}

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def tasks(self) -> Int64s:
        """Tasks of each route in order, padded with NONE, (routes, longest route)."""
        return self._tasks[: len(self)]

    def route(self, row: int) -> list[int]:
        """Return the tasks of the route in a row, in order, as positions in the tasks of the kind of teams."""
        tasks: list[int] = self._tasks[row].tolist()
        return [i for i in tasks if i != NONE]

    def add(self, route: list[int]) -> bool:
        """Add a route, a list of tasks in order; return whether it is new."""
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
def possible(tasks: Int64s, team: TeamKind, windows: TaskWindows) -> tuple[Bools, Int64s, Int64s]:
    """
    Return whether each route is feasible, (routes,), and earliest and latest start of each stop, shaped as `tasks`.

    `tasks` holds the tasks of each route in order, as positions in those of the kind `team`, padded with NONE. Starts
    of infeasible routes are 0. A route must not return to a task that its ng-neighbourhoods (`TeamKind.neighbours`)
    still remember.
    """
    n_routes, longest = tasks.shape
    kept, early, late = np.zeros(n_routes, np.bool_), np.zeros_like(tasks), np.zeros_like(tasks)
    first = np.empty((longest, 2), np.int64)
    visited = np.zeros(team.neighbours.shape[1], np.uint64)
    for r in range(n_routes):
        n = 0
        while n < longest and tasks[r, n] != NONE:
            n += 1
        kept[r] = n == 0 or _fits(tasks, r, n, team, windows, first, visited)
        if kept[r]:
            _fill_spans(tasks, r, n, team, windows, first, early, late)
    return kept, early, late


@compiled_internal
def _fits(tasks: Int64s, r: int, n: int, team: TeamKind, windows: TaskWindows, first: Int64s, visited: Bits64) -> bool:
    """
    Return whether route `r` with `n` stops is feasible, and write the earliest starts of its stops to `first`.

    `first` has shape (stops, 2): start with the break still to come; start with the break taken or not needed. NONE
    marks an impossible start. `visited`, (words,), is working memory.
    """
    free, after = (team.shift_lo, rested(team, team.shift_lo)) if team.break_s > 0 else (NEVER, team.shift_lo)
    n_words, one = visited.shape[0], np.uint64(1)
    visited[:] = 0
    for p in range(n):
        i = tasks[r, p]
        if visited[i // 64] >> np.uint64(i % 64) & one:
            return False
        for w in range(n_words):
            visited[w] = visited[w] & team.neighbours[i, w] | team.barred[i, w]
    for p in range(n):
        i = tasks[r, p]
        leg = team.out[i] if p == 0 else team.travel[tasks[r, p - 1], i]
        first[p, 0] = NONE if free == NEVER else first_start(windows, i, free + leg)
        first[p, 1] = NONE if after == NEVER else first_start(windows, i, after + leg)
        free = NEVER if first[p, 0] == NONE else first[p, 0] + team.service[i]
        after = NEVER if first[p, 1] == NONE else first[p, 1] + team.service[i]
        # The break may be taken here, unless it is too late for it.
        rests = NEVER if free == NEVER else rested(team, free)
        if rests == NEVER:
            free = NEVER
        elif after == NEVER or rests < after:
            after = rests
    return bool(after != NEVER and after + team.back[tasks[r, n - 1]] <= team.shift_hi)


@compiled_internal
def _fill_spans(
    tasks: Int64s, r: int, n: int, team: TeamKind, windows: TaskWindows, first: Int64s, early: Int64s, late: Int64s
) -> None:
    """Write the earliest and latest start of each stop of route `r`, over all break times, to `early` and `late`."""
    # Latest time at which the team must be free, with the break still to come and without.
    to_rest, to_go = NEVER, team.shift_hi
    for p in range(n - 1, -1, -1):
        i = tasks[r, p]
        leg = team.back[i] if p == n - 1 else team.travel[i, tasks[r, p + 1]]
        to_rest, to_go = to_rest - leg, to_go - leg
        if team.break_s > 0 and to_go >= team.break_lo + team.break_s:
            to_rest = max(to_rest, min(to_go - team.break_s, team.break_hi))
        early[r, p], late[r, p] = LATEST, NEVER
        for x in range(2):
            last = last_start(windows, i, (to_rest if x == 0 else to_go) - team.service[i])
            if last != NONE and first[p, x] != NONE and first[p, x] <= last:
                early[r, p], late[r, p] = min(early[r, p], first[p, x]), max(late[r, p], last)
            if x == 0:
                to_rest = NEVER if last == NONE else last
            else:
                to_go = NEVER if last == NONE else last
