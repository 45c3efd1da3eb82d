"""READ: every form of a file that is taken, and every fault of form that is reported."""

from __future__ import annotations

import codecs
import hashlib
import sqlite3
import zipfile
from contextlib import closing
from datetime import date, datetime, time, timedelta
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geodata.clean.column_parsers.columns import number
from geodata.clean.table_cleaner import TableCleaner
from geodata.errors import InputError, Issue
from geodata.message_catalogue import LANGUAGES, load_texts
from geodata.raw_table import RawTable, as_text, cell_text
from geodata.read import shapefile_parts_and_zip as archives
from geodata.read.read_table import read_table, safe_path, sha256_of
from tests.paths import BROKEN

LEADS = "lead_id,lead_type,lead_source,received_at\nL1,tip,reported,2026-09-01\n"


def written(folder: Path, content: str | bytes, name: str = "leads.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def issues_of(path: Path, name: str = "leads") -> tuple[Issue, ...]:
    with pytest.raises(InputError) as caught:
        read_table(path, name)
    for issue in caught.value.issues:
        for lang in LANGUAGES:
            texts = load_texts(lang, ("geodata",))
            assert issue.what(texts)
            assert issue.fix(texts)
    return caught.value.issues


def only_issue(path: Path, name: str = "leads") -> Issue:
    (issue,) = issues_of(path, name)
    return issue


@pytest.mark.parametrize(
    ("encoding", "bom"),
    [
        ("utf-8", b""),
        ("utf-8-sig", b""),
        ("gb18030", b""),
        ("utf-16", b""),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-16-le", b""),
    ],
    ids=["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-be", "utf-16-le-unmarked"],
)
def test_a_csv_is_read_in_any_encoding(tmp_path: Path, encoding: str, bom: bytes) -> None:
    text = "lead_id,lead_type,lead_source,received_at,address\nL1,tip,reported,2026-09-01,济南市𠮷祥大厦\n"
    raw = read_table(written(tmp_path, bom + text.encode(encoding)), "leads")
    assert raw.frame["address"].tolist() == ["济南市𠮷祥大厦"]
    assert raw.frame.columns.tolist() == ["lead_id", "lead_type", "lead_source", "received_at", "address"]


def test_the_encoding_is_recorded(tmp_path: Path) -> None:
    text = LEADS.replace("tip", "举报")
    assert read_table(written(tmp_path, text), "leads").encoding == "utf-8"
    assert read_table(written(tmp_path, text.encode("utf-8-sig")), "leads").encoding == "utf-8-sig"
    assert read_table(written(tmp_path, text.encode("gbk")), "leads").encoding == "gb18030"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"], ids=["comma", "semicolon", "tab", "bar"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    raw = read_table(written(tmp_path, LEADS.replace(",", delimiter)), "leads")
    assert raw.frame.loc[2].tolist() == ["L1", "tip", "reported", "2026-09-01"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["unix", "windows", "old mac"])
def test_any_line_end_is_taken(tmp_path: Path, end: str) -> None:
    assert read_table(written(tmp_path, LEADS.replace("\n", end)), "leads").n_rows == 1


def test_chinese_headers_and_notes_in_brackets_are_known(tmp_path: Path) -> None:
    text = "序号,统一社会信用代码,企业名称(字号名称),住所(登记、个体户经营场所),登记状态(中文),法定代表人\n"
    raw = read_table(written(tmp_path, text + "1,91370102MA30000450,甲公司,某路1号,在业,张三\n", "firms.csv"), "firms")
    assert raw.frame.columns.tolist() == ["uscc", "firm_name", "reg_address", "reg_status"]
    assert raw.headers["uscc"] == "统一社会信用代码"
    assert raw.ignored_columns == ("序号",)


def test_pinyin_initials_are_known(tmp_path: Path) -> None:
    raw = read_table(written(tmp_path, "TYSHXYDM,DWMC,ZCDZ,ZGRS,FDDBR\n1,甲,某路,5,张三\n", "firms.csv"), "firms")
    assert raw.frame.columns.tolist() == ["uscc", "firm_name", "reg_address", "n_staff"]


def test_ten_thousand_square_metres_are_not_square_metres(tmp_path: Path) -> None:
    path = written(tmp_path, "building_id,建筑面积(万㎡)\nB1,2.8\nB2,2.8万\n", "building_files.csv")
    raw = read_table(path, "building_files")
    assert number(TableCleaner(raw), "floor_area_m2").tolist() == [28_000.0, 28_000.0]


@pytest.mark.parametrize(
    "header", ["法定代表人", "联系人", "联系电话", "phone", "身份证号", "id_number", "姓名", "name"]
)
def test_personal_columns_are_dropped_and_named(tmp_path: Path, header: str) -> None:
    text = (
        "person_id,agency,role,certificate_until,is_female,base_id,division_code,shift_start,shift_end"
        f",{header}\nP1,police,officer,2027-01-01,1,S1,370102,13:30,17:30,secret\n"
    )
    raw = read_table(written(tmp_path, text, "roster.csv"), "roster")
    assert raw.dropped_columns == (header,)
    assert raw.repairs["personal_column"] == 1
    assert "secret" not in raw.frame.to_string()


def test_title_rows_above_the_header_do_not_shift_the_row_numbers(tmp_path: Path) -> None:
    raw = read_table(written(tmp_path, "2026年9月线索登记表,,,\n,,,\n" + LEADS), "leads")
    assert raw.frame.index.tolist() == [4]


def test_blank_lines_are_no_rows_and_do_not_shift_the_row_numbers(tmp_path: Path) -> None:
    raw = read_table(written(tmp_path, LEADS + "\n,,,\nL2,tip,reported,2026-09-02\n"), "leads")
    assert raw.frame.index.tolist() == [2, 5]


@pytest.mark.parametrize("n_beyond", [1, 2, 40], ids=["one", "two", "many"])
def test_empty_cells_beyond_the_first_row_of_data_shift_nothing(tmp_path: Path, n_beyond: int) -> None:
    raw = read_table(written(tmp_path, LEADS.strip() + "," * n_beyond + "\nL2,tip,reported,2026-09-02\n"), "leads")
    assert raw.frame["lead_id"].tolist() == ["L1", "L2"]
    assert raw.frame["received_at"].tolist() == ["2026-09-01", "2026-09-02"]


@pytest.mark.parametrize(
    "beyond", [",,x", "," * 2_000, ",,,x" + "," * 30], ids=["a cell", "too many to be a table", "a cell among many"]
)
def test_what_stands_beyond_the_first_row_of_data_is_a_fault_of_that_row(tmp_path: Path, beyond: str) -> None:
    issue = only_issue(written(tmp_path, LEADS.strip() + beyond + "\nL2,tip,reported,2026-09-02\n"))
    assert (issue.code, issue.where) == ("G108", "leads.csv row 2")


LINES = "\n".join(f"{k}.请如实填写" for k in range(1, 14))
TITLE = f'"填表说明:\n{LINES}",,,\n'


@pytest.mark.parametrize(
    ("text", "row"),
    [
        (TITLE + LEADS, 3),
        (f'"备注\n{LINES}",' + LEADS.replace("\nL1", "\nx,L1"), 2),
        (TITLE + LEADS.strip() + "," * 40 + "\n", 3),
    ],
    ids=["title", "header", "title above a wide row"],
)
def test_a_cell_of_many_lines_hides_no_header_and_shifts_nothing(tmp_path: Path, text: str, row: int) -> None:
    frame = read_table(written(tmp_path, text), "leads").frame
    assert (frame.index.tolist(), frame.loc[row].tolist()) == ([row], ["L1", "tip", "reported", "2026-09-01"])


def test_cells_stay_as_they_were_typed(tmp_path: Path) -> None:
    name = "<img src=x onerror=alert(1)>`${alert(1)}`"
    path = written(tmp_path, f"uscc,firm_name,building_id\n007,{name},NA\n", "firms.csv")
    assert read_table(path, "firms").frame.loc[2].tolist() == ["007", name, "NA"]


def test_the_better_of_two_headers_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, "uscc,firm_name,经营场所,住所\n1,甲,乙路,丙路\n", "firms.csv")
    raw = read_table(path, "firms")
    assert raw.frame["reg_address"].tolist() == ["丙路"]
    assert raw.ignored_columns == ("经营场所",)


