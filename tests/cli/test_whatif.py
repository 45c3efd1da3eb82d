"""`sweep whatif`: a grid of plans, kept point by point."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from geodata.message_catalogue import load_texts
from sweep.check.rule_registry import check_plan
from sweep.publish.studies.whatif_page import GridPoint, curves_of, whatif_page
from sweep.records.plan import Violation
from tests.pins_file import add_pins

Run = Any  # of conftest.py


def run(sweep: Run, scenario: Path, out: Path, *grid: str) -> dict[str, Any]:
    options = [x for g in grid for x in ("--grid", g)]
    result = sweep("whatif", scenario, *options, "--iterations", 40, "--out", out, "--json")
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))


def test_every_point_is_planned_and_the_table_and_the_page_have_all(sweep: Run, scenario: Path, tmp_path: Path) -> None:
    reply = run(sweep, scenario, tmp_path, "teams.n_teams=2,3,4", "teams.reserve_share=0.1,0.3")
    assert [tuple(p["values"].values()) for p in reply["points"]] == [
        (n, s) for n in ("2", "3", "4") for s in ("0.1", "0.3")
    ]
    assert all(p["rules_broken"] == [] and p["bound"] >= p["value"] - 1e-9 for p in reply["points"])
    assert [p["is_warm"] for p in reply["points"]] == [False] + [True] * 5
    folder = tmp_path / "tiny" / "whatif"
    with (folder / "whatif.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(r["value"]) for r in rows] == pytest.approx([p["value"] for p in reply["points"]], abs=1e-5)
    page = (folder / "whatif.html").read_text(encoding="utf-8")
    assert page.count("<polygon") == 2
    assert "<script" not in page


def test_a_second_run_takes_what_is_there_and_a_wider_grid_plans_only_what_is_new(
    sweep: Run, scenario: Path, tmp_path: Path
) -> None:
    first = run(sweep, scenario, tmp_path, "teams.n_teams=2,4")
    points = tmp_path / "tiny" / "whatif" / "points"
    written = {p.name: p.stat().st_mtime_ns for p in points.iterdir()}
    again = run(sweep, scenario, tmp_path, "teams.n_teams=2,4")
    assert (again["points"], {p.name: p.stat().st_mtime_ns for p in points.iterdir()}) == (first["points"], written)
    wider = run(sweep, scenario, tmp_path, "teams.n_teams=2,3,4")
    assert len(wider["points"]) == 3
    now = {p.name: p.stat().st_mtime_ns for p in points.iterdir()}
    assert {name: now[name] for name in written} == written
    assert len(now) == 3


def test_a_point_that_was_written_in_part_is_planned_again(sweep: Run, scenario: Path, tmp_path: Path) -> None:
    first = run(sweep, scenario, tmp_path, "teams.n_teams=2,4")
    for path in (tmp_path / "tiny" / "whatif" / "points").iterdir():
        path.write_text(path.read_text(encoding="utf-8")[:100], encoding="utf-8")
    assert run(sweep, scenario, tmp_path, "teams.n_teams=2,4")["points"] == first["points"]


def test_a_point_that_the_roster_does_not_make_is_named_and_the_others_are_planned(
    sweep: Run, scenario: Path, tmp_path: Path
) -> None:
    reply = run(sweep, scenario, tmp_path, "teams.n_teams=2,400")
    assert (len(reply["points"]), [i["code"] for i in reply["refused"]]) == (1, ["S211"])
    assert "teams.n_teams=400" in reply["refused"][0]["where"]


def test_where_finds_fall_with_more_the_highest_point_is_named() -> None:
    def at(n: str, value: float) -> GridPoint:
        return GridPoint(
            {"teams.n_teams": n}, int(n), value, value, 9, 9, 9, 9, 9, 9, (), is_warm=False, objective=value
        )

    (hump,) = curves_of([at("4", 1.0), at("6", 2.0), at("8", 2.2), at("10", 2.3), at("12", 2.1)])
    assert (hump.knee, hump.highest) == ("6", "10")
    assert (hump.before, hump.beyond) == pytest.approx((0.5, 0.075))
    (rising,) = curves_of([at("4", 1.0), at("6", 2.0), at("8", 2.2)])
    assert (rising.knee, rising.highest) == ("6", None)
    # More of it that brings as much is no fall.
    (level,) = curves_of([at("4", 1.0), at("6", 2.0), at("8", 2.0)])
    (flat,) = curves_of([at("4", 2.0), at("6", 2.0)])
    assert (level.highest, flat.highest) == (None, None)
    page = whatif_page("x", [hump], load_texts("en"))
    assert "The objective is highest at number of teams (teams.n_teams) = 10" in page


def test_soft_rules_are_no_breaches(
    sweep: Run, scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_breaches(*given: Any) -> Any:
        return *check_plan(*given), Violation("C22", "late", {}), Violation("C16", "apart", {})

    monkeypatch.setattr("sweep.jobs.stages.check_day.check_plan", with_breaches)
    reply = run(sweep, scenario, tmp_path, "teams.n_teams=2,4")
    assert [p["rules_broken"] for p in reply["points"]] == [["C16"], ["C16"]]


@pytest.mark.parametrize(
    ("grid", "code"),
    [
        (("teams.n_teams",), "S560"),
        (("teams.n_teams=2,,4",), "S560"),
        (("teams.n_teams=2,2",), "S561"),
        (("teams.n_teams=2", "teams.n_teams=4"), "S561"),
        (("seed=" + ",".join(map(str, range(1_001))),), "S562"),
        (("teams.n_team=2,4",), "S103"),
        (("teams.n_teams=2,many",), "S104"),
    ],
)
def test_a_bad_grid_is_refused_before_anything_is_planned(
    sweep: Run, scenario: Path, tmp_path: Path, grid: tuple[str, ...], code: str
) -> None:
    options = [x for g in grid for x in ("--grid", g)]
    result = sweep("whatif", scenario, *options, "--out", tmp_path, "--json")
    assert (result.exit_code, json.loads(result.stdout)["issues"][0]["code"]) == (2, code)
    assert list(tmp_path.iterdir()) == []


def test_a_value_that_no_point_may_have_is_refused_in_the_language_of_the_scenario(
    sweep: Run, scenario: Path, tmp_path: Path
) -> None:
    result = sweep("whatif", scenario, "--grid", "teams.n_teams=0,2", "--out", tmp_path, "--lang", "zh_CN")
    assert (result.exit_code, "须不小于" in result.output) == (2, True)


@pytest.mark.slow
def test_where_the_number_of_teams_is_open_each_point_is_planned_with_the_one_that_a_run_takes(
    sweep: Run, plain: Any, tmp_path: Path
) -> None:
    file = plain.folder / "scenario.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("n_teams = 4\n", ""), encoding="utf-8")
    shares = ("0.1", "0.4")
    reply = run(sweep, plain.folder, tmp_path, f"teams.reserve_share={','.join(shares)}")
    for point, share in zip(reply["points"], shares, strict=True):
        given = ("--set", f"teams.reserve_share={share}", "--iterations", 40, "--out", tmp_path / share, "--json")
        assert sweep("run", plain.folder, *given).exit_code == 0
        (plan,) = (tmp_path / share / "tiny").glob("*/plan.json")
        assert point["n_teams"] == len(json.loads(plan.read_text(encoding="utf-8"))["teams"])


def test_a_file_of_a_later_point_that_cannot_be_read_leaves_no_points(sweep: Run, plain: Any, tmp_path: Path) -> None:
    result = sweep(
        "whatif", plain.folder, "--grid", "data.leads=leads.csv,none.csv", "--out", tmp_path / "out", "--json"
    )
    assert (result.exit_code, json.loads(result.stdout)["issues"][0]["code"]) == (2, "G101")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("lang", ["zh_CN", "en"])
def test_the_answer_in_words_names_the_files(sweep: Run, scenario: Path, tmp_path: Path, lang: str) -> None:
    result = sweep(
        "whatif", scenario, "--grid", "teams.n_teams=2,4", "--iterations", 20, "--out", tmp_path, "--lang", lang
    )
    assert result.exit_code == 0
    assert "whatif.html" in result.output.replace("\n", "")


@pytest.mark.parametrize("values", ["8,12", "12,8"])
def test_a_pin_to_a_team_that_one_point_does_not_have_is_refused_in_any_order(
    sweep: Run, plain: Any, tmp_path: Path, values: str
) -> None:
    add_pins(plain.folder, "with_team,B0001,T10")
    result = sweep("whatif", plain.folder, "--grid", f"teams.n_teams={values}", "--out", tmp_path / "out", "--json")
    assert (result.exit_code, [i["code"] for i in json.loads(result.stdout)["issues"]]) == (2, ["S642"])
    assert not (tmp_path / "out").exists()
