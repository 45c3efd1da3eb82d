"""
A second district with a mess of its own, taken through a week: the shared towers of the Bund, in an office's tables.

`uv run python -m tests.benchmarks.places.second_district [FOLDER]` lays the tables in FOLDER, edits scenario.toml round
by round, plans, approves, takes results in and plans the next day; one line a command, with its exit code and what it
reports by code. The firms, leads and people are made up.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
from typer.testing import CliRunner

from geodata.datum.convert import from_wgs84
from geodata.datum.datum_names import GCJ02
from sweep.cli.main import app
from tests.paths import GEO, ROOT
from tests.scenarios.own_district import fill_in, merged, put_right

BUND = GEO / "osm-cn-shanghai-bund"
BANKS = {"310115": "浦东", "310101": "黄浦"}
TYPES = {"fake_loan": "网贷类", "brushing": "刷单类", "tip": "来访举报", "goip": "简易组网设备", "cards": "两卡"}
OUTCOMES = {"find": "捣毁", "irregular": "有整改项", "nothing": "未见异常", "no_access": "无人应门"}
ROLES = {"officer": "警长", "inspector": "主办", "auxiliary": "辅警", "grid_member": "网格员"}

FIRST = """name = "own"
day = 2026-09-16
lang = "zh_CN"
seed = 1

[data]
buildings = ["楼宇名录.xlsx#浦东", "楼宇名录.xlsx#黄浦"]
firms = "市场主体.csv"
leads = ["线索.xlsx#热线", "线索.xlsx#摸排"]
roster = ["排班.xlsx#公安", "排班.xlsx#市监"]
bases = "驻点.csv"
history = "检查登记.xlsx"
streets = "streets.geojson"
datum = "gcj02"

[data.datums]
street_lines = "wgs84"

[teams]
n_teams = 6

[solver]
iterations = 200
"""
ROUNDS = (
    """
[data.columns.buildings]
building_id = "编码"
n_exits = "门数"
floor_area_m2 = "建面(万㎡)"
[data.constants."楼宇名录.xlsx#浦东"]
division_code = "310115"
[data.constants."楼宇名录.xlsx#黄浦"]
division_code = "310101"
[data.columns.leads]
lead_id = "序列"
lead_type = "手法"
received_at = "何时"
address = "何处"
[data.constants."线索.xlsx#热线"]
lead_source = "reported"
[data.constants."线索.xlsx#摸排"]
lead_source = "discovered"
[data.columns.roster]
base_id = "驻点"
certificate_until = "证到"
[data.constants.roster]
skills = "recorder"
[data.constants."排班.xlsx#公安"]
agency = "police"
[data.constants."排班.xlsx#市监"]
agency = "market_regulation"
[data.columns.bases]
base_id = "驻点"
base_name = "驻点"
[data.columns.history]
visit_id = "登记号"
building_id = "编码"
visited_on = "哪天"
track = "方式"
authority = "哪家"
outcome = "查得"
""",
    """
