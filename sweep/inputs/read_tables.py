"""READ: the files that a scenario names, as raw tables; every fault is kept for the end of cleaning."""

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pandas as pd

from geodata.errors import InputError, Issue, Named
from geodata.raw_table import RawTable
from geodata.read.column_aliases import ASSUMED_IN_STUDIES
from geodata.read.csv_files import read_text
from geodata.read.joined_files import join_tables
from geodata.read.read_table import read_table, safe_path
from geodata.regular_file import is_present
from geodata.schema import RESULTS, no_rows
from sweep.follow.rechecks import Closing
from sweep.inputs.collector import Collector
from sweep.inputs.earlier_results import read_closings, read_follow_up
from sweep.inputs.osm_map import is_osm, is_osm_buildings
from sweep.made_up.city_cache import city_folder
from sweep.made_up.settings.city import CitySettings
from sweep.records.input_files import InputFile
from sweep.scenario.inputs import Data, first_of, keys_of
from sweep.scenario.scenario import Scenario

CITY_FILES = Data(
    buildings="city.osm.pbf",
    building_files="building_files.csv",
    streets="city.osm.pbf",
    history="history.csv",
)

# Where the files of the made-up city stand in the folder of a scenario that was kept in a store.
CITY_KEPT = "_city"

_SECTIONS = ("section", "constants")
# What planners type row by row: whoever takes the last row out has none.
_TYPED = ("pins", "assign")

# What a store keeps by division: whoever sees some divisions may see no row of it.
BY_DIVISION = frozenset({"history", "building_files", "leads", "firms"})

# What a plan cannot do without, and a ranking by past checks can.
OF_A_PLAN = frozenset({"firms", "leads", "roster", "bases"})


@dataclass(frozen=True, slots=True)
class RawInputs:
    """Raw content of a scenario's files, before any repair."""

    folder: Path
    """The scenario's own, or that of the made-up city."""
    data: Data
    """The scenario's own, or the files of the made-up city with what the scenario changes in them."""
    tables: Mapping[str, RawTable]
    """Raw tables by name; one that the scenario does not name, or that cannot be read, is missing."""
    results: pd.DataFrame
    """Results of earlier plans, cleaned when they were taken in; empty if there are none, or they are at fault."""
    closings: tuple[Closing, ...]
    """Items closed without a visit."""
    follow_up_files: tuple[InputFile, ...]
    """The files of the results and of the closings."""
    issues: tuple[Issue, ...]
    """Every fault of reading."""
    is_study: bool = False
    """Whether nothing is planned from them, so that tables of `OF_A_PLAN` may be missing."""


def read(scenario: Scenario, *, is_study: bool = False) -> RawInputs:
    """
    Raw tables of the files that a scenario names, and the faults of those that cannot be read.

    Parameters
    ----------
    is_study
        Whether past checks are judged or ranked by and nothing is planned: then firms, leads, roster and bases that the
        scenario does not name may be missing or empty, and a history need not say on which track a check was.
    """
    folder, data = _folder(scenario)
    found = Collector()
    tables: dict[str, RawTable] = {}
    for table, names in _named_tables(scenario, folder, data).items():
        # Investigations are the police's own, pins and assignments the planner's, and none is part of a made-up city.
        place = scenario.folder if table in ("investigations", *_TYPED) else folder
        may_be_empty = table in _TYPED or (is_study and table in OF_A_PLAN)
        may_lack = ASSUMED_IN_STUDIES if is_study and table == "history" else ()
        work = partial(_read_table, place, data, table, names, may_lack, may_be_empty=may_be_empty)
        raw = found.attempt(work)
        if raw is not None:
            tables[table] = raw
    results, result_files = found.attempt(lambda: read_follow_up(scenario)) or (no_rows(RESULTS), ())
    closings, closing_files = found.attempt(lambda: read_closings(scenario)) or ((), ())
    return RawInputs(
        folder=folder,
        data=data,
        tables=tables,
        results=results,
        closings=closings,
        follow_up_files=(*result_files, *closing_files),
        issues=tuple(found.issues),
        is_study=is_study,
    )


def _is_empty(folder: Path, data: Data, table: str, name: str) -> bool:
    """Whether a table that the scenario does not name is missing, or a table has a header and no row."""
    path = safe_path(folder, name, f"data.{table}")
    if not is_present(path):
        return table not in data.model_fields_set
    # No header alone is longer: a large table is read once.
    if path.suffix.lower() not in (".csv", ".tsv", ".txt") or path.stat().st_size > 65_536:
        return False
    header, _, rows = read_text(path)[0].partition("\n")
    return bool(header.strip()) and not rows.strip()


def _folder(scenario: Scenario) -> tuple[Path, Data]:
    if scenario.city is None:
        return scenario.folder, scenario.data
    changed = {key: getattr(scenario.data, key) for key in scenario.data.model_fields_set}
    data, kept = CITY_FILES.model_copy(update=changed), scenario.folder / CITY_KEPT
    if kept.is_dir():
        return kept, data
    settings = CitySettings(**{**scenario.city.model_dump(), "day": scenario.city.day or scenario.day})
    return city_folder(settings), data


