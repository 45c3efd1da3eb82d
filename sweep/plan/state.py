"""Routes and their earliest and latest starts, as the compiled search holds and changes them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geodata.compiled import compiled
from sweep.plan.arrays import LATEST, NONE, Arrays, Ints, Rows, Table

STOP = np.dtype([("task", np.int64), ("at", np.int64)], align=True)
FILL = np.dtype([("team", np.int64), ("pos", np.int64), ("early", np.int64), ("late", np.int64)], align=True)
CREW_NOW = np.dtype(
    [("length", np.int64), ("load", np.int64), ("widest", np.int64), ("is_touched", np.bool_)], align=True
)


class State(NamedTuple):
    """
    Routes of tasks; changed in place by the search only.

    Records, not an array a field: each array that a compiled function is given costs it a count of references.
    """

    stop: Table
    """`task` in order, and its place `at`: a break is where the stop before it is, (teams, longest)."""
    crew: Table
    """
    `length` and `load` of the route, (teams,). `widest`: most seconds between being free after one stop and having to
    be at the next, LATEST if coupled. `is_touched`: changed since the last `restore`.
    """
    fill: Table
    """
    `team` of each task or NONE, `pos` in its route, `early`: earliest start, `late`: latest start from which all that
    hangs on it can still be kept, (tasks,).
    """
    service: Ints
    """As `Arrays.service`, for the teams as they are composed now, (teams, tasks)."""
    member: Rows
    """Team of each person, NONE for those who stay behind, (people,)."""


def empty_state(a: Arrays, member: Rows | None = None) -> State:
    """No slot anywhere; breaks are in."""
    n_teams, n_tasks = a.service.shape
    longest = a.longest + int((a.crew["break_task"] != NONE).any())
    s = State(
        stop=np.full((n_teams, longest), NONE, STOP),
        crew=np.zeros(n_teams, CREW_NOW),
        fill=np.zeros(n_tasks, FILL),
        service=a.service.copy(),
        member=np.zeros(0, np.int64) if member is None else member.copy(),
    )
    s.fill["team"], s.fill["pos"], s.crew["widest"] = NONE, NONE, LATEST
    for k in range(n_teams):
        if a.crew["break_task"][k] != NONE:
            put(a, s, int(a.crew["break_task"][k]), k, 0)
    s.crew["is_touched"] = True
    retime(a, s)
    s.crew["is_touched"] = False
    return s


def copy_state(s: State) -> State:
    """A state that shares no memory with the other."""
    return s._replace(**{name: part.copy() for name, part in s._asdict().items()})


@compiled
def restore(a: Arrays, s: State, source: State) -> None:
    """Make `s` equal to `source`, given that they differ in the touched teams only (if coupled: in any times)."""
    for k in range(s.crew.shape[0]):
        if s.crew[k].is_touched:
            for p in range(s.crew[k].length):
                s.fill[s.stop[k, p].task].team = NONE
    for k in range(s.crew.shape[0]):
        if not s.crew[k].is_touched:
            continue
        n = int(source.crew[k].length)
        s.crew[k].length, s.crew[k].load, s.crew[k].widest = n, source.crew[k].load, source.crew[k].widest
        for p in range(n):
            i = int(source.stop[k, p].task)
            s.stop[k, p].task, s.stop[k, p].at = i, source.stop[k, p].at
            s.fill[i].team, s.fill[i].pos = k, p
            s.fill[i].early, s.fill[i].late = source.fill[i].early, source.fill[i].late
        if s.member.shape[0] > 0:
            s.service[k] = source.service[k]
        s.crew[k].is_touched = False
    if a.is_coupled:
        for i in range(s.fill.shape[0]):
            s.fill[i].early, s.fill[i].late = source.fill[i].early, source.fill[i].late
    s.member[:] = source.member


@compiled
def assign_state(to: State, source: State) -> None:
    """Make `to` equal to `source`, wherever they differ."""
    to.stop[:] = source.stop
    to.crew[:] = source.crew
    to.fill[:] = source.fill
    to.member[:] = source.member
    if to.member.shape[0] > 0:
        to.service[:] = source.service
    for k in range(to.crew.shape[0]):
        to.crew[k].is_touched = False


@compiled
def start_after(a: Arrays, i: int, t: int) -> int:
    """The first allowed start of task i at or after t, NONE if there is none."""
    for w in range(a.window.shape[1]):
        if a.window[i, w].hi >= t and a.window[i, w].lo <= a.window[i, w].hi:
            return int(max(t, a.window[i, w].lo))
    return NONE


@compiled
def start_before(a: Arrays, i: int, t: int) -> int:
    """The last allowed start of task i at or before t, NONE if there is none."""
    for w in range(a.window.shape[1] - 1, -1, -1):
        if a.window[i, w].lo <= t and a.window[i, w].lo <= a.window[i, w].hi:
            return int(min(t, a.window[i, w].hi))
    return NONE


@compiled
def way(a: Arrays, k: int, p: int, q: int) -> int:
    """Seconds from place p to place q for team k; none to the end of an open route."""
    return 0 if q == NONE else int(a.travel[a.crew[k].profile, p, q])


@compiled
def put(a: Arrays, s: State, i: int, k: int, p: int) -> None:
    """Insert task i into team k's route at position p; times are left alone."""
    for q in range(s.crew[k].length, p, -1):
        j = int(s.stop[k, q - 1].task)
        s.stop[k, q].task = j
        s.fill[j].pos = q
    s.stop[k, p].task = i
    s.crew[k].length += 1
    s.fill[i].team, s.fill[i].pos = k, p
    s.crew[k].load += a.task[i].load
    s.crew[k].is_touched = True
    place_stops(a, s, k, p)


