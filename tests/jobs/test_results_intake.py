"""Every form that the program writes, filled in cell by cell from its own drop-downs, is taken in again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from geodata.errors import InputError
from geodata.message_catalogue import Texts, load_texts
from geodata.schema import RESULT_ANSWERS, RESULT_COUNTS, RESULTS, TICKED_ITEMS, UNIT_STATES
from geodata.vocabulary.category_words import NULLS
from sweep.follow.rechecks import follow_rechecks
from sweep.jobs.results_intake import accepted_results, planned_visits, results_csv
from sweep.publish.edition import Edition
from sweep.publish.exports.export_formats import plan_workbook
from sweep.publish.workbook.ledger import NamesById, ledger_workbook
from sweep.records.check_form_items import ITEMS
from sweep.records.plan import Stop
from sweep.records.visits import Slot
from sweep.scenario.release_board_store_settings import FollowUp
from tests.publish.small_edition import DAY, FIRMS, OFFICERS, small_edition

LANGS = pytest.mark.parametrize("lang", ["zh_CN", "en"])
YES_NO = ("yes", "no")
# A count that no rule refuses beside any state of the unit, or any other count.
COUNTS = {"headcount_seen": 0, "n_hazards": 3, "n_hazards_fixed": 1, "n_dens": 1}
ASKED_OF_ONE = tuple(i for i in ITEMS if i not in ("lease_seen", "phones_seen"))


@pytest.fixture
def edition() -> Edition:
    """Each track, a visit of two firms, one of two teams without a firm, and one whose form leaves items out."""
    small = small_edition()
    v1, v2, v3 = (small.visits[i] for i in ("V1", "V2", "V3"))
    visits = {
        "V1": replace(v1, items=ASKED_OF_ONE),
        "V2": replace(v2, track="stocktake", targets=()),
        "V3": replace(v3, slots=(Slot(0, OFFICERS, 1), Slot(1, OFFICERS, 0))),
        "V4": replace(v2, visit_id="V4", building_id="B3", track="special"),
    }
    first, second = small.plan.routes
    more = [[Stop("V3", slot, "B3", 60, 200, 52_000, 52_000, 54_000)] for slot in (0, 1)]
    more[0].append(Stop("V4", 0, "B3", 0, 0, 54_000, 54_000, 56_000))
    routes = tuple(replace(r, stops=(*r.stops, *s)) for r, s in zip((first, second), more, strict=True))
    return replace(small, visits=visits, plan=replace(small.plan, routes=routes, unserved=()))


def drop_downs(sheet: Worksheet) -> dict[int, tuple[str, ...]]:
    """The choices of each column that has some, by its number from 1."""
    return {
        columns.min_col: tuple(v.formula1.strip('"').split(","))
        for v in sheet.data_validations.dataValidation
        for columns in v.sqref.ranges
    }


def columns_filled_in(texts: Texts) -> dict[str, str]:
    """Title -> column of `RESULTS`, for what a person fills in."""
    of_form = {texts(f"item.{item}"): item for item in ITEMS}
    after = ("n_hazards", "n_hazards_fixed", "n_dens", "is_rectify", "recheck_on", "is_closed")
    state = {texts("column.unit_state"): "unit_state"}
    return {**of_form, **{texts(f"column.{c}"): c for c in after}, **state}


def fill(sheet: Worksheet, texts: Texts, turn: int) -> Iterator[tuple[int, str, object]]:
    """Write into every empty cell of the ledger; row, column and the value that it stands for."""
    choices, columns = drop_downs(sheet), columns_filled_in(texts)
    closed = next(c.column for c in sheet[1] if columns.get(str(c.value)) == "is_closed")
    for row in range(2, sheet.max_row + 1):
        for head in sheet[1]:
            cell, name = sheet.cell(row, head.column), columns.get(str(head.value))
            if cell.value is not None:
                continue
            if head.column in choices:
                k = (turn + row) % len(choices[head.column])
                cell.value = choices[head.column][k]
                yield row, str(name), (UNIT_STATES if name == "unit_state" else YES_NO)[k]
            elif name == "recheck_on" and (turn + row) % len(choices[closed]) == 1:  # not closed
                cell.value = "2026-09-30"
                yield row, name, pd.Timestamp("2026-09-30", tz="Asia/Shanghai")
            elif name and name != "recheck_on":
                cell.value = str(COUNTS.get(name, 5 + row))
                yield row, name, COUNTS.get(name, 5 + row)
            elif head.value == texts("column.remark"):
                cell.value = f"row {row}"
                yield row, "remark", f"row {row}"


@LANGS
@pytest.mark.parametrize("turn", range(len(UNIT_STATES)))
def test_a_ledger_with_every_cell_filled_in_is_taken_as_it_was_filled_in(
    edition: Edition, tmp_path: Path, lang: str, turn: int
) -> None:
    texts, path = load_texts(lang), tmp_path / "ledger.xlsx"
    path.write_bytes(plan_workbook(edition, texts))
    book = openpyxl.load_workbook(path)
    sheet = book[texts("sheet.ledger")]
    written = list(fill(sheet, texts, turn))
    for other in book.worksheets:
        for row in other.iter_rows(min_row=2) if other is not sheet else ():
            for cell in row:
                cell.value = drop_downs(other).get(cell.column, ("1",))[0] if cell.value is None else cell.value
    book.save(path)
    taken = accepted_results(edition, [path], DAY)[0].table
    # Two firms at V1, V2 and V4 without their firms' own, one row for each team at V3.
    assert sorted(taken["visit_id"]) == ["V1", "V1", "V2", "V3", "V3", "V4", "V4"]
    assert {name for _, name, _ in written} == {
        *("unit_state", "recheck_on", "remark"),
        *filled_answers(),
        *filled_counts(),
    }
    assert [(r, n, v) for r, n, v in written if taken[n].iat[r - 2] != v] == []


def filled_answers() -> set[str]:
    # Known from the plan, and asked only where codes are.
    return set(RESULT_ANSWERS) - {"is_target", "is_code_shown"}


def filled_counts() -> set[str]:
    return {c for c in RESULT_COUNTS if c in ITEMS or c in COUNTS}


@LANGS
def test_a_cell_that_the_form_does_not_ask_is_marked_and_an_untouched_ledger_says_nothing(
    edition: Edition, tmp_path: Path, lang: str
) -> None:
    texts, path = load_texts(lang), tmp_path / "ledger.xlsx"
    path.write_bytes(plan_workbook(edition, texts))
    sheet = openpyxl.load_workbook(path)[texts("sheet.ledger")]
    titles = [cell.value for cell in sheet[1]]
    rows = [dict(zip(titles, row, strict=True)) for row in sheet.iter_rows(min_row=2, values_only=True)]
    lease, licence, rectify = (texts(k) for k in ("item.lease_seen", "item.licence_displayed", "column.is_rectify"))
    marks = {(r[texts("column.visit_id")], r[lease], r[licence], r[rectify]) for r in rows}
    assert marks == {
        ("V1", "—", None, None),  # its form leaves the lease out
        ("V2", "—", "—", "—"),  # stock is taken, nothing is inspected
        ("V3", None, None, None),
        ("V4", None, None, None),
    }
    accepted = accepted_results(edition, [path], DAY)[0]
    assert (len(accepted.table), accepted.unreported) == (0, ("V1", "V2", "V3", "V4"))


@LANGS
def test_no_drop_down_offers_a_word_for_nothing(edition: Edition, tmp_path: Path, lang: str) -> None:
    path = tmp_path / "ledger.xlsx"
    path.write_bytes(plan_workbook(edition, load_texts(lang)))
    offered = [w for s in openpyxl.load_workbook(path) for words in drop_downs(s).values() for w in words]
    assert offered and set(offered).isdisjoint(NULLS)


@LANGS
def test_the_ledger_of_all_that_was_found_is_taken_in_again(edition: Edition, tmp_path: Path, lang: str) -> None:
    texts, first = load_texts(lang), tmp_path / "first.xlsx"
    first.write_bytes(plan_workbook(edition, texts))
    book = openpyxl.load_workbook(first)
    list(fill(book[texts("sheet.ledger")], texts, 0))
    book.save(first)
    before = accepted_results(edition, [first], DAY)[0].table
    more = {c: 1.0 for c in RESULT_COUNTS if before[c].isna().all()}
    before = before.assign(**more)
    names = NamesById(
        {b.building_id: b.name for b in edition.buildings.values()}, {u: f.name for u, f in FIRMS.items()}
    )
    book_again = ledger_workbook(before, follow_rechecks(before, FollowUp()), {"": {}}, names, DAY, texts)
    again = tmp_path / "again.xlsx"
    again.write_bytes(book_again)
    after = accepted_results(edition, [again], DAY)[0].table
    by_id = [t.sort_values(["visit_id", "result_id"]).reset_index(drop=True) for t in (before, after)]
    pd.testing.assert_frame_equal(by_id[0], by_id[1][list(RESULTS.columns)], check_like=True)


@pytest.mark.parametrize(
    ("word", "state"),
    [("空", "vacant"), ("无", "not_found"), ("查无", "not_found"), ("gone", "not_found"), ("not found", "not_found")],
)
def test_each_word_that_a_paper_form_has_for_a_state_is_understood(
    edition: Edition, tmp_path: Path, word: str, state: str
) -> None:
    path = tmp_path / "results.csv"
    path.write_text(f"visit_id,unit_state,消防通道\nV2,{word},无\n", encoding="utf-8")
    (row,) = accepted_results(edition, [path], DAY)[0].table.to_dict("records")
    assert (row["unit_state"], row["fire_exit_blocked"]) == (state, "no")


def test_two_rooms_of_one_firm_are_two_rows(edition: Edition, tmp_path: Path) -> None:
    uscc, path = next(iter(FIRMS)), tmp_path / "results.csv"
    path.write_text(f"visit_id,uscc,unit,unit_state\nV1,{uscc},501,open\nV1,{uscc},502,locked\n", encoding="utf-8")
    table: Any = accepted_results(edition, [path], DAY)[0].table
    assert table["unit"].tolist() == ["501", "502"] and table["result_id"].is_unique


def test_items_named_as_ticked_are_answers_and_the_others_counts() -> None:
    assert set(ITEMS) == {i for i in ITEMS if i in (RESULT_ANSWERS if i in TICKED_ITEMS else RESULT_COUNTS)}


def test_the_files_of_all_teams_are_one_table_of_results(edition: Edition, tmp_path: Path) -> None:
    uscc, head = next(iter(FIRMS)), "visit_id,uscc,unit,unit_state"
    a, b, copy = (tmp_path / f"{name}.csv" for name in ("A", "B", "copy"))
    a.write_text(f"{head}\nV1,{uscc},501,open\nV3,,,open\n", encoding="utf-8")
    b.write_text(f"{head}\nV3,,,open\nV4,,,locked\n", encoding="utf-8")
    shutil.copy(a, copy)
    accepted, sha256 = accepted_results(edition, [a, b, copy], DAY)
    assert accepted.table["visit_id"].tolist() == ["V1", "V3", "V3", "V4"]  # each team saw the building of V3
    assert (accepted.unreported, len(sha256)) == (("V2",), 2)


def test_a_firm_in_the_files_of_two_teams_is_a_fault(edition: Edition, tmp_path: Path) -> None:
    uscc, paths = next(iter(FIRMS)), [tmp_path / "A.csv", tmp_path / "B.csv"]
    for path, state in zip(paths, ("open", "locked"), strict=True):
        path.write_text(f"visit_id,uscc,unit_state\nV1,{uscc},{state}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        accepted_results(edition, paths, DAY)
    (issue,) = caught.value.issues
    assert (issue.code, issue.where, issue.values["first_row"]) == ("G202", "B.csv row 2", (2, "A.csv"))


def saved(path: Path, *rows: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(("visit_id,uscc,unit_state,n_dens", *rows)) + "\n", encoding="utf-8")
    return path


def test_two_files_of_one_name_are_each_known_by_their_folders(edition: Edition, tmp_path: Path) -> None:
    one = saved(tmp_path / "T1" / "results.csv", f"V1,{next(iter(FIRMS))},open,0")
    other = saved(tmp_path / "T2" / "results.csv", "V4,,open,0")
    third = saved(tmp_path / "ledger.csv", "V2,,open,0")
    accepted, hashes = accepted_results(edition, [one, other, third], DAY)
    assert sorted(hashes) == ["T1/results.csv", "T2/results.csv", "ledger.csv"]
    assert len(accepted.table) == 3


def test_a_firm_in_two_files_of_one_name_is_a_fault_that_names_both(edition: Edition, tmp_path: Path) -> None:
    firm = next(iter(FIRMS))
    files = [saved(tmp_path / team / "results.csv", f"V1,{firm},open,{n}") for n, team in enumerate(("T1", "T2"))]
    with pytest.raises(InputError) as error:
        accepted_results(edition, files, DAY)
    (issue,) = error.value.issues
    assert (issue.code, issue.where) == ("G202", "T2/results.csv row 2")
    assert issue.values["first_row"] == (2, "T1/results.csv")


def test_a_fault_in_one_of_two_files_of_one_name_names_its_folder(edition: Edition, tmp_path: Path) -> None:
    files = [saved(tmp_path / "T1" / "r.csv", "V4,,ajar,0"), saved(tmp_path / "T2" / "r.csv", "V9,,open,0")]
    with pytest.raises(InputError) as error:
        accepted_results(edition, files, DAY)
    assert [(i.code, i.where) for i in error.value.issues] == [("G207", "T1/r.csv row 2"), ("S721", "T2/r.csv row 2")]


def test_results_without_a_time_are_of_the_start_of_the_visit_and_not_of_a_try_before_it(
    edition: Edition, tmp_path: Path
) -> None:
    first, second = edition.plan.routes
    tried = replace(second.stops[0], arrive_s=46_800, start_s=46_800, end_s=47_100, is_attempt=True)
    routes = (first, replace(second, stops=(tried, *second.stops)))
    path = saved(tmp_path / "r.csv", f"V1,{next(iter(FIRMS))},open,0", "V2,,open,0", "V3,,open,0")
    table: Any = accepted_results(replace(edition, plan=replace(edition.plan, routes=routes)), [path], DAY)[0].table
    # V1 at 49 200 s after midnight, V2 at 49 260 after a try at 46 800, both teams of V3 at 52 000.
    assert [f"{t:%H:%M:%S}" for t in table["visited_on"]] == ["13:40:00", "13:41:00", "14:26:40"]


def test_who_found_the_door_locked_did_not_inspect_what_another_team_got_into(edition: Edition, tmp_path: Path) -> None:
    first, second = edition.plan.routes
    tried = replace(first.stops[0], arrive_s=46_800, start_s=46_800, end_s=47_100, is_attempt=True)
    routes = (first, replace(second, stops=(tried, *second.stops)))
    path = saved(tmp_path / "r.csv", f"V1,{next(iter(FIRMS))},open,0")
    table: Any = accepted_results(replace(edition, plan=replace(edition.plan, routes=routes)), [path], DAY)[0].table
    (row,) = table.to_dict("records")
    assert (row["police_officers"], row["market_regulation_officers"]) == ("T/1P1;T/1P2", "T/1M1;T/1M2")


def test_of_two_squads_that_meet_the_officers_of_both_made_the_visit(edition: Edition, tmp_path: Path) -> None:
    uscc, (one, other, *rest) = next(iter(FIRMS)), edition.plan.teams
    police, market = replace(one, member_ids=("T/1P1", "T/1P2")), replace(other, member_ids=("T2M1", "T2M2"))
    mode = edition.scenario.teams.model_copy(update={"mode": "squads"})
    squads = replace(
        edition,
        scenario=edition.scenario.model_copy(update={"teams": mode}),
        plan=replace(edition.plan, teams=(police, market, *rest)),
        visits={**edition.visits, "V3": replace(edition.visits["V3"], targets=(uscc,))},
    )
    # V3 has a slot for each squad, V1 is made by police alone.
    path = saved(tmp_path / "r.csv", f"V3,{uscc},open,0", "V1,,open,0")
    table: Any = accepted_results(squads, [path], DAY)[0].table
    went = table[["police_officers", "market_regulation_officers"]].to_numpy().tolist()
    assert went == [["T/1P1;T/1P2", "T2M1;T2M2"], ["T/1P1;T/1P2", ""]]


def test_who_goes_off_duty_at_the_second_at_which_a_visit_begins_has_made_it(edition: Edition) -> None:
    first, *others = edition.plan.teams
    # V1 begins at 49 200 s.
    gone = replace(first, member_ids=tuple(i for i in first.member_ids if i != "T/1P2"), former=(("T/1P2", 49_200),))
    (who,) = planned_visits(replace(edition, plan=replace(edition.plan, teams=(gone, *others))))["V1"].officers
    assert who.police == ("T/1P1", "T/1P2")


def test_a_row_of_another_plan_is_refused(edition: Edition, tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text(f"visit_id,unit_state,plan_id\nV4,open,{edition.plan_id}\nV2,open,other\n", encoding="utf-8")
    with pytest.raises(InputError) as error:
        accepted_results(edition, [path], DAY)
    assert [(i.code, i.where) for i in error.value.issues] == [("S744", "r.csv row 3")]


def test_a_remark_alone_is_not_lost_but_asks_for_the_state_of_the_unit(edition: Edition, tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("visit_id,unit_state,备注\nV4,,人去楼空\n", encoding="utf-8")
    with pytest.raises(InputError) as error:
        accepted_results(edition, [path], DAY)
    assert [(i.code, i.where) for i in error.value.issues] == [("G201", "r.csv row 2")]


def test_a_remark_is_kept_without_numbers_of_persons(edition: Edition, tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("visit_id,unit_state,备注\nV4,vacant,=物业称搬走 13800138000\n", encoding="utf-8")
    taken = accepted_results(edition, [path], DAY)[0].table
    (remark,) = taken["remark"]
    assert remark.startswith("=物业称搬走") and "138" not in remark
    path.write_text(results_csv(taken), encoding="utf-8")
    again = accepted_results(edition, [path], DAY)[0].table
    assert again["remark"].tolist() == [remark]


@LANGS
def test_a_sheet_that_is_not_taken_in_says_so(edition: Edition, lang: str, tmp_path: Path) -> None:
    texts, path = load_texts(lang), tmp_path / "plan.xlsx"
    path.write_bytes(plan_workbook(edition, texts))
    book = openpyxl.load_workbook(path)
    saying = [s.title for s in book if s.cell(1, 1).value == texts("sheet.not_taken_in")]
    assert saying == [texts(f"sheet.{name}") for name in ("statistics", "problems", "recheck")]
