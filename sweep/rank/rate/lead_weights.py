"""Weights of leads: scoring events, decay by lead type, and hit shares."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from geodata.array_types import Float64s
from geodata.clock_times import DAY_S

# Strength of the Beta prior of hit shares, in visits.
PRIOR_VISITS = 20.0


def scoring_events(leads: pd.DataFrame, now: datetime, horizon_days: float) -> pd.DataFrame:
    """
    Return the scoring events: reported, matched, within the horizon; one row for each event, building and type.

    Discovered leads are left out: inspectors find them where they already go, so they would feed back into the ranking.
    Of several leads of one event and type the newest counts, since it shows that the event continues.

    Parameters
    ----------
    leads
        Matched leads: `lead_id`, `event_id`, `lead_type`, `lead_source`, `received_at`, `building_id`.

    Returns
    -------
    pandas.DataFrame
        Columns `event_id`, `building_id`, `lead_type`, `age_days`.

    References
    ----------
    Ensign et al. 2018, Runaway feedback loops in predictive policing.
    """
    age_days = (pd.Timestamp(now) - leads["received_at"]).dt.total_seconds() / DAY_S
    scores = (
        (leads["lead_source"] == "reported")
        & leads["building_id"].notna()
        & (age_days >= 0)
        & (age_days <= horizon_days)
    )
    events = leads.loc[scores, ["lead_id", "event_id", "building_id", "lead_type"]].copy()
    events["age_days"] = age_days[scores]
    events["event_id"] = events["event_id"].where(events["event_id"].notna(), events["lead_id"])
    events = events.sort_values(["age_days", "lead_id"], kind="stable")
    events = events.drop_duplicates(["event_id", "building_id", "lead_type"], keep="first")
    kept: pd.DataFrame = events[["event_id", "building_id", "lead_type", "age_days"]]
    return kept.reset_index(drop=True)


def decayed_weight(age_days: Float64s, half_life_days: Float64s) -> Float64s:
    """Return the remaining weight 2 ** (-age / half-life), shape (n,); ValueError for an age < 0 or half-life <= 0."""
    # Written so that NaN is rejected too.
    if not np.all(age_days >= 0):
        raise ValueError(f"age_days must be >= 0, got {age_days.min()}")
    if not np.all(half_life_days > 0):
        raise ValueError(f"half_life_days must be > 0, got {half_life_days.min()}")
    return np.exp2(-age_days / half_life_days)


def effective_days(half_life_days: float, horizon_days: float) -> float:
    """
    Return the integral over H horizon days of a decay with half-life h: h / ln 2 * (1 - 2 ** (-H / h)), in days.

    It is the number of days that count for exposure. ValueError unless both are > 0.
    """
    if not (half_life_days > 0 and horizon_days > 0):
        raise ValueError(f"half-life and horizon must be > 0, got {half_life_days} and {horizon_days}")
    return half_life_days / math.log(2.0) * (1.0 - math.exp2(-horizon_days / half_life_days))


@dataclass(frozen=True, slots=True)
class HitShare:
    """Beta distribution of the share of leads of one type that come from a den."""

    mean: float
    strength: float
    """Visits on which the share rests, > 0: those of the prior, and past visits that followed such a lead."""

    @property
    def relative_uncertainty(self) -> float:
        """Return the relative uncertainty of the share, standard deviation / mean."""
        return math.sqrt(max(1.0 - self.mean, 0.0) / (self.mean * (self.strength + 1.0)))


def hit_shares(leads: pd.DataFrame, history: pd.DataFrame, prior: Mapping[str, float]) -> dict[str, HitShare]:
    """
    Return, by lead type, the share of leads that come from a den: the `prior` mean, updated by past case visits.

    A case visit counts for a type if the building had a reported lead of the type at most 60 days earlier. Drawn and
    special inspections do not count, since they follow no lead; nor do visits without access. All history rows of one
    building and day are one visit, which is a find if any row is.

    Raises
    ------
    KeyError
        If a lead's type is not in `prior`.
    """
    is_reported = (leads["lead_source"] == "reported") & leads["building_id"].notna()
    is_checked = (history["track"] == "case") & (history["outcome"] != "no_access")
    # Only the columns needed: copying the others took most of the time.
    reported = leads[["building_id", "lead_type", "received_at"]][is_reported]
    checked = history[["building_id", "outcome", "visited_on"]][is_checked]
    pairs = reported.merge(checked, on="building_id")
    lag_days = (pairs["visited_on"] - pairs["received_at"]).dt.total_seconds() / DAY_S
    pairs = pairs[(lag_days >= 0) & (lag_days <= 60.0)]
    is_find = pairs["outcome"] == "find"
    visits = is_find.groupby([pairs["lead_type"], pairs["building_id"], pairs["visited_on"].dt.date]).any()
    n_visits = visits.groupby(level="lead_type").size()
    n_finds = visits[visits].groupby(level="lead_type").size()
    missing = sorted(set(leads["lead_type"].unique()) - set(prior))
    if missing:
        raise KeyError(f"no prior hit share for lead types {missing}")
    known = {kind: (float(n_visits.get(kind, 0)), float(n_finds.get(kind, 0))) for kind in prior}
    return {
        kind: HitShare((PRIOR_VISITS * share + finds) / (PRIOR_VISITS + visits), PRIOR_VISITS + visits)
        for (kind, share), (visits, finds) in zip(prior.items(), known.values(), strict=True)
    }