[data.values.leads.lead_type]
"网贷类" = "fake_loan"
"刷单类" = "brushing"
"来访举报" = "tip"
"简易组网设备" = "goip"
"其他手法" = "tip"
[data.values.history.outcome]
"捣毁" = "find"
"有整改项" = "irregular"
"无人应门" = "no_access"
[data.values.roster.role]
"警长" = "officer"
"主办" = "inspector"
""",
)


def lay_tables(folder: Path) -> None:
    """The tables of the office, from those that the scenario of the Bund lays."""
    spec = importlib.util.spec_from_file_location("lujiazui_run", ROOT / "scenarios" / "lujiazui" / "run.py")
    assert spec is not None and spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    with tempfile.TemporaryDirectory() as made:
        clean = script.lay_scenario(BUND, Path(made) / "laid")
        _buildings(clean, folder / "楼宇名录.xlsx")
        _leads(_table(clean, "leads"), folder / "线索.xlsx")
        _roster(_table(clean, "roster"), folder / "排班.xlsx")
        _firms(_table(clean, "firms"), folder / "市场主体.csv")
        _bases(_table(clean, "bases"), folder / "驻点.csv")
        _history(_table(clean, "history"), folder / "检查登记.xlsx")
        (folder / "streets.geojson").write_bytes((clean / "streets.geojson").read_bytes())


def _table(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / f"{name}.csv", dtype="str")


def _book(path: Path, sheets: Mapping[str, tuple[list[list[str]], pd.DataFrame]], merged_cells: str = "") -> None:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, (heads, table) in sheets.items():
        sheet = book.create_sheet(title)
        for line in (*heads, *table.astype(object).where(table.notna(), None).to_numpy().tolist()):
            sheet.append(list(line))
        if merged_cells:
            sheet.merge_cells(merged_cells)
    book.save(path)


def _buildings(clean: Path, path: Path) -> None:
    shapes = gpd.read_file(clean / "buildings.geojson")
    files = _table(clean, "building_files").set_index("building_id")
    # Ways are positive and relations negative in the export of the map.
    shapes["own"] = [f"{'r' if n < 0 else 'w'}{abs(n)}" for n in shapes["id"]]
    shapes = shapes[shapes["own"].isin(files.index)]
    centre = shapes.geometry.representative_point()
    lon, lat = from_wgs84(centre.x.to_numpy(), centre.y.to_numpy(), GCJ02)
    own = files.loc[shapes["own"]].reset_index()
    area = own["floor_area_m2"].astype(float)
    table = pd.DataFrame(
        {
            "id": own["building_id"],
            "name": shapes["name"].to_numpy(),
            "address": (shapes["addr_street"] + shapes["addr_housenumber"] + "号").to_numpy(),
            "lon": lon.round(6),
            "lat": lat.round(6),
            "area": (area / 10_000).round(2),
            "exits": own["n_exits"] + "个",
            "division": own["division_code"],
        }
    )
    heads = [
        ["重点楼宇名录（内部）", *[""] * 6],
        ["编码", "楼宇", "", "位置", "", "规模", ""],
        ["", "楼宇名称", "详细地址", "经度", "纬度", "建面(万㎡)", "门数"],
    ]
    parts = {BANKS[code]: (heads, part.drop(columns="division")) for code, part in table.groupby("division")}
    _book(path, parts, "A1:G1")


def _leads(table: pd.DataFrame, path: Path) -> None:
    at = pd.to_datetime(table["received_at"])
    written = [
        f"{t.month}月{t.day}日{'上午' if t.hour < 12 else '下午'}{t.hour % 12 or 12}:{t.minute:02d}"
        if t > pd.Timestamp("2026-05-01", tz=t.tz) and k % 3 == 0
        else f"{t.year}年{t.month}月{t.day}日{t.hour}时{t.minute}分"
        for k, t in enumerate(at)
    ]
    own = pd.DataFrame(
        {
            "id": table["lead_id"],
            "type": table["lead_type"].map(TYPES).fillna("其他手法"),
            "at": written,
            "text": table["address"].fillna(""),
            "building": table["building_id"],
        }
    )
    heads = [["线索登记", "", "", "", ""], ["序列", "手法", "何时", "何处", "楼栋编号"]]
    is_hotline = table["lead_source"].eq("reported")
    _book(path, {"热线": (heads, own[is_hotline]), "摸排": (heads, own[~is_hotline])})


def _roster(table: pd.DataFrame, path: Path) -> None:
    own = pd.DataFrame(
        {
            "id": table["person_id"],
            "role": table["role"].map(ROLES),
            "sex": table["is_female"].map({"1": "女", "0": "男"}),
            "base": table["base_id"],
            "division": table["division_code"],
            "from": "下午1点",
            "until": "下午6点",
            "card": table["certificate_until"].str.slice(0, 10),
            "duty": ["休假" if k % 17 == 5 else "在岗" for k in range(len(table))],
        }
    )
    heads = [["工号", "职务", "性别", "驻点", "属地", "上岗", "下岗", "证到", "在岗情况"]]
    is_police = table["agency"].eq("police")
    others = table["agency"].eq("market_regulation")
    _book(path, {"公安": (heads, own[is_police]), "市监": (heads, own[others])})


def _firms(table: pd.DataFrame, path: Path) -> None:
    own = pd.DataFrame(
        {
            "信用代码": table["uscc"],
            "单位名称": table["firm_name"],
            "经营地址": table["reg_address"],
            "楼栋编号": table["building_id"],
            "信用等级": table["credit_class"] + "级",
            "员工人数": table["n_staff"] + "人",
            "负责人电话": "13900000000",
        }
    )
    own.to_csv(path, index=False, encoding="gb18030")


def _bases(table: pd.DataFrame, path: Path) -> None:
    lon, lat = from_wgs84(table["lon"].astype(float).to_numpy(), table["lat"].astype(float).to_numpy(), GCJ02)
    own = {"驻点": table["base_id"], "属地": table["division_code"], "经度": lon, "纬度": lat}
    pd.DataFrame(own).to_csv(path, index=False)


def _history(table: pd.DataFrame, path: Path) -> None:
    own = pd.DataFrame(
        {
            "id": table["visit_id"],
            "building": table["building_id"],
            "on": pd.to_datetime(table["visited_on"], utc=True).dt.strftime("%Y.%m.%d"),
            "track": table["track"],
            "authority": table["authority"],
            "outcome": table["outcome"].map(OUTCOMES),
        }
    )
    _book(path, {"登记": ([["登记号", "编码", "哪天", "方式", "哪家", "查得"]], own)})


def week(folder: Path) -> Iterator[tuple[str, int, Mapping[str, int]]]:
    """Each command of the week, its exit code, and how often it names each code."""
    text, before = FIRST, Path.cwd()
    os.chdir(folder.parent)
    try:
        for more in ("", *ROUNDS):
            text = merged(text, more)
            (folder / "scenario.toml").write_text(text, encoding="utf-8")
            yield _said("validate own")
        yield _said("run own --out out")
        yield _said("approve latest --out out --by C001")
        yield _said("export latest --format xlsx --out out")
        fill_in(folder)
        put_right(folder)
        yield _said("results own latest own/回收/台账.xlsx own/回收/手机.csv --out out --by C001")
        (folder / "scenario.toml").write_text(merged(text, "day = 2026-09-17"), encoding="utf-8")
        yield _said("run own --out out")
    finally:
        os.chdir(before)


def _said(command: str) -> tuple[str, int, Mapping[str, int]]:
    result = CliRunner().invoke(app, [*shlex.split(command), "--lang", "zh_CN"])
    said = result.stderr + result.stdout
    if os.environ.get("SWEEP_SAID"):
        print(said)
    return command, int(result.exit_code), Counter(re.findall(r"\b[GS]\d{3}\b", said))


def main() -> None:
    """Go through the week and print a line a command."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(sys.argv[1] if len(sys.argv) > 1 else made).resolve() / "own"
        folder.mkdir(parents=True, exist_ok=True)
        lay_tables(folder)
        for command, code, counts in week(folder):
            print(f"{code}  {command:<70} {' '.join(f'{k}x{n}' for k, n in sorted(counts.items()))}")


if __name__ == "__main__":
    main()
