"""matched.csv and unmatched.csv: firms and leads by their building, or without one; for the police alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from geodata.texts import Texts
from sweep.disk.csv_text import csv_text
from sweep.publish.edition import Edition
from sweep.records.places import Building

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


UNMATCHED = (
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
    return csv_text(UNMATCHED, _unmatched_rows(edition, texts))


def _unmatched_rows(edition: Edition, texts: Texts) -> Iterator[list[object]]:
    for row in edition.unmatched.to_dict("records"):
        candidates = json.loads(row["candidates"])
        values = {
            **row,
            "what": texts(f"unmatched.{row['reason']}"),
            "candidates": "; ".join(_candidate(edition.buildings, building_id) for building_id, _ in candidates),
            "scores": "; ".join(f"{score:.3f}" for _, score in candidates),
        }
        yield [values[column] for column in UNMATCHED]


def _candidate(buildings: Mapping[str, Building], building_id: str) -> str:
    return f"{building_id} {buildings[building_id].name}" if building_id in buildings else building_id
