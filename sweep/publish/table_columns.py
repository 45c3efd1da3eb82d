"""
Columns of the written tables, by file or layer.

A column has the same meaning in every file: `column.<name>.is` in the catalogue. docs/output-columns.md is made from
both.
"""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from sweep.disk.formula_safe_csv import csv_text
from sweep.scenario.law_and_form_settings import FILING_COLUMNS

type Row = Mapping[str, Any]
"""Cells of one row by column name; each table selects its own columns."""

# Columns of `Edition.ranking`, one row a building, best first.
RANKING_COLUMNS = (
    *("building_id", "rank", "cluster_id", "division_code", "n_firms", "n_leads", "n_leads_30d", "decayed_leads"),
    *("exposure_firm_days", "raw_rate", "neighbour_rate", "rate", "rate_low", "rate_high", "p_twice_district"),
    *("p_find", "team_hours", "value", "value_per_hour", "last_visit_on", "rank_with_lead", "rank_if_cleared"),
    *("scored_by", "data_on"),
    # Labels that do not affect the order.
    *("scan_cluster", "scan_relative_risk", "scan_p", "alert_cluster", "alert_p", "exceedance_q", "p_first_k"),
)
_RANKING = " ".join(RANKING_COLUMNS)
_STOP = "team_id letter number visit_id building_id building_name"
_TIMES = "track arrive_at start_at end_at"
_ROUTE = "team_id letter n_stops depart_at return_at distance_m"
_CLUSTER = "n_leads n_firms lead_rate lead_rate_low lead_rate_high team_hours expected_finds finds_per_hour"
_COVERED = ("n_buildings", "n_firms", "n_leads", "expected_finds", "floor_area_m2")

COLUMNS: Mapping[str, tuple[str, ...]] = {
    table: tuple(names.split())
    for table, names in {
        "ranking.csv": f"{_RANKING} terms",
        "buildings.csv": f"{_RANKING} building_name address n_floors n_exits floor_area_m2 complex_id lon lat "
        "visit_ids tracks teams terms",
        "clusters.csv": "rank cluster_id n_buildings n_firms n_leads lead_rate lead_rate_low lead_rate_high team_hours "
        "expected_finds finds_per_hour diameter_m building_ids",
        "coverage.csv": "scope scope_id " + " ".join(f"{name} {name}_reached" for name in _COVERED),
        "unserved.csv": "visit_id building_id building_name track division_code value code reason action",
        "violations.csv": "rule_id where what",
        "quarantine.csv": "file row code what fix content",
        "matched.csv": "table key text read_as building_id building_name how how_text score runner_up runner_up_name "
        "runner_up_score code reason candidates scores file row",
        "unmatched.csv": "table file row key precision code reason address candidates scores score margin",
        "draw.csv": "place building_id building_name ticket inclusion_probability is_drawn size seed pool_sha256",
        "draw_firms.csv": "building_id place uscc ticket ratio inclusion_probability is_drawn",
        "draw_officers.csv": "visit_id place person_id agency ticket status goes",
        "filing.csv": " ".join(FILING_COLUMNS),
        "prevalence.csv": "outcome n_drawn n_no_access n_found n_weeks is_enough share low high",
        "concentration.csv": "measure scope scope_id amount",
        "counts.csv": "division_name n_buildings_reached n_targets n_leads",
        "stops.csv": f"{_STOP} address division_code {_TIMES} floor_from floor_to n_exits n_guards targets partners "
        "travel_s distance_m is_attempt lon lat",
        "comparison.csv": "plan_id scenario day n_teams n_teams_reserve n_police n_market_regulation n_helpers value "
        "due costs objective bound gap no_find n_stops n_served n_buildings_reached n_targets n_doors service_s "
        "travel_s distance_m n_unserved unserved_value n_leads n_leads_reached n_due n_due_reached n_clusters_reached "
        "floor_area_m2_reached gain_per_team",
        "comparison.csv (campaigns)": "table group figure first second difference",
        "comparison.csv (provinces)": "county_id county_name change value_before value_after mobile_before "
        "mobile_after",
        "whatif.csv": "n_teams value n_due n_due_reached objective bound gap n_served n_visits n_leads_reached n_leads "
        "n_buildings_reached n_buildings rules_broken",
        "plan.gpkg: streets": "street_id street_name highway",
        "plan.gpkg: buildings": f"{_RANKING} building_name address n_floors floor_area_m2",
        "plan.gpkg: cluster_outlines": f"cluster_id rank n_buildings {_CLUSTER}",
        "plan.gpkg: clusters": f"cluster_id rank n_buildings {_CLUSTER}",
        "plan.gpkg: routes": _ROUTE,
        "plan.gpkg: unserved": "visit_id building_id building_name track value codes reasons",
        "plan.gpkg: bases": "base_id base_name letters",
        "plan.gpkg: stops": f"{_STOP} {_TIMES} value is_attempt",
        "plan.geojson: base": "kind base_id base_name",
        "plan.geojson: route": f"kind {_ROUTE} colour",
        "plan.geojson: stop": f"kind {_STOP} address {_TIMES} is_attempt",
        "plan.geojson: unserved": "kind visit_id building_id building_name track codes reasons",
        "plan.geojson: building": "kind building_id building_name address n_floors floor_area_m2",
    }.items()
}
"""Columns by file; some files have further ones that depend on the request, such as the settings of a what-if study."""


def table_csv(table: str, rows: Iterable[Row]) -> str:
    """Return a table as CSV, from rows with at least its columns; `table`: file name, a key of `COLUMNS`."""
    columns = COLUMNS[table]
    return csv_text(columns, ([row[column] for column in columns] for row in rows))


def rows_csv(rows: Sequence[Row]) -> str:
    """Return `rows` (at least one) as CSV, with the columns of the first row."""
    return csv_text(list(rows[0]), (list(row.values()) for row in rows))


def table_frame(table: str, rows: Iterable[Row]) -> pd.DataFrame:
    """Return a table as a DataFrame, from rows with at least its columns; `table`: file name, a key of `COLUMNS`."""
    columns = COLUMNS[table]
    return pd.DataFrame([[row[column] for column in columns] for row in rows], columns=list(columns))


def record_row(record: Any, **own: object) -> dict[str, Any]:
    """Return a dataclass as a row: fields by name (int in a float field as float), with the cells `own` added."""
    fields = {f.name: getattr(record, f.name) for f in dataclasses.fields(record)}
    decimal = {f.name for f in dataclasses.fields(record) if f.type in (float, "float")}
    return {name: float(value) if name in decimal else value for name, value in fields.items()} | own
