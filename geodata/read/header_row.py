"""Detection of the header row, and removal of totals, units and notes."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.array_types import Bools
from geodata.errors import InputError, Issue
from geodata.raw_table import Column
from geodata.read.header_meaning import HeaderMapping

type Row = Sequence[str | None]

# Rows above the header that may hold a title, a date or a unit.
TITLE_ROWS = 10
# A header this wide is not a table, and each column would cost memory.
MAX_COLUMNS = 1_000

# The word alone, or with a count: 合计3家, 合计(户), 总计:15. Names of firms or buildings may begin with it.
_COUNTED = r"(?:金额|面积)?\d*[家户栋幢座人条个件处次间]*数?(?:\([^()]*\))?(?::.*)?"
_TOTAL = re.compile(
    rf"(?:本[页表])?(?:合计|总计|小计|共计|累计|总数){_COUNTED}|(?:(?:grand|sub)?total|sum)(?:\([^()]*\))?(?::.*)?",
    re.IGNORECASE,
)
# A total may put a count under the header of an id; ids of digits only are longer.
_A_COUNT = r"\d{1,5}[一-龥]?"
_NOTE = re.compile(r"(?:备?注|说明|制表|填表|填报|审核|复核|数据来源|统计时间|打印|note|source)[:]?.*", re.IGNORECASE)
_UNIT = re.compile(
    r"\(?(?:单位[:]?)?(?:㎡|m2|m²|平方米|平米|万?元|人|层|个|处|栋|户|米|m|km|公里|°|度|年|月|日|年/月/日|-|/)\)?",
    re.IGNORECASE,
)
# Cheap prefilter: characters of which each total or note contains one.
_LIKE_OTHERS = r"合|计|总|小|注|说明|表|核|来源|统|打|^[tTsSgGnN]"


@dataclass(frozen=True)
class Sheet:
    """One file or sheet as read: its cells under the file's own headers."""

    frame: pd.DataFrame
    """Cells as text; the index is the row in the file, from 1."""
    encoding: str | None = None
    """Character encoding of a text file; None if the format defines it."""
    repairs: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Rows left out because they hold no data, by kind (catalogue key `repair.<kind>`)."""
    faults: tuple[tuple[int, str, Mapping[str, str]], ...] = ()
    """Rows with errors of reading: row number, issue code and values."""


@dataclass(frozen=True, slots=True)
class Header:
    """Position of a table's header, and the header of each column."""

    last_row: int
    """Last row of the header, counted from 0; the data begin in the next row."""
    names: tuple[str, ...]
    """Header of each column as written; empty for a column without one."""
    is_two_lines: bool
    """Whether the header consists of two rows, joined in `names`."""
    n_known: int
    """Number of schema columns that the headers name."""


def find_header(rows: Sequence[Row], dialect: HeaderMapping) -> Header:
    """
    Return the header: the row, or pair of rows, with most known headers; without any, the first row that is no title.

    `rows`: first rows of a file; `dialect`: headers that its table may have.
    """
    scores = [dialect.n_known(row) for row in rows[: TITLE_ROWS + 1]]
    widths = [sum(map(bool, row)) for row in rows[: TITLE_ROWS + 1]]
    # A title fills one or two cells of a wide sheet.
    is_title = [2 * width < max(widths) for width in widths]
    at = max(range(len(scores)), key=lambda i: (scores[i], not is_title[i], -i))
    best = Header(at, tuple(cell or "" for cell in rows[at]), is_two_lines=False, n_known=scores[at])
    for upper in (at - 1, at):
        if upper >= 0 and upper + 1 < len(rows):
            names = _merged_headers(rows[upper], rows[upper + 1], dialect)
            n = dialect.n_known(names)
            is_data = _is_data(rows[upper], rows[upper + 1], dialect, n - best.n_known)
            has_subheaders = _has_subheaders(rows[upper], rows[upper + 1])
            if (n > best.n_known and not is_data) or (n == best.n_known and has_subheaders):
                best = Header(upper + 1, names, is_two_lines=True, n_known=n)
    return best


def _is_data(upper: Row, lower: Row, dialect: HeaderMapping, n_gained: int) -> bool:
    """Return whether row `lower` is data, and not a second header row that adds `n_gained` known headers."""
    pairs = [(over, under) for over, under in zip(upper, lower, strict=False) if over and under]
    under_known = [(over, under) for over, under in pairs if dialect.column_of(over)]
    if _has_subheaders(upper, lower):
        return False
    n_against = sum(not (dialect.column_of(under) or dialect.column_of(over + under)) for over, under in under_known)
    return n_against >= n_gained


