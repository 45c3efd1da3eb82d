"""Ways by car and on foot: a short one is walked where that is quicker than to drive and park."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely

from geodata.array_types import Bools, Degrees
from geodata.roads.network import UNREACHABLE, Travel, TravelTable


@dataclass(frozen=True, slots=True)
class CarAndFoot:
    """
    Two ways to travel, the quicker one for each pair of places.

    A team that has walked must walk back to its car some time; `walk_within_m` keeps that short.
    """

    car: Travel
    foot: Travel
    parking_s: int
    """To park and walk to the door, after every drive; whole seconds, >= 0."""
    walk_within_m: float
    """Longest way on foot."""

    def __post_init__(self) -> None:
        if self.parking_s < 0 or self.walk_within_m < 0:
            raise ValueError(f"parking_s and walk_within_m must be >= 0, got {self.parking_s}, {self.walk_within_m}")

    def table(self, lon: Degrees, lat: Degrees) -> TravelTable:
        """Times and distances, `road_and_foot` or what the car's are; see `Travel.table`."""
        return self._table(lon, lat)[0]

    def _table(self, lon: Degrees, lat: Degrees) -> tuple[TravelTable, Bools]:
        """The table, and where one walks."""
        car, foot = self.car.table(lon, lat), self.foot.table(lon, lat)
        parks = (car.duration_s < UNREACHABLE) & ~np.eye(len(car.duration_s), dtype=bool)
        driving_s = car.duration_s + parks * self.parking_s
        # From door to pavement and back in; after a drive that is part of parking.
        doors_m = np.add.outer(foot.snap_m, foot.snap_m) * (1 - np.eye(len(foot.snap_m)))
        # The engine's foot profile: 5 km/h.
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
        """The ways driven and walked; see `Travel.line`."""
        walks = self._table(lon, lat)[1]
        legs = pairwise(range(len(lon)))
        return tuple((self.foot if walks[a, b] else self.car).line(lon[[a, b]], lat[[a, b]])[0] for a, b in legs)
