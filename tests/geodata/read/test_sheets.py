"""READ: two-line headers, rows that are no data, the scenario's own headers, personal data, archives and Parquet."""

from __future__ import annotations

import re
import zipfile
from datetime import date
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geodata.clean.firms import clean_firms
from geodata.clean.leads import clean_leads
from geodata.datum.datum_names import WGS84
from geodata.errors import InputError, Issue
from geodata.message_catalogue import LANGUAGES, load_texts
from geodata.raw_table import RawTable
from geodata.read.read_table import read_table
from tests.paths import GEO, needs_data

SHENZHEN = GEO / "cn-offices-shenzhen"
REGISTRY = SHENZHEN.parent / "cn-registry-shandong" / "shandong_registry_1980_2001.csv.gz"
LEADS = "lead_id,lead_type,lead_source,received_at,address\n"
# Made up; the check signs are right (GB 11643: weights 7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2, modulo 11).
IDENTITY = "370102199003070032"
MOBILE = "13800138000"


def csv(folder: Path, text: str, name: str = "leads.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def only_issue(read) -> Issue:
    with pytest.raises(InputError) as caught:
        read()
    (issue,) = caught.value.issues
    for lang in LANGUAGES:
        assert issue.what(load_texts(lang, ("geodata",)))
        assert issue.fix(load_texts(lang, ("geodata",)))
    return issue


def all_issues(read) -> tuple[Issue, ...]:
    with pytest.raises(InputError) as caught:
        read()
    return caught.value.issues


def workbook(path: Path, *rows: list[object], merged: tuple[str, ...] = ()) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    for cells in merged:
        sheet.merge_cells(cells)
    book.save(path)
    return path


# --- rows that are no data


def test_a_street_offices_sheet_is_read_through_its_title_groups_units_and_totals(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "bases.xlsx",
        ["集结点台账", None, None, None, None, None],
        ["序号", "集结点编号", "集结点名称", "属地", "坐标", None],
        [None, None, None, None, "经度", "纬度"],
        [None, None, None, None, "(°)", "(°)"],
        [1, "S1", "泉城路所", 370102, 117.02, 36.66],
        [2, "S2", "大明湖所", 370102, 117.03, 36.67],
        ["合 计", 2, None, None, None, None],
        ["注：坐标由各所自报", None, None, None, None, None],
        merged=("A1:F1", "E2:F2"),
    )
    raw = read_table(path, "bases")
    assert raw.frame.index.tolist() == [5, 6]
    assert raw.frame.loc[5].to_dict() == {
        "base_id": "S1",
        "base_name": "泉城路所",
        "division_code": "370102",
        "lon": "117.02",
        "lat": "36.66",
    }
    assert raw.repairs == {"two_line_header": 1, "unit_row": 1, "total_row": 1, "note_row": 1}
    assert raw.ignored_columns == ("序号",)


def test_a_group_above_and_a_part_below_make_one_header(tmp_path: Path) -> None:
    text = "警号,部门,岗位,执法证,是否女性,驻地,属地,班次,\n,,,有效期,,,,开始,结束\n"
    path = csv(tmp_path, text + "P1,公安,民警,2027-12-31,是,S1,370102,13:30,17:30\n", "roster.csv")
    raw = read_table(path, "roster")
    row = raw.frame.loc[3]
    assert [row["certificate_until"], row["shift_start_s"], row["shift_end_s"]] == ["2027-12-31", "13:30", "17:30"]
    assert raw.headers["shift_end_s"] == "班次结束"


def test_a_header_of_one_line_does_not_take_the_first_row_for_its_second(tmp_path: Path) -> None:
    raw = read_table(csv(tmp_path, LEADS + "来源,tip,reported,2026-09-01,地址\n"), "leads")
    assert raw.frame.index.tolist() == [2]
    assert raw.repairs == {}


def test_a_first_row_with_a_cell_like_a_header_is_a_row(tmp_path: Path) -> None:
    raw = read_table(csv(tmp_path, "线索编号,线索类型,线索来源,接收时间,备注\nL1,举报,举报,2026-9-1,地址\n"), "leads")
    assert raw.frame.index.tolist() == [2]
    assert raw.ignored_columns == ("备注",)
    assert raw.repairs == {}


@pytest.mark.parametrize("total", ["合计,,,,", "总计：,,,2,", ",小计,,,", "Total,,,,"])
def test_a_row_of_totals_is_left_out_and_counted(tmp_path: Path, total: str) -> None:
    raw = read_table(csv(tmp_path, f"{LEADS}L1,tip,reported,2026-09-01,x\n{total}\n"), "leads")
    assert raw.frame["lead_id"].tolist() == ["L1"]
    assert raw.repairs == {"total_row": 1}


@pytest.mark.parametrize(
    "total",
    ["合计3家,,,", "合计,3家,,", "总计（家）：,3,,", "本页小计,,,", "合计户数,3,,", "Grand Total,3,,", "合 计,2,,"],
)
def test_a_total_may_say_what_it_counts(tmp_path: Path, total: str) -> None:
    header = "企业名称,统一社会信用代码,住所,登记状态\n甲,91110000600037341L,,\n"
    raw = read_table(csv(tmp_path, f"{header}{total}\n", "firms.csv"), "firms")
    assert raw.frame["firm_name"].tolist() == ["甲"]
    assert raw.repairs == {"total_row": 1}


@pytest.mark.parametrize(
    "name", ["总计科技公司", "小计算机公司", "累计通科技公司", "共计合伙企业", "合计(山东)", "总计"]
)
def test_a_firm_with_a_code_is_no_total_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    header = "企业名称,统一社会信用代码,住所,登记状态\n"
    raw = read_table(csv(tmp_path, f"{header}{name},91110000600037341L,,\n", "firms.csv"), "firms")
    assert raw.frame["firm_name"].tolist() == [name]
    assert raw.repairs == {}


@pytest.mark.parametrize(
    "row", ["SUM-01,A", "TOTAL3,A", "合计-3,A", "B1,Summit", "B1,小计大厦", "B1,合计", "1001,总数据中心"]
)
def test_a_building_with_an_id_is_no_total_whatever_it_is_called(tmp_path: Path, row: str) -> None:
    header = "building_id,building_name,lon,lat,address,n_floors,kind\n"
    raw = read_table(csv(tmp_path, f"{header}{row},117.1,36.6,,,\n", "buildings.csv"), "buildings")
    assert raw.n_rows == 1
    assert raw.repairs == {}


@pytest.mark.parametrize("row", ["合计大厦举报,tip,reported,2026-09-01,x", "合计,tip,reported,2026-09-01,x"])
def test_a_full_row_is_no_total_whatever_it_begins_with(tmp_path: Path, row: str) -> None:
    raw = read_table(csv(tmp_path, f"{LEADS}L1,tip,reported,2026-09-01,x\n{row}\n"), "leads")
    assert raw.n_rows == 2


def test_what_reading_left_out_is_among_the_repairs_of_the_clean_table(tmp_path: Path) -> None:
    raw = read_table(csv(tmp_path, f"{LEADS}L1,tip,reported,2026-09-01,x\n合计,,,,\n"), "leads")
    cleaned = clean_leads(raw, WGS84, date(2026, 9, 16))
    assert cleaned.repairs == {"total_row": 1}
    assert raw.n_rows == len(cleaned.table) + len(cleaned.quarantine)


# --- the scenario's own headers


def test_a_header_of_no_dialect_is_read_where_the_scenario_names_it(tmp_path: Path) -> None:
    path = csv(tmp_path, "某某表\nXX甲,XX乙,lead_source,received_at\nL1,tip,reported,2026-09-01\n")
    raw = read_table(path, "leads", {"lead_id": "XX甲", "lead_type": "XX乙"})
    assert raw.frame.loc[3, ["lead_id", "lead_type"]].tolist() == ["L1", "tip"]


def test_the_scenarios_header_goes_before_a_dialects(tmp_path: Path) -> None:
    path = csv(tmp_path, LEADS.replace("address", "address,落脚点") + "L1,tip,reported,2026-09-01,wrong,right\n")
    assert read_table(path, "leads", {"address": "落脚点"}).frame["address"].tolist() == ["right"]


def test_a_named_header_that_is_not_there_is_reported(tmp_path: Path) -> None:
    path = csv(tmp_path, LEADS + "L1,tip,reported,2026-09-01,x\n")
    issue = only_issue(lambda: read_table(path, "leads", {"uscc": "代码"}))
    assert (issue.code, issue.values["header"]) == ("G113", "代码")


def test_a_column_that_the_table_has_not_is_reported(tmp_path: Path) -> None:
    path = csv(tmp_path, LEADS + "L1,tip,reported,2026-09-01,x\n")
    issue = only_issue(lambda: read_table(path, "leads", {"colour": "address"}))
    assert (issue.code, issue.values["column"]) == ("G114", "colour")


def test_a_header_of_personal_data_is_only_read_if_the_whitelist_has_its_column(tmp_path: Path) -> None:
    path = csv(tmp_path, LEADS.replace("address", "联系地址") + "L1,tip,reported,2026-09-01,x\n")
    path.write_text(path.read_text(encoding="utf-8").replace("联系地址", "联系人地址"), encoding="utf-8")
    issue = only_issue(lambda: read_table(path, "leads", {"address": "联系人地址"}))
    assert (issue.code, issue.values["column"]) == ("G115", "address")
    raw = read_table(path, "leads", {"address": "联系人地址"}, ("address",))
    assert raw.frame["address"].tolist() == ["x"]


def test_a_header_that_a_dialect_knows_is_no_personal_one(tmp_path: Path) -> None:
    path = csv(tmp_path, "uscc,firm_name\n91350100M000100Y43,甲公司\n", "firms.csv")
    assert read_table(path, "firms", {"firm_name": "firm_name"}).n_rows == 1


# --- personal data in cells


@pytest.mark.parametrize(
    ("cell", "left", "counts"),
    [
        (f"泉城路1号 张某{MOBILE}", "泉城路1号 张某", {"mobile_number": 1}),
        ("泉城路1号(138-0013-8000)", "泉城路1号", {"mobile_number": 1}),
        ("１３８００１３８０００", None, {"mobile_number": 1}),
        (f"{IDENTITY},{MOBILE}", None, {"identity_number": 1, "mobile_number": 1}),
        ("泉城路13800138000号楼", "泉城路号楼", {"mobile_number": 1}),
        ("91350100M000100Y43", "91350100M000100Y43", {}),
        ("370102199003070033", None, {"identity_number": 1}),
        ("舜耕大厦202138-0013-8001", "舜耕大厦202", {"mobile_number": 1}),
        ("电话138.0013.8007", "电话", {"mobile_number": 1}),
        (f"泉城路1号 138{IDENTITY}00138000", "泉城路1号", {"identity_number": 1, "mobile_number": 1}),
        ("经十路12345号138001380001室", "经十路12345号138001380001室", {}),
    ],
    ids=[
        *("mobile", "dashes", "full width", "both", "inside", "credit code"),
        *("wrong digit", "room", "points", "nested", "too long"),
    ],
)
def test_personal_numbers_are_taken_out_of_cells(tmp_path: Path, cell: str, left: str | None, counts: dict) -> None:
    raw = read_table(csv(tmp_path, f'{LEADS}L1,tip,reported,2026-09-01,"{cell}"\n'), "leads")
    assert [None if pd.isna(kept) else kept for kept in raw.frame["address"]] == [left]
    assert raw.repairs == counts


def test_the_whitelist_lets_a_column_alone(tmp_path: Path) -> None:
    path = csv(tmp_path, f"{LEADS}L1,tip,reported,2026-09-01,{MOBILE}\n")
    assert read_table(path, "leads", keep_personal=("address",)).frame["address"].tolist() == [MOBILE]


def test_an_identity_number_in_place_of_a_credit_code_is_in_no_quarantine(tmp_path: Path) -> None:
    path = csv(tmp_path, f"lead_id,lead_type,lead_source,received_at,uscc\nL1,soon,reported,2026-09-01,{IDENTITY}\n")
    cleaned = clean_leads(read_table(path, "leads"), WGS84, date(2026, 9, 16))
    assert len(cleaned.quarantine) == 1
    assert IDENTITY not in cleaned.quarantine.to_csv()


def test_an_id_that_looks_like_a_mobile_number_is_an_id(tmp_path: Path) -> None:
    raw = read_table(csv(tmp_path, f"{LEADS}{MOBILE},tip,reported,2026-09-01,x\n"), "leads")
    assert raw.frame["lead_id"].tolist() == [MOBILE]


@pytest.mark.parametrize(
    ("table", "column", "row"),
    [
        ("leads", "lead_id", "{},tip,reported,2026-09-15"),
        ("history", "visit_id", "{},B1,2026-09-15,case,police,nothing"),
        ("assign", "key", "{},B1"),
        ("investigations", "investigation_id", "{},B1,2026-09-15"),
    ],
)
def test_an_id_of_county_date_and_serial_number_is_no_identity_number(
    tmp_path: Path, table: str, column: str, row: str
) -> None:
    header = {
        "leads": LEADS.strip().removesuffix(",address"),
        "history": "visit_id,building_id,visited_on,track,authority,outcome",
        "assign": "key,building_id",
        "investigations": "investigation_id,building_id,opened_on",
    }[table]
    # One in eleven has the check sign of an identity number: 2 and 10 here.
    ids = [f"37010220260916{n:04d}" for n in range(1, 11)]
    raw = read_table(csv(tmp_path, "\n".join([header, *(row.format(i) for i in ids)]), f"{table}.csv"), table)
    assert (raw.frame[column].tolist(), raw.repairs) == (ids, {})


# --- Parquet and archives


@pytest.mark.parametrize("ending", ["parquet", "geoparquet"])
def test_footprints_are_read_from_geoparquet(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"buildings.{ending}"
    square = shapely.box(117.0, 36.6, 117.001, 36.601)
    frame = gpd.GeoDataFrame({"LDBH": ["B1"], "CS": [28]}, geometry=[square], crs=4326)
    frame.rename_geometry("shape").to_parquet(path)
    raw = read_table(path, "buildings")
    assert raw.frame.loc[1, ["building_id", "n_floors"]].tolist() == ["B1", "28"]
    assert raw.frame.geometry.loc[1].equals(square)


def test_a_table_is_read_from_parquet_with_dates_and_whole_numbers_as_typed(tmp_path: Path) -> None:
    path = tmp_path / "leads.parquet"
    rows = {"lead_id": [7], "lead_type": ["tip"], "lead_source": ["reported"], "lon": [117.5]}
    pd.DataFrame(rows | {"received_at": [pd.Timestamp("2026-09-01 10:00")]}).to_parquet(path)
    raw = read_table(path, "leads")
    assert raw.frame.loc[1, ["lead_id", "received_at", "lon"]].tolist() == ["7", "2026-09-01 10:00:00", "117.5"]


def zipped(folder: Path, *names: str, encoding: str = "utf-8") -> Path:
    frame = gpd.GeoDataFrame({"LDBH": ["B1"], "LDMC": ["银荷大厦"]}, geometry=[shapely.box(0, 0, 1, 1)], crs=4326)
    path = folder / "buildings.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            frame.to_file(folder / f"{name}.shp", encoding=encoding)
            for part in folder.glob(f"{name}.*"):
                archive.write(part, f"导出/{part.name}")
    return path


def test_a_zipped_shapefile_is_read_wherever_it_lies_in_the_archive(tmp_path: Path) -> None:
    raw = read_table(zipped(tmp_path, "楼栋"), "buildings")
    assert raw.frame.loc[1, ["building_id", "building_name"]].tolist() == ["B1", "银荷大厦"]
    assert raw.path.name == "buildings.zip"


def test_a_zipped_shapefile_in_utf_8_without_a_code_page_is_read(tmp_path: Path) -> None:
    bare = tmp_path / "bare.zip"
    with zipfile.ZipFile(zipped(tmp_path, "楼栋")) as whole, zipfile.ZipFile(bare, "w") as archive:
        for name in whole.namelist():
            if not name.endswith(".cpg"):
                archive.writestr(name, whole.read(name))
    raw = read_table(bare, "buildings")
    assert (raw.encoding, raw.frame["building_name"].tolist()) == ("utf-8", ["银荷大厦"])


@pytest.mark.parametrize("names", [(), ("a", "b")], ids=["none", "two"])
def test_an_archive_holds_one_shapefile(tmp_path: Path, names: tuple[str, ...]) -> None:
    issue = only_issue(lambda: read_table(zipped(tmp_path, *names), "buildings"))
    assert (issue.code, issue.values["n"]) == ("G116", len(names))


def test_a_part_of_a_shapefile_that_is_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    zipped(tmp_path, "buildings")
    folder = tmp_path / "scenario"
    folder.mkdir()
    for ending in (".shp", ".shx"):
        (tmp_path / f"buildings{ending}").rename(folder / f"buildings{ending}")
    (folder / "buildings.dbf").symlink_to(tmp_path / "buildings.dbf")
    assert only_issue(lambda: read_table(folder / "buildings.shp", "buildings")).code == "G106"


def test_a_workbook_that_links_to_other_files_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "leads.xlsx", LEADS.strip().split(","), ["L1", "tip", "reported", "2026-09-01", "x"])
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/externalLinks/externalLink1.xml", "<externalLink/>")
    assert only_issue(lambda: read_table(path, "leads")).code == "G117"


def test_a_header_of_ten_million_columns_is_refused(tmp_path: Path) -> None:
    issue = only_issue(lambda: read_table(csv(tmp_path, LEADS.strip() + "," * 10_000_000 + "\nL1,tip\n"), "leads"))
    assert (issue.code, issue.values["n"]) == ("G112", 10_000_004)


def test_a_workbook_whose_rows_are_too_wide_is_refused(tmp_path: Path) -> None:
    row = [*LEADS.strip().split(","), *[None] * 2_000, "x"]
    assert only_issue(lambda: read_table(workbook(tmp_path / "leads.xlsx", row), "leads")).code == "G112"


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["xlsx", "parquet", "zip", "gpkg", "geojson"]), st.integers(0, 10**6), st.binary(max_size=40))
def test_any_bytes_in_any_format_end_in_a_table_or_in_issues(tmp_path: Path, ending: str, at: int, junk: bytes) -> None:
    good = tmp_path / f"good.{ending}"
    frame = gpd.GeoDataFrame({"LDBH": ["B1"] * 3}, geometry=[shapely.box(0, 0, 1, 1)] * 3, crs=4326)
    if not good.exists():
        if ending == "xlsx":
            workbook(good, ["LDBH", "WKT"], ["B1", "POLYGON ((0 0, 1 0, 1 1, 0 0))"])
        elif ending == "zip":
            zipped(tmp_path, "x").rename(good)
        elif ending == "parquet":
            frame.to_parquet(good)
        else:
            frame.to_file(good)
    whole = good.read_bytes()
    at %= len(whole)
    path = tmp_path / f"buildings.{ending}"
    path.write_bytes(whole[:at] + junk + whole[at + len(junk) :])
    try:
        raw = read_table(path, "buildings")
    except InputError as error:
        assert error.issues
    else:
        assert isinstance(raw, RawTable)


