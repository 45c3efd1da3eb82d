"""Cleaner of leads and investigations; errors name row and column but do not quote confidential text."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pandas as pd

from geodata.clean.column_parsers.categories import category
from geodata.clean.column_parsers.columns import code_column, name, uscc
from geodata.clean.column_parsers.date_columns import deadline, moment, refuse_future
from geodata.clean.coordinates import points
from geodata.clean.table_cleaner import Cleaned, TableCleaner
from geodata.datum.datum_names import Datum
from geodata.errors import Issue
from geodata.raw_table import Column, RawTable

HIDDEN = "…"
# Ids, dates and numbers are not text, nor are words too short to be more than a lead type or a state.
_PLAIN = re.compile(r"[0-9A-Za-z:+./_ -]{1,32}|.{1,8}")
# Values of an error that come from the catalogue, not from the row.
_OF_CATALOGUE = ("column", "allowed", "nearest", "check", "datum", "section")


def clean_leads(raw: RawTable, datum: Datum, day: date) -> Cleaned:
    """Clean the leads; bad rows, and leads received after `day`, go to quarantine, where long texts are redacted."""
    cleaner = TableCleaner(raw)
    columns: dict[str, Column] = {
        "lead_id": code_column(cleaner, "lead_id"),
        "event_id": code_column(cleaner, "event_id"),
        "lead_type": category(cleaner, "lead_type"),
        "lead_source": category(cleaner, "lead_source"),
        "received_at": moment(cleaner, "received_at", day=day, is_past=True),
        "due_at": deadline(cleaner, "due_at", day),
        "address": name(cleaner, "address"),
        "building_id": code_column(cleaner, "building_id"),
        "uscc": uscc(cleaner),
    }
    columns["lon"], columns["lat"] = points(cleaner, datum)
    refuse_future(cleaner, "received_at", columns["received_at"], pd.Timestamp(day))
    cleaned = cleaner.finish(columns, "lead_id", stops=False)
    found = cleaned.quarantine
    # No address, no long text; column `private` keeps the errors' full values.
    shown = found.assign(
        values=[_redacted(text, _OF_CATALOGUE) for text in found["values"]],
        content=[_redacted(text, ()) for text in found["content"]],
        private=found["values"],
    )
    return replace(cleaned, quarantine=shown)


def without_cells(issue: Issue) -> Issue:
    """Return a copy of an issue with the values that it quotes from a row of the file replaced by `HIDDEN`."""
    return replace(issue, values={k: v if k in _OF_CATALOGUE else HIDDEN for k, v in issue.values.items()})


def _redacted(text: str, always: tuple[str, ...]) -> str:
    cells: Mapping[str, object] = json.loads(text)
    # A line that maps a word reveals no more than the word.
    always = (*always, "line") if "line" in cells and _is_plain("value", cells["value"]) else always
    shown = {k: v if k in always or _is_plain(k, v) else HIDDEN for k, v in cells.items()}
    return json.dumps(shown, ensure_ascii=False, sort_keys=True)


def _is_plain(column: str, value: object) -> bool:
    return column != "address" and (not isinstance(value, str) or _PLAIN.fullmatch(value) is not None)


def clean_investigations(raw: RawTable, day: date | None = None) -> Cleaned:
    """
    Clean the investigations; a bad row stops the run, since plans would disclose the investigated building.

    `day`: day near which dates without a year lie.
    """
    cleaner = TableCleaner(raw)
    columns = {
        "investigation_id": code_column(cleaner, "investigation_id"),
        "building_id": code_column(cleaner, "building_id"),
        "uscc": uscc(cleaner),
        "opened_on": moment(cleaner, "opened_on", day=day),
        "closed_on": moment(cleaner, "closed_on", day=day),
    }
    cleaned = cleaner.finish(columns, "investigation_id", stops=True)
    return replace(cleaned, issues=tuple(map(without_cells, cleaned.issues)))
