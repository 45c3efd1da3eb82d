"""Leads: what was reported or discovered, of which type, when and where."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd

from geodata.clean.cells.cells import category, code, name, uscc
from geodata.clean.cells.times import deadline, moment, refuse_future
from geodata.clean.cleaned import Cleaned
from geodata.clean.desk import Desk
from geodata.clean.hushed import without_texts
from geodata.clean.places import points
from geodata.datum.names import Datum
from geodata.raw import Column, RawTable


def clean_leads(raw: RawTable, datum: Datum, day: date) -> Cleaned:
    """The leads table; a bad row goes to quarantine without its text, and so does a lead received after the day."""
    desk = Desk(raw)
    columns: dict[str, Column] = {
        "lead_id": code(desk, "lead_id"),
        "event_id": code(desk, "event_id"),
        "lead_type": category(desk, "lead_type"),
        "lead_source": category(desk, "lead_source"),
        "received_at": moment(desk, "received_at", day=day, is_past=True),
        "due_at": deadline(desk, "due_at", day),
        "address": name(desk, "address"),
        "building_id": code(desk, "building_id"),
        "uscc": uscc(desk),
    }
    columns["lon"], columns["lat"] = points(desk, datum)
    refuse_future(desk, "received_at", columns["received_at"], pd.Timestamp(day))
    cleaned = desk.finish(columns, "lead_id", stops=False)
    return replace(cleaned, quarantine=without_texts(cleaned.quarantine))
