"""What is told beside a rank and never moves it: clusters that chance does not explain, and how firm the rank is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sweep.rank.exceedance import exceedance_q
from sweep.rank.scan import ScanCluster, ScanSettings, scan
from sweep.rank.score import Ranking
from sweep.rank.stability import Evidence, first_k_chances
from sweep.scenario import Rank

ALPHA = 0.05


def label_buildings(ranking: Ranking, settings: Rank, seed: int, *, is_tested: bool = True) -> pd.DataFrame:
    """
    The labels of each building, in the rows of the ranking's table.

    Parameters
    ----------
    ranking
        Its table gives events, firms and places.
    settings
        The scenario's [rank].
    seed
        Of simulations and draws.
    is_tested
        False: no cluster and no building is tested, as where `refuse_repeats` refuses.

    Returns
    -------
    pandas.DataFrame
        `scan_cluster`, `scan_relative_risk`, `scan_p`, `exceedance_q`, `p_first_k`.
    """
    table = ranking.table
    counts, firms = table["n_leads"].to_numpy(np.int64), table["n_firms"].to_numpy(np.float64)
    points_m = table[["x_m", "y_m"]].to_numpy(np.float64)
    evidence = Evidence(
        ranking.event_rows,
        ranking.event_weights,
        table["exposure_firm_days"].to_numpy(np.float64),
        points_m,
        table["team_hours"].to_numpy(np.float64),
    )
    draws, k = settings.bootstrap_draws, settings.first_k
    chances = first_k_chances(evidence, settings.neighbour_radius_m, k, draws, seed)
    n_simulations = settings.scan_simulations if is_tested else 0
    look = ScanSettings(settings.scan_radius_m, n_simulations, ALPHA, seed)
    found = scan(counts, firms, points_m, look).clusters if n_simulations else ()
    labels = _scan_labels([c for c in found if c.p_value <= ALPHA], len(table))
    q = exceedance_q(counts, firms) if is_tested else np.full(len(table), np.nan)
    return labels.assign(exceedance_q=q, p_first_k=chances)


def _scan_labels(clusters: Sequence[ScanCluster], n: int) -> pd.DataFrame:
    label = np.full(n, None, dtype=object)
    risk, p_value = np.full(n, np.nan), np.full(n, np.nan)
    for k, cluster in enumerate(clusters, 1):
        rows = list(cluster.rows)
        label[rows], risk[rows], p_value[rows] = f"S{k:02d}", cluster.relative_risk, cluster.p_value
    return pd.DataFrame({"scan_cluster": pd.Series(label, dtype=object), "scan_relative_risk": risk, "scan_p": p_value})
