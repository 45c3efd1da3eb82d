"""Run, results, next run (C27): what teams found is held against the plan, and the next plan is made from it."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from sweep.audit.audit_log import AuditLog
from sweep.jobs import results_intake
from tests.kills import call

Run = Any  # these are of conftest.py
Json = dict[str, Any]
RECTIFY_DAY = "2026-09-23"  # seven days after the plan: a Wednesday too


@pytest.fixture(scope="module")
def first(tables: Path, sweep: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scenario of plain files, planned once and exported."""
    folder = Path(shutil.copytree(tables, tmp_path_factory.mktemp("follow") / "plain"))
    add_personal(folder)
    assert sweep("run", folder, "--out", folder.parent / "out").exit_code == 0
    assert sweep("export", edition(folder), "--format", "xlsx", "--out", folder.parent / "out").exit_code == 0
    return folder


@pytest.fixture
def scenario(first: Path, tmp_path: Path) -> Path:
    """A copy for one test, its editions beside it."""
    shutil.copytree(first.parent, tmp_path / "work")
    return tmp_path / "work" / "plain"


# A name in a column of its own, an identity number (of the standard's example) and a mobile one inside other cells.
PERSONAL = {"欧阳某某", "110101199003074477", "13800138000"}


def add_personal(folder: Path) -> None:
    for table, column, cell in (("firms", "法定代表人", "欧阳某某"), ("leads", "联系人", "欧阳某某")):
        with (folder / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        for row in rows[:40]:
            row[column] = cell
            field = "reg_address" if table == "firms" else "address"
            row[field] += " 110101199003074477" if table == "firms" else " 13800138000"
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)


def edition(scenario: Path) -> Path:
    return next(p.parent for p in sorted((scenario.parent / "out" / "tiny").glob("*/plan.json")))


def ledger(scenario: Path) -> Path:
    return next((scenario.parent / "out" / "tiny" / "exports").glob("*.xlsx"))


def targets(scenario: Path) -> list[Json]:
    """Each firm to inspect with its visit, as the exported ledger lists them."""
    return [dict(row) for row in _listed(ledger(scenario).read_bytes())]


@cache
def _listed(book: bytes) -> list[Json]:
    """Copies of a scenario have one ledger, and reading it takes long."""
    rows = openpyxl.load_workbook(io.BytesIO(book))["Ledger"].iter_rows(values_only=True)
    heads = next(rows)
    listed = [dict(zip(heads, row, strict=True)) for row in rows]
    return [{"visit_id": r["Visit id"], "uscc": r["Credit code"]} for r in listed if r["Credit code"]]


