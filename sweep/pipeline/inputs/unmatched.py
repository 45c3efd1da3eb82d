"""The firms and leads that no building was found for, under the file and row that they came from."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from geodata.match.search import Matched
from geodata.raw import Column, RawTable


def used_rows(raw: RawTable, quarantine: pd.DataFrame) -> Column:
    """Row in the file of each row of the clean table, which keeps the file's order."""
    index = raw.frame.index
    return pd.Series(index[~index.isin(quarantine["row"])])


def unmatched_table(matched: Mapping[str, Matched], rows: Mapping[str, tuple[str, Column]]) -> pd.DataFrame:
    """
    `geodata.match.unmatched.COLUMNS` of all tables, with `table`, `file` and `row` in place of the position.

    Parameters
    ----------
    matched
        What was matched, by table.
    rows
        File and `used_rows`, by table.
    """
    parts = []
    for name, found in matched.items():
        file, row = rows[name]
        part = found.unmatched.assign(table=name, file=file, row=row.reindex(found.unmatched["position"]).to_numpy())
        parts.append(part.drop(columns="position"))
    return pd.concat(parts, ignore_index=True)
