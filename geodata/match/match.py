"""MATCH: each firm and lead tied to a building, with how and how precisely; what cannot be tied is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geodata.datum import metre_crs
from geodata.match.address import Address, parse_address
from geodata.match.gazetteer import AMBIGUOUS, Gazetteer
from geodata.raw import Column, Mask
from geodata.schema import CRS

# Farther than this from every building is another city, whatever else the lead says.
FAR_M = 100_000.0

MATCHED_BY = ("id", "uscc", "name", "point", "none", "far")


@dataclass(frozen=True)
class Matched:
    """A table with its buildings found."""

    table: pd.DataFrame
    """The input's columns, `building_id` filled or NA, and `precision` (schema.PRECISIONS) and `matched_by`."""
    counts: Mapping[str, int]
    """Rows by `MATCHED_BY`, and of `unknown_id` and `ambiguous_name` (catalogue key `match.<kind>`)."""


class _Search:
    """The ways to a building, tried one after the other; lives inside one call."""

    def __init__(self, table: pd.DataFrame, buildings: gpd.GeoDataFrame) -> None:
        self.table, self.buildings = table, buildings
        self.building_id = pd.Series(np.nan, index=table.index, dtype="str")
        self.matched_by = pd.Series("none", index=table.index, dtype="str")
        self.counts: Counter[str] = Counter(dict.fromkeys((*MATCHED_BY, "unknown_id", "ambiguous_name"), 0))
        self.addresses = _parse(table["reg_address" if "reg_address" in table else "address"])
        self.gazetteer = Gazetteer(buildings)

    def accept(self, found: Column, way: str) -> None:
        """Take the buildings found for rows that have none yet."""
        new = self.building_id.isna() & found.notna() & self.matched_by.ne("far")
        self.building_id = self.building_id.mask(new, found)
        self.matched_by = self.matched_by.mask(new, way)

    def by_id(self) -> None:
        """Ids that a building has."""
        given = self.table["building_id"]
        known = given.isin(self.buildings["building_id"])
        self.counts["unknown_id"] = int((given.notna() & ~known).sum())
        self.accept(given.where(known), "id")

    def by_name(self) -> None:
        """The longest building name in the address."""
        open_rows = self.building_id.isna() & self.matched_by.ne("far")
        column = self.table["reg_address" if "reg_address" in self.table else "address"]
        found = self.gazetteer.find(column.where(open_rows), self.addresses)
        is_ambiguous = found.eq(AMBIGUOUS)
        self.counts["ambiguous_name"] = int(is_ambiguous.sum())
        self.accept(found.mask(is_ambiguous), "name")

    def by_point(self, within_m: float) -> None:
        """The nearest footprint within reach of the point."""
        if self.buildings.empty:
            return
        open_rows = self.building_id.isna() & self.matched_by.ne("far") & _has_point(self.table)
        nearest = _nearest(self.table[open_rows], self.buildings, within_m)
        ids = self.buildings["building_id"].to_numpy()
        found = pd.Series(ids[nearest[1]], index=self.table.index[open_rows][nearest[0]], dtype="str")
        self.accept(found.reindex(self.table.index), "point")

    def far_away(self) -> None:
        """Set aside what lies, or says it lies, in another part of the country."""
        is_far = self.gazetteer.in_other_province(self.addresses) & ~_has_point(self.table)
        if not self.buildings.empty:
            points = self.table[_has_point(self.table)]
            near = _nearest(points, self.buildings, FAR_M)[0]
            is_far |= pd.Series(self.table.index.isin(points.index.delete(near)), index=self.table.index)
        self.matched_by = self.matched_by.mask(is_far, "far")

    def done(self) -> Matched:
        """The result."""
        table = self.table.assign(building_id=self.building_id, matched_by=self.matched_by)
        has_unit = self.addresses["unit"].notna()
        if "unit" in table:
            has_unit |= table["unit"].notna()
        has_point = _has_point(table)
        table["precision"] = np.select(
            [
                self.matched_by.eq("far"),
                self.building_id.notna() & has_unit,
                self.building_id.notna(),
                self.addresses["street"].notna() | has_point,
                self.addresses["district"].notna(),
            ],
            ["none", "unit", "building", "street", "district"],
            "none",
        )
        table["precision"] = table["precision"].astype("str")
        self.counts.update(str(way) for way in self.matched_by)
        return Matched(table, dict(self.counts))


