"""The log-likelihood ratio of every window: how much likelier its events are at a rate of its own."""

import numpy as np

from geodata.array_types import Bools, Float64s, Int32s, Int64s
from geodata.numba_options import compiled, inner
from sweep.rank.significance.scan_windows import Windows, window_sums

# Simulations counted together, one in each lane of the processor's registers.
LANES = 16


class Ratios:
    """
    Kulldorff's ratio of each window, its events weighed by what they show.

    Where the rates of buildings differ by chance, a large tower's events show little: a third more of them is one
    draw of its rate and no cluster. Of a building with mean m and Gamma shape a each event counts 1 / (1 + m / a), its
    weight in the score of the negative binomial. So weighed, counts have a variance equal to their mean again, as
    Kulldorff's ratio asks; at an infinite shape the weights are 1 and the ratio is his.

    The ratio grows with the share of the events inside, so that for a level each window has a least share that passes
    it. Simulations are only summed, and a ratio is computed where the sum gets so far; one that passes it nowhere is
    done again at 0.

    Parameters
    ----------
    mean
        Events expected at each building, shape (n,), > 0.
    shape
        Shape of the Gamma of the buildings' rates, one for all or one for each; infinite: none differs.

    References
    ----------
    Kulldorff 1997, A spatial scan statistic; Tango, Takahashi & Kohriyama 2011, A space-time scan statistic for
    detecting emerging outbreaks (negative binomial); McCullagh & Nelder 1989, section 9.2 (the weight).
    """

    def __init__(self, windows: Windows, mean: Float64s, shape: float | Float64s) -> None:
        self.windows = windows
        self.weight = 1.0 / (1.0 + mean / shape)
        weighed = self.weight * mean
        self.share = window_sums(windows.start, windows.near, weighed / weighed.sum())
        self._any = self._least(0.0)
        self._level: float | None = None
        self._high = self._any

    def of(self, counts: Int64s) -> Float64s:
        """The ratio of each window, shape (m,); 0 where it holds no more than expected."""
        share, total = self._shares(counts)
        return total * _gains(share, self.windows.start, self.windows.near, self._any, self.share)

    def highest(self, counts: Int64s) -> Float64s:
        """The highest ratio of each row of counts, shape (s, n)."""
        blocks = [counts[k : k + LANES] for k in range(0, len(counts), LANES)]
        return np.concatenate([self._block(block) for block in blocks]) if blocks else np.zeros(0)

    def _shares(self, counts: Int64s) -> tuple[Float64s, Float64s]:
        """Each building's share of its row's weighed events, and their sum."""
        weighed = counts * self.weight
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
            # The first simulations' lowest maximum, times this, is a level that hardly any later one stays below.
            self._level = 0.8 * float(best[: len(counts)].min())
            self._high = self._least(self._level)
        return np.asarray(total * best[: len(counts)])

    def _count(self, lanes: Float64s, least: Float64s) -> Float64s:
        return _highest(lanes, self.windows.start, self.windows.near, least, self.share)

    def _least(self, level: float) -> Float64s:
        return _least_shares(self.windows.is_end, self.share, level)


@inner
def _gain(inside: float, expected: float) -> float:
    """The ratio of one event, from the share inside and the share expected there."""
    rest = 1.0 - inside
    outside = rest * np.log(rest / (1.0 - expected)) if rest > 0.0 else 0.0
    return float(inside * np.log(inside / expected) + outside)


@compiled
def _least_shares(is_end: Bools, expected: Float64s, level: float) -> Float64s:
    """The least share above the expected one whose gain is at least the level, or a hair less, by halving."""
    least = np.full(len(expected), np.inf)
    for k in range(len(expected)):
        if not is_end[k] or -np.log(expected[k]) < level:
            continue
        low, high = expected[k], 1.0
        # Halvings to the least share that passes a level; what they leave open lets a window be looked at in vain.
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
