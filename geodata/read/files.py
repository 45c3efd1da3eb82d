"""Bytes of a csv or xlsx file -> cells as text, with the header found below title rows."""

from __future__ import annotations

import codecs
import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import ParseError

import openpyxl
import pandas as pd
from openpyxl.utils.exceptions import InvalidFileException

from geodata.errors import InputError, Issue
from geodata.raw import cell_text
from geodata.read.headers import column_of

_DELIMITERS = (",", "\t", ";", "|")
# Rows above the header that may hold a title, a date or a unit.
_TITLE_ROWS = 10
_HEAD_CHARS = 65_536
_MAX_UNPACKED_BYTES = 1_000_000_000


@dataclass(frozen=True)
class Sheet:
    """Cells under the file's own headers; the index is the row in the file."""

    frame: pd.DataFrame
    encoding: str | None = None


def read_csv(path: Path, name: str) -> Sheet:
    """
    Read a delimited text file; encoding, delimiter and header row are found.

    Raises
    ------
    InputError
        G102, G104, G108, G109 or G110.
    """
    text, encoding = _decode(path)
    if not text.strip():
        raise InputError([Issue("G102", path.name)])
    delimiter, skipped, header = _dialect(text, name)
    frame = _parse(path.name, text, delimiter, skipped, len(header))
    frame.index = pd.RangeIndex(skipped + 2, skipped + 2 + len(frame))
    _refuse_ragged(path.name, frame, delimiter, len(header))
    frame = frame.iloc[:, : len(header)]
    frame.columns = pd.Index(header)
    return Sheet(frame, encoding)


def _decode(path: Path) -> tuple[str, str]:
    raw = path.read_bytes()
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    elif raw[:1_000].count(0) * 5 > len(raw[:1_000]):
        candidates = ["utf-16-le" if raw[1:2] == b"\0" else "utf-16-be"]
    else:
        candidates = ["utf-8-sig", "gb18030"]
    for encoding in candidates:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        is_marked = encoding != "utf-8-sig" or raw.startswith(codecs.BOM_UTF8)
        return text.replace("\r\n", "\n").replace("\r", "\n"), encoding if is_marked else "utf-8"
    raise InputError([Issue("G110", path.name, {"tried": ", ".join(candidates)})])


def _dialect(text: str, name: str) -> tuple[str, int, list[str]]:
    """The delimiter, the number of rows above the header, and the header."""
    lines = text[:_HEAD_CHARS].split("\n")
    best = (-1, 0, ",", 0, [""])
    for delimiter in _DELIMITERS:
        try:
            rows = list(csv.reader(lines[: _TITLE_ROWS + 1], delimiter=delimiter))
        except csv.Error:
            continue
        for at, row in enumerate(rows):
            score = (_n_known(row, name), -at if at else len(row), delimiter, at, row)
            best = max(best, score, key=lambda s: s[:2])
    return best[2], best[3], best[4]


def _n_known(row: Iterable[str], name: str) -> int:
    return sum(column_of(name, cell) is not None for cell in row)


def _parse(file: str, text: str, delimiter: str, skipped: int, n_columns: int) -> pd.DataFrame:
    try:
        return pd.read_csv(
            io.StringIO(text),
            sep=delimiter,
            header=None,
            skiprows=skipped + 1,
            names=range(n_columns + 1),  # one more than the header, to catch what stands beyond it
            dtype="str",
            keep_default_na=False,
            na_values=[""],
            skip_blank_lines=False,
            low_memory=False,
        )
    except pd.errors.EmptyDataError:
        raise InputError([Issue("G102", file)]) from None
    except pd.errors.ParserError as error:
        beyond = re.search(r"in line (\d+), saw (\d+)", str(error))
        if beyond:
            values = {"n": int(beyond[2]), "n_header": n_columns}
            raise InputError([Issue("G108", f"{file} row {beyond[1]}", values)]) from error
        if "inside string" in str(error):
            raise InputError([Issue("G109", file)]) from error
        raise InputError([Issue("G104", file, {"reason": str(error)})]) from error


def _refuse_ragged(file: str, frame: pd.DataFrame, delimiter: str, n_columns: int) -> None:
    beyond = frame.index[frame.iloc[:, n_columns].notna()]
    faults = [Issue("G108", f"{file} row {row}", {"n": n_columns + 1, "n_header": n_columns}) for row in beyond]
    # A quote that is opened and never closed swallows the rows up to the next one: they stand in one cell.
    swallowed = rf"\n[^\n]*(?:{re.escape(delimiter)}[^\n]*){{{max(1, n_columns - 1)}}}"
    for column in frame.columns[:n_columns]:
        cells = frame[column].dropna()
        cells = cells[cells.str.contains("\n", regex=False)]
        faults += [Issue("G109", f"{file} row {row}") for row in cells.index[cells.str.contains(swallowed)]]
    if faults:
        raise InputError(faults)


def read_xlsx(path: Path, name: str) -> Sheet:
    """
    Read the visible sheet of an Excel file whose header fits the table best.

    Raises
    ------
    InputError
        G102, G104 or G111.
    """
    try:
        _refuse_bomb(path)
        with warnings.catch_warnings():
            # openpyxl warns of styles and validations that it leaves out; no cell is touched by that.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
            try:
                sheets = [_rows(sheet) for sheet in book.worksheets if sheet.sheet_state == "visible"]
            finally:
                book.close()
    except (zipfile.BadZipFile, InvalidFileException, ParseError, KeyError, ValueError, OSError, EOFError) as error:
        raise InputError([Issue("G104", path.name, {"reason": str(error) or type(error).__name__})]) from error
    found = max(((*_header_row(rows, name), i) for i, rows in enumerate(sheets)), default=None)
    if found is None or not sheets[found[2]]:
        raise InputError([Issue("G102", path.name)])
    rows = sheets[found[2]]
    at = -found[1]
    header = [cell or "" for cell in rows[at]]
    frame = pd.DataFrame(rows[at + 1 :], columns=header, index=range(at + 2, len(rows) + 1), dtype="str")
    return Sheet(frame)


def _refuse_bomb(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        size = sum(member.file_size for member in archive.infolist())
    if size > _MAX_UNPACKED_BYTES:
        values = {"size_mb": size // 1_000_000, "most_mb": _MAX_UNPACKED_BYTES // 1_000_000}
        raise InputError([Issue("G111", path.name, values)])


def _rows(sheet: openpyxl.worksheet._read_only.ReadOnlyWorksheet) -> list[list[str | None]]:
    rows = [[cell_text(value) for value in row] for row in _values(sheet)]
    width = max(map(len, rows), default=0)
    while rows and not any(rows[-1]):
        rows.pop()
    return [row + [None] * (width - len(row)) for row in rows]


def _values(sheet: openpyxl.worksheet._read_only.ReadOnlyWorksheet) -> Iterator[Sequence[object]]:
    yield from sheet.iter_rows(values_only=True)


def _header_row(rows: list[list[str | None]], name: str) -> tuple[int, int]:
    """How many headers of the best row are known, and minus its place."""
    best = (0, 0)
    for at, row in enumerate(rows[:_TITLE_ROWS]):
        best = max(best, (_n_known((cell for cell in row if cell), name), -at))
    return best
