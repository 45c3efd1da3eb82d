"""
Buildings on real streets, each with its address: Xuhui, the Bund, and doors along Xi'an's streets by rule.

Those along Xi'an's streets have numbers drawn at random in the western half (`west`) and the numbers of the registry
of Jinan, street by street, in the eastern half (`jinan`): odd and even on either side, 1.2 to 6 m a number. `made-up`
is a made-up city. `HELD` were left aside while the method was worked out on the others.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.datum.convert import to_wgs84
from geodata.datum.datum_names import GCJ02
from geodata.match.address import parse_address
from geodata.schema import CRS
from sweep.made_up.generate_city import generate_city
from sweep.made_up.settings.city import SyntheticCitySettings
from tests.benchmarks.places.grounds import BUND
from tests.benchmarks.places.registry_labels import read_registry
from tests.paths import GEO, ROOT

XUHUI = ROOT.parent / "shared" / "data" / "districts" / "xuhui"
XIAN = GEO / "cn-roads-xian" / "modifiedConn_link.shp"
NO_STREETS = gpd.GeoDataFrame({"street_name": pd.Series(dtype="str")}, geometry=[], crs=CRS)

type Layout = tuple[pd.DataFrame, gpd.GeoDataFrame]
"""Buildings with `address`, `division_code`, `lon`, `lat`; streets with `street_name`, empty where there is no file."""


def xuhui(chance: np.random.Generator) -> Layout:
    """The district's buildings, but for those whose places are known to be wrong."""
    rows = pd.read_excel(XUHUI / "scenario" / "楼宇底数台账.xlsx", header=2, dtype="str")
    wrong = pd.read_csv(XUHUI / "wrong.csv", header=None)[0]
    rows = rows[rows["楼号"].fillna("").str.match(r"XH-\d") & ~rows["楼号"].isin(wrong)]
    degrees = (rows[c].str.extract(r"([\d.]+)")[0].astype(float).to_numpy() for c in ("经度(高德)", "纬度(高德)"))
    return _buildings(rows["门牌"], *to_wgs84(*degrees, GCJ02), "310104"), NO_STREETS


def bund(chance: np.random.Generator) -> Layout:
    """Buildings and address points of the Bund's map."""
    found = pd.concat([gpd.read_file(BUND / f"{name}.geojson") for name in ("buildings", "address_points")])
    found = found[found["addr_street"].notna() & found["addr_housenumber"].fillna("").str.match(r"\d")]
    centres = shapely.get_coordinates(shapely.centroid(found.geometry.values))
    address = "上海市" + found["addr_street"] + found["addr_housenumber"] + "号"
    streets = gpd.read_file(BUND / "roads.geojson").rename(columns={"name": "street_name"})[["street_name", "geometry"]]
    return _buildings(address, *centres.T, "310101"), streets.set_crs(CRS, allow_override=True)


def west(chance: np.random.Generator) -> Layout:
    """120 to 500 doors along the streets of the western half of Xi'an, a few streets with many."""
    streets = _xian(is_west=True)
    weight = np.array([line.length for line in streets.values()]) ** 0.8 * chance.lognormal(0, 1, len(streets))
    counts = chance.multinomial(int(chance.integers(120, 500)), weight / weight.sum())
    rows = []
    for (name, line), n in zip(streets.items(), counts, strict=True):
        along = chance.uniform(0, line.length, n)
        number = np.round(along / chance.uniform(1.2, 6.0) + chance.normal(0, 8, n))
        rows.append(_doors(name, line, along, np.maximum(1, number).astype(int), chance))
    return _on_streets(rows, streets)


