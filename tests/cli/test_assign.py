"""assign.csv on a whole city: what a person settles wins the next time, and matched.csv says so."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.cli.conftest import Plain, Run

NOWHERE = {"building_id": "", "uscc": "", "lon": "", "lat": ""}


def matched(out: Path) -> dict[str, dict[str, str]]:
    (file,) = out.rglob("matched.csv")
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return {row["key"]: row for row in csv.DictReader(lines)}


@pytest.mark.slow
def test_a_row_of_matched_csv_is_copied_into_assign_csv_and_wins_next_time(
    plain: Plain, sweep: Run, tmp_path: Path
) -> None:
    leads = plain.rows("leads")
    for lead, text in zip(leads, ("某某大厦9楼", "某某大厦9楼", "绝无此楼501"), strict=False):
        lead |= NOWHERE | {"address": text}
    plain.write("leads", leads)
    first, second, third = (lead["lead_id"] for lead in leads[:3])
    assert sweep("run", plain.folder, "--out", tmp_path / "one", "--quiet").exit_code == 0
    before = matched(tmp_path / "one")
    assert (before[first]["building_id"], before[first]["how"], before[first]["code"]) == ("", "none", "unknown_name")
    assert before[first]["text"] == before[first]["read_as"] == ""
    building_id = plain.rows("firms")[0]["building_id"] or next(
        r["building_id"] for r in plain.rows("firms") if r["building_id"]
    )
    # The second has the same text, which matched.csv does not tell of a lead; whoever looks it up can settle it.
    by_text = dict.fromkeys(before[first], "") | {"table": "leads", "text": "某某大厦 9楼", "building_id": building_id}
    copied = [before[first] | {"building_id": building_id}, before[third] | {"building_id": "none"}, by_text]
    with (plain.folder / "assign.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(copied[0]))
        writer.writeheader()
        writer.writerows(copied)
    result = sweep("run", plain.folder, "--out", tmp_path / "two", "--quiet")
    assert result.exit_code == 0, result.output
    after = matched(tmp_path / "two")
    assert [after[k]["building_id"] for k in (first, second, third)] == [building_id, building_id, ""]
    assert {after[k]["how"] for k in (first, second, third)} == {"person"}
    assert after[first]["how_text"] == "by a person"
    assert after[third]["code"] == "not_ours"


def test_faults_of_assign_csv_stop_the_run_with_their_rows(plain: Plain, sweep: Run) -> None:
    lead = plain.rows("leads")[0]["lead_id"]
    (plain.folder / "assign.csv").write_text(f"key,building_id\n{lead},没有这栋楼\n,{lead}\n", encoding="utf-8")
    result = sweep("validate", plain.folder)
    assert result.exit_code == 2
    for words in ("S651  assign.csv rows 2, 3 ", "S652  assign.csv row 3"):
        assert words in result.output


@pytest.mark.parametrize("name", ["assign", "pins"])
def test_a_table_of_the_planner_s_whose_last_row_was_taken_out_is_no_fault(plain: Plain, sweep: Run, name: str) -> None:
    header = {"assign": "table,key,building_id", "pins": "pin,building,value,reason"}[name]
    (plain.folder / f"{name}.csv").write_text(f"\ufeff{header}\r\n", encoding="utf-8", newline="")
    sets = () if name == "assign" else ("--set", "data.pins=pins.csv")
    assert sweep("validate", plain.folder, *sets).exit_code == 0


def test_a_file_that_the_scenario_names_must_be_there(plain: Plain, sweep: Run) -> None:
    toml = plain.folder / "scenario.toml"
    text = toml.read_text(encoding="utf-8").replace("[data]\n", '[data]\nassign = "settled.csv"\n')
    toml.write_text(text, encoding="utf-8")
    assert "settled.csv" in sweep("validate", plain.folder).output
    assert sweep("validate", plain.folder).exit_code == 2
