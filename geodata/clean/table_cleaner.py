"""Table cleaner: counts repairs, records errors by row, and accounts for every row."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pandera.errors
import pandera.pandas as pa

from geodata.array_types import Bools
from geodata.errors import Issue, MessageValue, Value, first_items
from geodata.raw_table import Column, Mask, RawTable
from geodata.schema import CRS, SCHEMAS, holds

# `values` are the Issue's values and `content` the raw row, both as JSON.
QUARANTINE_COLUMNS = ("file", "row", "code", "where", "values", "content")


class TableCleaner:
    """
    Cleaner of one raw table, used in one `clean_*` call: counts repairs and records errors by row.

    Masks and columns have the index `index`, the row labels of the raw table. `finish` returns the result.
    """

    def __init__(self, raw: RawTable) -> None:
        self.raw = raw
        self.schema: pa.DataFrameSchema = SCHEMAS[raw.name]
        # A frame made in the process, such as OpenStreetMap's, has an index from 0; rows are counted from 1.
        first = int(raw.frame.index.min()) if raw.n_rows else 0
        self.frame = raw.frame.set_axis(raw.frame.index + 1) if first == 0 else raw.frame
        self.index = self.frame.index
        self.repairs: Counter[str] = Counter(raw.repairs)
        self.warnings: list[Issue] = []
        self._faults: dict[int, list[tuple[str, dict[str, MessageValue]]]] = {}
        for row, issue_code, values in raw.faults:
            if row in self.index:
                self._faults.setdefault(row, []).append((issue_code, dict(values)))

    def repaired(self, kind: str, mask: Mask | Bools) -> None:
        """Count the rows of a mask as repaired; `kind` names the repair (catalogue key `repair.<kind>`)."""
        if n := int(np.count_nonzero(np.asarray(mask, dtype=bool))):
            self.repairs[kind] += n

    def by_file(self) -> Iterator[tuple[Bools, RawTable]]:
        """Yield, for each file of a joined table, the mask of the file's rows and the file's own raw table."""
        if not self.raw.parts:
            yield np.ones(len(self.index), dtype=bool), self.raw
        for part, start in zip(self.raw.parts, self.raw.starts, strict=False):
            yield self.raw.frame.index.isin(part.frame.index + start), part

    def emptied(self, column: str, unknown: Column, **values: MessageValue) -> None:
        """
        Count cells of an optional column that are read as empty, and add one warning (G232).

        `unknown`: text of each cell that is read as empty, NA for every other cell; `column`: header of the column, for
        the message; `values`: further values of the message.
        """
        if unknown.notna().any():
            self.repaired("unknown_word", unknown.notna())
            words = first_items(list(dict(Counter(unknown.dropna()).most_common())))
            own: dict[str, MessageValue] = {"column": column, "n": int(unknown.notna().sum()), "words": words}
            self.warnings.append(Issue("G232", self.raw.file, {**own, **values}))

    def add_errors(self, mask: Mask | Bools, code: str, **values: Column | MessageValue) -> None:
        """Record an error in each row of a mask; `values` fill its message: texts, or columns with a value by row."""
        is_fault = np.asarray(mask, dtype=bool)
        for row in self.index[is_fault] if is_fault.any() else ():
            own: dict[str, MessageValue] = {
                k: _plain(v.at[row]) if isinstance(v, pd.Series) else v for k, v in values.items()
            }
            if self.raw.parts:
                self._name_file(int(row), own)
            self._faults.setdefault(int(row), []).append((code, own))

    def _name_file(self, row: int, own: dict[str, MessageValue]) -> None:
        """Replace header and row of the joined table, in an error's values `own`, by those in the row's own file."""
        file, _ = self.raw.place(row)
        headers = next(part.headers for part in self.raw.parts if part.file == file)
        for column, header in self.raw.headers.items():
            if header == own.get("column") and column in headers:
                own["column"] = headers[column]
        if "first_row" in own:
            own["first_row"] = self.raw.place(int(str(own["first_row"])))[::-1]

    def quarantine_rows(self, mask: Mask | Bools, code: str) -> None:
        """Quarantine the rows of a mask for the error `code`, which replaces all other errors of these rows."""
        for row in self.index[np.asarray(mask, dtype=bool)]:
            self._faults[int(row)] = [(code, {})]

    def is_faulty(self) -> Mask:
        """Return a mask of the rows that have an error so far."""
        return pd.Series(self.index.isin(list(self._faults)), index=self.index)

    def where(self, row: int) -> str:
        """Return file and row number, for messages, of the row with the label `row`."""
        file, number = self.raw.place(row)
        return f"{file} row {number}"

    def finish(
        self, columns: Mapping[str, Column], key: str, *, stops: bool, harmless: frozenset[str] = frozenset()
    ) -> Cleaned:
        """
        Return the clean table, with only the rows that have no error, and the outcome of all rows.

        Parameters
        ----------
        columns
            Clean columns by schema name; missing schema columns become null.
        key
            The column with the unique key of each row; a second row with a key is an error.
        stops
            Whether a bad row stops the run, or only goes to quarantine. An exact duplicate never stops it.
        harmless
            Codes that put a row into quarantine but do not stop the run.

        Raises
        ------
        ValueError
            If the rows used and the rows quarantined do not add up to the rows read; a program error.
        """
        table = self._table(columns)
        self._find_duplicates(table, key)
        good, must_stop = self._against_schema(table)
        quarantine = self._quarantine()
        if self.raw.n_rows != len(good) + len(quarantine):
            raise ValueError(f"{self.raw.file}: {self.raw.n_rows} rows in, {len(good)} + {len(quarantine)} out")
        issues = self._issues({"G203", "G290", *harmless}) if stops else ()
        rows = pd.Series(self.index[~self.is_faulty().to_numpy()])
        return Cleaned(good, (*issues, *must_stop), dict(self.repairs), quarantine, tuple(self.warnings), rows)

    def _table(self, columns: Mapping[str, Column]) -> pd.DataFrame:
        whole = {
            name: columns[name] if name in columns else pd.Series(np.nan, index=self.index, dtype=column.dtype.type)
            for name, column in self.schema.columns.items()
        }
        if "geometry" not in whole:
            return pd.DataFrame(whole, index=self.index)
        return gpd.GeoDataFrame(whole, index=self.index, geometry="geometry", crs=CRS)

    def _find_duplicates(self, table: pd.DataFrame, key: str) -> None:
        usable = table[~self.is_faulty()]
        # Only rows that share a key are compared in full: few of a million.
        good = usable[usable.duplicated(subset=[key], keep=False)]
        if good.empty:
            return
        # Shapes are compared by their WKB bytes.
        plain = pd.DataFrame(good.to_wkb()) if isinstance(good, gpd.GeoDataFrame) else good
        is_repeat = plain.duplicated(keep="first")
        is_clash = plain.duplicated(subset=[key], keep="first") & ~is_repeat
        rows = pd.Series(good.index, index=good.index)
        first = rows.groupby(good[key]).transform("first").reindex(self.index)
        ids: dict[str, Column | Value] = {
            "column": self.raw.headers.get(key, key),
            "value": table[key],
            "first_row": first,
        }
        self.add_errors(is_repeat.reindex(self.index, fill_value=False), "G203", **ids)
        self.add_errors(is_clash.reindex(self.index, fill_value=False), "G202", **ids)

    def _against_schema(self, table: pd.DataFrame) -> tuple[pd.DataFrame, tuple[Issue, ...]]:
        """
        Return the rows without error, and issues (G290) for rows that pass all checks but fail the schema.

        G290 is a fault of the cleaner, not of the file; it is reported, and its row is not passed on.
        """
        good = table[~self.is_faulty()]
        if holds(self.schema, good):
            return good.reset_index(drop=True), ()
        try:
            return self.schema.validate(good, lazy=True).reset_index(drop=True), ()
        except pandera.errors.SchemaErrors as error:
            issues = tuple(self._refused(case) for case in error.failure_cases.to_dict("records"))
        return table[~self.is_faulty()].reset_index(drop=True), issues

    def _refused(self, case: Mapping[Hashable, Any]) -> Issue:
        """Return the issue of a cell that fails the schema (pandera's `case`); record it for its row if it is known."""
        values: dict[str, MessageValue] = {
            "column": str(case["column"]),
            "check": str(case["check"]),
            "value": str(case["failure_case"]),
        }
        row = case["index"]
        if row is None or row != row:
            return Issue("G290", self.raw.file, values)
        self._faults.setdefault(int(row), []).append(("G290", values))
        return Issue("G290", self.where(int(row)), values)

    def _issues(self, without: set[str]) -> tuple[Issue, ...]:
        return tuple(
            Issue(code, self.where(row), values)
            for row, faults in sorted(self._faults.items())
            for code, values in faults
            if code not in without
        )

    def _quarantine(self) -> pd.DataFrame:
        rows = sorted(self._faults)
        if not rows:
            return quarantine_frame(())
        cells = self.frame.drop(columns="geometry", errors="ignore").loc[rows]
        lines = [
            (*self.raw.place(row), code, self.where(row), _json(values), _json(content))
            for row, content in zip(rows, _records(cells), strict=True)
            for code, values in self._faults[row][:1]
        ]
        return quarantine_frame(lines)


def quarantine_frame(lines: Sequence[tuple[str, int, str, str, str, str]]) -> pd.DataFrame:
    """Return a table of `QUARANTINE_COLUMNS`; each of the `lines` holds one row's values in this order."""
    columns = {name: [line[i] for line in lines] for i, name in enumerate(QUARANTINE_COLUMNS)}
    return pd.DataFrame(
        {name: pd.Series(cells, dtype="int64" if name == "row" else "str") for name, cells in columns.items()}
    )


def _records(cells: pd.DataFrame) -> list[dict[str, object]]:
    return [
        {str(k): _plain(v) for k, v in record.items() if not pd.isna(v)} for record in cells.to_dict(orient="records")
    ]


def _json(values: Mapping[str, object]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True)


def _plain(value: object) -> Value:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, (int, float)) and math.isfinite(value):
        return int(value) if float(value).is_integer() else value
    return value if isinstance(value, str) else "" if value is None or value != value else str(value)


def as_mask(values: Bools, index: pd.Index[int]) -> Mask:
    """Return a boolean array as a mask with the index of a cleaner's table."""
    return pd.Series(values, index=index)


@dataclass(frozen=True)
class Cleaned:
    """Clean table, with the repairs, the quarantined rows and the issues."""

    table: pd.DataFrame | gpd.GeoDataFrame
    """The usable rows in the file's order, index from 0; satisfies the table's schema."""
    issues: tuple[Issue, ...]
    """Issues that stop the run."""
    repairs: Mapping[str, int]
    """Number of repaired cells or rows, by kind (catalogue key `repair.<kind>`)."""
    quarantine: pd.DataFrame
    """Table of `QUARANTINE_COLUMNS`: one row for each unusable input row, with the first error found in it."""
    warnings: tuple[Issue, ...] = ()
    """Issues that do not stop the run but must be reported."""
    rows: Column = field(default_factory=lambda: pd.Series(dtype="int64"))
    """Row label in the raw table of each row of `table` (see `RawTable.place`)."""