# --- real files


@needs_data(SHENZHEN)
def test_the_shapefile_in_gbk_without_a_projection_has_its_22_named_buildings() -> None:
    headers = [str(c) for c in gpd.read_file(SHENZHEN / "写字楼.shp", encoding="gb18030").columns]
    raw = read_table(SHENZHEN / "写字楼.shp", "buildings", {"building_id": headers[0]})
    assert raw.n_rows == 22
    assert raw.encoding == "gb18030"


WORDS = ("地址", "y", "name", "id", "x", "来源", "合计", "说明", "米", "线索编号", "L1", "tip", "1", "2026-9-1", "")
HEADERS = ("线索编号", "线索类型", "线索来源", "接收时间", "线索地址", "经度", "备注")


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.permutations(HEADERS),
    st.lists(st.lists(st.sampled_from(WORDS), min_size=7, max_size=7).filter(any), min_size=1, max_size=4),
)
def test_no_row_is_lost_whatever_words_are_in_it(tmp_path: Path, headers: list[str], rows: list[list[str]]) -> None:
    # A column of its own keeps a row from being blank where the others are of no use.
    rows = [["L9", "举报", "举报", "2026-9-1", "泉城路1号", "", "x"], *rows]
    lines = [[*headers, "线索编码"], *([*row, "k"] for row in rows)]
    path = csv(tmp_path, "".join(",".join(line) + "\n" for line in lines))
    raw = read_table(path, "leads", {"lead_id": "线索编码"})
    n_left_out = sum(raw.repairs.get(kind, 0) for kind in ("total_row", "unit_row", "note_row"))
    assert raw.n_rows + n_left_out == len(rows)
    assert "two_line_header" not in raw.repairs


