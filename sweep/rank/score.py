"""The ranking: every building with its rate, its expected finds per team-hour, and the terms that make them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sweep.rank.density import Posterior, fit_prior, local_rates, posterior_rates
from sweep.rank.exposure import decayed_weight, effective_days, hit_shares, scoring_events
from sweep.records import Term
from sweep.scenario import Rank

# Rates are shown per 1,000 firms and 30 days.
RATE_UNIT = 30_000.0


@dataclass(frozen=True, slots=True)
class Ranking:
    """Buildings in order, best first, and why."""

    table: pd.DataFrame
    """Columns of `sweep.publish.edition.RANKING_COLUMNS` but for `cluster_id`, and `x_m`, `y_m`."""
    terms: Mapping[str, tuple[Term, ...]]
    """Additive terms of `value` by building id: own leads by type, and the neighbourhood."""
    hit_share: Mapping[str, float]
    prior_shape: float
    prior_mean_rate: float
    dispersion: float


def rank_buildings(
    buildings: pd.DataFrame,
    leads: pd.DataFrame,
    history: pd.DataFrame,
    points_m: NDArray[np.float64],
    team_hours: NDArray[np.float64],
    now: datetime,
    settings: Rank,
) -> Ranking:
    """
    Score and order the buildings by expected finds per team-hour.

    Parameters
    ----------
    buildings
        `building_id`, `division_code`, `n_firms`; n rows.
    leads
        Matched leads.
    history
        Past visits; those from `now` on do not count.
    points_m
        Places in metres, shape (n, 2).
    team_hours
        Cost of a visit, shape (n,), > 0.
    now
        Aware time at which the data are frozen.
    settings
        The scenario's [rank].

    Raises
    ------
    ValueError
        If shapes differ, a place is not finite or a cost not above 0.
    KeyError
        If the settings have no half-life or no hit share for a type of lead.
    """
    n = len(buildings)
    if points_m.shape != (n, 2) or team_hours.shape != (n,):
        raise ValueError(f"points_m and team_hours must have {n} rows, got {points_m.shape} and {team_hours.shape}")
    if not np.all(np.isfinite(points_m)):
        raise ValueError("points_m must be finite")
    if not np.all(np.isfinite(team_hours) & (team_hours > 0)):
        raise ValueError("team_hours must be finite and > 0")
    # Sums of floats depend on their order: in one order the result is the same for any order of the input rows.
    by_id = np.argsort(buildings["building_id"].to_numpy(str), kind="stable")
    buildings, points_m, team_hours = buildings.iloc[by_id].reset_index(drop=True), points_m[by_id], team_hours[by_id]
    history = history[history["visited_on"] < pd.Timestamp(now)]
    events, shares = _weighted_events(leads, history, now, settings)
    row = pd.Index(buildings["building_id"]).get_indexer(pd.Index(events["building_id"]))
    events = events[row >= 0].assign(row=row[row >= 0])
    counts = np.bincount(events["row"], weights=events["weight"], minlength=n).astype(np.float64)
    n_firms = buildings["n_firms"].to_numpy(np.float64)
    days = _mean_effective_days(events["lead_type"], shares, settings)
    exposure = n_firms * days
    prior = fit_prior(counts, exposure, events["weight"].to_numpy(np.float64))
    mu = local_rates(counts, exposure, points_m, settings.neighbour_radius_m, prior)
    posterior = posterior_rates(counts, exposure, mu, prior)
    finds = posterior.mean * exposure
    p_find = -np.expm1(-finds)
    value = p_find * (1.0 - settings.no_access_share) * settings.detection_share
    table = _table(buildings, events, counts, exposure, posterior)
    table = table.assign(
        p_find=p_find,
        team_hours=team_hours,
        value=value,
        # Rounded, so that buildings alike in all are a tie and not ordered by the last bit.
        value_per_hour=np.round(value / team_hours, 12),
        last_visit_on=_last_visits(buildings["building_id"], history),
        x_m=points_m[:, 0],
        y_m=points_m[:, 1],
    )
    terms = _terms(buildings["building_id"], events, finds, posterior, value)
    # Ties in value go by id, so that the order never depends on the order of the input rows.
    table = table.sort_values(["value_per_hour", "building_id"], ascending=[False, True]).reset_index(drop=True)
    table.insert(1, "rank", table["value_per_hour"].rank(method="min", ascending=False).astype("int64"))
    return Ranking(table, terms, shares, prior.shape, prior.mean_rate, prior.dispersion)


def _weighted_events(
    leads: pd.DataFrame, history: pd.DataFrame, now: datetime, settings: Rank
) -> tuple[pd.DataFrame, dict[str, float]]:
    shares = hit_shares(leads, history, settings.hit_share)
    events = scoring_events(leads, now, settings.horizon_days)
    missing = sorted(set(events["lead_type"]) - set(settings.half_life_days))
    if missing:
        raise KeyError(f"no half-life for lead types {missing}")
    half_life = np.asarray(events["lead_type"].map(dict(settings.half_life_days)), np.float64)
    share = events["lead_type"].map(shares).to_numpy(np.float64)
    events["weight"] = share * decayed_weight(events["age_days"].to_numpy(np.float64), half_life)
    # Of the types of one event the one that weighs most counts: another lead must never make a building worth less.
    events = events.sort_values("weight", ascending=False, kind="stable")
    return events.drop_duplicates(["event_id", "building_id"]).sort_index(), shares


def _mean_effective_days(kinds: pd.Series[str], shares: Mapping[str, float], settings: Rank) -> float:
    """Days by which all decayed leads give the sum over types of hit share x leads a day; a scale common to all."""
    if len(kinds) == 0:
        return effective_days(30.0, settings.horizon_days)
    days = {kind: effective_days(h, settings.horizon_days) for kind, h in settings.half_life_days.items()}
    return float(np.average(kinds.map(days).to_numpy(np.float64), weights=kinds.map(shares).to_numpy(np.float64)))


def _table(
    buildings: pd.DataFrame,
    events: pd.DataFrame,
    counts: NDArray[np.float64],
    exposure: NDArray[np.float64],
    posterior: Posterior,
) -> pd.DataFrame:
    n = len(buildings)
    raw = np.divide(counts, exposure, out=np.full(n, np.nan), where=exposure > 0)
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
            "rate_low": posterior.low * RATE_UNIT,
            "rate_high": posterior.high * RATE_UNIT,
            "p_twice_district": posterior.p_twice,
        }
    )


def _last_visits(building_ids: pd.Series[str], history: pd.DataFrame) -> pd.Series[str]:
    last = history.groupby("building_id")["visited_on"].max().dt.strftime("%Y-%m-%d")
    return building_ids.map(last).astype(object).where(building_ids.isin(last.index), None)


def _terms(
    building_ids: pd.Series[str],
    events: pd.DataFrame,
    finds: NDArray[np.float64],
    posterior: Posterior,
    value: NDArray[np.float64],
) -> dict[str, tuple[Term, ...]]:
    """Split each value in proportion to the additive parts of the posterior count: B D_type, and (1 - B) mu E."""
    scale = np.divide(value, finds, out=np.zeros_like(value), where=finds > 0)
    part = events["weight"].to_numpy() * posterior.own_share[events["row"]] * scale[events["row"]]
    own = events.assign(part=part).groupby(["row", "lead_type"], sort=True, as_index=False)["part"].sum()
    own_total = np.bincount(own["row"], weights=own["part"], minlength=len(value))
    terms: dict[str, list[Term]] = {str(b): [] for b in building_ids}
    ids = building_ids.to_numpy()
    for row, kind, worth in zip(own["row"], own["lead_type"], own["part"], strict=True):
        terms[str(ids[row])].append(Term(f"leads.{kind}", float(worth)))
    for building_id, rest in zip(ids, value - own_total, strict=True):
        terms[str(building_id)].append(Term("neighbourhood", float(rest)))
    return {key: tuple(parts) for key, parts in terms.items()}
