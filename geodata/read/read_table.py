"""READ: csv, xlsx, GeoPackage, GeoJSON, GeoParquet and shapefile -> raw tables under the schema's names."""

import difflib
import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import MappingProxyType

import geopandas as gpd
import pandas as pd

from geodata.datum.datum_names import Datum
from geodata.errors import TO_CHOOSE, Code, InputError, Issue, MessageValue, toml_line
from geodata.raw_table import Column, RawTable, as_text
from geodata.read.column_aliases import ALIASES, REQUIRED, missing
from geodata.read.columns_by_content import columns_by_content
from geodata.read.csv_files import read_csv
from geodata.read.gis_files import read_frame, read_geoparquet, read_layer
from geodata.read.header_meaning import HeaderMapping, bare_header, is_personal, normalise_header
from geodata.read.header_row import MAX_COLUMNS, Sheet, refuse_wide, without_other_rows
from geodata.read.redact_personal import without_personal
from geodata.read.shapefile_parts_and_zip import parts_of, read_zip
from geodata.read.xlsx_files import read_xlsx
from geodata.reader_errors import as_input_error
from geodata.regular_file import is_present, open_regular, read_regular

__all__ = ["RawTable", "read_table", "safe_path", "sha256_of"]

_READERS: Mapping[str, Callable[[Path, HeaderMapping], Sheet]] = {
    ".csv": read_csv,
    ".tsv": read_csv,
    ".txt": read_csv,
    ".xlsx": read_xlsx,
    ".xlsm": read_xlsx,
    ".gpkg": read_layer,
    ".geojson": read_layer,
    ".json": read_layer,
    ".shp": read_layer,
    ".fgb": read_layer,
    ".parquet": read_geoparquet,
    ".geoparquet": read_geoparquet,
    ".zip": partial(read_zip, read=read_layer),
}


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, hexadecimal."""
    with open_regular(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sha256_of_all(path: Path) -> str:
    parts = list(parts_of(path))
    return sha256_of(path) if len(parts) == 1 else hashlib.sha256(b"".join(read_regular(p) for p in parts)).hexdigest()


def _sha256_of_frame(cells: pd.DataFrame) -> str:
    encoded = pd.DataFrame(cells.to_wkb()) if isinstance(cells, gpd.GeoDataFrame) else cells
    rows = pd.util.hash_pandas_object(encoded, index=False).to_numpy()
    return hashlib.sha256("\n".join(map(str, cells.columns)).encode() + rows.tobytes()).hexdigest()


def safe_path(folder: Path, relative: str, key: str) -> Path:
    """
    Return the path `folder` / `relative`; InputError G106 if it is outside of the folder, also by a link.

    `key`: setting or table that names the file, for the error. The file need not exist.
    """
    path = folder / relative
    if "\0" in relative or Path(relative).is_absolute() or not path.resolve().is_relative_to(folder.resolve()):
        raise InputError([Issue("G106", key, {"path": relative})])
    return path


def read_table(
    path: Path,
    name: str,
    columns: Mapping[str, str] | None = None,
    keep_personal: Collection[str] = (),
    own_words: Mapping[str, Mapping[str, str]] | None = None,
    more_points: Sequence[tuple[str, str, Datum]] = (),
    may_lack: Collection[str] = (),
    sheet: str | None = None,
    shared: Mapping[str, str] | None = None,
    constants: Mapping[str, str] | None = None,
    source: str | None = None,
    frame: pd.DataFrame | None = None,
) -> RawTable:
    """
    Read one file, or one sheet of it, as a raw table; or take a table in memory as one.

    Parameters
    ----------
    path
        The file; for a table in memory, its name for messages.
    name
        Name of the table, a key of `REQUIRED`.
    columns
        The file's own headers by schema column, for headers without a known alias.
    keep_personal
        Schema columns that may contain text in the form of personal data.
    own_words
        Value that replaces the text of a whole cell, by schema column and text.
    more_points
        Headers of further longitudes and latitudes, with their datum, for rows without coordinates in the first pair.
    may_lack
        Required columns that the file may lack, since cleaning fills them.
    sheet
        Title of a workbook's sheet; None: the only sheet that fits the table.
    shared
        As `columns`, for all files of a table; a single file need not have these headers.
    constants
        Cell value of every row, by schema column, if the file lacks the column.
    source
        Name of the file in scenario.toml if the table has several files.
    frame
        The table in memory, in place of a file; its rows count from 1.

    Raises
    ------
    InputError
        G101 to G119, G126 to G128, G131, G133; all errors of the file's format at once.
    ValueError
        If no table has that name.
    """
    if name not in REQUIRED:
        raise ValueError(f"name must be one of {sorted(REQUIRED)}, got {name!r}")
    dialect = HeaderMapping(name, MappingProxyType(dict(columns or {})), MappingProxyType(dict(shared or {})), source)
    _refuse_mapping(path.name, dialect, keep_personal, (*(own_words or ()), *(constants or ())))
    reader = partial(_reader(path, sheet), path) if frame is None else partial(read_frame, frame)
    with as_input_error("G104", path.name, "reason"):
        cells = reader(dialect)
        raw = _under_schema_names(path, sheet, dialect, cells, keep_personal, (*may_lack, *(constants or ())))
        raw = _with_more_points(raw, cells, more_points)
        raw = replace(raw, sha256=_sha256_of_all(path) if frame is None else _sha256_of_frame(cells.frame))
    fixed = {column: cell for column, cell in (constants or {}).items() if column not in raw.frame}
    whole = raw.frame.assign(**{c: pd.Series(cell, raw.frame.index, dtype="str") for c, cell in fixed.items()})
    return replace(raw, frame=whole, own_words=MappingProxyType(dict(own_words or {})), sheet=sheet)


def _reader(path: Path, sheet: str | None) -> Callable[[Path, HeaderMapping], Sheet]:
    if not is_present(path):
        raise InputError([Issue("G101", path.name)])
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise InputError([Issue("G105", path.name, {"suffix": path.suffix, "known": tuple(_READERS)})])
    if path.stat().st_size == 0:
        raise InputError([Issue("G102", path.name)])
    if sheet is None:
        return reader
    if reader is not read_xlsx:
        raise InputError([Issue("G101", f"{path.name}#{sheet}")])
    return partial(read_xlsx, only=sheet)


def _refuse_mapping(file: str, dialect: HeaderMapping, keep_personal: Collection[str], own: Collection[str]) -> None:
    """
    Raise InputError for settings that name unknown columns (G114) or headers of personal data (G115).

    `own`: columns with own words in the settings.
    """
    known = ALIASES[dialect.table]
    named = {**dialect.shared, **dialect.columns}
    wrong = [column for column in (*named, *keep_personal, *own) if column not in known]
    faults = [Issue("G114", file, {"column": column, "known": tuple(known)}) for column in wrong]
    faults += [
        Issue("G115", file, {"column": column, "header": header})
        for column, header in named.items()
        if is_personal(header)
        and column not in keep_personal
        and HeaderMapping(dialect.table).column_of(header) is None
    ]
    if faults:
        raise InputError(faults)


def _under_schema_names(
    path: Path,
    title: str | None,
    dialect: HeaderMapping,
    sheet: Sheet,
    keep_personal: Collection[str],
    may_lack: Collection[str],
) -> RawTable:
    name = dialect.table
    refuse_wide(path.name, len(sheet.frame.columns))
    headers = [str(header) for header in sheet.frame.columns]
    at, faults = _places(f"{path.name}#{title}" if title else path.name, dialect, sheet.frame, may_lack)
    if faults:
        raise InputError(faults)
    others = [header for i, header in enumerate(headers) if i not in at.values() and header.strip()]
    ids = [i for column, i in at.items() if column == "uscc" or column.endswith("_id")]
    data, n_other = without_other_rows(sheet.frame, ids)
    frame = data.iloc[:, list(at.values())]
    frame.columns = pd.Index(list(at))
    cells = frame.drop(columns="geometry", errors="ignore") if name == "buildings" else frame
    # Blank lines are skipped, unless they have a footprint.
    frame = frame[cells.notna().any(axis=1) | ("geometry" in frame and frame["geometry"].notna())]
    if frame.empty:
        raise InputError([Issue(Code.NO_ROW, path.name)])
    frame, n_personal = without_personal(frame, keep_personal)
    wanted = [column for column in ALIASES[name] if column not in at]
    unread = {h: data.iloc[:, i] for i, h in enumerate(headers) if h in others and not is_personal(h)}
    personal = tuple(header for header in others if is_personal(header))
    counts = Counter(sheet.repairs) + Counter(n_other) + Counter(n_personal) + Counter(personal_column=len(personal))
    return RawTable(
        name=name,
        section=dialect.section,
        path=path,
        sha256="",
        frame=frame,
        encoding=sheet.encoding,
        dropped_columns=personal,
        ignored_columns=tuple(header for header in others if not is_personal(header)),
        look_alikes=MappingProxyType(columns_by_content(unread, wanted)),
        headers=MappingProxyType({column: headers[i] for column, i in at.items()}),
        repairs=MappingProxyType(dict(counts)),
        faults=sheet.faults,
    )


def _with_more_points(raw: RawTable, sheet: Sheet, pairs: Sequence[tuple[str, str, Datum]]) -> RawTable:
    headers = [str(header).strip() for header in sheet.frame.columns]
    asked = [header.strip() for lon, lat, _ in pairs for header in (lon, lat)]
    if not_found := [header for header in asked if header not in headers]:
        listed = tuple(headers[:40])
        raise InputError(
            Issue("G113", raw.path.name, {"column": "lon, lat", "header": header, "found": listed})
            for header in not_found
        )
    more = tuple((f"lon_{k}", f"lat_{k}", datum) for k, (_, _, datum) in enumerate(pairs, 2))
    names = [name for lon, lat, _ in more for name in (lon, lat)]
    cells = {
        name: as_text(sheet.frame.iloc[:, headers.index(header)]).reindex(raw.frame.index)
        for name, header in zip(names, asked, strict=True)
    }
    kept = tuple(header for header in raw.ignored_columns if header.strip() not in asked)
    known = MappingProxyType({**raw.headers, **dict(zip(names, asked, strict=True))})
    return replace(raw, frame=raw.frame.assign(**cells), ignored_columns=kept, headers=known, more_points=more)


def _places(
    file: str, dialect: HeaderMapping, frame: pd.DataFrame, may_lack: Collection[str]
) -> tuple[dict[str, int], list[Issue]]:
    """Return each schema column's position in the file, and errors; `may_lack`: columns that may be missing."""
    headers = [str(header) for header in frame.columns]
    best: dict[str, tuple[tuple[bool, int], int]] = {}
    faults = []
    for i, header in enumerate(headers):
        found = dialect.column_of(header)
        if found is None:
            continue
        column, rank = found
        # An empty column loses to any other. Coordinates are chosen as pairs, never half a pair.
        choice = (column not in ("lon", "lat") and _is_empty(frame.iloc[:, i]), rank)
        if column not in best or choice < best[column][0]:
            best[column] = (choice, i)
        elif choice == best[column][0]:
            first = headers[best[column][1]]
            points = dialect.section.replace("columns", "points", 1)
            facts = {"column": header, "first": first, "section": dialect.section, "points": points}
            # For coordinates no fix can be offered: the candidates are in different datums.
            line = "lon, lat" if column in ("lon", "lat") else toml_line(column, first)
            faults.append(Issue("G107", file, {**facts, "line": line}))
    at = {column: i for column, (_, i) in best.items()}
    # One header may be given for two columns.
    at |= {c: headers.index(h) for c, h in dialect.columns.items() if c not in at and h in headers}
    listed = tuple(headers[:40])
    faults += [
        Issue("G113", file, {"column": column, "header": header, "found": listed})
        for column, header in dialect.columns.items()
        if column not in at
    ]
    faults += [
        Issue("G103", file, _values_for_missing(dialect, column, headers) | {"found": listed})
        for column in missing(dialect.table, (*at, *dialect.columns), may_lack)
    ]
    return at, faults


