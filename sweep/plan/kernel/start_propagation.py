"""What a changed start pushes later or pulls earlier, over the precedence graph of routes and links. Compiled."""

import numpy as np

from geodata.array_types import Int64s
from geodata.numba_options import inlined, inner, inner_with_arrays
from sweep.plan.kernel.problem_arrays import NONE, Arrays
from sweep.plan.kernel.route_times import arrival, deadline, first_start, keeps_duty, last_start
from sweep.plan.kernel.search_state import State, start_at


@inner
def raise_from(a: Arrays, s: State, i: int) -> bool:
    """
    Push later what the start of task i pushes; whether all of it still can be kept.

    On False the times are in disorder.
    """
    return _spread(a, s, i, True) if a.is_coupled else _raise_route(a, s, i)


@inner
def lower_from(a: Arrays, s: State, i: int) -> bool:
    """Pull earlier the latest starts that hang on that of task i; False if one falls before every window."""
    return _spread(a, s, i, False) if a.is_coupled else _lower_route(a, s, i)


@inner
def _raise_route(a: Arrays, s: State, i: int) -> bool:
    """Push later what comes after task i in its route, where no start hangs on another route's."""
    k = int(s.fill[i].team)
    for p in range(s.fill[i].pos + 1, s.team[k].length):
        j = int(s.stop[k, p].task)
        start = first_start(a, j, arrival(a, s, k, p))
        if start == NONE or start > s.fill[j].late:
            return False
        if start <= s.fill[j].early:
            return True
        start_at(s, j, start)
    return keeps_duty(a, s, k)


@inner
def _lower_route(a: Arrays, s: State, i: int) -> bool:
    """Pull earlier the latest starts before task i in its route, where no start hangs on another route's."""
    k = int(s.fill[i].team)
    for p in range(s.fill[i].pos - 1, -1, -1):
        j = int(s.stop[k, p].task)
        start = last_start(a, j, deadline(a, s, k, p))
        if start == NONE:
            return False
        if start >= s.fill[j].late:
            return True
        s.fill[j].late = start
    return True


@inner_with_arrays
def _spread(a: Arrays, s: State, i: int, is_later: bool) -> bool:
    """Push later, or pull earlier, what hangs on the start of task i over routes and links; whether all can be kept."""
    return _spread_over(a, s, i, is_later, np.empty(4 * s.fill.shape[0] + 64, np.int64))


@inner
def _spread_over(a: Arrays, s: State, i: int, is_later: bool, stack: Int64s) -> bool:
    """
    As `_spread`, with memory for the nodes to go on from.

    A ring of links that pushes itself is stopped by a count.
    """
    stack[0] = a.task[i].node
    n, left = 1, stack.shape[0]
    while n > 0:
        n -= 1
        v = stack[n]
        for x in range(a.nodes[v].task, a.nodes[v + 1].task):
            k, p = s.fill[x].team, s.fill[x].pos + (1 if is_later else -1)
            if p == s.team[k].length and not keeps_duty(a, s, k):
                return False
            if p < 0 or p == s.team[k].length:
                continue
            j = int(s.stop[k, p].task)
            moved = _push(a, s, j, arrival(a, s, k, p)) if is_later else _pull(a, s, j, deadline(a, s, k, p))
            if moved == NONE:
                return False
            if moved > 0:
                stack[n] = a.task[j].node
                n, left = n + 1, left - 1
        for y in range(a.nodes[v].link, a.nodes[v + 1].link):
            own, j = int(a.nodes[v].task), int(a.nodes[a.link[y].to].task)
            if s.fill[j].team == NONE:
                continue
            if is_later:
                moved = _push(a, s, j, s.fill[own].early + a.link[y].lo)
            else:
                moved = _pull(a, s, j, s.fill[own].late + a.link[y].hi)
            if moved == NONE:
                return False
            if moved > 0:
                stack[n] = a.link[y].to
                n, left = n + 1, left - 1
        if left < stack.shape[0] // 2:
            return False
    return True


@inlined
def _push(a: Arrays, s: State, j: int, t: int) -> int:
    """Start task j, and all of its node, at t or later; 1 if that changed it, 0 if not, NONE if it cannot be."""
    if t <= s.fill[j].early:
        return 0
    start = first_start(a, j, t)
    if start == NONE or start > s.fill[j].late:
        return NONE
    v = int(a.task[j].node)
    for x in range(a.nodes[v].task, a.nodes[v + 1].task):
        start_at(s, x, start)
    return 1


@inlined
def _pull(a: Arrays, s: State, j: int, t: int) -> int:
    """Start task j, and all of its node, at t or earlier at the latest; 1, 0 or NONE as `_push`."""
    if t >= s.fill[j].late:
        return 0
    start = last_start(a, j, t)
    if start == NONE:
        return NONE
    v = int(a.task[j].node)
    for x in range(a.nodes[v].task, a.nodes[v + 1].task):
        s.fill[x].late = start
    return 1
