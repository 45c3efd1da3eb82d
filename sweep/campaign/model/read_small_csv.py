"""Reader of a campaign's small CSV files."""

import csv
import io
import re

from geodata.errors import InputError, Issue
from geodata.read.csv_files import rows_in_a_cell
from geodata.read.header_meaning import HeaderMapping


def read_cells(text: str, file: str, table: str) -> tuple[tuple[str, ...], dict[int, dict[str, str]]]:
    """
    Return the column names of a CSV text, and the cells of each row by column name, keyed by row number.

    A known header of `table` (`geodata.read.column_aliases`) is replaced by its schema column. All other headers and
    all cells are stripped of spaces. Empty rows are skipped; the header is row 1. `file`: name in errors.

    Raises
    ------
    InputError
        G109 for a quote that is not closed, or that is closed inside a cell.
    """
    headers = HeaderMapping(table)
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    names: tuple[str, ...] = ()
    rows: dict[int, dict[str, str]] = {}
    issues: list[Issue] = []
    row = 0
    try:
        names, row = tuple((headers.column_of(name) or (name.strip(),))[0] for name in next(reader, ())), 1
        swallowed = re.compile(rows_in_a_cell(",", len(names)))
        for row, raw in enumerate(reader, start=2):
            issues += [Issue("G109", f"{file} row {row}")] * any(map(swallowed.search, raw))
            if any(cell.strip() for cell in raw):
                rows[row] = {name: cell.strip() for name, cell in zip(names, raw, strict=False)}
    except csv.Error:
        issues.append(Issue("G109", f"{file} row {row + 1}"))
    if issues:
        raise InputError(issues)
    return names, rows
