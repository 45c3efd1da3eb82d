"""Leads of a year: from open dens, noise in proportion to firms, and complaints about well-known towers."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.array_types import Float64s, Int64s
from geodata.clock_times import DAY_S
from geodata.schema import LEADS, TIMEZONE
from sweep.made_up.events.dens import YEAR_DAYS
from sweep.made_up.places.city_projection import DECIMALS
from sweep.made_up.random_streams import pick, stream
from sweep.made_up.settings.city import SyntheticCitySettings

ANY_DEN = frozenset({"tip", "cards"})
"""Lead types that every den can cause; each other lead type comes from dens of the same type."""


def make_reported(
    settings: SyntheticCitySettings, buildings: gpd.GeoDataFrame, homes: pd.DataFrame, dens: pd.DataFrame
) -> pd.DataFrame:
    """
    Return the reported leads, without the ids and due times that `numbered` adds.

    Columns beyond `geodata.schema.LEADS`: `event` (number shared by leads of one case), `den_id` (null: no den caused
    the lead) and `true_building_id`, which no reader of the leads may see. `homes`: true location of each firm, as
    `make_firms` returns it.
    """
    plan = settings.leads
    rng = stream(settings.seed, "leads")
    n_reported = settings.n_leads - round(settings.n_leads * plan.discovered_share)
    sizes = _event_sizes(n_reported, plan.extra_leads_per_event, rng)
    events = _events(settings, buildings, dens, len(sizes), rng)
    leads = events.loc[events.index.repeat(sizes)].reset_index(names="event")
    # Victims of one case report within three days, and before the day of the sweep begins.
    last_s = YEAR_DAYS * DAY_S - 1
    first_s = leads["at_s"].to_numpy(dtype=float)
    later_s = rng.uniform(0.0, 3 * DAY_S, len(leads)) * leads["event"].duplicated().to_numpy()
    at_s = np.minimum(first_s + later_s, last_s - rng.integers(0, 3_600, len(leads)))
    start = pd.Timestamp(settings.day, tz=TIMEZONE) - pd.Timedelta(days=YEAR_DAYS)
    moments = start + pd.to_timedelta(np.floor(np.maximum(at_s, first_s)), unit="s")
    leads["received_at"] = pd.DatetimeIndex(moments).as_unit("us")
    leads["lead_source"] = "reported"
    leads["front"] = fronts_of(leads["den_id"], dens)
    return with_places(settings, leads.drop(columns="at_s"), buildings, homes, rng)


def fronts_of(den_ids: pd.Series[str], dens: pd.DataFrame) -> list[str | None]:
    """Return the uscc of the firm registered for each lead's den (`den_ids`); None without a den or without a firm."""
    front_of = dict(zip(dens["den_id"], dens["uscc"], strict=True))
    return [front_of.get(den_id) for den_id in den_ids]


def _event_sizes(n_leads: int, extra: float, rng: np.random.Generator) -> Int64s:
    """Draw the number of leads of each case, summing to `n_leads`: 1 plus a Poisson number with mean `extra`."""
    sizes = 1 + rng.poisson(extra, n_leads)
    ends = np.minimum(np.cumsum(sizes), n_leads)
    sizes = np.diff(ends, prepend=0)
    return np.asarray(sizes[sizes > 0], dtype=np.int64)


def _events(
    settings: SyntheticCitySettings, buildings: gpd.GeoDataFrame, dens: pd.DataFrame, n: int, rng: np.random.Generator
) -> pd.DataFrame:
    types = pick(rng, settings.leads.types, n)
    n_firms = buildings["n_firms"].to_numpy()
    places = rng.choice(len(buildings), size=n, p=n_firms / n_firms.sum())
    days = rng.integers(0, YEAR_DAYS, n).astype(float)
    den_of: list[str | None] = [None] * n
    ids = buildings["building_id"].to_numpy()
    at = {building_id: place for place, building_id in enumerate(ids)}
    first, last = _open_days(settings, dens)
    magnets = _magnets(settings, buildings, dens, rng)
    hit_shares = dict(settings.leads.hit_shares)
    for k, lead_type in enumerate(types):
        draw, day_draw = rng.random(2)
        able = np.where((dens["lead_type"] == lead_type) | (lead_type in ANY_DEN), last - first, 0.0)
        if draw < hit_shares[lead_type] and able.sum() > 0:
            # Every open den produces leads at the same rate.
            den = int(rng.choice(len(dens), p=able / able.sum()))
            den_of[k], places[k] = str(dens["den_id"][den]), at[dens["building_id"][den]]
            days[k] = np.floor(first[den] + day_draw * (last[den] - first[den]))
        elif lead_type == "tip" and len(magnets) and rng.random() < settings.leads.magnet_share:
            places[k] = rng.choice(magnets)
    clock_s = np.clip(rng.normal(14.5, 3.5, n), 0.0, 23.9) * 3_600
    columns = {"lead_type": types, "den_id": den_of, "true_building_id": ids[places], "at_s": days * DAY_S + clock_s}
    return pd.DataFrame(columns)


