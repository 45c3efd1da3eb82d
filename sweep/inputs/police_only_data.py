"""Data that only the police may see: places under investigation, and the content of leads (C26)."""

import difflib
from collections.abc import Collection, Iterator
from datetime import date

import pandas as pd

from geodata.errors import Issue
from geodata.schema import TIMEZONE
from sweep.inputs.matched_inputs import Inputs
from sweep.records.withheld_texts import WithheldText


def under_investigation(inputs: Inputs, day: date) -> frozenset[str]:
    """Return ids of buildings under investigation on the day, or with a registered firm under investigation."""
    rows = _open(inputs.investigations, day)
    registered = inputs.firms["building_id"][inputs.firms["uscc"].isin(rows["uscc"].dropna())].dropna()
    return frozenset((*rows["building_id"], *registered))


def without_visits(inputs: Inputs, day: date) -> frozenset[str]:
    """Return ids of buildings that get no joint visit on the day: under investigation, or too far from every street."""
    return under_investigation(inputs, day) | inputs.unreachable


def without_firms(matched: pd.DataFrame, inputs: Inputs, day: date) -> pd.DataFrame:
    """Return the rows of `Inputs.matched` that an edition may show: without firms under investigation on the day."""
    codes = _open(inputs.investigations, day)["uscc"].dropna()
    return matched[~matched["key"].isin(codes)].reset_index(drop=True) if len(codes) else matched


def without_investigations(history: pd.DataFrame) -> pd.DataFrame:
    """Return the past visits without those of police investigations, which must not influence plans (C26)."""
    return history[history["track"] != "investigation"].reset_index(drop=True)


def investigation_faults(
    investigations: pd.DataFrame,
    known: Collection[str],
    firms: pd.DataFrame,
    day: date,
    rows: pd.DataFrame | None,
) -> Iterator[Issue]:
    """
    Yield errors of open investigations: S623 for an unknown building, S624 for an unknown firm.

    Parameters
    ----------
    known
        Ids of all buildings in the tables, planned or not.
    day
        Day of the plan; investigations closed before it may name former buildings.
    rows
        File and row number of each investigation; None without a file.
    """
    still = _open(investigations, day)
    if rows is None:
        return
    registered = set(firms["uscc"])
    for at, row in still.iterrows():
        where = f"{rows['file'].at[at]} row {rows['row'].at[at]}"
        if row["building_id"] not in known:
            near = difflib.get_close_matches(row["building_id"], known, n=1, cutoff=0.5) or [""]
            yield Issue("S623", where, {"got": row["building_id"], "nearest": near[0]})
        if pd.notna(row["uscc"]) and row["uscc"] not in registered:
            yield Issue("S624", where, {"got": row["uscc"]})


def texts_to_withhold(inputs: Inputs, day: date, visited: Collection[str]) -> tuple[WithheldText, ...]:
    """
    Return texts that only the police may see: of investigations, and of leads at investigated or visited buildings.

    Leads of other buildings are left out, since files on the visited buildings cannot contain them.

    Parameters
    ----------
    inputs
        Current inputs, so that a newly opened investigation counts.
    visited
        Ids of the buildings on which the files to search have data.
    """
    places = under_investigation(inputs, day)
    leads = inputs.leads[inputs.leads["building_id"].isin([*visited, *places])]
    found = [*_investigations(inputs, day), *_texts_of_leads(leads)]
    return tuple(dict.fromkeys(found))


def _investigations(inputs: Inputs, day: date) -> Iterator[WithheldText]:
    rows = _open(inputs.investigations, day)
    buildings = inputs.buildings[inputs.buildings["building_id"].isin(under_investigation(inputs, day))]
    firms = inputs.firms[inputs.firms["uscc"].isin(rows["uscc"].dropna())]
    yield from _column(rows, "investigation_id", "investigation_id")
    yield from _column(buildings, "building_id", "building_id")
    yield from _column(rows, "uscc", "uscc")
    yield from _column(buildings, "building_name", "building_name")
    yield from (
        WithheldText("building_name", n.strip())
        for s in _column(buildings, "other_names", "")
        for n in s.text.split(";")
    )
    yield from _column(buildings, "address", "address")
    yield from _column(firms, "firm_name", "firm_name")
    yield from _column(firms, "reg_address", "address")


def _texts_of_leads(leads: pd.DataFrame) -> Iterator[WithheldText]:
    yield from _column(leads, "lead_id", "lead_id")
    yield from _column(leads, "event_id", "event_id")
    yield from _column(leads, "address", "lead_text")


def _column(table: pd.DataFrame, column: str, kind: str) -> Iterator[WithheldText]:
    return (WithheldText(kind, str(text)) for text in table[column].dropna().unique()) if column in table else iter(())


def _open(rows: pd.DataFrame, day: date) -> pd.DataFrame:
    morning = pd.Timestamp(day, tz=TIMEZONE)
    if rows.empty:
        return pd.DataFrame({"investigation_id": [], "building_id": [], "uscc": []})
    return rows[rows["closed_on"].isna() | (rows["closed_on"] >= morning)]
