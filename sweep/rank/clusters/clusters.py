"""Clusters as capped greedy stars: a centre with the best nearby buildings within a cap of hours."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.spatial.distance import pdist
from scipy.special import gammaincinv

from geodata.array_types import Float64s
from sweep.rank.clusters.greedy_stars import grow_stars
from sweep.rank.rank_buildings import Ranking
from sweep.records.ranking import RATE_UNIT, Cluster


def greedy_stars(
    value: Float64s, hours: Float64s, points_m: Float64s, radius_m: float, hours_cap: float, n_clusters: int
) -> list[list[int]]:
    """
    Return the row numbers of each cluster: clusters by descending value, rows by descending value per hour.

    A cluster begins as a star: the buildings near a centre are taken by value per hour, skipping those that exceed the
    remaining hours. The centre may be any building, even one that is too large for the star or belongs to an earlier
    star. A star can gain value when an earlier star takes a building from it (the hours of a large building suffice for
    two small ones of more value). So stale values are no upper bounds, Minoux's lazy greedy is invalid, and each such
    star is recomputed.

    The best star is improved by swaps within a diameter of two radii (`improved_by_swaps`), as it need not be a circle.

    Parameters
    ----------
    value, hours
        Expected finds and team-hours (> 0) of each building, shape (n,).
    radius_m
        Largest distance from a star's centre; the diameter of a cluster is at most twice this.
    hours_cap
        Largest sum of hours of one cluster.
    n_clusters
        Largest number of clusters; fewer are returned if no building of positive value fits any more.

    Raises
    ------
    ValueError
        If a value is not finite or hours are not above 0.
    """
    if not np.all(np.isfinite(value)) or not np.all(hours > 0):
        raise ValueError("value must be finite and hours > 0")
    if len(value) == 0:
        return []
    order = np.lexsort((np.arange(len(value)), -value / hours))
    found = grow_stars(
        value[order],
        hours[order],
        points_m[order],
        tie_order=order,
        radius_m=radius_m,
        hours_cap=hours_cap,
        n_clusters=n_clusters,
    )
    return [[int(row) for row in order[rows]] for rows in found]


def value_bound(value: Float64s, hours: Float64s, hours_total: float) -> float:
    """
    Return an upper bound on the value of any clusters with `hours_total` hours in all: the fractional knapsack.

    `value`, `hours`: of each building, shape (n,). Buildings are taken by value per hour, the last one in part.
    """
    order = np.argsort(-value / hours, kind="stable")
    before = np.concatenate([[0.0], np.cumsum(hours[order])[:-1]]) if len(order) else np.zeros(0)
    part = np.clip((hours_total - before) / hours[order], 0.0, 1.0)
    return float((np.maximum(value[order], 0.0) * part).sum())


def form_clusters(ranking: Ranking, radius_m: float, hours_cap: float, n_clusters: int) -> tuple[Cluster, ...]:
    """
    Return at most `n_clusters` clusters of ranked buildings, by descending expected finds per team-hour.

    A cluster is at most 2 x `radius_m` wide and has at most `hours_cap` team-hours; see `greedy_stars`.
    """
    table = ranking.table
    value = table["value"].to_numpy(np.float64)
    hours = table["team_hours"].to_numpy(np.float64)
    points_m = table[["x_m", "y_m"]].to_numpy(np.float64)
    found = greedy_stars(value, hours, points_m, radius_m, hours_cap, n_clusters)
    found.sort(key=lambda rows: (-value[rows].sum() / hours[rows].sum(), rows[0]))
    return tuple(_cluster(ranking, table.iloc[rows], points_m[rows], k) for k, rows in enumerate(found, 1))


def captured_share(ranking: Ranking, clusters: Sequence[Cluster], hours_total: float) -> float:
    """Return the clusters' expected finds as a share of `value_bound` for `hours_total`; 1 if that bound is 0."""
    table = ranking.table
    bound = value_bound(table["value"].to_numpy(np.float64), table["team_hours"].to_numpy(np.float64), hours_total)
    return sum(c.expected_finds for c in clusters) / bound if bound > 0 else 1.0


def _cluster(ranking: Ranking, rows: pd.DataFrame, points_m: Float64s, rank: int) -> Cluster:
    low, mean, high = (0.0, 0.0, 0.0)
    prior = ranking.prior
    if prior.mean_rate > 0:
        shape = prior.shape + rows["decayed_leads"].sum() / prior.dispersion
        rate = prior.shape / prior.mean_rate + rows["exposure_firm_days"].sum() / prior.dispersion
        mean = shape / rate * RATE_UNIT
        low, high = (float(gammaincinv(shape, q)) / rate * RATE_UNIT for q in (0.05, 0.95))
    hours = float(rows["team_hours"].sum())
    return Cluster(
        cluster_id=f"C{rank:02d}",
        rank=rank,
        building_ids=tuple(rows["building_id"]),
        team_hours=hours,
        n_leads=int(rows["n_leads"].sum()),
        n_firms=int(rows["n_firms"].sum()),
        lead_rate=float(mean),
        lead_rate_low=low,
        lead_rate_high=high,
        expected_finds=float(rows["value"].sum()),
        finds_per_hour=float(rows["value"].sum()) / hours,
        diameter_m=float(pdist(points_m).max()) if len(rows) > 1 else 0.0,
    )
