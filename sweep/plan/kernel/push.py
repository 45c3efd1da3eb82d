"""What a changed start pushes later or pulls earlier, over the precedence graph of routes and links. Compiled."""

from __future__ import annotations

import numpy as np

from geodata.compiled import compiled
from sweep.plan.kernel.arrays import NONE, Arrays
from sweep.plan.kernel.state import State
from sweep.plan.kernel.times import arrival, deadline, keeps_duty, start_after, start_before


@compiled
def raise_from(a: Arrays, s: State, i: int) -> bool:
    """
    Push later what the start of task i pushes; whether all of it still can be kept.

    On False the times are in disorder. A ring of links that pushes itself is stopped by a count.
    """
    if not a.is_coupled:
        k = int(s.fill[i].team)
        for p in range(s.fill[i].pos + 1, s.team[k].length):
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
            if p == s.team[k].length:
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
