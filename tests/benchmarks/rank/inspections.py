"""Inspections with known outcomes (food inspections of three cities) ranked out of time, as any register of checks is.

    uv run python -m tests.benchmarks.rank.inspections [--rolling]
    uv run python -m tests.benchmarks.rank.inspections --history montgomery|austin80|austin90 [--shuffled 20]

Chicago's own split: known up to 2014-09-01, judged by the 1,637 checks after it, in one window; `--rolling` judges
every 60 days from day 420 on, the other histories from day 240 on. A place is a licence; `kind` is its category and
risk class; a check's `severity` is the number of violations, which the file gives with the next check of the place;
`--plain` leaves both out. Nothing of the file's `score` is read but to show how the city's own model did. In the other
histories routine inspections count, and a find is a critical violation, or a score below 80 or 90. Prints a table.
`--shuffled` deals the outcomes of the checks out at random, and counts the pasts whose model is used.
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
from tests.benchmarks.campaign.level import HISTORIES, write_tables
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
history = "history.csv"
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
    checks.to_csv(folder / "history.csv", index=False)
    places.to_csv(folder / "places.csv", index=False)
    text = SCENARIO.format(last=LAST, first_day=first_day, horizon=horizon)
    (folder / "scenario.toml").write_text(text, encoding="utf-8")
    return rows


def write_other(folder: Path, rows: pd.DataFrame) -> None:
    """The scenario of a history of routine inspections, whose severity is its violations or points below 100."""
    write_tables(folder, rows.assign(severity=rows.get("severity", 100 - rows.get("score", 0))), ["severity"])
    last = pd.Timestamp(rows["date"].max()) + pd.Timedelta(days=1)
    text = SCENARIO.format(last=last.date(), first_day=240.0, horizon=60.0)
    (folder / "scenario.toml").write_text(text, encoding="utf-8")


def run_other(rows: pd.DataFrame) -> BacktestResult:
    """The verdict on a history of routine inspections."""
    with tempfile.TemporaryDirectory() as name:
        write_other(Path(name), rows)
        return backtest_scenario(load_scenario(Path(name)), lambda _step, _progress: None)


def shuffled(rows: pd.DataFrame, seed: int) -> pd.DataFrame:
    """The same checks with the outcomes, and their severity, of others."""
    outcome = [name for name in ("find", "severity", "score") if name in rows]
    order = np.random.default_rng(seed).permutation(len(rows))
    return rows.assign(**{name: rows[name].to_numpy()[order] for name in outcome})


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
    parser.add_argument("--history", choices=[name for name in HISTORIES if name != "chicago"])
    parser.add_argument("--shuffled", type=int, metavar="PASTS")
    asked = parser.parse_args()
    if asked.history:
        of_other(HISTORIES[asked.history](), asked.shuffled)
        return
    verdict, rows, seconds = run(420.0 if asked.rolling else 1096.0, 60.0, is_plain=asked.plain)
    print(f"{seconds:.1f} s", end="; ")
    print_table(verdict.finds)
    later = rows[rows["test"]]
    find, who = later["criticalfound"].to_numpy() == 1, later["inspector_assigned"]
    area, _ = stratified_auc(later["score"].to_numpy(np.float64), find, who)
    print(f"\nThe city's own model on its split: AUC within inspector {area:.3f}")


def of_other(rows: pd.DataFrame, n_shuffled: int | None) -> None:
    """Print the table of a history, or of how many shuffled ones the model is used."""
    if n_shuffled is None:
        print_table(run_other(rows).finds)
        return
    choices = [run_other(shuffled(rows, seed)).scored for seed in range(n_shuffled)]
    n_used = sum(one is not None and one.scored_by == "logistic" for one in choices)
    print(f"model used in {n_used} of {n_shuffled} shuffled pasts")


def print_table(table: pd.DataFrame) -> None:
    """Print the measures of each forecast with their intervals."""
    print(f"{table['n_checks'].max()} checks, {table['n_finds'].max()} finds\n")
    print(f"| forecast | {' | '.join(NAMES)} |\n|---{'|---' * len(NAMES)}|")
    for row in table.to_dict("records"):
        print(f"| {row['method']} | {' | '.join(cell_text(row, name) for name in NAMES)} |")


def cell_text(row: Mapping[Hashable, Any], name: str) -> str:
    """A figure with its 90 % interval."""
    if pd.isna(row[name]):
        return "-"
    return f"{row[name]:.3f} ({row[f'{name}_low']:.3f} to {row[f'{name}_high']:.3f})"


if __name__ == "__main__":
    main()