def _open_days(settings: SyntheticCitySettings, dens: pd.DataFrame) -> tuple[Float64s, Float64s]:
    """Return (first open day, day after the last) of each den, in days from the start of the year."""
    start = pd.Timestamp(settings.day) - pd.Timedelta(days=YEAR_DAYS)
    first = (dens["opened_on"] - start).dt.days
    last = (dens["closed_on"].fillna(pd.Timestamp(settings.day)) - start).dt.days
    return np.maximum(np.asarray(first, dtype=float), 0.0), np.asarray(last, dtype=float)


def _magnets(
    settings: SyntheticCitySettings, buildings: gpd.GeoDataFrame, dens: pd.DataFrame, rng: np.random.Generator
) -> Int64s:
    """Draw row numbers of large, well-known buildings without a den in the year, which attract false leads."""
    chances = np.where(buildings["building_id"].isin(dens["building_id"]), 0.0, buildings["floor_area_m2"])
    n = min(settings.leads.n_magnets, int((chances > 0).sum()))
    return rng.choice(len(buildings), size=n, replace=False, p=chances / chances.sum()) if n else np.empty(0, np.int64)


def make_discovered(
    settings: SyntheticCitySettings,
    buildings: gpd.GeoDataFrame,
    homes: pd.DataFrame,
    dens: pd.DataFrame,
    history: pd.DataFrame,
) -> pd.DataFrame:
    """
    Return leads discovered during visits with outcome `find` or `irregular`, with the columns of `make_reported`.

    `homes`: true location of each firm; `dens`, `history`: as `make_dens` and `make_history` return them.
    """
    rng = stream(settings.seed, "discovered leads")
    visits = history[history["outcome"].isin(["find", "irregular"])]
    n = round(settings.n_leads * settings.leads.discovered_share) if len(visits) else 0
    chosen = visits.iloc[rng.integers(0, max(len(visits), 1), n)].reset_index(drop=True)
    type_of = dict(zip(dens["den_id"], dens["lead_type"], strict=True))
    other = pick(rng, settings.leads.types, n)
    delay = pd.to_timedelta(rng.integers(600, 6 * 3_600, n), unit="s")
    leads = pd.DataFrame(
        {
            # Above the numbers of all reported events.
            "event": np.arange(n) + settings.n_leads,
            "lead_type": [
                type_of.get(den_id, lead_type) for den_id, lead_type in zip(chosen["den_id"], other, strict=True)
            ],
            "den_id": chosen["den_id"],
            "true_building_id": chosen["building_id"],
            "received_at": chosen["visited_on"] + delay,
            "lead_source": "discovered",
        }
    )
    leads["front"] = fronts_of(leads["den_id"], dens)
    return with_places(settings, leads, buildings, homes, rng)


