"""Clean, matched inputs of one scenario."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geodata.errors import Issue
from sweep.records.input_files import InputFile
from sweep.records.pins import Pin
from sweep.records.visits import Recheck


@dataclass(frozen=True, slots=True)
class Inputs:
    """Clean, matched tables, and what became of every row."""

    buildings: gpd.GeoDataFrame
    firms: pd.DataFrame
    leads: pd.DataFrame
    roster: pd.DataFrame
    bases: pd.DataFrame
    history: pd.DataFrame
    """Past visits and results taken in, without the visits of investigations (C26)."""
    streets: gpd.GeoDataFrame
    water: gpd.GeoDataFrame
    """To draw: `geometry`."""
    borders: gpd.GeoDataFrame
    """To draw: `division_name`, `geometry`."""
    street_file: Path | None
    files: tuple[InputFile, ...]
    repairs: dict[str, int]
    matches: dict[str, int]
    quarantine: pd.DataFrame
    unmatched: pd.DataFrame
    """Firms and leads without a building: `geodata.match.unmatched_rows.COLUMNS`, with `table`, `file` and `row`."""
    division_names: Mapping[str, str]
    """Names of divisions by code, those of the scenario's own file of districts or of the made-up city alone."""
    rows: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    """`sweep.inputs.collector.Collector.rows`."""
    rechecks: tuple[Recheck, ...] = ()
    """Every item that past results opened, closed or not (C27)."""
    investigations: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Empty, or of the form `geodata.schema.INVESTIGATIONS` (C26)."""
    matched: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Firms and leads matched by text: `geodata.match.unmatched_rows.TEXT_COLUMNS`, with `table`, `file`, `row`."""
    pins: tuple[Pin, ...] = ()
    """Pins of the planners."""
    unseen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Names in pins, assignments and special lists that tables shown in part do not have, by place."""
    warnings: tuple[Issue, ...] = ()
    """Warnings that stop nothing, such as coordinates that look like another datum's."""