def write(scenario: Path, rows: list[Json]) -> Path:
    path = scenario.parent / "results.csv"
    columns = list(dict.fromkeys(k for row in rows for k in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_a_ledger_filled_in_by_hand_is_taken(scenario: Path, sweep: Run) -> None:
    book = openpyxl.load_workbook(ledger(scenario))
    sheet = book["Ledger"]
    heads = {cell.value: cell.column for cell in sheet[1]}
    for row, (state, dens) in enumerate((("open", 0), ("locked", None), ("open", 1)), start=2):
        sheet.cell(row, heads["State of unit"], state)
        sheet.cell(row, heads["Dens"], dens)
    sheet.cell(2, heads["Staff seen"], 7)
    sheet.cell(2, heads["Address matches"], "no")
    book.save(scenario.parent / "filled.xlsx")
    result = sweep("results", scenario, edition(scenario), scenario.parent / "filled.xlsx", "--json", "--by", "T01")
    reply = json.loads(result.stdout)
    items = reply["items"]
    assert (items["n_units"], items["n_units_locked"], items["n_dens"], items["n_people_checked"]) == (3, 1, 1, 7)
    assert (items["n_recheck_open"], len(reply["open"]), len(reply["not_told"]) > 0) == (1, 1, True)
    kept = scenario / "follow_up"
    assert {p.name for p in kept.iterdir()} == {f"results-{edition(scenario).name}.csv", "ledger.xlsx"}
    sheets = openpyxl.load_workbook(kept / "ledger.xlsx")
    assert [s.max_row for s in sheets] == [4, 28, 2, 1]


def test_results_under_a_name_that_is_not_utf_8_are_taken_and_the_log_stays_sound(scenario: Path, sweep: Run) -> None:
    # As a Chinese name from a zip of Windows, in GBK, stands on Linux.
    given = write(scenario, [{**targets(scenario)[0], "unit_state": "open"}]).rename(
        scenario.parent / os.fsdecode("结果".encode("gbk") + b".csv")
    )
    assert sweep("results", scenario, edition(scenario), given).exit_code == 0
    log = AuditLog(scenario.parent / "out" / "_audit", "tiny")
    assert log.faults() == []
    assert list(log.entries()[-1]["facts"]["files"]) == ["\\udcbd\\udce1\\udcb9\\udcfb.csv"]  # type: ignore[index]


@pytest.mark.slow
def test_what_was_found_is_in_the_next_plan(scenario: Path, sweep: Run) -> None:
    firm = targets(scenario)[0]
    found = next(t for t in targets(scenario) if t["visit_id"] != firm["visit_id"])
    rows: list[Json] = [
        {**firm, "unit_state": "open", "is_rectify": "yes", "n_dens": 0},
        {**found, "unit_state": "open", "is_rectify": "", "n_dens": 1},
    ]
    assert sweep("results", scenario, edition(scenario), write(scenario, rows)).exit_code == 0
    out = scenario.parent / "next"
    result = sweep("run", scenario, "--out", out, "--set", f"day={RECTIFY_DAY}")
    assert result.exit_code == 0, result.output
    (folder,) = (out / "tiny").iterdir()
    whole = json.loads((folder / "edition.json").read_text(encoding="utf-8"))["edition"]
    recheck = f"R-{edition(scenario).name}-{firm['visit_id'].removeprefix('V-')}-{firm['uscc']}"
    (visit,) = [v for v in whole["visits"].values() if recheck in v["basis"]]
    assert (visit["track"], visit["is_must"], firm["uscc"] in visit["targets"]) == ("case", True, True)
    # A visit that must be made is made.
    plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    assert visit["visit_id"] in {s["visit_id"] for r in plan["routes"] for s in r["stops"]}
    # The find closed the den: the building's last visit is that of the plan.
    with (folder / "buildings.csv").open(encoding="utf-8-sig", newline="") as file:
        last = {row["building_id"]: row["last_visit_on"] for row in csv.DictReader(file)}
    assert last[found["visit_id"].removeprefix("V-")] == "2026-09-16"
    inputs = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["inputs"]
    assert f"results-{edition(scenario).name}.csv" in {i["file"] for i in inputs}

    # It is looked at again and in order: closed, and not on offer the day after.
    looked = write(scenario, [{"visit_id": visit["visit_id"], "uscc": firm["uscc"], "unit_state": "open"}])
    reply = json.loads(sweep("results", scenario, folder, looked, "--json", "--set", f"day={RECTIFY_DAY}").stdout)
    assert reply["open"] == []


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"visit_id": "V-none", "unit_state": "open"}, "S721"),
        ({"unit_state": "ajar"}, "G207"),
        ({"unit_state": "", "headcount_seen": 2}, "G201"),
        ({"unit_state": "locked", "headcount_seen": 3}, "S724"),
        ({"unit_state": "open", "n_hazards_fixed": 2}, "S725"),
        ({"unit_state": "open", "n_dens": -1}, "G205"),
        ({"unit_state": "open", "headcount_seen": 1.5}, "G206"),
        ({"unit_state": "open", "visited_on": "2026-09-01"}, "S726"),
        ({"unit_state": "open", "visited_on": "2126-09-01"}, "G212"),
        ({"unit_state": "open", "recheck_on": "9999-12-31"}, "S743"),
        ({"unit_state": "open", "recheck_on": "长期"}, "G208"),
        ({"unit_state": "open", "visited_on": "9999-12-31"}, "G212"),
        ({"unit_state": "open", "building_id": "B9999"}, "S742"),
        ({"unit_state": "open", "uscc": "91370102MA30000450", "licence_displayed": "no"}, "S723"),
    ],
)
def test_a_fault_is_reported_with_its_row_and_nothing_is_kept(scenario: Path, sweep: Run, row: Json, code: str) -> None:
    first = targets(scenario)[0]
    rows = [{**first, "unit_state": "open", "n_dens": 0}, {"visit_id": first["visit_id"], "n_dens": "", **row}]
    result = sweep("results", scenario, edition(scenario), write(scenario, rows))
    assert (result.exit_code, code in result.stderr, "results.csv row 3" in result.stderr) == (2, True, True)
    assert not (scenario / "follow_up").exists() and "Traceback" not in result.output


