"""The cluster worth most when each building has its price, compiled: by branch and bound, round every best member."""

from __future__ import annotations

import numpy as np

from geodata.arrays import Float64s, Int64s
from geodata.compiled import compiled, inner, inner_with_arrays
from sweep.rank.clusters.branching import SLACK_H, best_of_pool
from sweep.rank.clusters.candidates import Candidates, take

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


@inner_with_arrays
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


@inner_with_arrays
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
    for box in range(len(bounds)):
        bounds[box] = _box_bound(pool, box)
    best, bound = 0.0, 0.0
    order = np.argsort(-bounds)
    for k in range(len(order)):
        box = int(order[k])
        if bounds[box] <= max(best, least):
            break
        rows = _in_box(pool, box)
        gain, most, members = best_of_pool(take(pool, rows), max(best, least), most_nodes)
        bound = max(bound, most)
        if gain > max(best, least):
            best = max(best, gain)
            gains.append(gain)
            found.append(near[rows[members]])
    return max(best, bound)


@inner
def _box(pool: Candidates, box: int) -> tuple[float, float, float]:
    """The western and the southern edge of a box about the first of the pool, and how wide it is."""
    reach = np.sqrt(pool.reach_m2)
    step = reach / STEPS
    west = pool.x_m[0] - reach + (box % STEPS) * step - EDGE_M
    south = pool.y_m[0] - reach + (box // STEPS) * step - EDGE_M
    return west, south, reach + step + 2.0 * EDGE_M


@inner_with_arrays
def _in_box(pool: Candidates, box: int) -> Int64s:
    """Which buildings lie in a box, in order."""
    west, south, side = _box(pool, box)
    rows, n = np.empty(len(pool.x_m), np.int64), 0
    for k in range(len(rows)):
        if west <= pool.x_m[k] <= west + side and south <= pool.y_m[k] <= south + side:
            rows[n] = k
            n += 1
    return rows[:n]


@inner
def _box_bound(pool: Candidates, box: int) -> float:
    """The gain of the first of the pool and the best of a box if distances did not count and the last were in part."""
    gain, hours = pool.value, pool.hours
    west, south, side = _box(pool, box)
    left, worth = pool.hours_cap + SLACK_H - hours[0], gain[0]
    for k in range(1, len(gain)):
        if west <= pool.x_m[k] <= west + side and south <= pool.y_m[k] <= south + side:
            if hours[k] > left:
                return float(worth + gain[k] * left / hours[k])
            left, worth = left - hours[k], worth + gain[k]
    return float(worth)
