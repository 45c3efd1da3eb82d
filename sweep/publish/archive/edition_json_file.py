"""Serialisation of an edition as edition.json, from which a plan is exported and compared without its inputs."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, get_type_hints

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pydantic import BaseModel, TypeAdapter, ValidationError
from shapely.geometry.base import BaseGeometry

from geodata.atomic_writes import locked_for_reading
from geodata.errors import InputError, Issue
from geodata.reader_errors import as_input_error
from geodata.regular_file import read_regular
from geodata.schema import CRS
from sweep.disk.plain_json import scalar, to_json_values
from sweep.publish.archive.check_derived_keys import refuse_inconsistent_keys
from sweep.publish.archive.manifest import parse_manifest
from sweep.publish.archive.plan_json import FILE_NAME as PLAN_NAME
from sweep.publish.edition import Edition

FILE_NAME = "edition.json"
MANIFEST = "manifest.json"
VERSION = 1


def edition_json(edition: Edition) -> str:
    """Return the edition as JSON for `parse_edition`, with sorted keys and sets; equal editions give equal text."""
    content = {"version": VERSION, "edition": to_json_values(edition, other=_other)}
    return json.dumps(content, ensure_ascii=False, sort_keys=True) + "\n"


def edition_folder(plan: Path) -> Path:
    """Return the folder of an edition, given that folder or the plan.json in it; neither needs to exist."""
    folder = plan.parent if plan.name == PLAN_NAME or plan.is_file() else plan
    # `.` and `..` have no name, so no sibling folder could be named after them.
    return folder.resolve() if folder.name in ("", "..") else folder


def path_below(folder: Path, out: Path | None) -> Path:
    """Return the folder for an edition's exports: <out>/<scenario>/<plan id>; without `out`, the edition's `folder`."""
    there = folder.resolve()
    return folder if out is None else out / there.parent.name / there.name


def sibling_folder(folder: Path, kind: str) -> Path:
    """Return the path of the folder `<plan id>.<kind>` next to an edition; `kind`: its content, such as `orders`."""
    return folder.parent / f"{folder.resolve().name}.{kind}"


def read_edition(plan: Path) -> Edition:
    """
    Read a published edition from its folder, and verify it against its manifest.

    `plan`: folder of one plan, or its plan.json.

    Raises
    ------
    InputError
        S711 if no edition exists (a plan that breaks a rule has none), S712 if a file differs from the manifest, S713
        if it is malformed, S720 for each inconsistent key of plan.json.
    """
    folder = edition_folder(plan)
    files = {n: b.decode("utf-8", "replace") for n, b in read_unchanged(folder, (FILE_NAME, PLAN_NAME)).items()}
    edition = parse_edition(files[FILE_NAME], str(folder / FILE_NAME))
    refuse_inconsistent_keys(files[PLAN_NAME], edition)
    return edition


def read_unchanged(folder: Path, names: Sequence[str]) -> dict[str, bytes]:
    """
    Return the bytes of published files by name, verified against the manifest.

    Raises
    ------
    InputError
        S711 if one of them or the manifest is missing, S712 for each that differs from the manifest.
    """
    try:
        with locked_for_reading(folder.parent):
            manifest = parse_manifest(read_regular(folder / MANIFEST))
            files = {name: read_regular(folder / name) for name in names}
    except OSError as error:
        raise InputError([Issue("S711", str(folder))]) from error
    if manifest is None:
        raise InputError([Issue("S711", str(folder))])
    outputs = manifest["outputs"]
    changed = [n for n, b in files.items() if hashlib.sha256(b).hexdigest() != outputs.get(n, {}).get("sha256")]
    if changed:
        raise InputError(Issue("S712", str(folder / name)) for name in changed)
    return files


def parse_edition(text: str, where: str = FILE_NAME) -> Edition:
    """
    Return the edition that `edition_json` wrote as text; `where`: name of the file in errors.

    Raises
    ------
    InputError
        S713 if the text is malformed, or written by another version of the program.
    """
    hints = get_type_hints(Edition)
    with as_input_error("S713", where, "problem"):
        content = json.loads(text)
        if content["version"] != VERSION:
            raise _unreadable(where, f"version {content['version']!r:.20}")
        try:
            return Edition(**{name: _read(name, hints[name], v) for name, v in content["edition"].items()})
        except ValidationError as error:
            raise _unreadable(where, ", ".join(sorted({e["type"] for e in error.errors()}))) from error


def _unreadable(where: str, problem: str) -> InputError:
    return InputError([Issue("S713", where, {"problem": problem})])


def _other(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, pd.DataFrame):
        return _table(value)
    if isinstance(value, BaseGeometry):
        return shapely.to_wkb(value, hex=True)
    if value is pd.NaT or value is pd.NA:
        return None
    value = scalar(value)
    if value is None or isinstance(value, str | bool | int | float):
        return value
    raise ValueError(f"a {type(value).__name__} cannot be written to {FILE_NAME}")


def _table(table: pd.DataFrame) -> dict[str, Any]:
    """Return a table as lists `columns` (names), `kinds` (dtypes) and `rows`; a shape becomes hexadecimal WKB."""
    columns = [str(c) for c in table.columns]
    kinds = [str(table[c].dtype) for c in table.columns]
    cells = [[_cell(value) for value in table[column]] for column in table.columns]
    return {"columns": columns, "kinds": kinds, "rows": [list(row) for row in zip(*cells, strict=True)]}


def _cell(value: Any) -> Any:
    if type(value) is str:
        return value
    return None if pd.api.types.is_scalar(value) and pd.isna(value) else to_json_values(value, other=_other)


def _read(name: str, hint: Any, value: Any) -> Any:
    if hint is gpd.GeoDataFrame or hint is pd.DataFrame:
        return _frame(value)
    if name == "route_lines":
        return {team: tuple(shapely.from_wkb(legs)) for team, legs in value.items()}
    return _adapter(name).validate_python(value)


@cache
def _adapter(name: str) -> TypeAdapter[Any]:
    """Return the validator of the field `name` of `Edition`; cached, since making one is slower than its use."""
    return TypeAdapter(get_type_hints(Edition)[name])


def _frame(content: Mapping[str, Any]) -> pd.DataFrame:
    columns = list(zip(*content["rows"], strict=True)) or [()] * len(content["columns"])
    table = pd.DataFrame(
        {
            name: _column(kind, list(cells))
            for name, kind, cells in zip(content["columns"], content["kinds"], columns, strict=True)
        }
    )
    return gpd.GeoDataFrame(table, crs=CRS) if "geometry" in content["kinds"] else table


def _column(kind: str, cells: list[Any]) -> Any:
    if kind == "geometry":
        return gpd.GeoSeries(shapely.from_wkb(np.array(cells, dtype=object)), crs=CRS)
    return pd.Series(cells, dtype=kind)
