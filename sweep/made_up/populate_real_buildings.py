"""Synthetic house numbers, firms, dens, leads, visits and staff for the real buildings of a map."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.array_types import Int64s
from geodata.datum.convert import metre_crs
from geodata.match.address import parse_address
from geodata.schema import BUILDING_FILES, HISTORY
from sweep.made_up.events.bases_and_roster import make_roster
from sweep.made_up.events.dens import make_dens
from sweep.made_up.events.leads import make_discovered, make_reported, numbered
from sweep.made_up.events.past_visits import make_history
from sweep.made_up.places.firms import make_firms
from sweep.made_up.random_streams import stream
from sweep.made_up.settings.city import SyntheticCitySettings


@dataclass(frozen=True, slots=True)
class PopulatedMap:
    """Synthetic tables of a scenario on real buildings; columns as in `geodata.schema`."""

    building_files: pd.DataFrame
    firms: pd.DataFrame
    leads: pd.DataFrame
    roster: pd.DataFrame
    history: pd.DataFrame


def populate(settings: SyntheticCitySettings, buildings: gpd.GeoDataFrame, bases: pd.DataFrame) -> PopulatedMap:
    """
    Return synthetic tables for the given buildings; equal inputs give equal tables.

    Parameters
    ----------
    settings
        Seed, day, sizes, and the districts of the buildings. Settings of streets and buildings are not used.
    buildings
        `geodata.schema.BUILDINGS`, with `street_name` and `house_number`, each in one of the districts. Not changed.
    bases
        `geodata.schema.BASES`: a police station and a market-regulation office for each district, in that order.

    Raises
    ------
    ValueError
        If a building lies in none of the districts.
    """
    strange = set(buildings["division_code"]) - {d.code for d in settings.districts}
    if strange:
        raise ValueError(f"buildings must be in the settings' districts, got {sorted(strange)}")
    stock = _with_random_firms(settings, buildings)
    firms, homes = make_firms(settings, stock)
    dens = make_dens(settings, stock, homes)
    reported = make_reported(settings, stock, homes, dens)
    history = make_history(settings, stock, firms, homes, dens, reported)
    leads, _ = numbered(settings, [reported, make_discovered(settings, stock, homes, dens, history)])
    return PopulatedMap(
        building_files=pd.DataFrame(stock[list(BUILDING_FILES.columns)]),
        firms=firms,
        leads=leads,
        roster=make_roster(settings, stock, firms, bases),
        history=history.assign(ground=None, officers=None, severity=None)[list(HISTORY.columns)],
    )


def _with_random_firms(settings: SyntheticCitySettings, buildings: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    plan, rng = settings.buildings, stream(settings.seed, "buildings on the ground")
    n, rho = len(buildings), plan.area_firms_correlation
    size = np.log(buildings["floor_area_m2"].to_numpy(dtype=np.float64))
    spread = float(size.std())
    z_area = (size - size.mean()) / spread if spread > 0 else np.zeros(n)
    z_firms = rho * z_area + np.sqrt(1.0 - rho**2) * rng.standard_normal(n)
    n_firms = np.clip(np.round(plan.firms_median * np.exp(plan.firms_sigma * z_firms)), *plan.n_firms).astype(int)
    n_companies = max(1, round(n * plan.property_companies_per_building))
    companies = [f"PC{k + 1:03d}" for k in rng.integers(0, n_companies, n)]
    n_exits = np.clip(plan.n_exits[0] + rng.poisson(0.3 + n_firms / 50.0), *plan.n_exits)
    crs = metre_crs(buildings["lon"].to_numpy(), buildings["lat"].to_numpy())
    middle = buildings.geometry.to_crs(crs).centroid
    # Buildings of one 400 m square share the factor of their quarter.
    squares = np.floor(np.column_stack([middle.x, middle.y]) / 400.0).astype(np.int64)
    quarters: Int64s = np.unique(squares, axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64)
    return gpd.GeoDataFrame(
        buildings.assign(
            n_firms=n_firms, area=quarters, property_company_id=companies, landlord_id=None, n_exits=n_exits
        )
    )


_NO_STREET = "无名路"


def with_doors(buildings: gpd.GeoDataFrame, streets: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame:
    """
    Return the buildings with `street_name` and `house_number`; a missing building name becomes empty text.

    Both are read from `address`. Missing ones are made up: the nearest named street, and a number by the position along
    it. Without named streets, or without `streets`, one street name serves all buildings.
    """
    made_names, made_numbers = _along(buildings, streets)
    own = [parse_address(text) if isinstance(text, str) else None for text in buildings["address"]]
    names = [a.street if a and a.street else made for a, made in zip(own, made_names, strict=True)]
    numbers = [(a.number or "").rstrip("号") if a else "" for a in own]
    return gpd.GeoDataFrame(
        buildings.assign(
            building_name=buildings["building_name"].fillna(""),
            street_name=names,
            house_number=[number or made for number, made in zip(numbers, made_numbers, strict=True)],
        )
    )


def _along(buildings: gpd.GeoDataFrame, streets: gpd.GeoDataFrame | None) -> tuple[list[str], list[str]]:
    named = None if streets is None else streets[streets["street_name"].notna()]
    if named is None or named.empty:
        return [_NO_STREET] * len(buildings), [str(n) for n in range(1, len(buildings) + 1)]
    lines = np.asarray(named.geometry.values)
    nearest = shapely.STRtree(lines).nearest(np.asarray(buildings.geometry.values))
    along = shapely.line_locate_point(lines[nearest], np.asarray(buildings.representative_point().values))
    # One number for each ten metres: 1e-4 degrees are 9 to 11 m.
    numbers = np.round(along * 1e4).astype(int) + 1
    return list(named["street_name"].iloc[nearest]), [str(n) for n in numbers]
