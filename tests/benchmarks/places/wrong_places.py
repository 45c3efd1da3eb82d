"""
How many of the points that were moved are told, in random tables of made-up cities: run it with `-m`.

A hundred tables of buildings, firms or leads, of which 1 to 10 % have their point in another city, another district or
another datum. Buildings are points with addresses; a third of the firms has a building and a point of its own, some
30 m off; two of three cities have a file of streets. A moved row is told if a warning or the quarantine names its row.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from geodata.datum.convert import from_wgs84
from geodata.datum.datum_names import BD09, GCJ02
from sweep.inputs.load_inputs import load_inputs
from sweep.inputs.matched_inputs import Inputs
from sweep.made_up.generate_city import SyntheticCity, generate_city
from sweep.made_up.settings.city import SyntheticCitySettings
from sweep.made_up.write_city import write_pbf, write_tables
from sweep.scenario.input_settings import Data
from sweep.scenario.scenario import Scenario

DAY = date(2026, 9, 16)
N_TABLES = 100
TABLES, KINDS = ("buildings", "firms", "leads"), ("city", "district", "datum")
# Middles of other cities, as geocoders pick them for an address without its city.
CITIES = ((121.47, 31.23), (113.26, 23.13), (104.07, 30.66), (126.53, 45.80), (117.20, 39.13), (118.79, 32.06))
TOLD = re.compile(r"G3(?:09|14|15|16|17|18)")


def main(n_tables: int = N_TABLES) -> None:
    """Print how many were told, by table and kind; the last rows are buildings whose firms have no points."""
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    start = time.perf_counter()
    for seed in range(n_tables):
        table, kind = TABLES[seed % 3], KINDS[(seed // 3) % 3]
        counts[table, kind].update(measure(seed, table, kind))
    alone: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for seed in range(0, n_tables, 3):
        kind = KINDS[(seed // 3) % 3]
        alone["alone", kind].update(measure(seed, "buildings", kind, witnesses=0.0))
    print(f"{'table':10} {'kind':9} {'moved':>7} {'told':>7} {'others':>8} {'told':>6}")
    for (table, kind), n in [
        *sorted(counts.items()),
        (("all", ""), sum(counts.values(), Counter())),
        *sorted(alone.items()),
    ]:
        print(f"{table:10} {kind:9} {n['moved']:7} {n['told']:7} {n['others']:8} {n['falsely']:6}")
    print(f"{time.perf_counter() - start:.0f} s")


def measure(seed: int, table: str, kind: str, witnesses: float = 0.33) -> Counter[str]:
    """
    One table of one city: rows moved, told of these, others, and told of these.

    `witnesses` is the share of the firms with a point of their own; none of the leads has one where it is 0.
    """
    chance = np.random.default_rng(seed)
    city = generate_city(
        SyntheticCitySettings(seed=seed, day=DAY, n_buildings=int(chance.integers(60, 200)), n_leads=400)
    )
    tables = with_points(city, chance, witnesses)
    share = chance.uniform(0.01, 0.10)
    has_point = np.flatnonzero(tables[table]["lon"].notna() & tables[table]["is_named"])
    moved = chance.choice(has_point, max(1, round(share * len(has_point))), replace=False)
    tables[table] = displaced(tables[table], moved, kind, city, chance)
    with tempfile.TemporaryDirectory() as folder:
        inputs = loaded(Path(folder), city, tables, has_streets=seed % 3 != 0 or table == "buildings")
    # A header, and rows counted from 1.
    rows = told_rows(inputs, f"{table}.csv")
    wanted = set((moved + 2).tolist())
    others = set((has_point + 2).tolist()) - wanted
    return Counter(moved=len(wanted), told=len(wanted & rows), others=len(others), falsely=len(others & rows))


def with_points(city: SyntheticCity, chance: np.random.Generator, witnesses: float) -> dict[str, pd.DataFrame]:
    """The city's tables with points as geocoders give them; `is_named`: the row says itself where it is."""
    buildings = pd.DataFrame(city.buildings.drop(columns=["geometry", "street_name", "house_number"]))
    at = buildings.set_index("building_id")[["lon", "lat"]]
    firms, leads = city.firms.copy(), city.leads.copy()
    tables = {"buildings": buildings.assign(is_named=True)}
    for name, frame, share in (("firms", firms, witnesses), ("leads", leads, float(witnesses > 0))):
        is_known = frame["building_id"].notna() & (chance.random(len(frame)) < share)
        xy = at.loc[frame.loc[is_known, "building_id"]].to_numpy()
        frame.loc[is_known, ["lon", "lat"]] = xy
        tables[name] = frame.assign(is_named=is_known)
    for name, noise_m in (("buildings", 15.0), ("firms", 30.0), ("leads", 40.0)):
        tables[name][["lon", "lat"]] += chance.normal(0, noise_m / 1e5, (len(tables[name]), 2))
    return tables


def displaced(
    table: pd.DataFrame, moved: np.ndarray, kind: str, city: SyntheticCity, chance: np.random.Generator
) -> pd.DataFrame:
    """The table with some of its points in another city, district or datum."""
    lonlat = table[["lon", "lat"]].to_numpy(dtype=np.float64, copy=True)
    if kind == "datum":
        lonlat[moved] = np.column_stack(from_wgs84(*lonlat[moved].T, (GCJ02, BD09)[int(chance.integers(2))]))
    elif kind == "city":
        middles = np.array(CITIES)[chance.integers(len(CITIES), size=len(moved))]
        lonlat[moved] = middles + chance.normal(0, 0.03, (len(moved), 2))
    else:
        places = city.buildings[["lon", "lat", "division_code"]]
        own = own_districts(table, city).to_numpy()[moved]
        for row, code in zip(moved, own, strict=True):
            others = places[places["division_code"].ne(code)]
            place = others[["lon", "lat"]].sample(1, random_state=int(row)).to_numpy()[0]
            lonlat[row] = place + chance.normal(0, 1e-3, 2)
    return table.assign(lon=lonlat[:, 0], lat=lonlat[:, 1])


def own_districts(table: pd.DataFrame, city: SyntheticCity) -> pd.Series:
    """Division code of the building of each row."""
    return table["building_id"].map(city.buildings.set_index("building_id")["division_code"])


def loaded(folder: Path, city: SyntheticCity, tables: dict[str, pd.DataFrame], *, has_streets: bool) -> Inputs:
    """The city read from files as a user's would be."""
    files = {f"{name}.csv": table.drop(columns="is_named") for name, table in tables.items()}
    files |= {"roster.csv": city.roster, "bases.csv": city.bases}
    write_tables(files, folder, "utf-8")
    if has_streets:
        write_pbf(city, folder / "city.osm.pbf")
    data = Data(buildings="buildings.csv", streets="city.osm.pbf" if has_streets else None)
    return load_inputs(Scenario(name="moved", day=DAY, data=data, folder=folder))


def told_rows(inputs: Inputs, file: str) -> set[int]:
    """Rows of a file that a warning or the quarantine names for their place."""
    wheres = [i.where for i in inputs.warnings if TOLD.fullmatch(i.code)]
    wheres += list(inputs.quarantine["where"][inputs.quarantine["code"].eq("G309")])
    found = (re.fullmatch(rf"{re.escape(file)} row (\d+)", where) for where in wheres)
    return {int(match[1]) for match in found if match}


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
