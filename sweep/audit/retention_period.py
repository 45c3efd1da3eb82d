"""Retention (C30): reference date of each output, and whether its retention period has expired."""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from geodata.clock_times import ZONE
from geodata.errors import InputError
from geodata.read.csv_files import read_text_as_written
from geodata.regular_file import read_regular

MANIFEST = "manifest.json"
STUDY = "study.json"


@dataclass(frozen=True, slots=True)
class ExpiredOutput:
    """Output with an expired retention period."""

    path: Path
    day: date
    """Day of the plan, or of the last result."""
    kept_until: date
    """Last day of the retention period."""
    rows: tuple[int, ...] = ()
    """Expired rows of a table, ascending, the header is row 1; empty: the whole file."""


@dataclass(frozen=True, slots=True)
class UndatedOutput:
    """Output whose day is missing or malformed, so its retention period is unknown."""

    path: Path
    rows: tuple[int, ...] = ()
    """Affected rows of a table, ascending, the header is row 1; empty: the whole file."""


def expiry_of(path: Path, day: date | None, today: date, keep_days: int) -> ExpiredOutput | UndatedOutput | None:
    """
    Return `ExpiredOutput` for a path whose `day` is more than `keep_days` ago, `UndatedOutput` without a day.

    Return None for a path that is still to be kept. A day more than a year ahead is an error and counts as missing.
    """
    # Nothing is planned further ahead: a later day is an error, and would keep the file for ever.
    if day is None or day > today + timedelta(days=366):
        return UndatedOutput(path)
    until = day + timedelta(days=keep_days)
    return ExpiredOutput(path, day, until) if until < today else None


def due_rows(
    path: Path, days: Mapping[int, date | None], today: date, keep_days: int
) -> Iterator[ExpiredOutput | UndatedOutput]:
    """
    Yield one item with the expired rows of a table (the whole file if all are), then one with the undated rows.

    `days`: reference day of each row by row number, the header being row 1; the row expires `keep_days` days later.
    """
    found = {n: item for n, day in days.items() if (item := expiry_of(path, day, today, keep_days))}
    old = {n: item for n, item in found.items() if isinstance(item, ExpiredOutput)}
    if old:
        oldest = min(old.values(), key=lambda item: item.day)
        yield oldest if len(old) == len(days) else replace(oldest, rows=tuple(sorted(old)))
    if undated := found.keys() - old.keys():
        yield UndatedOutput(path, tuple(sorted(undated)))


def manifest_day(path: Path) -> date | None:
    """Day of the edition or handout in a folder; None if the plan id in its manifest differs from the folder's name."""
    day, plan_id = _manifest(path / MANIFEST)
    return day if plan_id == path.name.split(".")[0] else None


def plan_day(path: Path) -> date:
    """Day of the plan whose id is in an output's name; if its edition is gone, the day of writing the output."""
    editions = path.parent.parent if path.is_file() else path.parent
    # An export in another datum has the datum's name after the id.
    ids = re.findall(r"(?<=-)[0-9a-f]{12}(?![0-9a-f])", path.name) if path.is_file() else [path.name.partition(".")[0]]
    plan_id = ids[-1] if ids else ""
    return manifest_day(editions / plan_id) or _written_on(path)


def study_day(path: Path) -> date | None:
    """Earlier of the day in a study's `study.json` and the day of its last write; None for an empty folder."""
    day, _ = _manifest(path / STUDY)
    written = max((_written_on(p) for p in path.rglob("*") if p.is_file()), default=None)
    return min((d for d in (day, written) if d is not None), default=None)


def comparison_day(path: Path) -> date:
    """Earliest day of the plans that a comparison page compares; the day of writing if the page's table is missing."""
    return min(_days(path.with_suffix(".csv"), "day"), default=None) or _written_on(path)


def last_day(path: Path) -> date:
    """Last day in a table of results or closings; the day of the last write if a day is unreadable or none is given."""
    return max(_days(path, "visited_on", "closed_on"), default=None) or _written_on(path)


def closing_days(path: Path) -> dict[int, date | None]:
    """
    Return the day from which the retention of each closing in a closed.csv runs, by row number (the header is 1).

    The day is `closed_on` or, if later, the last day of the results that opened the re-check item; None if `closed_on`
    is unreadable.
    """
    days: dict[int, date | None] = {}
    for n, row in enumerate(_records(path), start=2):
        closed_on, opened_by = _day(row.get("closed_on")), (row.get("recheck_id") or "").split("-")[1:2]
        results = [p for i in opened_by if (p := path.parent / f"results-{i}.csv").is_file()]
        days[n] = closed_on and max([closed_on, *map(last_day, results)])
    return days


def ledger_day(path: Path) -> date:
    """Start of a ledger's retention: earliest `last_day` of results tables in its folder, else its day of writing."""
    return min(map(last_day, path.parent.glob("results-*.csv")), default=None) or _written_on(path)


def day_in_name(path: Path) -> date:
    """Return the day in a file's name; the day of writing if the name is not a date."""
    try:
        return date.fromisoformat(path.name.partition(".")[0])
    except ValueError:
        return _written_on(path)


def _manifest(path: Path) -> tuple[date | None, object]:
    try:
        manifest = json.loads(read_regular(path))
        return date.fromisoformat(manifest["day"]), manifest.get("plan_id")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None, None


def _written_on(path: Path) -> date:
    return datetime.fromtimestamp(path.stat().st_mtime, ZONE).date()


def _days(path: Path, *columns: str) -> Iterator[date]:
    days = [_day(row[column]) for row in _records(path) for column in columns if row.get(column)]
    return iter([d for d in days if d is not None] if None not in days else [])


def rows_of(path: Path) -> list[list[str]]:
    """Rows of a CSV file, header first; blank lines are skipped, so that all readers number the rows alike."""
    return [row for row in csv.reader(io.StringIO(read_text_as_written(path)[0], newline="")) if row]


def _records(path: Path) -> list[dict[str, str]]:
    try:
        header, *rows = rows_of(path)
    except (OSError, ValueError, csv.Error, InputError):
        return []
    return [dict(zip(header, row, strict=False)) for row in rows]


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None
