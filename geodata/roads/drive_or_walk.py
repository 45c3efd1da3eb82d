"""Travel by car and on foot: short legs are walked if that is faster than driving and parking."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely

from geodata.array_types import Bools, Degrees
from geodata.roads.travel_modes import UNREACHABLE, Travel, TravelTable


@dataclass(frozen=True, slots=True)
class CarAndFoot:
    """
    Two modes of travel; the faster one is chosen for each pair of places.

    A team on foot must walk back to its car later; `walk_within_m`, the longest walk, keeps this short.
    """

    car: Travel
    """Travel by car, without parking."""
    foot: Travel
    """Travel on foot."""
    parking_s: int
    """Time to park and walk to the door after every drive; whole seconds, >= 0."""
    walk_within_m: float
    """Longest walk between two places, metres; 0: none."""

    def __post_init__(self) -> None:
        if self.parking_s < 0 or self.walk_within_m < 0:
            raise ValueError(f"parking_s and walk_within_m must be >= 0, got {self.parking_s}, {self.walk_within_m}")

    def table(self, lon: Degrees, lat: Degrees) -> TravelTable:
        """
        Return times (s) and distances (m), shape (n, n), by the faster of car and foot.

        The table's `method` is `road_and_foot` or, if no walk is allowed (`walk_within_m` is 0), that of the car's
        table.
        """
        return self._table(lon, lat)[0]

    def _table(self, lon: Degrees, lat: Degrees) -> tuple[TravelTable, Bools]:
        """Return the travel table by car and foot, and which pairs of places a team walks between, shape (n, n)."""
        car, foot = self.car.table(lon, lat), self.foot.table(lon, lat)
        parks = (car.duration_s < UNREACHABLE) & ~np.eye(len(car.duration_s), dtype=bool)
        driving_s = car.duration_s + parks * self.parking_s
        # From door to street and back; after a drive this is part of parking.
        doors_m = np.add.outer(foot.snap_m, foot.snap_m) * (1 - np.eye(len(foot.snap_m)))
        # Speed of the engine's foot profile: 5 km/h.
        walking_s = foot.duration_s + np.rint(doors_m / (5 / 3.6)).astype(np.int64)
        walking_m = foot.distance_m + np.rint(doors_m).astype(np.int64)
        walks = (foot.duration_s < UNREACHABLE) & (walking_s < driving_s) & (walking_m <= self.walk_within_m)
        table = TravelTable(
            np.where(walks, walking_s, driving_s),
            np.where(walks, walking_m, car.distance_m),
            car.snap_m,
            "road_and_foot" if self.walk_within_m > 0 else car.method,
        )
        return table, walks

    def line(self, lon: Degrees, lat: Degrees) -> tuple[shapely.LineString, ...]:
        """Return one route line per leg, by the mode (car or foot) that `table` chooses for it; see `Travel.line`."""
        walks = self._table(lon, lat)[1]
        legs = pairwise(range(len(lon)))
        return tuple((self.foot if walks[a, b] else self.car).line(lon[[a, b]], lat[[a, b]])[0] for a, b in legs)
