"""The firms and leads that no building was found for or that their text decided, under the file and row of each."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from geodata.match.match import Matched


def unmatched_table(matched: Mapping[str, Matched], rows: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """
    `geodata.match.unmatched.COLUMNS` of all tables, with `table`, `file` and `row` in place of the position.

    Parameters
    ----------
    matched
        What was matched, by table.
    rows
        `sweep.pipeline.inputs.collector.Collector.rows`.
    """
    return _joined({name: found.unmatched for name, found in matched.items()}, rows)


def matched_table(matched: Mapping[str, Matched], rows: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """
    `geodata.match.unmatched.TEXT_COLUMNS` of all tables, with `table`, `file` and `row` in place of the position.

    Parameters
    ----------
    matched
        What was matched, by table.
    rows
        `sweep.pipeline.inputs.collector.Collector.rows`.
    """
    return _joined({name: found.by_text for name, found in matched.items()}, rows)


def _joined(tables: Mapping[str, pd.DataFrame], rows: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    parts = []
    for name, table in tables.items():
        where = rows[name].reindex(table["position"])
        part = table.assign(table=name, file=where["file"].to_numpy(), row=where["row"].to_numpy())
        parts.append(part.drop(columns="position"))
    return pd.concat(parts, ignore_index=True)