def two_sheets(path: Path, second: list[list[object]], state: str = "visible") -> Path:
    book = openpyxl.Workbook()
    for title, rows in (("八月", [["L1", "tip", "reported", "2026-08-01"]]), ("九月", second)):
        sheet = book.create_sheet(title)
        for row in (LEADS.strip().split(",")[:4], *rows):
            sheet.append(row)
    book["九月"].sheet_state = state
    del book["Sheet"]
    book.save(path)
    return path


def test_two_sheets_that_hold_the_table_are_named_and_none_goes_unread(tmp_path: Path) -> None:
    path = two_sheets(tmp_path / "leads.xlsx", [["L2", "tip", "reported", "2026-09-01"]])
    issue = only_issue(lambda: read_table(path, "leads"))
    assert (issue.code, issue.values["sheets"]) == ("G118", ("八月", "九月"))


@pytest.mark.parametrize(
    ("second", "state"),
    [([["L2", "tip", "reported", "2026-09-01"]], "hidden"), ([], "visible")],
    ids=["hidden", "a header alone"],
)
def test_a_second_sheet_that_is_hidden_or_empty_is_passed_over(tmp_path: Path, second: list, state: str) -> None:
    raw = read_table(two_sheets(tmp_path / "leads.xlsx", second, state), "leads")
    assert raw.frame["lead_id"].tolist() == ["L1"]


