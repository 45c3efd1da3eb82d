"""Expected finds of a window, corrected by the calibration on past finds, with their interval."""

import math
from collections.abc import Sequence

from sweep.campaign.model.weekly_figures import count_interval
from sweep.campaign.records import DayPart, FindsPart, LevelKind, LevelPart


def finds_of(days: Sequence[DayPart], level: Sequence[LevelPart]) -> FindsPart:
    """
    Return the expected finds of all visits on `days` together, with a 90 % interval.

    `level`: ratio of actual to expected finds for each kind of visit; visits of a missing kind do not count.
    """
    mean = sum(part.factor * _value(days, part.kind) for part in level)
    low, high = count_interval(mean, dispersion_of(mean, spread_of(days, level)))
    return FindsPart(mean=round(mean, 6), low=low, high=high)


def spread_of(days: Sequence[DayPart], level: Sequence[LevelPart]) -> tuple[float, float]:
    """
    Return the variance-to-mean ratio of the finds on `days`, and the squared relative error of their mean.

    `level`: ratio of actual to expected finds for each kind of visit, with its dispersion and relative error. Both
    results weight the kinds by their shares of the expected finds.
    """
    parts = [(part.factor * _value(days, part.kind), part) for part in level]
    total = sum(mean for mean, _ in parts)
    if total <= 0.0:
        return 1.0, 0.0
    dispersion = sum(mean * part.dispersion for mean, part in parts) / total
    return dispersion, sum((mean * part.error) ** 2 for mean, part in parts) / total**2


def dispersion_of(mean: float, spread: tuple[float, float]) -> float:
    """
    Return the variance-to-mean ratio of a sum of finds with this mean: spread[0] + `mean` x spread[1].

    `spread`, as from `spread_of`: ratio by chance alone, and squared relative error of the mean, which all finds share.
    """
    return spread[0] + mean * spread[1]


def _value(days: Sequence[DayPart], kind: LevelKind) -> float:
    return math.fsum(v.value for d in days for v in d.visits if v.kind == kind)
