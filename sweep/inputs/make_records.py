"""Conversion of clean tables to records."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.datum.convert import metre_crs
from sweep.inputs.matched_inputs import Inputs
from sweep.records.buildings import Building, Firm, Lead, PastVisit
from sweep.records.people import Base, Person
from sweep.select.target_firms import active_firms


def make_buildings(inputs: Inputs) -> dict[str, Building]:
    """Return the records of the buildings, with their numbers of active firms, by building id."""
    names = place_names(inputs.buildings, inputs.streets)
    n_firms = active_firms(inputs.firms).groupby("building_id").size()
    return {
        str(row["building_id"]): Building(
            building_id=str(row["building_id"]),
            name=str(row["name"]),
            address=_text(row["address"]),
            division_code=_text(row["division_code"]),
            complex_id=_text(row["complex_id"]) or None,
            property_company_id=_text(row["property_company_id"]) or None,
            n_floors=int(row["n_floors"]),
            n_exits=int(row["n_exits"]),
            n_firms=int(n_firms.get(row["building_id"], 0)),
            floor_area_m2=float(row["floor_area_m2"]),
            lon=float(row["lon"]),
            lat=float(row["lat"]),
            landlord_id=_text(row["landlord_id"]) or None,
        )
        for row in _rows(inputs.buildings.drop(columns="geometry").assign(name=names))
    }


def make_bases(inputs: Inputs) -> dict[str, Base]:
    """Return the records of the bases, by base id."""
    return {
        str(r["base_id"]): Base(str(r["base_id"]), str(r["base_name"]), str(r["division_code"]), r["lon"], r["lat"])
        for r in _rows(inputs.bases)
    }


def make_persons(inputs: Inputs) -> dict[str, Person]:
    """Return the records of the people on the roster, by person id."""
    return {
        str(r["person_id"]): Person(
            person_id=str(r["person_id"]),
            agency=str(r["agency"]),
            role=str(r["role"]),
            certificate_until=None if pd.isna(r["certificate_until"]) else pd.Timestamp(r["certificate_until"]).date(),
            is_female=bool(r["is_female"]),
            base_id=str(r["base_id"]),
            division_code=str(r["division_code"]),
            shift_s=(int(r["shift_start_s"]), int(r["shift_end_s"])),
            recusals=frozenset(_split_ids(r["recusals"])),
            skills=frozenset(_split_ids(r["skills"])),
        )
        for r in _rows(inputs.roster)
    }


def make_firms(inputs: Inputs, uscc: set[str]) -> dict[str, Firm]:
    """Return the records of the firms in `uscc`, by uscc; an unregistered firm has its code as name."""
    table = inputs.firms[inputs.firms["uscc"].isin(uscc)]
    known = {
        str(r["uscc"]): Firm(str(r["uscc"]), str(r["firm_name"]), _text(r["floor_label"]), _text(r["unit"]))
        for r in _rows(table)
    }
    # A firm with a re-check may have left the register.
    return {u: known.get(u) or Firm(u, u, "", "") for u in sorted(uscc)}


def make_leads(inputs: Inputs) -> dict[str, Lead]:
    """Return the records of the leads that have a building, by lead id."""
    return {
        str(r["lead_id"]): Lead(
            lead_id=str(r["lead_id"]),
            building_id=str(r["building_id"]),
            lead_type=str(r["lead_type"]),
            received_at=r["received_at"].to_pydatetime(),
            due_at=None if pd.isna(r["due_at"]) else r["due_at"].to_pydatetime(),
            uscc=_text(r["uscc"]) or None,
        )
        for r in _rows(inputs.leads[inputs.leads["building_id"].notna()])
    }


def make_past(inputs: Inputs) -> tuple[PastVisit, ...]:
    """Return the rows of the history as records, in the same order."""
    return tuple(
        PastVisit(
            building_id=str(r["building_id"]),
            uscc=_text(r["uscc"]) or None,
            visited_on=r["visited_on"].to_pydatetime(),
            track=str(r["track"]),
            authority=str(r["authority"]),
            ground=_text(r["ground"]) or None,
            officers=tuple(_split_ids(r["officers"])),
            outcome=str(r["outcome"]),
        )
        for r in _rows(inputs.history)
    )


def make_other_inspections(inputs: Inputs) -> tuple[tuple[str, date], ...]:
    """Return firm (uscc) and day of each inspection by another authority, in the order of the table."""
    others = inputs.other_inspections
    return tuple(zip(others["uscc"], others["visited_on"].dt.date, strict=True))


def _split_ids(value: Any) -> list[str]:
    return [part.strip() for part in _text(value).split(";") if part.strip()]


def _rows(table: pd.DataFrame) -> list[dict[Hashable, Any]]:
    return table.to_dict("records")


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value)


def place_names(buildings: gpd.GeoDataFrame, streets: gpd.GeoDataFrame) -> pd.Series[str]:
    """Return a name for each row of `buildings`: its own, else address, else nearest street and id, else id."""
    names = buildings["building_name"].fillna(buildings["address"])
    nameless, named = names.isna().to_numpy(), streets[streets["street_name"].notna()]
    if nameless.any() and len(named):
        crs = metre_crs(buildings["lon"].to_numpy(), buildings["lat"].to_numpy())
        shapes = np.asarray(buildings.geometry.to_crs(crs).values)[nameless]
        tree = shapely.STRtree(np.asarray(named.geometry.to_crs(crs).values))
        # A more distant street does not identify a building.
        where, which = tree.query_nearest(shapes, max_distance=200.0, all_matches=False)
        at = buildings.index[nameless][where]
        names[at] = named["street_name"].to_numpy()[which] + " " + buildings["building_id"][at]
    return names.fillna(buildings["building_id"])