def sheets(path: Path, **titled: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    for title, rows in titled.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    del book["Sheet"]
    book.save(path)
    return path


@pytest.mark.parametrize(
    "other",
    [
        [["企业名称", "住所", "登记状态", "楼层"], ["甲", "x", "存续", "3"]],
        [["信用代码", "企业名称", "住所", "登记状态"]],
    ],
    ids=["lacks a column", "has no row"],
)
def test_the_sheet_that_has_all_needed_columns_is_read_though_another_has_more_known_ones(
    tmp_path: Path, other: list[list[object]]
) -> None:
    rows: list[list[object]] = [["信用代码", "企业名称"], ["91110000600037341L", "甲"]]
    path = sheets(tmp_path / "firms.xlsx", 统计=other, 数据=rows)
    assert read_table(path, "firms").frame.loc[2].tolist() == ["91110000600037341L", "甲"]


# --- what a sheet's values do not say


FIRMS = ["楼栋编号", "统一社会信用代码", "企业名称", "住所", "序号"]
CODES = ("91110000600037341L", "91350100M000100Y43", "91370102MA30000450", "91310115MA1H8R7C6E")


def firms_sheet(path: Path, *ids: object, merged: tuple[str, ...] = ()) -> Path:
    rows: list[list[object]] = [[cell, CODES[k], f"企业{k}", None, k] for k, cell in enumerate(ids)]
    return workbook(path, ["企业台账", None, None, None, None], list(FIRMS), *rows, merged=("A1:E1", *merged))


def test_merged_cells_are_filled_down_and_counted(tmp_path: Path) -> None:
    raw = read_table(firms_sheet(tmp_path / "firms.xlsx", "B1", None, None, "B2", merged=("A3:A5",)), "firms")
    assert raw.frame["building_id"].tolist() == ["B1", "B1", "B1", "B2"]
    assert raw.repairs == {"merged_cell": 2}


def test_empty_cells_that_are_not_merged_stay_empty(tmp_path: Path) -> None:
    raw = read_table(firms_sheet(tmp_path / "firms.xlsx", "B1", None, None, "B2", merged=("A3:A4",)), "firms")
    assert raw.frame["building_id"].fillna("").tolist() == ["B1", "B1", "", "B2"]


def test_a_cell_merged_over_empty_rows_makes_no_row(tmp_path: Path) -> None:
    path = firms_sheet(tmp_path / "firms.xlsx", "B1", None, merged=("A3:A900", "C3:D3"))
    raw = read_table(path, "firms")
    assert raw.frame["building_id"].tolist() == ["B1", "B1"]
    assert raw.frame["reg_address"].isna().all()


def test_a_formula_that_nobody_has_worked_out_is_a_fault_of_its_row(tmp_path: Path) -> None:
    raw = read_table(firms_sheet(tmp_path / "firms.xlsx", "B1", '="B"&1', "B2"), "firms")
    assert raw.faults == ((4, "G260", {"column": "楼栋编号"}),)
    cleaned = clean_firms(raw, WGS84)
    assert list(zip(cleaned.quarantine["row"], cleaned.quarantine["code"], strict=True)) == [(4, "G260")]


def test_a_formula_in_a_column_of_no_use_is_no_fault(tmp_path: Path) -> None:
    path = workbook(tmp_path / "firms.xlsx", list(FIRMS), ["B1", CODES[0], "甲", None, "=ROW()"])
    raw = read_table(path, "firms")
    assert (raw.n_rows, raw.faults) == (1, ())


def test_a_row_of_nothing_but_formulas_is_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    path = workbook(tmp_path / "firms.xlsx", list(FIRMS), ["=A9", "=B9", "=C9", None, None])
    assert {code for _, code, _ in read_table(path, "firms").faults} == {"G260"}


@pytest.mark.parametrize(
    ("cell", "n_faults"),
    [
        ('<c r="A2" t="str"><f>IF(B2="","",B2)</f><v></v></c>', 0),
        ('<c r="A2" t="str"><f>"B"&amp;1</f><v>B1</v></c>', 0),
        ('<c r="A2"><f>1+2</f><v>3</v></c>', 0),
        ('<c r="A2" t="e"><f>A1+1</f><v>#REF!</v></c>', 0),
        ('<c r="A2"><f>1+2</f></c>', 1),
        ('<c r="A2"><f>1+2</f><v/></c>', 1),
        ('<c r="A2"><f t="shared" si="0"/><v></v></c>', 1),
        ('<c r="A99999999"><f>1</f></c>', 0),
    ],
    ids=["empty text", "text", "number", "error", "no value", "an empty value", "shared", "a place that is nowhere"],
)
def test_a_formula_has_its_value_where_the_file_says_so(tmp_path: Path, cell: str, n_faults: int) -> None:
    whole = workbook(tmp_path / "whole.xlsx", list(FIRMS), ["B0", CODES[0], "甲", None, None])
    path = tmp_path / "firms.xlsx"
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w") as new:
        for member in old.namelist():
            content = old.read(member).decode()
            if member.endswith("sheet1.xml"):
                content = re.sub(r'<c r="A2".*?</c>', cell, content)
            new.writestr(member, content)
    assert len(read_table(path, "firms").faults) == n_faults


def test_a_title_is_no_header_where_no_header_is_known(tmp_path: Path) -> None:
    path = workbook(tmp_path / "leads.xlsx", ["热线工单（7月）", None, None], ["甲", "乙", "丙"], ["1", "2", "3"])
    issues = all_issues(lambda: read_table(path, "leads"))
    assert {i.values["found"] for i in issues} == {("甲", "乙", "丙")}


def test_the_parts_of_a_header_of_two_lines_are_listed(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "leads.xlsx",
        ["采集情报登记表", None, None, None],
        ["编号", "采集情况", None, "地点"],
        [None, "采集时刻", "情报", "地点描述"],
        ["C1", "2026-09-01", "窝点", "甲路1号"],
        merged=("B2:C2",),
    )
    issues = all_issues(lambda: read_table(path, "leads"))
    assert {i.values["found"] for i in issues} == {("编号", "采集时刻", "情报", "地点")}


def test_one_header_may_be_named_for_two_columns(tmp_path: Path) -> None:
    path = csv(tmp_path, "所,属地,经度,纬度\n天平所,310104,121.4,31.2\n", "bases.csv")
    raw = read_table(path, "bases", {"base_id": "所", "base_name": "所"})
    assert raw.frame[["base_id", "base_name"]].to_numpy().tolist() == [["天平所", "天平所"]]
