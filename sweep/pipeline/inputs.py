"""READ, CLEAN, MATCH: a scenario's files into clean tables that know their buildings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from geodata.city.cache import city_folder
from geodata.city.settings import CitySettings
from geodata.clean.buildings import clean_buildings
from geodata.clean.cleaned import QUARANTINE_COLUMNS, Cleaned
from geodata.clean.districts import clean_districts
from geodata.clean.firms import clean_firms
from geodata.clean.history import clean_history
from geodata.clean.leads import clean_leads
from geodata.clean.roster import check_bases, clean_bases, clean_roster
from geodata.clean.street_lines import clean_street_lines
from geodata.errors import InputError, Issue
from geodata.match.datum_check import check_footprints, check_points
from geodata.match.match import match_firms, match_leads
from geodata.osm_file import OSM_SUFFIXES
from geodata.raw import RawTable, as_text
from geodata.read.osm import read_osm_buildings, read_osm_streets
from geodata.read.tables import read_table, safe_path, sha256_of
from geodata.roads.lines import lines_file
from geodata.schema import CRS, HISTORY, STREETS
from sweep.publish.edition import InputFile
from sweep.scenario import Data, Scenario

CITY_FILES = Data(
    buildings="city.osm.pbf",
    building_files="building_files.csv",
    streets="city.osm.pbf",
    history="history.csv",
)


@dataclass(frozen=True, slots=True)
class District:
    """Clean, matched tables, and what became of every row."""

    buildings: gpd.GeoDataFrame
    firms: pd.DataFrame
    leads: pd.DataFrame
    roster: pd.DataFrame
    bases: pd.DataFrame
    history: pd.DataFrame
    streets: gpd.GeoDataFrame
    street_file: Path | None
    inputs: tuple[InputFile, ...]
    repairs: dict[str, int]
    matches: dict[str, int]
    quarantine: pd.DataFrame
    warnings: tuple[Issue, ...] = ()
    """What stops nothing, but must be told: coordinates that look like another datum's."""


def load_district(scenario: Scenario) -> District:
    """
    Read, clean and match a scenario's files.

    Raises
    ------
    InputError
        With the faults of all files.
    """
    folder, data = _folder(scenario)
    reader = _Reader(folder, data, scenario)
    cleaned = reader.clean_all()
    streets = reader.read_streets()
    reader.stop_if_faulty()
    every = [*cleaned.values(), *reader.others]
    tables = {name: c.table for name, c in cleaned.items()}
    buildings = gpd.GeoDataFrame(tables["buildings"])
    firms = match_firms(tables["firms"], buildings, data.match_within_m)
    leads = match_leads(tables["leads"], firms.table, buildings, data.match_within_m)
    matches = {f"{name}.{kind}": n for name, m in (("firms", firms), ("leads", leads)) for kind, n in m.counts.items()}
    return District(
        buildings=buildings,
        firms=firms.table,
        leads=leads.table,
        roster=tables["roster"],
        bases=tables["bases"],
        history=tables["history"],
        streets=streets,
        street_file=reader.street_file,
        inputs=tuple(reader.inputs),
        repairs=dict(sum((Counter(c.repairs) for c in every), Counter())),
        matches=matches,
        quarantine=pd.concat([c.quarantine for c in every], ignore_index=True),
        warnings=(
            *cleaned["buildings"].warnings,
            *check_footprints(buildings, streets, reader.footprint_datum),
            *check_points(firms.table, buildings, data.datum, data.firms),
            *check_points(leads.table, buildings, data.datum, data.leads),
        ),
    )


def _folder(scenario: Scenario) -> tuple[Path, Data]:
    if scenario.city is None:
        return scenario.folder, scenario.data
    settings = CitySettings(day=scenario.day, **scenario.city.model_dump())
    changed = scenario.data.model_dump(exclude_unset=True)
    return city_folder(settings), CITY_FILES.model_copy(update=changed)