def test_a_better_header_over_an_empty_column_hides_no_filled_one(tmp_path: Path) -> None:
    path = written(tmp_path, "uscc,firm_name,住所,经营场所\n1,甲, ,乙路\n2,乙,,丙路\n", "firms.csv")
    raw = read_table(path, "firms")
    assert raw.frame["reg_address"].tolist() == ["乙路", "丙路"]
    assert raw.ignored_columns == ("住所",)


def test_half_a_pair_of_coordinates_is_not_taken_from_another_pair(tmp_path: Path) -> None:
    path = written(tmp_path, LEADS.replace("\n", ",经度,纬度,百度经度,百度纬度\n", 1).strip() + ",117.1,,117.2,36.7\n")
    row = read_table(path, "leads").frame.loc[2]
    assert (row["lon"], pd.isna(row["lat"])) == ("117.1", True)


def test_a_raw_table_bears_the_hash_of_its_file(tmp_path: Path) -> None:
    path = written(tmp_path, LEADS)
    assert read_table(path, "leads").sha256 == hashlib.sha256(LEADS.encode()).hexdigest() == sha256_of(path)


# --- Excel


def workbook(path: Path, rows: list[list[object]], *, hidden_first: bool = False) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    if hidden_first:
        sheet.append(["lead_id", "lead_type", "lead_source", "received_at"])
        sheet.append(["hidden", "tip", "reported", "2026-09-01"])
        shown = book.create_sheet("线索")
        sheet.sheet_state = "hidden"
        sheet = shown
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def test_a_sheet_is_read_below_its_title_with_dates_and_codes_as_text(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["线索登记表"],
        ["线索编号", "线索类型", "线索来源", "接收时间", "信用代码", "经度"],
        [1001, "举报", "群众举报", datetime(2021, 5, 8, 13, 30), 913701020000000000, 117.5],
    ]
    raw = read_table(workbook(tmp_path / "leads.xlsx", rows), "leads")
    assert raw.frame.index.tolist() == [3]
    assert raw.frame.loc[3, ["lead_id", "received_at", "lon"]].tolist() == ["1001", "2021-05-08 13:30:00", "117.5"]
    assert raw.frame.loc[3, "uscc"] == "9.137010E+17"


