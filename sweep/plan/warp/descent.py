"""
Local search among near stops: the first gain found for each task in a queue, until the queue is empty. Compiled.

References
----------
Toth and Vigo 2003, The granular tabu search and its application to the vehicle-routing problem. Vidal, Crainic,
Gendreau and Prins 2013, A hybrid genetic algorithm with adaptive diversity management for a large class of vehicle
routing problems with time windows.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geodata.arrays import Bools, Int64s
from geodata.chance import drawn_below
from geodata.compiled import inner, inner_with_arrays
from sweep.plan.kernel.arrays import NONE
from sweep.plan.warp.moves import (
    Price,
    exchange_change,
    fine,
    inside_change,
    may_serve,
    place_of,
    put_change,
    tails_change,
    take_change,
)
from sweep.plan.warp.net import Net
from sweep.plan.warp.routes import Routes, exchange, put_in, refresh, take_out

# Most stops in a row that a move takes from one place to another, but for whole ends of routes.
MOST_SEGMENT = 3


class Queue(NamedTuple):
    """Tasks that are still to be looked at."""

    task: Int64s
    """The first `n_in[0]` of them are in it, (tasks,)."""
    is_in: Bools
    """(tasks,)."""
    n_in: Int64s
    """(1,)."""


@inner_with_arrays
def empty_queue(n_tasks: int) -> Queue:
    """A queue with nothing in it."""
    return Queue(np.empty(n_tasks, np.int64), np.zeros(n_tasks, np.bool_), np.zeros(1, np.int64))


@inner
def push(q: Queue, i: int) -> None:
    """Add task i, if it is not in it."""
    if not q.is_in[i]:
        q.is_in[i] = True
        q.task[q.n_in[0]] = i
        q.n_in[0] += 1


@inner
def push_around(r: Routes, q: Queue, k: int, first: int, last: int) -> None:
    """Stops of team k in positions first - 1 .. last + 1."""
    for p in range(max(1, first - 1), min(r.route[k].length, last + 1) + 1):
        push(q, r.step[k, p].task)


@inner
def descend(net: Net, r: Routes, price: Price, q: Queue, rng: np.random.Generator) -> None:
    """Make gains until there are none for the tasks in the queue; what a move touches is put into it."""
    while q.n_in[0] > 0:
        x = drawn_below(rng, q.n_in[0])
        i = q.task[x]
        q.n_in[0] -= 1
        q.task[x] = q.task[q.n_in[0]]
        q.is_in[i] = False
        if r.spot[i].team == NONE:
            place_best(net, r, price, q, i, -price.least, 0.0, rng)
        else:
            improve_stop(net, r, price, q, i)


@inner
def place_best(
    net: Net, r: Routes, price: Price, q: Queue, i: int, most: float, blink: float, rng: np.random.Generator
) -> bool:
    """
    Put task i, which is out, where it costs least, and less than `most`; whether it is in.

    Parameters
    ----------
    blink
        Share of the places that are passed over by chance; without it another task may give its place up, too.
    """
    best_k, best_p, best_n, best = NONE, 0, 0, most
    is_near = net.is_plain
    for x in range(net.near.shape[1]):
        k, p = r.spot[net.near[i, x]].team, r.spot[net.near[i, x]].pos
        is_near |= k != NONE and may_serve(net, k, i)
        if k == NONE or (blink > 0.0 and rng.random() < blink):
            continue
        for way in range(3 if blink == 0.0 else 2):
            # Before the near one, behind it, or instead of it.
            at, n = p + (way == 1), int(way == 2)
            cost = put_change(net, r, price, i, k, at, n, best)
            if cost < best:
                best_k, best_p, best_n, best = k, at, n, cost
    twin = NONE
    for k in range(net.crew.shape[0]):
        n = r.route[k].length
        # What no team near may serve is tried everywhere.
        if (n > 0 and (is_near or not may_serve(net, k, i))) or (n == 0 and net.crew[k].twin == twin):
            continue
        for p in range(1, n + 2):
            for m in range(2 if blink == 0.0 and p <= n else 1):
                cost = put_change(net, r, price, i, k, p, m, best)
                if cost < best:
                    best_k, best_p, best_n, best = k, p, m, cost
        if n == 0:
            twin = net.crew[k].twin
    if best_k == NONE:
        return False
    if best_n == 1:
        _replace(net, r, q, best_k, best_p, i)
    else:
        put_in(net, r, i, best_k, best_p)
    push_around(r, q, best_k, best_p, best_p)
    return True


@inner
def _replace(net: Net, r: Routes, q: Queue, k: int, p: int, i: int) -> None:
    """Task i, which is out, takes the place of team k's stop p."""
    out = r.step[k, p].task
    r.spot[out].team = NONE
    r.step[k, p].task = i
    refresh(net, r, k)
    push(q, out)


