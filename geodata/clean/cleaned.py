"""What cleaning one table gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import geopandas as gpd
import pandas as pd

from geodata.errors import Issue
from geodata.raw import Column

# `values` are the Issue's values and `content` the raw row, both as JSON text.
QUARANTINE_COLUMNS = ("file", "row", "code", "where", "values", "content")


@dataclass(frozen=True)
class Cleaned:
    """A clean table, and what became of every row that is not in it."""

    table: pd.DataFrame | gpd.GeoDataFrame
    """Satisfies the table's schema; index from 0, rows in the file's order."""
    issues: tuple[Issue, ...]
    """What must stop the run. Empty if all is well."""
    repairs: Mapping[str, int]
    """Cells or rows mended, by kind (catalogue key `repair.<kind>`)."""
    quarantine: pd.DataFrame
    """`QUARANTINE_COLUMNS`, one line a row that cannot be used, with the first reason found."""
    mended_rows: Mapping[str, tuple[int, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Rows of the file that repairs were made in, by kind; the first hundred of each."""
    warnings: tuple[Issue, ...] = ()
    """Issues that stop nothing, but must be reported."""
    rows: Column = field(default_factory=lambda: pd.Series(dtype="int64"))
    """The row of the file in which each row of the table stood."""
