"""What the XML of a sheet says and its values do not: formulas that no program has worked out, and merged cells."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries
from openpyxl.xml.constants import SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

_CELL, _FORMULA, _VALUE, _MERGED, _ROW = (f"{{{SHEET_MAIN_NS}}}{tag}" for tag in ("c", "f", "v", "mergeCell", "row"))
# Most sheets have neither: a look through their bytes is a fraction of the cost of parsing them once more.
_ANY = re.compile(rb"<(?:\w+:)?(?:f[ />]|mergeCell )")
_LOOKED_AT_BYTES = 1_000_000
_LONGEST_TAG = 100


@dataclass(frozen=True, slots=True)
class SheetMarks:
    """Rows and columns count from 1, as Excel's do."""

    uncomputed: Mapping[tuple[int, int], str]
    """The formula by row and column, where the file has no value of it."""
    merged: Sequence[tuple[int, int, int]]
    """Column, first and last row of cells that are merged down."""


def read_marks(archive: zipfile.ZipFile, member: str) -> SheetMarks:
    """The marks of one sheet, from its file in the workbook."""
    with archive.open(member) as source:
        if not _has_any(source):
            return SheetMarks({}, ())
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
    return SheetMarks(uncomputed, tuple(sorted(merged)))


def _has_any(source: IO[bytes]) -> bool:
    tail = b""
    while part := source.read(_LOOKED_AT_BYTES):
        if _ANY.search(tail + part):
            return True
        tail = part[-_LONGEST_TAG:]
    return False


def _is_uncomputed(cell: Any) -> bool:
    """Whether a cell has a formula and no value; one whose value is an empty text says so by its type."""
    if cell.find(_FORMULA) is None:
        return False
    value = cell.find(_VALUE)
    return value is None or (not value.text and cell.get("t") != "str")


def filled_down(
    rows: Sequence[Sequence[str | None]], merged: Sequence[tuple[int, int, int]], n_above: int
) -> tuple[list[list[str | None]], int]:
    """
    Rows with the value of a merged cell in every row that it stands over, and how many cells that fills.

    Parameters
    ----------
    n_above
        Rows of title and header, in which nothing is filled. Nor is anything in a row that is empty but for it.
    """
    filled, n_filled = [list(row) for row in rows], 0
    done: dict[int, int] = {}
    for column, first, last in merged:
        at = column - 1
        if not n_above < first <= len(rows) or at >= len(rows[first - 1]) or rows[first - 1][at] is None:
            continue
        # Excel lets no two overlap; a file that was made by hand may not, and must not take for ever.
        for row in filled[max(first, done.get(column, 0)) : last]:
            if row[at] is None and any(row):
                row[at], n_filled = rows[first - 1][at], n_filled + 1
        done[column] = max(last, done.get(column, 0))
    return filled, n_filled
