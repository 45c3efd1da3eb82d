"""
Leads of ten writers over the buildings of Xuhui and of Jinan's registry: placed right, wrong and left.

`uv run python -m tests.benchmarks.places.four_writers [seed] [--show]`. Each text is written about three buildings of
each ground, whose name and door belong to them alone.
"""

from __future__ import annotations

import sys
from collections import Counter

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.match.gazetteer import Gazetteer
from geodata.match.match_rows import match_firms, match_leads
from geodata.schema import FIRMS, LEADS
from tests.benchmarks.places.layouts import XUHUI
from tests.benchmarks.places.misplaced import building_table
from tests.benchmarks.places.registry_labels import read_registry, table_of
from tests.benchmarks.places.writers import WRITERS, texts_of

N_BUILDINGS = 3


def main(seed: int, *, shows: bool) -> None:
    """Print a line for each writer."""
    total: Counter[str] = Counter()
    grounds = {"xuhui": xuhui_table(), "jinan": jinan_table()}
    for k, writer in enumerate(WRITERS):
        counts: Counter[str] = Counter()
        for name, table in grounds.items():
            counts.update(measure(writer, table, np.random.default_rng([seed, k, len(name)]), shows=shows))
        print_counts(writer, counts)
        total.update(counts)
    print_counts("all", total)


def print_counts(name: str, n: Counter[str]) -> None:
    answerable = n["right"] + n["wrong"] + n["left"]
    wrong = n["wrong"] + n["placed"]
    texts = answerable + n["placed"] + n["open"]
    print(
        f"{name:11} answerable {answerable:5} right {n['right']:5} {n['right'] / answerable:6.1%}   "
        f"texts {texts:5} wrong {wrong:4} {wrong / texts:6.2%} (without an answer {n['placed']})"
    )


def measure(writer: str, table: gpd.GeoDataFrame, chance: np.random.Generator, *, shows: bool) -> Counter[str]:
    """Texts of one writer over one table of buildings, by what became of them."""
    rows = [row for text in texts_of(writer) for row in _written(*text, table, chance)]
    texts, answers = [text for text, _ in rows], [answer for _, answer in rows]
    columns = {"lead_id": [f"L{k}" for k in range(len(rows))], "address": texts}
    leads = pd.DataFrame(columns).reindex(columns=list(LEADS.columns))
    leads = leads.astype({c: "float64" if c in {"lon", "lat"} else "str" for c in ("uscc", "address", "lon", "lat")})
    leads["building_id"] = leads["building_id"].astype("str")
    firms = pd.DataFrame(columns=list(FIRMS.columns)).astype(
        {c: "float64" if c in {"lon", "lat", "n_staff"} else "str" for c in FIRMS.columns}
    )
    found = match_leads(leads, match_firms(firms, table, 60.0).table, table, 60.0)
    counts: Counter[str] = Counter()
    for text, answer, got in zip(texts, answers, found.table["building_id"], strict=True):
        is_placed = isinstance(got, str)
        kind = ("right" if got == answer else "wrong" if is_placed else "left") if answer else ""
        kind = kind or ("placed" if is_placed else "open")
        counts[kind] += 1
        if shows and kind in ("wrong", "left", "placed"):
            print(f"{writer:11} {kind:7} {text}  [{answer}] {got}")
    return counts


def _written(
    text: str, is_answerable: bool, table: gpd.GeoDataFrame, chance: np.random.Generator
) -> list[tuple[str, str]]:
    at = chance.choice(len(table), 2 * N_BUILDINGS, replace=False).reshape(-1, 2)
    texts = []
    for own, other in at:
        floor = int(chance.integers(2, 25))
        slots = {"f": floor, "r": f"{floor}{int(chance.integers(1, 20)):02}", "d": int(chance.integers(1, 29))}
        slots |= {"n": table["building_name"].iloc[own], "a": table["address"].iloc[own]}
        slots |= {"o": table["building_name"].iloc[other], "b": table["address"].iloc[other]}
        texts.append((text.format(**slots), str(table["building_id"].iloc[own]) if is_answerable else ""))
    return texts


def xuhui_table() -> gpd.GeoDataFrame:
    """Xuhui's buildings whose name and door are theirs alone."""
    rows = pd.read_excel(XUHUI / "scenario" / "楼宇底数台账.xlsx", header=2, dtype="str")
    rows = rows[rows["楼号"].fillna("").str.match(r"XH-\d") & ~rows["门牌"].fillna("(").str.contains(r"[(（]")]
    places = pd.DataFrame({"address": rows["门牌"].str.strip(), "division_code": "310104", "lon": 121.44, "lat": 31.19})
    table = building_table(places).assign(building_name=rows["楼盘全称"].str.strip().to_numpy())
    return _alone(table[~table["building_name"].str.contains(r"[(（_]")])


def jinan_table() -> gpd.GeoDataFrame:
    """Buildings of Jinan's registry whose name and door are theirs alone."""
    registry = read_registry()
    table = table_of(registry.loc[registry["地区"].eq("济南"), "注册地址"].tolist())
    return _alone(table[table["address"].str.contains(r"\d+号$")])


def _alone(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    places = Gazetteer(table).places
    key = pd.DataFrame({i: (p.name, p.street, p.number) for i, p in places.items()}, index=["n", "s", "d"]).T
    key = key.loc[table["building_id"]].reset_index(drop=True)
    is_alone = key.notna().all(axis=1) & ~key["n"].duplicated(keep=False) & ~key.duplicated(["s", "d"], keep=False)
    return table.reset_index(drop=True)[is_alone.to_numpy()].reset_index(drop=True)


if __name__ == "__main__":
    main(int(([a for a in sys.argv[1:] if a.isdecimal()] or ["1"])[0]), shows="--show" in sys.argv)
