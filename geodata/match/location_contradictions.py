"""Places that contradict what their own rows say, row by row: a point in another district, city or datum."""

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
from geodata.match.address_column import AddressTexts
from geodata.match.gazetteer import Gazetteer, Place
from geodata.match.spatial_index import lines_of_names, metres_a_number, on_path
from geodata.raw_table import Column
from geodata.schema import CRS

# A row that names its building by itself; where a firm sits that a lead names, only the register knows.
_NAMED = ("id", "name", "alias", "fuzzy", "address")
# No geocoder's slip: a street's width, a plot's depth. A datum shifts by 300 m and more in China's cities.
_LEAST_M = 150.0
_NUMBER = re.compile(r"\d+")
# A building among others of another district, and as far from the next one of its own, stands on no border.
_NEIGHBOURS = 8
_BORDER_M = 800.0


@dataclass(frozen=True, slots=True)
class Named:
    """A table of firms or leads that is matched, with where its rows stand in their file."""

    file: str
    rows: Column
    """Row in the file of each row of the table."""
    given: pd.DataFrame
    """`geodata.schema.FIRMS` or `LEADS`, as it was before."""
    matched: pd.DataFrame
    """The table of `match_firms` or `match_leads`."""


def check_places(
    buildings: gpd.GeoDataFrame,
    own: tuple[str, Column] | None,
    tables: Sequence[Named],
    streets: gpd.GeoDataFrame,
    gazetteer: Gazetteer,
) -> list[Issue]:
    """
    One warning a row whose place cannot be what the row says.

    A building far from the points that name it (G314), from the street of its address (G315), from the other numbers
    of that street (G323), among buildings of another district (G316) or far from all (G325); a firm or a lead whose
    point is far from the building that it names itself (G317). One warning counts the buildings that nothing can be
    compared with (G324).

    Parameters
    ----------
    own
        The buildings' file, and in which of its rows each stands; None where the map is their source.
    """
    if buildings.empty:
        return []
    ground = _Ground(buildings)
    witnesses = pd.concat([_witnesses(ground, table, k) for k, table in enumerate(tables)], ignore_index=True)
    against = _by_witnesses(ground, witnesses)
    issues: list[Issue] = []
    if own is not None:
        file, rows = own
        # The stronger evidence goes before the weaker: points of its firms, its street, its neighbours, other numbers.
        by_number = _by_number(ground, witnesses, gazetteer.places)
        compared = {**_by_street(ground, streets, gazetteer.places), **against}
        judged = {**dict(_apart(ground)), **by_number, **dict(_by_neighbours(ground)), **compared}
        issues += [_in_row(issue, file, rows.iloc[building]) for building, issue in sorted(judged.items()) if issue]
        if n := len(buildings) - len(by_number.keys() | compared.keys()):
            issues.append(Issue("G324", file, {"n": n, "n_rows": len(buildings)}))
    wrong = {building for building, issue in against.items() if issue}
    for k, table in enumerate(tables):
        issues += _off_building(ground, table, witnesses[witnesses["table"].eq(k)], wrong)
        issues += _far_off(ground, table, gazetteer)
    return issues


class _Ground:
    """The buildings in metres."""

    def __init__(self, buildings: gpd.GeoDataFrame) -> None:
        self.table = buildings.reset_index(drop=True)
        self.crs = metre_crs(buildings["lon"].to_numpy(), buildings["lat"].to_numpy())
        self.shapes = np.asarray(self.table.geometry.to_crs(self.crs).values)
        self.centres: Float64s = shapely.get_coordinates(shapely.centroid(self.shapes))
        self.at = pd.Series(self.table.index, index=self.table["building_id"])

    def points(self, table: pd.DataFrame) -> NDArray[np.object_]:
        """Points of a table's `lon` and `lat`."""
        places = gpd.GeoSeries(gpd.points_from_xy(table["lon"], table["lat"]), crs=CRS)
        return np.asarray(places.to_crs(self.crs).values)


def _witnesses(ground: _Ground, table: Named, k: int) -> pd.DataFrame:
    """The rows that have a point and name a building besides: where it stands, and how far off the point is."""
    matched = table.matched
    rows = matched[matched["lon"].notna() & matched["matched_by"].isin(_NAMED) & matched["building_id"].notna()]
    points, building = ground.points(rows), ground.at[rows["building_id"]].to_numpy(dtype=np.int64)
    xy = shapely.get_coordinates(points).reshape(-1, 2)
    distance_m = shapely.distance(points, ground.shapes[building])
    facts = {"table": k, "row": rows.index, "building": building, "x": xy[:, 0], "y": xy[:, 1], "m": distance_m}
    return pd.DataFrame(facts)


def _limit_m(distance_m: Float64s) -> float:
    """Distance beyond which a place is another one, by the scatter of all."""
    # Beyond the middle distance as many times the table's own scatter: a coarse geocoder makes no wrong place.
    return max(_LEAST_M, _limit(distance_m, 6.0)) if len(distance_m) else _LEAST_M


