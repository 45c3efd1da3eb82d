"""Clean tables into the records that decisions are made on."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date
from typing import Any

import pandas as pd

from sweep.pipeline.inputs import District
from sweep.pipeline.naming import place_names
from sweep.records import Base, Building, Firm, Person
from sweep.select.targets import active_firms


def make_buildings(district: District) -> dict[str, Building]:
    """Buildings by id, each with its number of active firms."""
    names = place_names(district.buildings, district.streets)
    n_firms = active_firms(district.firms).groupby("building_id").size()
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
        )
        for row in _rows(district.buildings.drop(columns="geometry").assign(name=names))
    }


def make_bases(district: District) -> dict[str, Base]:
    """Bases by id."""
    return {
        str(r["base_id"]): Base(str(r["base_id"]), str(r["base_name"]), str(r["division_code"]), r["lon"], r["lat"])
        for r in _rows(district.bases)
    }


def make_persons(district: District) -> dict[str, Person]:
    """People by id."""
    return {
        str(r["person_id"]): Person(
            person_id=str(r["person_id"]),
            agency=str(r["agency"]),
            role=str(r["role"]),
            certificate_until=_day(r["certificate_until"]),
            is_female=bool(r["is_female"]),
            base_id=str(r["base_id"]),
            division_code=str(r["division_code"]),
            shift_s=(int(r["shift_start_s"]), int(r["shift_end_s"])),
            recusals=frozenset(key.strip() for key in _text(r["recusals"]).split(";") if key.strip()),
        )
        for r in _rows(district.roster)
    }


def make_firms(district: District, uscc: set[str]) -> dict[str, Firm]:
    """The named firms, by credit code."""
    table = district.firms[district.firms["uscc"].isin(uscc)]
    known = {
        str(r["uscc"]): Firm(str(r["uscc"]), str(r["firm_name"]), _text(r["floor_label"]), _text(r["unit"]))
        for r in _rows(table)
    }
    # A firm to look at again may have left the register since.
    return {u: known.get(u) or Firm(u, u, "", "") for u in sorted(uscc)}


def _rows(table: pd.DataFrame) -> list[dict[Hashable, Any]]:
    return table.to_dict("records")


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value)


def _day(value: Any) -> date | None:
    return None if pd.isna(value) else pd.Timestamp(value).date()