def _named_tables(scenario: Scenario, folder: Path, data: Data) -> dict[str, tuple[str, ...]]:
    """The files of each table that is named. OpenStreetMap's files are no tables: see `osm_map.py`."""
    is_named = "assign" in scenario.data.model_fields_set
    files = {
        "building_files": data.building_files,
        "districts": data.districts,
        "firms": data.firms,
        "buildings": None if is_osm_buildings(folder / data.label("buildings")) else data.buildings,
        "leads": data.leads,
        "roster": data.roster,
        "bases": data.bases,
        "history": data.history,
        "street_lines": data.streets if data.streets and not is_osm(data.streets) else None,
        "water": data.water if data.water and not is_osm(data.water) else None,
        "investigations": data.investigations,
        "pins": data.pins,
        "assign": data.assign if is_named or os.path.lexists(scenario.folder / data.assign) else None,
    }
    return {table: data.sources(table) for table, name in files.items() if name}


def _read_table(
    folder: Path, data: Data, table: str, names: Sequence[str], may_lack: Collection[str], *, may_be_empty: bool
) -> RawTable | None:
    """A table of all its files; None where it may be empty or have no row, and is or has none."""
    found = Collector()
    read_one = partial(_read_source, folder, data, table, may_lack=may_lack, may_be_empty=may_be_empty)
    parts = [found.attempt(partial(read_one, name, is_one=len(names) == 1)) for name in names]
    if found.issues:
        raise InputError(_by_workbook(found.issues))
    filled = [(part, data.datum_of(table, name)) for part, name in zip(parts, names, strict=True) if part is not None]
    if not filled:
        return None
    shared = data.columns.get(table, {}) if len(names) > 1 else {}
    return replace(join_tables([p for p, _ in filled], [d for _, d in filled], shared), anywhere=data.anywhere)


def _read_source(
    folder: Path, data: Data, table: str, name: str, may_lack: Collection[str], *, may_be_empty: bool, is_one: bool
) -> RawTable | None:
    """One file of a table, or one sheet of it; None as of `_read_table`."""
    if may_be_empty and _is_empty(folder, data, table, name):
        return None
    path, sheet = source_path(folder, name, "data.streets" if table == "street_lines" else f"data.{table}")
    keys = keys_of(table, name)
    first, *others = first_of(data.points, keys) or (None,)
    own, shared = _merged(data.columns, keys if is_one else keys[:-1]), {} if is_one else data.columns.get(table, {})
    columns = {**own, **({"lon": first.lon, "lat": first.lat} if first else {})}
    points = [(pair.lon, pair.lat, pair.datum) for pair in others if pair]
    of_columns = {column for key in keys for column in data.values.get(key, {})}
    words = {c: _merged({key: data.values.get(key, {}).get(c, {}) for key in keys}, keys) for c in of_columns}
    may_have_no_row = may_be_empty or (data.in_part and table in BY_DIVISION)
    try:
        return read_table(
            path,
            table,
            columns,
            data.keep_personal.get(table, ()),
            words,
            points,
            may_lack,
            sheet,
            {column: header for column, header in shared.items() if column not in columns},
            _merged(data.constants, keys),
            None if is_one else name,
        )
    except InputError as error:
        if may_have_no_row and all(i.code == "G127" for i in error.issues):
            return None
        raise


def _by_workbook(issues: Sequence[Issue]) -> list[Issue]:
    """Faults of columns, those of sheets with the same headers once for their workbook."""
    headers: dict[str, set[Named]] = {}
    for issue in issues:
        headers.setdefault(issue.where.partition("#")[0], set()).add(issue.values.get("found", issue.where))
    merged = (_of_workbook(issue, headers) for issue in issues)
    return list({(i.code, i.where, str(dict(i.values))): i for i in merged}.values())


def _of_workbook(issue: Issue, headers: Mapping[str, Collection[Named]]) -> Issue:
    file, _, sheet = issue.where.partition("#")
    if not sheet or len(headers[file]) > 1 or "section" not in issue.values:
        return issue
    sections = {k: str(v).replace(f"{file}#{sheet}", file) for k, v in issue.values.items() if k in _SECTIONS}
    return replace(issue, where=file, values={**issue.values, **sections})


def source_path(folder: Path, name: str, key: str) -> tuple[Path, str | None]:
    """
    The file of a source, and the sheet that it names; a file may have the sign # in its name.

    Raises
    ------
    InputError
        As for `safe_path`.
    """
    path = safe_path(folder, name, key)
    file, _, sheet = path.name.partition("#")
    return (path, None) if not sheet or is_present(path) else (path.with_name(file), sheet)


def _merged(settings: Mapping[str, Mapping[str, str]], keys: Sequence[str]) -> dict[str, str]:
    """The settings under all of some keys; those of an earlier key go before those of a later one."""
    return {k: v for key in reversed(keys) for k, v in settings.get(key, {}).items()}
