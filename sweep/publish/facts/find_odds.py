"""How many finds a day may bring: the chance of none, and what nine days of ten bring."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaincinv, gammaln, pdtrik, xlogy

from geodata.array_types import Float64s
from sweep.publish.edition import Edition, once_per_edition
from sweep.publish.facts.team_facts import served_visits
from sweep.records.ranking import RATE_UNIT

# A chance of 1 would have no hazard.
CHANCE_MAX = 1.0 - 1e-9
# Values that stand for all by which the chances may be off together.
N_LEVELS = 99
HELD = 0.90


@dataclass(frozen=True, slots=True)
class FindOdds:
    """What a day may bring."""

    shares: tuple[float, ...]
    """Chance of 0, 1, 2, ... finds; what is missing to 1 is beyond them and next to nothing."""
    low: int
    """First number of the run of numbers of finds whose chance is nearest to nine in ten."""
    high: int

    @property
    def none(self) -> float:
        """Chance that no visit finds anything."""
        return self.shares[0]


@once_per_edition
def find_odds(edition: Edition) -> FindOdds:
    """The odds of the visits that some team makes."""
    visits = served_visits(edition)
    known = edition.ranking.set_index("building_id")
    dens_more = known["rate"] * known["exposure_firm_days"] / RATE_UNIT
    # Dens that no lead reports, over the chance of a den: a visit finds so many more beside the one that it goes for.
    more = (dens_more / known["p_find"]).reindex([v.building_id for v in visits]).fillna(0.0).to_numpy(np.float64)
    chance = np.array([v.value for v in visits], np.float64)
    return odds_of(chance, more * chance, edition.facts.doubt if edition.facts else 0.0)


def odds_of(chance: Sequence[float] | Float64s, more: Sequence[float] | Float64s, doubt: float) -> FindOdds:
    """
    The odds of some visits.

    Parameters
    ----------
    chance
        Of a find by each, in [0, 1], shape (n,).
    more
        Finds that each visit may make beside a first one, on average, >= 0, shape (n,).
    doubt
        How much all chances may be off together: standard deviation over the mean of what multiplies all hazards, a
        Gamma. Without it the visits would be independent, and days without a find too seldom.
    """
    hazard = -np.log1p(-np.clip(np.asarray(chance, np.float64), 0.0, CHANCE_MAX))
    others = np.minimum(np.asarray(more, np.float64), hazard)
    levels = _levels(doubt)
    days = _finds(np.outer(levels, hazard), np.outer(levels, others))
    n = max(len(day) for day in days)
    shares = np.mean([np.pad(day, (0, n - len(day))) for day in days], axis=0)
    return FindOdds(tuple(shares.tolist()), *_run(shares))


def odds_together(days: Sequence[Sequence[float]]) -> FindOdds:
    """The odds of several plans together, whose finds have nothing to do with each other."""
    shares = np.ones(1)
    for day in days:
        shares = np.convolve(shares, day)
        # What is beyond is next to nothing, and would grow with every plan.
        shares = shares[: max(1, int(np.searchsorted(np.cumsum(shares), 1.0 - 1e-9)) + 1)]
    return FindOdds(tuple(shares.tolist()), *_run(shares))


def _levels(doubt: float) -> Float64s:
    """Values of equal chance of a Gamma of mean 1."""
    if doubt <= 0:
        return np.ones(1)
    shape = doubt**-2
    values = np.asarray(gammaincinv(shape, (np.arange(N_LEVELS) + 0.5) / N_LEVELS), np.float64)
    return np.asarray(values / values.mean())


def _finds(hazard: Float64s, others: Float64s) -> list[Float64s]:
    """
    Chance of 0, 1, 2, ... finds at each level, a row of both.

    Each visit finds one den or none that leads report, and any number of others; it finds none with e^-hazard.
    """
    reported = -np.expm1(others - hazard)
    reported = reported[:, (reported > 0).any(axis=0)]
    shares = np.zeros((len(reported), 1 + reported.shape[1]))
    shares[:, 0] = 1.0
    # All levels at once: one by one they took four times as long.
    for p in reported.T[:, :, None]:
        shares[:, 1:] = shares[:, 1:] * (1.0 - p) + shares[:, :-1] * p
        shares[:, :1] *= 1.0 - p
    return [_with_others(day, float(row.sum())) for day, row in zip(shares, others, strict=True)]


def _with_others(shares: Float64s, mean: float) -> Float64s:
    """Chance of 0, 1, 2, ... finds, with the dens that no lead reports: a Poisson's number of them."""
    most = max(0, math.ceil(pdtrik(1.0 - 1e-9, mean))) if mean > 0 else 0
    n = np.arange(most + 1)
    # A Poisson's shares: scipy.stats, which has them by name, takes a second to import.
    return np.convolve(shares, np.exp(xlogy(n, mean) - gammaln(n + 1) - mean)) if most else shares


def _run(shares: Float64s) -> tuple[int, int]:
    """The likeliest run of finds of the length whose chance is nearest to nine in ten."""
    below = np.concatenate([[0.0], np.cumsum(shares)])
    best, nearest = (0, 0), np.inf
    for length in range(1, len(shares) + 1):
        held = below[length:] - below[:-length]
        low = int(np.argmax(held))
        if abs(held[low] - HELD) < nearest:
            best, nearest = (low, low + length - 1), abs(held[low] - HELD)
        if held[low] >= HELD:
            break
    return best
