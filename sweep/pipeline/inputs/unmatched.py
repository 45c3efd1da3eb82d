"""The firms and leads that no building was found for or that their text decided, under the file and row of each."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping

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
    return _joined({name: found.unmatched for name, found in matched.items()}, rows)


def matched_table(matched: Mapping[str, Matched], rows: Mapping[str, tuple[str, Column]]) -> pd.DataFrame:
    """
    `geodata.match.unmatched.TEXT_COLUMNS` of all tables, with `table`, `file` and `row` in place of the position.

    Parameters
    ----------
    matched
        What was matched, by table.
    rows
        File and `used_rows`, by table.
    """
    return _joined({name: found.by_text for name, found in matched.items()}, rows)


def without_places(matched: pd.DataFrame, building_ids: Collection[str]) -> pd.DataFrame:
    """
    The table of `matched_table` without rows at some buildings, and with no word of these in the other rows.

    Parameters
    ----------
    matched
        Not changed.
    building_ids
        Buildings that nobody is to read of.
    """
    kept = matched[~matched["building_id"].isin(building_ids)]
    candidates = [
        text if not any(i in text for i in building_ids) else _without(text, building_ids)
        for text in kept["candidates"]
    ]
    is_hidden = kept["runner_up"].isin(building_ids)
    return kept.assign(
        candidates=pd.Series(candidates, index=kept.index, dtype="str"),
        runner_up=kept["runner_up"].mask(is_hidden),
        runner_up_score=kept["runner_up_score"].mask(is_hidden),
    ).reset_index(drop=True)


def _without(candidates: str, building_ids: Collection[str]) -> str:
    return json.dumps([pair for pair in json.loads(candidates) if pair[0] not in building_ids])


def _joined(tables: Mapping[str, pd.DataFrame], rows: Mapping[str, tuple[str, Column]]) -> pd.DataFrame:
    parts = []
    for name, table in tables.items():
        file, row = rows[name]
        part = table.assign(table=name, file=file, row=row.reindex(table["position"]).to_numpy())
        parts.append(part.drop(columns="position"))
    return pd.concat(parts, ignore_index=True)
