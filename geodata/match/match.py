"""MATCH: each firm and lead tied to a building, with how and how precisely; what cannot be tied is counted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import geopandas as gpd
import pandas as pd

from geodata.match.assigned import Assigned
from geodata.match.gazetteer import Gazetteer
from geodata.match.search import Matched, Search

_NOTHING = Assigned()


def match_firms(
    firms: pd.DataFrame,
    buildings: gpd.GeoDataFrame,
    within_m: float,
    streets: Collection[str] = (),
    assigned: Assigned = _NOTHING,
) -> Matched:
    """
    Tie firms to buildings: by a person's choice, by id, by the address (`geodata.match.resolve`), by point.

    Parameters
    ----------
    within_m
        How far from a footprint a point may lie, metres, > 0.
    streets
        Names of the map's streets, see `geodata.match.gazetteer.Gazetteer`.

    Returns
    -------
    Matched
        `floor_label` and `unit` are filled from the address where the table has none.

    Raises
    ------
    ValueError
        If `within_m` is not above 0.
    """
    search = _start(firms, buildings, within_m, None, streets)
    search.by_person(assigned)
    search.by_id()
    search.by_address()
    search.by_point(within_m)
    return _with_rooms(search)


def match_leads(
    leads: pd.DataFrame,
    firms: pd.DataFrame,
    buildings: gpd.GeoDataFrame,
    within_m: float,
    gazetteer: Gazetteer | None = None,
    assigned: Assigned = _NOTHING,
) -> Matched:
    """
    Tie leads to buildings: by a person's choice, by id, by the firm they name, by the address, by point.

    Returns
    -------
    Matched
        `floor_label` and `unit` are those that the address names. A lead more than 100 km from every building, or
        without a point and in another province by its address, is `far` and has no building, whatever else it says.

    Raises
    ------
    ValueError
        If `within_m` is not above 0.
    """
    search = _start(leads, buildings, within_m, gazetteer)
    search.by_person(assigned)
    search.far_away()
    search.by_id()
    located = firms.dropna(subset=["building_id"]).drop_duplicates("uscc").set_index("uscc")["building_id"]
    located = located[located.isin(buildings["building_id"])]
    search.accept(leads["uscc"].map(located).astype("str"), "uscc")
    search.by_address()
    search.by_point(within_m)
    return _with_rooms(search)


def _with_rooms(search: Search) -> Matched:
    """The matches, with floor and unit from the address where the table has none."""
    matched = search.done()
    table, inside = matched.table, matched.table["building_id"].notna()
    for column in ("floor_label", "unit"):
        of_address = search.addresses[column].where(inside)
        table = table.assign(**{column: table[column].fillna(of_address) if column in table else of_address})
    return replace(matched, table=table)


def _start(
    table: pd.DataFrame,
    buildings: gpd.GeoDataFrame,
    within_m: float,
    gazetteer: Gazetteer | None,
    streets: Collection[str] = (),
) -> Search:
    if not within_m > 0:
        raise ValueError(f"within_m must be > 0, got {within_m}")
    return Search(table.reset_index(drop=True), buildings.reset_index(drop=True), gazetteer, streets)
