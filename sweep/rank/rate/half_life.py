"""How long a lead is news: the half-life under which leads of a type predict best what comes next."""

from collections.abc import Mapping
from datetime import datetime

import numpy as np
import pandas as pd

from geodata.array_types import Float64s, Int64s
from sweep.rank.rate.background_rate import log_negative_binomial
from sweep.rank.rate.lead_decay import SECONDS_PER_DAY, decayed_weight, effective_days
from sweep.rank.rate.rate_posterior import fit_prior
from sweep.scenario.rank import Rank

GRID_DAYS = (2.0, 4.0, 7.0, 15.0, 30.0, 60.0, 90.0, 180.0, 365.0, 730.0, 1_460.0)
# Fewer events show nothing.
EVENTS_MIN = 50
FORTNIGHT_DAYS = 14.0


def choose_half_lives(
    leads: pd.DataFrame, buildings: pd.DataFrame, now: datetime, settings: Rank
) -> Mapping[str, float]:
    """The half-life of each type in days: the likeliest of the grid out of time, else that of the settings."""
    age_days = (pd.Timestamp(now) - leads["received_at"]).dt.total_seconds() / SECONDS_PER_DAY
    row = pd.Index(buildings["building_id"]).get_indexer(pd.Index(leads["building_id"]))
    fits = (leads["lead_source"] == "reported") & (row >= 0) & age_days.between(0, settings.horizon_days)
    event = leads["event_id"].where(leads["event_id"].notna(), leads["lead_id"])
    events = leads.assign(event_id=event, row=row, age_days=age_days)[fits]
    # The first lead of an event: what came later is no news.
    events = events.sort_values(["age_days", "lead_id"], ascending=[False, True], kind="stable")
    events = events.drop_duplicates(["event_id", "row", "lead_type"])
    population = buildings["n_firms"].to_numpy(np.float64)
    chosen = dict(settings.half_life_days)
    for kind, group in events.groupby("lead_type"):
        if len(group) >= EVENTS_MIN:
            rows, ages = group["row"].to_numpy(np.int64), group["age_days"].to_numpy(np.float64)
            chosen[str(kind)] = likeliest(rows, ages, population, chosen[str(kind)], settings.horizon_days)
    return chosen


def likeliest(
    rows: Int64s, age_days: Float64s, population: Float64s, current_days: float, horizon_days: float
) -> float:
    """The half-life of the grid that predicts best, or the current one if none is clearly better."""
    scores = {h: log_score(rows, age_days, population, h, horizon_days) for h in {*GRID_DAYS, current_days}}
    best = max(sorted(scores), key=lambda h: scores[h])
    # A half-life is given up only for one that is e^2 times likelier.
    return best if scores[best] >= scores[current_days] + 2.0 else current_days


def log_score(
    rows: Int64s, age_days: Float64s, population: Float64s, half_life_days: float, horizon_days: float
) -> float:
    """
    Log-likelihood of the events of the last twelve fortnights, each predicted from those before it.

    The forecast is the posterior predictive of the ranking's own model without neighbours: counts of a fortnight are
    negative binomial with the posterior's shape. It is minus infinity if what was known weighs nothing under the
    half-life, and something came.

    Parameters
    ----------
    age_days
        Days from each event to now, shape (k,), in [0, horizon].
    """
    at_risk = population > 0
    total = 0.0
    for k in range(1, 13):
        start = k * FORTNIGHT_DAYS
        past, later = age_days > start, (age_days <= start) & (age_days > start - FORTNIGHT_DAYS)
        days = horizon_days - start
        if days <= 0 or not past.any():
            break
        weight = decayed_weight(age_days[past] - start, np.full(int(past.sum()), half_life_days))
        counts = np.bincount(rows[past], weights=weight, minlength=len(population)).astype(np.float64)
        exposure = population * effective_days(half_life_days, days)
        prior = fit_prior(counts, exposure, weight)
        came = np.bincount(rows[later], minlength=len(population))[at_risk].astype(np.float64)
        if prior.mean_rate <= 0:
            # To forget all that was known foretells nothing, and what comes all the same could not be less likely.
            if at_risk[rows[past]].any() and came.any():
                return -np.inf
            continue
        shape = (prior.shape + counts / prior.dispersion)[at_risk]
        rate = (prior.shape / prior.mean_rate + exposure / prior.dispersion)[at_risk]
        expected = shape / rate * population[at_risk] * FORTNIGHT_DAYS
        total += float(log_negative_binomial(came, shape, expected).sum())
    return total
