"""READ, CLEAN: each file of a scenario into its clean table, every fault kept until all are read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pandera.pandas as pa
import shapely

from geodata.arrays import Float64s
from geodata.clean.buildings import clean_buildings
from geodata.clean.cleaned import QUARANTINE_COLUMNS, Cleaned
from geodata.clean.districts import clean_districts
from geodata.clean.firms import clean_firms
from geodata.clean.history import clean_history
from geodata.clean.investigations import clean_investigations
from geodata.clean.leads import clean_leads
from geodata.clean.roster import check_bases, clean_bases, clean_roster
from geodata.clean.street_lines import clean_street_lines
from geodata.clean.water import clean_water
from geodata.errors import InputError, Issue
from geodata.osm_file import OSM_SUFFIXES
from geodata.raw import Column, RawTable, as_text
from geodata.read.osm.export import is_osm_export
from geodata.read.osm.osm import read_osm_buildings, read_osm_streets
from geodata.read.osm.water import read_osm_water
from geodata.read.tables import read_table, safe_path, sha256_of
from geodata.roads.lines import lines_file
from geodata.schema import CRS, HISTORY, INVESTIGATIONS, RESULTS, STREETS
from sweep.follow.rechecks import Closing
from sweep.pipeline.inputs.follow_up import read_closings, read_follow_up
from sweep.pipeline.inputs.unmatched import used_rows
from sweep.publish.edition import InputFile
from sweep.scenario.inputs import Data
from sweep.scenario.scenario import Scenario


def osm_table(path: Path, within: shapely.Geometry | None = None, firms_at: Float64s | None = None) -> RawTable:
    """The office buildings of an OpenStreetMap file as a raw table; see `geodata.read.osm.osm.read_osm_buildings`."""
    return raw_osm_table(path, read_osm_buildings(path, within=within, firms_at=firms_at))


def raw_osm_table(path: Path, found: gpd.GeoDataFrame) -> RawTable:
    """What `geodata.read.osm.osm.read_osm_buildings` found in a file, as a raw table."""
    texts: dict[str, Any] = {c: as_text(found[c]) for c in found.columns if c != "geometry"}
    frame = gpd.GeoDataFrame(texts, geometry=found.geometry, crs=CRS)
    return RawTable(name="buildings", path=path, sha256=sha256_of(path), frame=frame, encoding=None)


class Reader:
    """Reads and cleans file by file, and keeps every fault until all are read."""

    def __init__(self, folder: Path, data: Data, scenario: Scenario) -> None:
        self.folder, self.data, self.scenario = folder, data, scenario
        self.issues: list[Issue] = []
        self.inputs: list[InputFile] = []
        self.rows: dict[str, tuple[str, Column]] = {}
        self.street_file: Path | None = None
        self.districts: gpd.GeoDataFrame | None = None
        self.others: list[Cleaned] = []

    @property
    def footprint_datum(self) -> str:
        """OpenStreetMap is WGS-84, whatever the tables are in."""
        return "wgs84" if self._is_osm() else self.data.datum

    def _is_osm(self) -> bool:
        name = self.data.buildings
        return name.lower().endswith(OSM_SUFFIXES) or is_osm_export(self.folder / name)

    def stop_if_faulty(self) -> None:
        """Raise the faults found so far, if there are any."""
        if self.issues:
            raise InputError(self.issues)

    def clean_all(self) -> dict[str, Cleaned]:
        """The clean tables; empty ones where a file is at fault."""
        data, day = self.data, self.scenario.day
        files = self._read("building_files", data.building_files) if data.building_files else None
        datum = data.datum
        districts = self.districts = self._districts()
        # Before the buildings: where the map says nothing, the firms inside make an office building.
        firms = self._clean(self._read("firms", data.firms), lambda raw: clean_firms(raw, datum))
        outcome = {
            "buildings": self._clean(
                self._read_buildings(firms),
                lambda raw: clean_buildings(raw, files, self.footprint_datum, districts, data.division_code),
                files,
            ),
            "firms": firms,
            "leads": self._clean(self._read("leads", data.leads), lambda raw: clean_leads(raw, datum, day)),
            "roster": self._clean(self._read("roster", data.roster), clean_roster),
            "bases": self._clean(self._read("bases", data.bases), lambda raw: clean_bases(raw, datum)),
        }
        if data.history:
            outcome["history"] = self._clean(self._read("history", data.history), lambda raw: clean_history(raw, day))
        else:
            outcome["history"] = Cleaned(_no_rows(HISTORY), (), {}, _no_quarantine())
        done = {name: c for name, c in outcome.items() if c is not None}
        if "roster" in done and "bases" in done:
            self.issues += check_bases(done["roster"].table, done["bases"].table, data.roster)
        if len(done) < len(outcome):
            self.stop_if_faulty()
        return done

    def _districts(self) -> gpd.GeoDataFrame | None:
        """The districts' outlines, None if the scenario has none or they are at fault."""
        raw = self._read("districts", self.data.districts) if self.data.districts else None
        done = self._clean(raw, lambda raw: clean_districts(raw, self.data.districts_datum))
        self.others += [done] if done else []
        return gpd.GeoDataFrame(done.table) if done and not done.issues else None

    def read_streets(self) -> gpd.GeoDataFrame:
        """The streets to draw; none if there is no street file."""
        if self.data.streets:
            try:
                return self._streets_of(self.data.streets)
            except InputError as error:
                self.issues += error.issues
        columns: dict[str, list[object]] = {name: [] for name in STREETS.columns}
        return gpd.GeoDataFrame(columns, geometry="geometry", crs=CRS)

    def _streets_of(self, relative: str) -> gpd.GeoDataFrame:
        self.street_file = path = self._street_file(relative)
        streets = read_osm_streets(path, within=self._clip())
        if relative.lower().endswith(OSM_SUFFIXES):
            self.inputs.append(InputFile("streets", path.name, sha256_of(path), len(streets), len(streets), 0))
        return streets

    def read_water(self) -> gpd.GeoDataFrame:
        """The lakes and rivers to draw, of `data.water` or else of the streets' file; none if neither has any."""
        name, none = self.data.water or self.data.streets or "", gpd.GeoDataFrame(geometry=[], crs=CRS)
        try:
            if name.lower().endswith(OSM_SUFFIXES):
                return self._osm_water(name)
        except InputError as error:
            # Of the streets' file the faults are told with the streets.
            self.issues += error.issues if self.data.water else ()
            return none
        raw = self._read("water", name) if self.data.water else None
        done = self._clean(raw, lambda raw: clean_water(raw, self.data.datum))
        self.others += [done] if done else []
        return gpd.GeoDataFrame(geometry=done.table.geometry) if done else none

    def _osm_water(self, name: str) -> gpd.GeoDataFrame:
        path = safe_path(self.folder, name, "data.water")
        water = read_osm_water(path, within=self._clip())
        if self.data.water:
            self.inputs.append(InputFile("water", path.name, sha256_of(path), len(water), len(water), 0))
        return water

    def read_investigations(self, folder: Path) -> pd.DataFrame:
        """What the police are investigating; none if the scenario names no file."""
        name = self.data.investigations
        raw = self._read("investigations", name, folder) if name else None
        done = self._clean(raw, clean_investigations)
        return done.table if done else _no_rows(INVESTIGATIONS)

    def read_results(self) -> pd.DataFrame:
        """The results of earlier plans; none if there are none, or they are at fault."""
        try:
            results, files = read_follow_up(self.scenario)
        except InputError as error:
            self.issues += error.issues
            return _no_rows(RESULTS)
        self.inputs += files
        return results

    def read_closings(self) -> tuple[Closing, ...]:
        """Items closed without a visit; none if there are none, or they are at fault."""
        try:
            closings, files = read_closings(self.scenario)
        except InputError as error:
            self.issues += error.issues
            return ()
        self.inputs += files
        return closings

    def _read(self, name: str, relative: str, folder: Path | None = None) -> RawTable | None:
        try:
            path = safe_path(folder or self.folder, relative, f"data.{name}")
            return read_table(path, name, self.data.columns.get(name), self.data.keep_personal.get(name, ()))
        except InputError as error:
            self.issues += error.issues
            return None

    def _street_file(self, relative: str) -> Path:
        """An OpenStreetMap file: the scenario's own, or the one made of its table of lines."""
        path = safe_path(self.folder, relative, "data.streets")
        if relative.lower().endswith(OSM_SUFFIXES):
            return path
        raw = read_table(path, "street_lines", self.data.columns.get("street_lines"))
        done = self._clean(raw, lambda raw: clean_street_lines(raw, self.data.datum))
        if done is None or done.table.empty:
            raise InputError([Issue("G125", path.name)])
        self.others.append(done)
        return lines_file(gpd.GeoDataFrame(done.table), raw.sha256, self.data.datum)

    def _clip(self) -> shapely.Geometry | None:
        """The part of the OpenStreetMap file that counts; None: all of it."""
        clip = self.data.clip
        if clip is None or isinstance(clip, tuple):
            return shapely.box(*clip) if clip else None
        own = self.districts[self.districts["division_code"].eq(clip)] if self.districts is not None else None
        if own is None or own.empty:
            raise InputError([Issue("G306", "data.clip", {"code": clip})])
        return own.geometry.iloc[0]

    def _read_buildings(self, firms: Cleaned | None) -> RawTable | None:
        if not self._is_osm():
            return self._read("buildings", self.data.buildings)
        firms_at = firms.table[["lon", "lat"]].dropna().to_numpy(dtype=np.float64) if firms else None
        try:
            path = safe_path(self.folder, self.data.buildings, "data.buildings")
            return osm_table(path, self._clip(), firms_at)
        except InputError as error:
            self.issues += error.issues
            return None

    def _clean(
        self, raw: RawTable | None, clean: Callable[[RawTable], Cleaned], beside: RawTable | None = None
    ) -> Cleaned | None:
        if raw is None:
            return None
        cleaned = clean(raw)
        self.issues += cleaned.issues
        self.rows[raw.name] = raw.path.name, used_rows(raw, cleaned.quarantine)
        for table in (raw, *((beside,) if beside else ())):
            n_bad = int((cleaned.quarantine["file"] == table.path.name).sum())
            self.inputs.append(
                InputFile(
                    table.name,
                    table.path.name,
                    table.sha256,
                    table.n_rows,
                    table.n_rows - n_bad,
                    n_bad,
                    table.dropped_columns,
                    table.ignored_columns,
                )
            )
        return cleaned


def _no_rows(schema: pa.DataFrameSchema) -> pd.DataFrame:
    frame = pd.DataFrame({name: pd.Series(dtype=str(column.dtype)) for name, column in schema.columns.items()})
    return schema.validate(frame)


def _no_quarantine() -> pd.DataFrame:
    return pd.DataFrame(columns=list(QUARANTINE_COLUMNS))
