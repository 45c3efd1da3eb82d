"""Writer of a backtest's tables and page."""

from pathlib import Path

import numpy as np
import pandas as pd

from geodata.atomic_writes import change
from geodata.message_catalogue import Texts
from sweep.audit.retention import STUDY
from sweep.disk.atomic_files import write_files
from sweep.disk.csv_text import csv_text
from sweep.publish.archive.manifest import study_json
from sweep.publish.studies.backtest_page import BacktestResult, backtest_page
from sweep.scenario.scenario import Scenario


def write_backtest(judged: BacktestResult, scenario: Scenario, out: Path, texts: Texts) -> tuple[Path, ...]:
    """
    Write a backtest's tables as CSV files, and its page, to `out`/<scenario>/backtest/; return the files.

    An empty table has no file, and its file from an earlier backtest is deleted.
    """
    tables = {
        "windows.csv": judged.windows,
        "summary.csv": judged.summary,
        "finds.csv": judged.finds,
        "calibration.csv": judged.calibration,
        "curves.csv": judged.curves,
        "fairness.csv": judged.fairness,
    }
    csvs = {
        file: csv_text([str(column) for column in table.columns], _rows(table))
        for file, table in tables.items()
        if len(table)
    }
    place = out / scenario.name
    folder = place / "backtest"
    pages = {"backtest.html": backtest_page(judged, texts), STUDY: study_json("backtest", scenario)}
    with change(place) as made:
        files = write_files({**csvs, **pages}, folder, place)
        for stale in (folder / name for name in tables.keys() - csvs.keys()):
            if stale.is_file():
                made.discard(stale)
    return files


def _rows(table: pd.DataFrame) -> list[list[object]]:
    rows = table.itertuples(index=False, name=None)
    return [[value.item() if isinstance(value, np.generic) else value for value in row] for row in rows]
