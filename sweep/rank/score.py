"""The ranking: every building with its rate, its expected finds per team-hour, and the terms that make them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sweep.rank.density import fit_prior, local_rates, posterior_rates
from sweep.rank.exposure import decayed_weight, effective_days, hit_shares, scoring_events
from sweep.rank.half_life import choose_half_lives
from sweep.rank.rows import building_rows, last_visit_days, value_terms
from sweep.records import Term
from sweep.scenario import Rank

# Gross floor area to one occupied unit of an office tower.
M2_PER_UNIT = 660.0


@dataclass(frozen=True, slots=True)
class Ranking:
    """Buildings in order, best first, and why."""

    table: pd.DataFrame
    """Columns of `sweep.publish.edition.RANKING_COLUMNS` but for `cluster_id` and the labels, and `x_m`, `y_m`."""
    terms: Mapping[str, tuple[Term, ...]]
    """Additive terms of `value` by building id: own leads by type, and the neighbourhood."""
    hit_share: Mapping[str, float]
    half_life_days: Mapping[str, float]
    """By lead type: those of the settings, or those chosen anew."""
    prior_shape: float
    prior_mean_rate: float
    dispersion: float
    event_rows: NDArray[np.int64]
    """Row of the table of each event that scores, shape (k,)."""
    event_weights: NDArray[np.float64]
    """What each of them weighs, shape (k,)."""


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
        `building_id`, `division_code`, `n_firms`; n rows. With `floor_area_m2` a building that has leads and no
        registered firm counts as many units as fit into it.
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
    buildings, points_m, team_hours = _by_id(buildings, points_m, team_hours)
    n = len(buildings)
    history = history[history["visited_on"] < pd.Timestamp(now)]
    if settings.fit_half_life:
        fitted = choose_half_lives(leads, buildings, now, settings)
        settings = settings.model_copy(update={"half_life_days": fitted})
    events, shares = _weighted_events(leads, history, now, settings)
    row = pd.Index(buildings["building_id"]).get_indexer(pd.Index(events["building_id"]))
    events = events[row >= 0].assign(row=row[row >= 0])
    counts = np.bincount(events["row"], weights=events["weight"], minlength=n).astype(np.float64)
    days = _mean_effective_days(events["lead_type"], shares, settings)
    exposure = _units(buildings, counts) * days
    prior = fit_prior(counts, exposure, events["weight"].to_numpy(np.float64))
    mu = local_rates(counts, exposure, points_m, settings.neighbour_radius_m, prior)
    posterior = posterior_rates(counts, exposure, mu, prior)
    finds = posterior.mean * exposure
    p_find = -np.expm1(-finds)
    value = p_find * (1.0 - settings.no_access_share) * settings.detection_share
    table = building_rows(buildings, events, counts, exposure, posterior)
    table = table.assign(
        p_find=p_find,
        team_hours=team_hours,
        value=value,
        # Rounded, so that buildings alike in all are a tie and not ordered by the last bit.
        value_per_hour=np.round(value / team_hours, 12),
        last_visit_on=last_visit_days(buildings["building_id"], history),
        x_m=points_m[:, 0],
        y_m=points_m[:, 1],
    )
    terms = value_terms(buildings["building_id"], events, finds, posterior, value)
    # Ties in value go by id, so that the order never depends on the order of the input rows.
    table = table.sort_values(["value_per_hour", "building_id"], ascending=[False, True])
    place = np.argsort(table.index)[events["row"]].astype(np.int64)
    table = table.reset_index(drop=True)
    table.insert(1, "rank", table["value_per_hour"].rank(method="min", ascending=False).astype("int64"))
    weights = events["weight"].to_numpy(np.float64)
    fit = prior.shape, prior.mean_rate, prior.dispersion
    return Ranking(table, terms, shares, settings.half_life_days, *fit, place, weights)


def _by_id(
    buildings: pd.DataFrame, points_m: NDArray[np.float64], team_hours: NDArray[np.float64]
) -> tuple[pd.DataFrame, NDArray[np.float64], NDArray[np.float64]]:
    """Checked, and in one order: sums of floats depend on it, and the result must not on the input's."""
    n = len(buildings)
    if points_m.shape != (n, 2) or team_hours.shape != (n,):
        raise ValueError(f"points_m and team_hours must have {n} rows, got {points_m.shape} and {team_hours.shape}")
    if not np.all(np.isfinite(points_m)):
        raise ValueError("points_m must be finite")
    if not np.all(np.isfinite(team_hours) & (team_hours > 0)):
        raise ValueError("team_hours must be finite and > 0")
    by_id = np.argsort(buildings["building_id"].to_numpy(str), kind="stable")
    return buildings.iloc[by_id].reset_index(drop=True), points_m[by_id], team_hours[by_id]


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


def _units(buildings: pd.DataFrame, counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Firms, or where there are leads and no registered firm the units that the floor area holds, one at least."""
    n_firms = buildings["n_firms"].to_numpy(np.float64)
    if "floor_area_m2" not in buildings:
        return n_firms
    by_area = np.maximum(1.0, np.round(buildings["floor_area_m2"].to_numpy(np.float64) / M2_PER_UNIT))
    return np.where((n_firms == 0) & (counts > 0), by_area, n_firms)


def _mean_effective_days(kinds: pd.Series[str], shares: Mapping[str, float], settings: Rank) -> float:
    """Days by which all decayed leads give the sum over types of hit share x leads a day; a scale common to all."""
    if len(kinds) == 0:
        return effective_days(30.0, settings.horizon_days)
    days = {kind: effective_days(h, settings.horizon_days) for kind, h in settings.half_life_days.items()}
    return float(np.average(kinds.map(days).to_numpy(np.float64), weights=kinds.map(shares).to_numpy(np.float64)))
