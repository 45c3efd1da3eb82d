"""READ: csv, xlsx, GeoPackage, GeoJSON and shapefile -> raw tables under the schema's names."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from geodata.errors import InputError, Issue
from geodata.raw import RawTable
from geodata.read.files import Sheet, read_csv, read_xlsx
from geodata.read.headers import ALIASES, REQUIRED, column_of, is_personal, plain
from geodata.read.layers import read_layer

__all__ = ["RawTable", "read_table", "safe_path", "sha256_of"]

_READERS = {
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
}
# A header this wide is no table, and each column would cost memory.
_MAX_COLUMNS = 1_000
# Share of signs that two headers must have in common for one to be a slip of the other.
_ALIKE = 0.65


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def safe_path(folder: Path, relative: str, key: str) -> Path:
    """
    The path of a scenario's file, which must lie inside the scenario's folder.

    Parameters
    ----------
    folder
        The scenario's folder.
    relative
        What the scenario says.
    key
        The scenario key that says it, for the message.

    Raises
    ------
    InputError
        G106 if the path leaves the folder, by `..`, by being absolute or by a symbolic link.
    """
    path = folder / relative
    if Path(relative).is_absolute() or not path.resolve().is_relative_to(folder.resolve()):
        raise InputError([Issue("G106", key, {"path": relative})])
    return path


def read_table(path: Path, name: str) -> RawTable:
    """
    Read one file as a raw table.

    Parameters
    ----------
    path
        The file. Its ending names its format.
    name
        The table it holds, one of `geodata.schema.SCHEMAS`.

    Raises
    ------
    InputError
        G101 to G112, every fault of the file's form at once.
    ValueError
        If there is no table of that name.
    """
    if name not in REQUIRED:
        raise ValueError(f"name must be one of {sorted(REQUIRED)}, got {name!r}")
    if not path.is_file():
        raise InputError([Issue("G101", path.name)])
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise InputError([Issue("G105", path.name, {"suffix": path.suffix, "known": ", ".join(_READERS)})])
    if path.stat().st_size == 0:
        raise InputError([Issue("G102", path.name)])
    return _under_schema_names(path, name, reader(path, name))


def _under_schema_names(path: Path, name: str, sheet: Sheet) -> RawTable:
    if len(sheet.frame.columns) > _MAX_COLUMNS:
        values = {"n": len(sheet.frame.columns), "most": _MAX_COLUMNS}
        raise InputError([Issue("G112", path.name, values)])
    headers = [str(header) for header in sheet.frame.columns]
    at, faults = _places(path.name, name, headers)
    if faults:
        raise InputError(faults)
    frame = sheet.frame.iloc[:, list(at.values())]
    frame.columns = pd.Index(list(at))
    cells = frame.drop(columns="geometry", errors="ignore") if name == "buildings" else frame
    # A blank line is no row; a footprint with blank attributes is.
    frame = frame[cells.notna().any(axis=1) | ("geometry" in frame and frame["geometry"].notna())]
    if frame.empty:
        raise InputError([Issue("G102", path.name)])
    others = [header for i, header in enumerate(headers) if i not in at.values() and header.strip()]
    return RawTable(
        name=name,
        path=path,
        sha256=sha256_of(path),
        frame=frame,
        encoding=sheet.encoding,
        dropped_columns=tuple(header for header in others if is_personal(header)),
        ignored_columns=tuple(header for header in others if not is_personal(header)),
        headers=MappingProxyType({column: headers[i] for column, i in at.items()}),
    )


def _places(file: str, name: str, headers: Sequence[str]) -> tuple[dict[str, int], list[Issue]]:
    """Where each schema column stands in the file, and what is wrong with the header."""
    best: dict[str, tuple[int, int]] = {}
    faults = []
    for i, header in enumerate(headers):
        found = column_of(name, header)
        if found is None:
            continue
        column, rank = found
        if column not in best or rank < best[column][0]:
            best[column] = (rank, i)
        elif rank == best[column][0]:
            faults.append(Issue("G107", file, {"column": header, "first": headers[best[column][1]]}))
    at = {column: i for column, (_, i) in best.items()}
    faults += [
        Issue(
            "G103",
            file,
            {"column": column, "nearest": _nearest(name, column, headers), "found": ", ".join(headers[:40])},
        )
        for column in REQUIRED[name]
        if column not in at
    ]
    return at, faults


def _nearest(table: str, column: str, headers: Sequence[str]) -> str:
    """The header most like any name of the column."""
    names = [plain(alias) for alias in (column, *ALIASES[table][column])]
    likeness = {
        header: max(difflib.SequenceMatcher(None, name, plain(header)).ratio() for name in names)
        for header in headers[:_MAX_COLUMNS]
    }
    best = max(likeness, key=lambda header: likeness[header], default="-")
    return best if likeness.get(best, 0.0) >= _ALIKE else "-"
