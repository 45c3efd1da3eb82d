"""`sweep run`, `init`, `validate`, `rank`: what they write, print and return."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from geodata.message_catalogue import load_texts
from sweep.check.rule_registry import RULES
from sweep.inputs import visit_reasons_from_inputs
from sweep.records.plan import Violation

Run = Any  # these three are of conftest.py
Planned = Any
Plain = Any

FILES = {
    "map.html",
    "report.html",
    "plan.json",
    "buildings.csv",
    "clusters.csv",
    "coverage.csv",
    "unserved.csv",
    "quarantine.csv",
    "matched.csv",
    "unmatched.csv",
    "draw.csv",
    "plan.gpkg",
    "manifest.json",
}


def written(folder: Path) -> list[Path]:
    return [p for p in folder.rglob("*") if p.is_file()]


def ids(file: Path) -> list[str]:
    with file.open(encoding="utf-8-sig", newline="") as text:
        return [row["building_id"] for row in csv.DictReader(text)]


def test_a_run_writes_an_edition(planned: Planned) -> None:
    assert {p.name for p in planned.folder.iterdir() if p.is_file()} >= FILES
    orders = {p.stem for p in (planned.folder / "teams").iterdir()}
    assert orders == {t["team_id"] for t in planned.plan["teams"]}
    assert planned.folder.name == planned.plan["plan_id"]


def test_nothing_else_is_left_beside_the_edition(planned: Planned) -> None:
    assert list(planned.folder.parent.iterdir()) == [planned.folder]


def test_a_run_ends_with_a_table_of_what_was_done(planned: Planned) -> None:
    assert planned.plan["plan_id"] in planned.result.stdout
    assert "buildings.csv" in planned.result.stdout


def test_a_run_ends_with_commands_that_can_be_typed_next(planned: Planned) -> None:
    explain, check, approve = planned.result.stdout.splitlines()[-3:]
    unserved = planned.plan["unserved"][0]["building_id"]
    assert explain.split() == ["sweep", "explain", str(planned.scenario), str(planned.folder), unserved]
    assert check.split() == ["sweep", "check", str(planned.scenario), str(planned.folder)]
    assert approve.split() == ["sweep", "approve", str(planned.folder), "--by", "ID"]


def test_open_opens_the_map_and_the_report(
    planned: Planned, sweep: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    # The second page finds no browser: its path is printed.
    monkeypatch.setattr("webbrowser.open", lambda uri: opened.append(uri) or len(opened) == 1)
    result = sweep("run", planned.scenario, "--out", tmp_path, "--open")
    pages = [tmp_path / "tiny" / planned.folder.name / name for name in ("map.html", "report.html")]
    assert opened == [page.as_uri() for page in pages]
    assert [str(page) in result.stdout.replace("\n", "").partition("browser")[2] for page in pages] == [False, True]


def test_the_city_is_kept_in_the_cache_of_the_test(planned: Planned, cache: Path) -> None:
    assert {p.name for p in (cache / "sweep").iterdir()} >= {"city", "roads"}


def test_the_same_seed_and_iterations_give_the_same_bytes(planned: Planned, sweep: Run, tmp_path: Path) -> None:
    assert sweep("run", planned.scenario, "--out", tmp_path).exit_code == 0
    again = tmp_path / "tiny" / planned.folder.name
    names = {p.relative_to(planned.folder) for p in written(planned.folder)}
    assert names == {p.relative_to(again) for p in written(again)}
    assert [n for n in sorted(names) if (planned.folder / n).read_bytes() != (again / n).read_bytes()] == []


def test_the_reasons_of_a_visit_are_worked_out_once_in_a_run(
    planned: Planned, sweep: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    n_calls: Counter[str] = Counter()
    original = visit_reasons_from_inputs._reasons

    def counting(visit: Any, *rest: Any) -> Any:
        n_calls[visit.visit_id] += 1
        return original(visit, *rest)

    monkeypatch.setattr(visit_reasons_from_inputs, "_reasons", counting)
    assert sweep("run", planned.scenario, "--out", tmp_path).exit_code == 0
    assert set(n_calls.values()) == {1}


def test_json_is_one_object_on_standard_output(planned: Planned, sweep: Run, tmp_path: Path) -> None:
    result = sweep("run", planned.scenario, "--out", tmp_path, "--json")
    reply = json.loads(result.stdout)
    assert (result.exit_code, reply["plan_id"], reply["violations"]) == (0, planned.plan["plan_id"], [])
    assert reply["n_served"] + planned.plan["summary"]["n_unserved"] == reply["n_visits"]
    assert all(Path(f).is_file() for f in reply["files"])


def test_quiet_prints_nothing(planned: Planned, sweep: Run, tmp_path: Path) -> None:
    result = sweep("run", planned.scenario, "--out", tmp_path, "--quiet")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
    assert written(tmp_path)


def test_options_stand_for_keys(planned: Planned, sweep: Run, tmp_path: Path) -> None:
    options = ("--seed", 7, "--iterations", 20, "--lang", "zh_CN", "--set", "teams.n_teams=3")
    result = sweep("run", planned.scenario, "--out", tmp_path, "--json", *options)
    (folder,) = (tmp_path / "tiny").iterdir()
    settings = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["settings"]
    assert result.exit_code == 0
    assert (settings["seed"], settings["solver"]["iterations"], settings["lang"]) == (7, 20, "zh_CN")
    assert settings["teams"]["n_teams"] == json.loads(result.stdout)["n_teams"] == 3


def test_a_plan_that_breaks_a_rule_gives_no_order(
    planned: Planned, sweep: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The planner keeps every rule, so a breach is made up.
    monkeypatch.setitem(RULES, "C13", lambda _inputs, _plan: iter([Violation("C13", "T01", {"detail": "-"})]))
    result = sweep("run", planned.scenario, "--out", tmp_path)
    assert (result.exit_code, "C13" in result.stderr) == (3, True)
    assert {p.name for p in written(tmp_path / "tiny")} == {"plan.json", "violations.csv", "manifest.json"}


def test_an_interrupt_is_no_traceback(sweep: Run, scenario: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("sweep.inputs.load_inputs.load_inputs", interrupted)
    result = sweep("validate", scenario)
    assert (result.exit_code, "Traceback" in result.output) == (130, False)


@pytest.mark.parametrize("lang", ["en", "zh_CN"])
@pytest.mark.parametrize(("command", "title"), [("validate", "command.valid"), ("rank", "command.clusters")])
def test_tables_are_printed_in_both_languages(
    planned: Planned, sweep: Run, tmp_path: Path, command: str, title: str, lang: str
) -> None:
    out = ("--out", tmp_path) if command == "rank" else ()
    result = sweep(command, planned.scenario, "--lang", lang, *out)
    assert (result.exit_code, load_texts(lang)(title) in result.stdout) == (0, True)


def test_validate_counts_rows_repairs_and_matches(planned: Planned, sweep: Run) -> None:
    reply = json.loads(sweep("validate", planned.scenario, "--json").stdout)
    leads = next(i for i in reply["inputs"] if i["table"] == "leads")
    assert (leads["n_rows"], leads["n_used"], leads["n_quarantined"]) == (90, 90, 0)
    assert sum(n for k, n in reply["matches"].items() if k.startswith("leads.")) >= 90
    assert reply["issues"] == []


def test_rank_writes_two_tables(planned: Planned, sweep: Run, tmp_path: Path) -> None:
    result = sweep("rank", planned.scenario, "--out", tmp_path, "--json")
    reply = json.loads(result.stdout)
    assert result.exit_code == 0
    assert {Path(f).name for f in reply["files"]} == {p.name for p in written(tmp_path)}
    assert {"buildings.csv", "clusters.csv"} <= {Path(f).name for f in reply["files"]}
    ranked = next(p for p in written(tmp_path) if p.name == "buildings.csv")
    assert ids(ranked) == ids(planned.folder / "buildings.csv")


def test_a_new_scenario_asks_for_its_tables(sweep: Run, tmp_path: Path) -> None:
    assert sweep("init", "east", "--folder", tmp_path).exit_code == 0
    result = sweep("validate", tmp_path / "east", "--json")
    found = [(i["code"], i["where"]) for i in json.loads(result.stdout)["issues"]]
    assert result.exit_code == 2
    assert set(found) == {
        ("G101", "buildings.gpkg"),
        *(("G127", f"{t}.csv") for t in ("building_files", "firms", "leads", "roster", "bases", "history")),
    }


@pytest.mark.parametrize("lang", ["en", "zh_CN"])
def test_a_new_scenario_speaks_the_language_asked_for(sweep: Run, tmp_path: Path, lang: str) -> None:
    assert sweep("init", "east", "--folder", tmp_path, "--lang", lang).exit_code == 0
    assert f'lang = "{lang}"' in (tmp_path / "east" / "scenario.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["../../x", "a/b", "..", "a b", "_x", "a\n"])
def test_a_new_scenario_of_a_bad_name_is_refused(sweep: Run, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "deep" / "scenarios"
    folder.mkdir(parents=True)
    result = sweep("init", "--folder", folder, "--", name)
    assert (result.exit_code, "S106" in result.stderr) == (2, True)
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_a_new_scenario_does_not_overwrite_one(sweep: Run, tmp_path: Path) -> None:
    (tmp_path / "east").mkdir()
    result = sweep("init", "east", "--folder", tmp_path)
    assert (result.exit_code, "S107" in result.stderr, written(tmp_path)) == (2, True, [])


@pytest.mark.parametrize("options", [("--help",), ("run", "--help"), ("check", "--help"), ("explain", "--help")])
def test_help_is_there(sweep: Run, options: tuple[str, ...]) -> None:
    assert sweep(*options).exit_code == 0
