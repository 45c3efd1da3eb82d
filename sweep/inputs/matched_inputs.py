"""Inputs of a scenario, clean and matched to buildings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geodata.errors import Issue
from geodata.schema import OTHER_INSPECTIONS, no_rows
from sweep.records.input_files import InputFile
from sweep.records.pins import Pin
from sweep.records.visits import Recheck


@dataclass(frozen=True, slots=True, kw_only=True)
class TablesWithoutMatching:
    """Clean tables that matching leaves unchanged, and the outcome of every row of all files."""

    buildings: gpd.GeoDataFrame
    roster: pd.DataFrame
    bases: pd.DataFrame
    streets: gpd.GeoDataFrame
    """Streets for maps; empty without a street file."""
    street_file: Path | None
    """OpenStreetMap file for routing: the scenario's, or one made from its street lines; None: straight lines."""
    water: gpd.GeoDataFrame
    """Lakes and rivers for maps: `geometry`; may be empty."""
    investigations: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Places under investigation, `geodata.schema.INVESTIGATIONS` (C26); empty without any."""
    other_inspections: pd.DataFrame = field(default_factory=lambda: no_rows(OTHER_INSPECTIONS))
    """Inspections of firms by other authorities, `geodata.schema.OTHER_INSPECTIONS` (C33)."""
    files: tuple[InputFile, ...]
    """Records of the files read, with their row counts."""
    rows: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    """File and row number of each row, by table: see `sweep.inputs.findings_collector.FindingsCollector.rows`."""
    repairs: dict[str, int]
    """Number of repaired cells or rows, by kind of repair."""
    quarantine: pd.DataFrame
    """Rows that cannot be used, with the reason: `geodata.clean.table_cleaner.QUARANTINE_COLUMNS`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs(TablesWithoutMatching):
    """Clean tables of a scenario, matched to buildings, with the outcome of every row."""

    firms: pd.DataFrame
    leads: pd.DataFrame
    history: pd.DataFrame
    """Past visits and results, without visits of investigations (C26)."""
    borders: gpd.GeoDataFrame
    """District outlines for maps: `division_name` and `geometry`."""
    matches: dict[str, int]
    """Numbers of rows as in `geodata.match.match_rows.Matched.counts`, keys with the table in front: `firms.name`."""
    unmatched: pd.DataFrame
    """Firms and leads without a building: `geodata.match.unmatched_rows.COLUMNS`, with `table`, `file` and `row`."""
    division_names: Mapping[str, str]
    """Names of divisions by code, from the scenario's file of districts or the synthetic city."""
    rechecks: tuple[Recheck, ...] = ()
    """All re-check items that past results opened, open or closed (C27)."""
    matched: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Firms and leads matched by text: `geodata.match.unmatched_rows.TEXT_COLUMNS`, with `table`, `file`, `row`."""
    pins: tuple[Pin, ...] = ()
    """Pins, the planner's decisions about buildings: those of the day, in a study those of all days."""
    unreachable: frozenset[str] = frozenset()
    """Ids of buildings too far from every street for cars, which get no visit."""
    unseen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Buildings or firms named by `pins`, `data.assign` or `law.special` (the keys), but not in the partial tables."""
    warnings: tuple[Issue, ...] = ()
    """Warnings that stop nothing, such as coordinates that suggest another datum."""
