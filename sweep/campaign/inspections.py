"""inspections.csv: a real history, each visit with its place, day, inspector, outcome and required interval."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from geodata.errors import InputError, Issue
from geodata.schema import OUTCOMES
from sweep.campaign.cells import read_cells

FILE_NAME = "inspections.csv"
COLUMNS = ("building_id", "date", "inspector", "outcome", "required_days")


@dataclass(frozen=True, slots=True)
class Inspection:
    """One visit as it was made."""

    building_id: str
    day: date
    inspector: str
    outcome: str
    required_days: int | None
    """Days within which the place is to be looked at again; None: the campaign's promises alone hold."""


def read_inspections(text: str, known: Collection[str]) -> tuple[Inspection, ...]:
    """
    The visits, in order of their days and rows.

    Parameters
    ----------
    text
        The file as text.
    known
        Ids of the buildings.

    Raises
    ------
    InputError
        G109 a quote is not closed, S925 a column is missing, or a cell cannot be used.
    """
    names, table = read_cells(text, FILE_NAME)
    if missing := [c for c in COLUMNS[:4] if c not in names]:
        raise InputError(Issue("S925", FILE_NAME, {"column": c, "got": "-"}) for c in missing)
    made, issues, places = [], [], set(known)
    for k, cells in table.items():
        row = _row(cells, places)
        if isinstance(row, Inspection):
            made.append(row)
        else:
            got = cells.get(row, "")[:40] or "-"
            issues.append(Issue("S925", f"{FILE_NAME} row {k}", {"column": row, "got": got}))
    if issues:
        raise InputError(issues)
    return tuple(sorted(made, key=lambda i: i.day))


def _row(cells: Mapping[str, str], places: Collection[str]) -> Inspection | str:
    """The visit, or the column that cannot be used."""
    if cells.get("building_id", "") not in places:
        return "building_id"
    if cells.get("outcome", "") not in OUTCOMES:
        return "outcome"
    interval = cells.get("required_days", "")
    if interval and not (interval.isdecimal() and 1 <= int(interval) <= 36_500):
        return "required_days"
    try:
        day = date.fromisoformat(cells.get("date", "")[:10])
    except ValueError:
        return "date"
    required = int(interval) if interval else None
    return Inspection(cells["building_id"], day, cells.get("inspector", ""), cells["outcome"], required)