def test_a_hidden_sheet_is_not_read(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["lead_id", "lead_type", "lead_source", "received_at"],
        ["L1", "tip", "reported", 44324],
    ]
    raw = read_table(workbook(tmp_path / "leads.xlsx", rows, hidden_first=True), "leads")
    assert raw.frame["lead_id"].tolist() == ["L1"]


def test_a_workbook_without_rows_is_empty(tmp_path: Path) -> None:
    assert only_issue(workbook(tmp_path / "leads.xlsx", [])).code == "G102"


def test_a_workbook_that_unpacks_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "_MAX_UNPACKED_BYTES", 1_000)
    path = tmp_path / "leads.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 2_000_000)
    assert only_issue(path).code == "G111"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, None),
        ("", None),
        (float("nan"), None),
        (370102.0, "370102"),
        (12.5, "12.5"),
        (True, "true"),
        (date(2021, 5, 8), "2021-05-08"),
        (time(13, 30), "13:30:00"),
        (timedelta(days=1), "24:00:00"),
        (timedelta(hours=26, minutes=5), "26:05:00"),
        (10**17, "1.000000E+17"),
        (np.array([117.0, 36.5]), "[117.0, 36.5]"),
    ],
)
def test_a_cell_becomes_the_text_that_was_typed(cell: object, text: str | None) -> None:
    assert cell_text(cell) == text


def test_a_column_of_numbers_becomes_text_without_decimals() -> None:
    column = as_text(pd.Series([370102.0, None]))
    assert column.iloc[0] == "370102"
    assert column.isna().tolist() == [False, True]


# --- features


