"""Compiled search for capped greedy stars, with lazy upper bounds and improvement by swaps."""

import numpy as np

from geodata.array_types import Bools, Float64s, Int64s
from geodata.numba_options import compiled, compiled_internal, inner_with_arrays
from sweep.rank.clusters.candidate_arrays import Candidates, near, take
from sweep.rank.rate.uniform_grid import Grid, build_grid

# Minimum gain of a swap, above rounding errors.
LEAST_GAIN = 1e-9


def grow_stars(
    value: Float64s,
    hours: Float64s,
    points_m: Float64s,
    tie_order: Int64s,
    radius_m: float,
    hours_cap: float,
    n_clusters: int,
) -> list[list[int]]:
    """
    Return the rows of each star (centre with nearby buildings), the stars by descending value.

    `radius_m`: largest distance from a star's centre; `hours_cap`: largest hours of a star; `n_clusters`: most
    stars returned. See `sweep.rank.clusters.clusters.greedy_stars`.

    Parameters
    ----------
    value, hours
        Shape (n,), n > 0, in order of value per hour; hours > 0.
    tie_order
        Tie-break of equal stars, shape (n,): the centre with the smallest number wins.
    """
    x_m, y_m = points_m[:, 0].copy(), points_m[:, 1].copy()
    close = Candidates(value, hours, x_m, y_m, radius_m * radius_m, hours_cap)
    cells = build_grid(points_m, radius_m)
    wide, wide_cells = close._replace(reach_m2=4.0 * radius_m * radius_m), build_grid(points_m, 2.0 * radius_m)
    free, n = (value > 0) & (hours <= hours_cap), len(value)
    bound, total = _bounds(free, close, cells), np.full(n, np.nan)
    stars: list[list[int]] = []
    while len(stars) < n_clusters:
        centre = _best_centre(bound, total, tie_order, free, close, cells)
        if centre < 0:
            break
        _, taken = _star(centre, free, close, cells)
        taken = improved_by_swaps(taken, free, wide, wide_cells)
        free[taken] = False
        stars.append([int(k) for k in taken])
        # Only stars that contained one of these can have changed.
        total[_touched(taken, n, close, cells)] = np.nan
    return stars


@compiled_internal
def _next_best(
    centre: int, hours_left: float, ends: Int64s, heads: Int64s, free: Bools, candidates: Candidates, cells: Grid
) -> int:
    """
    Return the free building near `centre` with most value per hour that fits into `hours_left`; -1 without one.

    `heads`, `ends`: for each cell around the centre, the position in `cells.member` of its next building, and its end.
    A cell is sorted by value per hour, so only the next building of each cell is compared. `heads` moves past the
    building that is returned, and past those that do not fit.
    """
    hours, x, y, reach = candidates.hours, candidates.x_m, candidates.y_m, candidates.reach_m2
    member, best, at = cells.member, -1, -1
    for c in range(len(heads)):
        while heads[c] < ends[c]:
            j = member[heads[c]]
            if best >= 0 and j > best:
                break
            dx, dy = x[j] - x[centre], y[j] - y[centre]
            if free[j] and hours[j] <= hours_left and dx * dx + dy * dy <= reach:
                best, at = j, c
                break
            heads[c] += 1
    if at >= 0:
        heads[at] += 1
    return best


@inner_with_arrays
def _cells_around(centre: int, cells: Grid) -> tuple[Int64s, Int64s]:
    """Return start and end in `cells.member` of each grid cell in the 3 x 3 block around the building `centre`."""
    width, height, column, row, start = cells.width, cells.height, cells.column, cells.row, cells.start
    heads, ends, n = np.empty(9, np.int64), np.empty(9, np.int64), 0
    for r in range(max(0, row[centre] - 1), min(height - 1, row[centre] + 1) + 1):
        for c in range(max(0, column[centre] - 1), min(width - 1, column[centre] + 1) + 1):
            heads[n], ends[n] = start[r * width + c], start[r * width + c + 1]
            n += 1
    return heads[:n], ends[:n]


@compiled
def _star(centre: int, free: Bools, candidates: Candidates, cells: Grid) -> tuple[float, Int64s]:
    """Return value and rows of a centre's star: free buildings nearby, taken by value per hour within the hours cap."""
    value, hours = candidates.value, candidates.hours
    heads, ends = _cells_around(centre, cells)
    taken, n = np.empty(int((ends - heads).sum()), np.int64), 0
    hours_left, total = candidates.hours_cap, 0.0
    while True:
        j = _next_best(centre, hours_left, ends, heads, free, candidates, cells)
        if j < 0:
            return total, taken[:n]
        taken[n] = j
        n, hours_left, total = n + 1, hours_left - hours[j], total + value[j]


@inner_with_arrays
def _bound(centre: int, free: Bools, candidates: Candidates, cells: Grid) -> float:
    """
    Return an upper bound on the value of the star of `centre`, for the free buildings and any subset of them.

    It is a fractional knapsack: the last hours take a part of the first building that does not fit. Without one of the
    buildings the star's value can rise, but this bound cannot.
    """
    value, hours, hours_cap = candidates.value, candidates.hours, candidates.hours_cap
    heads, ends = _cells_around(centre, cells)
    hours_left, most_value = hours_cap, 0.0
    while hours_left > 0:
        j = _next_best(centre, hours_cap, ends, heads, free, candidates, cells)
        if j < 0:
            break
        most_value += value[j] * min(1.0, hours_left / hours[j])
        hours_left -= hours[j]
    # Bound and total are sums in different orders: the margin covers their rounding difference.
    return most_value * (1.0 + (1e-12))


