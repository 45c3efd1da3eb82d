"""CLEAN: conversion of raw tables to tables that satisfy their schemas; all errors are collected first."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.clean.buildings import clean_buildings
from geodata.clean.column_parsers import columns as cells
from geodata.clean.districts import clean_districts
from geodata.clean.firms import clean_firms
from geodata.clean.history import clean_history
from geodata.clean.inspection_platform_tables import clean_other_inspections
from geodata.clean.leads import clean_investigations, clean_leads
from geodata.clean.pins_and_address_assignments import clean_assign, clean_pins
from geodata.clean.roster_and_bases import check_base_ids, check_bases, clean_bases, clean_roster
from geodata.clean.streets_and_water import clean_street_lines, clean_water
from geodata.clean.table_cleaner import QUARANTINE_COLUMNS, Cleaned, TableCleaner
from geodata.datum.datum_names import BD09, BD09MC, CGCS2000, GCJ02, WGS84, Datum, datum_in
from geodata.errors import Code, InputError, Issue, toml_line
from geodata.raw_table import RawTable
from geodata.read.osm.buildings_and_streets import read_osm_buildings, read_osm_streets
from geodata.read.osm.water import read_osm_water
from geodata.read.read_table import safe_path
from geodata.roads.line_noding import lines_file
from geodata.schema import (
    ASSIGN_ROWS,
    CRS,
    INVESTIGATIONS,
    OTHER_INSPECTIONS,
    PIN_ROWS,
    SCHEMAS,
    STREETS,
    no_rows,
    no_shapes,
)
from sweep.follow.rechecks import ManualClosing
from sweep.inputs.findings_collector import FindingsCollector
from sweep.inputs.matched_inputs import TablesWithoutMatching
from sweep.inputs.osm_map import chosen_offices, clip_outline, is_osm, is_osm_buildings, osm_file, osm_table
from sweep.inputs.read_tables import PLAN_TABLES, RawInputs
from sweep.scenario.input_settings import Data, first_setting, keys_of
from sweep.scenario.scenario import Scenario

# Optional columns, and the rule that needs each.
_COLUMNS_OF_RULES = {("roster", "recusals"): "C10", ("history", "officers"): "C28", ("firms", "credit_class"): "C06"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanTables(TablesWithoutMatching):
    """Tables that satisfy their schemas (`geodata.schema`), with the outcome of every row of the files."""

    data: Data
    """Section [data] of the scenario; for a synthetic city, the city's files."""
    unplanned: Mapping[str, str]
    """Names of buildings in districts that are not planned, by building id."""
    firms: pd.DataFrame
    leads: pd.DataFrame
    history: pd.DataFrame
    districts: gpd.GeoDataFrame | None
    """Outlines of the districts; None without any."""
    pins: pd.DataFrame
    """`geodata.schema.PIN_ROWS`; may be empty."""
    assign: pd.DataFrame
    """`geodata.schema.ASSIGN_ROWS`; may be empty."""
    results: pd.DataFrame
    """Results of earlier plans, `geodata.schema.RESULTS`."""
    closings: tuple[ManualClosing, ...]
    """Re-check items that an officer has closed without a visit."""
    header_datums: tuple[Issue, ...]
    """Warnings (G320) on tables whose headers name a datum other than the scenario's."""
    is_map: bool
    """Whether the buildings come from OpenStreetMap."""
    footprint_datum: Datum
    """Datum of the buildings' outlines."""
    warnings: tuple[Issue, ...]
    """Warnings that stop nothing, accepted losses first."""


def clean(scenario: Scenario, raw: RawInputs, *, is_study: bool = False) -> CleanTables:
    """
    Return the clean tables of a scenario, with streets and water from OpenStreetMap clipped by `data.clip`.

    A study (`is_study`) keeps the people who are off duty on the roster's day.

    Raises
    ------
    InputError
        With the errors of all files, including those of reading.
    """
    found = FindingsCollector(raw.issues, raw.data.accept_losses)
    districts = _clean_districts(raw, found)
    main, unplanned = _clean_main(scenario, raw, districts, found, is_study=is_study)
    street_file, streets = found.attempt(lambda: _clean_streets(raw, districts, found)) or (None, _no_streets())
    water = _clean_water(raw, districts, found)
    investigations = found.clean(
        raw.tables.get("investigations"), lambda table: clean_investigations(table, scenario.day)
    )
    others = found.clean(raw.tables.get("other_inspections"), clean_other_inspections)
    pins = found.clean(raw.tables.get("pins"), lambda table: clean_pins(table, scenario.day))
    assign = found.clean(raw.tables.get("assign"), clean_assign)
    found.files += raw.follow_up_files
    found.stop_if_faulty()
    return CleanTables(
        data=raw.data,
        buildings=gpd.GeoDataFrame(main["buildings"].table),
        unplanned=unplanned,
        firms=main["firms"].table,
        leads=main["leads"].table,
        roster=main["roster"].table,
        bases=main["bases"].table,
        history=main["history"].table,
        districts=districts,
        streets=streets,
        street_file=street_file,
        water=water,
        investigations=investigations.table if investigations else no_rows(INVESTIGATIONS),
        other_inspections=others.table if others else no_rows(OTHER_INSPECTIONS),
        pins=pins.table if pins else no_rows(PIN_ROWS),
        assign=assign.table if assign else no_rows(ASSIGN_ROWS),
        results=raw.results,
        closings=raw.closings,
        header_datums=tuple(_header_datums(raw)),
        is_map=is_osm_buildings(raw.folder / raw.data.label("buildings")),
        footprint_datum=_footprint_datum(raw),
        files=tuple(found.files),
        rows=found.rows,
        repairs=found.repairs(),
        quarantine=found.quarantine(),
        warnings=(
            *found.losses,
            *found.hints,
            *_empty_divisions(raw.data, main["buildings"].table),
            *_columns_missing(raw),
            *(warning for table in main.values() for warning in table.warnings),
        ),
    )


