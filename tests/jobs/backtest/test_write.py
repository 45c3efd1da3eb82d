"""The tables of a backtest on disk: those of the last one, and of no other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np

from geodata.message_catalogue import load_texts
from sweep.jobs.backtest.backtest import other_methods, protocol_of, run_backtest, write_backtest
from sweep.rank.backtest.backtest import BacktestData, DatedChecks, no_checks
from sweep.scenario.rank_settings import Backtest
from sweep.scenario.scenario import Scenario
from tests.constants import varied

SETTINGS = varied(Backtest(first_day=10.0, horizon_days=10.0), lag_days=0.0)
# Three places, a report and a check at one of them on each of 30 days; every other check finds something.
ROWS, DAYS = np.arange(30) % 3, np.arange(30.0)
CHECKS = DatedChecks(ROWS, DAYS, np.arange(30) % 2 == 0, np.full(30, "T1"))
CASE = BacktestData(np.array([(0.0, 0.0), (500.0, 0.0), (0.0, 500.0)]), np.full(3, 9.0), np.ones(3), ROWS, DAYS, CHECKS)


def written(case: BacktestData, out: Path) -> set[str]:
    """The csv files that stand there after a backtest of a case."""
    found = run_backtest("x", case, other_methods(case), protocol_of(SETTINGS, 30.0, seed=1))
    scenario = Scenario(name="x", day=date(2026, 9, 16))
    files = write_backtest(found, scenario, out, load_texts("en"))
    assert all(file.is_file() for file in files)
    return {file.name for file in (out / "x" / "backtest").glob("*.csv")}


def test_no_table_of_an_earlier_backtest_stays_beside_those_of_a_later_one(tmp_path: Path) -> None:
    always = {"windows.csv", "summary.csv", "finds.csv", "curves.csv"}
    assert written(CASE, tmp_path) == {*always, "calibration.csv"}
    assert written(replace(CASE, checks=no_checks()), tmp_path) == always
