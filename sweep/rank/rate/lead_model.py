"""
The chance that a den is in a building, whether leads report it or none does.

A lead is no sample of a rate but a sighting, true with the share that its type proves true. What several leads at one
building say can be read in two ways, and nothing in the leads shows which holds:

- each sees a den of its own: the chances that each fails multiply (noisy-or), and dens that no lead reports
  follow the posterior rate of the building;
- all see one den or none: each bears the others out, so that the odds multiply (Bayes), the more the seldomer dens
  are there; the odds of a lead are divided by the building's proneness, for where stale leads are many, another one
  says little.

The first alone gave the five best buildings of a city four fifths of the dens that they held, the second alone more
than there were; each is taken to hold half of the time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from geodata.array_types import Float64s, Int64s
from sweep.rank.rate.rate_posterior import fit_prior

# A lead that is certain would leave nothing for a second one to add.
WEIGHT_MAX = 1.0 - 1e-9
# However seldom dens are, two leads must not prove one by that alone.
PRIOR_ODDS_MIN = 1e-3
# No float holds e^710; from e^50 on a den is as good as certain, so that the bound changes no chance.
BORNE_OUT_MAX = 500.0


@dataclass(frozen=True, slots=True)
class Chances:
    """What speaks for a den at each building; arrays of shape (n,), >= 0."""

    reported: Float64s
    """-ln P(each of the building's own leads fails)."""
    unreported: Float64s
    """-ln P(there is no den that no lead reports): posterior mean x exposure."""
    prior_odds: Float64s
    """Odds of a den before the building's own leads: the neighbours' rate x exposure."""
    borne_out: Float64s
    """Sum of ln(1 + odds of a lead / (prior odds x proneness)): how the leads together multiply the odds."""
    proneness: Float64s
    """Stale leads over those that a building of its size has, pulled to 1."""

    @property
    def p_den(self) -> Float64s:
        """P(a den is there), in [0, 1]."""
        apart, together = self.readings
        return np.asarray(0.5 * (apart + together))

    @property
    def readings(self) -> tuple[Float64s, Float64s]:
        """P(a den is there) if each lead sees a den of its own, and if all see one den or none."""
        times = np.expm1(np.minimum(self.borne_out, BORNE_OUT_MAX))
        odds = self.prior_odds + np.maximum(self.prior_odds, PRIOR_ODDS_MIN) * times
        return np.asarray(-np.expm1(-(self.reported + self.unreported))), np.asarray(odds / (1.0 + odds))

    def with_one_more(self, weight: float, own_share: Float64s) -> Chances:
        """The chances if one more lead of a weight came in; `own_share` of it moves the building's rate."""
        each = np.full(len(self.reported), weight)
        more = _odds_times(each, self.prior_odds, self.proneness)
        return replace(
            self,
            reported=self.reported + lead_hazard(each),
            unreported=self.unreported + own_share * weight,
            borne_out=self.borne_out + more,
        )


def lead_hazard(weights: Float64s) -> Float64s:
    """-ln(1 - weight) of each event, its weight being the chance that its den is there."""
    return np.asarray(-np.log1p(-np.minimum(weights, WEIGHT_MAX)))


def lead_proneness(rows: Int64s, freshness: Float64s, exposure: Float64s, at_risk: Float64s | None = None) -> Float64s:
    """
    How much likelier each building is than others of its size to have leads without a den, shape (n,), mean near 1.

    A lead whose news is gone has no den behind it any more: the stale part of all leads shows which towers draw leads
    whatever happens in them. Pulled to 1 as rates are, by the Gamma prior of all buildings.

    Parameters
    ----------
    freshness
        Share of its news that is left, in [0, 1], shape (k,).
    at_risk
        Firm-days by which each building's leads are judged, shape (n,); None: the exposure, which all are compared by.
    """
    stale = 1.0 - freshness
    counts = np.bincount(rows, weights=stale, minlength=len(exposure)).astype(np.float64)
    prior = fit_prior(counts, exposure, stale)
    expected = prior.mean_rate * (exposure if at_risk is None else at_risk)
    return np.asarray((prior.shape + counts / prior.dispersion) / (prior.shape + expected / prior.dispersion))


def gather_chances(
    rows: Int64s,
    weights: Float64s,
    unreported: Float64s,
    prior_odds: Float64s,
    proneness: Float64s,
    times: Int64s | None = None,
) -> Chances:
    """
    What the leads of each building come to.

    Parameters
    ----------
    rows, weights
        Building of each event, and the chance that its den is there, in [0, 1], shape (k,).
    times
        How often each event counts, shape (k,); None: once.
    """
    n = len(unreported)
    once = np.ones(len(rows)) if times is None else times
    reported = np.bincount(rows, weights=lead_hazard(weights) * once, minlength=n).astype(np.float64)
    each = _odds_times(weights, prior_odds[rows], proneness[rows])
    borne_out = np.bincount(rows, weights=each * once, minlength=n).astype(np.float64)
    return Chances(reported, unreported, prior_odds, borne_out=borne_out, proneness=proneness)


def _odds_times(weights: Float64s, prior_odds: Float64s, proneness: Float64s) -> Float64s:
    """Logarithm of the factor by which each lead multiplies the odds of a den."""
    certain = np.minimum(weights, WEIGHT_MAX)
    odds = certain / (1.0 - certain)
    return np.asarray(np.log1p(odds / (np.maximum(prior_odds, PRIOR_ODDS_MIN) * proneness)))
