"""
Buildings to find by an address, from three sources: the made-up city, Shanghai's Bund and the registry of Shandong.

A fifth of the buildings of each is left out of its table: an address there has no right answer. No source has enough
lanes (弄), so compounds on lanes are put into its real streets by rule, in the ways that tables write them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.read.osm.buildings_and_streets import read_osm_buildings, read_osm_streets
from geodata.schema import BUILDINGS
from sweep.made_up.city_cache import city_folder
from sweep.made_up.settings.city import SyntheticCitySettings
from tests.benchmarks.places.registry_labels import REGISTRY, read_registry, table_of
from tests.benchmarks.places.wordings import wide
from tests.paths import GEO

BUND = GEO / "osm-cn-shanghai-bund"
_OFFICE = re.compile(r"[一-龥·]{2,}(?:大厦|广场|中心|大楼|公寓|商厦)")
_TOWER = re.compile(r"(?P<name>.+?)(?P<tower>[A-H]座|\d{1,2}号楼)?")
_COMPOUNDS = 24


@dataclass(frozen=True, slots=True)
class Site:
    """One building, or one house of a lane."""

    building_id: str
    """Empty where the building is not in the table."""
    street: str
    name: str = ""
    """Without its tower; empty for a house that only its lane names."""
    tower: str = ""
    number: str = ""
    """123号; empty for a house of a lane, or where the source has none."""
    district: str = ""
    lane: int = 0
    """0: on no lane."""
    sub: int = 0
    house: int = 0


@dataclass(frozen=True, slots=True)
class Ground:
    """One table of buildings, and whatever stands in its city."""

    name: str
    city: str
    table: gpd.GeoDataFrame
    """`geodata.schema.BUILDINGS`."""
    sites: tuple[Site, ...]
    streets: tuple[str, ...]
    """Names of streets, more than those with a building."""


def all_grounds(seed: int) -> tuple[list[Ground], list[str]]:
    """The grounds whose data are here, and why the others are skipped."""
    chance = np.random.default_rng(seed)
    grounds, skipped = [_made_up_city(chance)], []
    for path, make in ((BUND, _bund), (REGISTRY, _shandong)):
        if path.exists():
            grounds.append(make(chance))
        else:
            skipped.append(f"{path.name}: not in the shared data beside the project")
    return grounds, skipped


def _made_up_city(chance: np.random.Generator) -> Ground:
    path = city_folder(SyntheticCitySettings(seed=1, day=date(2026, 3, 16))) / "city.osm.pbf"
    rows = read_osm_buildings(path)[["building_name", "address"]].dropna()
    streets = sorted(set(read_osm_streets(path)["street_name"].dropna()))
    sites = [_site(name, *_split(address)) for name, address in rows.itertuples(index=False)]
    return _ground("made-up city", "帆州市", sites, streets, "370102", chance)


def _bund(chance: np.random.Generator) -> Ground:
    def properties(file: str) -> list[dict[str, object]]:
        return [one["properties"] for one in json.loads((BUND / file).read_text(encoding="utf-8"))["features"]]

    streets = {str(road.get("name") or "") for road in properties("roads.geojson")}
    streets = {name for name in streets if re.fullmatch(r"[一-龥]{2,6}[路街]", name) and "隧" not in name}
    sites = {}
    for row in properties("buildings.geojson"):
        name = str(row.get("name") or "")
        number = re.fullmatch(r"(\d+)号?", str(row.get("addr_housenumber") or ""))
        if _OFFICE.fullmatch(name) and len(name) <= 12:
            # Where the map has no door, a street of the map stands for it, without a number.
            street = str(row.get("addr_street") or "") if number else ""
            sites.setdefault(name, _site(name, street, f"{number[1]}号" if number else ""))
    return _ground("Shanghai, Bund", "上海市", list(sites.values()), sorted(streets), "310115", chance)


def _shandong(chance: np.random.Generator) -> Ground:
    registry = read_registry()
    table = table_of(registry.loc[registry["地区"].eq("济南"), "注册地址"].tolist())
    # 山东老屯汽配城 and 老屯汽配城 are one building: a reader who knows the city would not take them for two.
    bare = table["building_name"].str.replace(r"^(?:山东省?|济南市?)(?=[一-龥]{4})", "", regex=True)
    rows = table[~bare.duplicated()]
    sites = []
    for name, address in zip(rows["building_name"], rows["address"], strict=True):
        found = re.fullmatch(
            r"济南市(?P<district>.*?[区市县])?(?P<street>[^区市县]*?(?:路|大街|街|大道))?(?P<no>\d+号)?", address
        )
        if found and re.fullmatch(r"[一-龥]{3,10}", name):
            site = _site(name, found["street"] or "", (found["no"] or "") if found["street"] else "")
            sites.append(replace(site, district=found["district"] or ""))
    streets = sorted({site.street for site in sites if site.street})
    return _ground("Jinan, registry", "济南市", sites, streets, "370102", chance)


def _split(address: str) -> tuple[str, str]:
    found = re.fullmatch(r"(.*?)(\d+号)", address)
    return (found[1], found[2]) if found else (address, "")


def _site(name: str, street: str, number: str) -> Site:
    found = _TOWER.fullmatch(name)
    assert found
    return Site("", street, found["name"], found["tower"] or "", number)


def _ground(
    name: str, city: str, sites: list[Site], streets: list[str], code: str, chance: np.random.Generator
) -> Ground:
    names = sorted({site.name for site in sites})
    left_out = set(chance.choice(names, len(names) // 5, replace=False).tolist())
    placed, rows = [], []
    for k, site in enumerate(sites):
        building_id = "" if site.name in left_out else f"N{k:04}"
        placed.append(replace(site, building_id=building_id))
        if building_id:
            address = f"{city}{site.district}{site.street}{site.number}" if site.street else None
            rows.append((building_id, site.name + site.tower, address))
    for k in range(_COMPOUNDS):
        lane_sites, lane_rows = _compound(k, city, streets, names, chance)
        placed += lane_sites
        rows += lane_rows
    return Ground(name, city, _table(rows, code), tuple(placed), tuple(streets))


def _compound(
    k: int, city: str, streets: list[str], names: list[str], chance: np.random.Generator
) -> tuple[list[Site], list[tuple[str, str | None, str | None]]]:
    """The houses of one lane: three or so in the table, one or two that are not."""
    street, lane = str(chance.choice(streets)), int(chance.integers(60, 1_900))
    sub = int(chance.integers(2, 30)) if k % 4 == 3 else 0
    way = ("house", "named", "range", "whole", "house", "wide")[k % 6]
    at = f"{city}{street}{lane}弄" + (f"{sub}支弄" if sub else "")
    houses = sorted(int(h) for h in chance.choice(np.arange(1, 40), 5, replace=False))
    here = houses[:3]
    of = Site("", street, lane=lane, sub=sub)
    if way == "whole":
        building_id = f"W{k:03}"
        return [replace(of, building_id=building_id, house=h) for h in houses], [(building_id, None, at)]
    if way == "range":
        low, building_id = houses[0], f"R{k:03}"
        sites = [
            replace(of, building_id=building_id if h <= low + 3 else "", house=h)
            for h in (low, low + 1, low + 3, low + 9)
        ]
        return sites, [(building_id, None, f"{at}{low}-{low + 3}号")]
    sites = [replace(of, building_id=f"L{k:03}-{h}" if h in here else "", house=h) for h in houses]
    own = "".join(str(chance.choice(names))[i] for i in (0, 1)) + str(chance.choice(["花园", "公寓", "家园"]))
    return sites, list(_rows(sites, way, at, own))


def _rows(sites: list[Site], way: str, at: str, own: str) -> Iterator[tuple[str, str | None, str | None]]:
    for site in sites:
        if site.building_id and way == "named":
            yield site.building_id, f"{own}{site.house}号楼", at
        elif site.building_id:
            number = wide(site.house) if way == "wide" else str(site.house)
            yield site.building_id, None, f"{at}{number}号"


def _table(rows: list[tuple[str, str | None, str | None]], code: str) -> gpd.GeoDataFrame:
    frame = pd.DataFrame(rows, columns=["building_id", "building_name", "address"]).astype("str")
    frame = frame.assign(division_code=code, lon=117.0, lat=36.6)
    frame = frame.reindex(columns=[c for c in BUILDINGS.columns if c != "geometry"])
    frame["other_names"] = frame["other_names"].astype("str")
    return gpd.GeoDataFrame(frame, geometry=[shapely.box(117.0, 36.6, 117.0002, 36.6002)] * len(frame), crs=4326)
