"""Simulated time after the day of the sweep: dens that open and close, and their leads, without any visits."""

from __future__ import annotations

import math
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.schema import TIMEZONE
from sweep.made_up.events.dens import YEAR_DAYS, den_probabilities, life_days
from sweep.made_up.events.leads import ANY_DEN, due_times
from sweep.made_up.random_streams import pick, stream
from sweep.made_up.settings.city import SyntheticCitySettings

# Shares of `LeadSettings.precisions` whose building can be found: all units and buildings, most near points.
_LOCATED = {"unit": 1.0, "building": 1.0, "near": 0.9}


@dataclass(frozen=True, slots=True)
class Future:
    """Simulated dens and leads after the day of the sweep; hidden from the planner."""

    dens: pd.DataFrame
    """`den_id`, `building_id`, `lead_type`, `opened_on`, and `closes_on`, when the den moves away without a visit."""
    leads: pd.DataFrame
    """`lead_id`, `lead_type`, `received_at`, `due_at`, `building_id`, `uscc`, `den_id` (null: noise without a den)."""


def make_future(
    settings: SyntheticCitySettings,
    buildings: gpd.GeoDataFrame,
    firms: pd.DataFrame,
    truth: pd.DataFrame,
    n_days: int,
    seed: int,
) -> Future:
    """
    Return the simulated dens and leads of `n_days` days from the settings' day on, if no den is found by a visit.

    Parameters
    ----------
    buildings, firms
        Tables of buildings and of registered firms, as `make_buildings` and `make_firms` return them.
    truth
        Dens of the year before, as `make_dens` returns them: those without `closed_on` are open on the first day.
    seed
        Seed of this future; different seeds give different futures of one city.
    """
    rng = stream(seed, f"future of {settings.seed}")
    dens = pd.concat([_open_dens(settings, truth, rng), _new_dens(settings, buildings, n_days, rng)], ignore_index=True)
    dens["den_id"] = [f"F{k:05d}" for k in range(1, len(dens) + 1)]
    return Future(dens, _leads(settings, buildings, firms, dens, n_days, rng))


