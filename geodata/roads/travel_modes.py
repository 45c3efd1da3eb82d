"""Travel between places: time and distance matrices, and route lines; by road, or straight with a detour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Protocol

import numpy as np
import osrm
import pyproj
import shapely

from geodata.array_types import Degrees, Float64s, Int64s
from geodata.datum.convert import metre_crs
from geodata.errors import Issue
from geodata.roads.engine_files import build_roads

UNREACHABLE = 2**31 - 1
FAR_M = 500.0

_UNLIMITED = -1


@dataclass(frozen=True, slots=True, eq=False)
class TravelTable:
    """Travel times and distances between n places."""

    duration_s: Int64s
    """Shape (n, n), from row to column, whole seconds; `UNREACHABLE` without a route."""
    distance_m: Int64s
    """Shape (n, n), along the fastest route, whole metres; `UNREACHABLE` without a route."""
    snap_m: Float64s
    """Shape (n,), straight distance from each place to its snapped point of the network, metres."""
    method: str
    """`road`, `road_and_foot` or `straight_line`; shown with travel times in every output."""


class Travel(Protocol):
    """Interface of a mode of travel: time and distance matrices, and route lines between places."""

    def table(self, lon: Degrees, lat: Degrees) -> TravelTable:
        """
        Return times and distances between all places.

        Parameters
        ----------
        lon, lat
            WGS-84 degrees, shape (n,), finite.

        Raises
        ------
        ValueError
            If the shapes differ or a value is not finite.
        """

    def line(self, lon: Degrees, lat: Degrees) -> tuple[shapely.LineString, ...]:
        """Return the n - 1 route lines between consecutive places, EPSG:4326; `lon`, `lat`: WGS-84 degrees, (n,)."""


class RoadNetwork:
    """OSRM routing, in this process, on the roads of one OpenStreetMap file; `base` is the path from `build_roads`."""

    def __init__(self, base: Path) -> None:
        self._engine = osrm.OSRM(
            storage_config=str(base),
            algorithm="MLD",
            use_shared_memory=False,
            verbosity="NONE",
            max_locations_distance_table=_UNLIMITED,
            max_locations_viaroute=_UNLIMITED,
        )

    def table(self, lon: Degrees, lat: Degrees) -> TravelTable:
        """Return times (s) and distances (m) by road between all places, by one OSRM request; see `Travel.table`."""
        places = _places(lon, lat)
        n = len(places)
        if n == 0:
            return TravelTable(np.zeros((0, 0), np.int64), np.zeros((0, 0), np.int64), np.zeros(0), "road")
        # OSRM rejects a table of one place: it is passed twice.
        asked = places if n > 1 else places * 2
        answer = self._engine.Table(
            osrm.TableParameters(coordinates=asked, annotations=["duration", "distance"], generate_hints=False)
        )
        snap_m = np.array([source["distance"] for source in answer["sources"]], dtype=np.float64)
        return TravelTable(_whole(answer["durations"])[:n, :n], _whole(answer["distances"])[:n, :n], snap_m[:n], "road")

    def snap_m(self, lon: Degrees, lat: Degrees) -> Float64s:
        """Return the distance of n >= 1 places to the nearest road, metres, shape (n,); no travel table is made."""
        places = _places(lon, lat)
        asked = osrm.TableParameters(coordinates=[*places, places[0]], sources=[0], generate_hints=False)
        return np.array([place["distance"] for place in self._engine.Table(asked)["destinations"]][:-1], np.float64)

    def line(self, lon: Degrees, lat: Degrees) -> tuple[shapely.LineString, ...]:
        """Return the route lines between consecutive places; straight where no road leads. See `Travel.line`."""
        # Leg by leg: a request for the whole route forbids U-turns at stops, which the table allows.
        return tuple(self._leg(start, end) for start, end in pairwise(_places(lon, lat)))

    def _leg(self, start: tuple[float, float], end: tuple[float, float]) -> shapely.LineString:
        asked = osrm.RouteParameters(
            coordinates=[start, end], overview="full", geometries="geojson", generate_hints=False
        )
        try:
            answer = self._engine.Route(asked)
        except RuntimeError as error:
            if not str(error).startswith("NoRoute"):
                raise
            return shapely.LineString([start, end])
        return shapely.LineString([tuple(point) for point in answer["routes"][0]["geometry"]["coordinates"]])


@dataclass(frozen=True, slots=True)
class StraightLines:
    """Travel on straight lines, with a detour factor and one speed; used without a street file."""

    speed_kmh: float
    """Speed in km/h, above 0."""
    detour_factor: float
    """Route length divided by straight distance, at least 1."""

    def __post_init__(self) -> None:
        if not self.speed_kmh > 0:
            raise ValueError(f"speed_kmh must be > 0, got {self.speed_kmh}")
        if not self.detour_factor >= 1:
            raise ValueError(f"detour_factor must be >= 1, got {self.detour_factor}")

    def table(self, lon: Degrees, lat: Degrees) -> TravelTable:
        """Return times (s) and distances (m) on straight lines between all places; see `Travel.table`."""
        n = len(_places(lon, lat))
        if n == 0:
            return TravelTable(np.zeros((0, 0), np.int64), np.zeros((0, 0), np.int64), np.zeros(0), "straight_line")
        to_metres = pyproj.Transformer.from_crs("EPSG:4326", metre_crs(lon, lat), always_xy=True)
        x, y = to_metres.transform(lon, lat)
        route_m = np.hypot(np.subtract.outer(x, x), np.subtract.outer(y, y)) * self.detour_factor
        duration_s = np.rint(route_m / (self.speed_kmh / 3.6)).astype(np.int64)
        return TravelTable(duration_s, np.rint(route_m).astype(np.int64), np.zeros(n), "straight_line")

    def line(self, lon: Degrees, lat: Degrees) -> tuple[shapely.LineString, ...]:
        """Return straight lines between consecutive places; see `Travel.line`."""
        return tuple(shapely.LineString(leg) for leg in pairwise(_places(lon, lat)))


def build_network(
    osm_path: Path, cache_dir: Path | None = None, profile: str = "car", slower: Mapping[str, float] | None = None
) -> RoadNetwork:
    """
    Return the road network of an OpenStreetMap file, with OSRM's files cached in `cache_dir`.

    `profile`: `car` or `foot`; `slower`: travel time relative to free flow by street class, None: free flow; see
    `build_roads`. `cache_dir` None: the user's cache directory.
    """
    return RoadNetwork(build_roads(osm_path, cache_dir, profile, slower))


def far_from_roads(snap_m: Float64s, names: Sequence[str]) -> tuple[Issue, ...]:
    """Return an issue (G301) for each of the places `names` with more than `FAR_M` metres (in `snap_m`) to a road."""
    return tuple(
        Issue("G301", name, {"snap_m": round(far_m), "far_m": round(FAR_M)})
        for name, far_m in zip(names, snap_m.tolist(), strict=True)
        if far_m > FAR_M
    )


def cut_off_from_roads(table: TravelTable, names: Sequence[str]) -> tuple[Issue, ...]:
    """
    Return an issue (G302) for each place without a route to, or from, more than half of the other places.

    `names`: names of the places, in the order of the table.
    """
    has_no_route = table.duration_s == UNREACHABLE
    n_lost = np.maximum(has_no_route.sum(axis=0), has_no_route.sum(axis=1))
    n_others = len(names) - 1
    return tuple(
        Issue("G302", name, {"n_lost": n, "n_others": n_others})
        for name, n in zip(names, n_lost.tolist(), strict=True)
        if n > n_others / 2
    )


def _places(lon: Degrees, lat: Degrees) -> list[tuple[float, float]]:
    if lon.shape != lat.shape or lon.ndim != 1:
        raise ValueError(f"lon and lat must have one shape (n,), got {lon.shape} and {lat.shape}")
    unknown = np.flatnonzero(~(np.isfinite(lon) & np.isfinite(lat)))
    if len(unknown):
        raise ValueError(f"lon and lat must be finite, place {unknown[0]} is ({lon[unknown[0]]}, {lat[unknown[0]]})")
    return list(zip(lon.tolist(), lat.tolist(), strict=True))


def _whole(rows: Sequence[Sequence[float | None]]) -> Int64s:
    matrix = np.array([list(row) for row in rows], dtype=np.float64)
    return np.where(np.isnan(matrix), UNREACHABLE, np.rint(matrix)).astype(np.int64)


def with_access_times(table: TravelTable, access_s: Int64s) -> TravelTable:
    """
    Return the table with access times added to the travel time of every leg; the diagonal is unchanged.

    Parameters
    ----------
    access_s
        Access time of each destination, from the road to the start of work, whole seconds, shape (n,), >= 0.

    Raises
    ------
    ValueError
        If the shape differs, or a number is below 0.
    """
    n = len(table.duration_s)
    if access_s.shape != (n,) or (access_s < 0).any():
        raise ValueError(f"arrival_s must have shape ({n},) and be >= 0, got {access_s.shape}")
    has_route = (table.duration_s < UNREACHABLE) & ~np.eye(n, dtype=bool)
    return replace(table, duration_s=table.duration_s + has_route * access_s)
