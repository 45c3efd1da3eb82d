"""Buildings and streets of a new scenario from a real map, with a report on the selection."""

import re
import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.clean.coordinates import in_box
from geodata.clean.districts import clean_districts
from geodata.clean.streets_and_water import clean_street_lines
from geodata.datum.convert import metre_crs
from geodata.datum.datum_names import WGS84
from geodata.errors import Code, InputError, Issue, Value
from geodata.read.osm.buildings_and_streets import read_osm_buildings, read_osm_streets
from geodata.read.osm.geojson_export import EXPORT_SUFFIXES
from geodata.read.osm.scenario_extract import Box, extract_osm
from geodata.read.read_table import read_table
from geodata.read.shapefile_parts_and_zip import parts_of
from geodata.roads.line_noding import lines_file
from geodata.roads.street_table_survey import StreetSurvey, survey_streets
from geodata.schema import BUILDING_FILES
from sweep.disk.formula_safe_csv import csv_text

MAP_FILE = "district.osm.pbf"
FOUND_FILE = "found_buildings.csv"
REASONS = ("building", "office", "name", "floors", "office points", "firms", "area")


@dataclass(frozen=True, slots=True)
class MapFiles:
    """Map files from which a new scenario is made."""

    osm: Path
    """OpenStreetMap file, or a GeoJSON export of the map's buildings."""
    streets: Path | None = None
    """Table of street lines, if `osm` is an export of buildings only."""
    districts: Path | None = None
    """Table of district outlines, or None."""
    division_code: str | None = None
    """District to which the map is clipped, if `districts` is given; else the district of every building."""
    box: Box | None = None
    """Box to read, (west, south, east, north) in degrees, unless a district's outline is read; None: the whole map."""


@dataclass(frozen=True, slots=True)
class MapContent:
    """Buildings and streets of a map, with the settings ([data] keys) that read them."""

    buildings: gpd.GeoDataFrame
    """Office buildings, as from `geodata.read.osm.buildings_and_streets.read_osm_buildings`."""
    survey: StreetSurvey | None
    """Length and connectivity of the streets, and places far from them; None without streets."""
    keys: Mapping[str, object]
    """Settings for scenario.toml, by key of [data], such as `buildings` and `clip`."""
    streets: gpd.GeoDataFrame | None = None
    """Streets as `geodata.schema.STREETS`; None without streets."""
    division_names: Mapping[str, str] = field(default_factory=dict)
    """Names of divisions by code, from the file of districts."""

    @property
    def reasons(self) -> dict[str, int]:
        """Return the number of buildings by the reason (a key of `REASONS`) why they count as office buildings."""
        counts = Counter(reason.split("=")[0] for reason in self.buildings["office_reason"])
        return {kind: counts[kind] for kind in REASONS if counts[kind]}


def parse_box(text: str) -> Box:
    """Return (west, south, east, north) from a text `W,S,E,N` in degrees; InputError (S109) for any other text."""
    figures = [float(part) for part in text.split(",") if re.fullmatch(r"\s*-?\d+(?:\.\d+)?\s*", part)]
    if len(figures) == 4 and text.count(",") == 3:
        west, south, east, north = figures
        if -180 <= west < east <= 180 and -90 <= south < north <= 90:
            return west, south, east, north
    raise InputError([Issue("S109", "--bbox", {"got": text})])


def copy_map_files(files: MapFiles, folder: Path) -> MapContent:
    """
    Copy map files to a new scenario's folder and return their content; InputError if a file is invalid.

    OpenStreetMap files are clipped to the district or box of `files`. Two more files are written: `FOUND_FILE` with the
    selected buildings, and building_files.csv with their ids and columns to fill in. Without office buildings on the
    map its 60 largest buildings are selected.
    """
    keys: dict[str, object] = {}
    names: dict[str, str] = {}
    within: shapely.Geometry | None = shapely.box(*files.box) if files.box else None
    if files.districts:
        keys["districts"] = _copied(files.districts, folder, "districts")
        districts = _districts(folder / str(keys["districts"]))
        names = dict(districts.dropna(subset="division_name")[["division_code", "division_name"]].to_numpy().tolist())
        within = _outline(districts, files.division_code) or within
    if files.box:
        keys["clip"] = list(files.box)
    elif files.districts and files.division_code:
        keys["clip"] = files.division_code
    if files.division_code and not files.districts:
        keys["division_code"] = files.division_code
    if files.osm.suffix.lower() in EXPORT_SUFFIXES:
        keys["buildings"] = _copied(files.osm, folder, "buildings")
        keys |= {"streets": _copied(files.streets, folder, "streets")} if files.streets else {}
    else:
        extract_osm(files.osm, folder / MAP_FILE, None if within is None else _box_of(within))
        keys["buildings"] = keys["streets"] = MAP_FILE
    path = folder / str(keys["buildings"])
    buildings = _offices(path, within)
    _refuse_abroad(files.osm, buildings)
    if buildings["office_reason"].str.startswith("area=").all():
        keys["offices"] = FOUND_FILE
    streets = _streets(folder / str(keys["streets"]), within) if "streets" in keys else None
    found = MapContent(buildings, _surveyed(streets, buildings), keys, streets, names)
    _write(found, folder, None if files.districts else files.division_code)
    return found