def match_firms(firms: pd.DataFrame, buildings: gpd.GeoDataFrame, within_m: float) -> Matched:
    """
    Tie firms to buildings: by id, by building name in the address, by point.

    Parameters
    ----------
    firms
        `geodata.schema.FIRMS`.
    buildings
        `geodata.schema.BUILDINGS`.
    within_m
        How far from a footprint a point may lie, metres, > 0.

    Returns
    -------
    Matched
        `floor_label` and `unit` are filled from the address where the table has none.

    Raises
    ------
    ValueError
        If `within_m` is not above 0.
    """
    search = _start(firms, buildings, within_m)
    search.by_id()
    search.by_name()
    search.by_point(within_m)
    matched = search.done()
    inside = matched.table["building_id"].notna()
    filled = {
        column: matched.table[column].fillna(search.addresses[column].where(inside))
        for column in ("floor_label", "unit")
    }
    return Matched(matched.table.assign(**filled), matched.counts)


def match_leads(leads: pd.DataFrame, firms: pd.DataFrame, buildings: gpd.GeoDataFrame, within_m: float) -> Matched:
    """
    Tie leads to buildings: by id, by the building of the firm they name, by building name in the address, by point.

    Parameters
    ----------
    leads
        `geodata.schema.LEADS`.
    firms
        The table of `match_firms`.
    buildings
        `geodata.schema.BUILDINGS`.
    within_m
        How far from a footprint a point may lie, metres, > 0.

    Returns
    -------
    Matched
        A lead more than 100 km from every building, or without a point and in another province by its address, is
        `far` and has no building, whatever else it says.

    Raises
    ------
    ValueError
        If `within_m` is not above 0.
    """
    search = _start(leads, buildings, within_m)
    search.far_away()
    search.by_id()
    located = firms.dropna(subset=["building_id"]).drop_duplicates("uscc").set_index("uscc")["building_id"]
    located = located[located.isin(buildings["building_id"])]
    search.accept(leads["uscc"].map(located).astype("str"), "uscc")
    search.by_name()
    search.by_point(within_m)
    return search.done()


def _start(table: pd.DataFrame, buildings: gpd.GeoDataFrame, within_m: float) -> _Search:
    if not within_m > 0:
        raise ValueError(f"within_m must be > 0, got {within_m}")
    return _Search(table.reset_index(drop=True), buildings.reset_index(drop=True))


def _parse(texts: Column) -> pd.DataFrame:
    """The parts of each address; equal texts are parsed once."""
    fields = list(Address.__dataclass_fields__)
    parsed = {text: parse_address(text) for text in texts.dropna().unique()}
    rows = [parsed.get(text, Address()) for text in texts]
    columns = {field: pd.Series([getattr(row, field) for row in rows], dtype="object") for field in fields}
    frame = pd.DataFrame(columns, index=texts.index)
    return frame.astype({field: "float64" if field == "floor_index" else "str" for field in fields})


def _has_point(table: pd.DataFrame) -> Mask:
    return table["lon"].notna() & table["lat"].notna()


def _nearest(
    points: pd.DataFrame, buildings: gpd.GeoDataFrame, within_m: float
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Positions of the points that have a footprint within reach, and of the nearest footprint of each."""
    # Centred on the buildings, where 60 m must be 60 m; a point far off need only come out as far.
    crs = metre_crs(buildings["lon"].to_numpy(), buildings["lat"].to_numpy())
    tree = shapely.STRtree(np.asarray(buildings.geometry.to_crs(crs).values))
    places = gpd.GeoSeries(gpd.points_from_xy(points["lon"], points["lat"]), crs=CRS).to_crs(crs)
    where, which = tree.query_nearest(np.asarray(places.values), max_distance=within_m, all_matches=True)
    # Of footprints equally near, as where two overlap, the first of the table: the same on every run.
    order = np.lexsort((which, where))
    where, which = where[order], which[order]
    first = np.unique(where, return_index=True)[1]
    return where[first], which[first]
