"""What must not come out of the police's own edition: places under investigation, and what leads say (C26)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

import pandas as pd

from geodata.schema import TIMEZONE
from sweep.pipeline.inputs.inputs import Inputs
from sweep.publish.handouts.leaks import Secret


def under_investigation(inputs: Inputs, day: date) -> frozenset[str]:
    """Buildings that an investigation is open at on the day, those of their firms among them."""
    return frozenset(_open(inputs, day)["building_id"])


def input_secrets(inputs: Inputs, day: date, visited: Collection[str]) -> tuple[Secret, ...]:
    """
    Ids, names and addresses of what is under investigation, and the leads at buildings visited or under investigation.

    Leads of other buildings cannot come into files that are made from the visited ones alone.

    Parameters
    ----------
    inputs
        As it is now: an investigation opened since the plan was made counts.
    day
        The day of the plan.
    visited
        Building ids.
    """
    places = under_investigation(inputs, day)
    leads = inputs.leads[inputs.leads["building_id"].isin([*visited, *places])]
    found = [*_investigations(inputs, day), *_lead_secrets(leads)]
    return tuple(dict.fromkeys(found))


def _investigations(inputs: Inputs, day: date) -> Iterator[Secret]:
    rows = _open(inputs, day)
    buildings = inputs.buildings[inputs.buildings["building_id"].isin(rows["building_id"])]
    firms = inputs.firms[inputs.firms["uscc"].isin(rows["uscc"].dropna())]
    yield from _column(rows, "investigation_id", "investigation_id")
    yield from _column(rows, "building_id", "building_id")
    yield from _column(rows, "uscc", "uscc")
    yield from _column(buildings, "building_name", "building_name")
    yield from (
        Secret("building_name", n.strip()) for s in _column(buildings, "other_names", "") for n in s.text.split(";")
    )
    yield from _column(buildings, "address", "address")
    yield from _column(firms, "firm_name", "firm_name")
    yield from _column(firms, "reg_address", "address")


def _lead_secrets(leads: pd.DataFrame) -> Iterator[Secret]:
    yield from _column(leads, "lead_id", "lead_id")
    yield from _column(leads, "event_id", "event_id")
    yield from _column(leads, "address", "lead_text")


def _column(table: pd.DataFrame, column: str, kind: str) -> Iterator[Secret]:
    return (Secret(kind, str(text)) for text in table[column].dropna().unique()) if column in table else iter(())


def _open(inputs: Inputs, day: date) -> pd.DataFrame:
    rows, morning = inputs.investigations, pd.Timestamp(day, tz=TIMEZONE)
    if rows.empty:
        return pd.DataFrame({"investigation_id": [], "building_id": [], "uscc": []})
    return rows[rows["closed_on"].isna() | (rows["closed_on"] >= morning)]
