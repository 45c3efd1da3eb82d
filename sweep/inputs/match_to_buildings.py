"""MATCH: matching of firms and leads to buildings, by rules or by planners; earlier results become history."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields

import geopandas as gpd
import pandas as pd

from geodata.clean.pins_and_address_assignments import NO_BUILDING_WORDS
from geodata.errors import Code, InputError, Issue
from geodata.match.datum_check import MIN_SEEN, check_footprints, check_points, check_streets
from geodata.match.distinct_addresses import NO_BUILDING, ManualAssignments, text_key
from geodata.match.duplicate_buildings import check_one_place
from geodata.match.gazetteer import Gazetteer
from geodata.match.location_contradictions import MatchedFile, check_places
from geodata.match.match_rows import Matched, match_firms, match_leads
from geodata.schema import no_shapes
from sweep.follow.interpret_result_rows import history_rows
from sweep.follow.rechecks import follow_rechecks
from sweep.inputs.building_search import KnownBuildings, Search, typed_rows, unseen_notes
from sweep.inputs.clean_tables import CleanTables
from sweep.inputs.earlier_results import closings_until, results_before
from sweep.inputs.make_records import place_names
from sweep.inputs.matched_inputs import Inputs, TablesWithoutMatching
from sweep.inputs.police_only_data import investigation_faults, without_investigations
from sweep.inputs.read_pins import make_pins, pins_in_force
from sweep.inputs.rules_against_tables import WORKING_DAY_CODES, law_faults, recusal_faults, unseen_firms
from sweep.made_up.settings.places import DISTRICTS
from sweep.scenario.scenario import Scenario


def match(scenario: Scenario, tables: CleanTables, *, is_study: bool = False, warns: bool = True) -> Inputs:
    """
    Match firms and leads to buildings, and return the inputs; a study (`is_study`) needs no working day.

    Parameters
    ----------
    warns
        Whether to look for warnings in the matched data, which takes a third of the time.

    Raises
    ------
    InputError
        If assignments are invalid (`make_assignments`), if rules or approvals contradict tables or day (`law_faults`),
        if an investigation names an unknown building or firm (`investigation_faults`), or if a pin is invalid or
        contradicts another (`make_pins`).
    """
    within_m, buildings, districts = tables.data.match_within_m, tables.buildings, tables.districts
    streets = frozenset(tables.streets["street_name"].dropna())
    known = _known(tables, buildings["building_name"].fillna(""))
    keys = {"leads": tables.leads["lead_id"], "firms": tables.firms["uscc"]}
    assigned, assign_warnings, unseen_assigned = make_assignments(tables.assign, tables.rows.get("assign"), known, keys)
    firms = match_firms(tables.firms, buildings, within_m, streets, assigned["firms"])
    leads = match_leads(tables.leads, firms.table, buildings, within_m, firms.gazetteer, assigned["leads"])
    results = results_before(tables.results, scenario.day)
    rechecks = follow_rechecks(results, scenario.follow_up, closings_until(tables.closings, scenario.day))
    found = history_rows(results, [r.recheck_id for r in rechecks])
    history = without_investigations(tables.history)
    history = pd.concat([history, found], ignore_index=True) if len(found) else history
    conflicts = law_faults(scenario, buildings, firms.table, tables.roster, history, tables.quarantine)
    faults = [fault for fault in conflicts if not (is_study and fault.code in WORKING_DAY_CODES)]
    investigations, rows = tables.investigations, tables.rows.get("investigations")
    faults += investigation_faults(
        investigations, [*buildings["building_id"], *tables.unplanned], firms.table, scenario.day, rows
    )
    if faults:
        raise InputError(faults)
    named = _known(tables, place_names(buildings, tables.streets))
    pins, unseen_pins = make_pins(scenario, tables.pins, tables.rows.get("pins"), named)
    # A study or a campaign covers several days, and checks each separately.
    fulfilled: tuple[Issue, ...] = ()
    if not is_study:
        pins, fulfilled = pins_in_force(pins, history, scenario.day, scenario.select.cooldown_days)
    unseen = {"pins": unseen_pins, "data.assign": unseen_assigned, "law.special": unseen_firms(scenario, firms.table)}
    matched = {"firms": firms, "leads": leads}
    return Inputs(
        **{field.name: getattr(tables, field.name) for field in fields(TablesWithoutMatching)},
        firms=firms.table,
        leads=leads.table,
        history=history,
        borders=no_shapes("division_name") if districts is None else districts[["division_name", "geometry"]],
        matches={f"{name}.{kind}": n for name, m in matched.items() for kind, n in m.counts.items()},
        unmatched=_with_places({name: m.unmatched for name, m in matched.items()}, tables.rows),
        matched=_with_places({name: m.by_text for name, m in matched.items()}, tables.rows),
        division_names=_division_names(scenario, tables.districts),
        rechecks=rechecks,
        pins=pins,
        unseen=unseen,
        warnings=(
            *(_warnings(scenario, tables, firms, leads) if warns else ()),
            *assign_warnings,
            *fulfilled,
            *unseen_notes(unseen),
            # Only past checks can rank the buildings here.
            *([Issue("S409", "data.leads")] if is_study and leads.table.empty else []),
        ),
    )


def _with_places(tables: Mapping[str, pd.DataFrame], rows: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    parts = []
    for name, table in tables.items():
        where = rows[name].reindex(table["position"])
        part = table.assign(table=name, file=where["file"].to_numpy(), row=where["row"].to_numpy())
        parts.append(part.drop(columns="position"))
    return pd.concat(parts, ignore_index=True)


def _known(tables: CleanTables, names: pd.Series[str]) -> KnownBuildings:
    own = dict(zip(tables.buildings["building_id"], names, strict=True))
    return KnownBuildings(own, tables.unplanned, is_part=tables.data.in_part)


def _warnings(scenario: Scenario, tables: CleanTables, firms: Matched, leads: Matched) -> tuple[Issue, ...]:
    data, buildings = tables.data, tables.buildings
    still_made_up = (i for i in tables.files if data.made_up.get(i.table) == i.sha256)
    return (
        *(Issue("G307", f"data.{i.table}", {"file": i.file}) for i in still_made_up),
        *_unplaced(data.label("leads"), "leads", leads.table["building_id"].notna()),
        *_unplaced(data.label("firms"), "firms", firms.table["building_id"].notna()),
        *_unplaced_visits(tables),
        *tables.warnings,
        *tables.header_datums,
        *(of_datum := _datum_of_buildings(tables, firms.gazetteer)),
        *check_points(firms.table, buildings, data.datum_of("firms"), "firms", data.label("firms")),
        *check_points(leads.table, buildings, data.datum_of("leads"), "leads", data.label("leads")),
        *_unchecked_datums(tables, firms.table, leads.table),
        *_location_warnings(tables, firms, leads, may_check_buildings=not of_datum),
        # Where the scenario does not allow for them, they have stopped the run.
        *recusal_faults(scenario, buildings, firms.table, tables.roster, tables.quarantine),
    )


def _unplaced(file: str, table: str, has_building: pd.Series[bool]) -> list[Issue]:
    n, n_rows = int((~has_building).sum()), len(has_building)
    if 2 * n <= n_rows:
        return []
    percent = round(100 * n / n_rows)
    return [Issue(Code.ROWS_UNMATCHED, file, {"table": table, "n": n, "n_rows": n_rows, "percent": percent})]


def _unplaced_visits(tables: CleanTables) -> list[Issue]:
    """Return a warning (G313) if most past visits have no building; no warning if only some districts are planned."""
    is_known = tables.history["building_id"].isin(tables.buildings["building_id"])
    return [] if tables.data.divisions else _unplaced(tables.data.label("history") or "history", "history", is_known)


def _unchecked_datums(tables: CleanTables, firms: pd.DataFrame, leads: pd.DataFrame) -> list[Issue]:
    if tables.data.anywhere:
        return []
    data, n_points = tables.data, {"firms": firms["lon"].notna().sum(), "leads": leads["lon"].notna().sum()}
    few = [name for name, n in n_points.items() if 0 < n < MIN_SEEN]
    # Points of the other tables check the buildings as well as streets do.
    has_streets = len(tables.streets) and len(tables.buildings) >= MIN_SEEN
    if not tables.is_map and not has_streets and max(n_points.values()) < MIN_SEEN:
        few.insert(0, "buildings")
    return [Issue("G312", data.label(t), {"table": t, "datum": data.datum_of(t).name, "least": MIN_SEEN}) for t in few]


def _datum_of_buildings(tables: CleanTables, gazetteer: Gazetteer) -> tuple[Issue, ...]:
    """Return warnings if streets contradict the buildings' datum: by addresses (G319), else by outlines (G303)."""
    buildings, streets, datum = tables.buildings, tables.streets, tables.footprint_datum
    street_of = {i: place.street for i, place in gazetteer.places.items()}
    name = tables.data.label("buildings")
    found = () if tables.is_map else check_streets(buildings, streets, street_of, datum, name)
    # A point is often on the kerb, so its assumed circle overlaps the street in any datum.
    is_guess = tables.repairs.get("outline_assumed", 0) > 0
    return found if found or is_guess else check_footprints(buildings, streets, datum, name)