def jinan(chance: np.random.Generator) -> Layout:
    """The doors of 150 streets of Jinan's registry along streets of the eastern half of Xi'an."""
    registry = read_registry()
    texts = registry.loc[registry["地区"].eq("济南"), "注册地址"].drop_duplicates()
    numbers: dict[str, set[int]] = {}
    for address in map(parse_address, texts):
        number = re.match(r"\d{1,4}(?!\d)", address.number or "")
        if address.street and number and 0 < int(number[0]) < 4_000:
            numbers.setdefault(address.street, set()).add(int(number[0]))
    drawn = sorted(chance.permutation(sorted(numbers))[:150], key=lambda name: -max(numbers[name]))
    streets = _xian(is_west=False)
    longest = sorted(streets, key=lambda name: -streets[name].length)
    rows = []
    for there, here in zip(drawn, longest, strict=False):
        number = np.array(sorted(numbers[there]))
        along = number / number.max() * streets[here].length * 0.97
        rows.append(_doors(here, streets[here], along, number, chance))
    return _on_streets(rows, streets)


def made_up(chance: np.random.Generator) -> Layout:
    """A made-up city of 60 to 250 buildings."""
    seed, n = int(chance.integers(10_000)), int(chance.integers(60, 250))
    city = generate_city(SyntheticCitySettings(seed=seed, day=date(2026, 9, 16), n_buildings=n, n_leads=50))
    rows = city.buildings[city.buildings["address"].notna()]
    frame = _buildings(rows["address"], rows["lon"].to_numpy(), rows["lat"].to_numpy(), "")
    return frame.assign(division_code=rows["division_code"].to_numpy()), city.streets


LOOKED_AT: dict[str, Callable[[np.random.Generator], Layout]] = {"xuhui": xuhui, "west": west, "made-up": made_up}
HELD: dict[str, Callable[[np.random.Generator], Layout]] = {"bund": bund, "jinan": jinan}


def _buildings(address: pd.Series, lon: np.ndarray, lat: np.ndarray, code: str) -> pd.DataFrame:
    return pd.DataFrame({"address": address.to_numpy(), "division_code": code, "lon": lon, "lat": lat})


def _xian(*, is_west: bool) -> dict[str, shapely.LineString]:
    """The longest line of each named street, in metres; of half the city."""
    links = gpd.read_file(XIAN).to_crs(32649)
    links = links[links["road_name"].fillna("").str.fullmatch(r"[一-龥]{2,6}(?:路|街|大道|大街|巷)")]
    x = links.geometry.centroid.x
    links = links[(x < x.median()) == is_west]
    lines = {}
    for name, group in links.groupby("road_name"):
        parts = shapely.get_parts(shapely.line_merge(shapely.union_all(group.geometry.values)))
        longest = max(parts, key=lambda part: part.length)
        if longest.length > 200:
            lines[str(name)] = longest
    return lines


def _doors(
    street: str, line: shapely.LineString, along: np.ndarray, number: np.ndarray, chance: np.random.Generator
) -> pd.DataFrame:
    """Doors 20 to 90 m off the street, odd on one side and even on the other, each 15 m from its place at random."""
    line = line.reverse() if chance.random() < 0.5 else line
    at, ahead = (shapely.get_coordinates(shapely.line_interpolate_point(line, along + m)) for m in (-3.0, 3.0))
    forward = (ahead - at) / np.maximum(np.hypot(*(ahead - at).T), 1e-9)[:, None]
    side = np.where(number % 2, 1, -1) * chance.uniform(20, 90, len(number))
    xy = at + forward[:, ::-1] * [-1, 1] * side[:, None] + chance.normal(0, 15, at.shape)
    return pd.DataFrame({"address": [f"西安市{street}{n}号" for n in number], "x": xy[:, 0], "y": xy[:, 1]})


def _on_streets(rows: list[pd.DataFrame], lines: dict[str, shapely.LineString]) -> Layout:
    doors = pd.concat(rows)
    points = gpd.GeoSeries(gpd.points_from_xy(doors["x"], doors["y"]), crs=32649).to_crs(CRS)
    streets = gpd.GeoDataFrame({"street_name": list(lines)}, geometry=list(lines.values()), crs=32649).to_crs(CRS)
    return _buildings(doors["address"], points.x.to_numpy(), points.y.to_numpy(), "610113"), streets
