"""
300,000 addresses parsed and matched: seconds, and how many are right, by what is amiss with them.

`uv run python -m tests.benchmarks.places.addresses [n_addresses seed]`.
The city has 5,000 towers in some 2,900 compounds, one
of five of which is not in the table of buildings: an address there has no right answer, and any answer is wrong. The
forms are those of a registry: with and without province, district, street; A座, A栋, 甲座; 8号楼, 8#; notes
in brackets.
"""

from __future__ import annotations

import platform
import sys
import time
from importlib import metadata

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.match.match_rows import match_firms
from geodata.schema import BUILDINGS, FIRMS

N_ADDRESSES, N_COMPOUNDS, SEED = 300_000, 2_900, 1
SIGNS = np.array(
    list("银荷舜泰齐鲁恒隆华润万象汇海信龙奥鑫盛泉历山明湖玉函解放黄台文苑金桥嘉祥瑞丰永安德润科宏远达通利民康宁福")
)
FORMS = np.array(
    ["大厦", "广场", "中心", "国际大厦", "商务大厦", "科技大厦", "国际广场", "财富中心", "商务中心", "公寓"]
)
STREETS = np.array(
    [a + b for a in "经纬花历解山明泺新舜龙奥工旅" for b in ("园路", "山路", "放路", "大街", "华路", "鼎大道")]
)
DISTRICTS = np.array(["历下区", "市中区", "槐荫区", "天桥区", "历城区"])
KINDS = {"exact": 0.50, "filler": 0.10, "slip": 0.10, "door": 0.08, "no name": 0.12, "beside": 0.03, "note": 0.07}


def main() -> None:
    n, seed = int((sys.argv[1:2] or [N_ADDRESSES])[0]), int((sys.argv[2:3] or [SEED])[0])
    chance = np.random.default_rng(seed)
    towers = make_towers(chance, make_compounds(chance))
    table = make_table(towers[~towers["is_left_out"]])
    kinds = chance.choice(list(KINDS), n, p=list(KINDS.values()))
    rows = towers.iloc[chance.integers(0, len(towers), n)].reset_index(drop=True)
    texts = [write(chance, kind, row) for kind, row in zip(kinds, rows.itertuples(), strict=True)]
    firms = make_firms(texts)
    wall, cpu = time.perf_counter(), time.process_time()
    matched = match_firms(firms, table, 60.0)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"Python {platform.python_version()}, rapidfuzz {metadata.version('rapidfuzz')}, {platform.machine()}")
    print(f"seed {seed}: {n:,} addresses ({len(set(texts)):,} different), {len(table):,} buildings")
    print(f"parsed and matched in {wall:.1f} s by the clock, {cpu:.1f} s of one core")
    print_scores(kinds, rows, matched.table)


def print_scores(kinds, rows: pd.DataFrame, table: pd.DataFrame) -> None:
    """A line for each kind: addresses with a right answer and how many got it; wrong answers among all that got one."""
    truth = rows["building_id"].mask(rows["is_left_out"] | np.isin(kinds, ["no name", "beside"]))
    got = table["building_id"]
    print(f"{'kind':10}{'answerable':>11}{'right':>9}{'wrong':>7}{'none':>8}{'no answer exists':>18}{'wrong':>7}")
    for kind in [*KINDS, "all"]:
        own = (kinds == kind) | (kind == "all")
        can = own & truth.notna()
        right, none = int((can & got.eq(truth)).sum()), int((can & got.isna()).sum())
        cannot = own & truth.isna()
        print(
            f"{kind:10}{can.sum():11,}{right:9,}{can.sum() - right - none:7,}{none:8,}"
            f"{cannot.sum():18,}{(cannot & got.notna()).sum():7,}"
        )
    wrong = got.notna() & got.ne(truth)
    print("precision", round(1 - wrong.sum() / got.notna().sum(), 5), "by way:")
    print(
        pd.DataFrame({"n": table["matched_by"].value_counts(), "wrong": table["matched_by"][wrong].value_counts()})
        .fillna(0)
        .astype(int)
    )


def make_compounds(chance: np.random.Generator) -> pd.DataFrame:
    own = ["".join(chance.choice(SIGNS, size)) for size in chance.choice([2, 3, 4], N_COMPOUNDS, p=[0.6, 0.25, 0.15])]
    prefix = chance.choice(["", "济南", "山东"], N_COMPOUNDS, p=[0.86, 0.08, 0.06])
    return pd.DataFrame(
        {
            "prefix": prefix,
            "own": own,
            "form": chance.choice(FORMS, N_COMPOUNDS),
            "district": chance.choice(DISTRICTS, N_COMPOUNDS),
            "street": chance.choice(STREETS, N_COMPOUNDS),
            "number": chance.permutation(9_000)[:N_COMPOUNDS] + 1,
            "n_towers": chance.choice([1, 2, 3, 4], N_COMPOUNDS, p=[0.6, 0.2, 0.1, 0.1]),
            "is_lettered": chance.random(N_COMPOUNDS) < 0.5,
            "is_left_out": chance.random(N_COMPOUNDS) < 0.2,
        }
    )


