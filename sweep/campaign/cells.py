"""Cells of a campaign's small csv files, by row and column."""

from __future__ import annotations

import csv
import io
import re

from geodata.errors import InputError, Issue
from geodata.read.csv_files import rows_in_a_cell


def read_cells(text: str, file: str) -> tuple[tuple[str, ...], list[dict[str, str]]]:
    """
    The names of the columns, and each row's cells by them; blanks around a name or a cell are left out.

    Parameters
    ----------
    text
        The file as text.
    file
        What to call it in the faults.

    Raises
    ------
    InputError
        G109 a quote is not closed, so that the rows after it run into one cell, or is closed amid a cell.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    names: tuple[str, ...] = ()
    rows: list[dict[str, str]] = []
    faults: list[Issue] = []
    try:
        names = tuple((n or "").strip() for n in reader.fieldnames or ())
        swallowed = re.compile(rows_in_a_cell(",", len(names)))
        for row, raw in enumerate(reader, start=2):
            cells = {name: value for name, value in raw.items() if isinstance(value, str)}
            faults += [Issue("G109", f"{file} row {row}")] * any(map(swallowed.search, cells.values()))
            rows.append({(name or "").strip(): value.strip() for name, value in cells.items()})
    except csv.Error:
        faults.append(Issue("G109", f"{file} row {len(rows) + (2 if names else 1)}"))
    if faults:
        raise InputError(faults)
    return names, rows
