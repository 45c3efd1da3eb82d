"""Raw table, the result of the read stage, and conversion of cells to text."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import accumulate
from numbers import Integral, Real
from pathlib import Path
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from geodata.array_types import Bools
from geodata.datum.datum_names import Datum

type Column = pd.Series[Any]
type Mask = pd.Series[bool]

# Excel keeps 15 digits of a number: larger ones are truncated and must not be read as codes.
_EXACT_BELOW = 1e15


@dataclass(frozen=True)
class RawTable:
    """One file as read: only the known columns, under schema names, with unchanged values."""

    name: str
    """Name of the table, one of `geodata.schema.SCHEMAS`."""
    path: Path
    sha256: str
    """SHA-256 of the file's bytes, hexadecimal."""
    frame: pd.DataFrame | gpd.GeoDataFrame
    """Cells as text, null as NA. Index: row in the file; the header is row 1, feature files have none."""
    encoding: str | None
    """Character encoding of a text file; None if the format defines it."""
    dropped_columns: tuple[str, ...] = ()
    """Headers of dropped columns with personal data."""
    ignored_columns: tuple[str, ...] = ()
    """Headers of dropped columns that the table does not use."""
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """The file's own header by schema column."""
    look_alikes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Headers of unread columns that resemble a missing column, by the schema name of the missing column."""
    own_words: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    """Value that the scenario (`data.values`) gives to the text of a whole cell, by column and text."""
    more_points: tuple[tuple[str, str, Datum], ...] = ()
    """Further pairs of coordinate columns of `frame`: (longitude column, latitude column, datum); used for rows whose
    first pair is empty."""
    repairs: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Number of removals by kind (catalogue key `repair.<kind>`): rows without data, personal numbers."""
    faults: tuple[tuple[int, str, Mapping[str, str]], ...] = ()
    """Rows with reading errors: row, code, values. They remain in `frame`; the clean stage quarantines them."""
    anywhere: bool = False
    """Whether places may lie outside China; if so, swapped coordinates cannot be detected."""
    section: str = ""
    """Section of scenario.toml that maps the file's headers to columns."""
    sheet: str | None = None
    """Sheet named by the scenario; None: no workbook, or its only sheet that fits the table."""
    parts: tuple[RawTable, ...] = ()
    """The single tables of a joined table, each with its own row numbers (see `place`); empty if not joined."""

    @property
    def n_rows(self) -> int:
        """Return the number of rows read; blank rows do not count."""
        return len(self.frame)

    @property
    def file(self) -> str:
        """Return the file's name with its sheet; for a joined table the names of all its files."""
        names = [f"{part.path.name}#{part.sheet}" if part.sheet else part.path.name for part in self.sources]
        return ", ".join(names)

    @property
    def sources(self) -> tuple[RawTable, ...]:
        """Return the tables that this one was joined from, or a tuple of the table itself."""
        return self.parts or (self,)

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Return for each of `sources` the offset of its rows: index label in `frame` minus row in its file."""
        ends = (int(part.frame.index.max()) for part in self.parts[:-1])
        return (0, *accumulate(ends))

    def place(self, label: int) -> tuple[str, int]:
        """Return the file of a row of `frame`, given by its index label, and the row's number in that file."""
        at = bisect_left(self.starts, label) - 1
        return self.sources[at].file, label - self.starts[at]


def cell_text(value: object) -> str | None:
    """
    Return one cell as text, None for an empty cell.

    Whole floats lose their `.0`, since a code must read as it was typed. Numbers that Excel has truncated to 15 digits
    get an exponent, so that the clean stage can reject them. Bytes (well-known binary) become hexadecimal.
    """
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, str):
        return value or None
    if isinstance(value, bytes):
        return value.hex()
    if hasattr(value, "item") and getattr(value, "ndim", 0) == 0:
        value = value.item()
    elif hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Integral):
        return str(value) if abs(int(value)) < _EXACT_BELOW else f"{int(value):E}"
    if isinstance(value, Real):
        return _number_text(float(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        minutes, second = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02d}:{second:02d}"
    return str(value)


def _number_text(value: float) -> str | None:
    if value != value:
        return None
    if abs(value) >= _EXACT_BELOW:
        return f"{value:E}"
    return str(int(value)) if value.is_integer() else repr(value)


def as_text(column: Column) -> Column:
    """Return a column of any type as text: `cell_text` of each cell, NA for an empty one."""
    if column.dtype == "str":
        is_empty = column.eq("")
        return column.mask(is_empty) if is_empty.any() else column
    if column.dtype == "float64":
        return _floats_as_text(column)
    return column.astype("object").map(cell_text).astype("str")


def _floats_as_text(column: Column) -> Column:
    """Return `cell_text` of each float in a column; Arrow writes the same digits as Python, ten times faster."""
    values = column.to_numpy()
    size = np.abs(values)
    # Outside this range Arrow uses an exponent where Python does not.
    is_plain = (size >= 1e-3) & (size < 1e9) & (values != np.round(values))
    text = np.empty(len(values), dtype=object)
    text[is_plain] = pc.cast(pa.array(values[is_plain]), pa.large_string()).to_numpy(zero_copy_only=False)
    text[~is_plain] = [cell_text(value) for value in values[~is_plain]]
    return pd.Series(text, index=column.index, dtype="str")


def single_points(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return shapes, shape (n,), as points: also a multipoint of one point (QGIS); any other shape becomes None."""
    parts = shapely.get_geometry(shapes, 0)
    # 0 is GEOS's type id of a point.
    is_one = (shapely.get_num_geometries(shapes) == 1) & (shapely.get_type_id(parts) == 0)
    points: NDArray[np.object_] = np.where(is_one, parts, np.array(None, dtype=object))
    return points


def as_arrow(column: Column) -> pa.Array:
    """Return a column of text as one Arrow array, null for NA."""
    cells = pa.array(column, type=pa.large_string())
    return cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells


def as_bools(found: pa.Array) -> Bools:
    """Return an Arrow boolean array as a numpy array; null becomes False."""
    is_found: Bools = pc.fill_null(found, fill_value=False).to_numpy(zero_copy_only=False)
    return is_found
