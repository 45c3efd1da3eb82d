"""Routes that may be late or overfull, as the search holds and changes them. Compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geodata.arrays import Int64s
from geodata.by_reference import by_reference
from geodata.compiled import compiled_lean, inner
from sweep.plan.kernel.arrays import NONE, Table
from sweep.plan.warp.net import Net

STEP = np.dtype([(n, np.int64) for n in ("task", "free", "warp", "load", "way", "late", "warp_on")], align=True)
ROUTE = np.dtype(
    [("length", np.int64), ("load", np.int64), ("way", np.int64), ("warp", np.int64), ("is_touched", np.bool_)],
    align=True,
)
SPOT = np.dtype([("team", np.int64), ("pos", np.int64)], align=True)


@by_reference
class Routes(NamedTuple):
    """
    Routes of tasks; changed in place by the search only.

    Who comes after the last start that a window allows goes back in time to it: the seconds are the time warp, at a
    price. A plan without time warp and without too much load breaks no rule.

    References
    ----------
    Nagata, Braysy and Dullaert 2010, A penalty-based edge assembly memetic algorithm for the vehicle routing problem
    with time windows.
    """

    step: Table
    """
    Row 0 of a route is its base, row length + 1 its end. `task`: the node. Up to and with it: `free`, when the team can
    leave it, `warp`, `load` and `way`, seconds on the road. From it on: a start after `late` costs as many more seconds
    of time warp than the `warp_on` that there are anyway, (teams, longest + 2).
    """
    route: Table
    """`length`, `load`, `way`, `warp` of the whole; `is_touched`: changed since the last `copy_touched`, (teams,)."""
    spot: Table
    """`team` of each task or NONE, `pos` in its route from 1 on, (tasks,)."""
    buffer: Int64s
    """Memory to work in."""


def empty_routes(net: Net, longest: int) -> Routes:
    """No task anywhere; `longest`: most stops that a route may have on the way."""
    m = len(net.crew)
    r = Routes(
        np.zeros((m, longest + 2), STEP),
        np.zeros(m, ROUTE),
        np.zeros(net.n_tasks, SPOT),
        np.zeros(2 * longest + 4, np.int64),
    )
    r.spot["team"], r.spot["pos"] = NONE, NONE
    for k in range(m):
        refresh(net, r, k)
    r.route["is_touched"] = False
    return r


def copy_routes(r: Routes) -> Routes:
    """Routes that share no memory with the others."""
    return Routes(*(part.copy() for part in r))


@compiled_lean
def refresh(net: Net, r: Routes, k: int) -> None:
    """Work a route's numbers out from its tasks."""
    n = r.route[k].length
    crew = net.crew[k]
    travel, inside, step = net.travel[crew.profile], net.service[crew.kind], r.step[k]
    first = net.node[crew.first]
    step[0].task, step[n + 1].task = crew.first, crew.last
    step[0].free, step[0].warp, step[0].load, step[0].way = first.lo, 0, 0, 0
    here, t, warp, load, way = first.place, first.lo, 0, 0, 0
    for p in range(1, n + 2):
        i = step[p].task
        node = net.node[i]
        leg = travel[here, node.place]
        way += leg
        t = max(t + leg, node.lo)
        if t > node.hi:
            warp += t - node.hi
            t = node.hi
        t += inside[i]
        load += node.load
        here = node.place
        step[p].free, step[p].warp, step[p].load, step[p].way = t, warp, load, way
        if p <= n:
            r.spot[i].team, r.spot[i].pos = k, p
    last = net.node[crew.last]
    late, on, there = last.hi, 0, last.place
    step[n + 1].late, step[n + 1].warp_on = late, on
    for p in range(n, -1, -1):
        i = step[p].task
        node = net.node[i]
        late -= travel[node.place, there] + inside[i]
        there = node.place
        if late < node.lo:
            on += node.lo - late
            late = node.lo
        late = min(late, node.hi)
        step[p].late, step[p].warp_on = late, on
    r.route[k].load, r.route[k].way, r.route[k].warp = load, way if n > 0 else 0, warp if n > 0 else 0
    r.route[k].is_touched = True


@inner
def copy_touched(net: Net, to: Routes, source: Routes) -> None:
    """Make `to` equal to `source`: they differ in routes that are touched in either, and in what is out."""
    for k in range(net.crew.shape[0]):
        if to.route[k].is_touched or source.route[k].is_touched:
            for p in range(1, to.route[k].length + 1):
                to.spot[to.step[k, p].task].team = NONE
    for k in range(net.crew.shape[0]):
        if to.route[k].is_touched or source.route[k].is_touched:
            n = source.route[k].length
            for p in range(n + 2):
                to.step[k, p] = source.step[k, p]
            to.route[k] = source.route[k]
            for p in range(1, n + 1):
                i = to.step[k, p].task
                to.spot[i].team, to.spot[i].pos = k, p
            to.route[k].is_touched = False
            source.route[k].is_touched = False


@inner
def exchange(net: Net, r: Routes, a: int, i: int, n: int, b: int, j: int, m: int) -> None:
    """Exchange n stops of team a from position i on with m of team b from position j on; segments must be disjoint."""
    if a == b:
        _exchange_inside(net, r, a, i, n, j, m)
        return
    na, nb = r.route[a].length, r.route[b].length
    rest_a, rest_b = na + 1 - i - n, nb + 1 - j - m
    buffer = r.buffer
    x = 0
    for p in range(i, na + 1):
        buffer[x] = r.step[a, p].task
        x += 1
    y = x
    for p in range(j, nb + 1):
        buffer[y] = r.step[b, p].task
        y += 1
    for p in range(m):
        r.step[a, i + p].task = buffer[x + p]
    for p in range(rest_a):
        r.step[a, i + m + p].task = buffer[n + p]
    for p in range(n):
        r.step[b, j + p].task = buffer[p]
    for p in range(rest_b):
        r.step[b, j + n + p].task = buffer[x + m + p]
    r.route[a].length = na - n + m
    r.route[b].length = nb - m + n
    refresh(net, r, a)
    refresh(net, r, b)


@inner
def _exchange_inside(net: Net, r: Routes, k: int, i: int, n: int, j: int, m: int) -> None:
    if i > j:
        i, n, j, m = j, m, i, n
    buffer, x = r.buffer, 0
    for p in range(j, j + m):
        buffer[x] = r.step[k, p].task
        x += 1
    for p in range(i + n, j):
        buffer[x] = r.step[k, p].task
        x += 1
    for p in range(i, i + n):
        buffer[x] = r.step[k, p].task
        x += 1
    for p in range(x):
        r.step[k, i + p].task = buffer[p]
    refresh(net, r, k)


@inner
def put_in(net: Net, r: Routes, i: int, k: int, p: int) -> None:
    """Insert task i at position p."""
    for q in range(r.route[k].length, p - 1, -1):
        r.step[k, q + 1].task = r.step[k, q].task
    r.step[k, p].task = i
    r.route[k].length += 1
    refresh(net, r, k)


@inner
def take_out(net: Net, r: Routes, k: int, p: int, n: int) -> None:
    """Take n stops from position p on out."""
    for q in range(p, p + n):
        r.spot[r.step[k, q].task].team = NONE
    for q in range(p + n, r.route[k].length + 1):
        r.step[k, q - n].task = r.step[k, q].task
    r.route[k].length -= n
    refresh(net, r, k)
