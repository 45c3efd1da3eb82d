"""Fraud dens: location, type and lifetime. The ground truth, which the planner never reads."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.array_types import Float64s
from sweep.made_up.random_streams import pick, stream
from sweep.made_up.settings.city import SyntheticCitySettings
from sweep.made_up.settings.den_lead_and_visit_settings import DenSettings

YEAR_DAYS = 365


def make_dens(settings: SyntheticCitySettings, buildings: gpd.GeoDataFrame, homes: pd.DataFrame) -> pd.DataFrame:
    """
    Return every den that was open at some time in the year before the sweep.

    Columns: `den_id`, `building_id`, `lead_type`, `opened_on`, `closed_on` (NaT: open on the day of the sweep), `uscc`
    of the firm that the den has registered (null: none). `homes`: true location of each firm, as `make_firms` returns
    it.
    """
    plan = settings.dens
    rng = stream(settings.seed, "dens")
    dens = _types_and_lifetimes(settings.n_dens, plan, settings.day, rng)
    n = len(dens)
    chances = den_probabilities(settings, buildings)
    places = rng.choice(len(buildings), size=n, p=chances)
    dens["building_id"] = buildings["building_id"].to_numpy()[places]
    dens["uscc"] = _fronts(plan, dens["building_id"], homes, rng)
    dens = dens.sort_values(["opened_on", "building_id"], kind="stable", ignore_index=True)
    dens["den_id"] = [f"D{k:03d}" for k in range(1, n + 1)]
    return dens[["den_id", "building_id", "lead_type", "opened_on", "closed_on", "uscc"]]


def den_probabilities(settings: SyntheticCitySettings, buildings: gpd.GeoDataFrame) -> Float64s:
    """
    Return the probability that a new den opens in each building, shape (n_buildings,), summing to 1.

    It is proportional to `n_firms`, to a random factor of the building and to one of its quarter (column `area`).
    """
    plan = settings.dens
    rng = stream(settings.seed, "proneness")
    area = buildings["area"].to_numpy()
    own = rng.gamma(plan.building_shape, 1.0 / plan.building_shape, len(buildings))
    shared = rng.gamma(plan.quarter_shape, 1.0 / plan.quarter_shape, int(area.max()) + 1)
    chances = buildings["n_firms"].to_numpy() * own * shared[area]
    return np.asarray(chances / chances.sum())


def life_days(plan: DenSettings, types: NDArray[np.str_], rng: np.random.Generator) -> Float64s:
    """Draw the lifetime of each den in whole days, shape (n,), log-normal around the median of its type in `types`."""
    medians = dict(plan.life_median_days)
    return np.ceil(np.array([medians[t] for t in types]) * np.exp(plan.life_sigma * rng.standard_normal(len(types))))


def _types_and_lifetimes(n: int, plan: DenSettings, day: date, rng: np.random.Generator) -> pd.DataFrame:
    types = pick(rng, plan.types, n)
    lives = life_days(plan, types, rng)
    # Uniform over all opening days for which the den is open on some day of the year.
    ages = np.ceil(rng.random(n) * (YEAR_DAYS - 1 + lives)).astype(np.int64)
    opened = pd.Timestamp(day) - pd.to_timedelta(ages, unit="D")
    ends = opened + pd.to_timedelta(lives, unit="D")
    closed = pd.Series(ends, index=range(n)).mask(ends >= pd.Timestamp(day))
    return pd.DataFrame({"lead_type": types, "opened_on": opened, "closed_on": closed})


def _fronts(
    plan: DenSettings, building_ids: pd.Series[str], homes: pd.DataFrame, rng: np.random.Generator
) -> list[str | None]:
    rows = homes.groupby("building_id").indices
    codes = homes["uscc"].to_numpy()
    fronts: list[str | None] = []
    for building_id in building_ids:
        code = codes[rng.choice(rows[building_id])]
        fronts.append(str(code) if rng.random() < plan.registered_share else None)
    return fronts