class _Reader:
    """Reads and cleans file by file, and keeps every fault until all are read."""

    def __init__(self, folder: Path, data: Data, scenario: Scenario) -> None:
        self.folder, self.data, self.scenario = folder, data, scenario
        self.issues: list[Issue] = []
        self.inputs: list[InputFile] = []
        self.street_file: Path | None = None
        self.districts: gpd.GeoDataFrame | None = None
        self.others: list[Cleaned] = []

    @property
    def footprint_datum(self) -> str:
        """OpenStreetMap is WGS-84, whatever the tables are in."""
        return "wgs84" if self.data.buildings.lower().endswith(OSM_SUFFIXES) else self.data.datum

    def stop_if_faulty(self) -> None:
        if self.issues:
            raise InputError(self.issues)

    def clean_all(self) -> dict[str, Cleaned]:
        """The clean tables; empty ones where a file is at fault."""
        data, day = self.data, self.scenario.day
        files = self._read("building_files", data.building_files) if data.building_files else None
        datum = data.datum
        districts = self.districts = self._districts()
        outcome = {
            "buildings": self._clean(
                self._read_buildings(),
                lambda raw: clean_buildings(raw, files, self.footprint_datum, districts),
                files,
            ),
            "firms": self._clean(self._read("firms", data.firms), lambda raw: clean_firms(raw, datum)),
            "leads": self._clean(self._read("leads", data.leads), lambda raw: clean_leads(raw, datum, day)),
            "roster": self._clean(self._read("roster", data.roster), clean_roster),
            "bases": self._clean(self._read("bases", data.bases), lambda raw: clean_bases(raw, datum)),
        }
        if data.history:
            outcome["history"] = self._clean(self._read("history", data.history), lambda raw: clean_history(raw, day))
        else:
            outcome["history"] = Cleaned(_no_rows(), (), {}, _no_quarantine())
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
                self.street_file = self._street_file(self.data.streets)
                return read_osm_streets(self.street_file, within=self._clip())
            except InputError as error:
                self.issues += error.issues
        columns: dict[str, list[object]] = {name: [] for name in STREETS.columns}
        return gpd.GeoDataFrame(columns, geometry="geometry", crs=CRS)

    def _read(self, name: str, relative: str) -> RawTable | None:
        try:
            path = safe_path(self.folder, relative, f"data.{name}")
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

    def _read_buildings(self) -> RawTable | None:
        if not self.data.buildings.lower().endswith(OSM_SUFFIXES):
            return self._read("buildings", self.data.buildings)
        try:
            path = safe_path(self.folder, self.data.buildings, "data.buildings")
            found = read_osm_buildings(path, within=self._clip())
        except InputError as error:
            self.issues += error.issues
            return None
        texts: dict[str, Any] = {c: as_text(found[c]) for c in found.columns if c != "geometry"}
        frame = gpd.GeoDataFrame(texts, geometry=found.geometry, crs=CRS)
        return RawTable(name="buildings", path=path, sha256=sha256_of(path), frame=frame, encoding=None)

    def _clean(
        self, raw: RawTable | None, clean: Callable[[RawTable], Cleaned], beside: RawTable | None = None
    ) -> Cleaned | None:
        if raw is None:
            return None
        cleaned = clean(raw)
        self.issues += cleaned.issues
        for table in (raw, *((beside,) if beside else ())):
            n_bad = int((cleaned.quarantine["file"] == table.path.name).sum())
            used = table.n_rows - n_bad
            self.inputs.append(InputFile(table.name, table.path.name, table.sha256, table.n_rows, used, n_bad))
        return cleaned


def _no_rows() -> pd.DataFrame:
    frame = pd.DataFrame({name: pd.Series(dtype=str(column.dtype)) for name, column in HISTORY.columns.items()})
    return HISTORY.validate(frame)


def _no_quarantine() -> pd.DataFrame:
    return pd.DataFrame(columns=list(QUARANTINE_COLUMNS))
