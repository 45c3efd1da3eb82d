"""What a star gains by swaps, compiled: buildings a radius does not reach, but twice a radius across does."""

from __future__ import annotations

import numpy as np

from geodata.arrays import Bools, Int64s
from geodata.compiled import compiled, inner
from sweep.rank.clusters.candidates import Candidates, near, take
from sweep.rank.rate.cells import Cells

# Each pass tries every building once; gains after the third are below a thousandth.
MOST_PASSES = 10
# A swap must gain more than sums of floats differ by.
LEAST_GAIN = 1e-9


def swapped(held: Int64s, free: Bools, candidates: Candidates, cells: Cells) -> Int64s:
    """
    The rows of a cluster once no swap gains, among the free buildings that its first one allows.

    Parameters
    ----------
    held
        Rows of the cluster, at least one, none too far from another; all of them free.
    free
        Whether the cluster may hold a building, shape (n,).
    candidates, cells
        The buildings, and cells no narrower than they may lie apart.
    """
    around = near(int(held[0]), candidates, cells)
    pool = np.sort(around[free[around]])
    return np.asarray(pool[swap_in(np.isin(pool, held), take(candidates, pool))], np.int64)


@compiled
def swap_in(is_in: Bools, pool: Candidates) -> Bools:
    """
    Which buildings a cluster holds once no swap gains.

    A swap takes one building in, drops those too far from it, then the least value per hour until the hours fit, and
    fills what is left by value per hour.

    Parameters
    ----------
    is_in
        Buildings of the cluster, shape (m,); their hours fit, and none is too far from another.
    pool
        Buildings that the cluster may hold, m of them; its members are all near each other.
    """
    value = pool.value
    total = float(value[is_in].sum())
    held, n = np.empty(len(value), np.int64), 0
    for k in np.flatnonzero(is_in):
        held[n] = k
        n += 1
    changed = np.empty(len(value), np.int64)
    for _ in range(MOST_PASSES):
        before = total
        for j in range(len(value)):
            if not is_in[j]:
                worth, m = _with(j, held[:n], changed, total, pool)
                if worth > total + LEAST_GAIN:
                    is_in[held[:n]] = False
                    is_in[changed[:m]] = True
                    # In order of value per hour again: the least of it is dropped first.
                    held[:m] = np.sort(changed[:m])
                    n, total = m, worth
        if total == before:
            break
    return is_in


@inner
def _with(j: int, held: Int64s, changed: Int64s, total: float, pool: Candidates) -> tuple[float, int]:
    """The value of the cluster with one more building, and how many it then holds; nothing if it cannot gain."""
    value, hours, x, y, reach = pool.value, pool.hours, pool.x_m, pool.y_m, pool.reach_m2
    left, worth, n = pool.hours_cap - hours[j], value[j], 0
    for k in held:
        if (x[k] - x[j]) ** 2 + (y[k] - y[j]) ** 2 <= reach:
            changed[n] = k
            n, left, worth = n + 1, left - hours[k], worth + value[k]
    while n > 0 and left < 0:
        n -= 1
        left, worth = left + hours[changed[n]], worth - value[changed[n]]
    if left < 0:
        return 0.0, 0
    changed[n] = j
    n += 1
    for k in range(len(value)):
        # No hour from here on is worth more: nearly all swaps end after a few buildings, in towns of any density.
        if worth + left * value[k] / hours[k] <= total:
            return 0.0, 0
        if hours[k] <= left and _is_near_all(k, changed[:n], pool):
            changed[n] = k
            n, left, worth = n + 1, left - hours[k], worth + value[k]
    return worth, n


@inner
def _is_near_all(j: int, held: Int64s, pool: Candidates) -> bool:
    """Whether a building is none of the cluster, and near enough to all of it."""
    x, y, reach = pool.x_m, pool.y_m, pool.reach_m2
    for k in held:  # noqa: SIM110 - a generator would not compile
        if k == j or (x[k] - x[j]) ** 2 + (y[k] - y[j]) ** 2 > reach:
            return False
    return True
