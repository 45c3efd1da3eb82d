"""This ranking on public data, by the function of `sweep rank`, and methods that it is compared with."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from geodata.array_types import Float64s
from geodata.schema import HISTORY, LEADS, TIMEZONE
from sweep.rank.backtest.backtest import BacktestData
from sweep.rank.backtest.baseline_rankings import Score, Snapshot
from sweep.rank.rank_buildings import rank_buildings
from sweep.rank.rate.lead_weights import decayed_weight, effective_days
from sweep.rank.rate.radius_sums import sums_within
from sweep.rank.rate.rate_posterior import fit_prior, local_rates
from sweep.scenario.rank_settings import Rank
from tests.tables import valid


def through_rank(case: BacktestData) -> Score:
    """Return the value per hour that `sweep rank` gives each place; events before the day are leads of one type."""
    ids = np.array([f"C{k:06d}" for k in range(len(case.population))])
    frame = pd.DataFrame({"building_id": ids, "division_code": "", "n_firms": case.population.astype(np.int64)})
    zero, none = pd.Timestamp("2016-01-01", tz=TIMEZONE), dict.fromkeys(LEADS.columns)
    given = {"lead_type": "tip", "lead_source": "reported"}
    leads = pd.DataFrame(
        none | given | {
            "lead_id": [f"L{k:06d}" for k in range(len(case.rows))],
            "building_id": ids[case.rows],
            "received_at": zero + pd.to_timedelta(case.days, unit="D"),
        }
    )  # fmt: skip

    def score(known: Snapshot) -> Float64s:
        now = (zero + pd.Timedelta(days=known.day)).to_pydatetime()
        past, visits = leads[case.days < known.day], valid(HISTORY, [])
        ranking = rank_buildings(frame, past, visits, case.points_m, case.effort_h, now, Rank())
        return ranking.table.set_index("building_id")["value_per_hour"].loc[ids].to_numpy(np.float64)

    return score


def kernel_density(points_m: Float64s, bandwidth_m: float) -> Score:
    """A heat map: Gaussian kernels, cut at three bandwidths."""
    near = cKDTree(points_m).sparse_distance_matrix(cKDTree(points_m), 3.0 * bandwidth_m, output_type="coo_matrix")
    weight = np.exp(-0.5 * (near.data / bandwidth_m) ** 2)
    kernel = csr_array((weight, (near.row, near.col)), shape=near.shape)
    return lambda known: np.asarray(kernel @ known.counts)


def local_gi(points_m: Float64s, radius_m: float) -> Score:
    """
    Gi*: the z-score of the events within a radius, the place itself among them.

    References
    ----------
    Ord & Getis 1995, Local spatial autocorrelation statistics.
    """
    n = len(points_m)

    def score(known: Snapshot) -> Float64s:
        x = known.counts
        near = sums_within(points_m, radius_m, np.column_stack([x, np.ones(n)]))
        size = near[:, 1] + 1.0
        spread = float(x.std()) * np.sqrt(np.maximum((n * size - size**2) / max(n - 1, 1), 0.0))
        excess = near[:, 0] + x - x.mean() * size
        return np.divide(excess, spread, out=np.zeros(n), where=spread > 0)

    return score


def local_bayes(points_m: Float64s, radius_m: float, half_life_days: float) -> Score:
    """The posterior rate of this ranking for events of one type: decayed, and pulled to the neighbours' rate."""

    def score(known: Snapshot) -> Float64s:
        weight = decayed_weight(known.age_days, np.full(len(known.rows), half_life_days))
        counts = np.bincount(known.rows, weights=weight, minlength=len(known.population)).astype(np.float64)
        exposure = known.population * effective_days(half_life_days, max(known.day, 1.0))
        prior = fit_prior(counts, exposure, weight)
        if prior.mean_rate <= 0:
            return np.zeros(len(counts))
        local = local_rates(counts, exposure, points_m, radius_m, prior)
        shape = prior.shape + counts / prior.dispersion
        return np.asarray(shape / (prior.shape / local + exposure / prior.dispersion))

    return score