def test_a_fault_in_the_scenario_leaves_no_results_behind(scenario: Path, sweep: Run) -> None:
    file = write(scenario, [{**targets(scenario)[0], "unit_state": "open"}])
    toml = scenario / "scenario.toml"
    late = '[hours.approval]\nnumber = "N-1"\napproved_on = 2026-09-17\n'
    toml.write_text(toml.read_text(encoding="utf-8") + late, encoding="utf-8")
    result = sweep("results", scenario, edition(scenario), file)
    assert (result.exit_code, "S613" in result.stderr) == (2, True)
    assert not (scenario / "follow_up").exists()


def test_results_of_another_scenario_are_refused(scenario: Path, sweep: Run) -> None:
    toml = scenario / "scenario.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace('"tiny"', '"other"'), encoding="utf-8")
    row = {**targets(scenario)[0], "unit_state": "open"}
    result = sweep("results", scenario, edition(scenario), write(scenario, [row]))
    assert (result.exit_code, "S729" in result.stderr) == (2, True)


def test_columns_that_nothing_is_taken_from_are_named(scenario: Path, sweep: Run) -> None:
    row = {**targets(scenario)[0], "unit_state": "open", "窝点数": 1, "联系人": "x"}
    result = sweep("results", scenario, edition(scenario), write(scenario, [row]))
    assert result.exit_code == 0 and "窝点数, 联系人" in " ".join(result.stdout.split())
    reply = json.loads(sweep("results", scenario, edition(scenario), write(scenario, [row]), "--json").stdout)
    assert list(reply["unread_columns"].values()) == [["窝点数", "联系人"]]


