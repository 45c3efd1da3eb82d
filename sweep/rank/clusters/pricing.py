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


@compiled
def best_clusters(
    priced: Candidates, least: float, most_nodes: int, most_near: int
) -> tuple[Float64s, Float64s, list[Int64s]]:
    """
    For every building the best cluster of which it is the member with the most gain per hour.

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
        What the cluster of each building gains (0 for none), shape (n,); no less than what any such cluster of more
        than `least` could gain, shape (n,), if no near building was left out; and the rows of each cluster.
    """
    gain, hours, hours_cap = priced.value, priced.hours, priced.hours_cap
    n = len(gain)
    gains, bounds, found = np.zeros(n), np.zeros(n), [np.empty(0, np.int64) for _ in range(n)]
    for first in range(n):
        if gain[first] / hours[first] * hours_cap <= least:
            break
        near = _near(first, priced, most_near)
        pool = take(priced, near)
        state = np.zeros(len(near), np.int8)
        state[0] = IN
        if hours[first] > hours_cap or _relaxed(state, pool, np.empty(len(near), np.int64))[0] <= least:
            continue
        gains[first], bounds[first], held = _search(state, pool, least, most_nodes)
        found[first] = near[held]
    return gains, bounds, found


@inner
def _near(first: int, priced: Candidates, most_near: int) -> Int64s:
    """A building and those after it that can be in one cluster with it: looks at all, in order."""
    hours, x, y, reach = priced.hours, priced.x_m, priced.y_m, priced.reach_m2
    near, n = np.empty(min(len(x) - first, most_near), np.int64), 0
    left = priced.hours_cap - hours[first] + SLACK_H
    for j in range(first, len(x)):
        if n == len(near):
            break
        if j == first or (hours[j] <= left and (x[j] - x[first]) ** 2 + (y[j] - y[first]) ** 2 <= reach):
            near[n] = j
            n += 1
    return near[:n]


@inner
def _search(root: NDArray[np.int8], pool: Candidates, least: float, most_nodes: int) -> tuple[float, float, Bools]:
    """Gain, bound and members of the best cluster that holds what is in at the root."""
    m = len(root)
    apart = _apart(pool)
    open_nodes, n_open, n_seen = np.empty((m + 2, m), np.int8), 1, 0
    open_nodes[0] = root
    best, bound, best_held, some = 0.0, 0.0, np.zeros(m, np.bool_), np.empty(m, np.int64)
    while n_open > 0:
        n_open -= 1
        node = open_nodes[n_open].copy()
        n_seen += 1
        most, n_some, part = _relaxed(node, pool, some)
        if most <= max(best, least):
            continue
        if n_seen > most_nodes:
            bound = max(bound, most)
            continue
        gain, held = _filled(node, pool, apart)
        if gain > best:
            best, best_held = gain, held
        on = _branch_on(some[:n_some], part, apart, pool.value)
        if on < 0 or most <= max(best, least):
            continue
        # With it is looked at first: that leaves the fewest others.
        open_nodes[n_open] = node
        open_nodes[n_open, on] = OUT
        open_nodes[n_open + 1] = node
        open_nodes[n_open + 1, on] = IN
        for k in range(m):
            if apart[on, k]:
                open_nodes[n_open + 1, k] = OUT
        n_open += 2
    return best, max(best, bound), best_held


@inner
def _apart(pool: Candidates) -> Bools:
    """Which two are too far from each other."""
    x, y, reach = pool.x_m, pool.y_m, pool.reach_m2
    apart = np.zeros((len(x), len(x)), np.bool_)
    for j in range(len(x)):
        for k in range(j):
            apart[j, k] = apart[k, j] = (x[j] - x[k]) ** 2 + (y[j] - y[k]) ** 2 > reach
    return apart


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
def _filled(node: NDArray[np.int8], pool: Candidates, apart: Bools) -> tuple[float, Bools]:
    """A cluster of the node, filled by gain per hour."""
    gain, hours = pool.value, pool.hours
    held, left, worth = node == IN, pool.hours_cap + SLACK_H, 0.0
    for k in range(len(node)):
        if held[k]:
            left, worth = left - hours[k], worth + gain[k]
    for k in range(len(node)):
        if node[k] == FREE and hours[k] <= left and not (apart[k] & held).any():
            held[k] = True
            left, worth = left - hours[k], worth + gain[k]
    return worth, held


@inner
def _branch_on(some: Int64s, part: int, apart: Bools, gain: Float64s) -> int:
    """The building taken that is too far from the most gain; if none is, the one taken in part; -1 for none."""
    best, most = part, 0.0
    for j in some:
        lost = 0.0
        for k in some:
            if apart[j, k]:
                lost += gain[k]
        if lost > 0 and lost + gain[j] > most:
            best, most = j, lost + gain[j]
    return best
