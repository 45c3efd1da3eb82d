"""Log-likelihood ratios of scan windows: three times each building's rate, against rates that only vary by chance."""

import numpy as np

from geodata.array_types import Bools, Float64s, Int32s, Int64s
from geodata.numba_options import compiled
from sweep.rank.significance.overdispersion import GammaPoisson
from sweep.rank.significance.scan_windows import ScanWindows, window_sums

# Simulations counted together, one in each SIMD lane.
LANES = 16
# Relative risk of the alternative. Pockets of two to ten times the rate are found with it, too.
RISK = 3.0
# Counts above TIMES_MOST expected events and MORE_MOST others add nothing, so that the table of scores is small.
TIMES_MOST, MORE_MOST = 10.0, 30.0


class BuildingScores:
    """
    Log-likelihood ratio of each building's count: three times its mean, against its mean.

    Both hypotheses let rates differ by the fitted mixture, so a score grows only while more events are hard to explain
    by the building's own rate. Where rates differ much, or a share of towers has a high rate, a single building adds a
    few units at most, and only several raised buildings together make a window unlikely. More events never lower a
    score.

    Parameters
    ----------
    mean
        Expected events at each building without the tower component, shape (n,), > 0.
    model
        Distribution of the rates; a shape of each building is possible without towers.

    References
    ----------
    Neyman & Pearson 1933 (the most powerful test of two simple hypotheses is their likelihood ratio).
    """

    def __init__(self, mean: Float64s, model: GammaPoisson) -> None:
        self.last = np.ceil(TIMES_MOST * mean + MORE_MOST).astype(np.int64)
        self.start = np.concatenate([[0], np.cumsum(self.last + 1)])
        row = np.repeat(np.arange(len(mean)), self.last + 1)
        counts = np.arange(len(row)) - self.start[row]
        scores = model.log_chances(counts, RISK * mean[row], row) - model.log_chances(counts, mean[row], row)
        self.table = _running_max(scores, self.start)

    def of(self, counts: Int64s) -> Float64s:
        """Return the log-likelihood ratio (three times the mean, against the mean) of each count, shape (..., n)."""
        return np.asarray(self.table[self.start[:-1] + np.minimum(counts, self.last)])


def window_scores(scores: Float64s, windows: ScanWindows) -> Float64s:
    """Return the sum of the n buildings' scores in each of m windows; 0 if negative, or if `is_end` is False."""
    return np.where(windows.is_end, np.maximum(window_sums(windows.start, windows.near, scores), 0.0), 0.0)


def highest_scores(scores: Float64s, windows: ScanWindows) -> Float64s:
    """Return, for each row of scores (shape (s, n)), the maximum over all windows, at least 0, shape (s,)."""
    best = np.zeros(len(scores))
    for k in range(0, len(scores), LANES):
        block = scores[k : k + LANES]
        lanes = np.zeros((scores.shape[1], LANES))
        lanes[:, : len(block)] = block.T
        best[k : k + LANES] = _highest(lanes, windows.start, windows.near, windows.is_end)[: len(block)]
    return best


@compiled
def _running_max(values: Float64s, start: Int64s) -> Float64s:
    """Return the maximum of each part's values up to each value."""
    highest = values.copy()
    for i in range(len(start) - 1):
        for k in range(start[i] + 1, start[i + 1]):
            highest[k] = max(highest[k], highest[k - 1])
    return highest


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
