"""Checks of each row's location against its other cells: points in another district, city or datum."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.spatial import KDTree

from geodata.array_types import Float64s
from geodata.datum.convert import metre_crs
from geodata.errors import Issue, Value
from geodata.match.distinct_addresses import AddressTexts
from geodata.match.gazetteer import BuildingAddress, Gazetteer
from geodata.match.spatial_index import lines_of_names, metres_per_number, numbers_on_path
from geodata.raw_table import Column
from geodata.schema import CRS

# Match methods by the row's own text or id; a named firm's location is known only from the register.
_NAMED = ("id", "name", "alias", "fuzzy", "address")
# Above normal geocoding errors, such as a street's width or a plot's depth; below datum shifts, over 300 m in China.
_LEAST_M = 150.0
_NUMBER = re.compile(r"\d+")
# A building with neighbours of another district, and this far from its own district's buildings, is not at a border.
_NEIGHBOURS = 8
_BORDER_M = 800.0


@dataclass(frozen=True, slots=True)
class MatchedFile:
    """Matched table of firms or leads, with the rows of its file."""

    file: str
    rows: Column
    """Row number in the file of each row of the table."""
    given: pd.DataFrame
    """`geodata.schema.FIRMS` or `LEADS`, before matching."""
    matched: pd.DataFrame
    """Table returned by `match_firms` or `match_leads`."""


def check_places(
    buildings: gpd.GeoDataFrame,
    own: tuple[str, Column] | None,
    tables: Sequence[MatchedFile],
    streets: gpd.GeoDataFrame,
    gazetteer: Gazetteer,
) -> list[Issue]:
    """
    Return one warning for each row whose coordinates contradict its address, its names or its neighbours.

    Buildings: far from the points that name it (G314), from the street of its address (G315), from the street's other
    numbers (G323), from all but two buildings (G325), or among buildings of another district (G316). Firms and leads:
    a point far from the building that they name (G317). G324 counts the buildings without evidence.

    Parameters
    ----------
    own
        File of the buildings and each building's row in it; None: buildings are not judged, since they are from a map.
    tables
        Matched firms and leads; the points of their rows that name a building are the evidence.
    """
    if buildings.empty:
        return []
    projected = _ProjectedBuildings(buildings)
    witnesses = pd.concat([_witnesses(projected, table, k) for k, table in enumerate(tables)], ignore_index=True)
    by_witnesses = _by_witnesses(projected, witnesses)
    issues: list[Issue] = []
    if own is not None:
        file, rows = own
        # Stronger evidence overrides weaker: points of firms, then street, neighbours, other numbers.
        by_number = _by_number(projected, witnesses, gazetteer.places)
        compared = {**_by_street(projected, streets, gazetteer.places), **by_witnesses}
        issue_of = {**dict(_isolated(projected)), **by_number, **dict(_by_neighbours(projected)), **compared}
        issues += [_in_row(issue, file, rows.iloc[building]) for building, issue in sorted(issue_of.items()) if issue]
        if n := len(buildings) - len(by_number.keys() | compared.keys()):
            issues.append(Issue("G324", file, {"n": n, "n_rows": len(buildings)}))
    wrong = {building for building, issue in by_witnesses.items() if issue}
    for k, table in enumerate(tables):
        issues += _far_from_building(projected, table, witnesses[witnesses["table"].eq(k)], wrong)
        issues += _outside_region(projected, table, gazetteer)
    return issues


class _ProjectedBuildings:
    """Buildings of the scenario with outlines and centres in projected metres; `at`: row by building id."""

    def __init__(self, buildings: gpd.GeoDataFrame) -> None:
        self.table = buildings.reset_index(drop=True)
        self.crs = metre_crs(buildings["lon"].to_numpy(), buildings["lat"].to_numpy())
        self.shapes = np.asarray(self.table.geometry.to_crs(self.crs).values)
        self.centres: Float64s = shapely.get_coordinates(shapely.centroid(self.shapes))
        self.at = pd.Series(self.table.index, index=self.table["building_id"])

    def points(self, table: pd.DataFrame) -> NDArray[np.object_]:
        places = gpd.GeoSeries(gpd.points_from_xy(table["lon"], table["lat"]), crs=CRS)
        return np.asarray(places.to_crs(self.crs).values)


def _witnesses(projected: _ProjectedBuildings, table: MatchedFile, k: int) -> pd.DataFrame:
    """Return the rows of `table` (number `k`) with a point and a named building; column `m`: metres between the two."""
    matched = table.matched
    rows = matched[matched["lon"].notna() & matched["matched_by"].isin(_NAMED) & matched["building_id"].notna()]
    points, building = projected.points(rows), projected.at[rows["building_id"]].to_numpy(dtype=np.int64)
    xy = shapely.get_coordinates(points).reshape(-1, 2)
    distance_m = shapely.distance(points, projected.shapes[building])
    facts = {"table": k, "row": rows.index, "building": building, "x": xy[:, 0], "y": xy[:, 1], "m": distance_m}
    return pd.DataFrame(facts)


def _limit_m(distance_m: Float64s) -> float:
    # The limit grows with the table's own scatter, so that a coarse geocoder causes no warnings.
    return max(_LEAST_M, _limit(distance_m, 6.0)) if len(distance_m) else _LEAST_M


def _limit(values: Float64s, scatters: float) -> float:
    """Return the outlier limit: median + `scatters` standard deviations, estimated by the median absolute deviation."""
    middle = float(np.median(values))
    # For a normal distribution the standard deviation is 1.4826 times the median absolute deviation.
    return middle + scatters * 1.4826 * float(np.median(np.abs(values - middle)))


def _by_witnesses(projected: _ProjectedBuildings, witnesses: pd.DataFrame) -> dict[int, Issue | None]:
    """
    Return, by row of the building, G314 if the firms and leads that name it agree on a point far from it.

    None if they agree on a point near it. A building without such agreement is not in the result.
    """
    by_building = witnesses.groupby("building")
    middle = by_building[["x", "y"]].median()
    n = by_building.size()
    apart_m = np.hypot(*(witnesses[["x", "y"]].to_numpy() - middle.loc[witnesses["building"]].to_numpy()).T)
    spread_m = pd.Series(apart_m, index=witnesses["building"]).groupby(level=0).median()
    off_m = shapely.distance(shapely.points(middle.to_numpy()), projected.shapes[middle.index.to_numpy(dtype=np.int64)])
    limit_m = _limit_m(off_m)
    # Two or more agreeing points outweigh the building's own.
    is_agreed = ((n >= 2) & (spread_m <= limit_m)).to_numpy()
    ids = projected.table["building_id"]
    agreed = zip(middle.index[is_agreed].tolist(), off_m[is_agreed].tolist(), n[is_agreed].tolist(), strict=True)
    return {
        b: Issue("G314", "", {"building_id": ids[b], "m": round(m), "n": n_points}) if m > limit_m else None
        for b, m, n_points in agreed
    }


def _by_street(
    projected: _ProjectedBuildings, streets: gpd.GeoDataFrame, places: Mapping[str, BuildingAddress]
) -> dict[int, Issue | None]:
    """Return, by row of the building, G315 if it is far from the street of its address; None if it is near."""
    street_of = lines_of_names(streets, projected.crs)
    own = [places[i].street if i in places else None for i in projected.table["building_id"]]
    there = np.array([i for i, street in enumerate(own) if street in street_of], dtype=np.int64)
    if not len(there):
        return {}
    off_m = shapely.distance(projected.shapes[there], np.array([street_of[own[i]] for i in there], dtype=object))
    limit_m = _limit_m(off_m)
    ids = projected.table["building_id"]
    return {
        b: Issue("G315", "", {"building_id": ids[b], "street": str(own[b]), "m": round(m)}) if m > limit_m else None
        for b, m in zip(there.tolist(), off_m.tolist(), strict=True)
    }


def _by_number(
    projected: _ProjectedBuildings, witnesses: pd.DataFrame, places: Mapping[str, BuildingAddress]
) -> dict[int, Issue | None]:
    """
    Return, by row of the building, G323 if it is too far from the next house numbers of its street, else None.

    Of two numbers far apart either may be wrong, so both are reported. A street with over a third of such numbers is
    skipped: it has another numbering, or its name occurs twice.
    """
    numbered = _numbered(projected, witnesses, places)
    xy_all, number_all = numbered[["x", "y"]].to_numpy(), numbered["number"].to_numpy(dtype=np.float64)
    building_all, is_own = numbered["building"].to_numpy(dtype=np.int64), numbered["is_own"].to_numpy(dtype=np.bool_)
    # Street names repeat in other districts.
    of_street = numbered.reset_index(drop=True).groupby(numbered["code"].to_numpy() + numbered["street"].to_numpy())
    streets = [rows for rows in of_street.indices.values() if len(rows) > 1]
    paths = [(xy_all[rows], number_all[rows]) for rows in streets]
    typical = [metres_per_number(*path) for path in paths if len(path[1]) > 2]
    if not typical:
        return {}
    # Streets with few numbers use the 90 % quantile of all streets' metres for each number.
    wide = float(np.quantile(typical, 0.9))
    issue_of: dict[int, Issue | None] = {}
    for rows, (xy, number) in zip(streets, paths, strict=True):
        building = building_all[rows]
        rate = min(wide, 2 * metres_per_number(xy, number)) if len(building) > 4 else wide
        kept = numbers_on_path(xy, number, rate, 2 * _LEAST_M)
        is_on = np.isin(np.arange(len(building)), kept)
        if len(building) == 2 and not is_on.all():
            is_on[:] = False
        elif 3 * (~is_on).sum() > len(building):
            continue
        issue_of |= dict.fromkeys(building.tolist())
        for k in np.flatnonzero(~is_on & is_own[rows]).tolist():
            others = np.flatnonzero((is_on | (not is_on.any())) & (building != building[k]))
            if len(others):
                near = others[np.abs(number[others] - number[k]).argmin()]
                facts: dict[str, Value] = {
                    "street": numbered["street"].iloc[rows[0]],
                    "m": round(math.dist(xy[k], xy[near])),
                }
                ids = {"building_id": building[k], "other": building[near]}
                facts |= {name: projected.table["building_id"][b] for name, b in ids.items()}
                issue_of[int(building[k])] = Issue("G323", "", facts)
    return issue_of


def _numbered(
    projected: _ProjectedBuildings, witnesses: pd.DataFrame, places: Mapping[str, BuildingAddress]
) -> pd.DataFrame:
    """
    Return district code, street, house number and location (`x`, `y`) of buildings, ascending by number.

    A building has a row for its own centre (`is_own`), and one for the median point of the firms and leads that name it
    (`witnesses`), if any.
    """
    rows = []
    for building, (building_id, code) in enumerate(
        projected.table[["building_id", "division_code"]].to_numpy().tolist()
    ):
        place = places.get(building_id)
        if place and place.street and (number := _NUMBER.match(place.number or "")):
            rows.append((building, str(code), place.street, int(number[0])))
    numbered = pd.DataFrame(rows, columns=["building", "code", "street", "number"]).set_index("building", drop=False)
    own = pd.DataFrame(projected.centres, columns=["x", "y"]).assign(is_own=True)
    named = witnesses.groupby("building")[["x", "y"]].median().assign(is_own=False)
    both = pd.concat([numbered.join(points, how="inner") for points in (own, named)])
    return both.sort_values("number", kind="stable")


def _by_neighbours(projected: _ProjectedBuildings) -> Iterator[tuple[int, Issue]]:
    """Yield (row, issue G316) of each building amid buildings of another district and far from those of its own."""
    codes = projected.table["division_code"].to_numpy(dtype=object)
    if len(codes) <= _NEIGHBOURS or len(set(codes)) < 2:
        return
    _, near = KDTree(projected.centres).query(projected.centres, k=_NEIGHBOURS + 1)
    for building in np.flatnonzero((codes[near[:, 1:]] == codes[:, None]).sum(axis=1) <= 1).tolist():
        others = np.flatnonzero((codes == codes[building]) & (np.arange(len(codes)) != building))
        apart: Float64s = projected.centres[others] - projected.centres[building]
        off_m = sorted(np.hypot(*apart.T).tolist())
        # A single neighbour of the same code may have been displaced with it.
        if len(off_m) > 1 and off_m[1] > _BORDER_M:
            around = pd.Series(codes[near[building, 1:]]).mode().iloc[0]
            facts: dict[str, Value] = {"district": str(codes[building]), "within": str(around), "m": round(off_m[1])}
            yield building, Issue("G316", "", {"building_id": projected.table["building_id"][building], **facts})


def _isolated(projected: _ProjectedBuildings) -> Iterator[tuple[int, Issue]]:
    if len(projected.centres) <= _NEIGHBOURS:
        return
    # The nearest neighbour may share the error or the complex.
    n_near = 3
    next_m: Float64s = KDTree(projected.centres).query(projected.centres, k=n_near + 1)[0][:, -1]
    # Distances between neighbours grow by factors from a city's centre to its edge; their logarithms are nearly normal,
    # so the limit concerns one of 10,000 buildings.
    limit_m = max(_BORDER_M, math.exp(_limit(np.log(np.maximum(next_m, 1.0)), 4.0)))
    ids = projected.table["building_id"]
    for building in np.flatnonzero(next_m > limit_m).tolist():
        facts: dict[str, Value] = {"n": n_near, "m": round(float(next_m[building]))}
        yield building, Issue("G325", "", {"building_id": ids[building], **facts})


def _far_from_building(
    projected: _ProjectedBuildings, table: MatchedFile, witnesses: pd.DataFrame, wrong: set[int]
) -> list[Issue]:
    """
    Return G317 for each row of a table with a point far from the building that the row names.

    `witnesses`: result of `_witnesses` for `table`; `wrong`: rows of misplaced buildings. A row of the table that names
    one of these gets no issue.
    """
    limit_m = _limit_m(witnesses["m"].to_numpy())
    off = witnesses[witnesses["m"].gt(limit_m) & ~witnesses["building"].isin(wrong)]
    ids = projected.table["building_id"]
    return [
        _in_row(Issue("G317", "", {"building_id": ids[b], "m": round(m)}), table.file, table.rows.iloc[row])
        for row, b, m in zip(off["row"], off["building"], off["m"], strict=True)
    ]


def _outside_region(projected: _ProjectedBuildings, table: MatchedFile, gazetteer: Gazetteer) -> list[Issue]:
    """Return G318 for rows whose point is in another part of the country, but whose building or address is local."""
    far = table.matched[table.matched["matched_by"].eq("far") & table.matched["lon"].notna()]
    if far.empty:
        return []
    texts = AddressTexts(far["reg_address" if "reg_address" in far else "address"])
    parts = pd.DataFrame({p: texts.part(p) for p in ("province", "city", "district", "street")})
    is_here = (parts["district"].notna() | parts["street"].notna()) & ~gazetteer.is_elsewhere(parts)
    is_here |= table.given.loc[far.index, "building_id"].isin(projected.table["building_id"])
    off_m = np.asarray(KDTree(projected.centres).query(shapely.get_coordinates(projected.points(far)))[0])
    return [
        _in_row(Issue("G318", "", {"km": round(m / 1000)}), table.file, table.rows.iloc[row])
        for row, m in zip(far.index[is_here], off_m[is_here.to_numpy()], strict=True)
    ]


def _in_row(issue: Issue, file: str, row: object) -> Issue:
    return Issue(issue.code, f"{file} row {row}", issue.values)