@inner
def improve_stop(net: Net, r: Routes, price: Price, q: Queue, i: int) -> bool:
    """Make the first gain found for task i, which is in; whether there is one."""
    a, p = r.spot[i].team, r.spot[i].pos
    if take_change(net, r, price, a, p) < -price.least:
        take_out(net, r, a, p, 1)
        push_around(r, q, a, p, p)
        push(q, i)
        return True
    for x in range(net.near.shape[1]):
        v = net.near[i, x]
        if r.spot[v].team == NONE:
            if _beside(net, r, price, q, a, p, v):
                return True
            continue
        b, s = r.spot[v].team, r.spot[v].pos
        # A gain of ways needs a new leg that is shorter than one of those beside it: it is found from there.
        travel = net.travel[net.crew[a].profile]
        to_v = travel[place_of(net, r, a, p), place_of(net, r, b, s)]
        from_v = travel[place_of(net, r, b, s), place_of(net, r, a, p)]
        is_fined = fine(net, r, price, a) + fine(net, r, price, b) > 0.0
        leg_to, leg_from = r.step[a, p].way - r.step[a, p - 1].way, r.step[a, p + 1].way - r.step[a, p].way
        v_to, v_from = r.step[b, s].way - r.step[b, s - 1].way, r.step[b, s + 1].way - r.step[b, s].way
        is_behind, is_before = is_fined or from_v < max(leg_to, v_from), is_fined or to_v < max(leg_from, v_to)
        if (is_behind or is_before) and _join(net, r, price, q, a, p, b, s, is_behind, is_before):
            return True
    return _to_empty(net, r, price, q, a, p)


@inner
def _beside(net: Net, r: Routes, price: Price, q: Queue, k: int, p: int, v: int) -> bool:
    """Put task v, which is out, into the place of team k's stop p, before it or behind it, if it is a gain."""
    if put_change(net, r, price, v, k, p, 1, -price.least) < -price.least:
        _replace(net, r, q, k, p, v)
        push_around(r, q, k, p, p)
        return True
    for at in (p, p + 1):
        if put_change(net, r, price, v, k, at, 0, -price.least) < -price.least:
            put_in(net, r, v, k, at)
            push_around(r, q, k, at, at)
            return True
    return False


@inner
def _join(
    net: Net, r: Routes, price: Price, q: Queue, a: int, p: int, b: int, s: int, is_behind: bool, is_before: bool
) -> bool:
    """Bring team a's stop p right behind team b's stop s, or right before it, if it is a gain."""
    if a != b and net.crew[a].tail == net.crew[b].tail and _tails(net, r, price, q, a, p, b, s):
        return True
    for n in range(1, MOST_SEGMENT + 1):
        for m in range(MOST_SEGMENT + 1):
            if is_behind and _exchanged(net, r, price, q, a, p, n, b, s + 1, m):
                return True
            if is_before and _exchanged(net, r, price, q, a, p - n + 1, n, b, s - m, m):
                return True
    return False


@inner
def _exchanged(net: Net, r: Routes, price: Price, q: Queue, a: int, i: int, n: int, b: int, j: int, m: int) -> bool:
    """Exchange n stops of team a from i on with m stops of team b from j on, if they are there and it is a gain."""
    if i < 1 or j < 1 or i + n - 1 > r.route[a].length or j + m - 1 > r.route[b].length:
        return False
    if a == b and inside_change(net, r, price, a, i, n, j, m) >= -price.least:
        return False
    if a != b and exchange_change(net, r, price, a, i, n, b, j, m) >= -price.least:
        return False
    _apply(net, r, q, a, i, n, b, j, m)
    return True


@inner
def _apply(net: Net, r: Routes, q: Queue, a: int, i: int, n: int, b: int, j: int, m: int) -> None:
    exchange(net, r, a, i, n, b, j, m)
    push_around(r, q, a, i, i + m - 1)
    push_around(r, q, b, j, j + n - 1)


@inner
def _tails(net: Net, r: Routes, price: Price, q: Queue, a: int, p: int, b: int, s: int) -> bool:
    """Exchange the ends of two routes so that the two stops come to stand side by side, if it is a gain."""
    for d in range(2):
        x, y = (p - 1, s) if d == 0 else (p, s - 1)
        if tails_change(net, r, price, a, x, b, y) < -price.least:
            n, m = r.route[a].length - x, r.route[b].length - y
            exchange(net, r, a, x + 1, n, b, y + 1, m)
            push_around(r, q, a, x + 1, x)
            push_around(r, q, b, y + 1, y)
            return True
    return False


@inner
def _to_empty(net: Net, r: Routes, price: Price, q: Queue, a: int, p: int) -> bool:
    """Give some stops from position p on, or the whole end behind it, to a team that has nothing, if it is a gain."""
    twin, na = NONE, r.route[a].length
    for k in range(net.crew.shape[0]):
        if r.route[k].length > 0 or net.crew[k].twin == twin:
            continue
        twin = net.crew[k].twin
        for n in range(1, MOST_SEGMENT + 1):
            if p + n - 1 <= na and n < na and exchange_change(net, r, price, a, p, n, k, 1, 0) < -price.least:
                _apply(net, r, q, a, p, n, k, 1, 0)
                return True
        if net.crew[k].tail == net.crew[a].tail and tails_change(net, r, price, a, p, k, 0) < -price.least:
            exchange(net, r, a, p + 1, na - p, k, 1, 0)
            push_around(r, q, a, p, p)
            push_around(r, q, k, 1, 1)
            return True
    return False
