"""[data] and [city]: where the tables come from."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from geodata.clean.cells.words import WORDS
from geodata.datum.names import WGS84, Datum
from geodata.schema import SCHEMAS
from sweep.scenario.datum import NamedDatum
from sweep.scenario.refusals import refused
from sweep.scenario.section import Degrees, Section, Seed

_LOSS = re.compile(r"\w+ [A-Z]\d{3} \d+")
# Tables that may be in several files.
_OF_SOURCES = ("buildings", "firms", "leads", "roster", "bases", "history")


class PointColumns(Section):
    """[[data.points.<table>]]: columns of coordinates by the file's own headers; the first pair filled in is read."""

    lon: str
    lat: str
    datum: NamedDatum


type Sources = str | tuple[str, ...]
"""A file, or several files of one table; `plan.xlsx#Sheet` is one sheet of a workbook."""


class Data(Section):
    """[data]: paths, relative to the scenario's folder and inside it."""

    buildings: Sources = "buildings.gpkg"
    offices: str | None = None
    """Table whose `building_id` says which buildings of an OpenStreetMap file are offices; None: what the map says."""
    outlines: str | None = None
    """OpenStreetMap file with outlines for buildings that are points, found by name and nearness; None: circles."""
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
    divisions: tuple[str, ...] | None = None
    """Districts whose buildings are planned, by their codes; None: all. A store sets it for who sees some alone."""
    in_part: bool = False
    """Whether the tables hold the rows of `divisions` alone, as a store shows them: then history, building files, leads
    or firms may be none, and what pins, assignments and special lists name besides is left out."""
    clip: tuple[Degrees, Degrees, Degrees, Degrees] | str | None = None
    """Part of an OpenStreetMap file: west, south, east, north in WGS-84 degrees, or a code of `districts`."""
    firms: Sources = "firms.csv"
    leads: Sources = "leads.csv"
    roster: Sources = "roster.csv"
    bases: Sources = "bases.csv"
    history: Sources | None = None
    investigations: str | None = None
    """Places under investigation; for the police alone, and kept apart from every joint visit while they are (C26)."""
    pins: str | None = None
    """What planners have settled: buildings to visit or not, with which team, not with which other, not before when."""
    assign: str = "assign.csv"
    """What a person has settled: which building a lead, a firm or a text is of; it need not be there."""
    follow_up: str = "follow_up"
    """Folder in the scenario's own where `sweep results` keeps what was found; it need not be there."""
    anywhere: bool = False
    """Whether places may lie outside China: then coordinates are taken as they stand, swapped or not."""
    datum: NamedDatum = WGS84
    """Datum of the coordinates in the tables and of the footprints; a name of `geodata.datum.names`, or EPSG:n."""
    datums: Mapping[str, NamedDatum] = Field(default_factory=dict)
    """[data.datums]: datum by table, where it is not `datum`; the streets' table of lines is `street_lines`."""
    points: Mapping[str, tuple[PointColumns, ...]] = Field(default_factory=dict)
    """[[data.points.<table>]]: columns of coordinates with their datum, where a table has more than one pair; a row is
    where the first pair that it has filled in says."""
    columns: Mapping[str, Mapping[str, str]] = Field(default_factory=dict)
    """[data.columns.<table>]: the file's own header by the table's column, where it is of no known dialect.

    Here, and in `datums`, `points`, `values` and `constants`, the name of one of a table's files, in quotes, may take
    the place of the table."""
    values: Mapping[str, Mapping[str, Mapping[str, str]]] = Field(default_factory=dict)
    """[data.values.<table>.<column>]: what a word of the file stands for, where it is not known; "": an empty cell."""
    constants: Mapping[str, Mapping[str, Annotated[str, Field(coerce_numbers_to_str=True)]]] = Field(
        default_factory=dict
    )
    """[data.constants.<table>]: the cell of every row, by the table's column, where the file has no such column."""
    accept_losses: tuple[str, ...] = ()
    """Losses to go on with although more than a tenth of a table's rows, or all of one outcome, cannot be used:
    `firms G209 312` accepts up to 312 rows lost for this reason, `firms` whatever is lost."""
    keep_personal: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    """Columns in which what looks like personal data stays, by table."""
    made_up: Mapping[str, str] = Field(default_factory=dict)
    """[data.made_up], written by `sweep init`: the SHA-256 of each table that is made up; a warning says so while the
    file is unchanged."""
    match_within_m: float = Field(60.0, gt=0.0, le=500.0)

    @model_validator(mode="after")
    def _offline(self) -> Data:
        for key, value in self:
            texts = (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ()
            if any(isinstance(text, str) and "://" in text for text in texts):
                raise refused("no_network", key=key)
        return self

    def sources(self, table: str) -> tuple[str, ...]:
        """The files of a table, or their sheets, as the scenario names them; none if it names none."""
        named = getattr(self, "streets" if table == "street_lines" else table)
        return () if named is None else (named,) if isinstance(named, str) else named

    def label(self, table: str) -> str:
        """The files of a table for a sentence."""
        return ", ".join(self.sources(table))

    def datum_of(self, table: str, source: str | None = None) -> Datum:
        """The datum of a table's coordinates, of its first pair where it has several; of its first file if not said."""
        keys = keys_of(table, source or next(iter(self.sources(table)), ""))
        pairs = first_of(self.points, keys)
        return pairs[0].datum if pairs else first_of(self.datums, keys) or self.datum

    @field_validator("accept_losses")
    @classmethod
    def _known_losses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        known = (*sorted(SCHEMAS), "TABLE CODE COUNT")
        _refuse_unknown([e for e in value if e.split()[:1] != [e] and not _LOSS.fullmatch(e)], known)
        _refuse_unknown([entry.split()[0] for entry in value if entry.split()], sorted(SCHEMAS))
        return value

    @field_validator("keep_personal", "made_up")
    @classmethod
    def _known_tables[T: Collection[str]](cls, value: T) -> T:
        _refuse_unknown(value, sorted(SCHEMAS))
        return value

    @model_validator(mode="after")
    def _known_sources(self) -> Data:
        several = [s for table in _OF_SOURCES for s in self.sources(table)]
        known = {*SCHEMAS, *several, *(source.partition("#")[0] for source in several)}
        for key in ("datums", "points", "columns", "values", "constants"):
            _refuse_unknown(getattr(self, key), sorted(known))
        return self

    @field_validator("values")
    @classmethod
    def _known_words(
        cls, value: Mapping[str, Mapping[str, Mapping[str, str]]]
    ) -> Mapping[str, Mapping[str, Mapping[str, str]]]:
        for table, columns in value.items():
            for column, meanings in columns.items():
                words = WORDS.get((table, column))
                if words is not None:
                    categories = list(dict.fromkeys(words.values()))
                    _refuse_unknown({m for m in meanings.values() if m.lower() not in words} - {""}, categories)
        return value


def keys_of(table: str, source: str) -> tuple[str, ...]:
    """The keys under which settings of a file of a table are looked for, first of its sheet and last of the table."""
    return tuple(dict.fromkeys((source, source.partition("#")[0], table)))


def first_of[V](settings: Mapping[str, V], keys: Sequence[str]) -> V | None:
    """The setting under the first of the keys that has one."""
    return next((settings[key] for key in keys if key in settings), None)


def _refuse_unknown(names: Collection[str], known: Collection[str]) -> None:
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise refused("unknown", names=", ".join(unknown), known=", ".join(known))


class City(Section):
    """[city]: the data are a made-up city, generated into the user's cache; [data] paths are then its files."""

    seed: Seed = 1
    day: date | None = None
    """Day up to which its leads and visits are made up; None: the scenario's."""
    n_buildings: int = Field(290, ge=4, le=5_000)
    n_dens: int = Field(40, ge=0, le=5_000)
    n_leads: int = Field(600, ge=1, le=1_000_000)
    n_police: int = Field(72, ge=1, le=10_000)
    n_market_regulation: int = Field(28, ge=0, le=10_000)
    n_auxiliary: int = Field(24, ge=0, le=10_000)
