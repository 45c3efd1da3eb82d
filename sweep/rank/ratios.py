"""The log-likelihood ratio of every window: how much likelier its events are at a rate of its own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geodata.compiled import compiled
from sweep.rank.windows import Windows

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Ints32 = NDArray[np.int32]

# Simulations counted together, one in each lane of the processor's registers.
LANES = 16
NEVER = np.iinfo(np.int32).max
# The first simulations' lowest maximum, times this, is a level that hardly any later one stays below.
SAFE = 0.8


class Ratios:
    """
    Ratios of all windows for one total of events.

    The ratio grows with the count, so that for a level each window has a least count that passes it. Simulations are
    only counted, and a ratio is computed where the count gets so far; one that passes it nowhere is done again at 0.

    Parameters
    ----------
    windows
        The windows.
    total
        Events in all, > 0.
    """

    def __init__(self, windows: Windows, total: int) -> None:
        self.windows, self.total = windows, total
        self.expected = windows.share * total
        # Windows with the whole population are never looked at: any finite number will do.
        rest = np.where(windows.is_end, total - self.expected, 1.0)
        self.log_expected, self.log_rest = np.log(self.expected), np.log(rest)
        count = np.arange(total + 1, dtype=np.float64)
        self.xlogx = count * np.log(np.maximum(count, 1.0))
        self._logs = (self.log_expected, self.log_rest, self.xlogx)
        self._any = self._least(0.0)
        self._level: float | None = None
        self._high = self._any

    def of(self, counts: Ints) -> Floats:
        """The ratio of each window, shape (m,); 0 where it holds no more than expected."""
        return _ratios(counts, self.windows.start, self.windows.near, self._any, *self._logs)

    def highest(self, counts: Ints) -> Floats:
        """The highest ratio of each row of counts, shape (s, n)."""
        blocks = [counts[k : k + LANES] for k in range(0, len(counts), LANES)]
        return np.concatenate([self._block(block) for block in blocks]) if blocks else np.zeros(0)

    def _block(self, counts: Ints) -> Floats:
        lanes = np.zeros((counts.shape[1], LANES), np.int32)
        lanes[:, : len(counts)] = counts.T
        best = self._count(lanes, self._high)
        if self._level is not None and best[: len(counts)].min() < self._level:
            best = np.maximum(best, self._count(lanes, self._any))
        if self._level is None:
            self._level = SAFE * float(best[: len(counts)].min())
            self._high = self._least(self._level)
        return best[: len(counts)]

    def _count(self, lanes: Ints32, least: Ints32) -> Floats:
        return _highest(lanes, self.windows.start, self.windows.near, least, *self._logs)

    def _least(self, level: float) -> Ints32:
        return _least_counts(self.windows.is_end, self.expected, level, *self._logs)


@compiled
def _ratio(inside: int, log_expected: float, log_rest: float, xlogx: Floats) -> float:
    rest = len(xlogx) - 1 - inside
    return float(xlogx[inside] - inside * log_expected + xlogx[rest] - rest * log_rest)


@compiled
def _least_counts(
    is_end: NDArray[np.bool_], expected: Floats, level: float, log_expected: Floats, log_rest: Floats, xlogx: Floats
) -> Ints32:
    """The least count above the expected one whose ratio is at least the level, by halving."""
    total = len(xlogx) - 1
    least = np.full(len(expected), NEVER, np.int32)
    for k in range(len(expected)):
        low = int(np.floor(expected[k])) + 1
        high = total
        if not is_end[k] or low > total or _ratio(high, log_expected[k], log_rest[k], xlogx) < level:
            continue
        while low < high:
            middle = (low + high) // 2
            if _ratio(middle, log_expected[k], log_rest[k], xlogx) >= level:
                high = middle
            else:
                low = middle + 1
        least[k] = low
    return least


@compiled
def _ratios(
    counts: Ints, start: Ints, near: Ints32, least: Ints32, log_expected: Floats, log_rest: Floats, xlogx: Floats
) -> Floats:
    ratios = np.zeros(len(near))
    for i in range(len(start) - 1):
        inside = 0
        for k in range(start[i], start[i + 1]):
            inside += counts[near[k]]
            if inside >= least[k]:
                ratios[k] = _ratio(inside, log_expected[k], log_rest[k], xlogx)
    return ratios


@compiled
def _highest(
    lanes: Ints32, start: Ints, near: Ints32, least: Ints32, log_expected: Floats, log_rest: Floats, xlogx: Floats
) -> Floats:
    best = np.zeros(LANES)
    inside = np.zeros(LANES, np.int32)
    for i in range(len(start) - 1):
        inside[:] = 0
        for k in range(start[i], start[i + 1]):
            building, enough, n_enough = near[k], least[k], 0
            for b in range(LANES):
                inside[b] += lanes[building, b]
                n_enough += inside[b] >= enough
            if n_enough > 0:
                for b in range(LANES):
                    if inside[b] >= enough:
                        best[b] = max(best[b], _ratio(inside[b], log_expected[k], log_rest[k], xlogx))
    return best
