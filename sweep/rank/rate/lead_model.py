"""
Den probability of each building, from reported leads and for unreported dens.

A lead is not a sample of a rate but a sighting, true with the hit share of its type. Several leads at one building can
be read in two ways, and the leads do not show which holds:

- independent dens: P(no den) is the product over leads (noisy-or), and dens without a lead follow the building's
  posterior rate;
- one common den: the leads confirm each other, and their odds multiply (Bayes), the more so the rarer dens are. The
  odds of a lead are divided by the building's proneness, since another lead is weak evidence among many stale ones.

In a city, the first reading predicted 80 % of the dens in the five best buildings, the second more than there were; the
mean of both is used.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from geodata.array_types import Float64s, Int64s
from sweep.rank.rate.rate_posterior import Posterior, Prior, fit_prior, local_rates, posterior_rates

# A certain lead would leave no contribution for a second one.
WEIGHT_MAX = 1.0 - 1e-9
# Lower bound of the prior odds: two leads must not prove a den only because dens are rare.
PRIOR_ODDS_MIN = 1e-3
# Floats overflow at e^710; above e^50 a den is practically certain, so the bound changes no probability.
LOG_ODDS_FACTOR_MAX = 500.0


@dataclass(frozen=True, slots=True)
class DenEvidence:
    """
    Evidence for a den at each building; arrays of shape (n,), >= 0.

    `p_den` is the mean of two estimates: 1 - exp(-(`reported` + `unreported`)), and the probability whose odds are
    `prior_odds` multiplied by exp(`log_odds_factor`), with a floor for rare dens. The factor includes `proneness`.
    """

    reported: Float64s
    """-ln P(all of the building's own leads are false)."""
    unreported: Float64s
    """Expected number of dens without a lead: posterior mean of the lead rate x exposure."""
    prior_odds: Float64s
    """Odds of a den before the building's own leads: neighbours' rate x exposure."""
    log_odds_factor: Float64s
    """Log factor by which all leads raise the odds: sum of ln(1 + odds of a lead / (prior odds x proneness))."""
    proneness: Float64s
    """Leads too old to have a den behind them, relative to those expected for the building's size, shrunk to 1."""

    @property
    def p_den(self) -> Float64s:
        """Return P(den), in [0, 1], as the mean of `estimates`: each lead means its own den, or all mean one."""
        apart, together = self.estimates
        return np.asarray(0.5 * (apart + together))

    @property
    def estimates(self) -> tuple[Float64s, Float64s]:
        """Return P(den), shape (n,), if several leads mean independent dens, and if they mean one common den."""
        times = np.expm1(np.minimum(self.log_odds_factor, LOG_ODDS_FACTOR_MAX))
        odds = self.prior_odds + np.maximum(self.prior_odds, PRIOR_ODDS_MIN) * times
        return np.asarray(-np.expm1(-(self.reported + self.unreported))), np.asarray(odds / (1.0 + odds))

    def with_one_more_lead(self, weight: float, own_share: Float64s) -> DenEvidence:
        """
        Return the evidence as if each building had one more lead, which comes from a den with probability `weight`.

        `own_share`: weight of each building's own leads in the building's posterior rate, see `Posterior`.
        """
        each = np.full(len(self.reported), weight)
        more = _log_odds_factors(each, self.prior_odds, self.proneness)
        return replace(
            self,
            reported=self.reported + lead_hazard(each),
            unreported=self.unreported + own_share * weight,
            log_odds_factor=self.log_odds_factor + more,
        )


def lead_hazard(weights: Float64s) -> Float64s:
    """Return -ln(1 - weight) of each event, where the weight is the probability that the event's den still exists."""
    return np.asarray(-np.log1p(-np.minimum(weights, WEIGHT_MAX)))


def lead_proneness(rows: Int64s, freshness: Float64s, exposure: Float64s, at_risk: Float64s | None = None) -> Float64s:
    """
    Return each building's rate of false leads relative to buildings of equal exposure, shape (n,), mean near 1.

    The den of a stale lead is gone, so stale leads show which buildings attract leads without a den. Each lead counts
    with 1 - freshness, its probability of being stale, so a new lead counts almost nothing. The Gamma prior of all
    buildings shrinks the result towards 1.

    Parameters
    ----------
    rows
        Building row of each event, shape (k,).
    freshness
        Remaining share of each event's weight, in [0, 1], shape (k,).
    at_risk
        Firm-days with which each building's leads are compared, shape (n,); None: the exposure.
    """
    counts = np.bincount(rows, weights=1.0 - freshness, minlength=len(exposure)).astype(np.float64)
    prior = fit_prior(counts, exposure, None)
    expected = prior.mean_rate * (exposure if at_risk is None else at_risk)
    return np.asarray((prior.shape + counts) / (prior.shape + expected))


def read_leads(
    rows: Int64s, weights: Float64s, freshness: Float64s, exposure: Float64s, points_m: Float64s, radius_m: float
) -> tuple[Prior, Posterior, DenEvidence]:
    """
    Return prior and posterior lead rates, and the evidence for dens, from weighted events.

    Parameters
    ----------
    rows, weights, freshness
        Of each event: row of its building; weight today, P(its den exists); share of weight left by age. Shape (k,).
    exposure
        Firm-days of each building, shape (n,).
    radius_m
        Radius of the neighbourhood from which a building's prior rate comes, metres.
    """
    counts = np.bincount(rows, weights=weights, minlength=len(exposure)).astype(np.float64)
    prior = fit_prior(counts, exposure, weights)
    posterior = posterior_rates(counts, exposure, local_rates(counts, exposure, points_m, radius_m, prior), prior)
    chances = gather_chances(
        rows,
        weights,
        unreported=posterior.mean * exposure,
        prior_odds=posterior.local_rate * exposure,
        proneness=lead_proneness(rows, freshness, exposure),
    )
    return prior, posterior, chances


def gather_chances(
    rows: Int64s,
    weights: Float64s,
    unreported: Float64s,
    prior_odds: Float64s,
    proneness: Float64s,
    times: Int64s | None = None,
) -> DenEvidence:
    """
    Return the evidence for a den at each building, combined from its events (one or more leads each).

    Parameters
    ----------
    rows, weights
        Of each event: row of its building, 0 to n - 1; P(a den caused it and exists today). Shape (k,).
    unreported, prior_odds, proneness
        Fields of `DenEvidence`, shape (n,).
    times
        Number of times that each event counts, shape (k,); None: once.
    """
    n = len(unreported)
    once = np.ones(len(rows)) if times is None else times
    reported = np.bincount(rows, weights=lead_hazard(weights) * once, minlength=n).astype(np.float64)
    each = _log_odds_factors(weights, prior_odds[rows], proneness[rows])
    log_odds_factor = np.bincount(rows, weights=each * once, minlength=n).astype(np.float64)
    return DenEvidence(reported, unreported, prior_odds, log_odds_factor=log_odds_factor, proneness=proneness)


def _log_odds_factors(weights: Float64s, prior_odds: Float64s, proneness: Float64s) -> Float64s:
    certain = np.minimum(weights, WEIGHT_MAX)
    odds = certain / (1.0 - certain)
    return np.asarray(np.log1p(odds / (np.maximum(prior_odds, PRIOR_ODDS_MIN) * proneness)))
