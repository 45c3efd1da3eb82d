"""Points and the footprints near them, for a million points at once; streets by name, and their numbers in order."""

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
    """The footprints of one table, `geodata.schema.BUILDINGS`, at least one, ready to be looked for."""

    def __init__(self, buildings: gpd.GeoDataFrame) -> None:
        # Centred on the buildings, where 60 m must be 60 m; a point far off need only come out as far.
        self._crs = metre_crs(buildings["lon"].to_numpy(), buildings["lat"].to_numpy())
        self._shapes = np.asarray(buildings.geometry.to_crs(self._crs).values)

    def nearest(self, points: pd.DataFrame, within_m: float) -> tuple[Positions, Positions]:
        """Positions of the points with a footprint within a few footprints' size, and of the nearest footprint."""
        places = self._placed(points)
        # A query by distance and a sort are four times as fast as `query_nearest`.
        where, which = shapely.STRtree(self._shapes).query(places, predicate="dwithin", distance=within_m)
        distance_m = shapely.distance(places[where], self._shapes[which])
        # Of footprints equally near, as where two overlap, the first of the table: the same on every run.
        order = np.lexsort((which, distance_m, where))
        where, which = where[order], which[order]
        first = np.unique(where, return_index=True)[1]
        return where[first], which[first]

    def is_near(self, points: pd.DataFrame, within_m: float) -> Mask:
        """Whether any footprint is within reach of each point, metres; may be many times a city's size."""
        places = self._placed(points)
        xy, inside = shapely.get_coordinates(places), shapely.get_coordinates(shapely.point_on_surface(self._shapes))
        # Near a point of a footprint is near the footprint; of a city nearly all points are near its middle one, and
        # only the few others are looked for among all, and the fewest measured against the shapes.
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
    """All lines of each street by its name, in metres of a projection."""
    named = streets[streets["street_name"].notna()]
    lines = np.asarray(named.geometry.to_crs(crs).values)
    of_name = pd.Series(np.arange(len(named))).groupby(named["street_name"].to_numpy()).agg(list)
    return {str(name): shapely.MultiLineString(list(shapely.get_parts(lines[at]))) for name, at in of_name.items()}


def metres_a_number(xy: Float64s, number: Float64s) -> float:
    """Typical distance from one number of a street to the next, metres; parameters as in `on_path`, n >= 2."""
    # Numbers on both sides of a street differ by a few at one place.
    return float(np.median(np.hypot(*np.diff(xy, axis=0).T) / np.maximum(np.diff(number), 10)))


def on_path(xy: Float64s, number: Float64s, rate: float, detour_m: float) -> Positions:
    """
    Positions of the numbers that lie on the path of their street: the shortest through all but those left out.

    Parameters
    ----------
    xy
        Places in the order of the numbers, metres, shape (n, 2), n >= 1.
    number
        House numbers, shape (n,), ascending.
    rate
        Metres of path for each number before the first that is kept, and after the last.
    detour_m
        Metres of path for each number left out.
    """
    n = len(number)
    left_out_m = detour_m * np.arange(n)
    before = np.full(n, -1)
    path_m = left_out_m + rate * (number - number[0])
    for k in range(1, n):
        # More rows in succession are no rows gone wrong, but another numbering.
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
