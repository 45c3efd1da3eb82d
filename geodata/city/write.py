"""The city's files: what a planner would have, in the forms that the readers take, and the truth for tests."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from geodata.city.generate import City
from geodata.city.pbf import write_pbf
from geodata.clock import exact_clock


def write_city(city: City, folder: Path) -> None:
    """Write `city.osm.pbf` and the csv files (UTF-8, times in ISO 8601 with +08:00, days as YYYY-MM-DD)."""
    write_pbf(city, folder / "city.osm.pbf")
    tables = {
        "building_files.csv": city.building_files,
        "firms.csv": city.firms,
        "leads.csv": city.leads,
        "roster.csv": city.roster,
        "bases.csv": city.bases,
        "history.csv": city.history,
        "truth.csv": city.truth,
        "truth_leads.csv": city.truth_leads,
    }
    write_tables(tables, folder)


def write_tables(tables: Mapping[str, pd.DataFrame], folder: Path, encoding: str = "utf-8") -> None:
    """
    Write tables as csv, by the names of their files, in the form of `write_city`.

    Parameters
    ----------
    folder
        An existing folder; files of the same names are replaced.
    """
    for name, table in tables.items():
        written = _roster(table) if name == "roster.csv" else table
        _as_text(written).to_csv(folder / name, index=False, encoding=encoding, lineterminator="\n")


def _roster(roster: pd.DataFrame) -> pd.DataFrame:
    """Shifts as clock times, women as 0 or 1: what a duty office's table looks like."""
    table = roster.rename(columns={"shift_start_s": "shift_start", "shift_end_s": "shift_end"})
    for name in ("shift_start", "shift_end"):
        table[name] = [exact_clock(s) for s in table[name]]
    return table.assign(is_female=table["is_female"].astype(int))


def _as_text(table: pd.DataFrame) -> pd.DataFrame:
    """The table with its times as text; aware ones are moments, the others days."""
    text = table.copy()
    for name in table.columns:
        column = table[name]
        if isinstance(column.dtype, pd.DatetimeTZDtype):
            text[name] = [None if pd.isna(t) else t.isoformat(timespec="seconds") for t in column]
        elif pd.api.types.is_datetime64_dtype(column):
            text[name] = [None if pd.isna(t) else t.date().isoformat() for t in column]
    return text