def test_results_taken_in_twice_count_once(scenario: Path, sweep: Run) -> None:
    row = {**targets(scenario)[0], "unit_state": "open"}
    for n in (3, 2):
        file = write(scenario, [{**row, "headcount_seen": n}])
        result = sweep("results", scenario, edition(scenario), file, "--json")
    assert json.loads(result.stdout)["items"]["n_people_checked"] == 2
    log = (scenario.parent / "out" / "_audit" / "tiny.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["act"] for line in log] == ["run", "results", "results"]


@pytest.fixture(scope="module")
def changed(first: Path, sweep: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scenario after results of its plan were taken in and its day was changed: all teams are held up."""
    scenario = Path(shutil.copytree(first.parent, tmp_path_factory.mktemp("changed") / "work")) / "plain"
    folder = edition(scenario)
    rows = [{**target, "unit_state": "open"} for target in targets(scenario)]
    assert sweep("results", scenario, folder, write(scenario, rows)).exit_code == 0
    plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    held = [x for t in plan["teams"] for x in ("--held", f"{t['team_id']}=17:00")]
    result = sweep("replan", folder, "--at", "14:00", *held, "--iterations", 200, "--json")
    assert result.exit_code == 0, result.output
    (scenario.parent / "changed.txt").write_text(json.loads(result.stdout)["folder"], encoding="utf-8")
    return scenario


@pytest.mark.parametrize("has_all", [True, False], ids=["with stops that the change left out", "without"])
def test_results_after_a_change_of_the_day_stand_for_those_before_it(
    changed: Path, tmp_path: Path, sweep: Run, *, has_all: bool
) -> None:
    scenario = Path(shutil.copytree(changed.parent, tmp_path / "work")) / "plain"
    folder = edition(scenario).parent / Path((scenario.parent / "changed.txt").read_text(encoding="utf-8")).name
    routes = json.loads((folder / "plan.json").read_text(encoding="utf-8"))["routes"]
    made = {stop["visit_id"] for route in routes for stop in route["stops"]}
    listed = targets(scenario)
    given = [t for t in listed if has_all or t["visit_id"] in made]
    assert given and len({t["visit_id"] for t in listed} - made) > 0
    file = write(scenario, [{**t, "unit_state": "open"} for t in given])
    result = sweep("results", scenario, folder, file, "--json")
    assert result.exit_code == 0, result.output
    reply = json.loads(result.stdout)
    assert (reply["items"]["n_units"], set(reply["not_told"]) <= made) == (len(given), True)
    assert {p.name for p in (scenario / "follow_up").glob("*.csv")} == {f"results-{folder.name}.csv"}


def test_results_of_the_plan_before_a_change_stand_for_those_of_the_changed_one(
    changed: Path, tmp_path: Path, sweep: Run
) -> None:
    scenario = Path(shutil.copytree(changed.parent, tmp_path / "work")) / "plain"
    (kept,) = (scenario / "follow_up").glob("results-*.csv")
    after = Path((scenario.parent / "changed.txt").read_text(encoding="utf-8")).name
    file = write(scenario, [{**t, "unit_state": "open"} for t in targets(scenario)])
    for plan in (after, kept.stem.removeprefix("results-")):
        result = sweep("results", scenario, edition(scenario).parent / plan, file)
        assert result.exit_code == 0, result.output
    assert {p.name for p in (scenario / "follow_up").glob("*.csv")} == {kept.name}
    assert after in result.output.replace("\n", "")


UNITS = ('room "A', '"', "=1+1", "'x", "a\nb", "ａ，“b”;c", "1e5", "+")


@pytest.fixture(scope="module")
def kept_units(first: Path, sweep: Run, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What is kept of `UNITS`, taken in at once, and read by the next run."""
    scenario = Path(shutil.copytree(first.parent, tmp_path_factory.mktemp("units") / "work")) / "plain"
    visit = targets(scenario)[0]["visit_id"]
    rows = [{"visit_id": visit, "uscc": None, "unit": unit, "unit_state": "locked"} for unit in UNITS]
    result = sweep("results", scenario, edition(scenario), write(scenario, rows))
    assert result.exit_code == 0, result.output
    assert sweep("validate", scenario).exit_code == 0
    file = scenario / "follow_up" / f"results-{edition(scenario).name}.csv"
    with file.open(encoding="utf-8-sig", newline="") as kept:
        units = [row["unit"] for row in csv.DictReader(kept)]
    assert len(units) == len(UNITS)
    return units


@pytest.mark.parametrize("unit", UNITS)
def test_what_a_cell_holds_is_read_back_by_the_next_run(kept_units: list[str], unit: str) -> None:
    assert kept_units[UNITS.index(unit)].lstrip("'").split() == unit.lstrip("'").split()


def test_results_that_the_next_run_could_not_read_are_not_kept(
    scenario: Path, sweep: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoilt(table: Any) -> str:
        return "visit_id,unit_state\nV1,ajar\n"

    monkeypatch.setattr(results_intake, "results_csv", spoilt)
    firm = targets(scenario)[0]
    result = sweep("results", scenario, edition(scenario), write(scenario, [{**firm, "unit_state": "open"}]))
    assert (result.exit_code, "G207" in result.stderr) == (2, True)
    assert not (scenario / "follow_up").exists()
    log = (scenario.parent / "out" / "_audit" / "tiny.jsonl").read_text(encoding="utf-8")
    assert '"act":"results"' not in log


@pytest.mark.slow
def test_of_several_items_closed_at_once_none_is_lost(scenario: Path, sweep: Run) -> None:
    rows = [{**t, "unit_state": "open", "is_rectify": "yes"} for t in targets(scenario)[:4]]
    reply = json.loads(sweep("results", scenario, edition(scenario), write(scenario, rows), "--json").stdout)
    items = [r["recheck_id"] for r in reply["open"]]
    out = scenario.parent / "out"
    given = [("close", scenario, i, "--reason", "seen on photographs", "--by", "P09", "--out", out) for i in items]
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(call, given))
    assert [d.code for d in done] == [0] * 4, [d.text for d in done]
    with (scenario / "follow_up" / "closed.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["recheck_id"] for row in csv.DictReader(file)} == set(items)
    assert sweep("audit", "--out", out).exit_code == 0


@pytest.mark.rule("C30")
def test_no_file_that_is_written_holds_what_is_personal(first: Path, sweep: Run, grep: Any) -> None:
    inputs = {(p.name, word) for p, word in grep(first, PERSONAL)}
    assert {word for _, word in inputs} == PERSONAL  # it was there to be taken
    assert grep(first.parent / "out", PERSONAL) == set()
    repairs = json.loads(sweep("validate", first, "--json").stdout)["repairs"]
    # Forty rows of each table; not each lead has an address of its own to be read.
    assert repairs["identity_number"] == 40 and repairs["mobile_number"] == 40
    report = (edition(first) / "report.html").read_text(encoding="utf-8")
    assert "80 identity and mobile numbers were removed from cells" in report


def test_an_item_is_closed_without_a_visit_on_a_written_reason(scenario: Path, sweep: Run) -> None:
    firm = targets(scenario)[0]
    rows = [{**firm, "unit_state": "open", "is_rectify": "yes"}]
    reply = json.loads(sweep("results", scenario, edition(scenario), write(scenario, rows), "--json").stdout)
    (item,) = [r["recheck_id"] for r in reply["open"]]
    out, reason = scenario.parent / "out", "rectified, photographs seen on 2026-09-18"

    def close(item_id: str, why: str) -> Any:
        return sweep("close", scenario, item_id, "--reason", why, "--by", "P09", "--out", out, "--json")

    for item_id, why, code in ((item, "fine", "S737"), ("R-none", reason, "S736")):
        refused = close(item_id, why)
        assert (refused.exit_code, code in refused.output) == (2, True)
    assert not (scenario / "follow_up" / "closed.csv").exists()
    assert json.loads(close(item, reason).stdout)["n_open"] == 0
    assert "S736" in close(item, reason).output  # it is open no longer
    sheets = openpyxl.load_workbook(scenario / "follow_up" / "ledger.xlsx")
    assert [s.max_row for s in sheets][2:] == [1, 2]
    log = [json.loads(x) for x in (out / "_audit" / "tiny.jsonl").read_text(encoding="utf-8").splitlines()]
    assert (log[-1]["act"], log[-1]["who"], log[-1]["facts"]["reason"]) == ("close", "P09", reason)


@pytest.mark.slow
def test_a_day_on_which_something_is_looked_at_again_can_be_changed(scenario: Path, sweep: Run) -> None:
    file = write(scenario, [{**t, "unit_state": "open", "is_rectify": "yes"} for t in targets(scenario)])
    assert sweep("results", scenario, edition(scenario), file).exit_code == 0
    # Small teams have fewer police to spare than some of these towers have exits, which nobody guards.
    given = ("--set", f"day={RECTIFY_DAY}", "--set", "teams.n_teams=6")
    run = sweep("run", scenario, "--out", scenario.parent / "out", *given, "--json")
    folder = next(Path(f).parent for f in json.loads(run.stdout)["files"] if f.endswith("plan.json"))
    (scenario.parent / "events.json").write_text('{"events": []}', encoding="utf-8")
    events = ("--events", scenario.parent / "events.json")
    result = sweep("replan", folder, "--at", "14:00", *events, "--iterations", 100, "--json")
    assert result.exit_code == 0, result.output