def _open_dens(settings: SyntheticCitySettings, truth: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    here = truth[truth["closed_on"].isna()]
    ages = (pd.Timestamp(settings.day) - here["opened_on"]).dt.days.to_numpy(np.float64)
    types = here["lead_type"].to_numpy(str)
    lives = life_days(settings.dens, types, rng)
    while (short := lives <= ages).any():
        lives[short] = life_days(settings.dens, types[short], rng)
    closes = here["opened_on"] + pd.to_timedelta(lives, unit="D")
    columns = {"building_id": here["building_id"], "lead_type": types, "opened_on": here["opened_on"]}
    return pd.DataFrame({**columns, "closes_on": closes}).reset_index(drop=True)


def _new_dens(
    settings: SyntheticCitySettings, buildings: gpd.GeoDataFrame, n_days: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw the dens that open in the next `n_days`, at the rate that gives `settings.n_dens` dens in a year."""
    plan = settings.dens
    shares = np.array([s for _, s in plan.types])
    medians = dict(plan.life_median_days)
    mean_life = sum(s * medians[t] for t, s in plan.types) / shares.sum() * math.exp(plan.life_sigma**2 / 2.0)
    n = int(rng.poisson(settings.n_dens / (YEAR_DAYS - 1 + mean_life) * n_days))
    types = pick(rng, plan.types, n)
    opened = pd.Timestamp(settings.day) + pd.to_timedelta(rng.integers(0, n_days, n), unit="D")
    places = rng.choice(len(buildings), size=n, p=den_probabilities(settings, buildings))
    frame = pd.DataFrame(
        {
            "building_id": buildings["building_id"].to_numpy()[places],
            "lead_type": types,
            "opened_on": opened,
            "closes_on": opened + pd.to_timedelta(life_days(plan, types, rng), unit="D"),
        }
    )
    return frame.sort_values(["opened_on", "building_id"], kind="stable", ignore_index=True)


def _leads(
    settings: SyntheticCitySettings,
    buildings: gpd.GeoDataFrame,
    firms: pd.DataFrame,
    dens: pd.DataFrame,
    n_days: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    plan = settings.leads
    located = sum(s * _LOCATED.get(k, 0.0) for k, s in plan.precisions)
    n = int(rng.poisson(settings.n_leads * (1.0 - plan.discovered_share) * located * n_days / YEAR_DAYS))
    types, days = pick(rng, plan.types, n), rng.integers(0, n_days, n)
    weights = buildings["n_firms"].to_numpy(np.float64)
    ids = buildings["building_id"].to_numpy(str)
    places = ids[rng.choice(len(ids), size=n, p=weights / weights.sum())]
    start = pd.Timestamp(settings.day)
    first = np.clip((dens["opened_on"] - start).dt.days.to_numpy(np.int64), 0, n_days)
    last = np.clip((dens["closes_on"] - start).dt.days.to_numpy(np.int64), 0, n_days)
    kinds, homes = dens["lead_type"].to_numpy(str), dens["building_id"].to_numpy(str)
    hit, den_ids = dict(plan.hit_shares), dens["den_id"].to_numpy(str)
    behind: list[str | None] = [None] * n
    luck, magnets = rng.random((n, 4)), _magnets(settings, buildings, rng)
    # Every open den produces leads at the same rate, as in the year before.
    open_days = {t: np.cumsum(np.where((kinds == t) | (t in ANY_DEN), last - first, 0)) for t in hit}
    for k in range(n):
        able = open_days[types[k]]
        if luck[k, 0] < hit[types[k]] and len(able) and able[-1] > 0:
            den = int(np.searchsorted(able, luck[k, 1] * able[-1], side="right"))
            behind[k], places[k] = den_ids[den], homes[den]
            days[k] = first[den] + int(luck[k, 3] * (last[den] - first[den]))
        elif types[k] == "tip" and len(magnets) and luck[k, 2] < plan.magnet_share:
            places[k] = magnets[int(luck[k, 1] * len(magnets))]
    clock_s = np.floor(np.clip(rng.normal(14.5, 3.5, n), 0.0, 23.9) * 3_600)
    received = start.tz_localize(TIMEZONE) + pd.to_timedelta(days, unit="D") + pd.to_timedelta(clock_s, unit="s")
    leads = pd.DataFrame({"lead_type": types, "received_at": received, "building_id": places, "den_id": behind})
    leads = leads.sort_values("received_at", kind="stable", ignore_index=True)
    leads["lead_id"] = [f"X{k:05d}" for k in range(1, n + 1)]
    leads["due_at"] = due_times(settings, leads)
    leads["uscc"] = _named(settings, firms, leads["building_id"], located, rng)
    return leads


def _named(
    settings: SyntheticCitySettings,
    firms: pd.DataFrame,
    places: pd.Series[str],
    located: float,
    rng: np.random.Generator,
) -> list[str | None]:
    share = dict(settings.leads.precisions)["unit"] / located * settings.dens.registered_share
    homes = firms[firms["building_id"].notna()]
    rows, codes = homes.groupby("building_id").indices, homes["uscc"].to_numpy(str)
    luck = rng.random((len(places), 2))
    named: list[str | None] = []
    for b, (u, v) in zip(places, luck, strict=True):
        of = rows.get(b)
        named.append(str(codes[of[int(v * len(of))]]) if of is not None and u < share else None)
    return named


def _magnets(settings: SyntheticCitySettings, buildings: gpd.GeoDataFrame, rng: np.random.Generator) -> np.ndarray:
    area = buildings["floor_area_m2"].to_numpy(np.float64)
    n = min(settings.leads.n_magnets, len(area))
    ids = buildings["building_id"].to_numpy(str)
    return ids[rng.choice(len(ids), size=n, replace=False, p=area / area.sum())] if n else ids[:0]
