"""READ: reading of the files that a scenario names into raw tables; errors are collected until the end of cleaning."""

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pandas as pd

from geodata.errors import Code, InputError, Issue, MessageValue
from geodata.raw_table import RawTable
from geodata.read.column_aliases import ASSUMED_IN_STUDIES
from geodata.read.concatenated_files import join_tables
from geodata.read.csv_files import read_text
from geodata.read.read_table import read_table, safe_path
from geodata.regular_file import is_present
from geodata.schema import RESULTS, no_rows
from sweep.follow.rechecks import ManualClosing
from sweep.inputs.earlier_results import read_closings, read_follow_up
from sweep.inputs.findings_collector import FindingsCollector
from sweep.inputs.osm_map import is_osm, is_osm_buildings
from sweep.made_up.city_cache import city_folder
from sweep.made_up.settings.city import SyntheticCitySettings
from sweep.records.input_files import InputFile
from sweep.scenario.input_settings import Data, first_setting, keys_of
from sweep.scenario.scenario import GivenTables, Scenario

CITY_FILES = Data(
    buildings="city.osm.pbf",
    building_files="building_files.csv",
    streets="city.osm.pbf",
    history="history.csv",
)

# Folder of the synthetic city's files in an exported scenario.
CITY_KEPT = "_city"

_SECTIONS = ("section", "constants")
# Tables typed row by row by planners, which may become empty.
_TYPED = ("pins", "assign")

# Tables stored by division, of which a login may see no row.
BY_DIVISION = frozenset({"history", "building_files", "leads", "firms"})

# Tables that a plan requires, and a ranking by past checks does not.
PLAN_TABLES = frozenset({"firms", "leads", "roster", "bases"})


@dataclass(frozen=True, slots=True)
class RawInputs:
    """Raw content of a scenario's files, before any repair."""

    folder: Path
    """Folder of the scenario, or of the synthetic city."""
    data: Data
    """Settings [data] of the scenario; for a synthetic city the city's files with the scenario's changes."""
    tables: Mapping[str, RawTable]
    """Raw tables by name; tables that the scenario does not name, or with errors, are missing."""
    results: pd.DataFrame
    """Results of earlier plans, already cleaned; empty on errors, or if no plan has results."""
    closings: tuple[ManualClosing, ...]
    """Re-check items that an officer has closed without a visit."""
    follow_up_files: tuple[InputFile, ...]
    """Records of the files of results and closings."""
    issues: tuple[Issue, ...]
    """Errors found while reading."""


def read(scenario: Scenario, *, is_study: bool = False) -> RawInputs:
    """
    Read the tables that a scenario names, in files or in memory; errors are collected in the result.

    Parameters
    ----------
    is_study
        Whether past checks are evaluated and nothing is planned: firms, leads, roster and bases may be missing or empty
        unless the scenario names them, and the history may lack tracks.
    """
    folder, data = _folder(scenario)
    found = FindingsCollector()
    tables: dict[str, RawTable] = {}
    for table, names in _named_tables(scenario, folder, data).items():
        # These belong to the police, the platform and the planner; a synthetic city has none of them.
        place = scenario.folder if table in ("investigations", "other_inspections", *_TYPED) else folder
        may_be_empty = table in _TYPED or (is_study and table in PLAN_TABLES)
        may_lack = ASSUMED_IN_STUDIES if is_study and table == "history" else ()
        work = partial(_read_table, place, data, table, names, may_lack, scenario.given, may_be_empty=may_be_empty)
        raw = found.attempt(work)
        if raw is not None:
            tables[table] = raw
    # Tables in memory have no folder of results.
    follow_up = found.attempt(lambda: read_follow_up(scenario)) if scenario.given is None else None
    closed = found.attempt(lambda: read_closings(scenario)) if scenario.given is None else None
    results, result_files = follow_up or (no_rows(RESULTS), ())
    closings, closing_files = closed or ((), ())
    return RawInputs(
        folder=folder,
        data=data,
        tables=tables,
        results=results,
        closings=closings,
        follow_up_files=(*result_files, *closing_files),
        issues=tuple(found.issues),
    )


def _is_empty(folder: Path, data: Data, table: str, name: str) -> bool:
    """Return whether a table is empty: a file with only a header, or a missing file that the settings do not name."""
    path = safe_path(folder, name, f"data.{table}")
    if not is_present(path):
        return table not in data.model_fields_set
    # No header alone is this long; a large table is read only once.
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
    settings = SyntheticCitySettings(**{**scenario.city.model_dump(), "day": scenario.city.day or scenario.day})
    return city_folder(settings), data


