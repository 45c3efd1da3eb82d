"""Lead density: Gamma-Poisson (empirical Bayes) posterior of building rates, shrunk to their neighbours' rate."""

from dataclasses import dataclass

import numpy as np

from geodata.array_types import Float64s
from sweep.rank.rate.radius_sums import sums_within

# Bounds of the prior's shape: 0.05 has heavier tails than any published fit, 50 is nearly Poisson.
SHAPE_MIN, SHAPE_MAX = 0.05, 50.0


@dataclass(frozen=True, slots=True)
class Prior:
    """Gamma prior of rates over all buildings, and dispersion of the weighted counts."""

    mean_rate: float
    """Decayed leads per firm-day over all buildings."""
    shape: float
    """Gamma shape `a0`; small values mean large differences between buildings."""
    dispersion: float
    """Variance / mean of a building's weighted count at a known rate (quasi-Poisson), > 0; 1 for Poisson counts."""


@dataclass(frozen=True, slots=True)
class Posterior:
    """Posterior rates in decayed leads per firm-day; arrays of shape (n,)."""

    mean: Float64s
    """Posterior mean rate of each building."""
    own_share: Float64s
    """Weight of the building's own leads in its mean, in [0, 1); the neighbours' rate has the rest of the weight."""
    local_rate: Float64s
    """Mean of each building's prior: its neighbours' rate, see `local_rates`."""


def fit_prior(counts: Float64s, exposure: Float64s, weights: Float64s | None) -> Prior:
    """
    Estimate the prior by moments: Var(D) = dispersion * m E + (m E)^2 / a0, m: mean rate, a0: shape.

    Buildings without exposure are left out. ValueError if the shapes differ, or a value is negative or not finite.

    Parameters
    ----------
    counts
        Decayed leads D, shape (n,), >= 0.
    exposure
        Firm-days E, shape (n,), >= 0.
    weights
        Individual weights that the counts sum, shape (k,); the dispersion of a compound Poisson sum is the ratio of
        their second to their first moment. None: the counts are expected values of thinned Poisson counts, whose
        dispersion is 1.
    """
    if counts.shape != exposure.shape:
        raise ValueError(f"counts and exposure must have one shape, got {counts.shape} and {exposure.shape}")
    summed = np.ones(1) if weights is None else weights
    for name, values in (("counts", counts), ("exposure", exposure), ("weights", summed)):
        if not np.all(np.isfinite(values)) or np.any(values < 0):
            raise ValueError(f"{name} must be finite and >= 0")
    counts, exposure = counts[exposure > 0], exposure[exposure > 0]
    total, firm_days = float(counts.sum()), float(exposure.sum())
    if total <= 0 or firm_days <= 0:
        return Prior(mean_rate=0.0, shape=1.0, dispersion=1.0)
    mean_rate = total / firm_days
    expected = mean_rate * exposure
    dispersion = _dispersion(summed)
    excess = float(((counts - expected) ** 2 - dispersion * expected).sum())
    shape = float((expected**2).sum()) / excess if excess > 0 else SHAPE_MAX
    return Prior(mean_rate, float(np.clip(shape, SHAPE_MIN, SHAPE_MAX)), dispersion)


def _dispersion(weights: Float64s) -> float:
    top = float(weights.max(initial=0.0))
    if top <= 0:
        return 1.0
    # Relative to the largest, since the square of a very old weight would underflow.
    scaled = weights / top
    return top * float((scaled**2).sum() / scaled.sum())


def local_rates(counts: Float64s, exposure: Float64s, points_m: Float64s, radius_m: float, prior: Prior) -> Float64s:
    """
    Return, for each building, the lead rate of the other buildings within the radius, shrunk to the mean rate; (n,).

    `counts`: decayed leads of each building; `exposure`: its firm-days. The sums leave out buildings without exposure.
    Without any leads all rates are 0.

    References
    ----------
    mu_i = (sum counts_j + 2 a0) / (sum exposure_j + 2 b0), a0 = `prior.shape`, b0 = a0 / `prior.mean_rate`.
    """
    if prior.mean_rate <= 0 or len(counts) == 0:
        return np.zeros(len(counts))
    near = sums_within(points_m, radius_m, np.column_stack([np.where(exposure > 0, counts, 0.0), exposure]))
    return shrunk_rates(near[:, 0], near[:, 1], prior)


def shrunk_rates(near_counts: Float64s, near_exposure: Float64s, prior: Prior) -> Float64s:
    """Return the neighbours' lead rate, shrunk to the mean, from their summed decayed leads and firm-days, (n,)."""
    rate = 2.0 * prior.shape / prior.mean_rate
    return (near_counts + 2.0 * prior.shape) / (near_exposure + rate)


def posterior_rates(counts: Float64s, exposure: Float64s, local_rate: Float64s, prior: Prior) -> Posterior:
    """
    Return the posteriors Gamma(a0 + D / phi, a0 / mu + E / phi) of the lead rates.

    D: counts, E: exposure, mu: local rate, a0 and phi: shape and dispersion of the prior. The posterior of a building
    without exposure equals its prior. ValueError if the shapes differ.
    """
    if not counts.shape == exposure.shape == local_rate.shape:
        raise ValueError("counts, exposure and local_rate must have one shape")
    if prior.mean_rate <= 0:
        zero = np.zeros_like(counts)
        return Posterior(zero, zero, zero)
    shape = prior.shape + counts / prior.dispersion
    prior_rate = prior.shape / local_rate
    rate = prior_rate + exposure / prior.dispersion
    return Posterior(mean=shape / rate, own_share=1.0 - prior_rate / rate, local_rate=local_rate)
