"""CLEAN, table by table: what is used, what goes to quarantine, what stops the run."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geodata.clean.firms import clean_firms
from geodata.clean.history import clean_history
from geodata.clean.leads import clean_leads
from geodata.clean.roster_and_bases import check_base_ids, check_bases, clean_bases, clean_roster
from geodata.clean.table_cleaner import QUARANTINE_COLUMNS, Cleaned
from geodata.datum.convert import from_wgs84
from geodata.datum.datum_names import BY_ZONE, GCJ02, WGS84, Datum, parse_datum
from geodata.message_catalogue import LANGUAGES, load_texts
from geodata.raw_table import RawTable
from geodata.read.read_table import read_table
from geodata.schema import BASES, FIRMS, HISTORY, LEADS, ROSTER
from tests.paths import BROKEN

DAY = date(2026, 9, 16)

CLEANERS: dict[str, Callable[[RawTable], Cleaned]] = {
    "firms": lambda raw: clean_firms(raw, WGS84),
    "leads": lambda raw: clean_leads(raw, WGS84, DAY),
    "roster": clean_roster,
    "bases": lambda raw: clean_bases(raw, WGS84),
    "history": lambda raw: clean_history(raw, DAY),
}

LEAD_HEADER = "lead_id,lead_type,lead_source,received_at,address,building_id,uscc,lon,lat"
ROSTER_HEADER = "person_id,agency,role,certificate_until,is_female,base_id,division_code,shift_start,shift_end,recusals"
ROSTER_ROWS = (
    "P1,police,officer,2027-12-31,1,S1,370102,13:30,17:30,",
    "P2,market_regulation,inspector,长期,0,S1,370102,21:00,02:00,B1；91350100M000100Y43",
)


def table(folder: Path, name: str, *rows: str) -> RawTable:
    path = folder / f"{name}.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return read_table(path, name)


def leads(folder: Path, *rows: str, datum: Datum = WGS84) -> Cleaned:
    return clean_leads(table(folder, "leads", LEAD_HEADER, *rows), datum, DAY)


def quarantined(cleaned: Cleaned) -> list[tuple[int, str]]:
    return list(zip(cleaned.quarantine["row"], cleaned.quarantine["code"], strict=True))


def issues_of(cleaned: Cleaned) -> list[tuple[str, str]]:
    for issue in cleaned.issues:
        for lang in LANGUAGES:
            assert issue.what(load_texts(lang, ("geodata",)))
            assert issue.fix(load_texts(lang, ("geodata",)))
    return [(issue.code, issue.where) for issue in cleaned.issues]


# --- leads


def test_a_clean_lead_satisfies_the_schema(tmp_path: Path) -> None:
    cleaned = leads(tmp_path, "L1,猫池,举报,2026年9月1日,银荷大厦,B1,91350100m000100y43,117.12,36.65")
    assert cleaned.issues == ()
    assert cleaned.quarantine.empty
    row = LEADS.validate(cleaned.table).loc[0]
    assert (row["lead_type"], row["lead_source"], row["uscc"]) == ("sim_bank", "reported", "91350100M000100Y43")
    assert pd.isna(row["due_at"])
    assert cleaned.repairs == {"category": 2, "date": 1, "uscc_case": 1}


def test_swapped_lon_and_lat_are_put_right_and_counted(tmp_path: Path) -> None:
    cleaned = leads(tmp_path, "L1,tip,reported,2026-09-01,,,,36.65,117.12")
    assert cleaned.table.loc[0, ["lon", "lat"]].tolist() == [117.12, 36.65]
    assert cleaned.repairs == {"swapped_lon_lat": 1}


def test_points_come_back_in_wgs84(tmp_path: Path) -> None:
    lon, lat = from_wgs84(np.array([117.12]), np.array([36.65]), GCJ02)
    cleaned = leads(tmp_path, f"L1,tip,reported,2026-09-01,,,,{lon[0]:.9f},{lat[0]:.9f}", datum=GCJ02)
    assert cleaned.table.loc[0, ["lon", "lat"]].tolist() == pytest.approx([117.12, 36.65], abs=1e-7)


# 117.12 E, 36.65 N on CGCS2000: 10.7 km east of the meridian 117, 4 057.7 km north of the equator (pyproj).
@pytest.mark.parametrize(
    ("pair", "datum", "repairs"),
    [
        ("510730.161,4057676.654", parse_datum("EPSG:4548"), {}),
        ("4057676.654,510730.161", parse_datum("EPSG:4548"), {"swapped_lon_lat": 1}),
        ("39510730.161,4057676.654", parse_datum("EPSG:4527"), {}),
        ("39510730.161,4057676.654", parse_datum("EPSG:4548"), {"zone_number": 1}),
        ("4057676.654,39510730.161", parse_datum("EPSG:4548"), {"swapped_lon_lat": 1, "zone_number": 1}),
        ("39510730.161,4057676.654", BY_ZONE, {}),
        ("117.12,36.65", parse_datum("EPSG:4548"), {"degrees_among_metres": 1}),
        ("36.65,117.12", parse_datum("EPSG:4548"), {"degrees_among_metres": 1, "swapped_lon_lat": 1}),
    ],
    ids=["plain", "northing first", "numbered", "numbered, undeclared", "both", "by its number", "degrees", "turned"],
)
def test_metres_come_back_as_degrees(tmp_path: Path, pair: str, datum: Datum, repairs: dict[str, int]) -> None:
    cleaned = leads(tmp_path, f"L1,tip,reported,2026-09-01,,,,{pair}", datum=datum)
    assert cleaned.table.loc[0, ["lon", "lat"]].tolist() == pytest.approx([117.12, 36.65], abs=2e-5)
    assert cleaned.repairs == repairs


def test_an_easting_without_the_number_that_its_datum_asks_for_is_no_place(tmp_path: Path) -> None:
    cleaned = leads(tmp_path, "L1,tip,reported,2026-09-01,,,,510730.161,4057676.654", datum=BY_ZONE)
    assert quarantined(cleaned) == [(2, "G226")]


@pytest.mark.parametrize("pair", ["510730.161,4057676.654", "39510730,4057676", "4057676,510730"])
def test_metres_that_the_scenario_calls_degrees_are_reported_as_metres(tmp_path: Path, pair: str) -> None:
    cleaned = leads(tmp_path, f"L1,tip,reported,2026-09-01,,,,{pair}")
    assert quarantined(cleaned) == [(2, "G226")]
    assert json.loads(cleaned.quarantine.loc[0, "values"])["datum"] == "wgs84"


def test_nought_and_nought_is_a_place_that_nobody_knows(tmp_path: Path) -> None:
    cleaned = leads(tmp_path, "L1,tip,reported,2026-09-01,泉城路1号,,,0,0.0")
    assert cleaned.table[["lon", "lat"]].isna().all(axis=None)
    assert cleaned.repairs == {"place_zero": 1}


@pytest.mark.parametrize(
    ("lon", "lat"),
    [
        ("117°7'12\"", "36°39'"),
        ("117度7分12秒", "36度39分0秒"),
        ("东经117.12°", "北纬36.65"),
        ("E117.12", "36.65N"),
        ("１１７°０７′１２″", "36º39′00″N"),
    ],
    ids=["signs", "Chinese", "named", "letters", "full width"],
)
def test_angles_are_read_however_they_are_written(tmp_path: Path, lon: str, lat: str) -> None:
    quoted = ",".join('"' + cell.replace('"', '""') + '"' for cell in (lon, lat))
    cleaned = leads(tmp_path, f"L1,tip,reported,2026-09-01,,,,{quoted}")
    # 7/60 + 12/3600 = 0.12; 39/60 = 0.65.
    assert cleaned.table.loc[0, ["lon", "lat"]].tolist() == pytest.approx([117.12, 36.65], abs=1e-9)
    assert cleaned.repairs["number_written"] == 2


@pytest.mark.parametrize("lat", ["36°75'", "S36.65", "36°39'61''", "36.65 or so"])
def test_what_is_no_angle_of_china_is_no_number(tmp_path: Path, lat: str) -> None:
    cleaned = leads(tmp_path, f'L1,tip,reported,2026-09-01,,,,117.12,"{lat}"')
    assert quarantined(cleaned) == [(2, "G204")]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (",tip,reported,2026-09-01,,,,,", "G201"),
        ("L1,xyz,reported,2026-09-01,,,,,", "G207"),
        ("L1,tip,reported,soon,,,,,", "G208"),
        ("L1,tip,reported,2026-09-01,,,91310115MA1H8R7C6D,,", "G209"),
        ("L1,tip,reported,2026-09-01,,,9.13702E+17,,", "G210"),
        ("L1,tip,reported,2026-09-17,,,,,", "G212"),
        ("L1,tip,reported,2026-09-01,,,,0,36.6", "G215"),
        ("L1,tip,reported,2026-09-01,,,,2.35,48.86", "G215"),
        ("L1,tip,reported,2026-09-01,,,,117.12,", "G216"),
        ("L1,tip,reported,2026-09-01,,,,east,36.6", "G204"),
        ("L1,tip,reported,2026-09-01,,,,inf,36.6", "G215"),
    ],
)
def test_a_bad_lead_goes_to_quarantine_with_its_reason(tmp_path: Path, row: str, code: str) -> None:
    cleaned = leads(tmp_path, "L0,tip,reported,2026-09-16 23:00,,,,,", row)
    assert quarantined(cleaned) == [(3, code)]
    assert cleaned.issues == ()
    assert cleaned.table["lead_id"].tolist() == ["L0"]
    line = cleaned.quarantine.loc[0]
    assert tuple(cleaned.quarantine.columns) == (*QUARANTINE_COLUMNS, "private")
    assert line["where"] == "leads.csv row 3"
    for lang in LANGUAGES:
        texts = load_texts(lang, ("geodata",))
        assert texts(f"issue.{code}.what", **json.loads(line["values"]))
        assert texts(f"issue.{code}.fix", **json.loads(line["values"]))


def test_a_quarantined_row_keeps_its_content(tmp_path: Path) -> None:
    cleaned = leads(tmp_path, "L1,xyz,reported,2026-09-01,<img src=x>,,,,")
    content = json.loads(cleaned.quarantine.loc[0, "content"])
    assert content["lead_type"] == "xyz"


def test_the_quarantine_of_leads_names_the_row_and_no_text_whatever_column_it_is_in(tmp_path: Path) -> None:
    cleaned = leads(
        tmp_path,
        "L1,猫池,举报,soon,银荷大厦,B1,,,",
        "L2,猫池,举报,来电人说银荷大厦十二层夜里有人,2026-09-01,B1,,,",  # a cell too far to the left
        "L3,说不清的一种,举报,2026-09-01,,B1,,,",
    )
    shown = cleaned.quarantine["values"].str.cat(cleaned.quarantine["content"]).str.cat()
    assert quarantined(cleaned) == [(2, "G208"), (3, "G208"), (4, "G207")]
    assert "银荷" not in shown and "soon" in shown and "说不清的一种" in shown
    assert json.loads(cleaned.quarantine.loc[1, "values"])["value"] == "…"
    assert json.loads(cleaned.quarantine.loc[0, "content"])["lead_id"] == "L1"


def test_a_repeated_row_is_left_out_and_another_row_of_the_same_id_too(tmp_path: Path) -> None:
    row = "L1,tip,reported,2026-09-01,,,,,"
    cleaned = leads(tmp_path, row, row, "L1,tip,reported,2026-09-02,,,,,", "L1,tip,reported,2026/9/1,,,,,")
    assert quarantined(cleaned) == [(3, "G203"), (4, "G202"), (5, "G203")]
    assert json.loads(cleaned.quarantine.loc[1, "values"]) == {"column": "lead_id", "first_row": 2, "value": "L1"}


def test_two_faults_of_one_row_are_one_line(tmp_path: Path) -> None:
    cleaned = leads(tmp_path, "L1,xyz,reported,soon,,,,,")
    assert len(cleaned.quarantine) == 1


def test_the_raw_table_is_not_changed(tmp_path: Path) -> None:
    raw = table(tmp_path, "leads", LEAD_HEADER, "L1,猫池,举报,2026/9/1, 银荷大厦 ,,,36.65,117.12")
    before = raw.frame.copy()
    clean_leads(raw, GCJ02, DAY)
    pd.testing.assert_frame_equal(raw.frame, before)


@pytest.mark.parametrize(
    ("typed", "due"),
    [
        ("2026-09-16", "2026-09-16 23:59:59"),
        ("2026年9月16日", "2026-09-16 23:59:59"),
        ("2026-09-16 00:00:00", "2026-09-16 23:59:59"),
        ("46281", "2026-09-16 23:59:59"),
        ("2026-09-16 14:30", "2026-09-16 14:30:00"),
        ("2026-09-16 00:00:01", "2026-09-16 00:00:01"),
        ("", None),
        ("长期", None),
    ],
    ids=["date", "Chinese", "cell of Excel", "number of Excel", "hour", "a second past midnight", "none", "no end"],
)
def test_a_due_date_without_a_clock_time_ends_with_its_day(tmp_path: Path, typed: str, due: str | None) -> None:
    rows = ("lead_id,lead_type,lead_source,received_at,反馈期限", f"L1,tip,reported,2026-09-01,{typed}")
    (found,) = clean_leads(table(tmp_path, "leads", *rows), WGS84, DAY).table["due_at"]
    assert (None if pd.isna(found) else f"{found:%Y-%m-%d %H:%M:%S}") == due


# --- firms and history


def test_firms_satisfy_the_schema_and_names_survive(tmp_path: Path) -> None:
    name = "<img src=x onerror=alert(1)>`${alert(1)}`"
    rows = ("统一社会信用代码,企业名称,住所,信用风险分类,楼层", f"91370102MA30000450,{name},某路1号,A类,Ｂ1")
    cleaned = clean_firms(table(tmp_path, "firms", *rows), WGS84)
    row = FIRMS.validate(cleaned.table).loc[0]
    assert (row["firm_name"], row["credit_class"], row["floor_label"]) == (name, "A", "B1")
    assert pd.isna(row["lon"])


def test_a_firm_without_a_valid_code_goes_to_quarantine(tmp_path: Path) -> None:
    rows = ("uscc,firm_name", "91310115MA1H8R7C6D,甲", "91370102MA30000450,乙", "91370102MA30000450,丙")
    cleaned = clean_firms(table(tmp_path, "firms", *rows), WGS84)
    assert quarantined(cleaned) == [(2, "G209"), (4, "G202")]


def test_history_satisfies_the_schema(tmp_path: Path) -> None:
    rows = (
        "visit_id,building_id,visited_on,track,authority,检查组,outcome,selection_probability",
        "V1,B1,2026-08-01,双随机,市场监管局,J03,正常,0.1",
        "V2,B1,2026-10-01,case,police,,find,",
        "V3,B1,2026-08-01,case,police,,find,1.5",
    )
    cleaned = clean_history(table(tmp_path, "history", *rows), DAY)
    assert quarantined(cleaned) == [(3, "G212"), (4, "G205")]
    row = HISTORY.validate(cleaned.table).loc[0]
    assert (row["track"], row["authority"], row["team"]) == ("routine", "market_regulation", "J03")
    assert row["outcome"] == "nothing"


def officers(folder: Path, typed: str, *people: str) -> str:
    header = "visit_id,building_id,visited_on,track,authority,outcome,officers"
    rows = (header, f'V1,B1,2026-08-01,case,police,find,"{typed}"')
    (found,) = clean_history(table(folder, "history", *rows), DAY, {*people}).table["officers"]
    return str(found)


@pytest.mark.parametrize(
    "typed",
    ["P1;P2", "P1；P2", "P1，P2", "P1、 P2", "P1｜P2", "P1/P2", "P1 ／ P2", "P1\nP2", "P1；\nP2\n", "P1 P2", "P1　P2"],
    ids=repr,
)
def test_officers_of_a_past_visit_are_several_whatever_stands_between_them(tmp_path: Path, typed: str) -> None:
    assert officers(tmp_path, typed, "P1", "P2") == "P1;P2"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("A/2；P 1", "A/2;P 1"),
        ("P 1/P3", "P 1;P3"),
        ("Li Lei", "Li Lei"),
        ("P3 Li Lei", "P3;Li;Lei"),
    ],
)
def test_an_id_of_the_roster_keeps_its_blank_or_stroke_and_a_name_that_nobody_knows_is_one(
    tmp_path: Path, typed: str, found: str
) -> None:
    assert officers(tmp_path, typed, "P 1", "A/2", "P3") == found


# --- roster and bases


def roster(folder: Path, *rows: str) -> Cleaned:
    return clean_roster(table(folder, "roster", ROSTER_HEADER, *rows))


def test_a_roster_satisfies_the_schema(tmp_path: Path) -> None:
    cleaned = roster(tmp_path, *ROSTER_ROWS)
    assert cleaned.issues == ()
    clean = ROSTER.validate(cleaned.table)
    assert clean["shift_start_s"].tolist() == [48_600, 75_600]
    assert clean["shift_end_s"].tolist() == [63_000, 93_600]  # 02:00 of the next day: 26 x 3,600
    assert clean.loc[1, "recusals"] == "B1;91350100M000100Y43"
    assert clean["certificate_until"].notna().all()
    assert cleaned.repairs["shift_next_day"] == 1


@pytest.mark.parametrize(
    ("typed", "skills"),
    [
        ("执法记录仪", "recorder"),
        ('"执法记录仪\nx y"', "recorder;x y"),
        ("执法记录仪、电脑", "recorder;电脑"),
        ("Recorder;记录仪", "recorder"),
        ("电脑", "电脑"),
    ],
)
def test_who_runs_the_body_recorder_is_known_by_any_usual_word(tmp_path: Path, typed: str, skills: str) -> None:
    header, row = f"{ROSTER_HEADER},skills", f"{ROSTER_ROWS[0]},{typed}"
    cleaned = clean_roster(table(tmp_path, "roster", header, row, f"{ROSTER_ROWS[1]},"))
    assert cleaned.table["skills"].iloc[0] == skills


def on_duty(folder: Path, *marks: str) -> Cleaned:
    rows = (f"{row},{mark}" for row, mark in zip(ROSTER_ROWS, marks, strict=True))
    return clean_roster(table(folder, "roster", f"{ROSTER_HEADER},值勤", *rows))


def test_a_person_off_duty_is_set_aside_and_the_reason_is_not_kept(tmp_path: Path) -> None:
    cleaned = on_duty(tmp_path, "√", "病假")
    assert cleaned.table["person_id"].tolist() == ["P1"]
    assert quarantined(cleaned) == [(3, "G234")]
    assert "病假" not in cleaned.quarantine.to_json(force_ascii=False)


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ("值班 备勤 备班 值守 执勤 在勤 待命", ["P1", "P2"]),
        ("补休 调休 公休 外勤 培训 出差 病假 事假 年假 产假 陪产假 探亲假 年休假 借调 开会", ["P2"]),
    ],
    ids=["on duty", "off duty"],
)
def test_the_usual_words_of_duty_rosters_are_known(tmp_path: Path, words: str, ids: list[str]) -> None:
    for word in words.split():
        assert on_duty(tmp_path, word, "√").table["person_id"].tolist() == ids, word


def test_a_table_of_more_than_one_day_keeps_who_is_off_on_the_roster_day(tmp_path: Path) -> None:
    rows = (f"{ROSTER_ROWS[0]},√", f"{ROSTER_ROWS[1]},公休")
    cleaned = clean_roster(table(tmp_path, "roster", f"{ROSTER_HEADER},值勤", *rows), is_of_one_day=False)
    assert cleaned.table["duty"].tolist() == ["on", "off"]
    assert cleaned.issues == ()


def test_an_authority_that_is_off_duty_as_a_whole_is_missing(tmp_path: Path) -> None:
    assert issues_of(on_duty(tmp_path, "√", "公休")) == [("S202", "roster.csv")]


@pytest.mark.parametrize(("mark", "code"), [("机动", "G207"), ("", "G201")], ids=["unknown word", "empty"])
def test_a_duty_mark_that_says_neither_stops_the_run(tmp_path: Path, mark: str, code: str) -> None:
    assert ("roster.csv row 2", code) in [(w, c) for c, w in issues_of(on_duty(tmp_path, mark, "在岗"))]


def test_no_person_is_reported_missing_while_words_are_unknown(tmp_path: Path) -> None:
    rows = (ROSTER_ROWS[0].replace("officer", "警务员"), ROSTER_ROWS[1].replace("market_regulation", "工商"))
    assert {code for code, _ in issues_of(roster(tmp_path, *rows))} == {"G207"}


def test_a_roster_without_a_certified_woman_stops_the_run(tmp_path: Path) -> None:
    rows = (ROSTER_ROWS[0].replace(",1,S1", ",0,S1"), ROSTER_ROWS[1], "P3,police,auxiliary,,1,S1,370102,13:30,17:30,")
    assert issues_of(roster(tmp_path, *rows)) == [("S201", "roster.csv")]


def test_a_woman_without_a_certificate_does_not_count(tmp_path: Path) -> None:
    rows = (ROSTER_ROWS[0].replace("2027-12-31", ""), ROSTER_ROWS[1])
    assert issues_of(roster(tmp_path, *rows)) == [("S201", "roster.csv")]


@pytest.mark.parametrize("asked", ["性别", "性　别", "性别（代码）", "性别：", "SEX", " xb ", "性别(男1女2)"])
def test_a_one_under_a_header_that_asks_for_the_sex_is_a_man(tmp_path: Path, asked: str) -> None:
    rows = (ROSTER_ROWS[0], ROSTER_ROWS[1].replace(",0,S1", ",1,S1"))
    cleaned = clean_roster(table(tmp_path, "roster", ROSTER_HEADER.replace("is_female", asked), *rows))
    assert cleaned.table["is_female"].tolist() == [False, False]
    assert issues_of(cleaned) == [("S201", "roster.csv")]


def test_a_one_under_a_header_of_no_dialect_that_the_scenario_names_is_a_man(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_text("\n".join((ROSTER_HEADER.replace("is_female", "性别代码"), ROSTER_ROWS[0])), encoding="utf-8")
    cleaned = clean_roster(read_table(path, "roster", {"is_female": "性别代码"}))
    assert cleaned.table["is_female"].tolist() == [False]


@pytest.mark.parametrize("asked", ["is_female", "是否女性", "女　性", "Is Female", "ｉｓ＿ｆｅｍａｌｅ"])
def test_a_one_under_a_header_that_names_women_alone_is_a_woman(tmp_path: Path, asked: str) -> None:
    cleaned = clean_roster(table(tmp_path, "roster", ROSTER_HEADER.replace("is_female", asked), *ROSTER_ROWS))
    assert cleaned.table["is_female"].tolist() == [True, False]


@pytest.mark.parametrize(("kept", "absent"), [(0, "market_regulation"), (1, "police")])
def test_a_roster_of_one_agency_stops_the_run(tmp_path: Path, kept: int, absent: str) -> None:
    cleaned = roster(tmp_path, ROSTER_ROWS[kept].replace(",0,S1", ",1,S1"))
    assert issues_of(cleaned) == [("S202", "roster.csv")]
    assert cleaned.issues[0].values["agency"] == absent


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("P3,fire,officer,2027-12-31,1,S1,370102,13:30,17:30,", "G207"),
        ("P3,police,officer,2027-12-31,,S1,370102,13:30,17:30,", "G201"),
        ("P3,police,officer,2027-12-31,1,S1,历下,13:30,17:30,", "G211"),
        ("P3,police,officer,2027-12-31,1,S1,370102,noon,17:30,", "G213"),
        ("P3,police,officer,2027-12-31,1,S1,370102,13:30,13:30,", "G214"),
        ("P1,police,officer,2027-12-31,0,S1,370102,13:30,17:30,", "G202"),
    ],
)
def test_a_bad_roster_row_stops_the_run(tmp_path: Path, row: str, code: str) -> None:
    cleaned = roster(tmp_path, *ROSTER_ROWS, row)
    assert issues_of(cleaned) == [(code, "roster.csv row 4")]
    assert quarantined(cleaned) == [(4, code)]


def test_every_fault_of_a_roster_is_reported_at_once(tmp_path: Path) -> None:
    cleaned = roster(tmp_path, *ROSTER_ROWS, "P3,fire,officer,soon,1,,370102,13:30,17:30,")
    assert {code for code, _ in issues_of(cleaned)} == {"G201", "G207", "G208"}


def test_a_repeated_roster_row_stops_nothing(tmp_path: Path) -> None:
    cleaned = roster(tmp_path, *ROSTER_ROWS, ROSTER_ROWS[0])
    assert cleaned.issues == ()
    assert quarantined(cleaned) == [(4, "G203")]


def test_bases_satisfy_the_schema_and_unknown_ones_are_reported(tmp_path: Path) -> None:
    bases = clean_bases(
        table(tmp_path, "bases", "base_id,base_name,division_code,经度,纬度", "S1,所,370102,36.6,117.1"), WGS84
    )
    assert BASES.validate(bases.table).loc[0, "lon"] == 117.1
    people = roster(tmp_path, ROSTER_ROWS[0], ROSTER_ROWS[1].replace("S1", "S2"))
    (issue,) = check_bases(people.table, bases.table, "roster.csv")
    assert (issue.code, issue.where, dict(issue.values)) == (
        "S203",
        "roster.csv P2",
        {"base_id": "S2", "nearest": "S1"},
    )
    assert issue.what(load_texts("zh_CN", ("geodata",)))
    assert check_bases(people.table.head(1), bases.table, "roster.csv") == ()


def test_a_base_with_the_id_of_a_building_is_a_fault(tmp_path: Path) -> None:
    rows = ("1,所,370102,117.1,36.6", "S2,队,370102,117.2,36.6")
    bases = clean_bases(table(tmp_path, "bases", "base_id,base_name,division_code,经度,纬度", *rows), WGS84).table
    (issue,) = check_base_ids(bases, pd.DataFrame({"building_id": ["1", "2"]}), "bases.csv")
    assert (issue.code, issue.where, dict(issue.values)) == ("G280", "bases.csv 1", {"base_id": "1"})


def test_a_bad_base_stops_the_run(tmp_path: Path) -> None:
    rows = ("base_id,base_name,division_code,lon,lat", "S1,所,370102,,", "S2,所,370102,2.3,48.8")
    cleaned = clean_bases(table(tmp_path, "bases", *rows), WGS84)
    assert issues_of(cleaned) == [("G201", "bases.csv row 2"), ("G201", "bases.csv row 2"), ("G215", "bases.csv row 3")]


# --- all tables

BROKEN_ROWS = sorted(path for path in BROKEN.glob("G2*.csv"))


@pytest.mark.parametrize("path", BROKEN_ROWS, ids=lambda path: path.name)
def test_each_broken_file_gives_its_code_in_row_3(path: Path) -> None:
    code, name = path.name.split("-")[0], path.name.split(".")[-2]
    cleaned = CLEANERS[name](read_table(path, name))
    assert quarantined(cleaned) == [(3, code)]
    expected = [(code, f"{path.name} row 3")] if name in {"roster", "bases"} and code != "G203" else []
    assert issues_of(cleaned) == expected


def test_there_is_a_text_for_every_code_and_repair_in_both_languages() -> None:
    keys = {lang: load_texts(lang, ("geodata",)).keys() for lang in LANGUAGES}
    assert keys["en"] == keys["zh_CN"]
    codes = {key.split(".")[1] for key in keys["en"] if key.startswith("issue.")}
    assert codes >= {f"G1{n:02d}" for n in range(1, 13)} | {f"G2{n:02d}" for n in range(1, 24)}


_cell = st.one_of(
    st.sampled_from(
        ["", "L1", "L2", "tip", "猫池", "reported", "2026-09-01", "2026/9/1", "117.1", "36.6", "B1", "\\N", "*"]
    ),
    st.text(max_size=8).filter(lambda t: not set(t) & set('\r\n",\0')),
)


@pytest.mark.slow
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(sorted(CLEANERS)),
    rows=st.lists(st.lists(_cell, min_size=12, max_size=12), min_size=1, max_size=6),
)
def test_rows_in_are_rows_used_plus_rows_quarantined(name: str, rows: list[list[str]]) -> None:
    headers = {
        "firms": list(FIRMS.columns),
        "leads": list(LEADS.columns),
        "roster": list(ROSTER.columns),
        "bases": list(BASES.columns),
        "history": list(HISTORY.columns),
    }[name]
    frame = pd.DataFrame(
        [row[: len(headers)] for row in rows], columns=headers, index=range(2, len(rows) + 2), dtype="str"
    )
    cleaned = CLEANERS[name](RawTable(name, Path(f"{name}.csv"), "0", frame, "utf-8"))
    assert len(rows) == len(cleaned.table) + len(cleaned.quarantine)
    assert not any(issue.code == "G290" for issue in cleaned.issues)


def test_an_unknown_word_in_an_optional_column_is_read_as_empty_and_counted() -> None:
    cells = {
        "uscc": ["91370102MA30000450", "91370102MA30002800"],
        "firm_name": ["甲", "乙"],
        "credit_class": ["A", "低风险"],
        "n_staff": ["若干", "5"],
    }
    raw = RawTable("firms", Path("firms.csv"), "", pd.DataFrame(cells, index=[2, 3]), "utf-8")
    cleaned = clean_firms(raw, WGS84)
    assert cleaned.table["credit_class"].isna().tolist() == [False, True]
    assert cleaned.table["n_staff"].isna().tolist() == [True, False]
    assert (cleaned.quarantine.empty, cleaned.repairs["unknown_word"]) == (True, 2)
    found = [(w.code, w.values["column"], w.values["n"], w.values["words"]) for w in cleaned.warnings]
    assert found == [("G232", "credit_class", 1, ("低风险",)), ("G232", "n_staff", 1, ("若干",))]