def make_towers(chance: np.random.Generator, compounds: pd.DataFrame) -> pd.DataFrame:
    towers = compounds.loc[compounds.index.repeat(compounds["n_towers"])].reset_index(names="compound")
    number = towers.groupby("compound").cumcount()
    towers["tower"] = np.where(
        towers["n_towers"].eq(1),
        "",
        np.where(towers["is_lettered"], [chr(65 + k) for k in number], (number + 1).astype(str)),
    )
    towers["building_id"] = [f"B{k:05}" for k in range(len(towers))]
    return towers.iloc[chance.permutation(len(towers))]


def make_table(towers: pd.DataFrame) -> gpd.GeoDataFrame:
    sign = np.where(towers["tower"].eq(""), "", np.where(towers["is_lettered"], "座", "号楼"))
    where = "山东省济南市" + towers["district"] + towers["street"] + towers["number"].astype(str) + "号"
    columns = {
        "building_id": towers["building_id"],
        "building_name": towers["prefix"] + towers["own"] + towers["form"] + towers["tower"] + sign,
        "address": where,
        "division_code": "370102",
        "lon": 117.0,
        "lat": 36.6,
    }
    frame = pd.DataFrame(columns).reindex(columns=[c for c in BUILDINGS.columns if c != "geometry"])
    shapes = [shapely.box(117.0, 36.6, 117.0002, 36.6002)] * len(frame)
    return gpd.GeoDataFrame(frame.reset_index(drop=True), geometry=shapes, crs=4326)


def make_firms(texts: list[str]) -> pd.DataFrame:
    columns = {"uscc": [f"F{k:07}" for k in range(len(texts))], "firm_name": "某", "reg_address": texts}
    frame = pd.DataFrame(columns).reindex(columns=list(FIRMS.columns))
    return frame.astype({c: "float64" if c in {"lon", "lat", "n_staff"} else "str" for c in frame.columns})


def write(chance: np.random.Generator, kind: str, row) -> str:
    """One address as a firm might have written it."""
    head = str(chance.choice(["山东省济南市", "济南市", "济南", ""], p=[0.3, 0.5, 0.05, 0.15])) + row.district
    place = f"{head}{row.street}{row.number}号"
    if kind == "no name":
        ending = ["号", "号院内", "号沿街楼二层", "号办公楼201室", "号3号楼1单元502室"][int(chance.integers(5))]
        return f"{head}{row.street}{10_000 + int(chance.integers(9_000))}{ending}"
    tower = _tower(chance, row)
    floor = int(chance.integers(1, 34))
    room = f"{floor}{int(chance.integers(1, 30)):02}"
    inner = [
        f"{floor}层{room}室",
        f"{room}室",
        f"{floor}楼",
        f"{floor}F-{room}",
        room,
        f"{floor}层{room}、{room[:-1]}9室",
    ]
    inner = inner[int(chance.integers(len(inner)))]
    if kind == "door":
        return f"{place}{tower}{inner}"
    name = row.prefix + row.own + row.form
    if kind == "filler":
        name = _refilled(chance, row)
    if kind == "slip":
        at = int(chance.integers(len(row.own)))
        own = row.own[:at] + str(chance.choice(SIGNS)) + row.own[at + 1 :]
        name = row.prefix + own + row.form
    if kind == "beside":
        return f"{head}{row.street}{name}" + ["对面", "东侧", "附近", "以北"][int(chance.integers(4))]
    if kind == "note":
        return [f"{place}({name}{tower}{inner})", f"{place}{name}{tower}{inner}(集群注册)"][int(chance.integers(2))]
    return [f"{place}{name}{tower}{inner}", f"{head}{name}{tower}{inner}"][int(chance.random() < 0.2)]


def _tower(chance: np.random.Generator, row) -> str:
    if not row.tower:
        return ""
    if row.is_lettered:
        return str(
            chance.choice(
                [f"{row.tower}座", f"{row.tower}栋", f"{'甲乙丙丁'[ord(row.tower) - 65]}座"], p=[0.8, 0.1, 0.1]
            )
        )
    return str(
        chance.choice(
            [f"{row.tower}号楼", f"{row.tower}#", f"{row.tower}栋", f"{'一二三四'[int(row.tower) - 1]}号楼"],
            p=[0.7, 0.1, 0.1, 0.1],
        )
    )


def _refilled(chance: np.random.Generator, row) -> str:
    """济南 or 商务 that the table's name lacks, or the other way round."""
    if row.prefix:
        return row.own + row.form
    bare = row.form[-2:]
    if row.form != bare:
        return row.own + bare
    return [f"济南{row.own}{row.form}", f"{row.own}商务{row.form}", f"{row.own}国际{row.form}"][int(chance.integers(3))]


if __name__ == "__main__":
    main()
