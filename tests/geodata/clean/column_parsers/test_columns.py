"""CLEAN, cell by cell: dialects of dates, numbers, codes, clocks and words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from types import MappingProxyType

import pandas as pd
import pytest

from geodata.clean.column_parsers import categories, date_columns
from geodata.clean.column_parsers import columns as cells
from geodata.clean.table_cleaner import TableCleaner
from geodata.raw_table import RawTable


def desk_of(table: str, column: str, cell: object, header: str | None = None) -> TableCleaner:
    frame = pd.DataFrame({column: [cell]}, index=[2], dtype="str")
    headers = MappingProxyType({column: header} if header else {})
    return TableCleaner(RawTable(table, Path(f"{table}.csv"), "0", frame, "utf-8", headers=headers))


def codes(cleaner: TableCleaner) -> list[str]:
    return [code for faults in cleaner._faults.values() for code, _ in faults]


@pytest.mark.parametrize(
    ("cell", "stamp", "repair"),
    [
        ("2021-05-08", "2021-05-08 00:00+08:00", None),
        ("2021-05-08T13:30:00+08:00", "2021-05-08 13:30+08:00", None),
        ("2021-05-08T05:30:00Z", "2021-05-08 13:30+08:00", None),
        ("2021-05-08T19:30:00+14:00", "2021-05-08 13:30+08:00", None),
        ("2021-05-07T17:30:00-12:00", "2021-05-08 13:30+08:00", None),
        ("1901-01-01", "1901-01-01 00:00+08:00", None),
        ("2020-6-18", "2020-06-18 00:00+08:00", "date"),
        ("2017-5-31 11:34:43", "2017-05-31 11:34:43+08:00", "date"),
        ("2021/5/8", "2021-05-08 00:00+08:00", "date"),
        ("2021/5/8 9:05", "2021-05-08 09:05+08:00", "date"),
        ("2021-05-08 上午1:07", "2021-05-08 01:07+08:00", "date"),
        ("2021-05-08 上午12:04", "2021-05-08 00:04+08:00", "date"),
        ("2021年5月8日下午3点", "2021-05-08 15:00+08:00", "date"),
        ("2021-05-08 下午 12:30:05", "2021-05-08 12:30:05+08:00", "date"),
        ("2021年5月8日中午1时", "2021-05-08 13:00+08:00", "date"),
        ("2021年5月8日晚上9点", "2021-05-08 21:00+08:00", "date"),
        ("'2021-05-08 13:30:00", "2021-05-08 13:30+08:00", "trimmed"),
        ("20210508", "2021-05-08 00:00+08:00", "date"),
        ("20210508133000", "2021-05-08 13:30+08:00", "date"),
        ("2021.5.8", "2021-05-08 00:00+08:00", "date"),
        ("2021年5月8日", "2021-05-08 00:00+08:00", "date"),
        ("2021年5月8日 13时30分", "2021-05-08 13:30+08:00", "date"),
        ("２０２１－５－８", "2021-05-08 00:00+08:00", "date"),
        ("44324", "2021-05-08 00:00+08:00", "excel_serial"),  # Excel: 44197 is 2021-01-01, + 127 days
        ("44324.5625", "2021-05-08 13:30+08:00", "excel_serial"),
        ("1988-07-01 12:00", "1988-07-01 12:00+09:00", None),  # summer time was kept
    ],
)
def test_each_date_dialect_is_read(cell: str, stamp: str, repair: str | None) -> None:
    cleaner = desk_of("leads", "received_at", cell)
    assert date_columns.moment(cleaner, "received_at").loc[2] == pd.Timestamp(stamp)
    assert codes(cleaner) == []
    assert set(cleaner.repairs) - {"full_width"} == ({repair} if repair else set())


@pytest.mark.parametrize(
    "cell",
    [
        *("2021-2-30", "2021-13-01", "8/5/2021", "昨天", "2021-05-08 25:00", "210508", "0"),
        # What Excel shows where a cell is empty or holds a time of day alone.
        *("1899-12-30", "1899/12/31 8:30", "1900-01-00", "1900-1-1"),
        *(
            "2021-05-08T13:30:00+99:00",
            "2021-05-08T13:30:00+14:01",
            "2021-05-08T13:30:00-12:01",
            "2021-05-08 13:30+0860",
        ),
    ],
)
def test_a_date_that_cannot_be_read_is_a_fault(cell: str) -> None:
    cleaner = desk_of("leads", "received_at", cell)
    assert date_columns.moment(cleaner, "received_at").isna().all()
    assert codes(cleaner) == ["G208"]


def year_of(cells: list[str], day: date | None, *, is_past: bool = False) -> list[str | None]:
    frame = pd.DataFrame({"received_at": cells}, index=range(2, 2 + len(cells)), dtype="str")
    cleaner = TableCleaner(RawTable("leads", Path("leads.csv"), "0", frame, "utf-8"))
    read = date_columns.moment(cleaner, "received_at", day=day, is_past=is_past)
    return [None if pd.isna(moment) else f"{moment:%Y-%m-%d %H:%M}" for moment in read]


def test_a_date_without_a_year_has_that_of_the_columns_other_dates() -> None:
    # Between 20 December 2025 and 15 January 2026 lie one 31 December and one 3 January.
    cells = ["2025-12-20", "12月31日16:50", "1月3日下午2点", "2026-01-15"]
    assert year_of(cells, date(2026, 9, 16))[1:3] == ["2025-12-31 16:50", "2026-01-03 14:00"]


def test_a_date_without_a_year_outside_the_others_has_the_year_that_is_nearest_to_them() -> None:
    assert year_of(["2026-01-05", "2026-02-05", "12月30日"], date(2026, 9, 16))[2] == "2025-12-30 00:00"


def test_a_date_that_fits_two_years_of_the_column_is_a_fault() -> None:
    assert year_of(["2024-01-01", "2026-12-31", "5月1日"], date(2026, 9, 16))[2] is None


@pytest.mark.parametrize(
    ("cell", "is_past", "found"),
    [
        ("9月21日", False, "2026-09-21 00:00"),
        ("9月21日", True, "2025-09-21 00:00"),
        ("1月2日", False, "2027-01-02 00:00"),
        ("2月30日", False, None),
    ],
    ids=["next week", "of what has happened", "beyond the turn of the year", "no such day"],
)
def test_where_no_date_has_a_year_the_scenarios_day_gives_it(cell: str, is_past: bool, found: str | None) -> None:
    assert year_of([cell], date(2026, 9, 16), is_past=is_past) == [found]


def test_without_a_day_and_other_dates_no_year_is_made_up() -> None:
    assert year_of(["9月21日"], None) == [None]


@pytest.mark.parametrize("cell", ["长期", "9999-9-9", "9999-12-31", "99991231", "永久"])
def test_no_end_is_null_for_a_due_date_and_far_off_for_a_certificate(cell: str) -> None:
    cleaner = desk_of("leads", "due_at", cell)
    assert date_columns.moment(cleaner, "due_at").isna().all()
    assert cleaner.repairs == {"date_no_end": 1}
    assert codes(cleaner) == []
    cleaner = desk_of("roster", "certificate_until", cell)
    assert date_columns.moment(cleaner, "certificate_until", no_end="far").loc[2].year == 2199


@pytest.mark.parametrize("cell", ["\\N", "\\n", "***********", "NULL", "-", " ", "无"])
def test_each_null_dialect_is_null(cell: str) -> None:
    cleaner = desk_of("leads", "address", cell)
    assert cells.text_column(cleaner, "address").isna().all()
    assert cleaner.repairs == ({} if cell == " " else {"null": 1})


def test_names_are_trimmed_and_else_left_alone() -> None:
    name = "<img src=x onerror=alert(1)> `${alert(1)}` ＡＢ座"
    cleaner = desk_of("firms", "firm_name", f" {name}　")
    assert cells.name(cleaner, "firm_name").loc[2] == name
    assert cleaner.repairs == {"trimmed": 1}


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("28", 28),
        ("２８", 28),
        ("28层", 28),
        ("28F", 28),
        ("1,234", None),
        ("28.5", 28.5),
        ("三", 3),
        ("二十六层", 26),
        ("3千", None),
        ("inf", None),
    ],
)
def test_floors_are_read_or_reported(cell: str, number: float | None) -> None:
    cleaner = desk_of("buildings", "n_floors", cell)
    values = cells.number(cleaner, "n_floors")
    if number is not None and number == int(number):
        assert values.loc[2] == number
        assert codes(cleaner) == []
    else:
        # G204 no number, G205 above 200 floors, G206 not whole
        assert codes(cleaner) == [{"1,234": "G205", "inf": "G205", "28.5": "G206"}.get(cell, "G204")]


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("2.46万㎡", 24_600.0),
        ("12部", 12.0),
        ("1,200平方米", 1_200.0),
        ("3万", 30_000.0),
        ("约2.5万平方米", 25_000.0),
        ("1200余平米", 1_200.0),
        ("4个（含地库）", 4.0),
        ("3(5)", None),
    ],
)
def test_an_amount_is_read_as_people_write_it(cell: str, number: float | None) -> None:
    cleaner = desk_of("buildings", "floor_area_m2", cell)
    found = cells.number(cleaner, "floor_area_m2").loc[2]
    assert (None if codes(cleaner) == ["G204"] else found) == number


def test_a_number_with_comma_and_unit_is_read() -> None:
    cleaner = desk_of("building_files", "floor_area_m2", "28,000.5㎡")
    assert cells.number(cleaner, "floor_area_m2").loc[2] == 28_000.5
    assert cleaner.repairs == {"number_written": 1}


@pytest.mark.parametrize(
    ("cell", "uscc"),
    [
        ("91370102MA30000450", "91370102MA30000450"),  # remainder 0, which other programs refuse
        ("91350100m000100y43", "91350100M000100Y43"),
        ("91350100 M000100Y43", "91350100M000100Y43"),
        ("９１３５０１００M000100Y43", "91350100M000100Y43"),
    ],
)
def test_a_right_credit_code_is_put_in_its_form(cell: str, uscc: str) -> None:
    cleaner = desk_of("firms", "uscc", cell)
    assert cells.uscc(cleaner).loc[2] == uscc
    assert codes(cleaner) == []


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("91310115MA1H8R7C6D", "G209"),  # the check sign
        ("330203000030639", "G209"),  # an old registration number
        ("9.13702E+17", "G210"),
        ("", "G201"),
    ],
)
def test_a_wrong_credit_code_is_a_fault(cell: str, code: str) -> None:
    cleaner = desk_of("firms", "uscc", cell)
    cells.uscc(cleaner)
    assert codes(cleaner) == [code]


@pytest.mark.parametrize(
    ("cell", "code"),
    [("370102", "370102"), ("330203001", "330203"), ("370102001001", "370102"), ("'370102", "370102")],
)
def test_a_division_code_is_cut_to_its_county(cell: str, code: str) -> None:
    cleaner = desk_of("bases", "division_code", cell)
    assert cells.division(cleaner).loc[2] == code


@pytest.mark.parametrize(("cell", "code"), [("历下区", "370102"), ("济南市市中区", "370103")])
def test_the_name_of_one_division_alone_stands_for_its_code(cell: str, code: str) -> None:
    cleaner = desk_of("bases", "division_code", cell)
    assert cells.division(cleaner).loc[2] == code
    assert cleaner.repairs["division_code_named"] == 1


@pytest.mark.parametrize("cell", ["市中区", "历下", "3701", "37010", "070102"])
def test_another_division_code_is_a_fault(cell: str) -> None:
    cleaner = desk_of("bases", "division_code", cell)
    cells.division(cleaner)
    assert codes(cleaner) == ["G211"]


@pytest.mark.parametrize(
    ("table", "column", "cell", "value"),
    [
        ("leads", "lead_type", "猫池", "sim_bank"),
        ("leads", "lead_type", "GOIP", "goip"),
        ("leads", "lead_type", "举报", "tip"),
        ("leads", "lead_type", "冒充客服", "fake_customer_service"),
        ("leads", "lead_type", "刷单", "brushing"),
        ("leads", "lead_type", "杀猪盘", "pig_butchering"),
        ("leads", "lead_type", "虚假贷款", "fake_loan"),
        ("leads", "lead_type", "窝点", "call_room"),
        ("leads", "lead_type", "断卡", "cards"),
        ("leads", "lead_source", "研判", "discovered"),
        ("roster", "agency", "市场监管局", "market_regulation"),
        ("roster", "role", "辅警", "auxiliary"),
        ("history", "outcome", "查无下落", "no_access"),
        ("history", "track", "双随机", "routine"),
        ("firms", "credit_class", "d类", "D"),
    ],
)
def test_the_trades_words_are_known(table: str, column: str, cell: str, value: str) -> None:
    cleaner = desk_of(table, column, cell)
    assert categories.category(cleaner, column).loc[2] == value
    assert codes(cleaner) == []


def test_an_unknown_word_is_reported_with_the_nearest() -> None:
    cleaner = desk_of("leads", "lead_type", "冒充电商", "线索类型")
    categories.category(cleaner, "lead_type")
    ((code, values),) = cleaner._faults[2]
    assert (code, values["column"], values["value"], values["nearest"]) == (
        "G207",
        "线索类型",
        "冒充电商",
        "冒充电商客服",
    )


@pytest.mark.parametrize(
    ("header", "cell", "is_female"),
    [
        ("is_female", "1", True),
        ("is_female", "0", False),
        ("is_female", "true", True),
        ("是否女性", "是", True),
        ("性别", "女", True),
        ("性别", "男", False),
        ("sex", "F", True),
        ("性别", "1", False),  # GB/T 2261.1: 1 is a man
        ("性别", "2", True),
    ],
)
def test_sex_is_read_by_what_the_header_asks(header: str, cell: str, is_female: bool) -> None:
    cleaner = desk_of("roster", "is_female", cell, header)
    assert bool(categories.is_female(cleaner).loc[2]) is is_female
    assert codes(cleaner) == []


@pytest.mark.parametrize(("header", "cell"), [("is_female", "2"), ("性别", "0"), ("性别", "?")])
def test_a_sex_that_cannot_be_read_is_a_fault(header: str, cell: str) -> None:
    cleaner = desk_of("roster", "is_female", cell, header)
    categories.is_female(cleaner)
    assert codes(cleaner) == ["G207"]


@pytest.mark.parametrize(
    ("cell", "header", "seconds"),
    [
        ("13:30", "上班时间", 48_600),
        ("下午1:30", "上班时间", 48_600),
        ("上午8点", "上班时间", 28_800),
        ("13：30", "上班时间", 48_600),
        ("13:30:30", "上班时间", 48_630),
        ("8:00", "上班时间", 28_800),
        ("13点30分", "上班时间", 48_600),
        ("0.5625", "上班时间", 48_600),
        ("1330", "上班时间", 48_600),
        ("8", "上班时间", 28_800),
        ("48600", "上班时间", 48_600),
        ("1800", None, 1_800),
        ("48600", None, 48_600),
    ],
)
def test_each_clock_dialect_is_read(cell: str, header: str | None, seconds: int) -> None:
    cleaner = desk_of("roster", "shift_start_s", cell, header)
    assert date_columns.clock(cleaner, "shift_start_s").loc[2] == seconds
    assert codes(cleaner) == []


@pytest.mark.parametrize("cell", ["13:75", "50:00", "noon", "-5", "200000", "8.5", "9999", "1375", "48"])
def test_another_clock_is_a_fault(cell: str) -> None:
    cleaner = desk_of("roster", "shift_start_s", cell, "上班时间")
    date_columns.clock(cleaner, "shift_start_s")
    assert codes(cleaner) == ["G213"]


@pytest.mark.parametrize(
    ("cell", "meaning", "value"), [("无", "nothing", "nothing"), ("查过没事", "", None), ("正常", "find", "find")]
)
def test_the_scenarios_own_word_goes_before_nulls_and_dialects(cell: str, meaning: str, value: str | None) -> None:
    frame = pd.DataFrame({"ground": [cell], "outcome": [cell]}, index=[2], dtype="str")
    raw = RawTable("history", Path("h.csv"), "0", frame, None, own_words={"outcome": {cell: meaning}})
    cleaner = TableCleaner(raw)
    found = categories.category(cleaner, "outcome").loc[2]
    assert (None if pd.isna(found) else found) == value
    assert codes(cleaner) == ([] if value else ["G201"])
    assert cleaner.repairs["own_word"] == 1


@pytest.mark.parametrize("cell", ["#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#N/A"])
def test_what_excel_shows_for_a_formula_without_a_result_is_nothing(cell: str) -> None:
    cleaner = desk_of("leads", "building_id", cell)
    assert pd.isna(cells.code_column(cleaner, "building_id").loc[2])
    assert cleaner.repairs == {"null": 1}


def test_the_nearest_word_is_looked_for_among_few_words_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_for: list[str] = []
    monkeypatch.setattr(categories, "nearest_word", lambda word, known: looked_for.append(word))
    # Every word once, and the last of them twice.
    words = [f"来电人说{k}" for k in range(1_000)]
    frame = pd.DataFrame({"outcome": [*words, words[-1]]}, index=range(2, 1_003), dtype="str")
    cleaner = TableCleaner(RawTable("history", Path("h.csv"), "0", frame, None))
    categories.category(cleaner, "outcome")
    assert codes(cleaner) == ["G207"] * 1_001
    assert len(looked_for) == 200
    assert looked_for[0] == words[-1]


@pytest.mark.parametrize(
    ("cell", "hours"),
    [
        ("13:00-18:00", (13, 18)),
        ("13：00—18：30", (13, 18.5)),
        ("下午1点至6点", (13, 18)),
        ("上午9点到12点", (9, 12)),
        ("下午1点半~晚上8点", (13.5, 20)),
        ("22时-6时", (22, 6)),
    ],
)
def test_a_shift_in_one_cell_gives_its_start_and_its_end(cell: str, hours: tuple[float, float]) -> None:
    found = tuple(
        date_columns.clock(desk_of("roster", column, cell, "时间段"), column).loc[2] / 3_600
        for column in ("shift_start_s", "shift_end_s")
    )
    assert found == hours


@pytest.mark.parametrize("cell", ["2026-09-16 13:00", "13-18", "13:00-"])
def test_a_cell_that_is_no_pair_of_clock_times_is_a_fault(cell: str) -> None:
    cleaner = desk_of("roster", "shift_start_s", cell, "时间段")
    date_columns.clock(cleaner, "shift_start_s")
    assert codes(cleaner) == ["G213"]


@pytest.mark.parametrize(
    ("cell", "due"),
    [("9月20日前", "2026-09-20 23:59:59+08:00"), ("9/20", "2026-09-20 23:59:59+08:00"), ("7日内", None)],
)
def test_a_deadline_that_is_no_date_leaves_the_lead_and_is_reported(cell: str, due: str | None) -> None:
    cleaner = desk_of("leads", "due_at", cell)
    found = date_columns.deadline(cleaner, "due_at", date(2026, 9, 16)).loc[2]
    assert (None if pd.isna(found) else str(found)) == due
    assert codes(cleaner) == []
    assert [issue.code for issue in cleaner.warnings] == ([] if due else ["G232"])


@pytest.mark.parametrize("cell", ["7/17 13:35", "7月17日 13:35", "7月17号13点35分"])
def test_a_date_without_a_year_may_be_written_with_a_slash(cell: str) -> None:
    cleaner = desk_of("leads", "received_at", cell)
    found = date_columns.moment(cleaner, "received_at", day=date(2026, 9, 16), is_past=True)
    assert str(found.loc[2]) == "2026-07-17 13:35:00+08:00"


def test_a_duty_cell_may_not_be_blank_so_no_blank_is_proposed_for_its_words() -> None:
    cleaner = desk_of("roster", "duty", "夜班")
    categories.category(cleaner, "duty")
    assert [values["line"] for _, values in cleaner._faults[2]] == ['"夜班" = "?"']


def test_a_word_of_the_scenario_holds_for_a_cell_in_full_width() -> None:
    # The message about the cell proposes the word in half width.
    cleaner = desk_of("roster", "role", "民警（副所长）")
    cleaner.raw = replace(cleaner.raw, own_words={"role": {"民警(副所长)": "officer"}})
    assert categories.category(cleaner, "role").loc[2] == "officer"
