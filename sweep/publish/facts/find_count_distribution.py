"""Probability distribution of the number of finds on a day, with the probability of none and a 90 % interval."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaincinv, gammaln, pdtrik, xlogy

from geodata.array_types import Float64s
from sweep.publish.edition import Edition, once_per_edition
from sweep.publish.facts.team_facts import served_visits
from sweep.records.ranking import RATE_UNIT

# Number of quantiles that represent the common uncertainty.
N_LEVELS = 99
INTERVAL_PROBABILITY = 0.90


@dataclass(frozen=True, slots=True)
class FindsDistribution:
    """Probability distribution of the number of finds, with an interval."""

    shares: tuple[float, ...]
    """Probability of 0, 1, 2, ... finds; the remainder to 1 is negligible."""
    low: int
    """Smallest number of finds in the interval. The interval is chosen so that its probability is nearest to 0.9."""
    high: int
    """Largest number of finds in the interval."""

    @property
    def none(self) -> float:
        """Probability that no visit of the day finds anything."""
        return self.shares[0]


@once_per_edition
def find_odds(edition: Edition) -> FindsDistribution:
    """Return the distribution of the number of finds of all visits that the plan's teams make."""
    visits = served_visits(edition)
    known = edition.ranking.set_index("building_id")
    dens_more = known["rate"] * known["exposure_firm_days"] / RATE_UNIT
    # Unreported dens over the probability of a den: mean number of further finds of a successful visit.
    more = (dens_more / known["p_find"]).reindex([v.building_id for v in visits]).fillna(0.0).to_numpy(np.float64)
    chance = np.array([v.value for v in visits], np.float64)
    return finds_distribution(chance, more * chance, edition.facts.doubt if edition.facts else 0.0)


def finds_distribution(
    chance: Sequence[float] | Float64s, more: Sequence[float] | Float64s, common_uncertainty: float
) -> FindsDistribution:
    """
    Return the distribution of the number of finds of some visits.

    Parameters
    ----------
    chance
        Probability that each visit has at least one find of any kind, in [0, 1], shape (n,).
    more
        Mean of the Poisson number of unreported dens that each visit finds, >= 0, shape (n,); included in `chance`.
        In addition to these, a visit finds at most one reported den.
    common_uncertainty
        Common (systematic) uncertainty: coefficient of variation of one Gamma factor, of mean 1, on -ln(1 - chance) and
        `more` of all visits. With 0, visits are independent, which makes days without a find too rare.
    """
    # A probability of 1 would have no finite hazard.
    hazard = -np.log1p(-np.clip(np.asarray(chance, np.float64), 0.0, 1.0 - 1e-9))
    others = np.minimum(np.asarray(more, np.float64), hazard)
    levels = _levels(common_uncertainty)
    days = _find_probabilities(np.outer(levels, hazard), np.outer(levels, others))
    n = max(len(day) for day in days)
    shares = np.mean([np.pad(day, (0, n - len(day))) for day in days], axis=0)
    return FindsDistribution(tuple(shares.tolist()), *_interval(shares))


def combined_distribution(days: Sequence[Sequence[float]]) -> FindsDistribution:
    """Return the distribution of all finds of independent plans; `days`: chances of 0, 1, ... finds of each plan."""
    shares = np.ones(1)
    for day in days:
        shares = np.convolve(shares, day)
        # Truncate the negligible tail, which would grow with every plan.
        shares = shares[: max(1, int(np.searchsorted(np.cumsum(shares), 1.0 - 1e-9)) + 1)]
    return FindsDistribution(tuple(shares.tolist()), *_interval(shares))


def _levels(common_uncertainty: float) -> Float64s:
    """Return `N_LEVELS` equally likely values of a Gamma variable of mean 1 with this coefficient of variation."""
    if common_uncertainty <= 0:
        return np.ones(1)
    shape = common_uncertainty**-2
    values = np.asarray(gammaincinv(shape, (np.arange(N_LEVELS) + 0.5) / N_LEVELS), np.float64)
    return np.asarray(values / values.mean())


def _find_probabilities(hazard: Float64s, others: Float64s) -> list[Float64s]:
    """
    Return the probabilities of 0, 1, 2, ... finds of all visits together, for each row of `hazard` and `others`.

    A row is one value of the random factor that all visits share, a column one visit. A visit finds nothing with
    probability e^-`hazard`. Its finds are at most one reported den, and a Poisson number of others with mean `others`.
    """
    reported = -np.expm1(others - hazard)
    reported = reported[:, (reported > 0).any(axis=0)]
    shares = np.zeros((len(reported), 1 + reported.shape[1]))
    shares[:, 0] = 1.0
    # Vectorised over levels, which is four times as fast.
    for p in reported.T[:, :, None]:
        shares[:, 1:] = shares[:, 1:] * (1.0 - p) + shares[:, :-1] * p
        shares[:, :1] *= 1.0 - p
    return [_with_unreported(day, float(row.sum())) for day, row in zip(shares, others, strict=True)]


def _with_unreported(shares: Float64s, mean: float) -> Float64s:
    """Return the probabilities of 0, 1, 2, ... finds after adding a Poisson number with this mean to the finds."""
    largest = max(0, math.ceil(pdtrik(1.0 - 1e-9, mean))) if mean > 0 else 0
    n = np.arange(largest + 1)
    # The Poisson probabilities: scipy.stats, which has them by name, takes a second to import.
    return np.convolve(shares, np.exp(xlogy(n, mean) - gammaln(n + 1) - mean)) if largest else shares


def _interval(shares: Float64s) -> tuple[int, int]:
    """
    Return (lowest, highest) number of finds of the interval whose probability is nearest to 0.9.

    `shares`: probabilities of 0, 1, 2, ... finds. Only the likeliest interval of each length is considered.
    """
    below = np.concatenate([[0.0], np.cumsum(shares)])
    best, nearest = (0, 0), np.inf
    for length in range(1, len(shares) + 1):
        probabilities = below[length:] - below[:-length]
        low = int(np.argmax(probabilities))
        if abs(probabilities[low] - INTERVAL_PROBABILITY) < nearest:
            best, nearest = (low, low + length - 1), abs(probabilities[low] - INTERVAL_PROBABILITY)
        if probabilities[low] >= INTERVAL_PROBABILITY:
            break
    return best