def _offices(path: Path, within: shapely.Geometry | None) -> gpd.GeoDataFrame:
    """Return the map's office buildings with an outline, or its largest buildings if it has no office buildings."""
    try:
        buildings = read_osm_buildings(path, within=within)
    except InputError as error:
        if [issue.code for issue in error.issues] != [Code.NO_OFFICE]:
            raise
        buildings = _largest(read_osm_buildings(path, only_offices=False, within=within))
    buildings = buildings[~shapely.is_missing(buildings.geometry.values)].reset_index(drop=True)
    if buildings.empty:
        raise InputError([Issue(Code.NO_OFFICE, path.name)])
    return gpd.GeoDataFrame(buildings)


def _largest(buildings: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    buildings = gpd.GeoDataFrame(buildings[~shapely.is_missing(buildings.geometry.values)])
    inside = buildings.geometry.representative_point()
    outlines = buildings.geometry.to_crs(metre_crs(np.asarray(inside.x), np.asarray(inside.y)))
    area_m2 = (outlines.area * buildings["n_floors"].fillna(1.0)).sort_values(ascending=False, kind="stable")
    # Candidates for the user to choose from when the map has no office building.
    chosen = area_m2.head(60)
    reasons = pd.Series([f"area={m2:.0f}" for m2 in chosen], index=chosen.index, dtype="str")
    return gpd.GeoDataFrame(buildings.loc[chosen.index].assign(office_reason=reasons))


def _refuse_abroad(file: Path, buildings: gpd.GeoDataFrame) -> None:
    inside = buildings.geometry.representative_point()
    lon, lat = np.asarray(inside.x), np.asarray(inside.y)
    if not in_box(lon, lat).any():
        facts: dict[str, Value] = {"lon": round(float(np.median(lon)), 2), "lat": round(float(np.median(lat)), 2)}
        raise InputError([Issue("G126", str(file), facts)])


def _box_of(shape: shapely.Geometry) -> Box:
    west, south, east, north = shapely.bounds(shape).tolist()
    return west, south, east, north


def _copied(source: Path, folder: Path, name: str) -> str:
    if not source.is_file():
        raise InputError([Issue("G101", str(source))])
    for part in parts_of(source):
        shutil.copyfile(part, folder / (name + part.suffix.lower()))
    return name + source.suffix.lower()


def _districts(path: Path) -> gpd.GeoDataFrame:
    cleaned = clean_districts(read_table(path, "districts"), None)
    if cleaned.issues:
        raise InputError(cleaned.issues)
    return gpd.GeoDataFrame(cleaned.table)


def _outline(districts: gpd.GeoDataFrame, code: str | None) -> shapely.Geometry | None:
    if code is None:
        return None
    own = districts[districts["division_code"].eq(code)]
    if own.empty:
        raise InputError([Issue("G306", "--district", {"code": code})])
    return own.geometry.iloc[0]


def _streets(path: Path, within: shapely.Geometry | None) -> gpd.GeoDataFrame:
    if path.suffix.lower() not in EXPORT_SUFFIXES:
        return read_osm_streets(path, within=within)
    lines = clean_street_lines(read_table(path, "street_lines"), WGS84).table
    if lines.empty:
        raise InputError([Issue("G125", path.name)])
    return read_osm_streets(lines_file(gpd.GeoDataFrame(lines)), within=within, name=path.name)


def _surveyed(streets: gpd.GeoDataFrame | None, buildings: gpd.GeoDataFrame) -> StreetSurvey | None:
    if streets is None:
        return None
    inside = buildings.geometry.representative_point()
    return survey_streets(streets, np.asarray(inside.x), np.asarray(inside.y))


def _write(ground: MapContent, folder: Path, code: str | None) -> None:
    """Write the selected buildings, and the table of building files with only ids and district `code` filled."""
    found, survey = ground.buildings, ground.survey
    inside = found.geometry.representative_point()
    none = np.full(len(found), fill_value=False)
    columns = ("building_id", "building_name", "address", "n_floors", "office_reason")
    rows = zip(
        *(found[column].astype("object").where(found[column].notna(), None) for column in columns[:3]),
        [None if n != n else int(n) for n in found["n_floors"]],
        found["office_reason"],
        inside.x.round(7),
        inside.y.round(7),
        (survey.is_far if survey else none).astype(int).tolist(),
        (survey.is_cut_off if survey else none).astype(int).tolist(),
        strict=True,
    )
    header = (*columns, "lon", "lat", "is_far_from_roads", "is_cut_off")
    (folder / FOUND_FILE).write_text("\ufeff" + csv_text(header, rows), encoding="utf-8", newline="")
    filed = tuple(BUILDING_FILES.columns)
    files = [(building_id, code, *[None] * (len(filed) - 2)) for building_id in found["building_id"]]
    (folder / "building_files.csv").write_text("\ufeff" + csv_text(filed, files), encoding="utf-8", newline="")
