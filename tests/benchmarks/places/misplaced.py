"""
How many buildings that were moved inside their city are reported, and how many of the others, on real streets.

`uv run python -m tests.benchmarks.places.misplaced [looked-at|held] [n_tables]`.
Each table has 1 to 10 % of its buildings 1 to 10 km off, in any direction, or in another datum. It comes with nothing
besides (`bare`), with a point for one of 14 firms as Xuhui's (`few`) or for one of three (`points`), or with the map's
streets (`streets`). Firms have 15 m of scatter and name their building, five firms a building.
"""

from __future__ import annotations

import sys
import time
from collections import Counter, defaultdict

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.datum.convert import from_wgs84
from geodata.datum.datum_names import BD09, GCJ02
from geodata.match.location_contradictions import MatchedFile, check_places
from geodata.match.match_rows import match_firms
from geodata.schema import BUILDINGS, CRS, FIRMS
from tests.benchmarks.places.layouts import HELD, LOOKED_AT, NO_STREETS

N_TABLES = 100
EVIDENCE = {"bare": 0.0, "few": 1 / 14, "points": 1 / 3, "streets": 0.0}
"""Share of the firms with a point."""
KINDS = ("metres", "datum")
N_FIRMS = 5
OF_BUILDINGS = ("G314", "G315", "G316", "G323", "G325")
ROWS = pd.Series(range(1_000_000))


def main(which: str = "looked-at", n_tables: int = N_TABLES) -> None:
    """Print how many were reported, by layout, evidence and kind of move."""
    layouts = LOOKED_AT if which == "looked-at" else HELD
    counts: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    names = list(layouts)
    for seed in range(n_tables):
        name, evidence = names[seed % len(names)], list(EVIDENCE)[seed // len(names) % len(EVIDENCE)]
        kind = KINDS[seed // (len(names) * len(EVIDENCE)) % len(KINDS)]
        counts[name, evidence, kind].update(measure(seed, name, evidence, kind))
    total: Counter[str] = sum(counts.values(), Counter())
    for key, n in [*sorted(counts.items()), *_sums(counts), (("all", "", ""), total)]:
        share, falsely = n["reported"] / n["moved"], n["falsely"] / n["others"]
        print(
            f"{' '.join(key):24} moved {n['moved']:5} reported {n['reported']:5} {share:5.1%}   "
            f"others {n['others']:6} {n['falsely']:4} {falsely:5.2%}   unchecked {n['unchecked']:5}"
        )


def _sums(counts: dict[tuple[str, str, str], Counter[str]]) -> list[tuple[tuple[str, str, str], Counter[str]]]:
    sums: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for key, n in counts.items():
        for part in key:
            sums["all", part, ""].update(n)
    return sorted(sums.items())


def measure(seed: int, name: str, evidence: str, kind: str) -> Counter[str]:
    """One table of one layout: buildings moved, reported of these, others, reported of these, and left unchecked."""
    chance = np.random.default_rng(seed)
    places, streets = {**LOOKED_AT, **HELD}[name](chance)
    moved = chance.choice(len(places), max(1, round(chance.uniform(0.01, 0.10) * len(places))), replace=False)
    table = building_table(displaced(places, moved, kind, chance))
    firms = _firms(places, table, EVIDENCE[evidence], chance)
    found = match_firms(firms, table, 60.0)
    named = MatchedFile("firms", ROWS, firms, found.table)
    map_streets = streets if evidence == "streets" else NO_STREETS
    issues = check_places(table, ("buildings", ROWS), (named,), map_streets, found.gazetteer)
    rows = {int(issue.where.split()[-1]) for issue in issues if issue.code in OF_BUILDINGS}
    unchecked = sum(int(str(issue.values["n"])) for issue in issues if issue.code == "G324")
    hit = len(rows & set(moved.tolist()))
    n = len(places) - len(moved)
    return Counter(moved=len(moved), reported=hit, others=n, falsely=len(rows) - hit, unchecked=unchecked)


def displaced(places: pd.DataFrame, moved: np.ndarray, kind: str, chance: np.random.Generator) -> pd.DataFrame:
    """The buildings with some of their points 1 to 10 km off, or in another datum."""
    lonlat = places[["lon", "lat"]].to_numpy(dtype=np.float64, copy=True)
    if kind == "datum":
        lonlat[moved] = np.column_stack(from_wgs84(*lonlat[moved].T, (GCJ02, BD09)[int(chance.integers(2))]))
    else:
        km, angle = chance.uniform(1, 10, len(moved)), chance.uniform(0, 2 * np.pi, len(moved))
        degree_km = 111.2 * np.column_stack([np.cos(np.radians(lonlat[moved, 1])), np.ones(len(moved))])
        lonlat[moved] += km[:, None] * np.column_stack([np.cos(angle), np.sin(angle)]) / degree_km
    return places.assign(lon=lonlat[:, 0], lat=lonlat[:, 1])


def building_table(places: pd.DataFrame) -> gpd.GeoDataFrame:
    """`geodata.schema.BUILDINGS` of circles of 20 m around points."""
    frame = places.assign(building_id=[f"B{k:05}" for k in range(len(places))])
    frame = frame.reindex(columns=[c for c in BUILDINGS.columns if c != "geometry"])
    texts = dict.fromkeys(("building_name", "address", "division_code", "complex_id", "other_names"), "str")
    metre = 1 / 111_200
    shapes = shapely.buffer(shapely.points(frame[["lon", "lat"]].to_numpy(dtype=np.float64)), 20 * metre)
    return gpd.GeoDataFrame(frame.astype(texts), geometry=shapes, crs=CRS)


def _firms(places: pd.DataFrame, table: gpd.GeoDataFrame, share: float, chance: np.random.Generator) -> pd.DataFrame:
    """Firms that name their building by its id; some have the point where it really is."""
    at = np.repeat(np.arange(len(places)), N_FIRMS)
    lonlat = places[["lon", "lat"]].to_numpy()[at] + chance.normal(0, 15 / 1e5, (len(at), 2))
    lonlat[chance.random(len(at)) >= share] = np.nan
    columns = {
        "uscc": [f"F{k}" for k in range(len(at))],
        "firm_name": "x",
        "building_id": table["building_id"].iloc[at],
    }
    frame = pd.DataFrame({**dict.fromkeys(FIRMS.columns), **columns, "lon": lonlat[:, 0], "lat": lonlat[:, 1]})
    numbers = ("lon", "lat", "n_staff")
    return frame.astype({c: "float64" if c in numbers else "str" for c in FIRMS.columns}).reset_index(drop=True)


if __name__ == "__main__":
    start = time.perf_counter()
    main(*sys.argv[1:2], *map(int, sys.argv[2:]))
    print(f"{time.perf_counter() - start:.0f} s")
