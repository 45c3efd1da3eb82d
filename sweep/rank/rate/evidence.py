"""What speaks for dens today: the leads that score, the firms they are set against, and the rates that they make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from geodata.arrays import Float64s
from sweep.rank.rate.chance import Chances, gather_chances, lead_proneness
from sweep.rank.rate.density import Posterior, Prior, fit_prior, local_rates, posterior_rates
from sweep.rank.rate.doubt import common_doubt
from sweep.rank.rate.weights import left_of_stream, mean_effective_days, units, weighted_events
from sweep.scenario.rank import Rank


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for dens at n buildings, in the order of the table, and the events that it comes from."""

    events: pd.DataFrame
    """One row an event and building: `row` of the building, `weight`, `freshness`, `age_days`, `lead_type`."""
    hit_share: Mapping[str, float]
    """Share of leads that prove true, by lead type."""
    counts: Float64s
    """Decayed leads of each building, shape (n,)."""
    population: Float64s
    """Firms or units of each building, shape (n,)."""
    exposure: Float64s
    """Firm-days of each building, shape (n,)."""
    left: Float64s
    """Share of what an even stream of leads weighs that past visits have left of it, shape (n,), in (0, 1]."""
    prior: Prior
    posterior: Posterior
    chances: Chances
    doubt: float
    """How much all chances may be off together: standard deviation over the mean of the dens that are expected."""


def gather_evidence(
    buildings: pd.DataFrame,
    leads: pd.DataFrame,
    history: pd.DataFrame,
    points_m: Float64s,
    now: datetime,
    settings: Rank,
) -> Evidence:
    """
    The evidence as of a time; parameters as in `sweep.rank.score.rank_buildings`, the history cut at `now`.

    Raises
    ------
    KeyError
        If the settings have no half-life or no hit share for a type of lead.
    """
    n = len(buildings)
    events, known = weighted_events(leads, history, now, settings)
    shares = {kind: share.mean for kind, share in known.items()}
    row = pd.Index(buildings["building_id"]).get_indexer(pd.Index(events["building_id"]))
    events = events[row >= 0].assign(row=row[row >= 0])
    weights = events["weight"].to_numpy(np.float64)
    counts = np.bincount(events["row"], weights=weights, minlength=n).astype(np.float64)
    population = units(buildings, counts)
    exposure = population * mean_effective_days(events["lead_type"], shares, settings)
    prior = fit_prior(counts, exposure, weights)
    mu = local_rates(counts, exposure, points_m, settings.neighbour_radius_m, prior)
    posterior = posterior_rates(counts, exposure, mu, prior)
    of_event = events["row"].to_numpy(np.int64)
    proneness = lead_proneness(of_event, events["freshness"].to_numpy(np.float64), exposure)
    chances = gather_chances(
        of_event,
        weights,
        unreported=posterior.mean * exposure,
        prior_odds=posterior.local_rate * exposure,
        proneness=proneness,
    )
    return Evidence(
        events=events,
        hit_share=shares,
        counts=counts,
        population=population,
        exposure=exposure,
        left=left_of_stream(buildings["building_id"], events["lead_type"], history, shares, now=now, settings=settings),
        prior=prior,
        posterior=posterior,
        chances=chances,
        doubt=common_doubt(events, known, chances),
    )
