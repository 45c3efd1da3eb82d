"""The cluster worth most when each building has its price, compiled: by branch and bound, round every best member."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geodata.arrays import Bools, Float64s, Int64s
from geodata.compiled import compiled, inner
from sweep.rank.clusters.candidates import Candidates, take

# A building in a node of the search: not decided, a member, no member.
FREE, IN, OUT = 0, 1, 2
# Hours are sums of floats.
SLACK_H = 1e-9
# Boxes about a building that any cluster with it lies in: so many west by so many south.
STEPS = 4
# Coordinates are rounded by far less.
EDGE_M = 1e-6


@compiled
def best_clusters(
    priced: Candidates, least: float, most_nodes: int, most_near: int
) -> tuple[Float64s, Float64s, list[Int64s]]:
    """
    For every building the best clusters of which it is the member with the most gain per hour.

    The gain of a building is its value less its price, that of a cluster the sum over its buildings.

    Parameters
    ----------
    priced
        Buildings with their gain as value, gain and hours > 0; n of them.
    least
        Clusters of no more gain are not looked for.
    most_nodes, most_near
        A search stops after so many nodes, and takes only so many near buildings, the best per hour, into account.

    Returns
    -------
    gain, bound, rows
        What each cluster gains; no less than what any cluster with each building of more than `least` could gain,
        shape (n,), if no near building was left out; and the rows of each cluster.
    """
    gain, hours, hours_cap = priced.value, priced.hours, priced.hours_cap
    n = len(gain)
    bounds = np.zeros(n)
    # Of no length, but of a kind that the compiler sees.
    gains, found = [0.0 for _ in range(0)], [np.empty(0, np.int64) for _ in range(0)]
    for first in range(n):
        if gain[first] / hours[first] * hours_cap <= least:
            break
        near = _near(first, priced, least, most_near)
        if len(near) > 0:
            bounds[first] = _best_of_boxes(take(priced, near), near, least, most_nodes, gains, found)
    return np.array(gains), bounds, found


@inner
def _near(first: int, priced: Candidates, least: float, most_near: int) -> Int64s:
    """
    A building and those after it that can be in one cluster with it, in order; none if no cluster gains enough.

    Enough is more than the least even if distances among the others did not count and the last one were taken in part.
    """
    gain, hours, x, y, reach = priced.value, priced.hours, priced.x_m, priced.y_m, priced.reach_m2
    near, n = np.empty(min(len(x) - first, most_near), np.int64), 0
    fits = left = priced.hours_cap + SLACK_H
    worth = 0.0
    for j in range(first, len(x)):
        if left > 0.0 and worth + left * gain[j] / hours[j] <= least:
            return near[:0]
        if n == len(near):
            break
        if hours[j] <= fits and (x[j] - x[first]) ** 2 + (y[j] - y[first]) ** 2 <= reach:
            near[n] = j
            n += 1
            if j == first:
                fits -= hours[j]
            part = min(1.0, max(0.0, left) / hours[j])
            worth, left = worth + part * gain[j], left - hours[j]
    return near[: n if worth > least else 0]


@inner
def _best_of_boxes(
    pool: Candidates, near: Int64s, least: float, most_nodes: int, gains: list[float], found: list[Int64s]
) -> float:
    """
    A bound of what any cluster gains that holds the first building of the pool; those found are written down.

    A cluster is no wider than the reach in either direction. Where its western and southern ends lie, in steps,
    says in which box all of it is; boxes that cannot hold more than the best until now are not searched.

    Parameters
    ----------
    pool, near
        The building and those near it, and their rows.
    least, most_nodes
        As in `best_clusters`.
    gains, found
        What each cluster gains and its rows, appended: each gains more than the one before it.
    """
    bounds = np.empty(STEPS * STEPS)
    some = np.empty(len(pool.value), np.int64)
    for box in range(len(bounds)):
        bounds[box] = _relaxed(_rooted(_in_box(pool, box)), pool, some)[0]
    best, bound = 0.0, 0.0
    order = np.argsort(-bounds)
    for k in range(len(order)):
        box = int(order[k])
        if bounds[box] <= max(best, least):
            break
        rows = np.flatnonzero(_in_box(pool, box))
        gain, most, members = _search(take(pool, rows), max(best, least), most_nodes)
        bound = max(bound, most)
        if gain > max(best, least):
            best = max(best, gain)
            gains.append(gain)
            found.append(near[rows[members]])
    return max(best, bound)


@inner
def _in_box(pool: Candidates, box: int) -> Bools:
    """Which buildings lie in a box about the first of the pool."""
    reach = np.sqrt(pool.reach_m2)
    step = reach / STEPS
    west = pool.x_m[0] - reach + (box % STEPS) * step - EDGE_M
    south = pool.y_m[0] - reach + (box // STEPS) * step - EDGE_M
    side = reach + step + 2.0 * EDGE_M
    is_in = np.empty(len(pool.x_m), np.bool_)
    for k in range(len(is_in)):
        is_in[k] = west <= pool.x_m[k] <= west + side and south <= pool.y_m[k] <= south + side
    return is_in


@inner
def _rooted(is_in: Bools) -> NDArray[np.int8]:
    """The node with the first building in, and out what is in no cluster."""
    node = np.empty(len(is_in), np.int8)
    for k in range(len(node)):
        node[k] = FREE if is_in[k] else OUT
    node[0] = IN
    return node


@inner
def _search(pool: Candidates, least: float, most_nodes: int) -> tuple[float, float, Int64s]:
    """Gain, bound and members of the best cluster of more than the least that holds the first of the pool."""
    m = len(pool.value)
    open_nodes, n_open, n_seen = np.empty((m + 2, m), np.int8), 1, 0
    open_nodes[0] = FREE
    open_nodes[0, 0] = IN
    best, bound, some, held = 0.0, 0.0, np.empty(m, np.int64), np.empty(m, np.int64)
    best_held = held[:0].copy()
    node = np.empty(m, np.int8)
    while n_open > 0:
        n_open -= 1
        node[:] = open_nodes[n_open]
        n_seen += 1
        most, n_some, part = _relaxed(node, pool, some)
        if most <= max(best, least):
            continue
        if n_seen > most_nodes:
            bound = max(bound, most)
            continue
        gain, n_held = _filled(node, pool, held)
        if gain > max(best, least):
            best, best_held = gain, held[:n_held].copy()
        on = _branch_on(some[:n_some], part, pool)
        if on < 0 or most <= max(best, least):
            continue
        # With it is looked at first: that leaves the fewest others.
        open_nodes[n_open] = node
        open_nodes[n_open, on] = OUT
        for k in range(m):
            if _is_apart(on, k, pool):
                node[k] = OUT
        node[on] = IN
        open_nodes[n_open + 1] = node
        n_open += 2
    return best, max(best, bound), best_held


@inner
def _is_apart(j: int, k: int, pool: Candidates) -> bool:
    """Whether two are too far from each other."""
    x, y = pool.x_m, pool.y_m
    return bool((x[j] - x[k]) ** 2 + (y[j] - y[k]) ** 2 > pool.reach_m2)


@inner
def _relaxed(node: NDArray[np.int8], pool: Candidates, some: Int64s) -> tuple[float, int, int]:
    """
    The gain if distances did not count and the last building could be taken in part: no cluster of the node has more.

    Fills `some` with the free buildings taken; returns how many, and the one taken in part (-1 for none). What no
    longer fits beside those in is put out.
    """
    gain, hours, left, worth, n = pool.value, pool.hours, pool.hours_cap + SLACK_H, 0.0, 0
    for k in range(len(node)):
        if node[k] == IN:
            left, worth = left - hours[k], worth + gain[k]
    if left < 0:
        return 0.0, 0, -1
    fits = left
    for k in range(len(node)):
        if node[k] == FREE and hours[k] > fits:
            node[k] = OUT
        if node[k] == FREE:
            if hours[k] > left:
                return worth + gain[k] * left / hours[k], n, k
            some[n] = k
            n, left, worth = n + 1, left - hours[k], worth + gain[k]
    return worth, n, -1


@inner
def _filled(node: NDArray[np.int8], pool: Candidates, held: Int64s) -> tuple[float, int]:
    """The gain of a cluster of the node, filled by gain per hour, and how many it holds, which it writes down."""
    gain, hours, left, worth, n = pool.value, pool.hours, pool.hours_cap + SLACK_H, 0.0, 0
    for k in range(len(node)):
        if node[k] == IN:
            held[n] = k
            n, left, worth = n + 1, left - hours[k], worth + gain[k]
    for k in range(len(node)):
        if node[k] == FREE and hours[k] <= left:
            is_near = True
            for j in held[:n]:
                if _is_apart(j, k, pool):
                    is_near = False
                    break
            if is_near:
                held[n] = k
                n, left, worth = n + 1, left - hours[k], worth + gain[k]
    return worth, n


@inner
def _branch_on(some: Int64s, part: int, pool: Candidates) -> int:
    """The building taken that is too far from the most gain; if none is, the one taken in part; -1 for none."""
    gain, best, most = pool.value, part, 0.0
    for j in some:
        lost = 0.0
        for k in some:
            if _is_apart(j, k, pool):
                lost += gain[k]
        if lost > 0 and lost + gain[j] > most:
            best, most = j, lost + gain[j]
    return best
