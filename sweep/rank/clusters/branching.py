"""The cluster worth most of a few dozen buildings, compiled: branch and bound over who is in it and who is not."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geodata.arrays import Float64s, Int64s
from geodata.compiled import inner, inner_with_arrays
from sweep.rank.clusters.candidates import Candidates

# A building in a node of the search: not decided, a member, no member.
FREE, IN, OUT = 0, 1, 2
# Hours are sums of floats.
SLACK_H = 1e-9


@inner_with_arrays
def best_of_pool(pool: Candidates, least: float, most_nodes: int) -> tuple[float, float, Int64s]:
    """Gain, bound and members of the best cluster of more than the least that holds the first of the pool."""
    m = len(pool.value)
    open_nodes, n_open, n_seen = np.empty((m + 2, m), np.int8), 1, 0
    open_nodes[0] = FREE
    open_nodes[0, 0] = IN
    best, bound, some, held, lost = 0.0, 0.0, np.empty(m, np.int64), np.empty(m, np.int64), np.empty(m)
    best_held = held[:0].copy()
    while n_open > 0:
        n_open -= 1
        node = open_nodes[n_open]
        n_seen += 1
        most, n_some, part = _relaxed(node, pool, some)
        if most <= max(best, least):
            continue
        if n_seen > most_nodes:
            bound = max(bound, most)
            continue
        gain, n_held = _filled(node, pool, max(best, least), held)
        if gain > max(best, least):
            best, best_held = gain, held[:n_held].copy()
        on = _branch_on(some[:n_some], part, pool, lost)
        if on < 0 or most <= max(best, least):
            continue
        # With it is looked at first: that leaves the fewest others.
        with_it = open_nodes[n_open + 1]
        for k in range(m):
            with_it[k] = OUT if _is_apart(on, k, pool) else node[k]
        with_it[on], node[on] = IN, OUT
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
def _filled(node: NDArray[np.int8], pool: Candidates, least: float, held: Int64s) -> tuple[float, int]:
    """
    The gain of a cluster of the node, filled by gain per hour, and how many it holds, which it writes down.

    It is given up, and has no gain, once it cannot come to more than the least.
    """
    gain, hours, left, worth, n = pool.value, pool.hours, pool.hours_cap + SLACK_H, 0.0, 0
    for k in range(len(node)):
        if node[k] == IN:
            held[n] = k
            n, left, worth = n + 1, left - hours[k], worth + gain[k]
    # What is free is near all that are in.
    n_in = n
    for k in range(len(node)):
        if worth + left * gain[k] / hours[k] <= least:
            return 0.0, 0
        if node[k] == FREE and hours[k] <= left:
            is_near = True
            for j in held[n_in:n]:
                if _is_apart(j, k, pool):
                    is_near = False
                    break
            if is_near:
                held[n] = k
                n, left, worth = n + 1, left - hours[k], worth + gain[k]
    return worth, n


@inner
def _branch_on(some: Int64s, part: int, pool: Candidates, lost: Float64s) -> int:
    """
    The building taken that is too far from the most gain; if none is, the one taken in part; -1 for none.

    Writes down what each taken is too far from.
    """
    gain, best, most = pool.value, part, 0.0
    lost[: len(some)] = 0.0
    for a in range(len(some)):
        for b in range(a + 1, len(some)):
            if _is_apart(some[a], some[b], pool):
                lost[a] += gain[some[b]]
                lost[b] += gain[some[a]]
    for a in range(len(some)):
        if lost[a] > 0 and lost[a] + gain[some[a]] > most:
            best, most = some[a], lost[a] + gain[some[a]]
    return best
