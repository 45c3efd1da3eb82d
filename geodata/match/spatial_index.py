"""Spatial search: footprints near points, lines of named streets, and order of house numbers along a street."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray
from scipy.spatial import KDTree

from geodata.array_types import Float64s, Positions
from geodata.datum.convert import metre_crs
from geodata.raw_table import Mask
from geodata.schema import CRS


class Footprints:
    """Spatial index over the footprints of a table, `geodata.schema.BUILDINGS`, with at least one row."""

    def __init__(self, buildings: gpd.GeoDataFrame) -> None:
        # Centred on the buildings, where distances must be exact; remote points only need to be remote.
        self._crs = metre_crs(buildings["lon"].to_numpy(), buildings["lat"].to_numpy())
        self._shapes = np.asarray(buildings.geometry.to_crs(self._crs).values)

    def nearest(self, points: pd.DataFrame, within_m: float) -> tuple[Positions, Positions]:
        """
        Return the points with a footprint within `within_m` metres, and the nearest footprint of each, as positions.

        `points`: table with `lon` and `lat` in WGS-84. The second positions are rows of the buildings.
        """
        places = self._placed(points)
        # A distance query with a sort is four times as fast as `query_nearest`.
        where, which = shapely.STRtree(self._shapes).query(places, predicate="dwithin", distance=within_m)
        distance_m = shapely.distance(places[where], self._shapes[which])
        # Ties, as of overlapping footprints, go to the first of the table, so that runs agree.
        order = np.lexsort((which, distance_m, where))
        where, which = where[order], which[order]
        first = np.unique(where, return_index=True)[1]
        return where[first], which[first]

    def is_near(self, points: pd.DataFrame, within_m: float) -> Mask:
        """Return whether a footprint is within `within_m` metres of each point (`lon`, `lat`); fast for 100 km too."""
        places = self._placed(points)
        xy, inside = shapely.get_coordinates(places), shapely.get_coordinates(shapely.point_on_surface(self._shapes))
        # Near an inner point of a footprint implies near the footprint. Nearly all points of a city are near its middle
        # building; only the others are searched in the tree, and only the rest is measured against the shapes.
        middle = inside[np.argmin(np.hypot(*(inside - np.median(inside, axis=0)).T))]
        near = np.hypot(*(xy - middle).T) <= within_m
        others = np.flatnonzero(np.isfinite(xy).all(axis=1) & ~near)
        if len(others):
            near[others] = KDTree(inside).query(xy[others], distance_upper_bound=within_m)[0] <= within_m
        rest = np.flatnonzero(~near)
        found = shapely.STRtree(self._shapes).query_nearest(places[rest], max_distance=within_m, all_matches=False)
        near[rest[found[0]]] = True
        return pd.Series(near, index=points.index)

    def _placed(self, points: pd.DataFrame) -> NDArray[np.object_]:
        return np.asarray(gpd.GeoSeries(gpd.points_from_xy(points["lon"], points["lat"]), crs=CRS).to_crs(self._crs))


def lines_of_names(streets: gpd.GeoDataFrame, crs: pyproj.CRS) -> dict[str, shapely.MultiLineString]:
    """Return all lines of each street by name, in metres of the projection."""
    named = streets[streets["street_name"].notna()]
    lines = np.asarray(named.geometry.to_crs(crs).values)
    of_name = pd.Series(np.arange(len(named))).groupby(named["street_name"].to_numpy()).agg(list)
    return {str(name): shapely.MultiLineString(list(shapely.get_parts(lines[at]))) for name, at in of_name.items()}


def metres_per_number(xy: Float64s, number: Float64s) -> float:
    """
    Return the median of metres per house number between neighbours along a street, to set `rate` of `numbers_on_path`.

    `xy`: locations in order of `number`, the house numbers, shape (n, 2), metres; n >= 2. Numbers that differ by less
    than 10 count as 10 apart.
    """
    # Numbers on both sides of a street differ by a few at one position.
    return float(np.median(np.hypot(*np.diff(xy, axis=0).T) / np.maximum(np.diff(number), 10)))


def numbers_on_path(xy: Float64s, number: Float64s, rate: float, detour_m: float) -> Positions:
    """
    Return positions in `number` of the house numbers on the cheapest path along their street; the rest are outliers.

    The cost of a path is its length plus the costs below; it is found by dynamic programming.

    Parameters
    ----------
    xy
        Locations in order of number, metres, shape (n, 2), n >= 1.
    number
        House numbers, shape (n,), ascending.
    rate
        Path cost, metres per house number, of the ranges of numbers before the first and after the last kept one.
    detour_m
        Path cost, metres, of each location left out.
    """
    n = len(number)
    left_out_m = detour_m * np.arange(n)
    before = np.full(n, -1)
    path_m = left_out_m + rate * (number - number[0])
    for k in range(1, n):
        # A longer run of rows is not a series of errors but another numbering.
        start = max(0, k - 12)
        through_m = path_m[start:k] + np.hypot(*(xy[start:k] - xy[k]).T) + left_out_m[: k - start][::-1]
        best = int(through_m.argmin())
        if through_m[best] < path_m[k]:
            path_m[k], before[k] = through_m[best], start + best
    at = int((path_m + left_out_m[::-1] + rate * (number[-1] - number)).argmin())
    kept = []
    while at >= 0:
        kept.append(at)
        at = int(before[at])
    return np.array(kept[::-1], dtype=np.intp)