def _clean_districts(raw: RawInputs, found: FindingsCollector) -> gpd.GeoDataFrame | None:
    datum = first_setting(raw.data.datums, keys_of("districts", raw.data.label("districts")))
    cleaned = found.clean(raw.tables.get("districts"), lambda table: clean_districts(table, datum))
    return gpd.GeoDataFrame(cleaned.table) if cleaned and not cleaned.issues else None


def _clean_main(
    scenario: Scenario,
    raw: RawInputs,
    districts: gpd.GeoDataFrame | None,
    found: FindingsCollector,
    *,
    is_study: bool,
) -> tuple[dict[str, Cleaned], dict[str, str]]:
    """Return the cleaned tables by name, and the names, by id, of buildings in districts that are not planned."""
    data, day, tables = raw.data, scenario.day, raw.tables
    files = tables.get("building_files")
    # Before the buildings: without map data, the firms inside make a building an office building.
    firms = found.clean(tables.get("firms"), lambda table: clean_firms(table, data.datum_of("firms")))
    buildings = found.attempt(lambda: _buildings_table(raw, districts, firms, found))
    outlines = found.attempt(lambda: _map_outlines(raw, districts, found))
    cleaned = {
        "buildings": found.clean(
            buildings,
            lambda table: clean_buildings(
                table, files, _footprint_datum(raw), districts, data.division_code, outlines, data.divisions
            ),
            companion=files,
        ),
        "firms": firms,
        "leads": found.clean(tables.get("leads"), lambda table: clean_leads(table, data.datum_of("leads"), day)),
        "roster": found.clean(tables.get("roster"), partial(clean_roster, is_of_one_day=not is_study)),
        "bases": found.clean(tables.get("bases"), lambda table: clean_bases(table, data.datum_of("bases"))),
    }
    people = frozenset(roster.table["person_id"]) if (roster := cleaned["roster"]) else frozenset()
    cleaned["history"] = found.clean(tables.get("history"), lambda table: clean_history(table, day, people))
    unread = [name for name in ("history", *PLAN_TABLES) if name not in tables]
    for name in (n for n in unread if not (raw.issues and getattr(data, n))):
        none = Cleaned(no_rows(SCHEMAS[name]), (), {}, pd.DataFrame(columns=list(QUARANTINE_COLUMNS)))
        cleaned[name] = found.cleaned[name] = none
        if name in PLAN_TABLES:
            found.rows[name] = pd.DataFrame({"file": [], "row": [], "label": []})
    main = {name: table for name, table in cleaned.items() if table is not None}
    if "roster" in main and "bases" in main:
        found.issues += check_bases(main["roster"].table, main["bases"].table, data.label("roster"))
    if "bases" in main and "buildings" in main:
        found.issues += check_base_ids(main["bases"].table, main["buildings"].table, data.label("bases"))
    if len(main) < len(cleaned):
        found.stop_if_faulty()
    return main, _unplanned_names(data, buildings, main["buildings"])


def _unplanned_names(data: Data, raw: RawTable | None, planned: Cleaned) -> dict[str, str]:
    """Return names by id of buildings outside the planned districts (not in `planned`), without quarantined rows."""
    if data.divisions is None or raw is None:
        return {}
    cleaner = TableCleaner(raw)
    ids = cells.code_column(cleaner, "building_id")
    names = cells.name(cleaner, "building_name").fillna(cells.name(cleaner, "address")).fillna("")
    quarantined = set(planned.quarantine["where"])
    is_quarantined = [cleaner.where(int(label)) in quarantined for label in ids.index]
    others = ids.notna() & ~ids.isin(planned.table["building_id"]) & np.logical_not(is_quarantined)
    return dict(zip(ids[others], names[others], strict=True))


def _empty_divisions(data: Data, buildings: pd.DataFrame) -> Iterator[Issue]:
    """Yield a warning (G332) for each planned district without buildings, since its code is often wrong."""
    planned = set(buildings["division_code"])
    for code in data.divisions or ():
        if code not in planned:
            yield Issue("G332", "data.divisions", {"code": code, "n": len(buildings), "codes": tuple(sorted(planned))})


