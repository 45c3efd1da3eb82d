"""[data] and [city]: where the tables come from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field, field_validator, model_validator

from geodata.datum.names import WGS84
from geodata.schema import SCHEMAS
from sweep.scenario.datum import NamedDatum
from sweep.scenario.refusals import refused
from sweep.scenario.section import Degrees, Section, Seed


class Data(Section):
    """[data]: paths, relative to the scenario's folder and inside it."""

    buildings: str = "buildings.gpkg"
    building_files: str | None = None
    streets: str | None = None
    """OpenStreetMap file, or table of lines in `datum`; None: straight lines with `plan.detour_factor`."""
    water: str | None = None
    """Lakes and rivers for the map: an OpenStreetMap file, or a table of areas and lines in `datum`, every row water.

    None: those of `streets`, if it is an OpenStreetMap file."""
    districts: str | None = None
    """Outlines of the districts: they give each building its district, or check it."""
    districts_datum: NamedDatum | None = None
    """None: GCJ-02 for a file of Aliyun's DataV, else WGS-84."""
    division_code: str | None = Field(None, pattern=r"^[1-9]\d{5}$")
    """District of the buildings to which no table, building file or outline of `districts` gives one."""
    clip: tuple[Degrees, Degrees, Degrees, Degrees] | str | None = None
    """Part of an OpenStreetMap file: west, south, east, north in WGS-84 degrees, or a code of `districts`."""
    firms: str = "firms.csv"
    leads: str = "leads.csv"
    roster: str = "roster.csv"
    bases: str = "bases.csv"
    history: str | None = None
    investigations: str | None = None
    """Places under investigation; for the police alone, and kept apart from every joint visit while they are (C26)."""
    follow_up: str = "follow_up"
    """Folder in the scenario's own where `sweep results` keeps what was found; it need not be there."""
    datum: NamedDatum = WGS84
    """Datum of the coordinates in the tables and of the footprints; a name of `geodata.datum.names`, or EPSG:n."""
    columns: Mapping[str, Mapping[str, str]] = Field(default_factory=dict)
    """[data.columns.<table>]: the file's own header by the table's column, where it is of no known dialect."""
    keep_personal: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    """Columns in which what looks like personal data stays, by table."""
    made_up: Mapping[str, str] = Field(default_factory=dict)
    """[data.made_up], written by `sweep init`: the SHA-256 of each table that is made up; a warning says so while the
    file is unchanged."""
    match_within_m: float = Field(60.0, gt=0.0, le=500.0)

    @model_validator(mode="after")
    def _offline(self) -> Data:
        for key, value in self:
            if isinstance(value, str) and "://" in value:
                raise refused("no_network", key=key)
        return self

    @field_validator("columns", "keep_personal", "made_up")
    @classmethod
    def _known_tables(cls, value: Mapping[str, Any]) -> Mapping[str, Any]:
        unknown = sorted(set(value) - set(SCHEMAS))
        if unknown:
            raise refused("unknown", names=", ".join(unknown), known=", ".join(sorted(SCHEMAS)))
        return value


class City(Section):
    """[city]: the data are a made-up city, generated into the user's cache; [data] paths are then its files."""

    seed: Seed = 1
    n_buildings: int = Field(290, ge=4, le=5_000)
    n_dens: int = Field(40, ge=0, le=5_000)
    n_leads: int = Field(600, ge=0, le=1_000_000)
    n_police: int = Field(72, ge=0, le=10_000)
    n_market_regulation: int = Field(28, ge=0, le=10_000)
    n_auxiliary: int = Field(24, ge=0, le=10_000)