@compiled
def take(a: Arrays, s: State, i: int) -> None:
    """Take task i out of its route; times are left alone."""
    k, p = s.fill[i].team, s.fill[i].pos
    for q in range(p, s.crew[k].length - 1):
        j = int(s.stop[k, q + 1].task)
        s.stop[k, q].task = j
        s.fill[j].pos = q
    s.crew[k].length -= 1
    s.fill[i].team = NONE
    s.crew[k].load -= a.task[i].load
    s.crew[k].is_touched = True
    place_stops(a, s, k, p)


@compiled
def place_stops(a: Arrays, s: State, k: int, p: int) -> None:
    """Places of team k's stops from position p on."""
    for q in range(p, s.crew[k].length):
        i = int(s.stop[k, q].task)
        if a.task[i].place != NONE:
            s.stop[k, q].at = a.task[i].place
        else:
            s.stop[k, q].at = a.crew[k].base if q == 0 else s.stop[k, q - 1].at


@compiled
def take_unit(a: Arrays, s: State, u: int) -> None:
    """Take all tasks of unit u out; times are left alone."""
    for x in range(a.unit_start[u], a.unit_start[u + 1]):
        if s.fill[a.unit_tasks[x]].team != NONE:
            take(a, s, a.unit_tasks[x])


@compiled
def free_before(a: Arrays, s: State, k: int, p: int) -> int:
    """When team k is free for its stop p, at the place before it."""
    if p == 0:
        return int(a.crew[k].shift_lo)
    j = int(s.stop[k, p - 1].task)
    return int(s.fill[j].early + s.service[k, j])


@compiled
def arrival(a: Arrays, s: State, k: int, p: int) -> int:
    """When team k can be at its stop p."""
    before = a.crew[k].base if p == 0 else s.stop[k, p - 1].at
    return free_before(a, s, k, p) + way(a, k, before, s.stop[k, p].at)


@compiled
def deadline(a: Arrays, s: State, k: int, p: int) -> int:
    """When team k must start at its stop p to keep what follows in its route."""
    i = int(s.stop[k, p].task)
    here = int(s.stop[k, p].at)
    if p + 1 == s.crew[k].length:
        return int(a.crew[k].shift_hi - way(a, k, here, a.crew[k].end) - s.service[k, i])
    j = int(s.stop[k, p + 1].task)
    return int(s.fill[j].late - way(a, k, here, s.stop[k, p + 1].at) - s.service[k, i])


@compiled
def end_of_duty(a: Arrays, s: State, k: int) -> int:
    """When team k's shift ends if it starts everything as early as it can."""
    n = int(s.crew[k].length)
    if n == 0:
        return int(a.crew[k].shift_lo)
    return free_before(a, s, k, n) + way(a, k, s.stop[k, n - 1].at, a.crew[k].end)


@compiled
def start_of_duty(a: Arrays, s: State, k: int) -> int:
    """When team k leaves its base: as late as its first stop allows."""
    if s.crew[k].length == 0:
        return int(a.crew[k].shift_lo)
    return int(s.fill[s.stop[k, 0].task].early - way(a, k, a.crew[k].base, s.stop[k, 0].at))


@compiled
def keeps_duty(a: Arrays, s: State, k: int) -> bool:
    """Whether team k is back within its shift and its longest duty."""
    end = end_of_duty(a, s, k)
    return bool(end <= a.crew[k].shift_hi and end - start_of_duty(a, s, k) <= a.crew[k].max_duty)


