"""Synthetic tables (firms, leads, roster, history) for a new scenario, on a map's buildings or for a whole city."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.clean.buildings import clean_buildings
from geodata.clean.districts import clean_districts
from geodata.datum.datum_names import WGS84
from geodata.read.read_table import read_table, sha256_of
from sweep.inputs.osm_map import raw_osm_table
from sweep.inputs.scenario_from_map import MapContent
from sweep.made_up.generate_city import generate_city
from sweep.made_up.gis_layers import write_layers
from sweep.made_up.populate_real_buildings import populate, with_doors
from sweep.made_up.settings.city import SyntheticCitySettings
from sweep.made_up.settings.places import District
from sweep.made_up.write_city import write_tables
from sweep.scenario.scenario import Scenario

TABLES = ("firms", "leads", "roster", "bases", "history")
# Files of a whole city that replace a map, by their keys of [data].
CITY_GROUND = MappingProxyType(
    {"buildings": "buildings.gpkg", "streets": "streets.gpkg", "districts": "districts.gpkg"}
)


def make_up_tables(scenario: Scenario, found: MapContent) -> dict[str, str]:
    """
    Replace the empty tables of a new scenario by synthetic ones for the map's buildings; return file names by table.

    If the district of a building is unknown, or there are fewer than four buildings, nothing is written and the result
    is empty.
    """
    buildings = _buildings(scenario, found)
    # Too few to try a plan.
    if buildings is None or len(buildings) < 4:
        return {}
    districts = tuple(
        District(str(code), found.division_names.get(str(code), "示例区"), 0.0, 0.0, float(n), 1)
        for code, n in buildings["division_code"].value_counts(sort=False).items()
    )
    settings = SyntheticCitySettings(
        seed=scenario.seed,
        day=scenario.day,
        districts=districts,
        # As many for each building as in the synthetic city.
        n_leads=round(len(buildings) * 600 / 290),
        n_dens=max(1, round(len(buildings) * 40 / 290)),
    )
    bases = _bases(buildings, [d.code for d in districts])
    made = populate(settings, with_doors(buildings, found.streets), bases)
    tables = dict(zip(TABLES, (made.firms, made.leads, _known_recusals(made.roster), bases, made.history), strict=True))
    return _written(scenario.folder, tables)


def make_up_city(scenario: Scenario) -> dict[str, str]:
    """
    Write the tables of the synthetic city over the empty ones in a new scenario's folder; return file names by table.

    Parameters
    ----------
    scenario
        New scenario, whose [data] names the map files `CITY_GROUND`: buildings, streets and districts. Its seed and day
        determine the city.
    """
    settings = SyntheticCitySettings(seed=scenario.seed, day=scenario.day)
    city = generate_city(settings)
    write_layers(settings, city, scenario.folder)
    ground = {"street_lines" if key == "streets" else key: file for key, file in CITY_GROUND.items()}
    return ground | _written(scenario.folder, {name: getattr(city, name) for name in ("building_files", *TABLES)})


def _written(folder: Path, tables: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    files = {name: f"{name}.csv" for name in tables}
    write_tables({files[name]: table for name, table in tables.items()}, folder, "utf-8-sig")
    return files


def _buildings(scenario: Scenario, found: MapContent) -> gpd.GeoDataFrame | None:
    """Return the clean buildings of the map; None if one of them is in no known district."""
    folder, data = scenario.folder, scenario.data
    files = read_table(folder / str(data.building_files), "building_files")
    districts = None
    if data.districts:
        cleaned = clean_districts(read_table(folder / data.districts, "districts"), None)
        districts = gpd.GeoDataFrame(cleaned.table)
    raw = raw_osm_table(folder / data.label("buildings"), found.buildings)
    done = clean_buildings(raw, files, WGS84, districts, data.division_code)
    return None if done.issues else gpd.GeoDataFrame(done.table)


def _bases(buildings: gpd.GeoDataFrame, codes: list[str]) -> pd.DataFrame:
    """Return a table of bases: a police station and a market-regulation office amid each district's buildings."""
    rows: list[tuple[str, str, str, float, float]] = []
    for code in codes:
        own = buildings[buildings["division_code"].eq(code)]
        lon, lat = own["lon"].to_numpy(), own["lat"].to_numpy()
        by_middle = np.argsort(np.hypot(lon - np.median(lon), lat - np.median(lat)), kind="stable")
        for name, k in (("示例派出所", 0), ("示例市场监督管理所", 1)):
            at = by_middle[min(k, len(own) - 1)]
            rows.append((f"S{len(rows) + 1:02d}", name, code, float(lon[at]), float(lat[at])))
    return pd.DataFrame(rows, columns=["base_id", "base_name", "division_code", "lon", "lat"])


def _known_recusals(roster: pd.DataFrame) -> pd.DataFrame:
    """Return the roster without recusals from property companies, which a real map does not name."""

    def known(recusals: object) -> str | None:
        kept = [r for r in recusals.split(";") if not r.startswith("PC")] if isinstance(recusals, str) else []
        return ";".join(kept) or None

    return roster.assign(recusals=pd.Series([known(r) for r in roster["recusals"]], index=roster.index, dtype="object"))


def toml_section(folder: Path, made: Mapping[str, str]) -> str:
    """Return the section of scenario.toml that marks tables as synthetic by SHA-256; `made`: file names by table."""
    lines = [f'{table} = "{sha256_of(folder / file)}"' for table, file in made.items()]
    return "\n".join(["[data.made_up]", *lines, ""])
