"""Reader of delimited text files, with the header found below title rows."""

import codecs
import contextlib
import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from pathlib import Path

import pandas as pd

from geodata.errors import InputError, Issue
from geodata.read.header_meaning import HeaderMapping
from geodata.read.header_row import MAX_COLUMNS, TITLE_ROWS, Header, Sheet, find_header, refuse_wide
from geodata.regular_file import read_regular


def read_csv(path: Path, dialect: HeaderMapping) -> Sheet:
    """
    Read a delimited text file; delimiter, encoding and header row are detected. `dialect`: headers of the table.

    InputError G102, G104, G108, G109, G110 or G112 if it cannot be used.
    """
    text, encoding = read_text(path)
    if not text.strip():
        raise InputError([Issue("G102", path.name)])
    delimiter, header = _layout(path.name, text, dialect)
    n_above, names = header.last_row + 1, header.names
    frame = _parse(path.name, text, delimiter, n_above, len(names))
    frame.index = pd.RangeIndex(n_above + 1, n_above + 1 + len(frame))
    has_quotes = '"' in text
    _refuse_ragged(path.name, frame, delimiter, len(names), has_quotes=has_quotes)
    frame = frame.iloc[:, : len(names)]
    frame.columns = pd.Index(names)
    repairs = {"two_line_header": 1} if header.is_two_lines else {}
    faults = tuple(_stray_quotes(frame, text, delimiter)) if has_quotes else ()
    return Sheet(frame, encoding, repairs, faults)


def _stray_quotes(frame: pd.DataFrame, text: str, delimiter: str) -> Iterator[tuple[int, str, Mapping[str, str]]]:
    """Yield an error (row, G224, values) for each row in which a misplaced quote shifted cells under other headers."""
    odd: list[tuple[int, int, str]] = []
    for at in range(frame.shape[1]):
        cells = frame.iloc[:, at]
        cells = cells[cells.str.count('"').mod(2).eq(1)]
        # A quote after a digit is the sign for inches or minutes.
        cells = cells[~cells.str.contains(r'\d"(?:[^"]*)$')]
        odd += [(int(row), at, cell) for row, cell in zip(cells.index, cells, strict=True)]
    right = _rightly_quoted(text, delimiter, {row for row, _, _ in odd}) if odd else set()
    for row, at, cell in odd:
        # A cell that begins with a delimiter was split by another program before it was quoted.
        if row not in right or cell.startswith(delimiter):
            yield row, "G224", {"column": str(frame.columns[at])}


def _rightly_quoted(text: str, delimiter: str, rows: Collection[int]) -> set[int]:
    """Return the given rows in which every quote opens or closes a cell, or is doubled inside one."""
    cell = rf'(?:"(?:[^"]|"")*"|[^"{re.escape(delimiter)}]*)'
    right = re.compile(rf"{cell}(?:{re.escape(delimiter)}{cell})*")
    lines = text.split("\n")
    reader = csv.reader((line + "\n" for line in lines), delimiter=delimiter)
    found, start = set(), 0
    with contextlib.suppress(csv.Error):  # cell above csv's limit: later rows count as wrong
        for row, _ in enumerate(reader, start=1):
            if row in rows and right.fullmatch("\n".join(lines[start : reader.line_num])):
                found.add(row)
            start = reader.line_num
    return found


def read_text(path: Path) -> tuple[str, str]:
    """Return a file's text, with line feeds as its only line ends, and its encoding; G110 if that is unknown."""
    text, encoding = read_text_as_written(path)
    return text.replace("\r\n", "\n").replace("\r", "\n"), encoding


def read_text_as_written(path: Path) -> tuple[str, str]:
    """Return text, with its original line ends, and encoding of a file in UTF-8, GB18030 or UTF-16; G110 for others."""
    raw = read_regular(path)
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    elif unmarked := _utf16_without_mark(raw[:4_000]):
        candidates = [unmarked]
    else:
        candidates = ["utf-8-sig", "gb18030"]
    for encoding in candidates:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        is_marked = encoding != "utf-8-sig" or raw.startswith(codecs.BOM_UTF8)
        return text, encoding if is_marked else "utf-8"
    raise InputError([Issue("G110", path.name, {"tried": tuple(candidates)})])


