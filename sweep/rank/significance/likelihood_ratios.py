"""Log-likelihood ratios of scan windows: events at a rate of their own against the overall rate."""

import numpy as np

from geodata.array_types import Bools, Float64s, Int32s, Int64s
from geodata.numba_options import compiled, compiled_internal
from sweep.rank.significance.scan_windows import ScanWindows, window_sums

# Simulations counted together, one in each SIMD lane.
LANES = 16


class Ratios:
    """
    Kulldorff's ratio of each window, with events weighted for overdispersion.

    If buildings' rates vary at random, a third more events at a large building may be one draw of its rate, not a
    cluster. For a building with mean m and Gamma shape a each event has weight 1 / (1 + m / a), the weight in the score
    function of the negative binomial. Weighted counts have variance = mean again, as Kulldorff's ratio requires; at
    infinite shape the weights are 1.

    The ratio increases with the share of events inside, so each window has a least share for a given level. Simulations
    compare sums with this share, and compute the ratio only above it; a simulation below the level everywhere is
    repeated with level 0.

    Parameters
    ----------
    mean
        Expected events at each building, shape (n,), > 0.
    shape
        Gamma shape of the buildings' rates, common or of each building; infinite: equal rates.
    errors_most
        Standard deviations above its mean up to which a building's events count (winsorised); infinite: all count.

    References
    ----------
    Kulldorff 1997, A spatial scan statistic; Tango, Takahashi & Kohriyama 2011, A space-time scan statistic for
    detecting emerging outbreaks (negative binomial); McCullagh & Nelder 1989, section 9.2 (the weight).
    """

    def __init__(
        self, windows: ScanWindows, mean: Float64s, shape: float | Float64s, errors_most: float = np.inf
    ) -> None:
        self.windows = windows
        self.weight = 1.0 / (1.0 + mean / shape)
        self.most = np.ceil(mean + errors_most * np.sqrt(mean + mean**2 / shape))
        weighed = self.weight * mean
        self.share = window_sums(windows.start, windows.near, weighed / weighed.sum())
        self._any = self._least(0.0)
        self._level: float | None = None
        self._high = self._any

    def of(self, counts: Int64s) -> Float64s:
        """Return the ratio of each window, shape (m,); 0 for a window with no more events than expected."""
        share, total = self._shares(counts)
        return total * _gains(share, self.windows.start, self.windows.near, self._any, self.share)

    def highest(self, counts: Int64s) -> Float64s:
        """Return, for each row of counts (shape (s, n)), the maximum ratio over all windows, shape (s,)."""
        blocks = [counts[k : k + LANES] for k in range(0, len(counts), LANES)]
        return np.concatenate([self._block(block) for block in blocks]) if blocks else np.zeros(0)

    def _shares(self, counts: Int64s) -> tuple[Float64s, Float64s]:
        """Return each building's share of the weighted events of its row of counts, and each row's sum."""
        weighed = np.minimum(counts, self.most) * self.weight
        total = weighed.sum(axis=-1, keepdims=True)
        return weighed / total, total[..., 0]

    def _block(self, counts: Int64s) -> Float64s:
        share, total = self._shares(counts)
        lanes = np.zeros((counts.shape[1], LANES))
        lanes[:, : len(counts)] = share.T
        best = self._count(lanes, self._high)
        if self._level is not None and best[: len(counts)].min() < self._level:
            best = np.maximum(best, self._count(lanes, self._any))
        if self._level is None:
            # 80 % of the first simulations' lowest maximum, a level that nearly all later ones reach.
            self._level = 0.8 * float(best[: len(counts)].min())
            self._high = self._least(self._level)
        return np.asarray(total * best[: len(counts)])

    def _count(self, lanes: Float64s, least: Float64s) -> Float64s:
        return _highest(lanes, self.windows.start, self.windows.near, least, self.share)

    def _least(self, level: float) -> Float64s:
        return _least_shares(self.windows.is_end, self.share, level)


@compiled_internal
def _gain(inside: float, expected: float) -> float:
    """Return the log-likelihood ratio for one event, from observed and expected share of events inside."""
    rest = 1.0 - inside
    outside = rest * np.log(rest / (1.0 - expected)) if rest > 0.0 else 0.0
    return float(inside * np.log(inside / expected) + outside)


@compiled
def _least_shares(is_end: Bools, expected: Float64s, level: float) -> Float64s:
    """Return the least share above the expected one whose gain reaches the level, by bisection from below."""
    least = np.full(len(expected), np.inf)
    for k in range(len(expected)):
        if not is_end[k] or -np.log(expected[k]) < level:
            continue
        low, high = expected[k], 1.0
        # Bisection steps; the remaining interval only causes unnecessary evaluations.
        for _ in range(20 if level > 0.0 else 0):
            middle = 0.5 * (low + high)
            if _gain(middle, expected[k]) >= level:
                high = middle
            else:
                low = middle
        least[k] = low
    return least


@compiled
def _gains(share: Float64s, start: Int64s, near: Int32s, least: Float64s, expected: Float64s) -> Float64s:
    gains = np.zeros(len(near))
    for i in range(len(start) - 1):
        inside = 0.0
        for k in range(start[i], start[i + 1]):
            inside += share[near[k]]
            if inside > least[k]:
                gains[k] = max(0.0, _gain(inside, expected[k]))
    return gains


@compiled
def _highest(lanes: Float64s, start: Int64s, near: Int32s, least: Float64s, expected: Float64s) -> Float64s:
    best = np.zeros(LANES)
    inside = np.zeros(LANES)
    for i in range(len(start) - 1):
        inside[:] = 0.0
        for k in range(start[i], start[i + 1]):
            building, enough, n_enough = near[k], least[k], 0
            for b in range(LANES):
                inside[b] += lanes[building, b]
                n_enough += inside[b] > enough
            if n_enough > 0:
                for b in range(LANES):
                    if inside[b] > enough:
                        best[b] = max(best[b], _gain(inside[b], expected[k]))
    return best
