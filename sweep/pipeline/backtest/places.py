"""READ: the table of places that dated points are matched to, in a backtest without a scenario's own past."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from geodata.arrays import Float64s
from geodata.clean.buildings import NO_DIVISION, clean_buildings
from geodata.datum.names import WGS84
from geodata.errors import InputError, Issue
from geodata.read.tables import read_table
from sweep.pipeline.backtest.points import DEGREES, METRES, Positions, positions_of, read_csv, refuse_rows
from sweep.pipeline.inputs.osm_map import is_osm_buildings, osm_table
from sweep.pipeline.stages.ranker import visit_hours
from sweep.records.service import PAIRS_PER_INSPECTION, doors_to_call_at
from sweep.scenario.scenario import Scenario

COLUMNS = "x_m, y_m / lon, lat; n_firms, floor_area_m2, team_hours"


@dataclass(frozen=True, slots=True)
class Places:
    """What points are matched to, n rows."""

    positions: Positions
    population: Float64s
    """Firms, or units by floor area; 1 where the table has neither."""
    effort_h: Float64s
    """Team-hours of a visit; 1 where the number of doors is not known."""


def read_places(path: Path, scenario: Scenario) -> Places:
    """
    The places of a plain csv, or of a building table in any form that `data.buildings` takes.

    A plain csv has `x_m` and `y_m`, or `lon` and `lat`, and where it is known `n_firms`, `floor_area_m2`,
    `team_hours`.

    Raises
    ------
    InputError
        S403, S404 as for points; what `geodata` finds in a building table.
    """
    if path.suffix.lower() == ".csv":
        table = read_csv(path, COLUMNS)
        if any(set(names) <= set(table.columns) for names in (METRES, DEGREES)) and len(table):
            return _plain(path, table, scenario)
    return _buildings(path, scenario)


def _plain(path: Path, table: pd.DataFrame, scenario: Scenario) -> Places:
    positions, is_good = positions_of(table, scenario.data.datum)
    columns = {c: _figures(table, c) for c in ("n_firms", "floor_area_m2", "team_hours")}
    for values in columns.values():
        is_good &= np.isnan(values) | (np.isfinite(values) & (values >= 0))
    hours = columns["team_hours"]
    is_good &= np.isnan(hours) | (hours > 0)
    # What is no number must not pass for what is not known.
    for column, values in columns.items():
        if column in table:
            is_good &= ~(np.isnan(values) & table[column].fillna("").str.strip().ne("").to_numpy(np.bool_))
    refuse_rows(path, is_good)
    return _places(positions, columns["n_firms"], columns["floor_area_m2"], hours, scenario)


def _figures(table: pd.DataFrame, column: str) -> Float64s:
    """The numbers of a column, NaN where there is none."""
    if column not in table:
        return np.full(len(table), np.nan)
    return pd.to_numeric(table[column], errors="coerce").to_numpy(np.float64)


def _buildings(path: Path, scenario: Scenario) -> Places:
    data = scenario.data
    is_osm = is_osm_buildings(path)
    raw = osm_table(path) if is_osm else read_table(path, "buildings", data.columns.get("buildings"))
    datum, division_code = WGS84 if is_osm else data.datum_of("buildings"), data.division_code or NO_DIVISION
    raw = replace(raw, anywhere=data.anywhere)
    cleaned = clean_buildings(raw, files=None, datum=datum, districts=None, division_code=division_code)
    if cleaned.issues:
        raise InputError(cleaned.issues)
    table = cleaned.table
    if table.empty:
        raise InputError([Issue("G102", path.name)])
    positions = Positions(table[list(DEGREES)].to_numpy(np.float64), is_metres=False)
    unknown = np.full(len(table), np.nan)
    return _places(positions, unknown, table["floor_area_m2"].to_numpy(np.float64), unknown, scenario)


def _places(positions: Positions, n_firms: Float64s, area_m2: Float64s, hours: Float64s, scenario: Scenario) -> Places:
    doors = [
        doors_to_call_at(round(n), area) for n, area in zip(np.nan_to_num(n_firms), np.nan_to_num(area_m2), strict=True)
    ]
    is_known = np.isfinite(n_firms) | np.isfinite(area_m2)
    by_doors = np.where(is_known, visit_hours(doors, PAIRS_PER_INSPECTION, scenario), 1.0)
    return Places(positions, np.array(doors, np.float64), np.where(np.isnan(hours), by_doors, hours))
