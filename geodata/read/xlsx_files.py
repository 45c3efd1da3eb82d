"""Reader of Excel workbooks: cells, as text, of the sheet whose header fits the table best."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import openpyxl
import pandas as pd
from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries
from openpyxl.xml.constants import SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from geodata.errors import InputError, Issue, toml_line
from geodata.raw_table import cell_text
from geodata.read.column_aliases import missing
from geodata.read.header_meaning import HeaderMapping
from geodata.read.header_row import Header, Sheet, find_header, refuse_wide
from geodata.read.shapefile_parts_and_zip import refuse_bomb
from geodata.regular_file import open_regular

# Excel's own limit; a row with a larger number would make openpyxl add empty rows up to it.
_MOST_ROWS = 1_048_576

type _Workbook = openpyxl.worksheet._read_only.ReadOnlyWorksheet
_CELL, _FORMULA, _VALUE, _MERGED, _ROW = (f"{{{SHEET_MAIN_NS}}}{tag}" for tag in ("c", "f", "v", "mergeCell", "row"))
# Most sheets have neither; searching the bytes costs a fraction of parsing them again.
_ANY = re.compile(rb"<(?:\w+:)?(?:f[ />]|mergeCell )")


@dataclass(frozen=True, slots=True)
class _Cells:
    """Cells of one sheet as text, rows of equal width, with formulas and merged cells."""

    title: str
    rows: list[list[str | None]]
    marks: SheetAnnotations


def read_xlsx(path: Path, dialect: HeaderMapping, only: str | None = None) -> Sheet:
    """
    Read one visible sheet of an Excel file.

    Parameters
    ----------
    dialect
        Headers that the table may have.
    only
        Title of the sheet; None: the sheet whose header fits the table.

    Raises
    ------
    InputError
        G102 empty, G111 too large, G112 too wide, G117 no sheet that fits, G128 too many rows, G133 no sheet of that
        name, G118 several visible sheets fit.
    """
    # `read_table` converts openpyxl's exceptions to input errors.
    with zipfile.ZipFile(path) as archive:
        refuse_bomb(path.name, archive)
        if any(member.startswith("xl/externalLinks/") for member in archive.namelist()):
            raise InputError([Issue("G117", path.name)])
    visible = _visible_sheets(path)
    named = [sheet for sheet in visible if only is None or sheet.title.strip() == only.strip()]
    if not named and visible:
        raise InputError([Issue("G133", path.name, {"sheet": only or "", "sheets": tuple(s.title for s in visible)})])
    found = [(sheet, find_header(sheet.rows, dialect)) for sheet in named if sheet.rows]
    if not found:
        raise InputError([Issue("G102", path.name)])
    fitting = [
        (s, header)
        for s, header in found
        if len(s.rows) > header.last_row + 1 and _has_required_columns(header, dialect)
    ]
    if len(fitting) > 1:
        titles = tuple(sheet.title for sheet, _ in fitting)
        line = toml_line(dialect.table, [f"{path.name}#{title}" for title in titles])
        raise InputError([Issue("G118", path.name, {"sheets": titles, "section": "data", "line": line})])
    # If no sheet has all required columns, the best one determines the error message.
    sheet, header = max(fitting or found, key=lambda pair: pair[1].n_known)
    refuse_wide(path.name, len(header.names))
    return _under_header(sheet, header, dialect)


def _under_header(sheet: _Cells, header: Header, dialect: HeaderMapping) -> Sheet:
    above, rows, counts = header.last_row + 1, sheet.rows, Counter(two_line_header=int(header.is_two_lines))
    if sheet.marks.merged:
        rows, counts["merged_cell"] = filled_down(rows, sheet.marks.merged, above)
    index = range(above + 1, len(rows) + 1)
    frame = pd.DataFrame(rows[above:], columns=list(header.names), index=index, dtype="str")
    faults = tuple(
        (row, "G260", {"column": header.names[column - 1]})
        for row, column in sorted(sheet.marks.uncomputed)
        if above < row <= len(rows) and dialect.column_of(header.names[column - 1]) is not None
    )
    return Sheet(frame, None, dict(+counts), faults)


def _has_required_columns(header: Header, dialect: HeaderMapping) -> bool:
    named = {found[0] for name in header.names if name and (found := dialect.column_of(name))}
    return not missing(dialect.table, named)


def _visible_sheets(path: Path) -> list[_Cells]:
    # Opened here, since openpyxl leaves a workbook open on which it fails.
    with open_regular(path) as file, warnings.catch_warnings(), zipfile.ZipFile(path) as archive:
        # openpyxl warns of styles and validations that it ignores; cells are unaffected.
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        try:
            return [_cells(path.name, s, archive) for s in book.worksheets if s.sheet_state == "visible"]
        finally:
            book.close()


def _cells(file: str, sheet: _Workbook, archive: zipfile.ZipFile) -> _Cells:
    """Return the rows of a sheet; a formula without a stored value is kept as text, so that its row is not empty."""
    rows = _rows(file, sheet)
    marks = read_marks(archive, sheet._worksheet_path)
    for (row, column), formula in marks.uncomputed.items():
        refuse_wide(file, column)
        for cells in rows[row - 1 : row]:
            cells += [None] * (column - len(cells))
            cells[column - 1] = formula
    width = max(map(len, rows), default=0)
    while rows and not any(rows[-1]):
        rows.pop()
    return _Cells(str(sheet.title), [row + [None] * (width - len(row)) for row in rows], marks)


def _rows(file: str, sheet: _Workbook) -> list[list[str | None]]:
    # The stated size of the sheet may be wrong, or meant to exhaust memory: only the rows count.
    sheet.reset_dimensions()
    rows: list[list[str | None]] = []
    for values in sheet.iter_rows(values_only=True):
        if len(rows) == _MOST_ROWS:
            raise InputError([Issue("G128", file, {"sheet": str(sheet.title), "most": _MOST_ROWS})])
        row = [cell_text(value) for value in values]
        while row and row[-1] is None:
            row.pop()
        refuse_wide(file, len(row))
        rows.append(row)
    return rows


@dataclass(frozen=True, slots=True)
class SheetAnnotations:
    """Uncomputed formulas and merged cells of a sheet, which openpyxl's reader omits; rows and columns from 1."""

    uncomputed: Mapping[tuple[int, int], str]
    """Formula by row and column, for cells without a stored value."""
    merged: Sequence[tuple[int, int, int]]
    """Column, first row and last row of each vertically merged cell."""


