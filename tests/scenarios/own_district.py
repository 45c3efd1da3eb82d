"""
A district's own tables, brought to orders and back to results by edits of scenario.toml alone; all made up.

`write_raw` lays the tables; `STEPS` are the edits and what comes back from the teams; `play` makes them and gives what
the program says. `own_district_page` makes the pages of it.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
from openpyxl.worksheet.worksheet import Worksheet
from typer.testing import CliRunner

from geodata.clock_times import clock
from geodata.datum.convert import from_wgs84
from geodata.datum.datum_names import BD09, GCJ02, Datum
from sweep.cli.main import app
from sweep.made_up.generate_city import SyntheticCity, generate_city
from sweep.made_up.settings.city import SyntheticCitySettings
from sweep.made_up.write_city import write_pbf

DAY = date(2026, 9, 16)
PLAN = "0a1b2c3d4e5f"
"""In place of the id of any plan, which differs from run to run."""
SETTINGS = SyntheticCitySettings(
    seed=19, day=DAY, n_buildings=60, n_dens=8, n_leads=120, n_police=32, n_market_regulation=16, n_auxiliary=6
)
# Three buildings that a geocoder put into cities of the same street name.
ELSEWHERE = {"B0007": (121.4737, 31.2304), "B0023": (113.2644, 23.1291), "B0041": (104.0668, 30.5728)}
LEAD_TYPES = {
    "fake_loan": "虚假贷款",
    "brushing": "刷单返利",
    "tip": "群众举报",
    "goip": "GOIP",
    "fake_customer_service": "冒充公检法",
}
LEAD_SOURCES = {"reported": "96110推送", "discovered": "工作发现"}
OUTCOMES = {"find": "窝点", "irregular": "有点毛病", "nothing": "查过没事", "no_access": "锁门"}
TRACKS = {"case": "个案检查", "special": "专项检查", "routine": "双随机", "stocktake": "清点", "investigation": "侦查"}
AGENCIES = {"police": "公安分局", "market_regulation": "市场监管局", "street": "街道办"}
ROLES = {"officer": "民警", "inspector": "执法人员", "auxiliary": "辅警", "grid_member": "网格员"}


@dataclass(frozen=True)
class Step:
    """What is done by hand, and the command after it."""

    toml: str = ""
    """Lines of scenario.toml, laid into the sections that are there."""
    command: str = "validate own"
    """As it is typed beside the folder `own`."""
    by_hand: Callable[[Path], None] | None = None
    """What is done in the folder besides, before the command."""


FIRST = """name = "own"
day = 2026-09-16
seed = 1

[data]
buildings = "楼栋台账.xlsx"
firms = "企业名录.csv"
leads = "线索.csv"
roster = "排班.xlsx"
bases = "集结点.csv"
history = "检查台账.xlsx"
streets = "道路.osm.pbf"

[teams]
n_teams = 4

