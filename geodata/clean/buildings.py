"""Cleaner of the buildings table: footprints joined with building files (一楼一档), and derived columns."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.clean.column_parsers.columns import code_column, division, name, number, whole
from geodata.clean.coordinates import far_from_rest, footprints, points, points_as_cells
from geodata.clean.districts import against_code, district_of
from geodata.clean.outlines_of_points import PLATE_M2, floor_plates, map_outlines
from geodata.clean.table_cleaner import Cleaned, TableCleaner, as_mask
from geodata.datum.convert import metre_crs
from geodata.datum.datum_names import Datum
from geodata.division_codes import is_listed
from geodata.errors import Issue, Value, first_items
from geodata.raw_table import Column, Mask, RawTable
from geodata.schema import CRS

# Values of the building file take precedence over those of the footprint's table.
_FILE_COLUMNS = ("division_code", "complex_id", "property_company_id", "landlord_id", "floor_area_m2", "n_exits")
# One main entrance and one fire stair: the minimum of a building code for an office tower.
_DEFAULT_EXITS = 2
_SHOWN_CODES = 8
# District of buildings anywhere: outside China there are no codes.
NO_DIVISION = "100000"
# Errors of a single outline of a map; a missing district is an error of the scenario.
_OF_MAP = frozenset({"G202", "G204", "G205", "G206", "G210", "G215", "G216", "G217", "G218", "G219", "G223"})


def clean_buildings(
    raw: RawTable,
    files: RawTable | None,
    datum: Datum,
    districts: gpd.GeoDataFrame | None = None,
    division_code: str | None = None,
    outlines: gpd.GeoDataFrame | None = None,
    divisions: Collection[str] | None = None,
) -> Cleaned:
    """
    Clean the buildings table and join the building files; find the districts of buildings.

    Parameters
    ----------
    files
        Raw table `building_files`; its values take precedence over those of the buildings table. None: no such table.
    datum
        Datum of the footprints and points; WGS-84 for OpenStreetMap.
    districts
        `geodata.schema.DISTRICTS`. The polygon around a building gives its missing district code, or checks the stated
        one (G305, a warning). None: the codes are not checked.
    division_code
        District of the buildings without a code from another source.
    outlines
        `building_name` and outlines of a map, WGS-84, for buildings that are points; see `map_outlines`.
    divisions
        Districts to keep. Buildings of other districts are left out without an error, and so are those without a
        district unless `division_code` is given. None: all.

    Returns
    -------
    Cleaned
        A bad row of either file stops the run, except a bad outline of OpenStreetMap. `divisions` without any building
        stop it too (G321). Quarantined only: a file row of an unknown building, and a building without coordinates in a
        table of points, or far from all others (G309). Missing values are filled in, each counted as a repair: floor
        area = footprint x floors, two exits, one floor, entrance = a point inside the footprint.
    """
    cleaner = TableCleaner(raw)
    points_as_cells(cleaner)
    columns: dict[str, Column] = {
        "building_id": code_column(cleaner, "building_id"),
        "building_name": name(cleaner, "building_name"),
        "other_names": name(cleaner, "other_names"),
        "address": name(cleaner, "address"),
        "division_code": division(cleaner),
        "complex_id": code_column(cleaner, "complex_id"),
        "property_company_id": code_column(cleaner, "property_company_id"),
        "landlord_id": code_column(cleaner, "landlord_id"),
        "kind": name(cleaner, "kind"),
        "n_floors": number(cleaner, "n_floors", derived=True, parse=_floors_above),
        "floor_area_m2": number(cleaner, "floor_area_m2", derived=True),
        "n_exits": number(cleaner, "n_exits", derived=True),
    }
    columns["lon"], columns["lat"] = points(cleaner, datum, derived=True)
    columns["geometry"] = footprints(cleaner, datum, unless=columns["lon"].notna())
    _refuse_far(cleaner, columns)
    filed = clean_building_files(files, columns["building_id"]) if files else None
    if filed:
        columns |= _with_file_values(cleaner, columns, filed.table)
    columns["geometry"] = _with_outlines(cleaner, columns, outlines)
    misplaced = None if districts is None else _districts(cleaner, columns, districts)
    warnings = (*_assumed_outline_warnings(cleaner), *(misplaced or ()))
    if division_code is None and raw.anywhere:
        division_code = NO_DIVISION
    foreign: tuple[Issue, ...] = ()
    codes = columns["division_code"]
    known = codes if division_code is None else codes.fillna(division_code)
    if divisions is not None and not (is_own := known.isin(divisions)).all():
        if is_own.any():
            own = replace(raw, frame=raw.frame.set_axis(cleaner.index)[is_own])
            cleaned = clean_buildings(own, files, datum, districts, division_code, outlines, divisions)
            code_warnings = _wrong_code_warnings(known[~is_own].dropna(), divisions, misplaced)
            return replace(cleaned, warnings=(*code_warnings, *cleaned.warnings))
        foreign = (_no_planned_building(divisions, known),)
        # G321 covers all of these rows; a default code lets their other errors be reported.
        division_code = division_code or NO_DIVISION
    if division_code is not None:
        cleaner.repaired("division_default", columns["division_code"].isna())
        columns["division_code"] = columns["division_code"].fillna(division_code)
    cleaner.add_errors(
        columns["division_code"].isna() & ~cleaner.is_faulty(), "G221", building_id=columns["building_id"]
    )
    done = cleaner.finish(
        columns | _derived_columns(cleaner, columns), "building_id", stops=True, harmless=_harmless(cleaner)
    )
    cleaned = replace(done, issues=(*foreign, *done.issues), warnings=(*_far_warnings(done), *warnings))
    return _with_file_issues(cleaned, filed) if filed else cleaned


def _floors_above(typed: Column) -> pd.Series[float]:
    """Return the number of floors above ground from texts that also state those below it (地上26层,地下2层; B2-26F)."""
    return typed.str.extract(r"(?:地上|B\d+\s*[-~至到/])\s*(\d+)")[0].astype("float64")


def _no_planned_building(divisions: Collection[str], codes: Column) -> Issue:
    known = first_items(sorted(codes.dropna().unique()), _SHOWN_CODES)
    return Issue("G321", "data.divisions", {"n": len(codes), "divisions": tuple(divisions), "codes": known})


def _wrong_code_warnings(
    codes: Column, divisions: Collection[str], misplaced: Iterable[Issue] | None
) -> Iterator[Issue]:
    """
    Yield warnings of buildings whose district code may be wrong, so that the choice of districts drops them by error.

    `codes`: district code of each building. `misplaced`: warnings G305, of buildings outside the outline of their coded
    district. Those that lie in one of `divisions`, the districts to keep, but have the code of a district to drop, are
    yielded again. None means that there are no outlines: one warning (G333) then lists the codes that no division has.
    """
    if misplaced is not None:
        yield from (w for w in misplaced if w.values["within"] in divisions and w.values["district"] not in divisions)
        return
    strange = codes[~codes.map(is_listed).astype(bool)]
    if len(strange):
        known = first_items(sorted(strange.unique()), _SHOWN_CODES)
        yield Issue("G333", "data.divisions", {"n": len(strange), "codes": known})


def _refuse_far(cleaner: TableCleaner, columns: dict[str, Column]) -> None:
    inside = gpd.GeoSeries(columns["geometry"]).representative_point()
    lon, lat = columns["lon"].fillna(inside.x), columns["lat"].fillna(inside.y)
    is_far, off_m = far_from_rest(lon.to_numpy(), lat.to_numpy())
    km = pd.Series(off_m / 1000, index=cleaner.index).round()
    cleaner.add_errors(as_mask(is_far, cleaner.index), "G309", building_id=columns["building_id"], km=km)


def _far_warnings(done: Cleaned) -> list[Issue]:
    far = done.quarantine[done.quarantine["code"].eq("G309")]
    return [Issue("G309", where, json.loads(values)) for where, values in zip(far["where"], far["values"], strict=True)]


def _harmless(cleaner: TableCleaner) -> frozenset[str]:
    """Return the codes of errors that do not stop the run: bad outlines of a map, far buildings, points missing."""
    is_points = "geometry" not in cleaner.frame or bool(cleaner.frame["geometry"].isna().all())
    # A user cannot correct the map, and a few of some thousand outlines are always wrong.
    of_map = _OF_MAP if "osm_building" in cleaner.frame else frozenset()
    return of_map | {"G309", *(("G217",) if is_points else ())}


def _with_outlines(
    cleaner: TableCleaner, columns: dict[str, Column], outlines: gpd.GeoDataFrame | None
) -> gpd.GeoSeries:
    """Return each building's outline; one given as a point gets the map's outline, or a circle as large as a floor."""
    shapes = gpd.GeoSeries(columns["geometry"])
    is_point = shapes.isna() & columns["lon"].notna() & ~cleaner.is_faulty()
    if not is_point.any():
        return shapes
    lon, lat = columns["lon"].where(is_point), columns["lat"].where(is_point)
    if outlines is not None:
        of_map = map_outlines(lon, lat, columns["building_name"], outlines)
        cleaner.repaired("outline_of_map", of_map.notna())
        shapes = gpd.GeoSeries(shapes.where(of_map.isna(), of_map), crs=CRS)
        is_point &= of_map.isna()
    cleaner.repaired("outline_assumed", is_point)
    return gpd.GeoSeries(
        shapes.where(~is_point, floor_plates(lon, lat, columns["floor_area_m2"], columns["n_floors"])), crs=CRS
    )


def _assumed_outline_warnings(cleaner: TableCleaner) -> tuple[Issue, ...]:
    n = cleaner.repairs["outline_assumed"]
    facts: dict[str, Value] = {"n": n, "n_rows": len(cleaner.index), "plate_m2": round(PLATE_M2)}
    return (Issue("G308", cleaner.raw.file, facts),) if n else ()


def _districts(cleaner: TableCleaner, columns: dict[str, Column], districts: gpd.GeoDataFrame) -> tuple[Issue, ...]:
    found = district_of(gpd.GeoSeries(columns["geometry"]), districts)
    warnings = against_code(columns, districts, found)
    codes = columns["division_code"]
    cleaner.repaired("division_by_polygon", codes.isna() & found.notna())
    columns["division_code"] = codes.fillna(found)
    return warnings


def clean_building_files(raw: RawTable, building_ids: Column) -> Cleaned:
    """Clean building files (complex, owner, floor area, exits); quarantine ids not in `building_ids` (G222)."""
    cleaner = TableCleaner(raw)
    ids = code_column(cleaner, "building_id")
    columns: dict[str, Column] = {
        "building_id": ids,
        "division_code": division(cleaner),
        "complex_id": code_column(cleaner, "complex_id"),
        "property_company_id": code_column(cleaner, "property_company_id"),
        "landlord_id": code_column(cleaner, "landlord_id"),
        "floor_area_m2": number(cleaner, "floor_area_m2"),
        "n_exits": number(cleaner, "n_exits"),
    }
    cleaner.add_errors(ids.notna() & ~ids.isin(building_ids.dropna()), "G222", building_id=ids)
    return cleaner.finish(columns, "building_id", stops=True, harmless=frozenset({"G222"}))


def _with_file_values(cleaner: TableCleaner, columns: dict[str, Column], files: pd.DataFrame) -> dict[str, Column]:
    by_id = files.set_index("building_id")
    joined = {}
    for column in _FILE_COLUMNS:
        filed = columns["building_id"].map(by_id[column]).astype(columns[column].dtype)
        overruled = filed.notna() & columns[column].notna() & filed.ne(columns[column])
        cleaner.repaired("building_file_used", overruled)
        joined[column] = filed.fillna(columns[column])
    return joined


def _derived_columns(cleaner: TableCleaner, columns: dict[str, Column]) -> dict[str, Column]:
    usable = ~cleaner.is_faulty()
    shapes = gpd.GeoSeries(columns["geometry"])
    lon, lat = columns["lon"], columns["lat"]
    n_floors, area, n_exits = columns["n_floors"], columns["floor_area_m2"], columns["n_exits"]
    for kind, values in (("floors_assumed", n_floors), ("floor_area_derived", area), ("exits_assumed", n_exits)):
        cleaner.repaired(kind, values.isna() & usable)
    n_floors = n_floors.fillna(1)
    area = area.fillna(_footprint_m2(shapes, usable) * n_floors)
    cleaner.add_errors(usable & ~area.between(1.0, 5e6), "G223", area=area.round(1))
    inside = shapes.representative_point()
    cleaner.repaired("entrance_assumed", lon.isna() & usable)
    return {
        "n_floors": whole(cleaner, n_floors, 1),
        "floor_area_m2": area,
        "n_exits": whole(cleaner, n_exits.fillna(_DEFAULT_EXITS), _DEFAULT_EXITS),
        "lon": lon.fillna(inside.x),
        "lat": lat.fillna(inside.y),
    }


def _footprint_m2(shapes: gpd.GeoSeries, usable: Mask) -> pd.Series[float]:
    if not usable.any():
        return pd.Series(np.nan, index=shapes.index)
    bounds = shapes.bounds[usable]
    crs = metre_crs(np.asarray(bounds["minx"]), np.asarray(bounds["miny"]))
    return pd.Series(shapes.to_crs(crs).area, index=shapes.index).where(usable)


def _with_file_issues(buildings: Cleaned, files: Cleaned) -> Cleaned:
    kinds = buildings.repairs.keys() | files.repairs.keys()
    return replace(
        buildings,
        issues=(*buildings.issues, *files.issues),
        repairs={kind: buildings.repairs.get(kind, 0) + files.repairs.get(kind, 0) for kind in sorted(kinds)},
        quarantine=pd.concat([buildings.quarantine, files.quarantine], ignore_index=True),
    )
