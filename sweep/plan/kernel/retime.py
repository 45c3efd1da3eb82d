"""Earliest and latest starts of whole routes, worked out from nothing. Compiled."""

from __future__ import annotations

import numpy as np

from geodata.compiled import compiled, inner
from sweep.plan.kernel.arrays import LATEST, NONE, Arrays
from sweep.plan.kernel.push import lower_from, raise_from
from sweep.plan.kernel.state import State
from sweep.plan.kernel.times import arrival, deadline, first_start, keeps_duty, last_start


@compiled
def retime(a: Arrays, s: State) -> bool:
    """Work out the starts of touched routes if they are uncoupled, else of all; whether all can be kept."""
    if a.is_coupled:
        return _forward(a, s) and _backward(a, s)
    for k in range(s.team.shape[0]):
        if s.team[k].is_touched and not (_forward_alone(a, s, k) and _backward_alone(a, s, k)):
            return False
        measure_gaps(a, s, k)
    return True


@inner
def measure_gaps(a: Arrays, s: State, k: int) -> None:
    """Find the widest gap of team k's route: what is longer than that fits nowhere."""
    n, free, widest = s.team[k].length, a.team[k].shift_lo, 0
    for p in range(n):
        i = int(s.stop[k, p].task)
        widest = max(widest, s.fill[i].late - free)
        free = int(s.fill[i].early + s.service[k, i])
    s.team[k].widest = max(widest, a.team[k].shift_hi - free)


@inner
def _forward_alone(a: Arrays, s: State, k: int) -> bool:
    for p in range(s.team[k].length):
        i = int(s.stop[k, p].task)
        start = first_start(a, i, arrival(a, s, k, p))
        if start == NONE:
            return False
        s.fill[i].early = start
    return keeps_duty(a, s, k)


@inner
def _backward_alone(a: Arrays, s: State, k: int) -> bool:
    for p in range(s.team[k].length - 1, -1, -1):
        i = int(s.stop[k, p].task)
        start = last_start(a, i, deadline(a, s, k, p))
        if start == NONE:
            return False
        s.fill[i].late = start
    return True


@inner
def _forward(a: Arrays, s: State) -> bool:
    """Stop by stop along all routes; a node starts when all its teams are there; then the links."""
    n_teams = s.team.shape[0]
    head = np.zeros(n_teams, np.int64)
    n_here = np.zeros(a.nodes.shape[0] - 1, np.int64)
    ready = np.zeros(a.nodes.shape[0] - 1, np.int64)
    waiting = np.arange(n_teams)
    n_waiting = n_teams
    while n_waiting > 0:
        n_waiting -= 1
        k = int(waiting[n_waiting])
        if head[k] >= s.team[k].length:
            continue
        i = int(s.stop[k, head[k]].task)
        v = int(a.task[i].node)
        n_here[v] += 1
        ready[v] = max(ready[v], arrival(a, s, k, int(head[k])))
        if n_here[v] < a.nodes[v + 1].task - a.nodes[v].task:
            continue
        start = first_start(a, i, ready[v])
        if start == NONE:
            return False
        for x in range(a.nodes[v].task, a.nodes[v + 1].task):
            s.fill[x].early = start
            head[s.fill[x].team] += 1
            waiting[n_waiting] = s.fill[x].team
            n_waiting += 1
    for k in range(n_teams):
        if head[k] < s.team[k].length:
            return False
    if a.link.shape[0] > 0:
        for i in range(s.fill.shape[0]):
            s.fill[i].late = LATEST
        for v in range(a.nodes.shape[0] - 1):
            i = int(a.nodes[v].task)
            if a.nodes[v + 1].link > a.nodes[v].link and s.fill[i].team != NONE and not raise_from(a, s, i):
                return False
    for k in range(n_teams):  # noqa: SIM110 - numba has no generators in all()
        if not keeps_duty(a, s, k):
            return False
    return True


@inner
def _backward(a: Arrays, s: State) -> bool:
    n_teams = s.team.shape[0]
    tail = np.empty(n_teams, np.int64)
    for k in range(n_teams):
        tail[k] = s.team[k].length - 1
    n_here = np.zeros(a.nodes.shape[0] - 1, np.int64)
    needed = np.full(a.nodes.shape[0] - 1, LATEST, np.int64)
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
        if n_here[v] < a.nodes[v + 1].task - a.nodes[v].task:
            continue
        start = last_start(a, i, needed[v])
        if start == NONE:
            return False
        for x in range(a.nodes[v].task, a.nodes[v + 1].task):
            s.fill[x].late = start
            tail[s.fill[x].team] -= 1
            waiting[n_waiting] = s.fill[x].team
            n_waiting += 1
    for v in range(a.nodes.shape[0] - 1):
        i = int(a.nodes[v].task)
        if a.nodes[v + 1].link > a.nodes[v].link and s.fill[i].team != NONE and not lower_from(a, s, i):
            return False
    return True
