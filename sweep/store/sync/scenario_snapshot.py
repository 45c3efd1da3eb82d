"""A scenario's folder into a store: its files with their bytes, and of each record the division that it is of."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from geodata.errors import InputError, Issue
from geodata.raw_table import RawTable
from geodata.read.archive import parts_of
from geodata.read.read_table import safe_path
from geodata.regular_file import is_present, read_regular
from sweep.inputs.clean_tables import clean
from sweep.inputs.inputs import Inputs
from sweep.inputs.read_tables import BY_DIVISION, CITY_KEPT, RawInputs, read, source_path
from sweep.inputs.tie_to_buildings import match
from sweep.inputs.withheld import under_investigation
from sweep.scenario.city import CITY_FILE
from sweep.scenario.scenario import Scenario
from sweep.store.store_records import Key, Place, Split, Write
from sweep.store.sync.record_divisions import COMMON_TABLES, records_of
from sweep.store.sync.stored_campaign import refuse_duty

PLANNERS_OWN = ("pins", "assign")
_TABLES: tuple[str, ...] = (
    *("buildings", "offices", "outlines", "building_files", "streets", "water", "districts"),
    *("firms", "leads", "roster", "bases", "history", *PLANNERS_OWN),
)
_MAPS = frozenset({"streets", "water", "districts", "outlines"})


@dataclass(frozen=True, slots=True)
class Taken:
    """What a store takes in of a scenario's inputs."""

    divisions: tuple[str, ...]
    """All divisions of its buildings."""
    writes: tuple[Write, ...]
    investigations: tuple[str, bytes, tuple[Place, ...]] | None
    unseen: Mapping[str, tuple[str, ...]]
    """`Inputs.unseen`."""


def take_in(scenario: Scenario) -> Taken:
    """
    Read a scenario's inputs for a store.

    Raises
    ------
    InputError
        With the faults of all files, the duty calendar among them: what no plan could be made from is not taken in.
        S950 for each file with columns of personal data, or identity or mobile numbers in its cells: a store keeps
        files as they are.
    """
    raw = read(scenario)
    if personal := [issue for table in raw.tables.values() for issue in _personal(table)]:
        raise InputError(personal)
    inputs = match(scenario, clean(scenario, raw), warns=False)
    refuse_duty(scenario.folder, frozenset(inputs.roster["person_id"]))
    divisions = tuple(sorted({str(c) for c in inputs.buildings["division_code"].dropna()}))
    writes = tuple(_writes(scenario, raw, inputs, divisions))
    return Taken(divisions, writes, _investigations(scenario, inputs), inputs.unseen)


def _personal(table: RawTable) -> Iterator[Issue]:
    n_cells = sum(table.repairs.get(kind, 0) for kind in ("identity_number", "mobile_number"))
    if table.dropped_columns or n_cells:
        yield Issue("S950", table.path.name, {"columns": table.dropped_columns, "n": n_cells})


def _writes(scenario: Scenario, raw: RawInputs, inputs: Inputs, divisions: tuple[str, ...]) -> Iterator[Write]:
    settings = scenario.folder / "scenario.toml"
    yield Write(Key("settings", settings.name), read_regular(settings), day=scenario.day, divisions=())
    seen: set[str] = set()
    for table, place, path in input_files(scenario, raw):
        if place in seen:
            continue
        seen.add(place)
        content = read_regular(path)
        read = raw.tables.get("street_lines" if table == "streets" else table)
        own = read and next((part for part in read.sources if part.path.name == path.name), read.sources[0])
        split, form = (None, None) if own is None else records_of(own, content, inputs)
        if own is None and scenario.data.in_part and table in BY_DIVISION:
            # A head, and no record of these divisions.
            split = Split(len(content), ())
        is_common = split is not None or table in _MAPS or table in COMMON_TABLES or own is None
        scope = () if is_common else divisions
        whole = None if form is None else content
        yield Write(Key("inputs", place), form or content, table, scenario.day, split, scope, whole)


def input_files(scenario: Scenario, raw: RawInputs) -> Iterator[tuple[str, str, Path]]:
    """Table, path in the scenario's folder as a store has it, and file, of each file of inputs that is there."""
    if is_present(city := scenario.folder / CITY_FILE):
        yield "city", CITY_FILE, city
    for table in _TABLES:
        folder = scenario.folder if table in PLANNERS_OWN else raw.folder
        is_city = scenario.city is not None and folder == raw.folder
        paths = (source_path(folder, name, f"data.{table}")[0] for name in raw.data.sources(table))
        for one in (part for path in paths if is_present(path) for part in parts_of(path)):
            own = one.relative_to(folder).as_posix()
            yield table, f"{CITY_KEPT}/{own}" if is_city else own, one


def _investigations(scenario: Scenario, inputs: Inputs) -> tuple[str, bytes, tuple[Place, ...]] | None:
    name = scenario.data.investigations
    if name is None:
        return None
    path = safe_path(scenario.folder, name, "data.investigations")
    codes = inputs.buildings.set_index("building_id")["division_code"].fillna("").to_dict()
    rows = inputs.investigations
    places: list[Place] = []
    for at in range(len(rows)):
        one = rows.iloc[[at]]
        closed = one["closed_on"].iloc[0]
        until = None if closed is None or closed != closed else closed.date()
        # Each alone, so that what is closed blocks nothing behind its day.
        own = replace(inputs, investigations=one)
        places += [
            Place(str(codes.get(b, "")), b, until) for b in sorted(under_investigation(own, until or scenario.day))
        ]
    return name, read_regular(path), tuple(places)
