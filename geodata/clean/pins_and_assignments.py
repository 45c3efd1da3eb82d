"""What planners have settled: pins, one row a pin, and assignments, one row a choice of a building."""

from datetime import date

from geodata.clean.column_parsers.categories import category
from geodata.clean.column_parsers.columns import code, name, required, text
from geodata.clean.column_parsers.date_columns import moment
from geodata.clean.table_cleaner import Cleaned, Desk
from geodata.raw_table import RawTable

# What stands in the cell of the building where a row or a text is of none here.
NONE_OF_OURS = frozenset({"none", "无", "不是", "都不是", "非本辖区"})


def clean_pins(raw: RawTable, day: date | None = None) -> Cleaned:
    """The table of pins; a bad row stops the run, for a plan without it would not be what was settled."""
    desk = Desk(raw)
    columns = {
        "pin": category(desk, "pin"),
        "building": name(desk, "building"),
        "value": name(desk, "value"),
        "reason": text(desk, "reason"),
        "first_day": moment(desk, "first_day", day=day),
        "last_day": moment(desk, "last_day", day=day),
    }
    columns["pin_id"] = columns["pin"] + " " + columns["building"] + " " + columns["value"].fillna("")
    return desk.finish(columns, "pin_id", stops=True)


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
