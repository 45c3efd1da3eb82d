"""Labels shown with a rank that do not change the rank: significant clusters, and stability of the rank."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from geodata.array_types import Float64s, Int64s
from sweep.rank.rank_buildings import Ranking
from sweep.rank.significance.overdispersed_counts import exceedance_q
from sweep.rank.significance.rank_stability import Sample, first_k_chances
from sweep.rank.significance.scan_statistic import ScanCluster, ScanSettings, scan, scan_prospective
from sweep.scenario.rank_settings import Rank

ALPHA = 0.05


def label_buildings(ranking: Ranking, settings: Rank, seed: int, *, is_tested: bool = True) -> pd.DataFrame:
    """
    Return the labels of each building, in the rows of the ranking's table.

    Parameters
    ----------
    is_tested
        False: only `p_first_k` is computed; used if leads repeat each other (`refuse_repeats`).

    Returns
    -------
    pandas.DataFrame
        Significant cluster of all events: `scan_cluster` (label), `scan_relative_risk`, `scan_p`; of the new events of
        the last `alert_days`: `alert_cluster`, `alert_p`; None or NaN outside clusters. `exceedance_q`: q-value (false
        discovery rate) of the number of leads. `p_first_k`: chance to be among the first `settings.first_k` buildings.
    """
    table = ranking.table
    counts, firms = table["n_leads"].to_numpy(np.int64), table["n_firms"].to_numpy(np.float64)
    points_m = table[["x_m", "y_m"]].to_numpy(np.float64)
    sample = Sample(
        rows=ranking.event_rows,
        weights=ranking.event_weights,
        exposure=table["exposure_firm_days"].to_numpy(np.float64),
        points_m=points_m,
        team_hours=table["team_hours"].to_numpy(np.float64),
        proneness=ranking.proneness,
    )
    draws, k = settings.bootstrap_draws, settings.first_k
    chances = first_k_chances(sample, settings.neighbour_radius_m, k, n_draws=draws, seed=seed)
    scan_settings = ScanSettings(settings.scan_radius_m, settings.scan_simulations if is_tested else 0, ALPHA, seed)
    clusters, new_clusters = _scan_both(
        ranking, counts, firms, points_m, scan_settings=scan_settings, alert_days=settings.alert_days
    )
    label, risk, p_value = _at_buildings(clusters, "S", len(table))
    new_label, _, new_p = _at_buildings(new_clusters, "N", len(table))
    return pd.DataFrame(
        {
            "scan_cluster": label,
            "scan_relative_risk": risk,
            "scan_p": p_value,
            "alert_cluster": new_label,
            "alert_p": new_p,
            "exceedance_q": exceedance_q(counts, firms) if is_tested else np.full(len(table), np.nan),
            "p_first_k": chances,
        }
    )


def _scan_both(
    ranking: Ranking,
    counts: Int64s,
    firms: Float64s,
    points_m: Float64s,
    scan_settings: ScanSettings,
    alert_days: float,
) -> tuple[Sequence[ScanCluster], Sequence[ScanCluster]]:
    if scan_settings.n_simulations == 0:
        return (), ()
    recent = ranking.event_rows[ranking.event_age_days <= alert_days]
    new = np.bincount(recent, minlength=len(counts)).astype(np.int64)
    return scan(counts, firms, points_m, scan_settings), scan_prospective(
        counts - new, new, firms, points_m, scan_settings
    )


def _at_buildings(clusters: Sequence[ScanCluster], letter: str, n: int) -> tuple[pd.Series[str], Float64s, Float64s]:
    """
    Return label, relative risk and p-value of each building's significant cluster; None or NaN outside clusters.

    `letter`: first letter of a label, `S` for clusters of all events, `N` for clusters of new ones. In an `S` cluster
    with at most one building above its expected leads, it is `T` (tower) instead.
    """
    label = np.full(n, None, dtype=object)
    risk, p_value = np.full(n, np.nan), np.full(n, np.nan)
    for k, cluster in enumerate((c for c in clusters if c.p_value <= ALPHA), 1):
        rows = list(cluster.rows)
        kind = "T" if cluster.n_raised < 2 and letter == "S" else letter
        label[rows], risk[rows], p_value[rows] = f"{kind}{k:02d}", cluster.relative_risk, cluster.p_value
    return pd.Series(label, dtype=object), risk, p_value
