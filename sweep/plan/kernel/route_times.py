"""Elementary times of a route: window starts, arrival, deadline, end of duty; compiled."""

from typing import Protocol

from geodata.numba_options import compiled_internal, compiled_lean, inlined
from sweep.plan.kernel.problem_arrays import NONE, Arrays, Table
from sweep.plan.kernel.search_state import SearchState


class Windowed(Protocol):
    """
    Object with the tasks' start windows, such as `Arrays` or `TaskWindows`.

    Functions take the whole object: passing only its table, or a row, made the search of a district a fifth slower.
    """

    @property
    def window(self) -> Table:
        """Start windows of the tasks, with the fields of `Arrays.window`, (tasks, windows)."""


@compiled_lean
def first_start(a: Windowed, i: int, t: int) -> int:
    """Return the first start at or after `t` in the windows of task i, seconds after midnight, or NONE."""
    for w in range(a.window.shape[1]):
        if a.window[i, w].hi >= t and a.window[i, w].lo <= a.window[i, w].hi:
            return int(max(t, a.window[i, w].lo))
    return NONE


@compiled_internal
def last_start(a: Windowed, i: int, t: int) -> int:
    """Return the last start at or before `t` in the windows of task i, seconds after midnight, or NONE."""
    for w in range(a.window.shape[1] - 1, -1, -1):
        if a.window[i, w].lo <= t and a.window[i, w].lo <= a.window[i, w].hi:
            return int(min(t, a.window[i, w].hi))
    return NONE


@compiled_lean
def travel_time(a: Arrays, p: int, q: int) -> int:
    """Return the travel seconds from place p to place q."""
    return int(a.travel[0, p, q])


@inlined
def free_before(a: Arrays, s: SearchState, k: int, p: int) -> int:
    """Return the earliest second at which team k can leave for stop p (p >= 0): shift start, or end of stop p - 1."""
    if p == 0:
        return int(a.team[k].shift_lo)
    j = int(s.stop[k, p - 1].task)
    return int(s.fill[j].early + s.service[k, j])


@inlined
def arrival(a: Arrays, s: SearchState, k: int, p: int) -> int:
    """Return the earliest arrival of team k at its p-th stop (from 0), in seconds after midnight."""
    return int(free_before(a, s, k, p) + s.stop[k, p].leg)


@inlined
def deadline(a: Arrays, s: SearchState, k: int, p: int) -> int:
    """Return the latest second at which team k's p-th stop (from 0) may start, so that its later stops are feasible."""
    i = int(s.stop[k, p].task)
    if p + 1 == s.team[k].length:
        return int(a.team[k].shift_hi - s.team[k].home - s.service[k, i])
    j = int(s.stop[k, p + 1].task)
    return int(s.fill[j].late - s.stop[k, p + 1].leg - s.service[k, i])


@compiled_lean
def end_of_duty(a: Arrays, s: SearchState, k: int) -> int:
    """Return the time at which team k is at its end place, with earliest starts; shift start for an empty route."""
    n = int(s.team[k].length)
    if n == 0:
        return int(a.team[k].shift_lo)
    return int(free_before(a, s, k, n) + s.team[k].home)


@inlined
def keeps_duty(a: Arrays, s: SearchState, k: int) -> bool:
    """Whether team k, with earliest starts, returns within its shift and its duty limit."""
    # Inlined: with function calls a round of a district took a tenth longer.
    n = int(s.team[k].length)
    if n == 0:
        return bool(a.team[k].shift_lo <= a.team[k].shift_hi and a.team[k].max_duty >= 0)
    j = int(s.stop[k, n - 1].task)
    end = s.fill[j].early + s.service[k, j] + s.team[k].home
    if end > a.team[k].shift_hi:
        return False
    # A route with only a break is empty: no duty.
    if n == 1 and j == a.team[k].break_task:
        return True
    return bool(end - s.fill[s.stop[k, 0].task].early + s.stop[k, 0].leg <= a.team[k].max_duty)
