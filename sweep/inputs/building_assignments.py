"""Assignments of rows to buildings that planners have made for a scenario."""

from collections.abc import Collection, Mapping

import pandas as pd

from geodata.clean.pins_and_assignments import NONE_OF_OURS
from geodata.errors import InputError, Issue
from geodata.match.address_column import NOT_OURS, Assigned, text_key
from sweep.inputs.building_search import KnownBuildings, Search, typed_rows


def make_assigned(
    table: pd.DataFrame, rows: pd.DataFrame | None, known: KnownBuildings, keys: Mapping[str, Collection[str]]
) -> tuple[dict[str, Assigned], tuple[Issue, ...], tuple[str, ...]]:
    """
    Return the assignments by table, and one warning (S654) for each row whose key is unknown.

    The third value lists typed buildings that no table contains. Assignments to buildings in districts that are not
    planned apply to none of the planned ones.

    Parameters
    ----------
    table, rows
        `geodata.schema.ASSIGN_ROWS`, with the file and row number of each row; None without a file.
    keys
        Valid uscc or lead ids of each table.

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
    held = {name: frozenset(of) for name, of in keys.items()}
    for where, row in typed_rows(table, rows, ("table", "key", "text", "building_id")):
        building_id = _building(where, row["building_id"], search)
        about = [row["table"]] if row["table"] else list(keys)
        if not row["key"] and not row["text"]:
            issues.append(Issue("S652", where))
        may_be_elsewhere = known.is_part and building_id == NOT_OURS
        if row["key"] and not may_be_elsewhere and not any(row["key"] in held[name] for name in about):
            warnings.append(Issue("S654", where, {"key": row["key"], "tables": ", ".join(about)}))
        for name in about:
            for kind, value, settled in (("key", row["key"], by_key), ("text", text_key(row["text"]), by_text)):
                if not value or building_id is None:
                    continue
                earlier = first.setdefault((name, kind, value), where)
                issue = Issue("S653", where, {"kind": kind, "got": row[kind], "other": earlier})
                if settled[name].setdefault(value, building_id) != building_id and issue not in issues:
                    issues.append(issue)
    if issues:
        raise InputError(issues)
    settled_for = {name: Assigned(by_key[name], by_text[name]) for name in keys}
    return settled_for, tuple(warnings), tuple(dict.fromkeys(search.unseen))


def _building(where: str, typed: str, search: Search) -> str | None:
    """Return the id of the building that a row names; `NOT_OURS` for none of the scenario's; None if unknown."""
    if typed in search.known.names:
        return typed
    if typed.casefold() in NONE_OF_OURS:
        return NOT_OURS
    n_before, found = len(search.issues), search.building(where, typed)
    return found if found or len(search.issues) > n_before else NOT_OURS
