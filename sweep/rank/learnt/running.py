"""Decayed sums of what checks found, as they stood before each check: one pass in order of time."""

from __future__ import annotations

import numpy as np

from geodata.arrays import Float64s, Int64s
from geodata.compiled import compiled
from sweep.rank.rate.cells import Cells, lay_cells


def sums_before(
    keys: Int64s, days: Float64s, values: Float64s, half_life_days: float, n_keys: int, end: float
) -> tuple[Float64s, Float64s]:
    """
    For each row the decayed sums over the rows of its key on earlier days, and for each key those at the end.

    Parameters
    ----------
    keys
        Codes from 0, shape (m,).
    days
        Shape (m,), ascending; rows of one day do not see each other.
    values
        Shape (m, k).
    half_life_days
        Age at which a value counts half; infinite: none fades.
    n_keys
        How many keys there are.
    end
        Day at which the last sums stand, not before any row.

    Returns
    -------
    tuple
        Shapes (m, k) and (n_keys, k).
    """
    return _sums_before(keys, days, np.ascontiguousarray(values), half_life_days, n_keys, end)


@compiled
def _sums_before(
    keys: Int64s, days: Float64s, values: Float64s, half_life_days: float, n_keys: int, end: float
) -> tuple[Float64s, Float64s]:
    m, k = values.shape
    before, sums, last = np.zeros((m, k)), np.zeros((n_keys, k)), np.full(n_keys, end)
    i = 0
    while i < m:
        j = i
        while j < m and days[j] == days[i]:
            share = np.exp2(-max(days[j] - last[keys[j]], 0.0) / half_life_days)
            for c in range(k):
                before[j, c] = sums[keys[j], c] * share
            j += 1
        for r in range(i, j):
            share = np.exp2(-max(days[r] - last[keys[r]], 0.0) / half_life_days)
            for c in range(k):
                sums[keys[r], c] = sums[keys[r], c] * share + values[r, c]
            last[keys[r]] = days[r]
        i = j
    for key in range(n_keys):
        share = np.exp2(-max(end - last[key], 0.0) / half_life_days)
        for c in range(k):
            sums[key, c] *= share
    return before, sums


def sums_nearby(
    at_m: Float64s,
    at_day: Float64s,
    look_m: Float64s,
    look_day: Float64s,
    values: Float64s,
    radius_m: float,
    half_life_days: float,
) -> Float64s:
    """
    For each place and day the sums of the looks within a radius on earlier days, the place's own too, shape (q, k).

    A look counts less the farther off it is (a Gaussian of a third of the radius) and the older.

    Parameters
    ----------
    at_m, at_day
        Places in metres, shape (q, 2), and the days, shape (q,).
    look_m, look_day, values
        The looks, shapes (m, 2), (m,), (m, k).
    radius_m, half_life_days
        Both > 0.
    """
    if len(look_m) == 0 or len(at_m) == 0:
        return np.zeros((len(at_m), values.shape[1]))
    # Places asked for lie in the cells too, so that each has a cell.
    cells = lay_cells(np.vstack([look_m, at_m]), radius_m)
    return _sums_nearby(
        np.ascontiguousarray(at_m),
        at_day,
        np.ascontiguousarray(look_m),
        look_day,
        np.ascontiguousarray(values),
        radius_m,
        half_life_days,
        cells,
    )


@compiled
def _sums_nearby(
    at_m: Float64s,
    at_day: Float64s,
    look_m: Float64s,
    look_day: Float64s,
    values: Float64s,
    radius_m: float,
    half_life_days: float,
    cells: Cells,
) -> Float64s:
    q, (m, k) = len(at_m), values.shape
    sums, reach, scale = np.zeros((q, k)), radius_m * radius_m, -4.5 / (radius_m * radius_m)
    for i in range(q):
        column, row = cells.column[m + i], cells.row[m + i]
        low, high = max(0, column - 1), min(cells.width - 1, column + 1)
        for r in range(max(0, row - 1), min(cells.height - 1, row + 1) + 1):
            for s in range(cells.start[r * cells.width + low], cells.start[r * cells.width + high + 1]):
                j = cells.member[s]
                if j >= m or look_day[j] >= at_day[i]:
                    continue
                dx, dy = look_m[j, 0] - at_m[i, 0], look_m[j, 1] - at_m[i, 1]
                square = dx * dx + dy * dy
                if square <= reach:
                    weight = np.exp(scale * square) * np.exp2((look_day[j] - at_day[i]) / half_life_days)
                    for c in range(k):
                        sums[i, c] += weight * values[j, c]
    return sums
