"""Propagation of changed starts over the precedence graph of routes and links; compiled."""

import numpy as np

from geodata.array_types import Int64s
from geodata.numba_options import compiled_internal, inlined, inner_with_arrays
from sweep.plan.kernel.problem_arrays import NONE, Arrays
from sweep.plan.kernel.route_times import arrival, deadline, first_start, keeps_duty, last_start
from sweep.plan.kernel.search_state import SearchState, start_at


@compiled_internal
def raise_from(a: Arrays, s: SearchState, i: int) -> bool:
    """
    Propagate a raised earliest start of task i forward; return whether all times remain feasible.

    If it returns False, the times are inconsistent.
    """
    return _spread(a, s, i, True) if a.is_coupled else _raise_route(a, s, i)


@compiled_internal
def lower_from(a: Arrays, s: SearchState, i: int) -> bool:
    """Propagate a lowered latest start of task i backward; return False, with inconsistent times, if infeasible."""
    return _spread(a, s, i, False) if a.is_coupled else _lower_route(a, s, i)


@compiled_internal
def _raise_route(a: Arrays, s: SearchState, i: int) -> bool:
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


@compiled_internal
def _lower_route(a: Arrays, s: SearchState, i: int) -> bool:
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
def _spread(a: Arrays, s: SearchState, i: int, is_later: bool) -> bool:
    return _spread_over(a, s, i, is_later, np.empty(4 * s.fill.shape[0] + 64, np.int64))


@compiled_internal
def _spread_over(a: Arrays, s: SearchState, i: int, is_later: bool, stack: Int64s) -> bool:
    """
    Propagate a changed start of task i over routes and links; return whether all starts stay feasible.

    If `is_later`, earliest starts are raised, else latest starts are lowered. `stack`: working memory for nodes
    (visits). The number of steps is limited, since in a cycle of links the starts can push each other without end.
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
def _push(a: Arrays, s: SearchState, j: int, t: int) -> int:
    """Raise the earliest start of task j's visit to `t`; return 1 if it changed, 0 if not, NONE if infeasible."""
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
def _pull(a: Arrays, s: SearchState, j: int, t: int) -> int:
    """Lower the latest start of task j's visit to `t`; return 1 if it changed, 0 if not, NONE if infeasible."""
    if t >= s.fill[j].late:
        return 0
    start = last_start(a, j, t)
    if start == NONE:
        return NONE
    v = int(a.task[j].node)
    for x in range(a.nodes[v].task, a.nodes[v + 1].task):
        s.fill[x].late = start
    return 1
