"""Ranking of buildings by expected finds per team-hour, with rates, intervals and terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.array_types import Float64s, Int64s
from sweep.rank.den_probabilities import Scores, best_scores
from sweep.rank.learnt.training_data import TrainingCache
from sweep.rank.rate.answered_leads import without_rechecks
from sweep.rank.rate.background_and_den_rate_intervals import rate_intervals
from sweep.rank.rate.evidence import Evidence, gather_evidence
from sweep.rank.rate.rate_posterior import Prior
from sweep.records.ranking import RATE_UNIT, FindLevel, ModelChoice, Term
from sweep.scenario.rank_settings import Rank


@dataclass(frozen=True, slots=True)
class Ranking:
    """Buildings in order of value per hour, best first, with the evidence for the order."""

    table: pd.DataFrame
    """Columns of `table_columns.RANKING_COLUMNS` without `cluster_id` and labels, plus `x_m`, `y_m`."""
    terms: Mapping[str, tuple[Term, ...]]
    """Additive terms of `value`, by building id: by lead type and neighbourhood (rule), or by feature kind (model)."""
    hit_share: Mapping[str, float]
    """Share of leads that come from a den, by lead type."""
    half_life_days: Mapping[str, float]
    """Half-lives by lead type, days."""
    prior: Prior
    """Prior of the lead rates."""
    event_rows: Int64s
    """Row in `table` of the building of each scoring event, shape (k,)."""
    event_weights: Float64s
    """Weight of each event, shape (k,)."""
    event_age_days: Float64s
    """Age of the newest lead of each event, days, shape (k,)."""
    is_memory_fitted: bool
    """Whether predictors fitted to past leads replace the lead model's order (`sweep.rank.rate.predictor_mixture`)."""
    proneness: Float64s
    """Rate of false leads of each building in the table relative to others of its size, shape (n,)."""
    common_uncertainty: float
    """Common relative uncertainty of all probabilities: standard deviation / mean of the expected finds."""
    verdict: ModelChoice
    """Choice between lead model and learnt model, with the reason."""
    level: FindLevel
    """Level of the expected finds by past forecasts of the chosen scores."""
    reach: float
    """Probability that a visit finds an existing den: access times detection."""
    data_on: str | None
    """ISO date of the newest reported lead or visit up to now."""
    forecasts: pd.DataFrame | None = None
    """Past checks: `day`, `track`, `is_find` and out-of-time forecast `p_find`; None: not available."""


def rank_buildings(
    buildings: pd.DataFrame,
    leads: pd.DataFrame,
    history: pd.DataFrame,
    points_m: Float64s,
    team_hours: Float64s,
    now: datetime,
    settings: Rank,
    memory: TrainingCache | None = None,
    known_until: datetime | None = None,
) -> Ranking:
    """
    Return the ranking of buildings by expected finds per team-hour.

    Parameters
    ----------
    buildings
        `building_id`, `division_code`, `n_firms`; n rows. With `floor_area_m2`, a building with leads but without
        firms counts the units that fit into it.
    leads
        Leads with the columns of `sweep.rank.rate.lead_weights.scoring_events`; unmatched ones do not count.
    history
        Past visits; those from `now` on are ignored.
    points_m
        Coordinates of the buildings, metres, shape (n, 2).
    team_hours
        Cost of a visit, shape (n,), > 0.
    memory
        Cache for calls with the same tables and another `now`; None: no cache.
    known_until
        Time, at most `now`, up to which `leads` is complete; a lack of later leads is no evidence. None: `now`.

    Raises
    ------
    ValueError
        If shapes differ, a coordinate is not finite or a cost not above 0.
    KeyError
        If the settings lack a half-life or hit share for a lead type.
    """
    buildings, points_m, team_hours = _by_id(buildings, points_m, team_hours)
    every = history[history["visited_on"] < pd.Timestamp(now)]
    looked = without_rechecks(every)
    evidence = gather_evidence(buildings, leads, looked, points_m, now, settings, known_until)
    keep = memory or TrainingCache(pd.Timestamp(now))
    training = keep.training_data(buildings, leads, history, points_m, settings)
    verdict, level, scores = best_scores(
        training, now, evidence, buildings, every, leads["received_at"].min(), settings
    )
    access = level.access if level.is_applied else 1.0 - settings.no_access_share
    reach = access * settings.detection_share
    data_on = _newest_day(leads, every, now)
    table = _building_rows(buildings, evidence).assign(
        **_values(scores, team_hours, reach),
        last_visit_on=_last_visit_days(buildings["building_id"], every),
        scored_by=scores.scored_by,
        data_on=data_on,
        x_m=points_m[:, 0],
        y_m=points_m[:, 1],
    )
    # Ties are ordered by id, independent of the input order.
    table = table.sort_values(["value_per_hour", "building_id"], ascending=[False, True])
    order = table.index.to_numpy()
    table.insert(1, "rank", table["value_per_hour"].rank(method="min", ascending=False).astype("int64"))
    events = evidence.events
    return Ranking(
        table=table.reset_index(drop=True),
        terms=scores.terms(table["value"].sort_index().to_numpy(np.float64)),
        hit_share=evidence.hit_share,
        half_life_days=settings.half_life_days,
        prior=evidence.prior,
        event_rows=np.argsort(order)[events["row"]].astype(np.int64),
        event_weights=events["weight"].to_numpy(np.float64),
        event_age_days=events["age_days"].to_numpy(np.float64),
        is_memory_fitted=evidence.mixture_p_den is not None,
        proneness=evidence.chances.proneness[order],
        common_uncertainty=scores.common_uncertainty,
        verdict=verdict,
        level=level,
        reach=reach,
        data_on=data_on,
        forecasts=scores.forecasts,
    )


