"""Log-likelihood ratios of scan windows: raised rates inside, against rates that vary only by chance."""

import math

import numpy as np
from scipy.special import gammainc

from geodata.array_types import Bools, Float64s, Int32s, Int64s
from geodata.numba_options import compiled
from sweep.rank.rate.poisson_rate_mixture import RateMixture
from sweep.rank.significance.scan_windows import ScanWindows, window_sums

# Simulations counted together, one in each SIMD lane.
LANES = 16
# Relative risks of the alternative. With 3 alone a pocket of 50 times the rate is found later (p .42, not .03).
RISKS = (3.0, 10.0, 30.0)
# Counts above TIMES_MOST expected events and MORE_MOST others add nothing, so that the table of scores is small.
TIMES_MOST, MORE_MOST = 10.0, 30.0


class LikelihoodRatioTable:
    """
    Score of each building: log-likelihood ratio of its count at raised rates to its count at usual rates.

    Usual rates follow `mixture`. Raised rates are usual rates times the factor of `RISKS` that fits the count best.
    Where `mixture` has high rates, they explain high counts, so that a single building adds only a little. More
    events never lower a score: where the ratio falls, counts are pooled (isotonic regression).

    Parameters
    ----------
    population
        Size to which events are proportional, shape (n,), > 0.
    mixture
        Distribution of the rates, common or of each building.
    """

    def __init__(self, population: Float64s, mixture: RateMixture) -> None:
        keys = np.column_stack([population, mixture.expected(population)])
        # Buildings of one population and mean have one distribution.
        cells, first, cell = np.unique(keys, axis=0, return_index=True, return_inverse=True)
        last = np.ceil(TIMES_MOST * cells[:, 1] + MORE_MOST).astype(np.int64)
        start = np.concatenate([[0], np.cumsum(last + 1)])
        shares = np.broadcast_to(mixture.shares, (len(population), len(mixture.rates)))[first]
        usual, *raised = (_log_chances(cells[:, 0], risk * mixture.rates, shares, start) for risk in (1.0, *RISKS))
        self.table = _isotonic_ratios(np.max(raised, axis=0), usual, start)
        self.start, self.last = start[cell], last[cell]

    def of(self, counts: Int64s) -> Float64s:
        """Return the score of each building's count (log-likelihood ratio, see class), shape (..., n) as `counts`."""
        return np.asarray(self.table[self.start + np.minimum(counts, self.last)])


def window_scores(scores: Float64s, windows: ScanWindows) -> Float64s:
    """Return the sum of the n buildings' scores in each of m windows; 0 for a negative sum or an untested window."""
    return np.where(windows.is_end, np.maximum(window_sums(windows.start, windows.near, scores), 0.0), 0.0)


def highest_scores(scores: Float64s, windows: ScanWindows) -> Float64s:
    """Return the largest sum of scores in a tested window, at least 0, for each row of `scores` (s, n), shape (s,)."""
    best = np.zeros(len(scores))
    for k in range(0, len(scores), LANES):
        block = scores[k : k + LANES]
        lanes = np.zeros((scores.shape[1], LANES))
        lanes[:, : len(block)] = block.T
        best[k : k + LANES] = _highest(lanes, windows.start, windows.near, windows.is_end)[: len(block)]
    return best


def _log_chances(population: Float64s, rates: Float64s, shares: Float64s, start: Int64s) -> Float64s:
    """
    Return the log-probability of each possible count of each building, all in one array.

    The count of a building is a mixture of Poisson counts with means `population * rates` and weights `shares`.
    `start`: index of each building's count 0. A building's last entry is the probability of that count or a larger one.
    """
    # A probability of 0 has no logarithm.
    logs = _log_mixture(population, rates, np.log(np.maximum(shares, 1e-300)), start)
    tail = gammainc(np.diff(start)[:, None] - 1.0, population[:, None] * rates)
    logs[start[1:] - 1] = np.log(np.maximum((tail * shares).sum(axis=1), 1e-300))
    return logs


@compiled
def _log_mixture(population: Float64s, rates: Float64s, log_shares: Float64s, start: Int64s) -> Float64s:
    """Return the log-probabilities of the counts 0, 1, ... of each building; `start`: index of its count 0."""
    logs = np.empty(start[-1])
    for i in range(len(population)):
        means = population[i] * rates
        log_means, base = np.log(means), log_shares[i] - means
        for k in range(start[i], start[i + 1]):
            count = k - start[i]
            terms = base + count * log_means
            most = terms.max()
            logs[k] = most + np.log(np.exp(terms - most).sum()) - math.lgamma(count + 1.0)
    return logs


@compiled
def _isotonic_ratios(raised: Float64s, usual: Float64s, start: Int64s) -> Float64s:
    """
    Return the log-ratio of each count, `raised` - `usual`, made non-decreasing in the count (pool adjacent violators).

    `raised`, `usual`: log-probabilities; `start`: index of each building's count 0.
    """
    ratios = np.empty(len(raised))
    first, above, below = np.empty(len(raised), np.int64), np.empty(len(raised)), np.empty(len(raised))
    for i in range(len(start) - 1):
        n_blocks = 0
        for k in range(start[i], start[i + 1]):
            first[n_blocks], above[n_blocks], below[n_blocks] = k, raised[k], usual[k]
            while n_blocks > 0 and above[n_blocks - 1] - below[n_blocks - 1] > above[n_blocks] - below[n_blocks]:
                n_blocks -= 1
                above[n_blocks] = np.logaddexp(above[n_blocks], above[n_blocks + 1])
                below[n_blocks] = np.logaddexp(below[n_blocks], below[n_blocks + 1])
            n_blocks += 1
        for b in range(n_blocks):
            end = first[b + 1] if b + 1 < n_blocks else start[i + 1]
            ratios[first[b] : end] = above[b] - below[b]
    return ratios


@compiled
def _highest(lanes: Float64s, start: Int64s, near: Int32s, is_end: Bools) -> Float64s:
    best = np.zeros(LANES)
    inside = np.zeros(LANES)
    for i in range(len(start) - 1):
        inside[:] = 0.0
        for k in range(start[i], start[i + 1]):
            building = near[k]
            for b in range(LANES):
                inside[b] += lanes[building, b]
            if is_end[k]:
                for b in range(LANES):
                    best[b] = max(best[b], inside[b])
    return best
