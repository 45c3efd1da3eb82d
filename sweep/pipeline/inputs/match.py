"""MATCH: clean tables tied to each other: firms and leads to buildings, results of earlier plans to the history."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import pandas as pd

from geodata.city.settings.places import DISTRICTS
from geodata.errors import InputError, Issue
from geodata.match.datum_check import check_footprints, check_points
from geodata.match.match import match_firms, match_leads
from sweep.follow.outcomes import history_rows
from sweep.follow.rechecks import follow_rechecks
from sweep.pipeline.inputs.clean import CleanTables
from sweep.pipeline.inputs.follow_up import closings_before, results_before
from sweep.pipeline.inputs.inputs import Inputs
from sweep.pipeline.inputs.law import law_faults, recusal_faults
from sweep.pipeline.inputs.secrets import investigation_faults
from sweep.pipeline.inputs.unmatched import unmatched_table
from sweep.publish.edition import no_shapes
from sweep.scenario.scenario import Scenario


def match(scenario: Scenario, tables: CleanTables) -> Inputs:
    """
    Inputs that know their buildings.

    Raises
    ------
    InputError
        If the scenario's rules or papers contradict its tables or its day; see `law_faults`, `investigation_faults`.
    """
    within_m, buildings = tables.data.match_within_m, tables.buildings
    firms = match_firms(tables.firms, buildings, within_m)
    leads = match_leads(tables.leads, firms.table, buildings, within_m, firms.gazetteer)
    faults = list(law_faults(scenario, buildings, firms.table, tables.roster, tables.history))
    secret, rows = tables.investigations, tables.rows.get("investigations")
    faults += investigation_faults(secret, buildings, firms.table, scenario.day, rows)
    if faults:
        raise InputError(faults)
    known = results_before(tables.results, scenario.day)
    rechecks = follow_rechecks(known, scenario.follow_up, closings_before(tables.closings, scenario.day))
    matched = {"firms": firms, "leads": leads}
    return Inputs(
        buildings=buildings,
        firms=firms.table,
        leads=leads.table,
        roster=tables.roster,
        bases=tables.bases,
        history=_with_results(tables.history, known, [r.recheck_id for r in rechecks]),
        streets=tables.streets,
        water=tables.water,
        borders=_borders(tables.districts),
        street_file=tables.street_file,
        files=tables.files,
        repairs=tables.repairs,
        matches={f"{name}.{kind}": n for name, m in matched.items() for kind, n in m.counts.items()},
        quarantine=tables.quarantine,
        unmatched=unmatched_table(matched, tables.rows),
        rows=tables.rows,
        division_names=_division_names(scenario, tables.districts),
        rechecks=rechecks,
        investigations=tables.investigations,
        warnings=_warnings(scenario, tables, firms.table, leads.table),
    )


def _warnings(scenario: Scenario, tables: CleanTables, firms: pd.DataFrame, leads: pd.DataFrame) -> tuple[Issue, ...]:
    data, buildings = tables.data, tables.buildings
    return (
        *_made_up(tables),
        *tables.warnings,
        *check_footprints(buildings, tables.streets, tables.footprint_datum),
        *check_points(firms, buildings, data.datum, data.firms),
        *check_points(leads, buildings, data.datum, data.leads),
        # Where the scenario does not allow for them, they have stopped the run.
        *recusal_faults(scenario, buildings, firms, tables.roster),
    )


def _made_up(tables: CleanTables) -> tuple[Issue, ...]:
    """One warning (G307) a table that is still the one that `sweep init` made up."""
    made_up = tables.data.made_up
    still = [i for i in tables.files if made_up.get(i.table) == i.sha256]
    return tuple(Issue("G307", f"data.{i.table}", {"file": i.file}) for i in still)


def _with_results(history: pd.DataFrame, results: pd.DataFrame, recheck_ids: Sequence[str]) -> pd.DataFrame:
    rows = history_rows(results, recheck_ids)
    return pd.concat([history, rows], ignore_index=True) if len(rows) else history


def _borders(districts: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame:
    return no_shapes("division_name") if districts is None else districts[["division_name", "geometry"]]


def _division_names(scenario: Scenario, districts: gpd.GeoDataFrame | None) -> dict[str, str]:
    if districts is not None:
        named = districts.dropna(subset="division_name")
        return dict(zip(named["division_code"], named["division_name"], strict=True))
    return {} if scenario.city is None else {d.code: d.name for d in DISTRICTS}
