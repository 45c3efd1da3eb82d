"""What a star gains by swaps, compiled: buildings a radius does not reach, but twice a radius across does."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geodata.compiled import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

# Each pass tries every building once; gains after the third are below a thousandth.
MOST_PASSES = 10
# A swap must gain more than sums of floats differ by.
LEAST_GAIN = 1e-9

Pool = tuple[Floats, Floats, Floats, Floats, float]


@compiled
def swap_in(is_in: Mask, hours_cap: float, pool: Pool) -> Mask:
    """
    Which buildings a cluster holds once no swap gains.

    A swap takes one building in, drops those too far from it, then the least value per hour until the hours fit, and
    fills what is left by value per hour.

    Parameters
    ----------
    is_in
        Buildings of the cluster, shape (m,); their hours fit, and none is too far from another.
    hours_cap
        Largest sum of hours.
    pool
        Value, hours, x and y of each building, shape (m,), in order of value per hour; and the square of the largest
        distance between two of a cluster.
    """
    value = pool[0]
    total = float(value[is_in].sum())
    for _ in range(MOST_PASSES):
        before = total
        for j in range(len(value)):
            if not is_in[j]:
                worth, changed = _with(j, is_in, total, hours_cap, pool)
                if worth > total + LEAST_GAIN:
                    is_in, total = changed, worth
        if total == before:
            break
    return is_in


@compiled
def _with(j: int, is_in: Mask, total: float, hours_cap: float, pool: Pool) -> tuple[float, Mask]:
    """The value of the cluster with one more building, and what it then holds; nothing if it cannot gain."""
    value, hours, x, y, reach = pool
    changed = is_in.copy()
    left, worth = hours_cap - hours[j], value[j]
    for k in range(len(value)):
        if changed[k]:
            changed[k] = (x[k] - x[j]) ** 2 + (y[k] - y[j]) ** 2 <= reach
            if changed[k]:
                left, worth = left - hours[k], worth + value[k]
    for k in range(len(value) - 1, -1, -1):
        if left >= 0:
            break
        if changed[k]:
            changed[k] = False
            left, worth = left + hours[k], worth - value[k]
    changed[j] = True
    # No hour is worth more than one in the first building.
    if left < 0 or worth + left * value[0] / hours[0] <= total:
        return 0.0, changed
    for k in range(len(value)):
        if not changed[k] and hours[k] <= left and _is_near_all(k, changed, pool):
            changed[k] = True
            left, worth = left - hours[k], worth + value[k]
    return worth, changed


@compiled
def _is_near_all(j: int, is_in: Mask, pool: Pool) -> bool:
    _, _, x, y, reach = pool
    for k in range(len(x)):  # noqa: SIM110 - a generator would not compile
        if is_in[k] and (x[k] - x[j]) ** 2 + (y[k] - y[j]) ** 2 > reach:
            return False
    return True