def _limit(values: Float64s, scatters: float) -> float:
    """Value beyond which one is another kind, by the scatter of all."""
    middle = float(np.median(values))
    # Of a normal distribution the scatter is 1.4826 times the middle distance from the middle.
    return middle + scatters * 1.4826 * float(np.median(np.abs(values - middle)))


def _by_witnesses(ground: _Ground, witnesses: pd.DataFrame) -> dict[int, Issue | None]:
    """For buildings whose firms' and leads' points agree on a place: G314 if it is another, None if it is the same."""
    by_building = witnesses.groupby("building")
    middle = by_building[["x", "y"]].median()
    n = by_building.size()
    apart_m = np.hypot(*(witnesses[["x", "y"]].to_numpy() - middle.loc[witnesses["building"]].to_numpy()).T)
    spread_m = pd.Series(apart_m, index=witnesses["building"]).groupby(level=0).median()
    off_m = shapely.distance(shapely.points(middle.to_numpy()), ground.shapes[middle.index.to_numpy(dtype=np.int64)])
    limit_m = _limit_m(off_m)
    # Points that agree outweigh one building's own.
    are_one = ((n >= 2) & (spread_m <= limit_m)).to_numpy()
    ids = ground.table["building_id"]
    agreed = zip(middle.index[are_one].tolist(), off_m[are_one].tolist(), n[are_one].tolist(), strict=True)
    return {
        b: Issue("G314", "", {"building_id": ids[b], "m": round(m), "n": n_points}) if m > limit_m else None
        for b, m, n_points in agreed
    }


def _by_street(ground: _Ground, streets: gpd.GeoDataFrame, places: Mapping[str, Place]) -> dict[int, Issue | None]:
    """For buildings whose address names a street of the map: G315 if they are far from all of it, None if not."""
    street_of = lines_of_names(streets, ground.crs)
    own = [places[i].street if i in places else None for i in ground.table["building_id"]]
    there = np.array([i for i, street in enumerate(own) if street in street_of], dtype=np.int64)
    if not len(there):
        return {}
    off_m = shapely.distance(ground.shapes[there], np.array([street_of[own[i]] for i in there], dtype=object))
    limit_m = _limit_m(off_m)
    ids = ground.table["building_id"]
    return {
        b: Issue("G315", "", {"building_id": ids[b], "street": str(own[b]), "m": round(m)}) if m > limit_m else None
        for b, m in zip(there.tolist(), off_m.tolist(), strict=True)
    }


def _by_number(ground: _Ground, witnesses: pd.DataFrame, places: Mapping[str, Place]) -> dict[int, Issue | None]:
    """
    For buildings on a street with other numbers: G323 if they lie off the path through these, None if on it.

    Of two numbers far apart either may be wrong, and both are reported. A street of which a third lies off its path
    has another numbering, or its name occurs twice: it decides nothing.
    """
    numbered = _numbered(ground, witnesses, places)
    xy_all, number_all = numbered[["x", "y"]].to_numpy(), numbered["number"].to_numpy(dtype=np.float64)
    building_all, is_own = numbered["building"].to_numpy(dtype=np.int64), numbered["is_own"].to_numpy(dtype=np.bool_)
    # A street's name repeats from district to district.
    of_street = numbered.reset_index(drop=True).groupby(numbered["code"].to_numpy() + numbered["street"].to_numpy())
    streets = [rows for rows in of_street.indices.values() if len(rows) > 1]
    paths = [(xy_all[rows], number_all[rows]) for rows in streets]
    typical = [metres_a_number(*path) for path in paths if len(path[1]) > 2]
    if not typical:
        return {}
    # The street that spends most metres on a number, but for every tenth, measures those of few numbers.
    wide = float(np.quantile(typical, 0.9))
    judged: dict[int, Issue | None] = {}
    for rows, (xy, number) in zip(streets, paths, strict=True):
        building = building_all[rows]
        rate = min(wide, 2 * metres_a_number(xy, number)) if len(building) > 4 else wide
        kept = on_path(xy, number, rate, 2 * _LEAST_M)
        is_on = np.isin(np.arange(len(building)), kept)
        if len(building) == 2 and not is_on.all():
            is_on[:] = False
        elif 3 * (~is_on).sum() > len(building):
            continue
        judged |= dict.fromkeys(building.tolist())
        for k in np.flatnonzero(~is_on & is_own[rows]).tolist():
            others = np.flatnonzero((is_on | (not is_on.any())) & (building != building[k]))
            if len(others):
                near = others[np.abs(number[others] - number[k]).argmin()]
                facts: dict[str, Value] = {
                    "street": numbered["street"].iloc[rows[0]],
                    "m": round(math.dist(xy[k], xy[near])),
                }
                ids = {"building_id": building[k], "other": building[near]}
                facts |= {name: ground.table["building_id"][b] for name, b in ids.items()}
                judged[int(building[k])] = Issue("G323", "", facts)
    return judged


