"""READ, CLEAN: the results that were taken in after earlier plans, as `sweep results` keeps them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd

from geodata.clean.results import clean_results
from geodata.errors import InputError, Issue
from geodata.read.tables import read_table, safe_path
from geodata.schema import RESULTS, TIMEZONE
from sweep.publish.edition import InputFile
from sweep.scenario import Scenario

PREFIX = "results-"
# They were held against the day when they were taken in.
_NEVER = date(2199, 12, 31)


def follow_up_folder(scenario: Scenario) -> Path:
    """
    Where a scenario's results are kept.

    Raises
    ------
    InputError
        G106 if the scenario names a folder outside its own.
    """
    return safe_path(scenario.folder, scenario.data.follow_up, "data.follow_up")


def read_follow_up(scenario: Scenario) -> tuple[pd.DataFrame, tuple[InputFile, ...]]:
    """
    All results taken in, and the files that they stand in.

    Raises
    ------
    InputError
        With the faults of all files: somebody has edited one by hand.
    """
    issues: list[Issue] = []
    tables, files = [], []
    for path in sorted(follow_up_folder(scenario).glob(f"{PREFIX}*.csv")):
        try:
            raw = read_table(path, "results")
        except InputError as error:
            issues += error.issues
            continue
        cleaned = clean_results(raw, _NEVER)
        issues += cleaned.issues
        tables.append(cleaned.table)
        n_bad = len(cleaned.quarantine)
        files.append(InputFile("results", path.name, raw.sha256, raw.n_rows, raw.n_rows - n_bad, n_bad))
    if issues:
        raise InputError(issues)
    parts = [table for table in tables if len(table)]
    return (pd.concat(parts, ignore_index=True) if parts else _no_results()), tuple(files)


def results_before(results: pd.DataFrame, day: date) -> pd.DataFrame:
    """What was known on the morning of a day."""
    return results[results["visited_on"] < pd.Timestamp(day, tz=TIMEZONE)]


def _no_results() -> pd.DataFrame:
    return RESULTS.validate(pd.DataFrame({str(n): pd.Series(dtype=str(c.dtype)) for n, c in RESULTS.columns.items()}))
