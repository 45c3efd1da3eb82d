"""The columns that a file of each table must have."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

# Columns without which a table says nothing; all others may be absent. A building may be a point: see `missing`.
REQUIRED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "buildings": ("building_id", "geometry"),
        "building_files": ("building_id",),
        "firms": ("uscc", "firm_name"),
        "leads": ("lead_id", "lead_type", "lead_source", "received_at"),
        "roster": (
            "person_id",
            "agency",
            "role",
            "certificate_until",
            "is_female",
            "base_id",
            "division_code",
            "shift_start_s",
            "shift_end_s",
        ),
        "street_lines": ("geometry",),
        "water": ("geometry",),
        "districts": ("division_code", "geometry"),
        "bases": ("base_id", "base_name", "division_code", "lon", "lat"),
        "investigations": ("investigation_id", "building_id", "opened_on"),
        "pins": ("pin", "building"),
        "assign": ("building_id",),
        "results": ("unit_state",),
        "history": ("visit_id", "building_id", "visited_on", "track", "authority", "outcome"),
    }
)


# What a plain register of inspections need not say: its checks are numbered, and taken for routine ones.
ASSUMED_IN_STUDIES = ("visit_id", "track", "authority")


def missing(table: str, columns: Collection[str], may_lack: Collection[str] = ()) -> list[str]:
    """Columns that a file of a table lacks and needs; a pair of coordinates stands for the outline of a building."""
    is_placed = table == "buildings" and {"lon", "lat"} <= set(columns)
    needed = [c for c in REQUIRED[table] if c not in may_lack]
    return [c for c in needed if c not in columns and not (c == "geometry" and is_placed)]
