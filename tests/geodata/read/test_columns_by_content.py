"""Columns under unknown headers, recognised by their cells."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from geodata.clean.leads import clean_leads
from geodata.datum.datum_names import WGS84
from geodata.errors import InputError
from geodata.read import columns_by_content
from geodata.read.read_table import read_table

ADDRESSES = ("晨东区鹿榴路73号潮岸科技大厦28楼", "华山路1399弄5号", "称在泰山大厦9楼办公")
LEADS = "线索编号,线索类型,线索来源,接收时间"


def look_alikes(tmp_path: Path, table: str, header: str, rows: list[str]) -> dict[str, str]:
    path = tmp_path / f"{table}.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return dict(read_table(path, table).look_alikes)


@pytest.mark.parametrize("header", ["落脚处", "线索内容", "where"])
def test_addresses_under_any_header_are_pointed_out(tmp_path: Path, header: str) -> None:
    rows = [f"L{i},猫池,举报,2026-09-01,{address}" for i, address in enumerate(ADDRESSES)]
    assert look_alikes(tmp_path, "leads", f"{LEADS},{header}", rows) == {"address": header}


@pytest.mark.parametrize("header", ["涉及地址", "涉案地址", "案发地点", "举报地址"])
def test_the_usual_headers_of_a_leads_address_are_read(tmp_path: Path, header: str) -> None:
    path = tmp_path / "leads.csv"
    path.write_text(f"{LEADS},{header}\nL1,猫池,举报,2026-09-01,{ADDRESSES[0]}\n", encoding="utf-8")
    assert read_table(path, "leads").headers["address"] == header


def test_coordinates_codes_and_names_are_pointed_out(tmp_path: Path) -> None:
    rows = [f"B{i},117.0{i}12,36.6{i}34,{name}" for i, name in enumerate(["泰山大厦", "华山广场", "嵩山中心"])]
    found = look_alikes(
        tmp_path, "buildings", "楼栋编号,横,纵,叫什么,轮廓", [row + ",POINT (117 36.6)" for row in rows]
    )
    assert found == {"lon": "横", "lat": "纵", "building_name": "叫什么"}


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("备注", ["已核", "已核", "待办"]),
        ("层数", ["12", "80", "33"]),
        ("得分", ["0.12", "0.5", "0.33"]),
        ("姓名地址", list(ADDRESSES)),  # personal, whatever stands in it
        ("落脚处", [ADDRESSES[0], "", ""]),  # one cell is a chance
        ("时间", ["2026-09-01", "2026-09-02", "2026-09-03"]),
    ],
)
def test_what_looks_like_nothing_wanted_is_not(tmp_path: Path, header: str, cells: list[str]) -> None:
    rows = [f"L{i},猫池,举报,2026-09-01,{cell}" for i, cell in enumerate(cells)]
    assert look_alikes(tmp_path, "leads", f"{LEADS},{header}", rows) == {}


def test_a_table_that_has_its_column_is_asked_nothing(tmp_path: Path) -> None:
    rows = [f"L{i},猫池,举报,2026-09-01,{a},{a}" for i, a in enumerate(ADDRESSES)]
    assert look_alikes(tmp_path, "leads", f"{LEADS},地址,落脚处", rows) == {}


def test_the_name_of_a_firm_that_a_lead_is_about_is_no_credit_code(tmp_path: Path) -> None:
    rows = [f"L{i},猫池,举报,2026-09-01,济南甲科技有限公司" for i in range(3)]
    path = tmp_path / "leads.csv"
    path.write_text("\n".join([f"{LEADS},涉及企业", *rows]) + "\n", encoding="utf-8")
    cleaned = clean_leads(read_table(path, "leads"), WGS84, date(2026, 9, 16))
    assert (cleaned.table["lead_id"].tolist(), len(cleaned.quarantine)) == (["L0", "L1", "L2"], 0)


def test_credit_codes_under_the_header_of_a_leads_firm_are_pointed_out(tmp_path: Path) -> None:
    rows = [f"L{i},猫池,举报,2026-09-01,91370102MA30000450" for i in range(3)]
    assert look_alikes(tmp_path, "leads", f"{LEADS},涉及企业", rows) == {"uscc": "涉及企业"}


@pytest.mark.parametrize(
    ("header", "column"),
    [("需要回避的楼", "recusals"), ("今日值勤否", "duty"), ("答复期限（天）", "due_at"), ("经办人员", "officers")],
)
def test_a_column_that_its_header_names_is_not_passed_over(header: str, column: str) -> None:
    cells = {"备注": pd.Series(["甲", "乙"], dtype="str"), header: pd.Series(["B1", None], dtype="str")}
    assert columns_by_content.columns_by_content(cells, [column]) == {column: header}
    assert columns_by_content.columns_by_content({header: pd.Series([None], dtype="str")}, [column]) == {}


def test_words_about_duty_are_pointed_out_under_any_header(tmp_path: Path) -> None:
    header = "人员编号,部门,身份,有效期至,性别,集结点,属地,上班时间,下班时间,9月16日状态,是否党员"
    row = "P{i},公安,民警,2027-01-01,女,B1,370102,13:00,18:00,{duty},是"
    rows = [row.format(i=i, duty=duty) for i, duty in enumerate(["在岗", "年假", "在岗", "夜班"])]
    assert look_alikes(tmp_path, "roster", header, rows) == {"duty": "9月16日状态"}


def test_columns_of_coordinates_are_asked_for_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "buildings.csv"
    path.write_text("楼栋编号,X坐标,纬\nB1,117.01,36.61\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_table(path, "buildings")
    assert [issue.values["line"] for issue in caught.value.issues] == ['lon = "X坐标"', 'lat = "纬"']