def _numbered(ground: _Ground, witnesses: pd.DataFrame, places: Mapping[str, Place]) -> pd.DataFrame:
    """Street, number and place of each building, and again with the place that its firms and leads give it."""
    rows = []
    for building, (building_id, code) in enumerate(ground.table[["building_id", "division_code"]].to_numpy().tolist()):
        place = places.get(building_id)
        if place and place.street and (number := _NUMBER.match(place.number or "")):
            rows.append((building, str(code), place.street, int(number[0])))
    numbered = pd.DataFrame(rows, columns=["building", "code", "street", "number"]).set_index("building", drop=False)
    own = pd.DataFrame(ground.centres, columns=["x", "y"]).assign(is_own=True)
    named = witnesses.groupby("building")[["x", "y"]].median().assign(is_own=False)
    both = pd.concat([numbered.join(points, how="inner") for points in (own, named)])
    return both.sort_values("number", kind="stable")


def _by_neighbours(ground: _Ground) -> Iterator[tuple[int, Issue]]:
    """Buildings that stand among those of another district, far from the next of their own (G316)."""
    codes = ground.table["division_code"].to_numpy(dtype=object)
    if len(codes) <= _NEIGHBOURS or len(set(codes)) < 2:
        return
    _, near = KDTree(ground.centres).query(ground.centres, k=_NEIGHBOURS + 1)
    for building in np.flatnonzero((codes[near[:, 1:]] == codes[:, None]).sum(axis=1) <= 1).tolist():
        others = np.flatnonzero((codes == codes[building]) & (np.arange(len(codes)) != building))
        apart: Float64s = ground.centres[others] - ground.centres[building]
        off_m = sorted(np.hypot(*apart.T).tolist())
        # One more of the same code beside it may have been moved with it.
        if len(off_m) > 1 and off_m[1] > _BORDER_M:
            around = pd.Series(codes[near[building, 1:]]).mode().iloc[0]
            facts: dict[str, Value] = {"district": str(codes[building]), "within": str(around), "m": round(off_m[1])}
            yield building, Issue("G316", "", {"building_id": ground.table["building_id"][building], **facts})


def _apart(ground: _Ground) -> Iterator[tuple[int, Issue]]:
    """Buildings from which the next others are so far as from none else (G325)."""
    if len(ground.centres) <= _NEIGHBOURS:
        return
    # One more of a row of errors may lie next to it, and two of one complex.
    n_near = 3
    next_m: Float64s = KDTree(ground.centres).query(ground.centres, k=n_near + 1)[0][:, -1]
    # Distances between neighbours grow by factors from a city's middle to its edge.
    # Logarithms of distances between neighbours are near a normal distribution: one of 10,000 buildings.
    limit_m = max(_BORDER_M, math.exp(_limit(np.log(np.maximum(next_m, 1.0)), 4.0)))
    ids = ground.table["building_id"]
    for building in np.flatnonzero(next_m > limit_m).tolist():
        facts: dict[str, Value] = {"n": n_near, "m": round(float(next_m[building]))}
        yield building, Issue("G325", "", {"building_id": ids[building], **facts})


def _off_building(ground: _Ground, table: Named, witnesses: pd.DataFrame, wrong: set[int]) -> list[Issue]:
    """Rows whose point is far from the building that they name (G317), unless it is the building that is wrong."""
    limit_m = _limit_m(witnesses["m"].to_numpy())
    off = witnesses[witnesses["m"].gt(limit_m) & ~witnesses["building"].isin(wrong)]
    ids = ground.table["building_id"]
    return [
        _in_row(Issue("G317", "", {"building_id": ids[b], "m": round(m)}), table.file, table.rows.iloc[row])
        for row, b, m in zip(off["row"], off["building"], off["m"], strict=True)
    ]


def _far_off(ground: _Ground, table: Named, gazetteer: Gazetteer) -> list[Issue]:
    """Rows whose point is in another part of the country, although they name a building or an address here (G318)."""
    far = table.matched[table.matched["matched_by"].eq("far") & table.matched["lon"].notna()]
    if far.empty:
        return []
    texts = AddressTexts(far["reg_address" if "reg_address" in far else "address"])
    parts = pd.DataFrame({p: texts.part(p) for p in ("province", "city", "district", "street")})
    is_here = (parts["district"].notna() | parts["street"].notna()) & ~gazetteer.is_elsewhere(parts)
    is_here |= table.given.loc[far.index, "building_id"].isin(ground.table["building_id"])
    off_m = np.asarray(KDTree(ground.centres).query(shapely.get_coordinates(ground.points(far)))[0])
    return [
        _in_row(Issue("G318", "", {"km": round(m / 1000)}), table.file, table.rows.iloc[row])
        for row, m in zip(far.index[is_here], off_m[is_here.to_numpy()], strict=True)
    ]


def _in_row(issue: Issue, file: str, row: object) -> Issue:
    return Issue(issue.code, f"{file} row {row}", issue.values)