def _location_warnings(
    tables: CleanTables, firms: Matched, leads: Matched, *, may_check_buildings: bool
) -> list[Issue]:
    buildings, places = tables.buildings, firms.gazetteer.places
    named = [
        MatchedFile(name, tables.rows[name]["label"], given, matched.table)
        for name, given, matched in (("firms", tables.firms, firms), ("leads", tables.leads, leads))
    ]
    # Names of buildings in an OpenStreetMap file come with their location.
    own = None if tables.is_map else ("buildings", tables.rows["buildings"]["label"])
    at_one_place = check_one_place(buildings, *own, places) if own else []
    checked = own if may_check_buildings else None
    found = [*at_one_place, *check_places(buildings, checked, named, tables.streets, firms.gazetteer)]
    return [_in_file(issue, tables.rows) for issue in found]


def _in_file(issue: Issue, rows: Mapping[str, pd.DataFrame]) -> Issue:
    """Return an issue whose place is a file and its row, instead of a table and its row label."""
    table, _, label = issue.where.rpartition(" row ")
    if table not in rows:
        return issue
    at = rows[table].set_index("label")
    file, others = at["file"].at[int(label)], issue.values.get("rows", ())
    places = [at.loc[int(other)] for other in (others if isinstance(others, tuple) else ())]
    named = tuple(str(p["row"]) if p["file"] == file else f"{p['file']} row {p['row']}" for p in places)
    values = {**issue.values, "rows": named} if places else issue.values
    return Issue(issue.code, f"{file} row {at['row'].at[int(label)]}", values)


