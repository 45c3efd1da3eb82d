"""
matched.csv: every firm and lead that was matched by its text, how, and what else it might be; for the police alone.

A row can be copied into assign.csv as it stands: `table`, `key`, `text` and `building_id` mean the same there. The text
of firms only, for a lead's may hold what is nobody's business: `read_as` has the words of it that the table knows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from geodata.texts import Texts
from sweep.disk.csv_text import csv_text
from sweep.publish.edition import Edition

COLUMNS = (
    "table",
    "key",
    "text",
    "read_as",
    "building_id",
    "building_name",
    "how",
    "what",
    "score",
    "runner_up",
    "runner_up_name",
    "runner_up_score",
    "reason",
    "why",
    "candidates",
    "scores",
    "file",
    "row",
)


def matched_csv(edition: Edition, texts: Texts) -> str:
    """One row a firm or lead whose building its text or a person decided; `candidates` where there is none."""
    return csv_text(COLUMNS, _rows(edition, texts))


def _rows(edition: Edition, texts: Texts) -> Iterator[list[object]]:
    names = {building_id: building.name for building_id, building in edition.buildings.items()}
    for row in edition.matched.to_dict("records"):
        cells = {column: None if value != value else value for column, value in row.items()}
        candidates = json.loads(row["candidates"]) if cells["building_id"] is None else []
        values = {
            **cells,
            "building_name": names.get(row["building_id"]),
            "how": row["matched_by"],
            "what": texts(f"match.{row['matched_by']}"),
            "runner_up_name": names.get(row["runner_up"]),
            "why": texts(f"unmatched.{cells['reason']}") if cells["reason"] else None,
            "candidates": "; ".join(" ".join(dict.fromkeys((i, names.get(i, i)))) for i, _ in candidates),
            "scores": "; ".join(f"{score:.3f}" for _, score in candidates),
        }
        yield [values[column] for column in COLUMNS]
