"""`sweep backtest`: over a scenario's past."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from geodata.message_catalogue import load_texts

Run = Any  # these two are of conftest.py
Planned = Any


@pytest.mark.slow
def test_a_scenario_is_judged_by_its_own_past(planned: Planned, sweep: Run, tmp_path: Path) -> None:
    result = sweep("backtest", planned.scenario, "--out", tmp_path, "--json")
    assert result.exit_code == 0
    reply = json.loads(result.stdout)
    csvs = {f"{name}.csv" for name in ("windows", "summary", "finds", "calibration", "curves", "fairness")}
    assert {Path(f).name for f in reply["files"]} == {*csvs, "backtest.html", "study.json"}
    methods = {row["method"] for row in reply["summary"]}
    assert methods == {"own", "decayed_per_hour", "raw_rate", "raw_count", "random"}
    assert {row["attribute"] for row in reply["fairness"]} == {"district", "credit", "size", "reported", "checked"}
    windows = next(tmp_path.rglob("windows.csv")).read_text(encoding="utf-8-sig")
    assert len({row["day"] for row in csv.DictReader(windows.splitlines())}) == 11


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bytes(planned: Planned, sweep: Run, tmp_path: Path) -> None:
    for name in ("a", "b"):
        sweep("backtest", planned.scenario, "--out", tmp_path / name, "--quiet")
    first, second = (next((tmp_path / name).rglob("summary.csv")).read_bytes() for name in ("a", "b"))
    assert first == second


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
