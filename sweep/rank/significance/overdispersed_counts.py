"""Lead counts per building where rates differ (`RateMixture`): random counts, and probability of as many or more."""

from __future__ import annotations

import numpy as np
from scipy.special import gammainc

from geodata.array_types import Float64s, Int64s
from geodata.numba_options import compiled
from sweep.rank.rate.poisson_rate_mixture import RateMixture, fit_rates


def draw_counts(
    rng: np.random.Generator, population: Float64s, total: int, mixture: RateMixture, n_draws: int
) -> Int64s:
    """
    Draw random data sets without clusters: counts by building that add up to `total` events, shape (n_draws, n).

    Rates are drawn from the mixture, stratified: each draw has all quantiles, in random order. The counts are
    multinomial with rate x `population` (firms of each building, (n,)). The total is fixed, as in Kulldorff's test,
    which is the case of equal rates.
    """
    n = len(population)
    strata = np.array([rng.permutation(n) for _ in range(n_draws)])
    cumulative = np.atleast_2d(np.cumsum(mixture.shares, axis=-1))
    weight = population * _drawn(cumulative, mixture.rates, (strata + rng.random((n_draws, n))) / n)
    return np.asarray(rng.multinomial(total, weight / weight.sum(axis=1, keepdims=True)), np.int64)


@compiled
def _drawn(cumulative: Float64s, rates: Float64s, uniform: Float64s) -> Float64s:
    """
    Return a rate for each random number in `uniform`, shape (n_draws, n), by inversion of the distribution.

    `cumulative`: cumulative probabilities of `rates`, one row for each building or one for all.
    """
    drawn = np.empty(uniform.shape)
    is_common = len(cumulative) == 1
    for s in range(uniform.shape[0]):
        for i in range(uniform.shape[1]):
            row, low, high = 0 if is_common else i, 0, cumulative.shape[1] - 1
            while low < high:
                middle = (low + high) // 2
                if cumulative[row, middle] > uniform[s, i]:
                    high = middle
                else:
                    low = middle + 1
            drawn[s, i] = rates[low]
    return drawn


def exceedance(counts: Int64s, population: Float64s, mixture: RateMixture) -> Float64s:
    """
    Return, for each building, the probability of at least the observed count at the rates of the other buildings.

    The mixture, fitted to all n buildings, is the mean of all buildings' posteriors; the posterior of the building
    itself is taken out.
    """
    cells, cell = np.unique(np.column_stack([counts, population]), axis=0, return_inverse=True)
    own = mixture.given(cells[:, 0], cells[:, 1]).shares
    others = mixture.shares + (mixture.shares - own) / max(len(counts) - 1, 1)
    chance = (gammainc(np.maximum(cells[:, :1], 1.0), cells[:, 1:] * mixture.rates) * others).sum(axis=1)
    return np.where(counts > 0, np.clip(chance[cell], 0.0, 1.0), 1.0)


def exceedance_q(counts: Int64s, population: Float64s) -> Float64s:
    """
    Return the q-value of each building, (n,): of those with q <= 0.05, 1 in 20 has its leads by chance alone.

    The null is that of the scan (`fit_rates`), fitted to all other buildings including outliers, which is conservative.
    `population`: firms of each building, (n,); the q-value is NaN without firms.

    References
    ----------
    Benjamini & Hochberg 1995, Controlling the false discovery rate.
    """
    q = np.full(len(counts), np.nan)
    at_risk = population > 0
    if at_risk.any():
        mixture = fit_rates(counts[at_risk], population[at_risk])
        p = exceedance(counts[at_risk], population[at_risk], mixture)
        q[at_risk] = _false_discovery_q(p)
    return q


def _false_discovery_q(p: Float64s) -> Float64s:
    """Return the q-value of each p-value, (n,): the smallest false discovery rate at which it is significant."""
    order = np.argsort(-p)
    n_below = np.arange(len(p), 0, -1)
    q = np.empty(len(p))
    q[order] = np.minimum.accumulate(p[order] * len(p) / n_below)
    return q
