"""
matched.csv and unmatched.csv: match results of firms and leads, for the police only.

Rows of matched.csv can be copied to assign.csv, which has the same columns `table`, `key`, `text` and `building_id`.
Text and address are given for firms only, since those of leads may hold personal data; `read_as` has the known words of
a lead.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from geodata.message_catalogue import Texts
from sweep.publish.edition import Edition
from sweep.publish.table_columns import Row


def unmatched_rows(edition: Edition, texts: Texts) -> Iterator[Row]:
    """Return the rows of unmatched.csv: each firm or lead without a building, with reason and candidate buildings."""
    names = _names(edition)
    return (row | _open_cells(row["reason"], row["candidates"], names, texts) for row in _records(edition.unmatched))


def matched_rows(edition: Edition, texts: Texts) -> Iterator[Row]:
    """
    Yield the rows of matched.csv: firms and leads matched by text or by a person, or unmatched despite a text.

    Column `candidates`: possible buildings, only if none was chosen.
    """
    names = _names(edition)
    for row in _records(edition.matched):
        cells = {column: None if value != value else value for column, value in row.items()}
        yield {
            **cells,
            **_open_cells(cells["reason"], row["candidates"] if cells["building_id"] is None else "[]", names, texts),
            "building_name": names.get(row["building_id"]),
            "how": row["matched_by"],
            "how_text": texts(f"match.{row['matched_by']}"),
            "runner_up_name": names.get(row["runner_up"]),
        }


def _open_cells(code: str | None, candidates: str, names: Mapping[str, str], texts: Texts) -> dict[str, Any]:
    """Return cells on why a row is unmatched (`code`), and on `candidates`, a JSON list of (building id, score)."""
    pairs = json.loads(candidates)
    return {
        "code": code,
        "reason": texts(f"unmatched.{code}") if code else None,
        "candidates": "; ".join(" ".join(dict.fromkeys((i, names.get(i, i)))) for i, _ in pairs),
        "scores": "; ".join(f"{score:.3f}" for _, score in pairs),
    }


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(column): value for column, value in row.items()} for row in table.to_dict("records")]


def _names(edition: Edition) -> dict[str, str]:
    return {building_id: building.name for building_id, building in edition.buildings.items()}
