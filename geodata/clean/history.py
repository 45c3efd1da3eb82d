"""Cleaner of past visits and their outcomes."""

import re
from collections.abc import Iterator, Set
from datetime import date

import pandas as pd

from geodata.clean.column_parsers.categories import category
from geodata.clean.column_parsers.columns import code_column, half_width, id_list, number, uscc
from geodata.clean.column_parsers.date_columns import moment, refuse_future
from geodata.clean.table_cleaner import Cleaned, TableCleaner
from geodata.raw_table import Column, RawTable

# Default values of an inspection without track or authority.
_ASSUMED = {"track": "routine", "authority": "market_regulation"}


def clean_history(raw: RawTable, day: date, people: Set[str] = frozenset()) -> Cleaned:
    """
    Clean past visits; bad rows and visits after `day` go to quarantine.

    `people`: person ids of the roster, to separate ids in the column `officers` that only a slash or a blank divides.
    """
    desk = TableCleaner(raw)
    _assume(desk)
    visited_on = moment(desk, "visited_on", day=day, is_past=True)
    columns = {
        "visit_id": code_column(desk, "visit_id"),
        "building_id": code_column(desk, "building_id"),
        "uscc": uscc(desk),
        "visited_on": visited_on,
        "track": category(desk, "track"),
        "authority": category(desk, "authority"),
        "team": code_column(desk, "team"),
        "outcome": category(desk, "outcome"),
        "severity": number(desk, "severity", is_optional=True),
        "selection_probability": number(desk, "selection_probability"),
        "ground": category(desk, "ground", is_optional=True),
        "officers": _officers(desk, people),
    }
    refuse_future(desk, "visited_on", visited_on, pd.Timestamp(day))
    return desk.finish(columns, "visit_id", stops=False)


def _officers(desk: TableCleaner, people: Set[str]) -> Column:
    """Return officers' ids separated by `;`; a slash or a blank also separates ids, unless a roster id contains it."""
    typed = id_list(half_width(desk, "officers"))
    may_part = typed.str.contains(r"[\s/]", regex=True).eq(other=True)
    if not may_part.any():
        return typed
    parted = typed[may_part].map(lambda cell: ";".join(part for part in _parted(cell, people) if part))
    return typed.where(~may_part, parted.reindex(typed.index)).astype("str")


def _parted(cell: str, people: Set[str]) -> Iterator[str]:
    for written in cell.split(";"):
        for part in (written,) if written in people else re.split(r"\s*/\s*", written):
            # A person who is not on the roster may be written with a blank, such as a name.
            inside = part.split()
            yield from (part,) if part in people or people.isdisjoint(inside) else inside


def _assume(desk: TableCleaner) -> None:
    """Add default values for columns that a plain register of inspections lacks; only studies read such a register."""
    lacking = [name for name in _ASSUMED if name not in desk.frame]
    desk.frame = desk.frame.assign(**{name: _ASSUMED[name] for name in lacking})
    if "visit_id" not in desk.frame:
        desk.frame = desk.frame.assign(visit_id=[f"row {row}" for row in desk.index])
    if lacking:
        desk.repaired("routine_assumed", pd.Series(data=True, index=desk.index))
