"""Travel times, windows, shifts and breaks of one kind of teams, as arrays for compiled code."""

from typing import NamedTuple

import numpy as np

from geodata.array_types import Bits64, Int64s
from geodata.numba_options import compiled, compiled_internal
from geodata.tuple_by_reference import pass_by_reference
from sweep.plan.kernel.problem_arrays import LATEST, NONE, Table
from sweep.plan.kernel.route_times import last_start

NEVER = -(1 << 40)


@pass_by_reference
class TeamKind(NamedTuple):
    """Identical teams: same base, shift and break, and the same service time at every task."""

    travel: Int64s
    """Seconds from task to task, (tasks, tasks)."""
    out: Int64s
    """Seconds from the base to each task, (tasks,)."""
    back: Int64s
    """Seconds from each task to the place where the shift ends, (tasks,)."""
    service: Int64s
    """Service seconds of each task, (tasks,)."""
    shift_lo: int
    """Start of the shift, seconds after midnight."""
    shift_hi: int
    """End of the shift."""
    break_lo: int
    """Earliest start of the break, seconds after midnight."""
    break_hi: int
    """Latest start of the break, inclusive."""
    break_s: int
    """Length of the break in seconds; 0 if no break is required."""
    neighbours: Bits64
    """ng-neighbourhood of each task: one bit for each task, (tasks, words)."""
    barred: Bits64
    """Tasks that cannot follow each task in a route, itself included: one bit for each task, (tasks, words)."""


@pass_by_reference
class TaskWindows(NamedTuple):
    """Start windows of the tasks of a component, or of one kind of teams."""

    window: Table
    """Start intervals of each task, with the fields of `Arrays.window`, (tasks, windows)."""


def seconds_with_leg(team: TeamKind) -> Int64s:
    """Return the service seconds of each task plus the shortest leg into it, (tasks,)."""
    between = team.travel + LATEST * np.eye(len(team.out), dtype=np.int64)
    leg: Int64s = np.minimum(team.out, between.min(axis=0, initial=LATEST))
    return team.service + leg


@compiled_internal
def rested(team: TeamKind, t: int) -> int:
    """Return the second at which a team free at `t` ends its break; NEVER if `t` is after the break's latest start."""
    return max(t, team.break_lo) + team.break_s if t <= team.break_hi else NEVER


@compiled
def limits_to_leave(team: TeamKind, windows: TaskWindows) -> Int64s:
    """
    Return the latest end of service at task i from which a team can serve task j and be back in time.

    Seconds after midnight, shape (tasks i, tasks j); NEVER if task j cannot follow task i.
    """
    n_tasks, one = team.service.shape[0], np.uint64(1)
    limits = np.empty((n_tasks, n_tasks), np.int64)
    for j in range(n_tasks):
        latest = last_start(windows, j, team.shift_hi - team.back[j] - team.service[j])
        for i in range(n_tasks):
            is_barred = team.barred[i, j // 64] >> np.uint64(j % 64) & one
            limits[i, j] = NEVER if latest == NONE or is_barred else latest - team.travel[i, j]
    return limits


@compiled
def shortest(travel: Int64s) -> Int64s:
    """Return shortest travel times over any intermediate stops, (n, n), by Floyd-Warshall."""
    best = travel.copy()
    n = best.shape[0]
    for m in range(n):
        for i in range(n):
            for j in range(n):
                best[i, j] = min(best[i, j], best[i, m] + best[m, j])
    return best
