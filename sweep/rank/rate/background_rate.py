"""
Background rate of leads of each building, without dens: one part of a mixture fitted to all counts.

Most buildings have leads in proportion to their firms; a few had an additional burst, from a den or a campaign. A
single Gamma would be too wide for most buildings and too narrow for the few.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, gammaln

from geodata.array_types import Float64s

# Background rates with a coefficient of variation of 0.1 (1 / root) count as equal.
ALIKE_SHAPE = 100.0
# Weak normal priors (mean, standard deviation) of the log-odds of a burst, and of the log of its mean leads.
BURST_LOG_ODDS = (-2.0, 1.5)
BURST_LOG_LEADS = (0.7, 1.0)


@dataclass(frozen=True, slots=True)
class Background:
    """Background rate of each building's leads."""

    shape: float
    """Gamma shape of the background rates of buildings of one size; `ALIKE_SHAPE` if these hardly differ."""
    rate: float
    """Background leads per unit of size."""
    burst: Float64s
    """P(the building had a burst, additional leads from a den or a campaign), shape (n,)."""


def fit_background(counts: Float64s, size: Float64s) -> Background:
    """
    Fit the background rate of leads per unit of size, apart from buildings with a burst of leads (a den, a campaign).

    Mixture by maximum a posteriori: (1 - e) NB(shape, rate size) + e NB(1, rate size + burst), e: share with a burst.

    Parameters
    ----------
    counts
        Number of leads of each building, of any age and unweighted, shape (n,).
    size
        Size to which background leads are proportional, shape (n,), >= 0; buildings of size 0 are ignored. ValueError
        if the shapes differ.
    """
    if counts.shape != size.shape:
        raise ValueError(f"counts and size must have one shape, got {counts.shape} and {size.shape}")
    known = np.flatnonzero(size > 0)
    if len(known) == 0 or counts[known].sum() <= 0:
        return Background(ALIKE_SHAPE, rate=0.0, burst=np.zeros_like(counts))
    # A sample of this size is sufficient and saves time.
    fitted = known[:: -(-len(known) // 4_000)]
    mixture = _fit(counts[fitted], size[fitted], float(counts[known].sum() / size[known].sum()))
    at = np.maximum(size, size[known].min())
    calm, burst = mixture.log_chances(counts, at)
    return Background(
        shape=mixture.shape, rate=mixture.rate, burst=np.where(size > 0, np.exp(burst - np.logaddexp(calm, burst)), 0.0)
    )


@dataclass(frozen=True, slots=True)
class _Mixture:
    shape: float
    rate: float
    """Background leads per unit of size."""
    log_odds: float
    """Log-odds of a burst."""
    log_leads: float
    """Log of the mean leads of a burst."""

    def log_chances(self, counts: Float64s, size: Float64s) -> tuple[Float64s, Float64s]:
        """Return log P(count and no burst) and log P(count and burst) of each building."""
        share, calm = float(expit(self.log_odds)), self.rate * size
        return (
            np.log1p(-share) + log_negative_binomial(counts, self.shape, calm),
            np.log(share) + log_negative_binomial(counts, 1.0, calm + np.exp(self.log_leads)),
        )


def _fit(counts: Float64s, size: Float64s, mean_rate: float) -> _Mixture:
    """Return the mixture with equal rates, or with varying rates if these fit significantly better."""
    cells, times = np.unique(np.column_stack([counts, size]), axis=0, return_counts=True)

    def mixture(x: Float64s) -> _Mixture:
        shape = float(np.exp(np.clip(x[3], np.log(0.05), np.log(ALIKE_SHAPE)))) if len(x) > 3 else ALIKE_SHAPE
        return _Mixture(shape, float(np.exp(x[0])) * mean_rate, float(x[1]), float(x[2]))

    def cost(x: Float64s) -> float:
        calm, burst = mixture(x).log_chances(cells[:, 0], cells[:, 1])
        pulls = ((x[1], BURST_LOG_ODDS), (x[2], BURST_LOG_LEADS))
        pull = sum(((value - centre) / spread) ** 2 / 2.0 for value, (centre, spread) in pulls)
        return float(pull - (times * np.logaddexp(calm, burst)).sum())

    start = np.array([-0.2, BURST_LOG_ODDS[0], BURST_LOG_LEADS[0]])
    alike = minimize(cost, start, method="Nelder-Mead")
    differ = minimize(cost, np.append(alike.x, np.log(ALIKE_SHAPE) / 2.0), method="Nelder-Mead")
    # Varying rates must improve the likelihood by more than an extra parameter does by chance (AIC).
    return mixture(differ.x if alike.fun - differ.fun > 2.0 else alike.x)


def log_negative_binomial(counts: Float64s, shape: float | Float64s, mean: Float64s) -> Float64s:
    """Return the log-probability of each count with a Gamma-distributed rate of given shape and mean > 0."""
    return np.asarray(
        gammaln(shape + counts)
        - gammaln(shape)
        - gammaln(counts + 1.0)
        + shape * np.log(shape / (shape + mean))
        + counts * np.log(mean / (shape + mean))
    )