def read_marks(archive: zipfile.ZipFile, member: str) -> SheetAnnotations:
    """Read uncomputed formulas and merged cells of one sheet from its XML file `member` in the workbook `archive`."""
    with archive.open(member) as source:
        if not _has_any(source):
            return SheetAnnotations({}, ())
    uncomputed: dict[tuple[int, int], str] = {}
    merged: list[tuple[int, int, int]] = []
    with archive.open(member) as source:
        for _, element in iterparse(source):
            if element.tag == _CELL and _is_uncomputed(element) and (place := element.get("r")):
                uncomputed[coordinate_to_tuple(place)] = f"={element.findtext(_FORMULA) or ''}"
            elif element.tag == _MERGED:
                column, first, _, last = range_boundaries(element.get("ref"))
                merged += [(column, first, last)] if column and first and last > first else []
            elif element.tag == _ROW:
                element.clear()
    return SheetAnnotations(uncomputed, tuple(sorted(merged)))


def _has_any(source: IO[bytes]) -> bool:
    tail = b""
    while part := source.read(1_000_000):
        if _ANY.search(tail + part):
            return True
        # Longer than any of the tags.
        tail = part[-100:]
    return False


def _is_uncomputed(cell: Any) -> bool:
    """Return whether a cell has a formula without stored value; an empty text (type `str`) is a stored value."""
    if cell.find(_FORMULA) is None:
        return False
    value = cell.find(_VALUE)
    return value is None or (not value.text and cell.get("t") != "str")


def filled_down(
    rows: Sequence[Sequence[str | None]], merged: Sequence[tuple[int, int, int]], n_above: int
) -> tuple[list[list[str | None]], int]:
    """
    Return the rows with the value of each merged cell copied to all rows that it spans, and the number of copies.

    `merged`: (column, first row, last row) of each merged cell, from 1. Cells that start in the first `n_above` rows
    (title and header) are not copied. Cells with a value and blank rows stay unchanged.
    """
    filled, n_filled = [list(row) for row in rows], 0
    done: dict[int, int] = {}
    for column, first, last in merged:
        at = column - 1
        if not n_above < first <= len(rows) or at >= len(rows[first - 1]) or rows[first - 1][at] is None:
            continue
        # Merged cells never overlap in Excel; in other files they may, and must not take quadratic time.
        for row in filled[max(first, done.get(column, 0)) : last]:
            if row[at] is None and any(row):
                row[at], n_filled = rows[first - 1][at], n_filled + 1
        done[column] = max(last, done.get(column, 0))
    return filled, n_filled
