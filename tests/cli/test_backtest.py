"""`sweep backtest`: over a scenario's past, over a file of points, and what it says when there is too little."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

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
    told = json.loads(result.stdout)
    csvs = {f"{name}.csv" for name in ("windows", "summary", "finds", "calibration", "curves")}
    assert {Path(f).name for f in told["files"]} == {*csvs, "backtest.html"}
    methods = {row["method"] for row in told["summary"]}
    assert methods == {"own", "decayed_per_hour", "raw_rate", "raw_count", "kde", "gi", "random"}
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


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(None, "S403", id="no file"),
        pytest.param("day,x,y\n2026-01-01,1,2\n", "S403", id="no such columns"),
        pytest.param("date,x_m,y_m\n", "S403", id="no row"),
        pytest.param("date,x_m,y_m\n2026-01-01,1,2\nyesterday,1,2\n", "S404", id="no date"),
        pytest.param("date,lon,lat\n2026-01-01,200,2\n", "S404", id="no longitude"),
        pytest.param("date,x_m,y_m\n2026-01-01,1,2\n2026-01-05,3,4\n", "S402", id="too short a past"),
        pytest.param("date,x_m,y_m\n2026-01-01,1,2\n2026-09-05,3e9,4e9\n", "S405", id="a point far off"),
    ],
)
def test_a_file_that_cannot_be_judged_is_told(
    planned: Planned, sweep: Run, tmp_path: Path, content: str | None, code: str
) -> None:
    file = tmp_path / "points.csv"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    result = sweep("backtest", planned.scenario, "--points", file, "--out", tmp_path / "out", "--json")
    assert result.exit_code == 2
    assert [issue["code"] for issue in json.loads(result.stdout)["issues"]] == [code]
    assert not (tmp_path / "out").exists()
