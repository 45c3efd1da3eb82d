"""Meaning of a result: access, irregularities, and its row in the history."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import Any

import pandas as pd

from geodata.schema import HISTORY, no_rows
from sweep.records.people import MARKET_REGULATION, POLICE

type Row = Mapping[Hashable, Any]

# Both go in together on a joint visit, and each uses up one of its own (domain 6, open points).
AUTHORITIES = (POLICE, MARKET_REGULATION)
# Both look together: who went is one, so that the ranking does not take a joint visit for two looks.
JOINT = "joint"
_WORST_FIRST = ("find", "irregular", "nothing", "no_access")
NO_ACCESS = frozenset({"locked", "vacant", "refused"})


def outcome(row: Row) -> str:
    """One of `geodata.schema.OUTCOMES`."""
    if count(row, "n_dens") > 0:
        return "find"
    if row["unit_state"] in NO_ACCESS:
        return "no_access"
    return "irregular" if row["unit_state"] == "not_found" or fault(row) else "nothing"


def fault(row: Row) -> str | None:
    """Gravest open irregularity: `hazard`, `rectify` or `irregular`; None if there is none."""
    if max(count(row, "n_hazards"), int(row["fire_exit_blocked"] == "yes")) > count(row, "n_hazards_fixed"):
        return "hazard"
    if row["is_rectify"] == "yes":
        return "rectify"
    matches = ("licence_displayed", "name_match", "address_match", "scope_match")
    return "irregular" if any(row[name] == "no" for name in matches) else None


def count(row: Row, name: str) -> int:
    """A count; an empty cell is none."""
    return 0 if pd.isna(row[name]) else int(row[name])


def looked_at(row: Row) -> str:
    """Subject of a row of results: the firm by its uscc, else the unit."""
    return str(row["uscc"] if pd.notna(row["uscc"]) else row["unit"])


def history_rows(results: pd.DataFrame, recheck_ids: Collection[str] = ()) -> pd.DataFrame:
    """
    The history that results add up to: a row a visit, firm inspected and authority, as `geodata.schema.HISTORY` has it.

    A row for a unit whose firm was not to be inspected is stock taken; nothing was looked for there, and the row is
    left out unless something was found all the same. A visit that took stock alone is one row of the building: it was
    disturbed. Where a visit names no firm, its rows are those of the building.
    Several rooms of one firm are one inspection, with the worst that was seen in any.

    Parameters
    ----------
    results
        Results taken in: of the form `geodata.schema.RESULTS`, the plan's columns filled in.
    recheck_ids
        Ids of all items: a visit on nothing but such was a re-check, and no look at the building.
    """
    items = frozenset(" ".join(i.split()) for i in recheck_ids)
    looks: dict[tuple[str, str, str], list[Row]] = {}
    for row in results.to_dict("records"):
        is_stock = row["track"] == "stocktake" and outcome(row) != "find"
        if is_stock or row["is_target"] == "yes" or outcome(row) == "find":
            row = {**row, "uscc": None, "unit": None} if is_stock else row
            looks.setdefault((str(row["plan_id"]), str(row["visit_id"]), looked_at(row)), []).append(row)
    rows = [_history_row(rows, authority, items) for rows in looks.values() for authority in AUTHORITIES]
    if not rows:
        return no_rows(HISTORY)
    columns = {name: [row.get(name) for row in rows] for name in map(str, HISTORY.columns)}
    return HISTORY.validate(pd.DataFrame(columns))


def _history_row(rows: Sequence[Row], authority: str, items: frozenset[str]) -> dict[str, object]:
    row = rows[0]
    basis: list[str] = [] if pd.isna(row["basis"]) else str(row["basis"]).split()
    return {
        "visit_id": f"{row['plan_id']}/{row['result_id']}/{authority}",
        "building_id": row["building_id"],
        "uscc": row["uscc"],
        "visited_on": max(r["visited_on"] for r in rows),
        "track": row["track"],
        "authority": authority,
        "team": JOINT,
        "outcome": min((outcome(r) for r in rows), key=_WORST_FIRST.index),
        "selection_probability": row["selection_probability"] if row["track"] == "routine" else None,
        "ground": "recheck" if basis and _is_made_of(basis, items) else None,
        "officers": row[f"{authority}_officers"] or None,
    }


def _is_made_of(words: Sequence[str], items: frozenset[str]) -> bool:
    """Whether words in a row are ids of items and nothing else: an id has blanks where the name of its unit does."""
    longest = max((i.count(" ") + 1 for i in items), default=0)
    ends = {0}
    for k in range(1, len(words) + 1):
        starts = (j for j in range(max(0, k - longest), k) if j in ends)
        if any(" ".join(words[j:k]) in items for j in starts):
            ends.add(k)
    return len(words) in ends
