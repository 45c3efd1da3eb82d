"""Section [data]: files of the input tables, and the mapping of their columns and words."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, ClassVar, Self

from pydantic import Field, field_validator, model_validator

from geodata.datum.datum_names import WGS84, Datum
from geodata.schema import SCHEMAS
from geodata.vocabulary.category_words import WORDS
from sweep.scenario.base_section import Degrees, NamedDatum, Section
from sweep.scenario.setting_errors import refuse_unknown, setting_error

_LOSS = re.compile(r"\w+ [A-Z]\d{3} \d+")
# Tables that may consist of several files.
_OF_SOURCES = ("buildings", "firms", "leads", "roster", "bases", "history")


class PointColumns(Section):
    """[[data.points.<table>]]: columns with coordinates, by the file's headers; a row uses its first filled pair."""

    lon: str
    """Header of the column with the longitude, or with the easting."""
    lat: str
    """Header of the column with the latitude, or with the northing."""
    datum: NamedDatum
    """Datum of this pair of columns, as in `data.datum`."""


type Sources = str | tuple[str, ...]
"""A file, or several files of one table; `plan.xlsx#Sheet` is one sheet of a workbook."""


class Data(Section):
    """[data]: paths, relative to the scenario's folder and inside it."""

    match_within_m: ClassVar[float] = 60.0
    """Largest distance in metres from a row's coordinates to the outline of the building to which it is matched."""

    buildings: Sources = "buildings.gpkg"
    """Table of the buildings, or an OpenStreetMap file."""
    offices: str | None = None
    """Table with the `building_id` of each office building of an OpenStreetMap file; without it the map's tags decide.
    """
    outlines: str | None = None
    """OpenStreetMap file with outlines for buildings that are points, by name and distance; without it circles."""
    building_files: str | None = None
    """Table with the district, complex, property company, floor area and exits of buildings, by `building_id`."""
    streets: str | None = None
    """OpenStreetMap file, or table of lines in `datum`; without it straight lines, 1.4 times as long."""
    water: str | None = None
    """Lakes and rivers for the map: an OpenStreetMap file, or a table of areas and lines in `datum`. Without this key
    they are taken from `streets`, if that is an OpenStreetMap file."""
    districts: str | None = None
    """Outlines of the districts: they give each building its district, or check it."""
    division_code: str | None = Field(None, pattern=r"^[1-9]\d{5}$")
    """District, six digits, of buildings without one in their table, a building file or `districts`."""
    divisions: tuple[str, ...] | None = None
    """Codes of the districts to plan; without it all. A database sets it for planners who may see only some."""
    in_part: bool = False
    """Whether the tables hold the rows of `divisions` only; a database sets it. History, building files, leads and
    firms may then be empty, and pins, assignments and special lists of other districts are ignored."""
    clip: tuple[Degrees, Degrees, Degrees, Degrees] | str | None = None
    """Part of an OpenStreetMap file to read: west, south, east, north in WGS-84 degrees, or a code of `districts`."""
    firms: Sources = "firms.csv"
    """Table of the registered firms."""
    leads: Sources = "leads.csv"
    """Table of the leads."""
    roster: Sources = "roster.csv"
    """Table of the people on duty, by pseudonym."""
    bases: Sources = "bases.csv"
    """Table of the bases from which teams set out."""
    history: Sources | None = None
    """Table of past inspections; the results in the folder `follow_up` are used in addition."""
    other_inspections: str | None = None
    """Table of inspections of firms by other authorities, done or scheduled: they count for the limits of C33."""
    investigations: str | None = None
    """Table of places under investigation, for the police only; no joint visit goes there in that time (C26)."""
    pins: str | None = None
    """Table of pins: buildings to visit or not, by which team, not with which other building, not before a time."""
    assign: str = "assign.csv"
    """Table of buildings that a person has assigned to leads, firms or texts; it may be missing."""
    anywhere: bool = False
    """Whether places may lie outside China; coordinates are then neither checked against China nor swapped."""
    datum: NamedDatum = WGS84
    """Datum of the tables: `wgs84`, `cgcs2000`, `gcj02`, `bd09`, `bd09mc`, `cgcs2000-3deg` or `EPSG:n`."""
    datums: Mapping[str, NamedDatum] = Field(default_factory=dict)
    """`[data.datums]`: datum by table, where it differs from `datum`; the key of a street table of lines is
    `street_lines`. Without a key, `districts` are in GCJ-02 if the file is Aliyun's DataV, else in WGS-84."""
    points: Mapping[str, tuple[PointColumns, ...]] = Field(default_factory=dict)
    """[[data.points.<table>]]: columns of coordinates with their datum, where a table has more than one pair; each row
    uses its first filled pair."""
    columns: Mapping[str, Mapping[str, str]] = Field(default_factory=dict)
    """`[data.columns.TABLE]`: the file's header for a column of the table, if the program does not know it. Here, and
    in `datums`, `points`, `values` and `constants`, the name of one file, in quotes, may replace the table."""
    values: Mapping[str, Mapping[str, Mapping[str, str]]] = Field(default_factory=dict)
    """`[data.values.TABLE.COLUMN]`: the meaning of a word, if the program does not know it; "" for an empty cell."""
    constants: Mapping[str, Mapping[str, Annotated[str, Field(coerce_numbers_to_str=True)]]] = Field(
        default_factory=dict
    )
    """`[data.constants.TABLE]`: the value of every row for a column of the table, if the file has no such column."""
    accept_losses: tuple[str, ...] = ()
    """Losses to accept although more than a tenth of a table's rows, or all of one outcome, cannot be used: `firms
    G209 312` accepts up to 312 rows of `firms` lost for reason G209, `firms` any number for any reason."""
    keep_personal: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    """Columns, by table, whose text is kept even if it looks like personal data (C30)."""
    made_up: Mapping[str, str] = Field(default_factory=dict)
    """`[data.made_up]`, written by `sweep init`: SHA-256 of each made-up table; a warning is shown until it is
    changed."""

    @model_validator(mode="after")
    def _offline(self) -> Self:
        for key, value in self:
            texts = (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ()
            if any(isinstance(text, str) and "://" in text for text in texts):
                raise setting_error("no_network", key=key)
        return self

    def sources(self, table: str) -> tuple[str, ...]:
        """Return the files or sheets of a table as the scenario names them; empty if it names none."""
        named = getattr(self, "streets" if table == "street_lines" else table)
        return () if named is None else (named,) if isinstance(named, str) else named

    def label(self, table: str) -> str:
        """Return the files or sheets of a table as one text for a message."""
        return ", ".join(self.sources(table))

    def datum_of(self, table: str, source: str | None = None) -> Datum:
        """Return the datum of a file's first pair of coordinate columns; `source` None: the table's first file."""
        keys = keys_of(table, source or next(iter(self.sources(table)), ""))
        pairs = first_setting(self.points, keys)
        return pairs[0].datum if pairs else first_setting(self.datums, keys) or self.datum

    @field_validator("accept_losses")
    @classmethod
    def _known_losses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        known = (*sorted(SCHEMAS), "TABLE CODE COUNT")
        refuse_unknown([e for e in value if e.split()[:1] != [e] and not _LOSS.fullmatch(e)], known)
        refuse_unknown([entry.split()[0] for entry in value if entry.split()], sorted(SCHEMAS))
        return value

    @field_validator("keep_personal", "made_up")
    @classmethod
    def _known_tables[T: Collection[str]](cls, value: T) -> T:
        refuse_unknown(value, sorted(SCHEMAS))
        return value

    @model_validator(mode="after")
    def _known_sources(self) -> Self:
        several = [s for table in _OF_SOURCES for s in self.sources(table)]
        known = {*SCHEMAS, *several, *(source.partition("#")[0] for source in several)}
        for key in ("datums", "points", "columns", "values", "constants"):
            refuse_unknown(getattr(self, key), sorted(known))
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
                    refuse_unknown({m for m in meanings.values() if m.lower() not in words} - {""}, categories)
        return value


def keys_of(table: str, source: str) -> tuple[str, ...]:
    """Return the keys under which settings such as `data.datums` may name a source, by priority: sheet, file, table."""
    return tuple(dict.fromkeys((source, source.partition("#")[0], table)))


def first_setting[V](settings: Mapping[str, V], keys: Sequence[str]) -> V | None:
    """Return the setting under the first of the keys that has one; None if no key has one."""
    return next((settings[key] for key in keys if key in settings), None)
