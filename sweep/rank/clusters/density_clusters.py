"""A second way to form clusters, to compare with: where leads lie dense (DBSCAN), cut to the hours of a team."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from geodata.arrays import Float64s, Int64s


def dense_parts(weight: Float64s, points_m: Float64s, reach_m: float, weight_min: float) -> Int64s:
    """
    DBSCAN over weighted buildings: the label of each, -1 outside every part, shape (n,).

    A building is a core if the weight within its reach, its own among it, is at least the least one; cores within
    reach of each other are of one part. Others join the part of their nearest core within reach, the first of equals.

    Parameters
    ----------
    weight
        Decayed leads, shape (n,), >= 0.
    points_m
        Shape (n, 2).
    reach_m, weight_min
        DBSCAN's eps and min_samples, > 0.

    References
    ----------
    Ester et al. 1996, A density-based algorithm for discovering clusters.
    """
    n = len(weight)
    near = _neighbours(points_m, reach_m)
    is_core = np.asarray(near @ weight) + weight >= weight_min
    label = np.full(n, -1, np.int64)
    core = np.flatnonzero(is_core)
    if len(core) == 0:
        return label
    _, of_core = connected_components(csr_array(near[core][:, core]), directed=False)
    label[core] = of_core
    for row in np.flatnonzero(~is_core):
        close = near.indices[near.indptr[row] : near.indptr[row + 1]]
        close = np.sort(close[is_core[close]])
        if len(close):
            gap = np.hypot(*(points_m[close] - points_m[row]).T)
            label[row] = label[close[int(gap.argmin())]]
    return label


def _neighbours(points_m: Float64s, radius_m: float) -> csr_array:
    """Which buildings lie within the radius of which, itself left out: ones in a symmetric array of shape (n, n)."""
    n = len(points_m)
    pairs = cKDTree(points_m).query_pairs(radius_m, output_type="ndarray")
    rows, columns = np.concatenate([pairs, pairs[:, ::-1]]).T
    return csr_array((np.ones(len(rows)), (rows, columns)), shape=(n, n))


def capped_parts(label: Int64s, value: Float64s, hours: Float64s, hours_cap: float, n_clusters: int) -> list[list[int]]:
    """
    The best of each part that its hours pay for, the parts of most value first.

    Parameters
    ----------
    label
        As from `dense_parts`.
    value, hours
        Shape (n,); hours > 0.
    hours_cap, n_clusters
        Largest sum of hours of a cluster; at most so many clusters.
    """
    found: list[tuple[float, list[int]]] = []
    for part in range(int(label.max(initial=-1)) + 1):
        rows = np.flatnonzero((label == part) & (value > 0))
        left, taken = hours_cap, []
        for row in rows[np.argsort(-value[rows] / hours[rows], kind="stable")]:
            if hours[row] <= left:
                taken.append(int(row))
                left -= float(hours[row])
        if taken:
            found.append((float(value[taken].sum()), taken))
    found.sort(key=lambda one: (-one[0], one[1]))
    return [rows for _, rows in found[:n_clusters]]
