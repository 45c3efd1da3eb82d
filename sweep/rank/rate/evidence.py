"""Evidence for dens at a time: scoring leads, exposure, posterior rates and den probabilities."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import pandas as pd

from geodata.array_types import Float64s
from geodata.clock_times import DAY_S
from sweep.rank.rate.events_and_exposure import mean_effective_days, unanswered_stream_share, units, weighted_events
from sweep.rank.rate.lead_model import DenEvidence, gather_chances, lead_proneness, read_leads
from sweep.rank.rate.lead_weights import HitShare
from sweep.rank.rate.predictor_mixture import DatedLeads, Places, mixture_p_den
from sweep.rank.rate.rate_posterior import Posterior, Prior, posterior_rates
from sweep.scenario.rank_settings import Rank


@dataclass(frozen=True, slots=True)
class Evidence:
    """Events and rates from which the probability of a den follows, for n buildings in the order of their table."""

    events: pd.DataFrame
    """One row for each event and building: `row` of the building, and the columns of `lead_weights.weighted_events`."""
    hit_share: Mapping[str, float]
    """Share of leads that come from a den, by lead type."""
    counts: Float64s
    """Decayed leads of each building, shape (n,)."""
    population: Float64s
    """Firms of each building, or units by floor area if it has leads but no firms, shape (n,)."""
    exposure: Float64s
    """Firm-days of each building, shape (n,)."""
    unanswered_share: Float64s
    """Share of leads that past visits leave unanswered if leads come at a constant rate, shape (n,), in (0, 1]."""
    prior: Prior
    """Prior of the lead rates."""
    posterior: Posterior
    """Posterior lead rate of each building."""
    chances: DenEvidence
    """Evidence from which P(den) of each building follows."""
    with_lead: Float64s
    """P(den) of each building after one more lead of the type with the lowest hit share, shape (n,)."""
    mixture_p_den: Float64s | None
    """P(den) by the mixture of predictors in `predictor_mixture`, shape (n,); None: not fitted, `chances` apply."""
    common_uncertainty: float
    """Common relative uncertainty of all probabilities: standard deviation / mean of the expected dens."""


def gather_evidence(
    buildings: pd.DataFrame,
    leads: pd.DataFrame,
    history: pd.DataFrame,
    points_m: Float64s,
    now: datetime,
    settings: Rank,
    known_until: datetime | None = None,
) -> Evidence:
    """
    Return the evidence for dens at `now`, from the tables of `rank_buildings`; KeyError for an unknown lead type.

    `known_until`: time up to which `leads` is complete, for `mixture_p_den`; None: `now`. It removes no leads.
    """
    n = len(buildings)
    events, known = weighted_events(leads, history, now, settings)
    shares = {kind: share.mean for kind, share in known.items()}
    row = pd.Index(buildings["building_id"]).get_indexer(pd.Index(events["building_id"]))
    events = events[row >= 0].assign(row=row[row >= 0])
    weights = events["weight"].to_numpy(np.float64)
    counts = np.bincount(events["row"], weights=weights, minlength=n).astype(np.float64)
    population = units(buildings, counts)
    mean_days = mean_effective_days(events["lead_type"], shares, settings)
    exposure, at_risk = population * mean_days, units(buildings, np.ones(n)) * mean_days
    of_event, freshness = events["row"].to_numpy(np.int64), events["freshness"].to_numpy(np.float64)
    radius_m = settings.neighbour_radius_m
    prior, posterior, chances = read_leads(of_event, weights, freshness, exposure, points_m, radius_m)
    # A building without firms and leads has no exposure: a first lead would add that of the units in its floor area.
    then = posterior_rates(counts, at_risk, posterior.local_rate, prior)
    before_lead = replace(
        chances,
        unreported=then.mean * at_risk,
        prior_odds=then.local_rate * at_risk,
        proneness=lead_proneness(of_event, freshness, exposure, at_risk),
    )
    return Evidence(
        events=events,
        hit_share=shares,
        counts=counts,
        population=population,
        exposure=exposure,
        unanswered_share=unanswered_stream_share(
            buildings["building_id"], events["lead_type"], history, shares, now=now, settings=settings
        ),
        prior=prior,
        posterior=posterior,
        chances=chances,
        mixture_p_den=mixture_p_den(
            DatedLeads(of_event, *(events[c].to_numpy(np.float64) for c in ("hit_share", "half_life", "age_days"))),
            events["current_share"].to_numpy(np.float64) / np.maximum(events["hit_share"].to_numpy(np.float64), 1e-12),
            Places(points_m, population, radius_m),
            chances.p_den,
            (now - (known_until or now)).total_seconds() / DAY_S,
        ),
        with_lead=before_lead.with_one_more_lead(min(shares.values()), then.own_share).p_den,
        common_uncertainty=common_uncertainty(events, known, chances),
    )


def common_uncertainty(events: pd.DataFrame, shares: Mapping[str, HitShare], chances: DenEvidence) -> float:
    """
    Return the common (systematic) uncertainty of the lead model: standard deviation / mean of the expected dens.

    It is 0 without leads. Two quantities are uncertain for all buildings at once: the hit share of each lead type,
    which rests on a prior until enough visits follow leads; and whether several leads on a building mean separate dens
    or one common den.

    `shares`: hit shares by lead type; `events`, `chances`: as in `Evidence`.
    """
    by_type = events.groupby("lead_type")["weight"].sum()
    total = float(by_type.sum())
    if total <= 0:
        return 0.0
    types = math.hypot(*(weight * shares[str(kind)].relative_uncertainty for kind, weight in by_type.items())) / total
    apart, together = (float(p.sum()) for p in chances.estimates)
    return math.hypot(types, (apart - together) / (apart + together))


def p_den_after_clean_check(evidence: Evidence, detection_share: float) -> Float64s:
    """Return P(den) after a visit with access but no find, (n,): event weights are scaled by 1 - `detection_share`."""
    events, chances = evidence.events, evidence.chances
    row, weight = events["row"].to_numpy(np.int64), events["weight"].to_numpy(np.float64)
    answered = evidence.posterior.own_share * evidence.counts * detection_share
    changed = gather_chances(
        row,
        weight * (1.0 - detection_share),
        unreported=np.maximum(chances.unreported - answered, 0.0),
        prior_odds=chances.prior_odds,
        proneness=chances.proneness,
    )
    return changed.p_den
