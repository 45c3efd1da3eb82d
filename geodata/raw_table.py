"""The raw table: what the read stage gives, and every cell of it as text."""

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

# Excel keeps 15 digits of a number: whatever is above this has lost its end, and must not pass for a code again.
_EXACT_BELOW = 1e15


@dataclass(frozen=True)
class RawTable:
    """One file as it was read: known columns only, under the schema's names, no value mended."""

    name: str
    """A table of `geodata.schema.SCHEMAS`."""
    path: Path
    sha256: str
    frame: pd.DataFrame | gpd.GeoDataFrame
    """Cells as text, null as NA. The index is the row in the file; the header is row 1, a feature file has none."""
    encoding: str | None
    """None where the format settles it."""
    dropped_columns: tuple[str, ...] = ()
    """Headers of columns that hold personal data, which were not kept."""
    ignored_columns: tuple[str, ...] = ()
    """Headers of columns that the table has no use for, which were not kept."""
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """The file's own header of each column."""
    look_alikes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Headers that were not read although their cells look like a column that the table lacks, by that column."""
    own_words: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    """What the scenario says that a cell's whole text stands for, by column."""
    more_points: tuple[tuple[str, str, Datum], ...] = ()
    """Further pairs of columns of `frame` that hold coordinates, each with its datum, for rows without a first one."""
    repairs: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """What reading left out, by kind (catalogue key `repair.<kind>`): rows that are no data, personal numbers."""
    faults: tuple[tuple[int, str, Mapping[str, str]], ...] = ()
    """Rows that reading found at fault: row, code, values. They are in `frame`; the clean stage sets them aside."""
    anywhere: bool = False
    """Whether its places may lie outside China: then a pair is taken as it stands, and no swapped one can be known."""
    section: str = ""
    """The section of scenario.toml that names its headers."""
    sheet: str | None = None
    """The sheet that the scenario names of the file; None: the file has one."""
    parts: tuple[RawTable, ...] = ()
    """The tables that it was joined from; empty if it is one. Each is numbered by its own rows; see `place`."""

    @property
    def n_rows(self) -> int:
        """Rows read, blank ones left out."""
        return len(self.frame)

    @property
    def file(self) -> str:
        """Name of the file with its sheet; of a joined table the names of all."""
        names = [f"{part.path.name}#{part.sheet}" if part.sheet else part.path.name for part in self.sources]
        return ", ".join(names)

    @property
    def sources(self) -> tuple[RawTable, ...]:
        """The tables that it was joined from, or itself alone."""
        return self.parts or (self,)

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Label in `frame`, less the row in the file, of the rows of each source."""
        ends = (int(part.frame.index.max()) for part in self.parts[:-1])
        return (0, *accumulate(ends))

    def place(self, label: int) -> tuple[str, int]:
        """File, and row in it, of a row of `frame`."""
        at = bisect_left(self.starts, label) - 1
        return self.sources[at].file, label - self.starts[at]


def cell_text(value: object) -> str | None:
    """
    One cell as text, None if it is empty.

    Whole floats lose their `.0`, for a code must read as it was typed; numbers that Excel has cut to 15 digits are
    written with an exponent, so that the clean stage can refuse them.
    """
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, str):
        return value or None
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
        return _clock_text(round(value.total_seconds()))
    return str(value)


def _clock_text(seconds: int) -> str:
    """Hours, minutes and seconds, hours beyond 24 too: Excel's 26:00 is a length of time."""
    minutes, second = divmod(seconds, 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{second:02d}"


def _number_text(value: float) -> str | None:
    if value != value:
        return None
    if abs(value) >= _EXACT_BELOW:
        return f"{value:E}"
    return str(int(value)) if value.is_integer() else repr(value)


def as_text(column: Column) -> Column:
    """A column of any type as text, null as NA."""
    if column.dtype == "str":
        is_empty = column.eq("")
        return column.mask(is_empty) if is_empty.any() else column
    if column.dtype == "float64":
        return _floats_as_text(column)
    return column.astype("object").map(cell_text).astype("str")


def _floats_as_text(column: Column) -> Column:
    """`cell_text` of a column of floats; Arrow writes the same shortest figures as Python, ten times faster."""
    values = column.to_numpy()
    size = np.abs(values)
    # Smaller and larger ones Arrow writes with an exponent where Python does not.
    is_plain = (size >= 1e-3) & (size < 1e9) & (values != np.round(values))
    text = np.empty(len(values), dtype=object)
    text[is_plain] = pc.cast(pa.array(values[is_plain]), pa.large_string()).to_numpy(zero_copy_only=False)
    text[~is_plain] = [cell_text(value) for value in values[~is_plain]]
    return pd.Series(text, index=column.index, dtype="str")


def single_points(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Shapes that are one point, as that point (QGIS writes each as a multi-point of one); None in place of others."""
    parts = shapely.get_geometry(shapes, 0)
    # The number that GEOS gives to a point among its types.
    is_one = (shapely.get_num_geometries(shapes) == 1) & (shapely.get_type_id(parts) == 0)
    points: NDArray[np.object_] = np.where(is_one, parts, np.array(None, dtype=object))
    return points


def as_arrow(column: Column) -> pa.Array:
    """A column of text as one array of Arrow, null where it is NA."""
    cells = pa.array(column, type=pa.large_string())
    return cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells


def as_bools(found: pa.Array) -> Bools:
    """What Arrow found, False where it is null."""
    is_found: Bools = pc.fill_null(found, fill_value=False).to_numpy(zero_copy_only=False)
    return is_found
