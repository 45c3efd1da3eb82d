"""Buildings with more events than a building of their size has by chance, with false discoveries held down."""

from __future__ import annotations

import numpy as np

from geodata.arrays import Float64s, Int64s
from sweep.rank.significance.overdispersion import exceedance, fit_gamma_poisson


def exceedance_q(counts: Int64s, population: Float64s) -> Float64s:
    """
    The q-value of each building, shape (n,): those with q <= 0.05 are listed, and 1 in 20 of them wrongly.

    The model is the Gamma-Poisson fitted to all buildings, those that stand out among them, so that it errs on the
    side of listing too few. NaN where there is no firm.

    Parameters
    ----------
    counts
        Events, shape (n,), >= 0.
    population
        Firms at risk, shape (n,), >= 0.

    References
    ----------
    Benjamini & Hochberg 1995, Controlling the false discovery rate.
    """
    q = np.full(len(counts), np.nan)
    at_risk = population > 0
    if at_risk.any():
        model = fit_gamma_poisson(counts[at_risk], population[at_risk])
        p = exceedance(counts[at_risk], population[at_risk], model)
        q[at_risk] = false_discovery_q(np.clip(p, 0.0, 1.0))
    return q


def false_discovery_q(p: Float64s) -> Float64s:
    """The least share of false discoveries at which each of some p-values would be listed, shape (n,)."""
    order = np.argsort(-p)
    n_below = np.arange(len(p), 0, -1)
    q = np.empty(len(p))
    q[order] = np.minimum.accumulate(p[order] * len(p) / n_below)
    return q