def _utf16_without_mark(head: bytes) -> str | None:
    """Return the UTF-16 variant of a text without byte order mark, by the places of its zero bytes; else None."""
    n_first, n_second = head[::2].count(0), head[1::2].count(0)
    most, least = max(n_first, n_second), min(n_first, n_second)
    if most * 50 < len(head) or least * 10 > most:
        return None
    return "utf-16-be" if n_first > n_second else "utf-16-le"


def _layout(file: str, text: str, dialect: HeaderMapping) -> tuple[str, Header]:
    found = []
    for delimiter in (",", "\t", ";", "|"):
        try:
            rows = list(_first_rows(text, delimiter, TITLE_ROWS + 2))
        except csv.Error:
            continue
        header = find_header(rows, dialect)
        found.append((header.n_known, -header.last_row if header.last_row else len(header.names), delimiter, header))
    if not found:
        raise InputError([Issue("G104", file, {"reason": "no row"})])
    _, _, delimiter, header = max(found, key=lambda f: f[:2])
    # The header may extend beyond the sampled text.
    end = text.find("\n")
    refuse_wide(file, max(len(header.names), text.count(delimiter, 0, end if end >= 0 else None)))
    return delimiter, header


def _first_rows(text: str, delimiter: str, n: int) -> Iterator[list[str]]:
    return islice(csv.reader(text[:65_536].split("\n"), delimiter=delimiter), n)


def _n_cells(file: str, text: str, delimiter: str, n_above: int, n_columns: int) -> int:
    """
    Return the number of cells that pandas must expect in a row: headers + 1 or, if larger, the most in a data row.

    If the first row is wider than expected, pandas takes its first cells for row names, and all others shift.
    `n_above`: rows up to the header; `n_columns`: number of headers.
    """
    most = n_columns + 1
    with contextlib.suppress(csv.Error):  # cell above csv's limit: use the rows before it
        for row, cells in enumerate(_first_rows(text, delimiter, n_above + TITLE_ROWS), start=1):
            if row > n_above and len(cells) > MAX_COLUMNS:
                raise InputError([Issue("G108", f"{file} row {row}", {"n": len(cells), "n_header": n_columns})])
            most = max(most, len(cells) if row > n_above else 0)
    return most


def _parse(file: str, text: str, delimiter: str, n_above: int, n_columns: int) -> pd.DataFrame:
    n_cells = _n_cells(file, text, delimiter, n_above, n_columns)
    try:
        return pd.read_csv(
            io.StringIO(text),
            sep=delimiter,
            header=None,
            skiprows=n_above,
            names=range(n_cells),  # more than the header has, to detect surplus cells
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


def rows_in_a_cell(delimiter: str, n_columns: int) -> str:
    """Return a regular expression for cells with whole rows of `n_columns` cells in them, since a quote never ends."""
    return rf"\n[^\n]*(?:{re.escape(delimiter)}[^\n]*){{{max(1, n_columns - 1)}}}"


def _refuse_ragged(file: str, frame: pd.DataFrame, delimiter: str, n_columns: int, *, has_quotes: bool) -> None:
    beyond = frame.index[frame.iloc[:, n_columns:].notna().any(axis=1)]
    faults = [Issue("G108", f"{file} row {row}", {"n": n_columns + 1, "n_header": n_columns}) for row in beyond]
    swallowed = rows_in_a_cell(delimiter, n_columns)
    for column in frame.columns[:n_columns] if has_quotes else ():
        cells = frame[column].dropna()
        cells = cells[cells.str.contains("\n", regex=False)]
        faults += [Issue("G109", f"{file} row {row}") for row in cells.index[cells.str.contains(swallowed)]]
    if faults:
        raise InputError(faults)
