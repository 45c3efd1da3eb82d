"""Weights of the lead events of each building today, and its population: firms, or units by floor area."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import numpy as np
import pandas as pd

from geodata.array_types import Float64s, Int64s
from geodata.clock_times import DAY_S
from sweep.rank.rate.answered_leads import SPAN_S, case_keys, unanswered_share
from sweep.rank.rate.lead_weights import (
    HitShare,
    decayed_weight,
    effective_days,
    hit_shares,
    scoring_events,
)
from sweep.records.service_time import M2_PER_UNIT
from sweep.scenario.rank_settings import Rank


def weighted_events(
    leads: pd.DataFrame, history: pd.DataFrame, now: datetime, settings: Rank
) -> tuple[pd.DataFrame, dict[str, HitShare]]:
    """
    Return the scoring events, one row for each event and building, and the hit share of each lead type.

    If an event has several lead types at a building, the row has the type of most weight. Columns: those of
    `scoring_events`, `half_life`, `hit_share`, and `weight`, the probability that the event's den exists today:
    `current_share` (hit share, reduced by later visits) times `freshness` (share that decay leaves).

    Raises
    ------
    KeyError
        If the settings lack a half-life or hit share for a lead type.
    """
    shares = hit_shares(leads, history, settings.hit_share)
    events = scoring_events(leads, now, settings.horizon_days)
    code, kinds = pd.factorize(events["lead_type"])
    missing = sorted(set(kinds) - set(settings.half_life_days))
    if missing:
        raise KeyError(f"no half-life for lead types {missing}")
    half_life = np.array([settings.half_life_days[kind] for kind in kinds], np.float64)[code]
    share = np.array([shares[kind].mean for kind in kinds], np.float64)[code]
    unanswered = unanswered_share(events, history, now, settings.detection_share)
    events["half_life"], events["hit_share"], events["current_share"] = half_life, share, share * unanswered
    events["freshness"] = decayed_weight(events["age_days"].to_numpy(np.float64), half_life)
    events["weight"] = events["current_share"] * events["freshness"]
    # An event of several types counts once, as the type with the largest weight: more leads must never lower a value.
    events = events.sort_values("weight", ascending=False, kind="stable")
    return events.drop_duplicates(["event_id", "building_id"]).sort_index(), shares


def units(buildings: pd.DataFrame, counts: Float64s) -> Float64s:
    """
    Return the number of firms of each building, or else of units, shape (n,).

    A building with leads (`counts` > 0) but no firms gets as units its floor area divided by `M2_PER_UNIT`, at least 1.
    """
    n_firms = buildings["n_firms"].to_numpy(np.float64)
    if "floor_area_m2" not in buildings:
        return n_firms
    by_area = np.maximum(1.0, np.round(buildings["floor_area_m2"].to_numpy(np.float64) / M2_PER_UNIT))
    return np.where((n_firms == 0) & (counts > 0), by_area, n_firms)


def mean_effective_days(kinds: pd.Series[str], shares: Mapping[str, float], settings: Rank) -> float:
    """
    Return the mean number of days (`effective_days`), up to the settings' horizon, for which a true lead counts.

    `kinds`: lead type of each event, shape (k,). Each event is weighted by the hit share of its type (`shares`).
    Without events, a half-life of 30 days is assumed.
    """
    if len(kinds) == 0:
        return effective_days(30.0, settings.horizon_days)
    code, names = pd.factorize(kinds, sort=True)
    days = np.array([effective_days(settings.half_life_days[name], settings.horizon_days) for name in names])
    share = np.array([shares[name] for name in names])
    return float(np.average(days, weights=np.bincount(code) * share))


def case_visits(building_ids: pd.Series[str], history: pd.DataFrame, now: datetime) -> tuple[Int64s, Float64s]:
    """Return building row and age in days of each case visit with access; by building, newest first."""
    keys = case_keys(history, pd.Index(building_ids), pd.Timestamp(now))
    return keys // SPAN_S, (keys % SPAN_S) / DAY_S


def unanswered_stream_share(
    building_ids: pd.Series[str],
    kinds: pd.Series[str],
    history: pd.DataFrame,
    shares: Mapping[str, float],
    now: datetime,
    settings: Rank,
) -> Float64s:
    """
    Return the share of a steady stream of leads that each building's past visits leave unanswered, (n,), in (0, 1].

    The k-th last case visit in `history` answers the share d (1 - d)^(k - 1) of all earlier leads; d: detection share.

    Parameters
    ----------
    kinds
        Type of each scoring event: the stream has the same proportions.
    shares
        Hit share by lead type.
    """
    unanswered = np.ones(len(building_ids))
    row, age_days = case_visits(building_ids, history, now)
    if len(row) == 0 or len(kinds) == 0:
        return unanswered
    nth = np.arange(len(row)) - np.searchsorted(row, row)
    taken = settings.detection_share * (1.0 - settings.detection_share) ** nth
    older, total = np.zeros(len(row)), 0.0
    code, names = pd.factorize(kinds, sort=True)
    for kind, n in zip(names, np.bincount(code), strict=True):
        half_life = np.array([settings.half_life_days[kind]])
        end = decayed_weight(np.array([settings.horizon_days]), half_life)
        true_lead_days = n * shares[kind] * half_life[0]
        older += true_lead_days * np.maximum(decayed_weight(age_days, half_life) - end, 0.0)
        total += true_lead_days * float(1.0 - end[0])
    return np.asarray(unanswered - np.bincount(row, weights=taken * older / total, minlength=len(unanswered)))
