"""READ, CLEAN, MATCH: a scenario's files into clean tables that know their buildings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geodata.city.cache import city_folder
from geodata.city.settings.city import CitySettings
from geodata.city.settings.places import DISTRICTS
from geodata.errors import InputError, Issue
from geodata.match.datum_check import check_footprints, check_points
from geodata.match.match import match_firms, match_leads
from geodata.raw import Column
from sweep.follow.outcomes import history_rows
from sweep.follow.rechecks import follow_rechecks
from sweep.pipeline.inputs.follow_up import closings_before, results_before
from sweep.pipeline.inputs.law import law_faults, recusal_faults
from sweep.pipeline.inputs.reader import Reader
from sweep.pipeline.inputs.unmatched import unmatched_table
from sweep.publish.edition import InputFile, no_shapes
from sweep.records.visits import Recheck
from sweep.scenario.inputs import Data
from sweep.scenario.scenario import Scenario

CITY_FILES = Data(
    buildings="city.osm.pbf",
    building_files="building_files.csv",
    streets="city.osm.pbf",
    history="history.csv",
)


@dataclass(frozen=True, slots=True)
class Inputs:
    """Clean, matched tables, and what became of every row."""

    buildings: gpd.GeoDataFrame
    firms: pd.DataFrame
    leads: pd.DataFrame
    roster: pd.DataFrame
    bases: pd.DataFrame
    history: pd.DataFrame
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
    """Firms and leads without a building: `sweep.pipeline.inputs.unmatched.unmatched_table`."""
    division_names: Mapping[str, str]
    """By code, as the scenario's own file of districts has them, or the made-up city; others are in the catalogue."""
    rows: Mapping[str, tuple[str, Column]] = field(default_factory=dict)
    """By table: the file, and in which of its rows each row of the clean table stood."""
    rechecks: tuple[Recheck, ...] = ()
    """Every item that past results opened, closed or not (C27)."""
    investigations: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Empty, or of the form `geodata.schema.INVESTIGATIONS` (C26)."""
    warnings: tuple[Issue, ...] = ()
    """What stops nothing, but must be told: coordinates that look like another datum's."""


def load_inputs(scenario: Scenario) -> Inputs:
    """
    Read, clean and match a scenario's files.

    Raises
    ------
    InputError
        With the faults of all files.
    """
    folder, data = _folder(scenario)
    reader = Reader(folder, data, scenario)
    cleaned = reader.clean_all()
    streets, water = reader.read_streets(), reader.read_water()
    investigations = reader.read_investigations(folder if scenario.city is None else scenario.folder)
    results, closings = reader.read_results(), reader.read_closings()
    reader.stop_if_faulty()
    known = results_before(results, scenario.day)
    rechecks = follow_rechecks(known, scenario.follow_up, closings_before(closings, scenario.day))
    every = [*cleaned.values(), *reader.others]
    tables = {name: c.table for name, c in cleaned.items()}
    buildings = gpd.GeoDataFrame(tables["buildings"])
    firms = match_firms(tables["firms"], buildings, data.match_within_m)
    leads = match_leads(tables["leads"], firms.table, buildings, data.match_within_m, firms.gazetteer)
    matched = {"firms": firms, "leads": leads}
    if faults := law_faults(scenario, buildings, firms.table, tables["roster"], tables["history"]):
        raise InputError(faults)
    return Inputs(
        buildings=buildings,
        firms=firms.table,
        leads=leads.table,
        roster=tables["roster"],
        bases=tables["bases"],
        history=_with_results(tables["history"], known, [r.recheck_id for r in rechecks]),
        streets=streets,
        water=water,
        borders=_borders(reader.districts),
        street_file=reader.street_file,
        files=tuple(reader.inputs),
        repairs=dict(sum((Counter(c.repairs) for c in every), Counter())),
        matches={f"{name}.{kind}": n for name, m in matched.items() for kind, n in m.counts.items()},
        quarantine=pd.concat([c.quarantine for c in every], ignore_index=True),
        unmatched=unmatched_table(matched, reader.rows),
        rows=reader.rows,
        division_names=_division_names(scenario, reader.districts),
        rechecks=rechecks,
        investigations=investigations,
        warnings=(
            *_made_up(reader.inputs, data),
            *cleaned["buildings"].warnings,
            *check_footprints(buildings, streets, reader.footprint_datum),
            *check_points(firms.table, buildings, data.datum, data.firms),
            *check_points(leads.table, buildings, data.datum, data.leads),
            # Where the scenario does not allow for them, they have stopped the run.
            *recusal_faults(scenario, buildings, firms.table, tables["roster"]),
        ),
    )


def _with_results(history: pd.DataFrame, results: pd.DataFrame, recheck_ids: Sequence[str]) -> pd.DataFrame:
    rows = history_rows(results, recheck_ids)
    return pd.concat([history, rows], ignore_index=True) if len(rows) else history


def _made_up(inputs: Sequence[InputFile], data: Data) -> tuple[Issue, ...]:
    """One warning (G307) a table that is still the one that `sweep init` made up."""
    return tuple(
        Issue("G307", f"data.{i.table}", {"file": i.file}) for i in inputs if data.made_up.get(i.table) == i.sha256
    )


def _borders(districts: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame:
    return no_shapes("division_name") if districts is None else districts[["division_name", "geometry"]]


def _division_names(scenario: Scenario, districts: gpd.GeoDataFrame | None) -> dict[str, str]:
    if districts is not None:
        named = districts.dropna(subset="division_name")
        return dict(zip(named["division_code"], named["division_name"], strict=True))
    return {} if scenario.city is None else {d.code: d.name for d in DISTRICTS}


def _folder(scenario: Scenario) -> tuple[Path, Data]:
    if scenario.city is None:
        return scenario.folder, scenario.data
    settings = CitySettings(day=scenario.day, **scenario.city.model_dump())
    changed = scenario.data.model_dump(exclude_unset=True)
    return city_folder(settings), CITY_FILES.model_copy(update=changed)