def _values(scores: Scores, team_hours: Float64s, reach: float) -> dict[str, NDArray[np.generic]]:
    """
    Return columns of the ranking table: P(den), hours, value, and ranks under hypothetical changes.

    The changes are one more lead, and a visit without a find. `reach`: access times detection, with which P(den)
    becomes expected finds.
    """
    # Rounded, so that equal buildings tie despite rounding errors.
    per_hour, with_lead, cleared = (
        np.round(p * reach / team_hours, 12) for p in (scores.p_den, scores.with_lead, scores.cleared)
    )
    return {
        "p_find": scores.p_den,
        "team_hours": team_hours,
        "value": scores.p_den * reach,
        "value_per_hour": per_hour,
        "rank_with_lead": rank_at(per_hour, with_lead),
        "rank_if_cleared": rank_at(per_hour, cleared),
    }


def _by_id(
    buildings: pd.DataFrame, points_m: Float64s, team_hours: Float64s
) -> tuple[pd.DataFrame, Float64s, Float64s]:
    """Return buildings, points and hours in order of building id, so that floating-point sums are reproducible."""
    n = len(buildings)
    if points_m.shape != (n, 2) or team_hours.shape != (n,):
        raise ValueError(f"points_m and team_hours must have {n} rows, got {points_m.shape} and {team_hours.shape}")
    if not np.all(np.isfinite(points_m)):
        raise ValueError("points_m must be finite")
    if not np.all(np.isfinite(team_hours) & (team_hours > 0)):
        raise ValueError("team_hours must be finite and > 0")
    by_id = np.argsort(buildings["building_id"].to_numpy(str), kind="stable")
    return buildings.iloc[by_id].reset_index(drop=True), points_m[by_id], team_hours[by_id]


def _building_rows(buildings: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    n = len(buildings)
    events, counts, exposure, posterior = evidence.events, evidence.counts, evidence.exposure, evidence.posterior
    raw = np.divide(counts, exposure, out=np.full(n, np.nan), where=exposure > 0)
    intervals = rate_intervals(evidence)
    recent = events[events["age_days"] <= 30.0]
    return pd.DataFrame(
        {
            "building_id": buildings["building_id"].to_numpy(),
            "division_code": buildings["division_code"].to_numpy(),
            "n_firms": buildings["n_firms"].to_numpy(np.int64),
            "n_leads": np.bincount(events["row"], minlength=n),
            "n_leads_30d": np.bincount(recent["row"], minlength=n),
            "decayed_leads": counts,
            "exposure_firm_days": exposure,
            "raw_rate": raw * RATE_UNIT,
            "neighbour_rate": posterior.local_rate * RATE_UNIT,
            "rate": posterior.mean * RATE_UNIT,
            "rate_low": intervals.low * RATE_UNIT,
            "rate_high": intervals.high * RATE_UNIT,
            "p_twice_district": intervals.p_twice,
        }
    )


def _last_visit_days(building_ids: pd.Series[str], history: pd.DataFrame) -> pd.Series[str]:
    last = history.groupby("building_id")["visited_on"].max().dt.strftime("%Y-%m-%d")
    return building_ids.map(last).astype(object).where(building_ids.isin(last.index), None)


def _newest_day(leads: pd.DataFrame, history: pd.DataFrame, now: datetime) -> str | None:
    moment, leads = pd.Timestamp(now), leads[leads["lead_source"] == "reported"]
    newest = [times[times <= moment].max() for times in (leads["received_at"], history["visited_on"])]
    known = [time for time in newest if pd.notna(time)]
    return max(known).tz_convert(moment.tz).strftime("%Y-%m-%d") if known else None


def rank_at(score: Float64s, changed: Float64s) -> Int64s:
    """
    Return each building's rank if its own score became that in `changed` and all others kept theirs in `score`.

    Shape (n,): 1 is the highest score, ties share the best rank.
    """
    above = len(score) - np.searchsorted(np.sort(score), changed, side="right")
    return np.asarray(1 + above - (score > changed), np.int64)
