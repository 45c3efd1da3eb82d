"""Several files and sheets of one table, with columns, words and constants by source."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from geodata.clean.leads import clean_leads
from geodata.clean.roster_and_bases import clean_roster
from geodata.clean.table_cleaner import Cleaned
from geodata.datum.datum_names import WGS84
from geodata.raw_table import RawTable
from sweep.inputs.findings_collector import row_places
from sweep.inputs.read_tables import CITY_KEPT, RawInputs, read
from sweep.inputs.row_losses import quarantine_issues
from sweep.scenario.load_scenario import load_scenario
from sweep.store.sync.scenario_snapshot import input_files

JULY = [
    ["工单（7月）"],
    ["编号", "类别", "来源", "受理", "地址"],
    ["A1", "举报", "96110", "2026-07-02 09:00", "甲路1号"],
]
AUGUST = [["编号", "类别", "来源", "受理", "地址"], ["A2", "猫池", "96110", "2026-08-02 09:00", "甲路2号"]]
OTHER = "号次,种类,来自,下发时间,地点\nB1,举报,走访,2026-08-03 10:00,乙路1号\nB2,不明,走访,2026-08-04 10:00,乙路2号\n"
LEADS = 'data.leads = ["工单.xlsx#7月", "工单.xlsx#8月", "平台.csv"]'
NAMED = """
[data.columns."工单.xlsx"]
lead_id = "编号"
lead_type = "类别"
received_at = "受理"
[data.columns."平台.csv"]
lead_id = "号次"
lead_type = "种类"
lead_source = "来自"
received_at = "下发时间"
[data.values."工单.xlsx#7月".lead_type]
"举报" = "call_room"
"""


def book(path: Path, **sheets: list[list[str]]) -> None:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for title, rows in sheets.items():
        sheet = made.create_sheet(title.removeprefix("_"))
        for row in rows:
            sheet.append(row)
    made.save(path)


def read_leads(folder: Path, named: str = NAMED, leads: str = LEADS) -> RawInputs:
    """A made-up city without files, with two sheets and a csv of leads."""
    lines = ('name = "a"', "day = 2026-09-16", leads, named)
    (folder / "city.toml").touch()
    (folder / "scenario.toml").write_text("\n".join(lines), encoding="utf-8")
    kept = folder / CITY_KEPT
    kept.mkdir()
    book(kept / "工单.xlsx", _7月=JULY, _8月=AUGUST)
    (kept / "平台.csv").write_text(OTHER, encoding="gb18030")
    return read(load_scenario(folder))


def of_leads(inputs: RawInputs) -> RawTable:
    assert [i for i in inputs.issues if "工单" in i.where or "平台" in i.where] == []
    return inputs.tables["leads"]


def cleaned_leads(inputs: RawInputs) -> Cleaned:
    return clean_leads(of_leads(inputs), WGS84, load_scenario(inputs.folder.parent).day)


def test_sheets_and_files_of_one_table_are_read_as_one(tmp_path: Path) -> None:
    raw = of_leads(read_leads(tmp_path))
    assert raw.frame["lead_id"].tolist() == ["A1", "A2", "B1", "B2"]
    assert [part.file for part in raw.sources] == ["工单.xlsx#7月", "工单.xlsx#8月", "平台.csv"]


def test_each_row_of_a_joined_table_keeps_its_own_file_and_row(tmp_path: Path) -> None:
    inputs = read_leads(tmp_path)
    cleaned, raw = cleaned_leads(inputs), of_leads(inputs)
    # Row 3 of July, below title and header; row 2 of August; row 2 of the csv, whose row 3 is set aside.
    found = row_places(raw, cleaned.rows)
    assert list(zip(found["file"], found["row"], strict=True)) == [
        ("工单.xlsx#7月", 3),
        ("工单.xlsx#8月", 2),
        ("平台.csv", 2),
    ]
    aside = cleaned.quarantine
    assert aside[["file", "row", "code", "where"]].to_numpy().tolist() == [["平台.csv", 3, "G207", "平台.csv row 3"]]


def test_a_word_means_in_each_source_what_the_scenario_says_of_it(tmp_path: Path) -> None:
    cleaned = cleaned_leads(read_leads(tmp_path))
    assert cleaned.table["lead_type"].tolist() == ["call_room", "sim_bank", "tip"]


def test_an_id_that_two_sources_share_is_reported_with_both_places(tmp_path: Path) -> None:
    inputs = read_leads(tmp_path)
    path = tmp_path / CITY_KEPT / "平台.csv"
    path.write_text(OTHER.replace("B1", "A2"), encoding="utf-8")
    cleaned = cleaned_leads(read(load_scenario(inputs.folder.parent)))
    clash = cleaned.quarantine.iloc[0]
    assert (clash["code"], clash["where"]) == ("G202", "平台.csv row 2")
    assert '"first_row": [2, "工单.xlsx#8月"]' in clash["values"]


def test_a_missing_column_is_reported_under_the_source_that_lacks_it(tmp_path: Path) -> None:
    inputs = read_leads(tmp_path, NAMED.replace('lead_id = "号次"\n', ""))
    (issue,) = [i for i in inputs.issues if "平台" in i.where]
    assert (issue.where, issue.values["section"]) == ("平台.csv", 'data.columns."平台.csv"')


def test_a_header_of_the_whole_table_counts_where_a_source_has_it(tmp_path: Path) -> None:
    more = '[data.columns.leads]\nreceived_at = "受理"\n'
    assert (
        of_leads(read_leads(tmp_path, NAMED.replace('received_at = "受理"\n', "") + more))
        .frame["received_at"]
        .notna()
        .all()
    )


def test_a_header_that_no_source_has_is_an_error(tmp_path: Path) -> None:
    inputs = read_leads(tmp_path, f'{NAMED}\n[data.columns.leads]\ndue_at = "期限"\n')
    (issue,) = [i for i in inputs.issues if i.code == "G113"]
    assert (issue.where, issue.values["header"]) == ("工单.xlsx#7月, 工单.xlsx#8月, 平台.csv", "期限")


def test_a_sheet_that_the_workbook_lacks_is_an_error_with_those_it_has(tmp_path: Path) -> None:
    inputs = read_leads(tmp_path, leads='data.leads = ["工单.xlsx#9月"]', named="")
    (issue,) = [i for i in inputs.issues if "工单" in i.where]
    assert (issue.code, issue.values["sheet"], issue.values["sheets"]) == ("G133", "9月", ("7月", "8月"))


def test_of_several_sheets_that_hold_a_table_the_line_that_names_them_is_given(tmp_path: Path) -> None:
    named = '[data.columns.leads]\nlead_id = "编号"\nlead_type = "类别"\nreceived_at = "受理"\n'
    inputs = read_leads(tmp_path, leads='data.leads = "工单.xlsx"', named=named)
    (issue,) = [i for i in inputs.issues if "工单" in i.where]
    assert (issue.code, issue.values["line"]) == ("G118", 'leads = ["工单.xlsx#7月", "工单.xlsx#8月"]')


@pytest.mark.parametrize("key", ["roster", "人员.xlsx", "人员.xlsx#市监"])
def test_a_constant_stands_in_every_row_of_a_source_that_lacks_the_column(tmp_path: Path, key: str) -> None:
    header = ["警号", "部门", "岗位", "执法证有效期", "性别", "集结点", "上班时间", "下班时间"]
    row = ["P1", "公安", "民警", "2030-01-01", "女", "S1", "13:00", "18:00"]
    lines = (
        'name = "a"',
        "day = 2026-09-16",
        'data.roster = ["人员.xlsx#公安", "人员.xlsx#市监"]',
    )
    more = (f'data.constants."{key}" = {{ division_code = 310104 }}', 'data.constants.roster.skills = "recorder"')
    settings = "\n".join((*lines, *(more if key != "roster" else (f"{more[0][:-2]}, skills = 'recorder' }}",))))
    (tmp_path / "city.toml").touch()
    (tmp_path / "scenario.toml").write_text(settings, encoding="utf-8")
    (tmp_path / CITY_KEPT).mkdir()
    book(
        tmp_path / CITY_KEPT / "人员.xlsx",
        _公安=[[*header, "属地"], [*row, "370102"]],
        _市监=[header, ["M1", "市场监管", "执法人员", *row[3:]]],
    )
    cleaned = clean_roster(read(load_scenario(tmp_path)).tables["roster"])
    assert cleaned.issues == ()
    # Row by row: the police sheet has the column, and its own cell stays.
    assert cleaned.table["division_code"].tolist() == ["370102", "310104"]
    assert cleaned.table["skills"].tolist() == ["recorder", "recorder"]


def test_what_is_refused_in_a_lead_is_shown_on_a_terminal_alone(tmp_path: Path) -> None:
    inputs = read_leads(tmp_path)
    said = "来电人说银荷大厦十二层夜里有人"
    (tmp_path / CITY_KEPT / "平台.csv").write_text(OTHER.replace("不明", said), encoding="utf-8")
    (issue,) = quarantine_issues(cleaned_leads(read(load_scenario(inputs.folder.parent))).quarantine)
    assert (issue.values["value"], issue.on_terminal().values["value"]) == ("…", said)


def test_a_fault_names_the_header_of_its_own_file(tmp_path: Path) -> None:
    values = cleaned_leads(read_leads(tmp_path)).quarantine["values"].iloc[0]
    assert '"column": "种类"' in values


def test_sheets_with_the_same_headers_lack_a_column_once(tmp_path: Path) -> None:
    inputs = read_leads(tmp_path, NAMED.replace('lead_type = "类别"\n', ""))
    (issue,) = [i for i in inputs.issues if "工单" in i.where]
    assert (issue.where, issue.values["section"]) == ("工单.xlsx", 'data.columns."工单.xlsx"')


def test_a_store_is_given_every_file_of_a_table(tmp_path: Path) -> None:
    inputs = read_leads(tmp_path)
    files = {place for table, place, _ in input_files(load_scenario(tmp_path), inputs) if table == "leads"}
    assert files == {f"{CITY_KEPT}/工单.xlsx", f"{CITY_KEPT}/平台.csv"}


def test_settings_of_a_file_that_no_table_names_are_refused(tmp_path: Path) -> None:
    lines = ('name = "a"', "day = 2026-09-16", 'data.columns."别的.csv".lead_id = "编号"')
    (tmp_path / "city.toml").touch()
    (tmp_path / "scenario.toml").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(Exception, match=r"别的\.csv"):
        load_scenario(tmp_path)
