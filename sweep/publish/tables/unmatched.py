"""unmatched.csv: the firms and leads without a building, why, and which buildings they might be in."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from geodata.texts import Texts
from sweep.disk.csv_text import csv_text
from sweep.publish.edition import Edition
from sweep.records.places import Building

COLUMNS = (
    "table",
    "file",
    "row",
    "key",
    "precision",
    "reason",
    "what",
    "address",
    "candidates",
    "scores",
    "score",
    "margin",
)


def unmatched_csv(edition: Edition, texts: Texts) -> str:
    """One row a firm or lead; the address of firms only, for a lead's text may hold what is nobody's business."""
    return csv_text(COLUMNS, _rows(edition, texts))


def _rows(edition: Edition, texts: Texts) -> Iterator[list[object]]:
    for row in edition.unmatched.to_dict("records"):
        candidates = json.loads(row["candidates"])
        values = {
            **row,
            "what": texts(f"unmatched.{row['reason']}"),
            "candidates": "; ".join(_candidate(edition.buildings, building_id) for building_id, _ in candidates),
            "scores": "; ".join(f"{score:.3f}" for _, score in candidates),
        }
        yield [values[column] for column in COLUMNS]


def _candidate(buildings: Mapping[str, Building], building_id: str) -> str:
    return f"{building_id} {buildings[building_id].name}" if building_id in buildings else building_id
