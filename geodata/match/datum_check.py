"""Checks of the declared datum: whether coordinates fit streets and buildings better if read in another datum."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from geodata.datum.convert import from_wgs84, geometry_from_wgs84, geometry_to_wgs84, metre_crs, to_wgs84
from geodata.datum.datum_names import BD09, CGCS2000, GCJ02, WGS84, Datum
from geodata.datum.degree_lengths import METRES_PER_DEGREE
from geodata.errors import Issue, Value
from geodata.match.spatial_index import lines_of_names
from geodata.schema import CRS

# CGCS2000 counts as WGS-84 here; projected files made from shifted points are not detected.
_CANDIDATES = (WGS84, GCJ02, BD09)


# Fewer places are not statistically significant.
MIN_SEEN = 10


@dataclass(frozen=True, slots=True)
class Params:
    """Thresholds for the warnings that another datum fits better."""

    max_seen: int = 2000
    """Most places in the sample; more are not needed for a significant result."""
    street_near_m: float = 100.0
    """
    Footprints farther from every street do not count, metres. Streets cross 1 % of the others, and a sixth of those
    shifted by 500 m.
    """
    point_near_m: float = 25.0
    """Largest distance of a fitting point from a building, metres: geocoders return the building, or the kerb."""
    min_gain: float = 0.08
    """Minimum difference between the shares of places that fit in the other datum and in the declared one."""
    min_z: float = 3.5
    """Minimum difference between the shares, in standard errors."""


PARAMS = Params()


@dataclass(frozen=True, slots=True)
class _Fit:
    """Share of the sampled points that are near streets or in buildings if their coordinates are read in one datum."""

    datum: Datum
    n: int
    share: float
    at: tuple[float, float]
    """Median longitude and latitude of the sampled places, degrees."""


def check_footprints(
    buildings: gpd.GeoDataFrame, streets: gpd.GeoDataFrame, declared: Datum, where: str = "data.datum"
) -> tuple[Issue, ...]:
    """
    Return one warning (G303) if fewer footprints would cross a street when read in a datum other than `declared`.

    No warning otherwise, nor with fewer than `MIN_SEEN` footprints near streets.

    Parameters
    ----------
    buildings
        `geodata.schema.BUILDINGS`, converted to WGS-84 from `declared`.
    streets
        `geodata.schema.STREETS`, from a source that is certainly in WGS-84.
    where
        Setting or table that the warning names.
    """
    declared = _comparable(declared)
    if declared not in _CANDIDATES or len(buildings) < MIN_SEEN or streets.empty:
        return ()
    crs = metre_crs(buildings["lon"].to_numpy(), buildings["lat"].to_numpy())
    tree = shapely.STRtree(np.asarray(streets.geometry.to_crs(crs).values))
    shapes = geometry_from_wgs84(_sample(buildings).geometry, declared)
    fits = []
    for datum in _CANDIDATES:
        moved = geometry_to_wgs84(shapes, datum)
        placed = np.asarray(moved.to_crs(crs).values)
        n_near = _n_near(tree, placed, PARAMS.street_near_m)
        n_crossed = len(np.unique(tree.query(placed, predicate="intersects")[0]))
        centres = moved.bounds
        at = float(centres["minx"].median()), float(centres["miny"].median())
        fits.append(_Fit(datum, n_near, 1.0 - n_crossed / max(1, n_near), at))
    return _verdict(fits, declared, "G303", "buildings", where)


def check_streets(
    buildings: gpd.GeoDataFrame,
    streets: gpd.GeoDataFrame,
    street_of: Mapping[str, str | None],
    declared: Datum,
    where: str = "data.datum",
) -> tuple[Issue, ...]:
    """
    Return one warning (G319) if more buildings would lie at the streets of their addresses when read in another datum.

    Empty otherwise, and with too few buildings to judge. `buildings`, `streets` and `where` are as in
    `check_footprints`; `street_of`: street of the address by building id.
    """
    declared = _comparable(declared)
    own = buildings["building_id"].map(street_of)
    is_there = own.isin(streets["street_name"].dropna())
    there = buildings[is_there]
    if declared not in _CANDIDATES or len(there) < MIN_SEEN:
        return ()
    crs = metre_crs(there["lon"].to_numpy(), there["lat"].to_numpy())
    lines = lines_of_names(streets, crs)
    wanted = np.array([lines[name] for name in own[is_there]], dtype=object)
    fits = _fits(there, declared, crs, lambda placed: int(shapely.dwithin(placed, wanted, PARAMS.street_near_m).sum()))
    return _verdict(fits, declared, "G319", "buildings", where)


def check_points(
    points: pd.DataFrame, buildings: gpd.GeoDataFrame, declared: Datum, table: str = "leads", where: str = "data.datum"
) -> tuple[Issue, ...]:
    """
    Return one warning (G304) if more points lie at buildings when their coordinates are read in another datum.

    Empty otherwise, and with too few points (`MIN_SEEN`) to judge.

    Parameters
    ----------
    points
        A table of `match_leads` or `match_firms`, converted to WGS-84 from `declared`. If enough rows are matched by
        id, name or firm, only these are judged, each by its own building; else all, each by the nearest building.
    table, where
        Name of the table for which the fix sets a datum, and file or setting that the warning names.
    """
    declared = _comparable(declared)
    seen = points[points["lon"].notna() & points["matched_by"].ne("far")]
    known = seen[seen["matched_by"].isin(["id", "uscc", "name"])]
    seen = _sample(known if len(known) >= MIN_SEEN else seen)
    if declared not in _CANDIDATES or len(seen) < MIN_SEEN or buildings.empty:
        return ()
    crs = metre_crs(buildings["lon"].to_numpy(), buildings["lat"].to_numpy())
    shapes = buildings.geometry.to_crs(crs)
    if len(known) >= MIN_SEEN:
        own = np.asarray(shapes.set_axis(buildings["building_id"]).loc[seen["building_id"]].values)
        fits = _fits(seen, declared, crs, lambda placed: int(shapely.dwithin(placed, own, PARAMS.point_near_m).sum()))
    else:
        tree = shapely.STRtree(np.asarray(shapes.values))
        fits = _fits(seen, declared, crs, lambda placed: _n_near(tree, placed, PARAMS.point_near_m))
    return _verdict(fits, declared, "G304", table, where)


def _fits(
    points: pd.DataFrame, declared: Datum, crs: pyproj.CRS, n_met: Callable[[NDArray[np.object_]], int]
) -> list[_Fit]:
    """Return how well points fit the map in each candidate datum; `n_met` counts the fitting points, given in `crs`."""
    raw = from_wgs84(points["lon"].to_numpy(), points["lat"].to_numpy(), declared)
    fits = []
    for datum in _CANDIDATES:
        lon, lat = to_wgs84(*raw, datum)
        placed = np.asarray(gpd.GeoSeries(gpd.points_from_xy(lon, lat), crs=CRS).to_crs(crs).values)
        at = float(np.median(lon)), float(np.median(lat))
        fits.append(_Fit(datum, len(points), n_met(placed) / len(points), at))
    return fits


def _n_near(tree: shapely.STRtree, shapes: NDArray[np.object_], within_m: float) -> int:
    return len(np.unique(tree.query(shapes, predicate="dwithin", distance=within_m)[0]))


def _comparable(declared: Datum) -> Datum:
    return WGS84 if declared == CGCS2000 else declared


def _sample[T: pd.DataFrame](table: T) -> T:
    step = -(-len(table) // PARAMS.max_seen)
    return table.iloc[:: max(1, step)]


def _verdict(fits: list[_Fit], declared: Datum, code: str, table: str, where: str) -> tuple[Issue, ...]:
    own = next(fit for fit in fits if fit.datum == declared)
    best = max(fits, key=lambda fit: fit.share)
    n = min(own.n, best.n)
    if n < MIN_SEEN:
        return ()
    pooled = (own.share + best.share) / 2
    z = (best.share - own.share) / max(1e-9, np.sqrt(2 * pooled * (1 - pooled) / n))
    if best.share - own.share < PARAMS.min_gain or z < PARAMS.min_z:
        return ()
    east_m = (own.at[0] - best.at[0]) * METRES_PER_DEGREE * np.cos(np.radians(best.at[1]))
    values: dict[str, Value] = {
        "n": n,
        "declared": declared.name,
        "looks_like": best.datum.name,
        "declared_percent": round(100 * own.share),
        "looks_like_percent": round(100 * best.share),
        "east_m": round(float(east_m)),
        "north_m": round((own.at[1] - best.at[1]) * METRES_PER_DEGREE),
        "section": "data.datums",
        "line": f'{table} = "{best.datum.name}"',
    }
    return (Issue(code, where, values),)