[solver]
iterations = 200
"""


def write_raw(folder: Path) -> None:
    """The tables of the made-up district, with all that such tables have wrong, and its first scenario.toml."""
    city, chance = generate_city(SETTINGS), np.random.default_rng(19)
    lanes = set(city.buildings["building_id"].iloc[::3])
    _workbook(folder / "楼栋台账.xlsx", "帆州市重点楼宇基本情况台账（2026年）", _buildings(city, lanes), "合计")
    _workbook(folder / "检查台账.xlsx", "2025—2026年度检查台账", _history(city), "总计")
    _workbook(folder / "排班.xlsx", "联合检查人员排班表", _roster(city), None)
    _csv(folder / "企业名录.csv", _firms(city, lanes, chance), "gb18030")
    _csv(folder / "线索.csv", _leads(city, lanes), "utf-8-sig")
    _csv(folder / "集结点.csv", _bases(city), "utf-8-sig")
    write_pbf(city, folder / "道路.osm.pbf")
    (folder / "scenario.toml").write_text(FIRST, encoding="utf-8")


def _shifted(table: pd.DataFrame, datum: Datum) -> list[np.ndarray]:
    lon, lat = from_wgs84(table["lon"].to_numpy(dtype=float), table["lat"].to_numpy(dtype=float), datum)
    return [lon.round(6), lat.round(6)]


def _in_lane(text: str) -> str:
    """鹿榴路73号 as 鹿榴路73弄5号, the way of old quarters."""
    return re.sub(r"(?<=[路街道])(\d+)号", r"\1弄5号", text, count=1)


def _buildings(city: SyntheticCity, lanes: set[str]) -> pd.DataFrame:
    table = city.buildings.merge(city.building_files[["building_id"]], on="building_id")
    for building_id, place in ELSEWHERE.items():
        table.loc[table["building_id"].eq(building_id), ["lon", "lat"]] = place
    lon, lat = _shifted(table, GCJ02)
    rows = zip(table["building_id"], table["address"], strict=True)
    return pd.DataFrame(
        {
            "序号": range(1, len(table) + 1),
            "楼栋编号": table["building_id"],
            "楼宇名称": table["building_name"],
            "坐落位置": [_in_lane(a) if b in lanes else a for b, a in rows],
            "区划": table["division_code"],
            "层数": [f"{n}层" for n in table["n_floors"]],
            "建筑面积（平方米）": table["floor_area_m2"].round().astype(int),
            "经度": lon,
            "纬度": lat,
            "物业联系人": "某某",
            "联系电话": "13900000000",
        }
    )


def _firms(city: SyntheticCity, lanes: set[str], chance: np.random.Generator) -> pd.DataFrame:
    table = city.firms.copy()
    at = city.buildings.set_index("building_id")[["lon", "lat"]]
    has_point = table["building_id"].notna() & (chance.random(len(table)) < 0.3)
    table.loc[has_point, ["lon", "lat"]] = at.loc[table.loc[has_point, "building_id"]].to_numpy()
    table[["lon", "lat"]] += chance.normal(0, 2e-4, (len(table), 2))
    lon, lat = _shifted(table, BD09)
    rows = zip(table["building_id"], table["reg_address"], strict=True)
    return pd.DataFrame(
        {
            "统一社会信用代码": table["uscc"],
            "市场主体": table["firm_name"],
            "住所": [_in_lane(a) if b in lanes and isinstance(a, str) else a for b, a in rows],
            "信用风险分类": [f"{c}类" if isinstance(c, str) else "" for c in table["credit_class"]],
            "经营状态": table["reg_status"],
            "法定代表人": "某某",
            "百度经度": lon,
            "百度纬度": lat,
        }
    )


def _leads(city: SyntheticCity, lanes: set[str]) -> pd.DataFrame:
    table = city.leads
    own = city.buildings.set_index("building_id")
    places = []
    for building_id, text in zip(table["building_id"], table["address"], strict=True):
        if isinstance(building_id, str):
            house = own.loc[building_id]
            lane = f"{house['street_name']}{house['house_number']}弄5号1203室"
            text = lane if building_id in lanes else f"称在{house['building_name']}9楼"
        places.append(text if isinstance(text, str) else "")
    return pd.DataFrame(
        {
            "线索编号": table["lead_id"],
            "类别": [LEAD_TYPES.get(t, "群众举报") for t in table["lead_type"]],
            "线索来源": [LEAD_SOURCES[s] for s in table["lead_source"]],
            "接收时间": [f"{t:%Y/%m/%d %H:%M}" for t in table["received_at"]],
            "落脚点": places,
            "举报人电话": "13800000000",
        }
    )


def _history(city: SyntheticCity) -> pd.DataFrame:
    table = city.history
    return pd.DataFrame(
        {
            "检查编号": table["visit_id"],
            "楼栋编号": table["building_id"],
            "检查日期": [f"{t:%Y.%m.%d}" for t in table["visited_on"]],
            "检查类型": [TRACKS[t] for t in table["track"]],
            "检查机关": [AGENCIES[a] for a in table["authority"]],
            "检查结果": [OUTCOMES[o] for o in table["outcome"]],
            "备注": "",
        }
    )


def _roster(city: SyntheticCity) -> pd.DataFrame:
    table = city.roster
    return pd.DataFrame(
        {
            "警号": table["person_id"],
            "姓名": "某某",
            "部门": [AGENCIES[a] for a in table["agency"]],
            "岗位": [ROLES[r] for r in table["role"]],
            "执法证有效期": [f"{t:%Y-%m-%d}" if pd.notna(t) else "" for t in table["certificate_until"]],
            "性别": ["女" if f else "男" for f in table["is_female"]],
            "集结点": table["base_id"],
            "属地": table["division_code"],
            "上班时间": [clock(s) for s in table["shift_start_s"]],
            "下班时间": [clock(s) for s in table["shift_end_s"]],
            "技能": table["skills"],
        }
    )


def _bases(city: SyntheticCity) -> pd.DataFrame:
    lon, lat = _shifted(city.bases, GCJ02)
    names = {"集结点编号": city.bases["base_id"], "集结点名称": city.bases["base_name"]}
    return pd.DataFrame({**names, "属地": city.bases["division_code"], "经度": lon, "纬度": lat})


def _csv(path: Path, table: pd.DataFrame, encoding: str) -> None:
    table.to_csv(path, index=False, encoding=encoding)


def _workbook(path: Path, title: str, table: pd.DataFrame, total: str | None) -> None:
    """A sheet with a merged title, the header under it, and a row of totals."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([title])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=table.shape[1])
    sheet.append(list(table.columns))
    for row in table.itertuples(index=False):
        sheet.append([None if pd.isna(cell) else cell for cell in row])
    if total:
        sheet.append([total, len(table)])
    book.save(path)