def numbered(settings: SyntheticCitySettings, parts: list[pd.DataFrame]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Return the table of leads in order of receipt, and a table `lead_id`, `den_id` of leads caused by dens.

    `parts`: tables of `make_reported` and `make_discovered`, which stay unchanged. The returned leads have new lead
    ids, event ids and due times.
    """
    rng = stream(settings.seed, "lead numbers")
    leads = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    leads = leads.sort_values(["received_at", "event"], kind="stable", ignore_index=True)
    leads.insert(0, "lead_id", [f"L{k:04d}" for k in range(1, len(leads) + 1)])
    number = pd.factorize(leads["event"])[0] + 1
    untied = rng.random(len(leads)) < settings.leads.no_event_id_share
    leads["event_id"] = [None if u else f"E{k:04d}" for k, u in zip(number, untied, strict=True)]
    leads["due_at"] = due_times(settings, leads)
    truth = leads.loc[leads["den_id"].notna(), ["lead_id", "den_id"]].reset_index(drop=True)
    return leads[list(LEADS.columns)], truth


def due_times(settings: SyntheticCitySettings, leads: pd.DataFrame) -> pd.Series[pd.Timestamp]:
    """
    Return the due time of each lead, a number of working days after receipt, at the same time of day.

    For an urgent type it is `urgent_hours` after receipt.
    """
    received = leads["received_at"]
    local = received.dt.tz_localize(None)
    days = np.busday_offset(local.to_numpy().astype("datetime64[D]"), settings.leads.due_working_days, roll="backward")
    later = pd.Series(pd.to_datetime(days), index=leads.index) + (local - local.dt.floor("D"))
    urgent = received + pd.Timedelta(hours=settings.leads.urgent_hours)
    is_urgent = leads["lead_type"].isin(settings.leads.urgent_types)
    due: pd.Series[pd.Timestamp] = later.dt.tz_localize(TIMEZONE).where(~is_urgent, urgent).dt.as_unit("us")
    return due


COLUMNS = ("address", "building_id", "uscc", "lon", "lat")


def with_places(
    settings: SyntheticCitySettings,
    leads: pd.DataFrame,
    buildings: gpd.GeoDataFrame,
    homes: pd.DataFrame,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """
    Return the leads with the location that each states, in `COLUMNS`; column `front` (uscc of a den's firm) is dropped.

    The precision of the stated location (room, building, point, none) is drawn from `LeadSettings.precisions`; the true
    building is `true_building_id`. `homes`: true location of each firm, as `make_firms` returns it.
    """
    rows = homes.groupby("building_id").indices
    by_id = buildings.set_index("building_id")
    precisions = pick(rng, settings.leads.precisions, len(leads))
    row_of = {code: row for row, code in enumerate(homes["uscc"])}
    places = []
    for true_id, front, precision in zip(leads["true_building_id"], leads["front"], precisions, strict=True):
        any_row = int(rng.choice(rows[true_id]))
        is_named = bool(pd.notna(front))
        registered = homes.iloc[row_of[front] if is_named else any_row]
        # A lead on a den without a registered firm names no firm; a noise lead names any firm of the building.
        has_uscc = is_named or bool(rng.random() < settings.dens.registered_share)
        places.append(_stated_location(settings, by_id.loc[true_id], registered, has_uscc, precision, rng))
    columns = pd.DataFrame(places, columns=list(COLUMNS), index=leads.index)
    return leads.drop(columns="front").join(columns)


def _stated_location(
    settings: SyntheticCitySettings,
    building: pd.Series[Any],
    registered: pd.Series[Any],
    has_uscc: bool,
    precision: str,
    rng: np.random.Generator,
) -> tuple[object, ...]:
    """
    Return (address, building id, uscc, lon, lat) that one lead states, None for each part that it lacks.

    `building`, `registered`: true building and firm; `has_uscc`: whether the lead may state the firm's code.
    `precision`: `unit`, `building`, `near` (point within 40 m), `far` (point at about 200 m) or `none`.
    """
    is_tabled = bool(rng.random() < 0.5)
    district = next(d.name for d in settings.districts if d.code == building["division_code"])
    street = f"{district}{building['street_name']}"
    door = f"{street}{building['house_number']}号{building['building_name']}"
    if precision == "unit":
        code = registered["uscc"] if has_uscc else None
        if is_tabled and code is not None:
            return None, building.name, code, None, None
        return f"{door}{registered['unit']}室", None, code, None, None
    if precision == "building":
        return (None, building.name, None, None, None) if is_tabled else (door, None, None, None, None)
    if precision == "none":
        return (f"{street}附近" if is_tabled else None), None, None, None, None
    low_m, high_m = (0.0, 40.0) if precision == "near" else (150.0, 250.0)
    distance_m, bearing = rng.uniform(low_m, high_m), rng.uniform(0.0, 2 * np.pi)
    # Degrees per metre at 36.66 degrees north.
    lon = building["lon"] + 1.118e-5 * distance_m * np.sin(bearing)
    lat = building["lat"] + 9.01e-6 * distance_m * np.cos(bearing)
    return None, None, None, round(float(lon), DECIMALS), round(float(lat), DECIMALS)