@compiled
def retime(a: Arrays, s: State) -> bool:
    """Earliest and latest starts anew, of touched routes if they are uncoupled, else of all; whether all are kept."""
    if a.is_coupled:
        return _forward(a, s) and _backward(a, s)
    for k in range(s.crew.shape[0]):
        if s.crew[k].is_touched and not (_forward_alone(a, s, k) and _backward_alone(a, s, k)):
            return False
        measure_gaps(a, s, k)
    return True


@compiled
def measure_gaps(a: Arrays, s: State, k: int) -> None:
    """Find the widest gap of team k's route: what is longer than that fits nowhere."""
    n, free, widest = s.crew[k].length, a.crew[k].shift_lo, 0
    for p in range(n):
        i = int(s.stop[k, p].task)
        widest = max(widest, s.fill[i].late - free)
        free = int(s.fill[i].early + s.service[k, i])
    s.crew[k].widest = max(widest, a.crew[k].shift_hi - free)


@compiled
def _forward_alone(a: Arrays, s: State, k: int) -> bool:
    for p in range(s.crew[k].length):
        i = int(s.stop[k, p].task)
        start = start_after(a, i, arrival(a, s, k, p))
        if start == NONE:
            return False
        s.fill[i].early = start
    return keeps_duty(a, s, k)


@compiled
def _backward_alone(a: Arrays, s: State, k: int) -> bool:
    for p in range(s.crew[k].length - 1, -1, -1):
        i = int(s.stop[k, p].task)
        start = start_before(a, i, deadline(a, s, k, p))
        if start == NONE:
            return False
        s.fill[i].late = start
    return True


@compiled
def _forward(a: Arrays, s: State) -> bool:
    """Stop by stop along all routes; a node starts when all its teams are there; then the links."""
    n_teams = s.crew.shape[0]
    head = np.zeros(n_teams, np.int64)
    n_here = np.zeros(a.node_start.shape[0] - 1, np.int64)
    ready = np.zeros(a.node_start.shape[0] - 1, np.int64)
    waiting = np.arange(n_teams)
    n_waiting = n_teams
    while n_waiting > 0:
        n_waiting -= 1
        k = int(waiting[n_waiting])
        if head[k] >= s.crew[k].length:
            continue
        i = int(s.stop[k, head[k]].task)
        v = int(a.task[i].node)
        n_here[v] += 1
        ready[v] = max(ready[v], arrival(a, s, k, int(head[k])))
        if n_here[v] < a.node_start[v + 1] - a.node_start[v]:
            continue
        start = start_after(a, i, ready[v])
        if start == NONE:
            return False
        for x in range(a.node_start[v], a.node_start[v + 1]):
            s.fill[x].early = start
            head[s.fill[x].team] += 1
            waiting[n_waiting] = s.fill[x].team
            n_waiting += 1
    for k in range(n_teams):
        if head[k] < s.crew[k].length:
            return False
    if a.link.shape[0] > 0:
        for i in range(s.fill.shape[0]):
            s.fill[i].late = LATEST
        for v in range(a.node_start.shape[0] - 1):
            i = int(a.node_start[v])
            if a.link_start[v + 1] > a.link_start[v] and s.fill[i].team != NONE and not raise_from(a, s, i):
                return False
    for k in range(n_teams):  # noqa: SIM110 - numba has no generators in all()
        if not keeps_duty(a, s, k):
            return False
    return True


@compiled
def _backward(a: Arrays, s: State) -> bool:
    n_teams = s.crew.shape[0]
    tail = np.empty(n_teams, np.int64)
    for k in range(n_teams):
        tail[k] = s.crew[k].length - 1
    n_here = np.zeros(a.node_start.shape[0] - 1, np.int64)
    needed = np.full(a.node_start.shape[0] - 1, LATEST, np.int64)
    waiting = np.arange(n_teams)
    n_waiting = n_teams
    while n_waiting > 0:
        n_waiting -= 1
        k = int(waiting[n_waiting])
        if tail[k] < 0:
            continue
        i = int(s.stop[k, tail[k]].task)
        v = int(a.task[i].node)
        n_here[v] += 1
        needed[v] = min(needed[v], deadline(a, s, k, tail[k]))
        if n_here[v] < a.node_start[v + 1] - a.node_start[v]:
            continue
        start = start_before(a, i, needed[v])
        if start == NONE:
            return False
        for x in range(a.node_start[v], a.node_start[v + 1]):
            s.fill[x].late = start
            tail[s.fill[x].team] -= 1
            waiting[n_waiting] = s.fill[x].team
            n_waiting += 1
    for v in range(a.node_start.shape[0] - 1):
        i = int(a.node_start[v])
        if a.link_start[v + 1] > a.link_start[v] and s.fill[i].team != NONE and not lower_from(a, s, i):
            return False
    return True


