"""Selection of half-lives by out-of-time log-likelihood of later events."""

from collections.abc import Mapping
from datetime import datetime

import numpy as np
import pandas as pd

from geodata.array_types import Float64s, Int64s
from sweep.rank.rate.background_rate import log_negative_binomial
from sweep.rank.rate.lead_type_weights import SECONDS_PER_DAY, decayed_weight, effective_days
from sweep.rank.rate.rate_posterior import fit_prior
from sweep.scenario.rank_settings import Rank

GRID_DAYS = (2.0, 4.0, 7.0, 15.0, 30.0, 60.0, 90.0, 180.0, 365.0, 730.0, 1_460.0)
# Minimum number of events for a selection.
EVENTS_MIN = 50
FORTNIGHT_DAYS = 14.0


def choose_half_lives(
    leads: pd.DataFrame, buildings: pd.DataFrame, now: datetime, settings: Rank
) -> Mapping[str, float]:
    """Return the half-life of each lead type, days: the most likely of the grid, else that of the settings."""
    age_days = (pd.Timestamp(now) - leads["received_at"]).dt.total_seconds() / SECONDS_PER_DAY
    row = pd.Index(buildings["building_id"]).get_indexer(pd.Index(leads["building_id"]))
    fits = (leads["lead_source"] == "reported") & (row >= 0) & age_days.between(0, settings.horizon_days)
    event = leads["event_id"].where(leads["event_id"].notna(), leads["lead_id"])
    events = leads.assign(event_id=event, row=row, age_days=age_days)[fits]
    # First lead of each event; later ones add no information.
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
    """Return the half-life of the grid that forecasts best, or the current one if none is clearly better."""
    scores = {h: log_score(rows, age_days, population, h, horizon_days) for h in {*GRID_DAYS, current_days}}
    best = max(sorted(scores), key=lambda h: scores[h])
    # The new half-life must be e^2 times more likely.
    return best if scores[best] >= scores[current_days] + 2.0 else current_days


def log_score(
    rows: Int64s, age_days: Float64s, population: Float64s, half_life_days: float, horizon_days: float
) -> float:
    """
    Return the log-likelihood of the events of the last twelve fortnights, each forecast from earlier ones.

    The forecast is the posterior predictive of the ranking's model without neighbours: negative binomial counts for a
    fortnight. Minus infinity if all earlier events have zero weight and events occur.

    Parameters
    ----------
    age_days
        Age of each event in days, shape (k,), in [0, horizon].
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
            # A half-life that forgets all events forecasts none: any event makes it impossible.
            if at_risk[rows[past]].any() and came.any():
                return -np.inf
            continue
        shape = (prior.shape + counts / prior.dispersion)[at_risk]
        rate = (prior.shape / prior.mean_rate + exposure / prior.dispersion)[at_risk]
        expected = shape / rate * population[at_risk] * FORTNIGHT_DAYS
        total += float(log_negative_binomial(came, shape, expected).sum())
    return total
