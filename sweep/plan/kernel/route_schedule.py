"""Earliest and latest starts of whole routes, computed from scratch; compiled."""

import numpy as np

from geodata.array_types import Int64s
from geodata.numba_options import compiled_internal, compiled_lean, inlined, inner_with_arrays
from sweep.plan.kernel.problem_arrays import LATEST, NONE, Arrays
from sweep.plan.kernel.route_times import arrival, deadline, first_start, keeps_duty, last_start
from sweep.plan.kernel.search_state import SearchState, start_at
from sweep.plan.kernel.start_propagation import lower_from, raise_from


@compiled_lean
def compute_starts(a: Arrays, s: SearchState) -> bool:
    """
    Compute earliest and latest starts of changed routes (`is_touched`), or of all routes if they depend on each other.

    Return whether all are feasible; on False the starts are incomplete.
    """
    for k in range(s.team.shape[0]):
        s.team[k].is_noted = s.team[k].is_noted and not s.team[k].is_touched
    if a.is_coupled:
        return _retime_all(a, s)
    for k in range(s.team.shape[0]):
        if s.team[k].is_touched and not (_forward_alone(a, s, k) and _backward_alone(a, s, k)):
            return False
        measure_gaps(a, s, k)
    return True


@compiled_internal
def may_be_feasible(a: Arrays, s: SearchState, k: int) -> bool:
    """Whether team k's route would be feasible if it never waited for other teams (necessary for feasibility)."""
    t = int(a.team[k].shift_lo)
    for p in range(s.team[k].length):
        i = int(s.stop[k, p].task)
        t = first_start(a, i, t + s.stop[k, p].leg)
        if t == NONE:
            return False
        t += s.service[k, i]
    return bool(t + s.team[k].home <= a.team[k].shift_hi)


@compiled_internal
def measure_gaps(a: Arrays, s: SearchState, k: int) -> None:
    """Update `widest` of team k in `s`: the widest gap in its route, in seconds; a longer service fits nowhere."""
    n, free, widest = s.team[k].length, a.team[k].shift_lo, 0
    for p in range(n):
        i = int(s.stop[k, p].task)
        until = s.fill[i].late
        if i == a.team[k].break_task:
            # A break's place is that of the stop before it, so an insertion may extend beyond the break.
            behind = a.team[k].shift_hi if p + 1 == n else s.fill[s.stop[k, p + 1].task].late
            until = max(until, behind - s.service[k, i])
        widest = max(widest, until - free)
        free = int(s.fill[i].early + s.service[k, i])
    s.team[k].widest = max(widest, a.team[k].shift_hi - free)


@compiled_internal
def _forward_alone(a: Arrays, s: SearchState, k: int) -> bool:
    for p in range(s.team[k].length):
        i = int(s.stop[k, p].task)
        start = first_start(a, i, arrival(a, s, k, p))
        if start == NONE:
            return False
        start_at(s, i, start)
    return keeps_duty(a, s, k)


@compiled_internal
def _backward_alone(a: Arrays, s: SearchState, k: int) -> bool:
    for p in range(s.team[k].length - 1, -1, -1):
        i = int(s.stop[k, p].task)
        start = last_start(a, i, deadline(a, s, k, p))
        if start == NONE:
            return False
        s.fill[i].late = start
    return True


@inner_with_arrays
def _retime_all(a: Arrays, s: SearchState) -> bool:
    n = a.nodes.shape[0] - 1
    pos, todo = np.zeros(s.team.shape[0], np.int64), np.empty(n, np.int64)
    if not _forward(a, s, pos, np.zeros(n, np.int64), np.full(n, -LATEST), todo):
        return False
    return _backward(a, s, pos, np.zeros(n, np.int64), np.full(n, LATEST), todo)


@compiled_internal
def _forward(a: Arrays, s: SearchState, pos: Int64s, n_here: Int64s, ready: Int64s, todo: Int64s) -> bool:
    """
    Set earliest starts in topological order of stops and links; return whether the routes are feasible.

    Maximum lags, which may delay the earlier visit of a link, are propagated at the end. `pos`: position of each team's
    next stop. `n_here`: number of each node's (visit's) predecessors, in routes or links, whose start is set. `ready`:
    earliest start of each node that these predecessors allow. `todo`: stack of the nodes whose predecessors all have a
    start.
    """
    n, n_left = 0, 0
    for k in range(s.team.shape[0]):
        n_left += s.team[k].length
        n = _arrive(a, s, k, 0, n_here, ready, todo, n)
    while n > 0:
        n -= 1
        v = int(todo[n])
        start = first_start(a, a.nodes[v].task, ready[v])
        if start == NONE:
            return False
        for x in range(a.nodes[v].task, a.nodes[v + 1].task):
            start_at(s, x, start)
            k = int(s.fill[x].team)
            pos[k] += 1
            n_left -= 1
            n = _arrive(a, s, k, pos[k], n_here, ready, todo, n)
        for y in range(a.nodes[v].link, a.nodes[v + 1].link):
            w = int(a.link[y].to)
            if a.link[y].lo > 0 and s.fill[a.nodes[w].task].team != NONE:
                ready[w] = max(ready[w], start + a.link[y].lo)
                n = _one_more(a, s, w, n_here, todo, n, True)
    # A cycle: nodes wait for each other.
    if n_left > 0:
        return False
    if a.link.shape[0] > 0:
        for i in range(s.fill.shape[0]):
            s.fill[i].late = LATEST
        for v in range(n_here.shape[0]):
            if _moves_linked(a, s, v, True) and not raise_from(a, s, a.nodes[v].task):
                return False
    for k in range(s.team.shape[0]):  # noqa: SIM110 - numba has no generators in all()
        if not keeps_duty(a, s, k):
            return False
    return True


