"""READ, CLEAN: results of earlier plans, as stored by `sweep results` and `sweep close`."""

import csv
import io
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pandas as pd

from geodata.atomic_writes import refuse_unfinished
from geodata.clean.results import clean_results
from geodata.errors import InputError, Issue
from geodata.read.csv_files import read_text_as_written
from geodata.read.read_table import read_table, safe_path, sha256_of
from geodata.regular_file import is_present
from geodata.schema import RESULTS, TIMEZONE, no_rows
from sweep.disk.formula_safe_csv import csv_text, text_of_cell
from sweep.follow.rechecks import ManualClosing
from sweep.records.input_files import InputFile
from sweep.records.scenario_folders import FOLLOW_UP
from sweep.scenario.scenario import Scenario

PREFIX = "results-"
CLOSINGS = "closed.csv"


def follow_up_folder(scenario: Scenario) -> Path:
    """Return the folder of a scenario's visit results and closings; InputError G106 if a link leads outside."""
    return safe_path(scenario.folder, FOLLOW_UP, FOLLOW_UP)


def read_closings(scenario: Scenario) -> tuple[tuple[ManualClosing, ...], tuple[InputFile, ...]]:
    """
    Return the re-check items closed without a visit, and the record of their file, if it exists.

    Raises
    ------
    InputError
        S738 for each invalid row, or a file without a header; G110 if the bytes are no text, G131 if it is no regular
        file; G129 if a write in the folder is unfinished.
    """
    path = follow_up_folder(scenario) / CLOSINGS
    refuse_unfinished(path.parent)
    if not is_present(path):
        return (), ()
    text, _ = read_text_as_written(path)
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""))
        rows = list(reader)
    except csv.Error as error:
        raise InputError([Issue("S738", CLOSINGS)]) from error
    found, issues = [], [] if reader.fieldnames else [Issue("S738", CLOSINGS)]
    for n, row in enumerate(rows, start=2):
        try:
            on = date.fromisoformat(row["closed_on"])
            recheck_id, by, reason = (text_of_cell(row[name]) for name in ("recheck_id", "by", "reason"))
            found.append(ManualClosing(recheck_id, on, by, reason))
        except (KeyError, ValueError, TypeError, AttributeError):
            issues.append(Issue("S738", f"{CLOSINGS} row {n}"))
    if issues:
        raise InputError(issues)
    return tuple(found), (
        InputFile("closings", path.name, sha256_of(path), n_rows=len(rows), n_used=len(rows), n_quarantined=0),
    )


def closings_until(closings: Iterable[ManualClosing], day: date) -> tuple[ManualClosing, ...]:
    """Return the closings of re-check items by an officer, without a visit, that are dated `day` or earlier."""
    return tuple(c for c in closings if c.closed_on <= day)


def closings_csv(closings: Iterable[ManualClosing]) -> str:
    """Return closings as CSV text that `read_closings` can read."""
    rows = ((c.recheck_id, c.closed_on.isoformat(), c.by, c.reason) for c in closings)
    return csv_text(("recheck_id", "closed_on", "by", "reason"), rows)


def plans_with_results(scenario: Scenario) -> tuple[str, ...]:
    """Return the ids of the plans that have stored results, sorted."""
    kept = follow_up_folder(scenario).glob(f"{PREFIX}*.csv")
    return tuple(sorted(path.stem.removeprefix(PREFIX) for path in kept))


def read_follow_up(
    scenario: Scenario, fresh: Path | None = None, gone: Iterable[Path] = ()
) -> tuple[pd.DataFrame, tuple[InputFile, ...]]:
    """
    Return all stored results of visits, and name, hash and row counts of each result file.

    Parameters
    ----------
    fresh
        New file, read in addition, or in place of the stored file with its name; the folder is not changed.
    gone
        Stored files that are not read.

    Raises
    ------
    InputError
        With the errors of all files. Intake stores only valid files, so an invalid file was edited later. G129 if a
        write in the folder is unfinished.
    """
    refuse_unfinished(follow_up_folder(scenario))
    issues: list[Issue] = []
    tables, files = [], []
    paths = {path.name: path for path in follow_up_folder(scenario).glob(f"{PREFIX}*.csv") if path not in set(gone)}
    if fresh is not None:
        paths[fresh.name] = fresh
    for _, path in sorted(paths.items()):
        try:
            raw = read_table(path, "results")
        except InputError as error:
            issues += error.issues
            continue
        # They were checked against the day at their intake.
        cleaned = clean_results(raw, date(2199, 12, 31))
        issues += cleaned.issues
        tables.append(cleaned.table)
        n_bad = len(cleaned.quarantine)
        files.append(
            InputFile(
                "results", path.name, raw.sha256, n_rows=raw.n_rows, n_used=raw.n_rows - n_bad, n_quarantined=n_bad
            )
        )
    if issues:
        raise InputError(issues)
    parts = [table for table in tables if len(table)]
    return (pd.concat(parts, ignore_index=True) if parts else no_rows(RESULTS)), tuple(files)


def results_before(results: pd.DataFrame, day: date) -> pd.DataFrame:
    """Return the results known on the morning of a day: those of visits before it."""
    return results[results["visited_on"] < pd.Timestamp(day, tz=TIMEZONE)]