def _is_empty(cells: Column) -> bool:
    # Stops at the first filled cell: a table may have a million rows.
    return not any(not isinstance(cell, str) or cell.strip() for cell in cells.dropna())


def _values_for_missing(dialect: HeaderMapping, column: str, headers: Sequence[str]) -> dict[str, MessageValue]:
    table = dialect.table
    names = ALIASES[table][column][:4] or (column,)
    # A building may have an outline in place of a point.
    known = (*names, "wkt (轮廓)") if (table, column) == ("buildings", "lon") else names
    nearest = _nearest(table, column, headers)
    line = toml_line(column, nearest or TO_CHOOSE)
    named: dict[str, MessageValue] = {"column": column, "known": known, "nearest": nearest, "line": line}
    return {**named, "section": dialect.section, "constants": dialect.constants}


def _nearest(table: str, column: str, headers: Sequence[str]) -> str:
    names = [normalise_header(alias) for alias in (column, *ALIASES[table][column])]
    similarity = {
        header: max(difflib.SequenceMatcher(None, name, bare_header(header)).ratio() for name in names)
        for header in headers[:MAX_COLUMNS]
    }
    best = max(similarity, key=lambda header: similarity[header], default="")
    # Minimum similarity of two headers for one to be a misspelling of the other.
    return best if similarity.get(best, 0.0) >= 0.65 else ""
