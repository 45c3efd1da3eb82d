"""Distribution of buildings' lead rates: a nonparametric mixture of Poisson rates, fitted to counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import xlogy

from geodata.array_types import Float64s, Int64s

# Ratio of two neighbouring rates of the grid less 1; with .2 false alarms and recall of the scan are the same.
STEP = 0.1
# Converged shares are a few atoms; an early stop smooths them. With 1,000 steps the scan's errors are the same.
N_EM_STEPS = 100
# Firms of buildings are rounded to steps of 2 % in the fit: most buildings then share a cell with others.
CELL_LOG_FIRMS = 0.02


@dataclass(frozen=True, slots=True)
class RateMixture:
    """Distribution of buildings' rates on a grid, with no assumption on its form."""

    rates: Float64s
    """Events per firm, > 0, ascending, shape (m,); in `scan` only their ratios matter."""
    shares: Float64s
    """Probability of each rate; shape (m,): the same for all buildings, shape (n, m): one row per building."""

    def expected(self, population: Float64s) -> Float64s:
        """Return the mean number of events at each building with `population` firms, shape (n,)."""
        return np.asarray(population * (self.shares @ self.rates))

    def given(self, counts: Int64s | Float64s, population: Float64s) -> RateMixture:
        """Return the posterior distribution of each building's rate, given its count."""
        log_chances = _log_chances(counts, population, self.rates)
        shares = self.shares * np.exp(log_chances - log_chances.max(axis=1, keepdims=True))
        return RateMixture(self.rates, shares / shares.sum(axis=1, keepdims=True))


ONE_RATE = RateMixture(np.ones(1), np.ones(1))
"""Equal rates: counts are Poisson."""


def fit_rates(counts: Int64s, population: Float64s) -> RateMixture:
    """
    Fit a mixture of Poisson rates to counts and populations > 0, shape (n,), by maximum likelihood.

    The method is expectation maximisation on a logarithmic grid of rates. The result is one common rate if that is as
    likely.

    References
    ----------
    Laird 1978, Nonparametric maximum likelihood estimation of a mixing distribution. JASA 73, 805-811.
    """
    total = int(counts.sum())
    if total == 0:
        return ONE_RATE
    firms = np.exp(np.rint(np.log(population) / CELL_LOG_FIRMS) * CELL_LOG_FIRMS)
    cells, times = np.unique(np.column_stack([counts, firms]), axis=0, return_counts=True)
    alike = RateMixture(np.array([total / float(population.sum())]), ONE_RATE.shares)
    # At the lowest rate the largest building expects at most half an event.
    low, high = 1.0 / (10.0 / alike.rates[0] + 2.0 * firms.max()), float((cells[:, 0] / cells[:, 1]).max())
    rates = np.geomspace(low, high, int(np.ceil(np.log(high / low) / STEP)) + 1)
    log_chances = _log_chances(cells[:, 0], cells[:, 1], rates)
    most = log_chances.max(axis=1)
    chances = np.exp(log_chances - most[:, None])
    shares = likeliest_shares(chances, times, N_EM_STEPS)
    gain = np.log(chances @ shares) + most - _log_chances(cells[:, 0], cells[:, 1], alike.rates)[:, 0]
    return RateMixture(rates, shares) if float((times * gain).sum()) > 0.0 else alike


def _log_chances(counts: Float64s | Int64s, population: Float64s, rates: Float64s) -> Float64s:
    """Return the log-probability of each building's count at each rate, without the term -log(count!), shape (n, m)."""
    mean = population[:, None] * rates
    return np.asarray(xlogy(counts[:, None], mean) - mean)


def likeliest_shares(chances: Float64s, weights: Float64s | Int64s, n_steps: int = 200) -> Float64s:
    """
    Return the shares of k mixture components with the greatest likelihood (expectation maximisation), which sum to 1.

    Parameters
    ----------
    chances
        Probability of each of m events under each component, > 0, shape (m, k).
    weights
        Weight of each event, shape (m,), > 0.
    n_steps
        Number of steps, fewer if the shares change no more.
    """
    shares = np.full(chances.shape[1], 1.0 / chances.shape[1])
    for _ in range(n_steps):
        new = shares * ((weights / (chances @ shares)) @ chances) / weights.sum()
        change, shares = np.abs(new - shares).max(), new
        if change < 1e-5:
            break
    return np.asarray(shares)