@compiled_internal
def _backward(a: Arrays, s: SearchState, pos: Int64s, n_here: Int64s, needed: Int64s, todo: Int64s) -> bool:
    """
    Set latest starts from the ends of the routes backward; return whether the routes are feasible.

    `pos`: position of each team's next stop, backward. `n_here`: number of each node's (visit's) successors whose start
    is set. `needed`: latest start of each node that these successors allow. `todo`: stack of the nodes whose successors
    all have a start.
    """
    n, n_left = 0, 0
    for k in range(s.team.shape[0]):
        pos[k] = s.team[k].length - 1
        n_left += s.team[k].length
        n = _leave(a, s, k, pos[k], n_here, needed, todo, n)
    while n > 0:
        n -= 1
        v = int(todo[n])
        start = last_start(a, a.nodes[v].task, needed[v])
        if start == NONE:
            return False
        for x in range(a.nodes[v].task, a.nodes[v + 1].task):
            s.fill[x].late = start
            k = int(s.fill[x].team)
            pos[k] -= 1
            n_left -= 1
            n = _leave(a, s, k, pos[k], n_here, needed, todo, n)
        for y in range(a.nodes[v].link, a.nodes[v + 1].link):
            w = int(a.link[y].to)
            if a.link[y].hi < 0 and s.fill[a.nodes[w].task].team != NONE:
                needed[w] = min(needed[w], start + a.link[y].hi)
                n = _one_more(a, s, w, n_here, todo, n, False)
    if n_left > 0:
        return False
    for v in range(n_here.shape[0]):
        if _moves_linked(a, s, v, False) and not lower_from(a, s, a.nodes[v].task):
            return False
    return True


@inlined
def _arrive(a: Arrays, s: SearchState, k: int, p: int, n_here: Int64s, ready: Int64s, todo: Int64s, n: int) -> int:
    if p >= s.team[k].length:
        return n
    v = int(a.task[s.stop[k, p].task].node)
    ready[v] = max(ready[v], arrival(a, s, k, p))
    return _one_more(a, s, v, n_here, todo, n, True)


@inlined
def _leave(a: Arrays, s: SearchState, k: int, p: int, n_here: Int64s, needed: Int64s, todo: Int64s, n: int) -> int:
    if p < 0:
        return n
    v = int(a.task[s.stop[k, p].task].node)
    needed[v] = min(needed[v], deadline(a, s, k, p))
    return _one_more(a, s, v, n_here, todo, n, False)


@inlined
def _one_more(a: Arrays, s: SearchState, v: int, n_here: Int64s, todo: Int64s, n: int, is_later: bool) -> int:
    """
    Count one more predecessor (`is_later`) or successor of node v as timed; return the new size of the stack `todo`.

    After the last one, v is pushed on the stack. `n`: old size of the stack.
    """
    n_here[v] += 1
    n_awaited = a.nodes[v + 1].task - a.nodes[v].task
    for y in range(a.nodes[v].link, a.nodes[v + 1].link):
        is_awaited = a.link[y].hi < 0 if is_later else a.link[y].lo > 0
        n_awaited += is_awaited and s.fill[a.nodes[a.link[y].to].task].team != NONE
    if n_here[v] < n_awaited:
        return n
    todo[n] = v
    return n + 1


@inlined
def _moves_linked(a: Arrays, s: SearchState, v: int, is_later: bool) -> bool:
    """Whether node v's earliest start (`is_later`) or latest start moves that of a linked node."""
    i = int(a.nodes[v].task)
    for y in range(a.nodes[v].link, a.nodes[v + 1].link):
        j = int(a.nodes[a.link[y].to].task)
        if s.fill[i].team != NONE and s.fill[j].team != NONE:
            if is_later and s.fill[i].early + a.link[y].lo > s.fill[j].early:
                return True
            if not is_later and s.fill[i].late + a.link[y].hi < s.fill[j].late:
                return True
    return False