def _ledger(folder: Path) -> tuple[openpyxl.Workbook, Worksheet, dict[str, int]]:
    """The ledger that was given out or came back, its sheet, and the column of each head."""
    back = folder / "回收" / "台账.xlsx"
    (given,) = (folder.parent / "out" / folder.name / "exports").glob("*.xlsx")
    book = openpyxl.load_workbook(back if back.exists() else given)
    sheet = book["台账"]
    return book, sheet, {str(cell.value): cell.column for cell in sheet[1]}


def fill_in(folder: Path) -> None:
    """What comes back: a ledger of all teams but the last, and what that team saved on its phone, with two slips."""
    book, sheet, at = _ledger(folder)
    rows = range(2, sheet.max_row + 1)
    last = max(str(sheet.cell(row, at["组"]).value) for row in rows)
    own = [row for row in rows if sheet.cell(row, at["组"]).value != last]
    for n, row in enumerate(own):
        told = {"房间状态": ("开", "锁", "空")[0 if n < 3 else n % 3], **({"窝点": 1} if n == 1 else {})}
        told |= {"责令整改": "是", "备注": "消防通道堆放杂物，限期清理"} if n == 0 else {}
        for head, value in told.items():
            sheet.cell(row, at[head], value)
    sheet.cell(own[4], at["在场人数"], 3)
    assert sheet.cell(own[4], at["房间状态"]).value == "锁"
    (folder / "回收").mkdir()
    book.save(folder / "回收" / "台账.xlsx")
    asked = [row for row in rows if sheet.cell(row, at["组"]).value == last]
    lines = [_saved(sheet, at, row) for row in (*asked, own[0])]
    _phone(folder).write_text("\r\n".join(['"visit_id","uscc","unit","unit_state"', *lines, ""]), encoding="utf-8-sig")


def _saved(sheet: Worksheet, at: dict[str, int], row: int) -> str:
    cells = (sheet.cell(row, at[head]).value or "" for head in ("任务编号", "统一社会信用代码", "房间"))
    return ",".join(f'"{cell}"' for cell in (*cells, "open"))


def _phone(folder: Path) -> Path:
    return folder / "回收" / "手机.csv"


def put_right(folder: Path) -> None:
    """The slips mended."""
    book, sheet, at = _ledger(folder)
    for row in range(2, sheet.max_row + 1):
        if sheet.cell(row, at["房间状态"]).value == "锁":
            sheet.cell(row, at["在场人数"]).value = None
    book.save(folder / "回收" / "台账.xlsx")
    lines = _phone(folder).read_text(encoding="utf-8-sig").splitlines()
    _phone(folder).write_text("\r\n".join([*lines[:-1], ""]), encoding="utf-8-sig")