def _has_subheaders(upper: Row, lower: Row) -> bool:
    """Return whether the lower of two rows holds subheaders: no digits, and some cells below an empty (merged) cell."""
    below = [under for over, under in zip(upper, lower, strict=False) if under and not over]
    has_parts = len(below) > 1 or (bool(below) and not lower[0])
    return sum(map(bool, upper)) > 1 and has_parts and not any(re.search(r"\d", cell) for cell in lower if cell)


def _merged_headers(upper: Row, lower: Row, dialect: HeaderMapping) -> tuple[str, ...]:
    """Return the headers from two rows; a merged cell of the upper row applies to all cells below it."""
    names = []
    group = ""
    for i in range(max(len(upper), len(lower))):
        over = (upper[i] if i < len(upper) else None) or ""
        under = (lower[i] if i < len(lower) else None) or ""
        group = over or group
        tried = [name for name in (under, group + under if under else "", over) if name]
        # For subheaders repeated under several groups, the group's name is part of the header.
        tried.sort(key=lambda name: name == under and list(lower).count(under) > 1)
        names.append(next((name for name in tried if dialect.column_of(name)), tried[0] if tried else ""))
    return tuple(names)


def refuse_wide(file: str, n_columns: int) -> None:
    """Raise InputError (G112) if a header has more than `MAX_COLUMNS` columns."""
    if n_columns > MAX_COLUMNS:
        raise InputError([Issue("G112", file, {"n": n_columns, "most": MAX_COLUMNS})])


def without_other_rows(frame: pd.DataFrame, ids: Sequence[int] = ()) -> tuple[pd.DataFrame, dict[str, int]]:
    """
    Return the rows with data, and the number of other rows by kind: `total_row`, `unit_row` and `note_row`, if any.

    `ids`: positions of columns with ids; a row with an id is data even if it begins as a total.
    """
    # GIS layers have no titles or totals.
    if frame.empty or frame.columns.empty or isinstance(frame, gpd.GeoDataFrame):
        return frame, {}
    n_filled = frame.notna().to_numpy().sum(axis=1)
    # Rows without data fill few cells.
    is_few = n_filled <= max(1, frame.shape[1] - 2)
    n_units = int(_is_unit_row(frame))
    if not n_units and not is_few.any():
        return frame, {}
    few = frame[is_few]
    first = few.iloc[:, 0]
    for i in range(1, min(3, frame.shape[1])):
        first = first.fillna(few.iloc[:, i])
    is_total = _matches(few.iloc[:, 0], _TOTAL) | _matches(first, _TOTAL)
    is_total[is_total] &= ~_has_id(few[is_total], ids)
    is_note = (n_filled[is_few] == 1) & _matches(first, _NOTE) & ~is_total & (frame.shape[1] > 2)
    others = {"total_row": few.index[is_total], "unit_row": frame.index[:n_units], "note_row": few.index[is_note]}
    counts = {kind: len(rows) for kind, rows in others.items() if len(rows)}
    return frame[~frame.index.isin([row for rows in others.values() for row in rows])] if counts else frame, counts


def _has_id(rows: pd.DataFrame, ids: Sequence[int]) -> Bools:
    found = np.zeros(len(rows), dtype=bool)
    for cells in (rows.iloc[:, at] for at in ids):
        found |= (cells.notna() & ~cells.str.fullmatch(_A_COUNT).eq(other=True) & ~_matches(cells, _TOTAL)).to_numpy()
    return found


def _is_unit_row(frame: pd.DataFrame) -> bool:
    top = [_plain(cell) for cell in frame.iloc[0] if pd.notna(cell)]
    return bool(top) and all(map(_UNIT.fullmatch, top)) and any(re.search(r"\D", cell) for cell in top)


def _matches(column: Column, pattern: re.Pattern[str]) -> Bools:
    # Only short cells are checked: a table may have a million rows.
    found = np.zeros(len(column), dtype=bool)
    if len(column):
        is_hit = column.str.len().lt(12) & column.str.contains(_LIKE_OTHERS, regex=True).eq(other=True)
        at = np.flatnonzero(is_hit)
        found[at] = [pattern.fullmatch(_plain(cell)) is not None for cell in column.iloc[at]]
    return found


def _plain(cell: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", cell))
