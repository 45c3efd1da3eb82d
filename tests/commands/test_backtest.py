"""`sweep backtest`: over a scenario's past, over a file of points, and what it says when there is too little."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geodata.read.osm.osm import read_osm_buildings
from geodata.texts import load_texts

Run = Any  # these two are of conftest.py
Planned = Any


def points_file(path: Path, header: str = "date,x_m,y_m", n: int = 300) -> Path:
    rng = np.random.default_rng(1)
    # Half of the points at one corner.
    spread = np.where(rng.random(n) < 0.5, 2_000.0, 150.0)
    rows = [
        f"2026-{1 + int(m):02d}-15,{x:.1f},{y:.1f}"
        for m, x, y in zip(rng.integers(0, 9, n), rng.random(n) * spread, rng.random(n) * spread, strict=True)
    ]
    path.write_text("\n".join([header, *rows]), encoding="utf-8")
    return path


def test_a_scenario_is_judged_by_its_own_past(planned: Planned, sweep: Run, tmp_path: Path) -> None:
    result = sweep("backtest", planned.scenario, "--out", tmp_path, "--json")
    assert result.exit_code == 0
    reply = json.loads(result.stdout)
    csvs = {f"{name}.csv" for name in ("windows", "summary", "finds", "calibration", "curves", "fairness")}
    assert {Path(f).name for f in reply["files"]} == {*csvs, "backtest.html", "study.json"}
    methods = {row["method"] for row in reply["summary"]}
    assert methods == {"own", "decayed_per_hour", "raw_rate", "raw_count", "kde", "gi", "random"}
    assert {row["attribute"] for row in reply["fairness"]} == {"district", "credit", "size", "reported", "checked"}
    windows = next(tmp_path.rglob("windows.csv")).read_text(encoding="utf-8-sig")
    assert len({row["day"] for row in csv.DictReader(windows.splitlines())}) == 11


def test_the_same_seed_gives_the_same_bytes(planned: Planned, sweep: Run, tmp_path: Path) -> None:
    for name in ("a", "b"):
        sweep("backtest", planned.scenario, "--out", tmp_path / name, "--quiet")
    first, second = (next((tmp_path / name).rglob("summary.csv")).read_bytes() for name in ("a", "b"))
    assert first == second


@pytest.mark.parametrize("header", ["date,x_m,y_m", "lat,date,lon,note"])
def test_any_file_of_dated_points_is_judged(planned: Planned, sweep: Run, tmp_path: Path, header: str) -> None:
    file = points_file(tmp_path / "points.csv")
    if "lon" in header:
        rows = [r.split(",") for r in file.read_text(encoding="utf-8").splitlines()[1:]]
        lines = [f"{36.6 + float(y) / 111e3},{day},{117 + float(x) / 89e3},n" for day, x, y in rows]
        file.write_text("\n".join([header, *lines]), encoding="utf-8")
    result = sweep("backtest", planned.scenario, "--points", file, "--out", tmp_path / "out", "--json")
    assert result.exit_code == 0
    summary = {(r["method"], r["measure"]): r["mean"] for r in json.loads(result.stdout)["summary"]}
    assert summary[("bayes", "pai_10")] > 2 > summary[("random", "pai_10")]


def test_the_tables_are_shown(planned: Planned, sweep: Run, tmp_path: Path) -> None:
    result = sweep("backtest", planned.scenario, "--out", tmp_path)
    assert result.exit_code == 0
    assert "this ranking" in result.stdout
    assert "mean of 11 windows" in result.stdout


def test_no_figure_and_no_name_is_broken_on_a_narrow_terminal(planned: Planned, sweep: Run, tmp_path: Path) -> None:
    result = sweep("backtest", planned.scenario, "--out", tmp_path)
    summary = next(tmp_path.rglob("summary.csv")).read_text(encoding="utf-8-sig")
    ((low, high),) = (
        (float(r["low"]), float(r["high"]))
        for r in csv.DictReader(summary.splitlines())
        if (r["method"], r["measure"]) == ("own", "ndcg")
    )
    texts = load_texts("en")
    assert f"[{texts.number(low, 3)}, {texts.number(high, 3)}]" in result.stdout
    assert "decayed leads per hour" in result.stdout


# One window: frozen on day 10 (11 January), judged by the five days that begin a day later.
ONE_WINDOW = [f"backtest.{key}" for key in ("first_day=10", "lag_days=1", "horizon_days=5", "hours=2")]
# At A three points before the freeze and one after it, at B none and three, at C one and none; one lies by itself.
DATED = [
    (2, 0, 0),
    (3, 0, 9),
    (4, 9, 0),
    (13, 0, 0),
    (12, 500, 0),
    (13, 500, 9),
    (14, 500, 0),
    (5, 900, 0),
    (16, 250, 0),
]


def placed(sweep: Run, planned: Planned, tmp_path: Path, places: str, *more: object) -> Any:
    points, table = tmp_path / "tips.csv", tmp_path / "places.csv"
    rows = [f"2026-01-{1 + day:02d},{x},{y}" for day, x, y in [(0, 0, 0), *DATED]]
    points.write_text("\n".join(["date,x_m,y_m", *rows]), encoding="utf-8")
    table.write_text(places, encoding="utf-8")
    given = [part for key in ONE_WINDOW for part in ("--set", key)]
    files = "--points", points, "--places", table
    return sweep("backtest", planned.scenario, *files, *given, "--out", tmp_path / "out", "--json", *more)


def means(result: Any) -> dict[tuple[str, str], float | None]:
    return {(r["method"], r["measure"]): r["mean"] for r in json.loads(result.stdout)["summary"]}


def test_dated_points_are_judged_over_a_table_of_places(planned: Planned, sweep: Run, tmp_path: Path) -> None:
    result = placed(sweep, planned, tmp_path, "x_m,y_m,team_hours\n0,0,1\n500,0,2\n900,0,1\n")
    assert result.exit_code == 0
    reply = json.loads(result.stdout)
    assert [reply[key] for key in ("n_places", "n_events", "n_left_out")] == [3, 10, 1]
    # Counts of 4, 0, 1 on day 10: A first, which has 1 of the 4 points to come; two hours pay for A and C.
    assert means(result)["raw_count", "hit_1"] == 0.25
    assert means(result)["raw_count", "recall_hours"] == 0.25


def test_places_with_more_firms_may_have_more_points(planned: Planned, sweep: Run, tmp_path: Path) -> None:
    # Rates of 4 / 40, 0 and 1 / 1: C first, where nothing is to come.
    result = placed(sweep, planned, tmp_path, "x_m,y_m,n_firms\n0,0,40\n500,0,1\n900,0,1\n")
    assert (means(result)["raw_rate", "hit_1"], means(result)["raw_count", "hit_1"]) == (0.0, 0.25)


def test_a_point_counts_within_the_reach_that_is_set(planned: Planned, sweep: Run, tmp_path: Path) -> None:
    result = placed(sweep, planned, tmp_path, "x_m,y_m\n0,0\n500,0\n", "--set", "backtest.match_m=300")
    # The point at 250 m is as far from both, and counts; that at 900 m is 400 m off.
    assert json.loads(result.stdout)["n_left_out"] == 1


@pytest.mark.parametrize("name", ["buildings.gpkg", "city.osm.pbf"])
def test_points_are_judged_over_a_building_table(planned: Planned, sweep: Run, tmp_path: Path, name: str) -> None:
    table = planned.city / name
    if name == "buildings.gpkg":
        table = tmp_path / name
        read_osm_buildings(planned.city / "city.osm.pbf").to_file(table)
    with (planned.folder / "buildings.csv").open(encoding="utf-8-sig") as file:
        at = [(float(row["lon"]), float(row["lat"])) for row in csv.DictReader(file)]
    rows = [f"2026-{month:02d}-01,{lon},{lat}" for month in range(1, 10) for lon, lat in at[:20]]
    points = tmp_path / "tips.csv"
    points.write_text("\n".join(["date,lon,lat", *rows]), encoding="utf-8")
    files = "--points", points, "--places", table
    result = sweep("backtest", planned.scenario, *files, "--out", tmp_path / "out", "--json")
    assert result.exit_code == 0
    reply = json.loads(result.stdout)
    assert (reply["n_places"], reply["n_events"], reply["n_left_out"]) == (40, 180, 0)
    # 20 of the 40 have all points, alike: the first four catch 4/20 with 4/40 of the places.
    assert means(result)["raw_count", "pai_10"] == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("places", "code"),
    [
        pytest.param("lon,lat\n117,36\n", "S406", id="degrees for metres"),
        pytest.param("x_m,y_m\n5000,5000\n", "S407", id="none near"),
        pytest.param("x_m,y_m\n0,zero\n", "S404", id="no place"),
        pytest.param("x_m,y_m,team_hours\n0,0,0\n", "S404", id="no hours"),
        pytest.param("x_m,y_m,n_firms\n0,0,many\n", "S404", id="no number"),
        pytest.param("x_m,y_m,n_firms\n0,0,-1\n", "S404", id="below none"),
    ],
)
def test_places_that_cannot_be_used_are_reported(
    planned: Planned, sweep: Run, tmp_path: Path, places: str, code: str
) -> None:
    result = placed(sweep, planned, tmp_path, places)
    assert result.exit_code == 2
    assert [issue["code"] for issue in json.loads(result.stdout)["issues"]] == [code]
    assert not (tmp_path / "out").exists()


def test_places_without_points_are_refused(planned: Planned, sweep: Run, tmp_path: Path) -> None:
    result = sweep("backtest", planned.scenario, "--places", tmp_path / "places.csv", "--json")
    assert result.exit_code == 2
    assert [issue["code"] for issue in json.loads(result.stdout)["issues"]] == ["S408"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(None, "S403", id="no file"),
        pytest.param("day,x,y\n2026-01-01,1,2\n", "S403", id="no such columns"),
        pytest.param("date,x_m,y_m\n", "S403", id="no row"),
        pytest.param("date,x_m,y_m\n2026-01-01,1,2\nyesterday,1,2\n", "S404", id="no date"),
        pytest.param("date,lon,lat\n2026-01-01,200,2\n", "S404", id="no longitude"),
        pytest.param("date,x_m,y_m\n2026-01-01,1,2\n2026-01-05,3,4\n", "S402", id="too short a past"),
        pytest.param(
            "date,x_m,y_m\n2026-01-01,1,2\n2026-01-02,3e9,4e9\n2026-09-05,1,2\n", "S405", id="a point far off"
        ),
    ],
)
def test_a_file_that_cannot_be_judged_is_reported(
    planned: Planned, sweep: Run, tmp_path: Path, content: str | None, code: str
) -> None:
    file = tmp_path / "points.csv"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    result = sweep("backtest", planned.scenario, "--points", file, "--out", tmp_path / "out", "--json")
    assert result.exit_code == 2
    assert [issue["code"] for issue in json.loads(result.stdout)["issues"]] == [code]
    assert not (tmp_path / "out").exists()


def test_a_first_list_before_the_first_point_has_nothing_to_lay_a_grid_over(
    planned: Planned, sweep: Run, tmp_path: Path
) -> None:
    (tmp_path / "points.csv").write_text("date,x_m,y_m\n2026-01-01T10:00,1,2\n2026-09-05,3,4\n", encoding="utf-8")
    early = ("--points", tmp_path / "points.csv", "--set", "backtest.first_day=0.1", "--json")
    result = sweep("backtest", planned.scenario, *early)
    assert result.exit_code == 2
    assert [issue["code"] for issue in json.loads(result.stdout)["issues"]] == ["S440"]
