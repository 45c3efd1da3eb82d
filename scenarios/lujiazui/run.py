"""
A sweep on real ground: plans the towers on both banks of the Huangpu with made-up firms, leads and people.

`uv run python scenarios/lujiazui/run.py [FOLDER]`; FOLDER holds `buildings.geojson` and `roads.geojson`, an export of
OpenStreetMap (ODbL) round 121.50 E, 31.24 N. The scenario is laid in out/scenarios/lujiazui, for `sweep run` to plan
again, and the edition in out/lujiazui. The two outlines of districts are drawn by hand along the river, to show how a
building gets its district; they are not the official ones.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geodata.clean.buildings import clean_buildings
from geodata.clean.districts import clean_districts
from geodata.clean.streets_and_water import clean_street_lines
from geodata.datum.datum_names import WGS84
from geodata.message_catalogue import load_texts
from geodata.read.read_table import read_table
from sweep.cli.run import report_outcome
from sweep.inputs.osm_map import osm_table
from sweep.jobs.run_scenario import run
from sweep.made_up.populate_real_buildings import PopulatedMap, populate, with_doors
from sweep.made_up.settings.city import SyntheticCitySettings
from sweep.made_up.settings.places import District
from sweep.made_up.write_city import write_tables
from sweep.scenario.load_scenario import FILE_NAME, load_scenario
from sweep.terminal.output import Output
from sweep.terminal.progress import run_progress

HERE = Path(__file__).parent
BUND = HERE.parents[2] / "shared" / "data" / "geo" / "osm-cn-shanghai-bund"
TARGET = Path("out") / "scenarios" / "lujiazui"

# The middle of the river, from south to north-east, and the corners of the map on either side.
RIVER = (
    (121.5020, 31.2200),
    (121.5008, 31.2264),
    (121.4985, 31.2300),
    (121.4945, 31.2350),
    (121.4918, 31.2390),
    (121.4918, 31.2428),
    (121.4950, 31.2458),
    (121.5010, 31.2470),
    (121.5100, 31.2485),
    (121.5300, 31.2540),
)
WEST_BANK = ((121.5300, 31.2600), (121.4700, 31.2600), (121.4700, 31.2200))
EAST_BANK = ((121.5300, 31.2200),)
DISTRICTS = (
    District("310115", "浦东新区", 0.0, 0.0, 60.0, 1),
    District("310101", "黄浦区", 0.0, 0.0, 40.0, 1),
)
BASES = (
    ("S01", "东岸派出所", "310115", 121.5100, 31.2350),
    ("S02", "东岸市场监督管理所", "310115", 121.5150, 31.2400),
    ("S03", "西岸派出所", "310101", 121.4880, 31.2340),
    ("S04", "西岸市场监督管理所", "310101", 121.4860, 31.2420),
)


def lay_scenario(source: Path, target: Path) -> Path:
    """The scenario's folder, with the map's files and the tables made up on them; what was there before is replaced."""
    missing = [name for name in ("buildings.geojson", "roads.geojson") if not (source / name).is_file()]
    if missing:
        sys.exit(f"{source} lacks {' and '.join(missing)}: name the folder that holds them.")
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    shutil.copyfile(HERE / "settings.toml", target / FILE_NAME)
    shutil.copyfile(source / "buildings.geojson", target / "buildings.geojson")
    shutil.copyfile(source / "roads.geojson", target / "streets.geojson")
    (target / "districts.geojson").write_text(json.dumps(outlines(), ensure_ascii=False), encoding="utf-8")
    scenario = load_scenario(target)
    bases = pd.DataFrame(BASES, columns=["base_id", "base_name", "division_code", "lon", "lat"])
    people = {"n_police": 60, "n_market_regulation": 24, "n_auxiliary": 20}
    city = SyntheticCitySettings(
        seed=scenario.seed, day=scenario.day, districts=DISTRICTS, n_dens=40, n_leads=600, **people
    )
    write_tables(tables(populate(city, located(target), bases), bases), target)
    return target


def outlines() -> dict[str, object]:
    """The two districts as GeoJSON."""
    rings = ([*RIVER, *EAST_BANK, RIVER[0]], [*RIVER, *WEST_BANK, RIVER[0]])
    features = [
        {
            "type": "Feature",
            "properties": {"division_code": district.code, "division_name": district.name},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
        for district, ring in zip(DISTRICTS, rings, strict=True)
    ]
    return {"type": "FeatureCollection", "features": features}


def located(folder: Path) -> gpd.GeoDataFrame:
    """The office buildings, each with a street and a number."""
    districts = gpd.GeoDataFrame(clean_districts(read_table(folder / "districts.geojson", "districts"), None).table)
    buildings = clean_buildings(osm_table(folder / "buildings.geojson"), None, WGS84, districts).table
    lines = clean_street_lines(read_table(folder / "streets.geojson", "street_lines"), WGS84).table
    return with_doors(gpd.GeoDataFrame(buildings), gpd.GeoDataFrame(lines))


def tables(made: PopulatedMap, bases: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """File by file."""
    return {
        "building_files.csv": made.building_files,
        "firms.csv": made.firms,
        "leads.csv": made.leads,
        "roster.csv": made.roster,
        "bases.csv": bases,
        "history.csv": made.history,
    }


def main(source: Path) -> None:
    """Lay the scenario, plan it and print what was made; the exit code is that of `sweep run`."""
    folder = lay_scenario(source, TARGET)
    scenario = load_scenario(folder)
    voice = Output(load_texts(scenario.lang))
    with run_progress(voice) as watch:
        outcome = run(scenario, Path("out"), watch)
    sys.exit(report_outcome(voice, outcome))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else BUND)
