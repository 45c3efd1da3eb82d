"""Ratio of actual to expected finds of past visits, and the finds forecast of a window based on it."""

import math
from collections.abc import Sequence

import numpy as np

from geodata.array_types import Bools, Float64s, Int64s
from sweep.campaign.model.weekly_figures import count_interval
from sweep.campaign.records import DayPart, FindsPart, LevelKind, LevelPart
from sweep.records.ranking import FEWEST_FINDS

# Pseudo-count of finds, expected and actual, that shrinks the ratio towards 1.
_PULL = 1.0
# Fewest expected finds of a window in the dispersion: the statistic of a smaller one has no bound.
_LEAST_EXPECTED = 1.0


def find_level(kind: LevelKind, expected: Float64s, is_find: Bools, window: Int64s) -> LevelPart:
    """
    Return actual over expected finds of past visits, shrunk towards 1, with its dispersion between windows.

    Parameters
    ----------
    expected
        Expected finds of each past visit before it was made, shape (n,), >= 0.
    is_find
        Whether the visit found something, shape (n,).
    window
        Number of the visit's window, shape (n,), >= 0.

    References
    ----------
    McCullagh & Nelder 1989, Generalized linear models, 9.2: dispersion by Pearson's statistic. Cochran 1954,
    Biometrics 10, 417: no expected count below 1.
    """
    finds, said = float(is_find.sum()), float(expected.sum())
    factor, dispersion = (finds + _PULL) / (said + _PULL), 1.0
    by_window = np.stack([factor * np.bincount(window, weights=expected), np.bincount(window, weights=is_find)], axis=1)
    pools = _pooled(by_window)
    if len(pools) > 1:
        dispersion = max(1.0, sum((found - mean) ** 2 / mean for mean, found in pools) / (len(pools) - 1))
    return LevelPart(
        kind=kind,
        n_visits=len(expected),
        n_finds=int(finds),
        expected=round(said, 6),
        factor=round(factor, 6),
        dispersion=round(dispersion, 6),
        error=round(math.sqrt(dispersion / (finds + _PULL)), 6),
        is_calibrated=finds >= FEWEST_FINDS,
    )


def _pooled(by_window: Float64s) -> list[Float64s]:
    """Return expected and actual finds of consecutive windows, pooled until each pool expects enough."""
    pools = [np.zeros(2)]
    for row in by_window:
        if pools[-1][0] >= _LEAST_EXPECTED:
            pools.append(np.zeros(2))
        pools[-1] = pools[-1] + row
    if len(pools) > 1 and pools[-1][0] < _LEAST_EXPECTED:
        pools[-2] = pools[-2] + pools.pop()
    return pools


def finds_of(days: Sequence[DayPart], level: Sequence[LevelPart]) -> FindsPart:
    """Return the expected finds of some days with a 90 % interval; `level`: calibration of each kind of visit."""
    mean = sum(part.factor * _value(days, part.kind) for part in level)
    low, high = count_interval(mean, dispersion_of(mean, spread_of(days, level)))
    return FindsPart(mean=round(mean, 6), low=low, high=high)


def spread_of(days: Sequence[DayPart], level: Sequence[LevelPart]) -> tuple[float, float]:
    """Return the variance-to-mean ratio of the finds of some days, and the squared relative error of their mean."""
    parts = [(part.factor * _value(days, part.kind), part) for part in level]
    total = sum(mean for mean, _ in parts)
    if total <= 0.0:
        return 1.0, 0.0
    dispersion = sum(mean * part.dispersion for mean, part in parts) / total
    return dispersion, sum((mean * part.error) ** 2 for mean, part in parts) / total**2


def dispersion_of(mean: float, spread: tuple[float, float]) -> float:
    """Return the variance-to-mean ratio of a count of finds, with the uncertainty of its mean from `spread_of`."""
    return spread[0] + mean * spread[1]


def _value(days: Sequence[DayPart], kind: LevelKind) -> float:
    return math.fsum(v.value for d in days for v in d.visits if v.kind == kind)