def _division_names(scenario: Scenario, districts: gpd.GeoDataFrame | None) -> dict[str, str]:
    if districts is not None:
        named = districts.dropna(subset="division_name")
        return dict(zip(named["division_code"], named["division_name"], strict=True))
    return {} if scenario.city is None else {d.code: d.name for d in DISTRICTS}


def make_assignments(
    table: pd.DataFrame, rows: pd.DataFrame | None, known: KnownBuildings, keys: Mapping[str, Collection[str]]
) -> tuple[dict[str, ManualAssignments], tuple[Issue, ...], tuple[str, ...]]:
    """
    Return planners' assignments of rows to buildings by table, and one warning (S654) for each row with an unknown key.

    If the tables hold only part of the city, the third value lists the typed names of buildings that they lack. A row
    assigned to such a name matches no building.

    Parameters
    ----------
    table, rows
        `table` follows `geodata.schema.ASSIGN_ROWS`; `rows` has the file and row number of each row, None without file.
    keys
        Valid keys by table: lead ids of `leads`, uscc of `firms`.

    Raises
    ------
    InputError
        S651 for an unknown building, S652 for a row with neither key nor text, S653 for contradictory rows.
    """
    by_key: dict[str, dict[str, str]] = {name: {} for name in keys}
    by_text: dict[str, dict[str, str]] = {name: {} for name in keys}
    first: dict[tuple[str, str, str], str] = {}
    search = Search(known, "S651")
    issues = search.issues
    warnings: list[Issue] = []
    known_keys = {name: frozenset(of) for name, of in keys.items()}
    for where, row in typed_rows(table, rows, ("table", "key", "text", "building_id")):
        building_id = _building(where, row["building_id"], search)
        about = [row["table"]] if row["table"] else list(keys)
        if not row["key"] and not row["text"]:
            issues.append(Issue("S652", where))
        may_be_elsewhere = known.is_part and building_id == NO_BUILDING
        if row["key"] and not may_be_elsewhere and not any(row["key"] in known_keys[name] for name in about):
            warnings.append(Issue("S654", where, {"key": row["key"], "tables": ", ".join(about)}))
        for name in about:
            for kind, value, assigned in (("key", row["key"], by_key), ("text", text_key(row["text"]), by_text)):
                if not value or building_id is None:
                    continue
                earlier = first.setdefault((name, kind, value), where)
                issue = Issue("S653", where, {"kind": kind, "got": row[kind], "other": earlier})
                if assigned[name].setdefault(value, building_id) != building_id and issue not in issues:
                    issues.append(issue)
    if issues:
        raise InputError(issues)
    assignments = {name: ManualAssignments(by_key[name], by_text[name]) for name in keys}
    return assignments, tuple(warnings), tuple(dict.fromkeys(search.unseen))


def _building(where: str, typed: str, search: Search) -> str | None:
    """
    Return the id of the building that a row names; None if it is an error, which is added to `search`.

    `NO_BUILDING`: the row names no building, or one in a district that is not planned.
    """
    if typed in search.known.names:
        return typed
    if typed.casefold() in NO_BUILDING_WORDS:
        return NO_BUILDING
    n_before, found = len(search.issues), search.building(where, typed)
    return found if found or len(search.issues) > n_before else NO_BUILDING
