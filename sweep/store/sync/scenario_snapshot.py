"""Snapshot of a scenario's folder for a store: files, and the division of each record."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from geodata.errors import InputError, Issue
from geodata.raw_table import RawTable
from geodata.read.read_table import safe_path
from geodata.read.shapefile_parts_and_zip import parts_of
from geodata.regular_file import is_present, read_regular
from sweep.inputs.clean_tables import clean
from sweep.inputs.match_to_buildings import match
from sweep.inputs.matched_inputs import Inputs
from sweep.inputs.police_only_data import under_investigation
from sweep.inputs.read_tables import BY_DIVISION, CITY_KEPT, RawInputs, read, source_path
from sweep.scenario.city_toml import CITY_FILE
from sweep.scenario.scenario import Scenario
from sweep.store.store_records import InvestigatedPlace, Key, PendingWrite, RecordSplit
from sweep.store.sync.duty_files import refuse_duty
from sweep.store.sync.record_divisions import COMMON_TABLES, split_records

PLANNER_TABLES = ("pins", "assign")
_TABLES: tuple[str, ...] = (
    *("buildings", "offices", "outlines", "building_files", "streets", "water", "districts"),
    *("firms", "leads", "roster", "bases", "history", *PLANNER_TABLES),
)
_MAPS = frozenset({"streets", "water", "districts", "outlines"})


@dataclass(frozen=True, slots=True)
class ScenarioSnapshot:
    """Inputs of a scenario for an import."""

    divisions: tuple[str, ...]
    """All divisions of its buildings."""
    writes: tuple[PendingWrite, ...]
    investigations: tuple[str, bytes, tuple[InvestigatedPlace, ...]] | None
    """Name and content of the file of investigations, and its buildings; None without one."""
    unseen: Mapping[str, tuple[str, ...]]
    """Names that settings or pins use but the visible rows lack, by place in the scenario, as `Inputs.unseen`."""


def take_snapshot(scenario: Scenario) -> ScenarioSnapshot:
    """
    Read a scenario's inputs for a store.

    Raises
    ------
    InputError
        With the errors of all files, including the duty table: inputs that allow no plan are refused.
        S950 for each file with columns of personal data, or identity or mobile numbers in its cells, since a store
        keeps files unchanged.
    """
    raw = read(scenario)
    if personal := [issue for table in raw.tables.values() for issue in _personal(table)]:
        raise InputError(personal)
    inputs = match(scenario, clean(scenario, raw), warns=False)
    refuse_duty(scenario.folder, frozenset(inputs.roster["person_id"]))
    divisions = tuple(sorted({str(c) for c in inputs.buildings["division_code"].dropna()}))
    writes = tuple(_writes(scenario, raw, inputs, divisions))
    return ScenarioSnapshot(divisions, writes, _investigations(scenario, inputs), inputs.unseen)


def _personal(table: RawTable) -> Iterator[Issue]:
    n_cells = sum(table.repairs.get(kind, 0) for kind in ("identity_number", "mobile_number"))
    if table.dropped_columns or n_cells:
        yield Issue("S950", table.path.name, {"columns": table.dropped_columns, "n": n_cells})


def _writes(scenario: Scenario, raw: RawInputs, inputs: Inputs, divisions: tuple[str, ...]) -> Iterator[PendingWrite]:
    settings = scenario.folder / "scenario.toml"
    yield PendingWrite(Key("settings", settings.name), read_regular(settings), day=scenario.day, divisions=())
    seen: set[str] = set()
    for table, place, path in input_files(scenario, raw):
        if place in seen:
            continue
        seen.add(place)
        content = read_regular(path)
        read = raw.tables.get("street_lines" if table == "streets" else table)
        own = read and next((part for part in read.sources if part.path.name == path.name), read.sources[0])
        split, form = (None, None) if own is None else split_records(own, content, inputs)
        if own is None and scenario.data.in_part and table in BY_DIVISION:
            # A header without records of these divisions.
            split = RecordSplit(len(content), ())
        is_common = split is not None or table in _MAPS or table in COMMON_TABLES or own is None
        scope = () if is_common else divisions
        whole = None if form is None else content
        yield PendingWrite(Key("inputs", place), form or content, table, scenario.day, split, scope, whole)


def input_files(scenario: Scenario, raw: RawInputs) -> Iterator[tuple[str, str, Path]]:
    """Yield (key in `[data]`, path in the store, local path) of each existing input file; `raw`: files as read."""
    if is_present(city := scenario.folder / CITY_FILE):
        yield "city", CITY_FILE, city
    for table in _TABLES:
        folder = scenario.folder if table in PLANNER_TABLES else raw.folder
        is_city = scenario.city is not None and folder == raw.folder
        paths = (source_path(folder, name, f"data.{table}")[0] for name in raw.data.sources(table))
        for one in (part for path in paths if is_present(path) for part in parts_of(path)):
            own = one.relative_to(folder).as_posix()
            yield table, f"{CITY_KEPT}/{own}" if is_city else own, one


def _investigations(scenario: Scenario, inputs: Inputs) -> tuple[str, bytes, tuple[InvestigatedPlace, ...]] | None:
    name = scenario.data.investigations
    if name is None:
        return None
    path = safe_path(scenario.folder, name, "data.investigations")
    codes = inputs.buildings.set_index("building_id")["division_code"].fillna("").to_dict()
    rows = inputs.investigations
    places: list[InvestigatedPlace] = []
    for at in range(len(rows)):
        one = rows.iloc[[at]]
        closed_on = one["closed_on"].iloc[0]
        until = None if closed_on is None or closed_on != closed_on else closed_on.date()
        # One row at a time, so that a closed investigation blocks no later day.
        own = replace(inputs, investigations=one)
        places += [
            InvestigatedPlace(str(codes.get(b, "")), b, until)
            for b in sorted(under_investigation(own, until or scenario.day))
        ]
    return name, read_regular(path), tuple(places)