def _columns_missing(raw: RawInputs) -> Iterator[Issue]:
    for (table, column), rule in _COLUMNS_OF_RULES.items():
        found = raw.tables.get(table)
        lacking = [] if found is None else [part for part in found.sources if column not in part.frame]
        for part in [found] if found is not None and len(lacking) == len(found.sources) else lacking:
            yield Issue(Code.RULE_COLUMN_MISSING, part.file, {"table": table, "column": column, "rule": rule})


def _footprint_datum(raw: RawInputs) -> Datum:
    return WGS84 if is_osm_buildings(raw.folder / raw.data.label("buildings")) else raw.data.datum_of("buildings")


def _buildings_table(
    raw: RawInputs, districts: gpd.GeoDataFrame | None, firms: Cleaned | None, found: FindingsCollector
) -> RawTable | None:
    name = raw.data.label("buildings")
    if not is_osm_buildings(raw.folder / name):
        return raw.tables.get("buildings")
    firms_at = firms.table[["lon", "lat"]].dropna().to_numpy(dtype=np.float64) if firms else None
    path, chosen = safe_path(raw.folder, name, "data.buildings"), chosen_offices(raw.folder, raw.data)
    if chosen is not None and raw.data.offices is not None:
        found.files.append(osm_file("offices", raw.folder / raw.data.offices, len(chosen)))
    return osm_table(path, clip_outline(raw.data, districts), firms_at, chosen)


def _header_datums(raw: RawInputs) -> Iterator[Issue]:
    files = [
        (name, source, part)
        for name, table in raw.tables.items()
        for source, part in zip(raw.data.sources(name), table.sources, strict=False)
    ]
    for name, source, table in files:
        header, declared = table.headers.get("lon", ""), raw.data.datum_of(name, source)
        named = datum_in(header)
        if named is not None and not _is_compatible(named, declared):
            facts = {"header": header, "named": named.name, "table": name, "declared": declared.name}
            line = toml_line(source if len(raw.data.sources(name)) > 1 else name, named.name)
            yield Issue("G320", table.file, {**facts, "section": "data.datums", "line": line})


def _is_compatible(named: Datum, declared: Datum) -> bool:
    if named in (WGS84, CGCS2000):
        return declared not in (GCJ02, BD09, BD09MC)
    return declared in ((BD09, BD09MC) if named == BD09 else (named,))


def _map_outlines(
    raw: RawInputs, districts: gpd.GeoDataFrame | None, found: FindingsCollector
) -> gpd.GeoDataFrame | None:
    if raw.data.outlines is None:
        return None
    path = safe_path(raw.folder, raw.data.outlines, "data.outlines")
    outlines = read_osm_buildings(path, only_offices=False, within=clip_outline(raw.data, districts))
    found.files.append(osm_file("outlines", path, len(outlines)))
    return outlines


def _clean_streets(
    raw: RawInputs, districts: gpd.GeoDataFrame | None, found: FindingsCollector
) -> tuple[Path | None, gpd.GeoDataFrame]:
    """Return the file for routing and the streets for maps; without streets None and an empty table."""
    name, lines = raw.data.streets, raw.tables.get("street_lines")
    if name and is_osm(name):
        path = safe_path(raw.folder, name, "data.streets")
        streets = read_osm_streets(path, within=clip_outline(raw.data, districts))
        found.files.append(osm_file("streets", path, len(streets)))
        return path, streets
    if lines is None:
        return None, _no_streets()
    cleaned = found.clean(lines, lambda table: clean_street_lines(table, raw.data.datum_of("street_lines")))
    if cleaned is None or cleaned.table.empty:
        raise InputError([Issue("G125", lines.path.name)])
    path = lines_file(gpd.GeoDataFrame(cleaned.table))
    return path, read_osm_streets(path, within=clip_outline(raw.data, districts), name=lines.path.name)


def _clean_water(raw: RawInputs, districts: gpd.GeoDataFrame | None, found: FindingsCollector) -> gpd.GeoDataFrame:
    data = raw.data
    name = data.water or data.streets or ""
    if not is_osm(name):
        cleaned = found.clean(raw.tables.get("water"), lambda table: clean_water(table, data.datum_of("water")))
        return gpd.GeoDataFrame(geometry=cleaned.table.geometry) if cleaned else no_shapes()

    def osm_water() -> gpd.GeoDataFrame:
        path = safe_path(raw.folder, name, "data.water")
        water = read_osm_water(path, within=clip_outline(data, districts))
        if data.water:
            found.files.append(osm_file("water", path, len(water)))
        return water

    # Errors of the street file are reported with the streets.
    keeper = found if data.water else FindingsCollector()
    water = keeper.attempt(osm_water)
    return no_shapes() if water is None else water


def _no_streets() -> gpd.GeoDataFrame:
    columns: dict[str, list[object]] = {name: [] for name in STREETS.columns}
    return gpd.GeoDataFrame(columns, geometry="geometry", crs=CRS)
