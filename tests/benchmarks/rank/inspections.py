"""Inspections with known outcomes (Chicago's food inspections) ranked out of time, as any register of checks is.

    uv run python -m tests.benchmarks.rank.inspections [--rolling]

The city's own split: known up to 2014-09-01, judged by the 1,637 checks after it, in one window; `--rolling` judges
every 60 days from day 420 on. A place is a licence; `kind` is its category and risk class; a check's `severity` is the
number of violations (critical, serious and minor), which the file gives with the next check of the place; `--plain`
leaves both out. Nothing of the file's `score` is read but to show how the city's own model did. Prints a table.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sweep.jobs.backtest.backtest import backtest_scenario
from sweep.publish.studies.backtest_page import BacktestResult
from sweep.rank.learnt.forecast_accuracy import stratified_auc
from sweep.scenario.load_scenario import load_scenario
from tests.paths import SHARED

FILE = SHARED / "incidents/food-inspections-chicago/inspections.csv.gz"
LAST = "2014-11-01"
NAMES = ("auc_within", "slope", "intercept", "brier", "first_half", "days_earlier")
SCENARIO = """
name = "food"
day = {last}
lang = "en"
[data]
anywhere = true
buildings = "places.csv"
history = "checks.csv"
[backtest]
first_day = {first_day}
horizon_days = {horizon}
"""


def write_scenario(folder: Path, first_day: float, horizon: float, *, is_plain: bool = False) -> pd.DataFrame:
    """The scenario of the file in a folder, and the file's rows."""
    rows = pd.read_csv(FILE).sort_values(["date", "id"], kind="stable")
    by_place = rows.groupby("license")
    grave = by_place[["pastcritical", "pastserious", "pastminor"]].shift(-1).sum(axis=1, skipna=False)
    outcome = np.where(rows["criticalfound"] == 1, "find", np.where(rows["results"] == "Pass", "nothing", "irregular"))
    checks = pd.DataFrame(
        {
            "visit_id": rows["id"],
            "building_id": rows["license"],
            "visited_on": rows["date"],
            "team": rows["inspector_assigned"],
            "outcome": outcome,
            "severity": grave,
        }
    )
    last = by_place.last().reset_index()
    kind = last["category"] + ";" + last["risk"]
    places = pd.DataFrame({"building_id": last["license"], "lon": last["lon"], "lat": last["lat"], "kind": kind})
    if is_plain:
        checks, places = checks.drop(columns="severity"), places.drop(columns="kind")
    checks.to_csv(folder / "checks.csv", index=False)
    places.to_csv(folder / "places.csv", index=False)
    text = SCENARIO.format(last=LAST, first_day=first_day, horizon=horizon)
    (folder / "scenario.toml").write_text(text, encoding="utf-8")
    return rows


def run(first_day: float, horizon: float, *, is_plain: bool) -> tuple[BacktestResult, pd.DataFrame, float]:
    """The verdict, the file's rows, and the seconds that it took."""
    with tempfile.TemporaryDirectory() as name:
        rows = write_scenario(Path(name), first_day, horizon, is_plain=is_plain)
        start = time.perf_counter()
        verdict = backtest_scenario(load_scenario(Path(name)), lambda _step, _progress: None)
        return verdict, rows, time.perf_counter() - start


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rolling", action="store_true")
    parser.add_argument("--plain", action="store_true")
    asked = parser.parse_args()
    verdict, rows, seconds = run(420.0 if asked.rolling else 1096.0, 60.0, is_plain=asked.plain)
    table = verdict.finds
    print(f"{seconds:.1f} s; {table['n_checks'].max()} checks, {table['n_finds'].max()} finds\n")
    print(f"| forecast | {' | '.join(NAMES)} |\n|---{'|---' * len(NAMES)}|")
    for row in table.to_dict("records"):
        print(f"| {row['method']} | {' | '.join(cell_text(row, name) for name in NAMES)} |")
    later = rows[rows["test"]]
    find, who = later["criticalfound"].to_numpy() == 1, later["inspector_assigned"]
    area, _ = stratified_auc(later["score"].to_numpy(np.float64), find, who)
    print(f"\nThe city's own model on its split: AUC within inspector {area:.3f}")


def cell_text(row: Mapping[Hashable, Any], name: str) -> str:
    """A figure with its 90 % interval."""
    if pd.isna(row[name]):
        return "-"
    return f"{row[name]:.3f} ({row[f'{name}_low']:.3f} to {row[f'{name}_high']:.3f})"


if __name__ == "__main__":
    main()