@compiled
def _bounds(free: Bools, candidates: Candidates, cells: Grid) -> Float64s:
    bounds = np.empty(len(free))
    for centre in range(len(free)):
        bounds[centre] = _bound(centre, free, candidates, cells)
    return bounds


@compiled
def _best_centre(
    bound: Float64s, total: Float64s, tie_order: Int64s, free: Bools, candidates: Candidates, cells: Grid
) -> int:
    """
    Return the centre of the most valuable star, or -1 if all are worth 0.

    `bound`: upper bound on the value of each centre's star; `total`: that value, NaN if unknown. Both are updated for
    the stars whose bound reaches the best value so far. `tie_order`: of equal stars, the smallest number wins.
    """
    best, most, first = -1, 0.0, int(bound.argmax())
    for place in range(-1, len(bound)):
        centre = first if place < 0 else place
        if bound[centre] < most or bound[centre] <= 0:
            continue
        if np.isnan(total[centre]):
            bound[centre] = _bound(centre, free, candidates, cells)
            if bound[centre] < most or bound[centre] <= 0:
                continue
            total[centre] = _star(centre, free, candidates, cells)[0]
        if total[centre] > most or (total[centre] == most and best >= 0 and tie_order[centre] < tie_order[best]):
            best, most = centre, total[centre]
    return best


@compiled
def _touched(taken: Int64s, n: int, candidates: Candidates, cells: Grid) -> Bools:
    is_touched = np.zeros(n, np.bool_)
    for j in taken:
        is_touched[near(j, candidates, cells)] = True
    return is_touched


def improved_by_swaps(members: Int64s, free: Bools, candidates: Candidates, cells: Grid) -> Int64s:
    """
    Raise a cluster's value by swaps with free buildings near `members[0]`; return the rows of the new cluster.

    The new cluster keeps the limits in `candidates`. `members`: rows of the cluster; `free`: whether each candidate is
    in no other cluster; `cells`: grid of the candidates, to find those nearby.
    """
    around = near(int(members[0]), candidates, cells)
    pool = np.sort(around[free[around]])
    return np.asarray(pool[swap_in(np.isin(pool, members), take(candidates, pool))], np.int64)


@compiled
def swap_in(is_in: Bools, pool: Candidates) -> Bools:
    """
    Return which candidates are in a cluster after local search with swaps; `is_in` is changed to the result.

    A swap adds one building and drops those too far from it, then those of least value per hour until the hours fit.
    The remaining hours are filled by value per hour.

    Parameters
    ----------
    is_in
        Whether each candidate is in the cluster, shape (m,); the members fit the hours and are pairwise near.
    pool
        m candidate buildings, by descending value per hour.
    """
    value = pool.value
    total = float(value[is_in].sum())
    members, n = np.empty(len(value), np.int64), 0
    for k in np.flatnonzero(is_in):
        members[n] = k
        n += 1
    changed = np.empty(len(value), np.int64)
    # Each pass tries every building once; gains after the third pass are below 0.1 %.
    for _ in range(10):
        before = total
        for j in range(len(value)):
            if not is_in[j]:
                new_total, m = _value_with(j, members[:n], changed, total, pool)
                if new_total > total + LEAST_GAIN:
                    is_in[members[:n]] = False
                    is_in[changed[:m]] = True
                    # Sorted by value per hour: the last one is dropped first.
                    members[:m] = np.sort(changed[:m])
                    n, total = m, new_total
        if total == before:
            break
    return is_in


@compiled_internal
def _value_with(j: int, members: Int64s, changed: Int64s, total: float, pool: Candidates) -> tuple[float, int]:
    """
    Return value and size of a cluster after building `j` joins the rows `members` by a swap.

    `j` replaces the members too far from it and, until the hours fit, those of least value per hour; other buildings
    fill the remaining hours. The new rows are written to `changed`. The result is (0, 0) if the value is at most
    `total`, that of `members`.
    """
    value, hours, x, y, reach = pool.value, pool.hours, pool.x_m, pool.y_m, pool.reach_m2
    hours_left, new_total, n = pool.hours_cap - hours[j], value[j], 0
    for k in members:
        if (x[k] - x[j]) ** 2 + (y[k] - y[j]) ** 2 <= reach:
            changed[n] = k
            n, hours_left, new_total = n + 1, hours_left - hours[k], new_total + value[k]
    while n > 0 and hours_left < 0:
        n -= 1
        hours_left, new_total = hours_left + hours[changed[n]], new_total - value[changed[n]]
    if hours_left < 0:
        return 0.0, 0
    changed[n] = j
    n += 1
    for k in range(len(value)):
        # Upper bound by value per hour of the remaining buildings: most swaps are rejected after a few.
        if new_total + hours_left * value[k] / hours[k] <= total:
            return 0.0, 0
        if hours[k] <= hours_left and _is_near_all(k, changed[:n], pool):
            changed[n] = k
            n, hours_left, new_total = n + 1, hours_left - hours[k], new_total + value[k]
    return new_total, n


@compiled_internal
def _is_near_all(j: int, members: Int64s, pool: Candidates) -> bool:
    x, y, reach = pool.x_m, pool.y_m, pool.reach_m2
    for k in members:  # noqa: SIM110 - a generator would not compile
        if k == j or (x[k] - x[j]) ** 2 + (y[k] - y[j]) ** 2 > reach:
            return False
    return True
