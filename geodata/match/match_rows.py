"""MATCH: matching of firms and leads to buildings, with match method, finest known place and unmatched rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.match.distinct_addresses import NO_BUILDING, AddressTexts, ManualAssignments, text_key
from geodata.match.gazetteer import Gazetteer
from geodata.match.learned_names import LearnedNames, learn
from geodata.match.resolve_address import Resolution, resolve
from geodata.match.spatial_index import Footprints
from geodata.match.unmatched_rows import text_rows, unmatched_rows
from geodata.raw_table import Column, Mask

_NOTHING = ManualAssignments()
# A lead farther from every building than this is in another city.
FAR_M = 100_000.0

MATCHED_BY = ("id", "uscc", "name", "alias", "fuzzy", "address", "point", "none", "far", "person")
_BY_ADDRESS = ("name", "alias", "fuzzy", "address")
# Match methods that exclude all further ones.
_SETTLED = ("far", "person")
_PARTS = ("province", "city", "district", "street", "unit", "floor_label")
_FAULTS = ("unknown_id", "ambiguous_name")


def match_firms(
    firms: pd.DataFrame,
    buildings: gpd.GeoDataFrame,
    within_m: float,
    streets: Collection[str] = (),
    assigned: ManualAssignments = _NOTHING,
) -> Matched:
    """
    Match firms to buildings: by manual assignment, id, address (`geodata.match.resolve_address`), then point.

    Parameters
    ----------
    within_m
        Largest distance of a point from a footprint, metres, > 0.
    streets
        Names of the map's streets, see `geodata.match.gazetteer.Gazetteer`.
    assigned
        Manual assignments of planners; they precede every other method.

    Returns
    -------
    Matched
        Missing `floor_label` and `unit` are filled from the address.

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
    assigned: ManualAssignments = _NOTHING,
) -> Matched:
    """
    Match leads to buildings: by manual assignment, id, named firm, address, then point.

    Parameters
    ----------
    firms
        `Matched.table` of the firms, which locates the firms that leads name.
    within_m, assigned
        As in `match_firms`.
    gazetteer
        `Matched.gazetteer` of the firms; None: a new one without learned names.

    Returns
    -------
    Matched
        Missing `floor_label` and `unit` are filled from the address. A lead over 100 km from every building, or
        without a point and in another province by its address, is `far` and has no building.

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


def _with_rooms(search: MatchRun) -> Matched:
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
) -> MatchRun:
    if not within_m > 0:
        raise ValueError(f"within_m must be > 0, got {within_m}")
    return MatchRun(table.reset_index(drop=True), buildings.reset_index(drop=True), gazetteer, streets)


@dataclass(frozen=True)
class Matched:
    """Table matched to buildings, with its numbers of rows by match method, and its unmatched rows."""

    table: pd.DataFrame
    """
    Input columns with `building_id` filled or NA, `precision` (unit, building, street, district or none), `matched_by`,
    `match_score` (0 to 1) and `match_margin` to the next best name; both NaN unless matched by address.
    """
    counts: Mapping[str, int]
    """
    Numbers of rows: by match method (`MATCHED_BY`), by precision (`precision_<name>`), and with the errors
    `unknown_id` and `ambiguous_name` (catalogue key `match.<kind>`).
    """
    unmatched: pd.DataFrame
    """`geodata.match.unmatched_rows.COLUMNS`: the rows without a building."""
    by_text: pd.DataFrame
    """`geodata.match.unmatched_rows.TEXT_COLUMNS`: rows that were matched, or left unmatched, by their address text."""
    gazetteer: Gazetteer
    """Gazetteer with the names learned from this table; reuse it for the next table."""


class MatchRun:
    """
    Matching of the rows of one table to buildings; each method matches further rows by one match method.

    Rows that have a building keep it, so the order of the calls is the priority of the methods.
    """

    def __init__(
        self,
        table: pd.DataFrame,
        buildings: gpd.GeoDataFrame,
        gazetteer: Gazetteer | None,
        streets: Collection[str] = (),
    ) -> None:
        self.table, self.buildings = table, buildings
        self.building_id = pd.Series(np.nan, index=table.index, dtype="str")
        self.matched_by = pd.Series("none", index=table.index, dtype="str")
        self.counts: Counter[str] = Counter(dict.fromkeys((*MATCHED_BY, *_FAULTS), 0))
        self.texts = AddressTexts(table["reg_address" if "reg_address" in table else "address"])
        self.addresses = pd.DataFrame({part: self.texts.part(part) for part in _PARTS})
        self.gazetteer = gazetteer or Gazetteer(buildings, self._learned(), streets)
        self.is_elsewhere = self.gazetteer.is_elsewhere(self.addresses)
        self.found: list[Resolution | None] = [None] * len(self.texts.unique)

    def _learned(self) -> LearnedNames | None:
        if "reg_address" not in self.table:
            return None
        ids = self.table["building_id"].where(self.table["building_id"].isin(self.buildings["building_id"]))
        rows = zip(self.texts.codes, ids, strict=True)
        return learn((self.texts.parsed[code], i if isinstance(i, str) else None) for code, i in rows if code >= 0)

    def accept(self, building_ids: Column, method: str) -> None:
        """Assign `building_ids` (NA for none), by match method `method`, to those rows still unmatched."""
        new = self.is_open() & building_ids.notna()
        self.building_id = self.building_id.mask(new, building_ids)
        self.matched_by = self.matched_by.mask(new, method)

    def is_open(self) -> Mask:
        """Return which rows have no building yet and may still get one."""
        return self.building_id.isna() & ~self.matched_by.isin(_SETTLED)

    def by_person(self, assigned: ManualAssignments) -> None:
        """Apply manual assignments, which precede every other method."""
        keys = self.table["uscc" if "reg_address" in self.table else "lead_id"]
        of_text = [assigned.by_text.get(text_key(text)) for text in self.texts.unique] if assigned.by_text else []
        by_text = self.texts.spread(of_text or [None] * len(self.texts.unique), "str")
        is_stated = self.table["building_id"].isin(self.buildings["building_id"])
        chosen = keys.map(assigned.by_key).astype("str").fillna(by_text.where(~is_stated))
        self.accept(chosen.where(chosen.ne(NO_BUILDING)), "person")
        self.matched_by = self.matched_by.mask(chosen.notna(), "person")

    def by_id(self) -> None:
        """Match rows by the building id that the table states; an unknown id is counted, and its row stays open."""
        given = self.table["building_id"].dropna()
        known = given[given.isin(self.buildings["building_id"])]
        self.counts["unknown_id"] = len(given) - len(known)
        self.accept(known.reindex(self.table.index), "id")

    def by_address(self) -> None:
        """Match open rows by address text: building name, then alias, misspelt name, and street with house number."""
        open_rows = self.is_open() & ~self.is_elsewhere
        for code in np.unique(self.texts.codes[open_rows & (self.texts.codes >= 0)]):
            self.found[code] = resolve(self.texts.unique[code], self.texts.parsed[code], self.gazetteer)
        methods = self._of_found("method", "str")
        ids = self._of_found("building_id", "str")
        for method in _BY_ADDRESS:
            self.accept(ids.where(methods.eq(method)), method)
        has_several = self._of_found("reason", "str").isin(["ambiguous_name", "which_tower"])
        self.counts["ambiguous_name"] = int((has_several & open_rows).sum())

    def by_point(self, within_m: float) -> None:
        """Match by the footprint nearest to the row's point, at most `within_m` metres away."""
        if self.buildings.empty:
            return
        open_rows = self.is_open() & _has_point(self.table)
        nearest = Footprints(self.buildings).nearest(self.table[open_rows], within_m)
        ids = self.buildings["building_id"].to_numpy()
        found = pd.Series(ids[nearest[1]], index=self.table.index[open_rows][nearest[0]], dtype="str")
        self.accept(found.reindex(self.table.index), "point")

    def far_away(self) -> None:
        """
        Set the match method `far` on far rows, which then get no building; rows that a planner assigned are kept.

        Far: with a point over 100 km from every building, or without a point and with an address in another province.
        """
        is_far = self.gazetteer.in_other_province(self.addresses) & ~_has_point(self.table)
        if not self.buildings.empty:
            points = self.table[_has_point(self.table)]
            near = Footprints(self.buildings).is_near(points, FAR_M)
            is_far |= (~near).reindex(self.table.index, fill_value=False)
        self.matched_by = self.matched_by.mask(is_far & self.matched_by.ne("person"), "far")

    def done(self) -> Matched:
        """Return the table with scores and `precision` (finest known place), numbers of rows, and unmatched rows."""
        by_address = self.matched_by.isin(_BY_ADDRESS)
        table = self.table.assign(
            building_id=self.building_id,
            matched_by=self.matched_by,
            precision=self._precision(),
            match_score=self._of_found("score", "float64").where(by_address),
            match_margin=self._of_found("margin", "float64").where(by_address),
        )
        self.counts.update({str(method): int(n) for method, n in self.matched_by.value_counts().items()})
        self.counts.update({f"precision_{name}": int(n) for name, n in table["precision"].value_counts().items()})
        unmatched = unmatched_rows(table, self.texts, self.found, self.is_elsewhere)
        by_text = text_rows(table, self.texts, self.found, unmatched, self.gazetteer)
        return Matched(table, dict(self.counts), unmatched, by_text, self.gazetteer)

    def _of_found(self, field: str, dtype: str) -> Column:
        return self.texts.spread([getattr(found, field) if found else None for found in self.found], dtype)

    def _precision(self) -> Column:
        has_unit = self.addresses["unit"].notna()
        if "unit" in self.table:
            has_unit |= self.table["unit"].notna()
        # For a complex without a named tower, the street is known.
        is_complex = self._of_found("reason", "str").eq("which_tower")
        precision = np.select(
            [
                self.matched_by.isin(_SETTLED) & self.building_id.isna(),
                self.building_id.notna() & has_unit,
                self.building_id.notna(),
                self.addresses["street"].notna() | _has_point(self.table) | is_complex,
                self.addresses["district"].notna(),
            ],
            ["none", "unit", "building", "street", "district"],
            "none",
        )
        return pd.Series(precision, index=self.table.index, dtype="str")


def _has_point(table: pd.DataFrame) -> Mask:
    return table["lon"].notna() & table["lat"].notna()
