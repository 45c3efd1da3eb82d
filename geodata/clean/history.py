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

    `people`: ids on the roster. In `officers` a slash or a blank separates ids, unless an id on the roster contains it.
    """
    cleaner = TableCleaner(raw)
    _assume(cleaner)
    visited_on = moment(cleaner, "visited_on", day=day, is_past=True)
    columns = {
        "visit_id": code_column(cleaner, "visit_id"),
        "building_id": code_column(cleaner, "building_id"),
        "uscc": uscc(cleaner),
        "visited_on": visited_on,
        "track": category(cleaner, "track"),
        "authority": category(cleaner, "authority"),
        "team": code_column(cleaner, "team"),
        "outcome": category(cleaner, "outcome"),
        "severity": number(cleaner, "severity", is_optional=True),
        "selection_probability": number(cleaner, "selection_probability"),
        "ground": category(cleaner, "ground", is_optional=True),
        "officers": _officers(cleaner, people),
    }
    refuse_future(cleaner, "visited_on", visited_on, pd.Timestamp(day))
    return cleaner.finish(columns, "visit_id", stops=False)


def _officers(cleaner: TableCleaner, people: Set[str]) -> Column:
    """Return officers' ids joined by `;`; a slash or blank in the file also separates, if no roster id contains it."""
    typed = id_list(half_width(cleaner, "officers"))
    has_separator = typed.str.contains(r"[\s/]", regex=True).eq(other=True)
    if not has_separator.any():
        return typed
    split = typed[has_separator].map(lambda cell: ";".join(part for part in _split_ids(cell, people) if part))
    return typed.where(~has_separator, split.reindex(typed.index)).astype("str")


def _split_ids(cell: str, people: Set[str]) -> Iterator[str]:
    for written in cell.split(";"):
        for part in (written,) if written in people else re.split(r"\s*/\s*", written):
            # A person who is not on the roster may be written with a blank, such as a name.
            inside = part.split()
            yield from (part,) if part in people or people.isdisjoint(inside) else inside


def _assume(cleaner: TableCleaner) -> None:
    """Add default values for columns that a plain register of inspections lacks; only studies read such a register."""
    lacking = [name for name in _ASSUMED if name not in cleaner.frame]
    cleaner.frame = cleaner.frame.assign(**{name: _ASSUMED[name] for name in lacking})
    if "visit_id" not in cleaner.frame:
        cleaner.frame = cleaner.frame.assign(visit_id=[f"row {row}" for row in cleaner.index])
    if lacking:
        cleaner.repaired("routine_assumed", pd.Series(data=True, index=cleaner.index))
