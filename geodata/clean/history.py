"""History: past visits and what they found."""

from __future__ import annotations

from datetime import date

import pandas as pd

from geodata.clean.cells.cells import category, code, half_width, id_list, number, uscc
from geodata.clean.cells.times import moment, refuse_future
from geodata.clean.cleaned import Cleaned
from geodata.clean.desk import Desk
from geodata.raw import RawTable


def clean_history(raw: RawTable, day: date) -> Cleaned:
    """
    The table of past visits; a bad row goes to quarantine, and so does a visit after the day.

    Parameters
    ----------
    raw
        The table.
    day
        The day that is planned for.
    """
    desk = Desk(raw)
    visited_on = moment(desk, "visited_on")
    columns = {
        "visit_id": code(desk, "visit_id"),
        "building_id": code(desk, "building_id"),
        "uscc": uscc(desk),
        "visited_on": visited_on,
        "track": category(desk, "track"),
        "authority": category(desk, "authority"),
        "team": code(desk, "team"),
        "outcome": category(desk, "outcome"),
        "selection_probability": number(desk, "selection_probability"),
        "ground": category(desk, "ground"),
        "officers": id_list(half_width(desk, "officers")),
    }
    refuse_future(desk, "visited_on", visited_on, pd.Timestamp(day))
    return desk.finish(columns, "visit_id", stops=False)
