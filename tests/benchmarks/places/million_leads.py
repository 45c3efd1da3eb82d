"""
A million leads and 100,000 buildings from GeoParquet: seconds and memory to read, clean and match them.

`uv run python -m tests.benchmarks.places.million_leads [n_leads n_buildings share]`.
Every lead has a point, a `share` of them
(one of ten) an address with a building's name and a room (nearly all of them different), one of ten the building's id,
one of twenty a firm's credit code; times are text, in four dialects. The files are made first, in another process, so
that their memory is not counted. Seconds are those of the clock and of the processor, for the machine may be shared.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.clean.buildings import clean_buildings
from geodata.clean.firms import clean_firms
from geodata.clean.leads import clean_leads
from geodata.datum.datum_names import WGS84
from geodata.match.match_rows import match_firms, match_leads
from geodata.read.read_table import read_table

N_LEADS, N_BUILDINGS, ADDRESS_SHARE = 1_000_000, 100_000, 0.1
DAY = date(2026, 9, 16)
# A city of 60 km by 60 km.
WEST, SOUTH, SIDE = 116.7, 36.4, 0.6
TYPES = np.array(["GOIP", "猫池", "窝点", "刷单返利", "冒充客服", "贷款诈骗", "杀猪盘", "两卡", "群众举报"])
SOURCES = np.array(["报案", "研判", "12345", "巡查"])
STEMS = "银荷舜泰齐鲁恒隆华润万象汇中海信龙奥鑫盛泉城历山明湖玉函解放黄台文东科苑金桥"


def main() -> None:
    if sys.argv[1:2] == ["make"]:
        make(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5]))
        return
    sizes = sys.argv[1:] or [N_LEADS, N_BUILDINGS, ADDRESS_SHARE]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        command = [sys.executable, __file__, "make", name, *map(str, sizes)]
        subprocess.run(command, check=True)  # noqa: S603  this very script
        measure(folder)


def measure(folder: Path) -> None:
    whole, clock = Clock(), Clock()
    raw_buildings = read_table(folder / "buildings.parquet", "buildings")
    raw_firms = read_table(folder / "firms.parquet", "firms")
    raw_leads = read_table(folder / "leads.parquet", "leads")
    clock.print_lap("read")
    buildings = clean_buildings(raw_buildings, None, WGS84)
    shapes = gpd.GeoDataFrame(buildings.table)
    clock.print_lap("clean buildings")
    firms = clean_firms(raw_firms, WGS84)
    leads = clean_leads(raw_leads, WGS84, DAY)
    clock.print_lap("clean firms and leads")
    located = match_firms(firms.table, shapes, 60.0)
    matched = match_leads(leads.table, located.table, shapes, 60.0, located.gazetteer)
    clock.print_lap("match")
    whole.print_lap("all")
    print(f"leads used {len(leads.table):,}, set aside {len(leads.quarantine):,}; matched {dict(matched.counts)}")
    print(f"repairs {dict(leads.repairs)}")


class Clock:
    """Seconds since it was last asked."""

    def __init__(self) -> None:
        self.last = (time.perf_counter(), time.process_time())

    def print_lap(self, what: str) -> None:
        now = (time.perf_counter(), time.process_time())
        clock_s, cpu_s = (a - b for a, b in zip(now, self.last, strict=True))
        print(f"{what:22} {clock_s:6.1f} s ({cpu_s:6.1f} s of processor), peak {peak_mb():,.0f} MB")
        self.last = now


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def make(folder: Path, n_leads: int, n_buildings: int, share: float) -> None:
    chance = np.random.default_rng(1)
    x, y = WEST + SIDE * chance.random(n_buildings), SOUTH + SIDE * chance.random(n_buildings)
    signs = np.array(list(STEMS))
    letters = signs[chance.integers(0, len(signs), (n_buildings, 4))]
    names = np.array(["".join(row) for row in letters]).astype(object) + chance.choice(
        ["大厦", "广场", "中心"], n_buildings
    )
    ids = np.array([f"B{i:06}" for i in range(n_buildings)], dtype=object)
    width = 2e-4
    buildings = gpd.GeoDataFrame(
        {
            "building_id": ids,
            "building_name": names,
            "division_code": "370102",
            "n_floors": chance.integers(3, 60, n_buildings),
        },
        geometry=shapely.box(x, y, x + width, y + width),
        crs=4326,
    )
    buildings.to_parquet(folder / "buildings.parquet")
    n_firms = n_buildings
    codes = credit_codes(n_firms)
    firms = pd.DataFrame(
        {"uscc": codes, "firm_name": [f"济南第{i}商贸有限公司" for i in range(n_firms)], "building_id": ids}
    )
    firms.to_parquet(folder / "firms.parquet")
    leads(chance, n_leads, buildings, codes, share).to_parquet(folder / "leads.parquet")


def leads(chance, n, buildings, codes, share):
    which = chance.integers(0, len(buildings), n)
    centre = shapely.get_coordinates(shapely.centroid(buildings.geometry.to_numpy()))[which]
    lon, lat = (centre + chance.normal(0.0, 2e-4, (n, 2))).T
    seconds = chance.integers(0, 365 * 86_400, n)
    moments = pd.Series(pd.Timestamp("2025-09-17") + pd.to_timedelta(seconds, unit="s"))
    dialect = chance.choice(4, n, p=[0.7, 0.15, 0.1, 0.05])
    forms = ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y年%m月%d日", "%Y%m%d")
    received = np.select([dialect == i for i in range(4)], [moments.dt.strftime(f).to_numpy(object) for f in forms])
    room = chance.integers(1, 40, n) * 100 + chance.integers(1, 30, n)
    names = buildings["building_name"].to_numpy(object)[which]
    number = chance.integers(1, 9999, n)
    address = np.array(
        [f"济南市历下区经十路{k}号{name}{r // 100}层{r}室" for k, name, r in zip(number, names, room, strict=True)],
        object,
    )
    some = chance.random((3, n))
    return gpd.GeoDataFrame(
        {
            "lead_id": [f"L{i:07}" for i in range(n)],
            "event_id": [f"E{i:07}" for i in chance.integers(0, n, n)],
            "lead_type": chance.choice(TYPES, n),
            "lead_source": chance.choice(SOURCES, n),
            "received_at": received,
            "address": np.where(some[0] < share, address, None),
            "building_id": np.where(some[1] < 0.1, buildings["building_id"].to_numpy(object)[which], None),
            "uscc": np.where(some[2] < 0.05, codes[which], None),
        },
        geometry=gpd.points_from_xy(lon, lat),
        crs=4326,
    )


def credit_codes(n: int):
    """Valid unified social credit codes (GB 32100), one after the other."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    weights = np.array([pow(3, i, 31) for i in range(17)])
    stems = [f"91370100{i:09}" for i in range(n)]
    values = np.array([[alphabet.index(sign) for sign in stem] for stem in stems])
    checks = (31 - (values * weights).sum(axis=1) % 31) % 31
    return np.array([stem + alphabet[c] for stem, c in zip(stems, checks, strict=True)], dtype=object)


if __name__ == "__main__":
    main()
