"""Assignments: what a person has settled about which building a row or a text is of, one row a choice."""

from __future__ import annotations

from geodata.clean.cells.cells import category, code, required, text
from geodata.clean.cleaned import Cleaned
from geodata.clean.desk import Desk
from geodata.raw import RawTable

# What stands in the cell of the building where a row or a text is of none here.
NONE_OF_OURS = frozenset({"none", "无", "不是", "都不是", "非本辖区"})


def clean_assign(raw: RawTable) -> Cleaned:
    """The table of assignments; a bad row stops the run, for without it the matcher would choose again."""
    desk = Desk(raw)
    building = text(desk, "building_id", words=NONE_OF_OURS)
    required(desk, "building_id", building)
    columns = {
        "table": category(desk, "table"),
        "key": code(desk, "key"),
        "text": text(desk, "text"),
        "building_id": building,
    }
    parts = [columns[part].fillna("") for part in ("table", "key", "text")]
    columns["assign_id"] = columns["building_id"] + " " + parts[0] + " " + parts[1] + " " + parts[2]
    return desk.finish(columns, "assign_id", stops=True)