@compiled
def raise_from(a: Arrays, s: State, i: int) -> bool:
    """
    Push later what the start of task i pushes; whether all of it still can be kept.

    On False the times are in disorder. A ring of links that pushes itself is stopped by a count.
    """
    if not a.is_coupled:
        k = int(s.fill[i].team)
        for p in range(s.fill[i].pos + 1, s.crew[k].length):
            j = int(s.stop[k, p].task)
            start = start_after(a, j, arrival(a, s, k, p))
            if start == NONE or start > s.fill[j].late:
                return False
            if start <= s.fill[j].early:
                return True
            s.fill[j].early = start
        return keeps_duty(a, s, k)
    stack = np.empty(4 * s.fill.shape[0] + 64, np.int64)
    stack[0] = a.task[i].node
    n, left = 1, stack.shape[0]
    while n > 0:
        n -= 1
        v = stack[n]
        for x in range(a.node_start[v], a.node_start[v + 1]):
            k, p = s.fill[x].team, s.fill[x].pos + 1
            if p == s.crew[k].length:
                if not keeps_duty(a, s, k):
                    return False
                continue
            pushed = _push(a, s, s.stop[k, p].task, arrival(a, s, k, p))
            if pushed == NONE:
                return False
            if pushed > 0:
                stack[n] = a.task[s.stop[k, p].task].node
                n, left = n + 1, left - 1
        for y in range(a.link_start[v], a.link_start[v + 1]):
            j = int(a.node_start[a.link[y].to])
            if s.fill[j].team == NONE:
                continue
            pushed = _push(a, s, j, s.fill[a.node_start[v]].early + a.link[y].lo)
            if pushed == NONE:
                return False
            if pushed > 0:
                stack[n] = a.link[y].to
                n, left = n + 1, left - 1
        if left < stack.shape[0] // 2:
            return False
    return True


@compiled
def _push(a: Arrays, s: State, j: int, t: int) -> int:
    """Start task j, and all of its node, at t or later; 1 if that changed it, 0 if not, NONE if it cannot be."""
    if t <= s.fill[j].early:
        return 0
    start = start_after(a, j, t)
    if start == NONE or start > s.fill[j].late:
        return NONE
    v = int(a.task[j].node)
    for x in range(a.node_start[v], a.node_start[v + 1]):
        s.fill[x].early = start
    return 1


@compiled
def lower_from(a: Arrays, s: State, i: int) -> bool:
    """Pull earlier the latest starts that hang on that of task i; False if one falls before every window."""
    if not a.is_coupled:
        k = int(s.fill[i].team)
        for p in range(s.fill[i].pos - 1, -1, -1):
            j = int(s.stop[k, p].task)
            start = start_before(a, j, deadline(a, s, k, p))
            if start == NONE:
                return False
            if start >= s.fill[j].late:
                return True
            s.fill[j].late = start
        return True
    stack = np.empty(4 * s.fill.shape[0] + 64, np.int64)
    stack[0] = a.task[i].node
    n, left = 1, stack.shape[0]
    while n > 0:
        n -= 1
        v = stack[n]
        for x in range(a.node_start[v], a.node_start[v + 1]):
            k, p = s.fill[x].team, s.fill[x].pos - 1
            if p < 0:
                continue
            pulled = _pull(a, s, s.stop[k, p].task, deadline(a, s, k, p))
            if pulled == NONE:
                return False
            if pulled > 0:
                stack[n] = a.task[s.stop[k, p].task].node
                n, left = n + 1, left - 1
        for y in range(a.link_start[v], a.link_start[v + 1]):
            j = int(a.node_start[a.link[y].to])
            if s.fill[j].team == NONE:
                continue
            pulled = _pull(a, s, j, s.fill[a.node_start[v]].late + a.link[y].hi)
            if pulled == NONE:
                return False
            if pulled > 0:
                stack[n] = a.link[y].to
                n, left = n + 1, left - 1
        if left < stack.shape[0] // 2:
            return False
    return True


@compiled
def _pull(a: Arrays, s: State, j: int, t: int) -> int:
    """Start task j, and all of its node, at t or earlier at the latest; 1, 0 or NONE as `_push`."""
    if t >= s.fill[j].late:
        return 0
    start = start_before(a, j, t)
    if start == NONE:
        return NONE
    v = int(a.task[j].node)
    for x in range(a.node_start[v], a.node_start[v + 1]):
        s.fill[x].late = start
    return 1
