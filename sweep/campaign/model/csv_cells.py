"""Cells of a campaign's small csv files, by row and column."""

import csv
import io
import re

from geodata.errors import InputError, Issue
from geodata.read.csv_files import rows_in_a_cell


def read_cells(text: str, file: str) -> tuple[tuple[str, ...], dict[int, dict[str, str]]]:
    """
    The names of the columns, and each row's cells by them, by the row's number in the file.

    Blanks around a name or a cell are left out, as are rows without any cell that is filled.

    Raises
    ------
    InputError
        G109 a quote is not closed, so that the rows after it run into one cell, or is closed amid a cell.
    """
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    names: tuple[str, ...] = ()
    rows: dict[int, dict[str, str]] = {}
    faults: list[Issue] = []
    row = 0
    try:
        names, row = tuple(name.strip() for name in next(reader, ())), 1
        swallowed = re.compile(rows_in_a_cell(",", len(names)))
        for row, raw in enumerate(reader, start=2):
            faults += [Issue("G109", f"{file} row {row}")] * any(map(swallowed.search, raw))
            if any(cell.strip() for cell in raw):
                rows[row] = {name: cell.strip() for name, cell in zip(names, raw, strict=False)}
    except csv.Error:
        faults.append(Issue("G109", f"{file} row {row + 1}"))
    if faults:
        raise InputError(faults)
    return names, rows
