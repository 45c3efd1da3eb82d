"""Investigations: the places that joint visits keep away from (C26)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from geodata.clean.cells.cells import code, uscc
from geodata.clean.cells.times import moment
from geodata.clean.cleaned import Cleaned
from geodata.clean.desk import Desk
from geodata.clean.hushed import without_cells
from geodata.raw import RawTable


def clean_investigations(raw: RawTable, day: date | None = None) -> Cleaned:
    """The table of investigations; a bad row stops the run, for what it names would be given away."""
    desk = Desk(raw)
    columns = {
        "investigation_id": code(desk, "investigation_id"),
        "building_id": code(desk, "building_id"),
        "uscc": uscc(desk),
        "opened_on": moment(desk, "opened_on", day=day),
        "closed_on": moment(desk, "closed_on", day=day),
    }
    cleaned = desk.finish(columns, "investigation_id", stops=True)
    return replace(cleaned, issues=tuple(map(without_cells, cleaned.issues)))
