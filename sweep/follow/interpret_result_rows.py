"""Interpretation of a result row: access, irregularities, and the row's form in the history."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import Any

import pandas as pd

from geodata.schema import HISTORY, no_rows
from sweep.records.people import MARKET_REGULATION, POLICE

type Row = Mapping[Hashable, Any]

# A joint visit counts as one inspection of each authority (domain 6, open points).
AUTHORITIES = (POLICE, MARKET_REGULATION)
# One team code for both authorities, so that the ranking counts a joint visit once.
JOINT = "joint"
_WORST_FIRST = ("find", "irregular", "nothing", "no_access")
NO_ACCESS = frozenset({"locked", "vacant", "refused"})


def outcome(row: Row) -> str:
    """Return the outcome of a result row, one of `geodata.schema.OUTCOMES`."""
    if count(row, "n_dens") > 0:
        return "find"
    if row["unit_state"] in NO_ACCESS:
        return "no_access"
    return "irregular" if row["unit_state"] == "not_found" or irregularity(row) else "nothing"


def irregularity(row: Row) -> str | None:
    """
    Return the gravest irregularity of a result row, or None: `hazard`, `rectify` or `irregular`.

    They mean an unfixed hazard, a firm that must rectify, and a licence, name, address or scope that does not match.
    """
    if max(count(row, "n_hazards"), int(row["fire_exit_blocked"] == "yes")) > count(row, "n_hazards_fixed"):
        return "hazard"
    if row["is_rectify"] == "yes":
        return "rectify"
    matches = ("licence_displayed", "name_match", "address_match", "scope_match")
    return "irregular" if any(row[name] == "no" for name in matches) else None


def count(row: Row, name: str) -> int:
    """Return a count from a result row; an empty cell is 0."""
    return 0 if pd.isna(row[name]) else int(row[name])


def subject_of_row(row: Row) -> str:
    """Return the subject of a result row: the firm's uscc, else the office (column `unit`)."""
    return str(row["uscc"] if pd.notna(row["uscc"]) else row["unit"])


def history_rows(results: pd.DataFrame, recheck_ids: Collection[str] = ()) -> pd.DataFrame:
    """
    Return the history (`geodata.schema.HISTORY`) of results: a row for each visit, inspected firm and authority.

    Results of offices that were not to be inspected are left out, unless something was found. A stocktake becomes one
    row of the building, since a den there may have been disturbed. If a visit names no firm, its rows are those of the
    building. Several rooms of one firm are one inspection, with the worst outcome.

    Parameters
    ----------
    results
        Accepted results, as `geodata.schema.RESULTS`, with the plan's columns filled in.
    recheck_ids
        Ids of all re-check items: a visit whose basis consists of such ids only gets `recheck` in column `ground`.
    """
    items = frozenset(" ".join(i.split()) for i in recheck_ids)
    rows_by_subject: dict[tuple[str, str, str], list[Row]] = {}
    for row in results.to_dict("records"):
        is_stock = row["track"] == "stocktake" and outcome(row) != "find"
        if is_stock or row["is_target"] == "yes" or outcome(row) == "find":
            row = {**row, "uscc": None, "unit": None} if is_stock else row
            rows_by_subject.setdefault((str(row["plan_id"]), str(row["visit_id"]), subject_of_row(row)), []).append(row)
    rows = [_history_row(rows, authority, items) for rows in rows_by_subject.values() for authority in AUTHORITIES]
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
    """Whether `words`, joined by blanks, are ids of re-check `items` and nothing else; an id may have blanks."""
    longest = max((i.count(" ") + 1 for i in items), default=0)
    ends = {0}
    for k in range(1, len(words) + 1):
        starts = (j for j in range(max(0, k - longest), k) if j in ends)
        if any(" ".join(words[j:k]) in items for j in starts):
            ends.add(k)
    return len(words) in ends
