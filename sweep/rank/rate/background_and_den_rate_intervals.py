"""
Intervals of lead rates with realistic tails, from a mixture: background rate, plus a den's rate with probability p.

Most buildings hold no den and have leads in proportion to their firms; a den multiplies the rate. A single Gamma is too
narrow for that. Here the rate is the background alone with probability 1 - p, else background plus den.

The 90 % interval is not equal-tailed. Dens are in one or two of a hundred buildings, so a 5 % upper tail would exclude
most of them, although they are of interest. The tails are 0.5 % above and 9.5 % below. The lower end assumes no den: an
overestimated p would put it above the true rate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammainc, gammaincinv

from geodata.array_types import Float64s
from sweep.rank.rate.evidence import Evidence
from sweep.rank.rate.lead_type_lookup import by_type
from sweep.rank.rate.poisson_rate_mixture import fit_rates


@dataclass(frozen=True, slots=True)
class Intervals:
    """Intervals (90 %, unequal tails) of each building's rate, decayed leads per firm-day; arrays of shape (n,)."""

    low: Float64s
    """Lower limit: 9.5 % quantile of the rate without a den, times the share of leads that visits left unanswered."""
    high: Float64s
    """Upper limit: 99.5 % quantile of the mixture of rates with and without a den; visits do not reduce it."""
    p_twice: Float64s
    """Probability that the building's rate exceeds twice the overall rate."""


@dataclass(frozen=True, slots=True)
class Gammas:
    """Gamma distribution of each building's decayed number of leads, with mean `shape` x `scale`; arrays (n,)."""

    shape: Float64s
    scale: Float64s

    def plus(self, other: Gammas) -> Gammas:
        """Return the distribution of the sum with an independent Gamma, as the Gamma of equal mean and variance."""
        mean = self.shape * self.scale + other.shape * other.scale
        variance = self.shape * self.scale**2 + other.shape * other.scale**2
        return Gammas(mean**2 / variance, variance / mean)

    def quantile(self, share: float) -> Float64s:
        """Return the quantile of each building's distribution at probability `share`."""
        return np.asarray(gammaincinv(self.shape, share) * self.scale)

    def share_below(self, x: Float64s) -> Float64s:
        """Return the probability of at most `x` under each building's distribution."""
        return np.asarray(gammainc(self.shape, x / self.scale))


def rate_intervals(evidence: Evidence) -> Intervals:
    """
    Return the interval of each building's rate (tails 9.5 % below, 0.5 % above), and P(rate > 2 x overall rate).

    A building without a den has false leads only; a den adds leads of its own. A lead is false with probability 1 - hit
    share. A building's rate of false leads has the distribution of all buildings' rates (`RateMixture`), given its own
    leads times 1 - P(den). A den's leads have an exponential prior (mean: true leads / expected dens) and a Gamma
    posterior. If no lead exists, all results are 0.
    """
    mean_rate, total = evidence.prior.mean_rate, float(evidence.counts.sum())
    if mean_rate <= 0 or total <= 0:
        zero = np.zeros(len(evidence.counts))
        return Intervals(zero, zero, zero)
    true_share = _true_share(evidence)
    # If every lead were true, the background rate would be 0.
    background = _background_leads(evidence, total * max(1.0 - true_share, 0.01))
    with_den = background.plus(_leads_of_den(evidence, total * true_share))
    p, firm_days = evidence.chances.p_den, _firm_days(evidence)
    low = background.quantile(0.095) * evidence.unanswered_share / firm_days
    high = mixed_quantile(0.995, p, background, with_den) / firm_days
    twice = 2.0 * mean_rate * firm_days
    below = (1.0 - p) * background.share_below(twice) + p * with_den.share_below(twice)
    mean = evidence.posterior.mean
    return Intervals(np.minimum(low, mean), np.maximum(high, mean), 1.0 - below)


def _true_share(evidence: Evidence) -> float:
    weight = evidence.events["weight"].to_numpy(np.float64)
    share = by_type(evidence.events["lead_type"], evidence.hit_share)
    return float(np.average(share, weights=weight))


def _firm_days(evidence: Evidence) -> Float64s:
    """Return each building's exposure in firm-days, (n,); a building without exposure gets that of one firm."""
    known = evidence.exposure > 0
    of_one = float(evidence.exposure[known].sum() / evidence.population[known].sum())
    return np.where(known, evidence.exposure, of_one)


def _background_leads(evidence: Evidence, total: float) -> Gammas:
    """
    Return the distribution of each building's decayed false leads as if no visit had answered any.

    `total`: decayed false leads of all buildings that are left after the visits.
    """
    size, known = np.maximum(evidence.population, 1.0), evidence.population > 0
    counts = np.bincount(evidence.events["row"], minlength=len(size))
    # Leads of a den contribute little to the background rate.
    background = 1.0 - evidence.chances.p_den
    own = fit_rates(counts[known], size[known]).given(background * counts, background * size)
    rate, square = own.shares @ own.rates, own.shares @ own.rates**2
    usual = size * rate
    mean = total * usual / float((usual * evidence.unanswered_share)[known].sum())
    # The precision of the total is limited by the effective number of leads.
    spread = square / rate**2 - 1.0 + evidence.prior.dispersion / float(evidence.counts.sum())
    return Gammas(1.0 / spread, mean * spread)


def _leads_of_den(evidence: Evidence, total: float) -> Gammas:
    """Return the distribution of decayed leads that a den would cause at each building; `total`: leads of all dens."""
    phi, dens = evidence.prior.dispersion, float(evidence.chances.p_den.sum())
    rate = 1.0 / phi + dens / max(total, 1e-12)
    return Gammas(1.0 + evidence.counts / phi, np.full(len(evidence.counts), 1.0 / rate))


def mixed_quantile(share: float, p: Float64s, background: Gammas, den: Gammas) -> Float64s:
    """Return each building's quantile at probability `share` of (1 - p) x `background` + p x `den`, by bisection."""
    ends = background.quantile(share), den.quantile(share)
    low, high = np.minimum(*ends), np.maximum(*ends)
    low = np.maximum(low, 1e-9 * high)
    # Bisection steps on the logarithmic scale.
    for _ in range(12):
        middle = np.sqrt(low * high)
        is_below = (1.0 - p) * background.share_below(middle) + p * den.share_below(middle) < share
        low, high = np.where(is_below, middle, low), np.where(is_below, high, middle)
    return np.sqrt(low * high)
