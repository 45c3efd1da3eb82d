"""Location that a lead states: a unit, a building, a point near or far, or nothing that can be matched."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from sweep.made_up.places.city_projection import DECIMALS
from sweep.made_up.random_streams import pick
from sweep.made_up.settings.city import SyntheticCitySettings

NEAR_M = (0.0, 40.0)
FAR_M = (150.0, 250.0)
COLUMNS = ("address", "building_id", "uscc", "lon", "lat")


def with_places(
    settings: SyntheticCitySettings,
    leads: pd.DataFrame,
    buildings: gpd.GeoDataFrame,
    homes: pd.DataFrame,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return the leads with `COLUMNS`, the location as stated; column `front` (a den's registered firm) is dropped."""
    rows = homes.groupby("building_id").indices
    by_id = buildings.set_index("building_id")
    precisions = pick(rng, settings.leads.precisions, len(leads))
    row_of = {code: row for row, code in enumerate(homes["uscc"])}
    places = []
    for true_id, front, precision in zip(leads["true_building_id"], leads["front"], precisions, strict=True):
        any_row = int(rng.choice(rows[true_id]))
        is_named = bool(pd.notna(front))
        room = homes.iloc[row_of[front] if is_named else any_row]
        # A lead on a den without a registered firm names no firm; a noise lead names any firm of the building.
        has_uscc = is_named or bool(rng.random() < settings.dens.registered_share)
        places.append(_place(settings, by_id.loc[true_id], room, has_uscc, precision, rng))
    columns = pd.DataFrame(places, columns=list(COLUMNS), index=leads.index)
    return leads.drop(columns="front").join(columns)


def _place(
    settings: SyntheticCitySettings,
    building: pd.Series[Any],
    room: pd.Series[Any],
    has_uscc: bool,
    precision: str,
    rng: np.random.Generator,
) -> tuple[object, ...]:
    """Return address, building id, uscc, lon and lat that one lead states, None for each part that it lacks."""
    is_tabled = bool(rng.random() < 0.5)
    district = next(d.name for d in settings.districts if d.code == building["division_code"])
    street = f"{district}{building['street_name']}"
    door = f"{street}{building['house_number']}号{building['building_name']}"
    if precision == "unit":
        code = room["uscc"] if has_uscc else None
        if is_tabled and code is not None:
            return None, building.name, code, None, None
        return f"{door}{room['unit']}室", None, code, None, None
    if precision == "building":
        return (None, building.name, None, None, None) if is_tabled else (door, None, None, None, None)
    if precision == "none":
        return (f"{street}附近" if is_tabled else None), None, None, None, None
    low_m, high_m = NEAR_M if precision == "near" else FAR_M
    distance_m, bearing = rng.uniform(low_m, high_m), rng.uniform(0.0, 2 * np.pi)
    # Degrees per metre at 36.66 degrees north.
    lon = building["lon"] + 1.118e-5 * distance_m * np.sin(bearing)
    lat = building["lat"] + 9.01e-6 * distance_m * np.cos(bearing)
    return None, None, None, round(float(lon), DECIMALS), round(float(lat), DECIMALS)