@pytest.mark.parametrize("ending", ["gpkg", "geojson", "fgb", "shp"])
def test_footprints_are_read_from_every_feature_format(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"buildings.{ending}"
    square = shapely.box(117.0, 36.6, 117.001, 36.601)
    frame = gpd.GeoDataFrame({"LDBH": ["B1"], "CS": [28]}, geometry=[square], crs=4326)
    frame.to_file(path, encoding="utf-8")
    raw = read_table(path, "buildings")
    assert isinstance(raw.frame, gpd.GeoDataFrame)
    assert raw.frame.loc[1, ["building_id", "n_floors"]].tolist() == ["B1", "28"]
    assert raw.frame.geometry.loc[1].equals(square)


@pytest.mark.parametrize(("encoding", "found"), [("gbk", "gb18030"), ("utf-8", "utf-8")])
@pytest.mark.parametrize("column", ["LDMC", "名称"])
def test_a_shapefile_without_a_code_page_is_read_in_the_encoding_of_its_words(
    tmp_path: Path, column: str, encoding: str, found: str
) -> None:
    path = tmp_path / "buildings.shp"
    frame = gpd.GeoDataFrame({"LDBH": ["B1"], column: ["银荷大厦"]}, geometry=[shapely.box(0, 0, 1, 1)], crs=4326)
    frame.to_file(path, encoding=encoding)
    (tmp_path / "buildings.cpg").unlink()
    raw = read_table(path, "buildings")
    assert raw.frame["building_name"].tolist() == ["银荷大厦"]
    assert raw.encoding == found


@pytest.mark.parametrize("ending", ["dbf", "DBF"])
def test_a_shapefile_has_the_hash_of_all_its_parts_with_suffixes_in_either_case(tmp_path: Path, ending: str) -> None:
    path = tmp_path / "buildings.shp"
    gpd.GeoDataFrame({"LDBH": ["B1"]}, geometry=[shapely.box(0, 0, 1, 1)], crs=4326).to_file(path)
    (tmp_path / "buildings.dbf").rename(tmp_path / f"buildings.{ending}")
    parts = [tmp_path / f"buildings.{end}" for end in ("shp", "shx", ending, "prj", "cpg")]
    whole = hashlib.sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()
    assert read_table(path, "buildings").sha256 == whole


def test_points_of_a_feature_file_become_lon_and_lat(tmp_path: Path) -> None:
    path = tmp_path / "bases.geojson"
    rows = {"base_id": ["S1"], "base_name": ["所"], "division_code": [370102]}
    gpd.GeoDataFrame(rows, geometry=[shapely.Point(117.5, 36.5)], crs=4326).to_file(path)
    assert read_table(path, "bases").frame.loc[1, ["lon", "lat"]].tolist() == ["117.5", "36.5"]


POINT = shapely.Point(117.5, 36.5)
LINE = shapely.LineString([(117.1, 36.6), (117.2, 36.6)])


def layer_of_leads(path: Path, *shapes: shapely.Geometry | None, **attributes: list[str | None]) -> RawTable:
    n = len(shapes)
    rows = {"lead_id": [f"L{k}" for k in range(n)], "lead_type": ["tip"] * n, "lead_source": ["reported"] * n}
    rows |= {"received_at": ["2026-09-01"] * n, **attributes}
    gpd.GeoDataFrame(rows, geometry=list(shapes), crs=4326).to_file(path)
    return read_table(path, "leads")


@pytest.mark.parametrize(
    ("other", "n_lost"),
    [(LINE, 1), (shapely.MultiPoint([(117.1, 36.6), (117.2, 36.6)]), 1), (shapely.box(0, 0, 1, 1), 1), (None, 0)],
    ids=["line", "two points", "area", "none"],
)
def test_a_feature_that_is_no_point_takes_no_other_its_coordinates(
    tmp_path: Path, other: shapely.Geometry | None, n_lost: int
) -> None:
    raw = layer_of_leads(tmp_path / "leads.gpkg", POINT, other)
    assert raw.frame["lon"].fillna("").tolist() == ["117.5", ""]
    assert raw.frame["lat"].fillna("").tolist() == ["36.5", ""]
    assert raw.repairs.get("no_single_point", 0) == n_lost


@pytest.mark.parametrize("n_kept", [0, 8], ids=["all zeros", "zeros behind the header"])
def test_a_shape_of_a_geopackage_that_was_overwritten_is_a_fault_of_its_row(tmp_path: Path, n_kept: int) -> None:
    path = tmp_path / "buildings.gpkg"
    columns = {"building_id": ["B1", "B2", "B3"], "lon": ["117.1"] * 3, "lat": ["36.1"] * 3}
    shapes = [shapely.box(117, 36, 117.001, 36.001), shapely.box(117.1, 36.1, 117.101, 36.101), None]
    gpd.GeoDataFrame(columns, geometry=shapes, crs=4326).to_file(path, layer="buildings")
    with closing(sqlite3.connect(path)) as base:
        for name, n in (("ST_IsEmpty", 1), ("ST_MinX", 1), ("ST_MaxX", 1), ("ST_MinY", 1), ("ST_MaxY", 1)):
            base.create_function(name, n, lambda _: 0)
        (shape,) = base.execute("SELECT geom FROM buildings WHERE fid = 2").fetchone()
        base.execute("UPDATE buildings SET geom = ? WHERE fid = 2", (shape[:n_kept] + bytes(len(shape) - n_kept),))
        base.commit()
    assert [(row, code) for row, code, _ in read_table(path, "buildings").faults] == [(2, "G231")]


def test_a_multi_point_of_one_is_a_point(tmp_path: Path) -> None:
    raw = layer_of_leads(tmp_path / "leads.gpkg", shapely.MultiPoint([POINT]))
    assert raw.frame.loc[1, ["lon", "lat"]].tolist() == ["117.5", "36.5"]
    assert raw.repairs == {}


@pytest.mark.parametrize(("x", "y"), [("lon", "lat"), ("LON", "LAT")], ids=["lower", "capitals"])
def test_coordinates_among_the_attributes_go_before_the_points_where_they_are_filled(
    tmp_path: Path, x: str, y: str
) -> None:
    raw = layer_of_leads(tmp_path / "leads.gpkg", POINT, POINT, LINE, **{x: ["117.1", None, "117.2"], y: ["36.1"] * 3})
    assert raw.frame["lon"].tolist() == ["117.1", "117.5", "117.2"]
    assert raw.frame["lat"].tolist() == ["36.1", "36.5", "36.1"]
    assert raw.repairs == {}


def test_the_layer_of_the_tables_name_is_read(tmp_path: Path) -> None:
    path = tmp_path / "city.gpkg"
    for layer, building in (("other", "X"), ("buildings", "B1")):
        frame = gpd.GeoDataFrame({"building_id": [building]}, geometry=[shapely.box(0, 0, 1, 1)], crs=4326)
        frame.to_file(path, layer=layer)
    assert read_table(path, "buildings").frame["building_id"].tolist() == ["B1"]


@pytest.mark.parametrize("ending", ["geojson", "json"])
@pytest.mark.parametrize(
    "script",
    [
        '{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline ! read %s"}',
        '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>%s</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>',
    ],
    ids=["pipeline", "virtual"],
)
def test_a_feature_file_opens_no_other_file(tmp_path: Path, ending: str, script: str) -> None:
    secret = tmp_path / "secret.gpkg"
    gpd.GeoDataFrame({"building_id": ["X"]}, geometry=[shapely.box(0, 0, 1, 1)], crs=4326).to_file(secret)
    assert only_issue(written(tmp_path, script % secret, f"buildings.{ending}"), "buildings").code == "G104"


# --- faults


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    issue = only_issue(tmp_path / "leads.csv")
    assert (issue.code, issue.where) == ("G101", "leads.csv")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_chinese_in_utf_16_is_read_without_its_mark(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "leads.csv"
    path.write_bytes("线索编号,线索类型,线索来源,接收时间\n甲1,举报,举报,2026-9-1\n".encode(encoding))
    raw = read_table(path, "leads")
    assert (raw.encoding, raw.frame.loc[2, "lead_id"]) == (encoding, "甲1")


@pytest.mark.parametrize(
    ("content", "code"),
    [("", "G102"), ("\n \n", "G102"), ("lead_id,lead_type,lead_source,received_at\n", "G127")],
)
def test_an_empty_file_is_reported(tmp_path: Path, content: str, code: str) -> None:
    assert only_issue(written(tmp_path, content)).code == code


def test_every_missing_column_is_named_with_the_nearest_header(tmp_path: Path) -> None:
    issues = issues_of(written(tmp_path, "lead_id,lead_tpye,recieved_at\nL1,tip,2026-09-01\n"))
    assert [(i.code, i.values["column"], i.values["nearest"]) for i in issues] == [
        ("G103", "lead_type", "lead_tpye"),
        ("G103", "lead_source", ""),
        ("G103", "received_at", "recieved_at"),
    ]


@pytest.mark.parametrize("name", ["leads.xlsx", "leads.gpkg", "leads.geojson", "leads.shp"])
def test_a_damaged_file_is_reported(tmp_path: Path, name: str) -> None:
    assert only_issue(written(tmp_path, b"PK\x03\x04 no such thing", name)).code == "G104"


def test_an_unknown_format_is_reported(tmp_path: Path) -> None:
    issue = only_issue(written(tmp_path, "x", "leads.pdf"))
    assert (issue.code, issue.values["suffix"]) == ("G105", ".pdf")


@pytest.mark.parametrize(
    ("row", "is_stray"),
    [
        ('L1,tip,hotline,2026-09-01,"he said ""go"', False),  # doubled, as csv wants it
        ('L1,tip,hotline,2026-09-01,"two\nlines ""and"', False),
        ('L1,tip,hotline,2026-09-01,a"b', True),
        ('L1,tip,hotline,2026-09-01,"a"b"c', True),
        ('L1,tip,hotline,2026-09-01,a 27" screen', False),
        ('L1,tip,hotline,2026-09-01,",b"""', True),  # cut at a comma, and quoted afterwards
    ],
)
def test_a_quote_is_stray_only_where_the_row_is_not_rightly_quoted(tmp_path: Path, row: str, is_stray: bool) -> None:
    text = 'lead_id,lead_type,lead_source,received_at,address\nL0,tip,hotline,2026-09-01,"a\nb"\n' + row + "\n"
    raw = read_table(written(tmp_path, text), "leads")
    assert [(at, code) for at, code, _ in raw.faults] == ([(3, "G224")] if is_stray else [])


@pytest.mark.parametrize("relative", ["../leads.csv", "/etc/hosts", "a/../../leads.csv"])
def test_a_path_out_of_the_folder_is_refused(tmp_path: Path, relative: str) -> None:
    folder = tmp_path / "scenario"
    folder.mkdir()
    with pytest.raises(InputError, match=r"G106 data\.leads"):
        safe_path(folder, relative, "data.leads")


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "scenario"
    folder.mkdir()
    (folder / "leads.csv").symlink_to(written(tmp_path, LEADS))
    with pytest.raises(InputError, match="G106"):
        safe_path(folder, "leads.csv", "data.leads")


def test_a_path_inside_the_folder_is_given(tmp_path: Path) -> None:
    assert safe_path(tmp_path, "tables/leads.csv", "data.leads") == tmp_path / "tables" / "leads.csv"


BROKEN_FILES = {
    "G127-header-only.leads.csv": ("G127", "G127-header-only.leads.csv"),
    "G103-no-type.leads.csv": ("G103", "G103-no-type.leads.csv"),
    "G107-header-twice.leads.csv": ("G107", "G107-header-twice.leads.csv"),
    "G108-comma-in-cell.leads.csv": ("G108", "G108-comma-in-cell.leads.csv row 3"),
    "G108-many-commas.leads.csv": ("G108", "G108-many-commas.leads.csv row 3"),
    "G109-open-quote.leads.csv": ("G109", "G109-open-quote.leads.csv row 3"),
    "G109-open-to-the-end.leads.csv": ("G109", "G109-open-to-the-end.leads.csv"),
}


@pytest.mark.parametrize("name", BROKEN_FILES)
def test_each_broken_file_gives_its_code_and_place(name: str) -> None:
    issue = only_issue(BROKEN / name)
    assert (issue.code, issue.where) == BROKEN_FILES[name]


def test_bytes_in_no_encoding_are_reported(tmp_path: Path) -> None:
    assert only_issue(written(tmp_path, LEADS.encode() + b"\xff\xff\x80\xfe")).code == "G110"


def test_a_header_of_too_many_columns_is_refused(tmp_path: Path) -> None:
    issue = only_issue(written(tmp_path, LEADS.replace("\n", "," * 2_000 + "\n")))
    assert (issue.code, issue.values["n"]) == ("G112", 2_004)


def test_an_unknown_table_is_a_slip_in_code(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="name must be one of"):
        read_table(tmp_path / "x.csv", "x")


@pytest.mark.slow
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.one_of(
        st.binary(max_size=400), st.text(max_size=200).map(lambda t: (LEADS + t).encode(errors="replace"))
    )
)
def test_any_bytes_end_in_a_table_or_in_issues(tmp_path: Path, content: bytes) -> None:
    try:
        raw = read_table(written(tmp_path, content), "leads")
    except InputError as error:
        assert error.issues
    else:
        assert isinstance(raw, RawTable)
        assert raw.n_rows > 0
