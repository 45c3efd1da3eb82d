"""
Intervals of rates with honest tails: a mixture of what a building draws anyway and of what a den adds.

Most buildings hold no den, and their leads come as their firms have them; where a den is, leads come many times as
often. A single Gamma is too narrow there. Here a building's rate is with 1 - p the calm one alone, and with p, its
chance of a den, the calm one and a den's.

The interval is one of 90 %, but not with equal tails. A den raises the rate manifold, and dens are in one or two
buildings of a hundred: an interval that leaves out 5 % above it leaves out most of them, and they are what it is looked
at for. So it leaves out 0.5 % above and 9.5 % below. The lower end supposes that no den is there: p is less sure than
the rest, and where it were too high the interval would begin above the truth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammainc, gammaincinv

from geodata.array_types import Float64s
from sweep.rank.rate.background_rate import fit_background
from sweep.rank.rate.evidence import Evidence
from sweep.rank.rate.lead_types import by_type


@dataclass(frozen=True, slots=True)
class Intervals:
    """Intervals of each building's rate, in decayed leads per firm-day; arrays of shape (n,)."""

    low: Float64s
    """9.5 % quantile without a den, the visits having taken from the leads what they answer."""
    high: Float64s
    """99.5 % quantile of the mixture, had the visits taken nothing."""
    p_twice: Float64s
    """P(rate > 2 x the rate of all)."""


@dataclass(frozen=True, slots=True)
class Gammas:
    """A Gamma a building; arrays of shape (n,)."""

    shape: Float64s
    scale: Float64s

    def and_also(self, other: Gammas) -> Gammas:
        """The sum of two independent ones, as the Gamma of its mean and variance."""
        mean = self.shape * self.scale + other.shape * other.scale
        variance = self.shape * self.scale**2 + other.shape * other.scale**2
        return Gammas(mean**2 / variance, variance / mean)

    def quantile(self, share: float) -> Float64s:
        """The value of each below which a share of its chance lies."""
        return np.asarray(gammaincinv(self.shape, share) * self.scale)

    def share_below(self, x: Float64s) -> Float64s:
        """The share of the chance of each below a value."""
        return np.asarray(gammainc(self.shape, x / self.scale))


def rate_intervals(evidence: Evidence) -> Intervals:
    """
    The 90 % interval of each building's rate, and the chance that it is twice that of all.

    All are 0 where no lead scores. The calm part: the leads that no den is behind (1 - hit share of each) go by the
    calm leads of the year (see `background`), as well as their sum is known. A den's part: what hit shares say that
    dens gave, over the dens that there are (the sum of p), exponential before the building's own leads and Gamma after.
    """
    mean_rate, total = evidence.prior.mean_rate, float(evidence.counts.sum())
    if mean_rate <= 0 or total <= 0:
        zero = np.zeros(len(evidence.counts))
        return Intervals(zero, zero, zero)
    true_share = _true_share(evidence)
    # Where every lead proves true calm buildings would have no rate at all.
    calm = _calm(evidence, total * max(1.0 - true_share, 0.01))
    with_den = calm.and_also(_den(evidence, total * true_share))
    p, firm_days = evidence.chances.p_den, _firm_days(evidence)
    low = calm.quantile(0.095) * evidence.left / firm_days
    high = mixed_quantile(0.995, p, calm, with_den) / firm_days
    twice = 2.0 * mean_rate * firm_days
    below = (1.0 - p) * calm.share_below(twice) + p * with_den.share_below(twice)
    mean = evidence.posterior.mean
    return Intervals(np.minimum(low, mean), np.maximum(high, mean), 1.0 - below)


def _true_share(evidence: Evidence) -> float:
    """Share of the decayed leads that dens gave, by the hit shares of their types."""
    weight = evidence.events["weight"].to_numpy(np.float64)
    share = by_type(evidence.events["lead_type"], evidence.hit_share)
    return float(np.average(share, weights=weight))


def _firm_days(evidence: Evidence) -> Float64s:
    """Exposure, shape (n,); of a building without firms that of one firm, for it has a rate all the same."""
    known = evidence.exposure > 0
    of_one = float(evidence.exposure[known].sum() / evidence.population[known].sum())
    return np.where(known, evidence.exposure, of_one)


def _calm(evidence: Evidence, total: float) -> Gammas:
    """Decayed leads without a den of each building, had no visit answered them; `total`: of all, as answered."""
    size = np.maximum(evidence.population, 1.0)
    counts = np.bincount(evidence.events["row"], minlength=len(size)).astype(np.float64)
    known = fit_background(counts, evidence.population)
    expected = known.rate * size
    # The leads of a burst say little of the calm rate.
    calm = 1.0 - known.burst
    usual = expected * (known.shape + calm * counts) / (known.shape + calm * expected)
    mean = total * usual / float((usual * evidence.left)[evidence.population > 0].sum())
    # The sum of all is no better known than by as many leads as its weights are worth.
    spread = 1.0 / (known.shape + calm * counts) + evidence.prior.dispersion / float(evidence.counts.sum())
    return Gammas(1.0 / spread, mean * spread)


def _den(evidence: Evidence, total: float) -> Gammas:
    """Decayed leads that a den at each building gives."""
    phi, dens = evidence.prior.dispersion, float(evidence.chances.p_den.sum())
    rate = 1.0 / phi + dens / max(total, 1e-12)
    return Gammas(1.0 + evidence.counts / phi, np.full(len(evidence.counts), 1.0 / rate))


def mixed_quantile(share: float, p: Float64s, calm: Gammas, den: Gammas) -> Float64s:
    """Quantile of (1 - p) calm + p den, by bisection between the quantiles of the two on a scale of ratios."""
    ends = calm.quantile(share), den.quantile(share)
    low, high = np.minimum(*ends), np.maximum(*ends)
    low = np.maximum(low, 1e-9 * high)
    # Of the ratio between the quantiles of the two parts, in which the quantile of the mixture is looked for.
    for _ in range(12):
        middle = np.sqrt(low * high)
        is_below = (1.0 - p) * calm.share_below(middle) + p * den.share_below(middle) < share
        low, high = np.where(is_below, middle, low), np.where(is_below, high, middle)
    return np.sqrt(low * high)
