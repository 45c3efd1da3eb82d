"""A table that loses too much stops every command that reads it, until its words are mapped or the loss accepted."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

Run = Any  # these two are of conftest.py
Plain = Any

QUIET = "查过没事"  # a word of no dialect


def rename_outcomes(plain: Plain, old: str, new: str, n: int | None = None) -> int:
    """Write `new` for the first `n` outcomes `old`, all by default; how many."""
    rows, done = plain.rows("history"), 0
    for row in rows:
        if row["outcome"] == old and (n is None or done < n):
            row["outcome"] = new
            done += 1
    plain.write("history", rows)
    return done


def issues_of(result: Any) -> list[dict[str, str]]:
    return list(json.loads(result.stdout)["issues"])


@pytest.mark.parametrize("command", ["run", "validate", "rank"])
def test_a_table_that_loses_more_than_a_tenth_stops_every_command(
    plain: Plain, sweep: Run, tmp_path: Path, command: str
) -> None:
    n_rows, n = len(plain.rows("history")), rename_outcomes(plain, "nothing", QUIET)
    assert n > 0.1 * n_rows
    result = sweep(command, plain.folder, "--json", *([] if command == "validate" else ["--out", tmp_path / "out"]))
    assert result.exit_code == 2
    assert not (tmp_path / "out").exists()
    first, second, *rows = issues_of(result)
    assert (first["code"], first["where"], second["code"]) == ("G228", "history.csv", "G229")
    assert f"{n} of {n_rows} rows" in first["what"]
    assert {i["code"] for i in rows} == {"G207"} and len(rows) == n


def test_the_rows_of_one_cause_are_one_line_with_toml_to_paste(plain: Plain, sweep: Run, tmp_path: Path) -> None:
    rename_outcomes(plain, "nothing", QUIET)
    result = sweep("run", plain.folder, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert result.stderr.count("\n  G207") == 1
    assert f'[data.values.history.outcome]\n"{QUIET}" = "?"' in result.stderr


def test_a_word_given_its_meaning_in_the_scenario_loses_nothing(plain: Plain, sweep: Run) -> None:
    before = json.loads(sweep("validate", plain.folder, "--json").stdout)
    n = rename_outcomes(plain, "nothing", QUIET)
    with (plain.folder / "scenario.toml").open("a", encoding="utf-8") as file:
        file.write(f'[data.values.history.outcome]\n"{QUIET}" = "nothing"\n')
    after = json.loads(sweep("validate", plain.folder, "--json").stdout)
    used = {i["table"]: i["n_used"] for i in before["inputs"]}
    assert {i["table"]: i["n_used"] for i in after["inputs"]} == used
    assert after["repairs"]["own_word"] == n


def test_a_meaning_that_is_no_category_is_refused_before_anything_is_read(plain: Plain, sweep: Run) -> None:
    result = sweep("validate", plain.folder, "--json", "--set", f'data.values.history.outcome.{QUIET}="?"')
    assert [(i["code"], i["where"]) for i in issues_of(result)] == [("S104", "data.values")]


def test_all_rows_of_one_outcome_stop_the_run_however_few_they_are(plain: Plain, sweep: Run) -> None:
    rows = plain.rows("history")
    is_first = {i for i, row in enumerate(rows) if row["outcome"] == "irregular"}
    assert len(is_first) >= 3
    kept = sorted(is_first)[:3]  # three of the outcome, all under a word that nobody knows
    others = [row for i, row in enumerate(rows) if i not in is_first]
    plain.write("history", [*others, *(rows[i] | {"outcome": "有点毛病"} for i in kept)])
    assert [i["code"] for i in issues_of(sweep("validate", plain.folder, "--json"))] == ["G229", *["G207"] * 3]


def test_rows_lost_through_another_column_are_to_be_mended_there(plain: Plain, sweep: Run) -> None:
    rows = plain.rows("history")
    for row in rows:
        if row["outcome"] == "irregular":
            row["visited_on"] = "once upon a time"
    plain.write("history", rows)
    (loss,) = [i for i in issues_of(sweep("validate", plain.folder, "--json")) if i["code"] in {"G229", "G330"}]
    assert loss["code"] == "G330"
    assert "visited_on" in loss["fix"] and "stands for" not in loss["fix"]


def test_two_slips_of_a_word_only_go_to_quarantine(plain: Plain, sweep: Run) -> None:
    rename_outcomes(plain, "nothing", QUIET, 2)
    result = sweep("validate", plain.folder, "--json")
    assert result.exit_code == 0
    assert [i["code"] for i in json.loads(result.stdout)["quarantine"]] == ["G207", "G207"]


def test_accepted_losses_head_the_report(plain: Plain, sweep: Run, tmp_path: Path) -> None:
    n = rename_outcomes(plain, "nothing", QUIET)
    result = sweep("run", plain.folder, "--out", tmp_path / "out", "--accept-losses", "history")
    assert result.exit_code == 0, result.output
    (page,) = (tmp_path / "out").rglob("report.html")
    text = page.read_text(encoding="utf-8")
    at = text.index('id="assessment"')
    assert at < text.index('class="lead"')
    assert f"{n} of " in text[at : text.index("</section>", at)]


def test_a_table_that_is_none_cannot_be_accepted(plain: Plain, sweep: Run) -> None:
    result = sweep("validate", plain.folder, "--json", "--accept-losses", "histroy")
    assert [(i["code"], i["where"]) for i in issues_of(result)] == [("S104", "data.accept_losses")]


def test_repeated_rows_and_days_to_come_are_no_loss(plain: Plain, sweep: Run) -> None:
    rows = plain.rows("leads")
    plain.write("leads", [*rows, *rows])
    assert sweep("validate", plain.folder, "--json").exit_code == 0


def test_a_table_of_which_nothing_is_left_stops_the_run(plain: Plain, sweep: Run) -> None:
    result = sweep("validate", plain.folder, "--json", "--set", "day=2020-01-01")
    tables = {i["where"] for i in issues_of(result) if i["code"] == "G228"}
    assert {"leads.csv", "history.csv"} <= tables
    assert tomllib.loads((plain.folder / "scenario.toml").read_text(encoding="utf-8"))["day"].year == 2026