def _named_tables(scenario: Scenario, folder: Path, data: Data) -> dict[str, tuple[str, ...]]:
    """Return the file names by table, for tables that the settings name; OpenStreetMap files do not count as tables."""
    is_named = "assign" in scenario.data.model_fields_set or (
        scenario.given is None and os.path.lexists(scenario.folder / data.assign)
    )
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
        "other_inspections": data.other_inspections,
        "investigations": data.investigations,
        "pins": data.pins,
        "assign": data.assign if is_named else None,
    }
    return {table: data.sources(table) for table, name in files.items() if name}


def _read_table(
    folder: Path,
    data: Data,
    table: str,
    names: Sequence[str],
    may_lack: Collection[str],
    given: GivenTables | None,
    *,
    may_be_empty: bool,
) -> RawTable | None:
    found = FindingsCollector()
    read_one = partial(_read_source, folder, data, table, may_lack=may_lack, given=given, may_be_empty=may_be_empty)
    parts = [found.attempt(partial(read_one, name, is_one=len(names) == 1)) for name in names]
    if found.issues:
        raise InputError(_by_workbook(found.issues))
    filled = [(part, data.datum_of(table, name)) for part, name in zip(parts, names, strict=True) if part is not None]
    if not filled:
        return None
    shared = data.columns.get(table, {}) if len(names) > 1 else {}
    return replace(join_tables([p for p, _ in filled], [d for _, d in filled], shared), anywhere=data.anywhere)


def _read_source(
    folder: Path,
    data: Data,
    table: str,
    name: str,
    may_lack: Collection[str],
    given: GivenTables | None,
    *,
    may_be_empty: bool,
    is_one: bool,
) -> RawTable | None:
    """Read one file of a table, one sheet of it, or a table in memory; None if it is missing or empty and may be so."""
    frame = None if given is None else given.frames.get(name)
    if may_be_empty and (_is_empty(folder, data, table, name) if given is None else frame is None):
        return None
    if given is None:
        path, sheet = source_path(folder, name, "data.streets" if table == "street_lines" else f"data.{table}")
    elif frame is None:
        raise InputError([Issue("G137", name)])
    else:
        path, sheet = Path(name), None
    keys = keys_of(table, name)
    first, *others = first_setting(data.points, keys) or (None,)
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
            frame,
        )
    except InputError as error:
        if may_have_no_row and all(i.code == Code.NO_ROW for i in error.issues):
            return None
        raise


def _by_workbook(issues: Sequence[Issue]) -> list[Issue]:
    """Return errors of columns; equal errors from sheets of a workbook with equal headers become one error."""
    headers: dict[str, set[MessageValue]] = {}
    for issue in issues:
        headers.setdefault(issue.where.partition("#")[0], set()).add(issue.values.get("found", issue.where))
    merged = (_of_workbook(issue, headers) for issue in issues)
    return list({(i.code, i.where, str(dict(i.values))): i for i in merged}.values())


def _of_workbook(issue: Issue, headers: Mapping[str, Collection[MessageValue]]) -> Issue:
    file, _, sheet = issue.where.partition("#")
    if not sheet or len(headers[file]) > 1 or "section" not in issue.values:
        return issue
    sections = {k: str(v).replace(f"{file}#{sheet}", file) for k, v in issue.values.items() if k in _SECTIONS}
    return replace(issue, where=file, values={**issue.values, **sections})


def source_path(folder: Path, name: str, key: str) -> tuple[Path, str | None]:
    """
    Return the file of a source and its sheet, None without one: `plan.xlsx#Day` is the sheet `Day` of plan.xlsx.

    If a file has the whole name, `#` included, it is that file. `key`: setting that names it, for errors.
    """
    path = safe_path(folder, name, key)
    file, _, sheet = path.name.partition("#")
    return (path, None) if not sheet or is_present(path) else (path.with_name(file), sheet)


def _merged(settings: Mapping[str, Mapping[str, str]], keys: Sequence[str]) -> dict[str, str]:
    """Return the settings of several keys merged into one mapping; earlier keys have priority."""
    return {k: v for key in reversed(keys) for k, v in settings.get(key, {}).items()}
