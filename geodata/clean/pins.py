"""Pins: what planners have settled about buildings, one row a pin."""

from __future__ import annotations

from datetime import date

from geodata.clean.cells.cells import category, name, text
from geodata.clean.cells.times import moment
from geodata.clean.cleaned import Cleaned
from geodata.clean.desk import Desk
from geodata.raw import RawTable


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
