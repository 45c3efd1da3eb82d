"""Methods that the ranking is compared with on public data: a heat map, Gi* and one posterior rate."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from geodata.array_types import Float64s
from sweep.rank.backtest.baseline_rankings import Score, Snapshot
from sweep.rank.rate.lead_type_weights import decayed_weight, effective_days
from sweep.rank.rate.radius_sums import sums_within
from sweep.rank.rate.rate_posterior import fit_prior, local_rates


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