STEPS: tuple[Step, ...] = (
    Step(),
    Step(
        """
[data.columns.buildings]
division_code = "区划"
address = "坐落位置"

[data.columns.firms]
firm_name = "市场主体"

[data.columns.leads]
lead_type = "类别"

[data.values.history.outcome]
"查过没事" = "nothing"
"有点毛病" = "irregular"
""",
    ),
    Step(
        """
[data.values.leads.lead_type]
"冒充公检法" = "fake_customer_service"

[data.values.leads.lead_source]
"96110推送" = "reported"
""",
    ),
    Step(
        """
[data.columns.leads]
address = "落脚点"

[data.datums]
buildings = "gcj02"
firms = "bd09"
bases = "gcj02"
""",
    ),
    Step(
        command="run own --out out",
    ),
    Step(
        command="approve latest --out out --by C001",
    ),
    Step(
        command="export latest --format xlsx --out out --lang zh_CN",
    ),
    Step(
        command="results own latest own/回收/台账.xlsx own/回收/手机.csv --out out --by C001",
        by_hand=fill_in,
    ),
    Step(
        command="results own latest own/回收/台账.xlsx own/回收/手机.csv --out out --by C001",
        by_hand=put_right,
    ),
    Step(
        "day = 2026-09-23",
        "run own --out out",
    ),
    Step(
        command='close own {item} --by C001 --reason "物业报来整改照片，消防通道已清空" --out out',
    ),
)


def play(folder: Path, lang: str) -> Iterator[tuple[Step, int, str]]:
    """Each step made in the folder, with the exit code and the messages of its command in a language."""
    text, before = FIRST, Path.cwd()
    os.chdir(folder.parent)
    try:
        for step in STEPS:
            text = merged(text, step.toml)
            (folder / "scenario.toml").write_text(text, encoding="utf-8")
            if step.by_hand:
                step.by_hand(folder)
            typed = shlex.split(step.command.replace("{item}", _open_item(folder)))
            result = CliRunner().invoke(app, typed if "--lang" in typed else [*typed, "--lang", lang])
            yield (
                step,
                int(result.exit_code),
                _messages((result.stderr + result.stdout).replace(f"{folder.parent.resolve()}/", "")),
            )
    finally:
        os.chdir(before)


def _open_item(folder: Path) -> str:
    """The first item to look at again, as the kept ledger names it; empty while there is none."""
    kept = folder / "follow_up" / "ledger.xlsx"
    if not kept.exists():
        return ""
    (sheet,) = (s for s in openpyxl.load_workbook(kept) if s.title in {"回头看清单", "Re-checks open"})
    return str(sheet.cell(2, 1).value)


def merged(text: str, more: str) -> str:
    """A scenario.toml with more lines: those of a section that is there already stand in it."""
    if more.startswith("day"):
        return re.sub(r"^day = .*$", more, text, flags=re.MULTILINE)
    for section in re.split(r"\n(?=\[)", more.strip()) if more.strip() else ():
        header, _, lines = section.partition("\n")
        if f"{header}\n" in text and not header.startswith("[["):
            text = text.replace(f"{header}\n", f"{header}\n{lines.strip()}\n")
        else:
            text += f"\n{header}\n{lines.strip()}\n"
    return text


def _messages(output: str) -> str:
    """What a command said, without its tables, which differ from run to run."""
    lines = [line.rstrip() for line in output.splitlines()]
    # Nor how far long work is: on a quick machine nothing is long.
    said = "\n".join(line for line in lines if line and not re.search(r"[━│┃┏┡┌└├]|^\d+%  ", line))
    # Ids and hashes are of this very run.
    return re.sub(r"\b[0-9a-f]{32,}", "…", re.sub(r"(?<![0-9a-zA-Z])[0-9a-f]{12}(?![0-9a-zA-Z])", PLAN, said))
