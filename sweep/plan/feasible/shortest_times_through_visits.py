"""Shortest travel times over any route: through other visits where the direct leg is longer or missing."""

import numpy as np

from geodata.array_types import Int64s
from sweep.plan.problem.problem import Problem
from sweep.records.people import Team
from sweep.records.visits import Visit


class ShortestPaths:
    """
    Shortest travel times of one problem, computed on demand and cached.

    A path may pass other visits, since the travel table may violate the triangle inequality or miss legs. Service times
    count as 0, so that each result is a lower bound for real routes.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        stops = np.array([problem.places[v.building_id] for v in problem.visits], np.int64)
        self._stops, self._n_here = np.unique(stops, return_counts=True)
        self._found: dict[tuple[int, bool], Int64s] = {}

    def there_and_back(self, visit: Visit, team: Team) -> tuple[int, int]:
        """Return the shortest seconds from the team's base to the visit, and from the visit to the team's end base."""
        here = self.problem.places[visit.building_id]
        back = int(self._path_seconds(self._end(team), is_to=True)[here])
        return int(self._path_seconds(self.problem.places[team.base_id], is_to=False)[here]), back

    def last_leg_there(self, visit: Visit, team: Team) -> int:
        """Return the seconds of the shortest leg into the visit, from another visit or from the team's base."""
        here, table = self.problem.places[visit.building_id], self.problem.travel_s
        others = self._stops[(self._stops != here) | (self._n_here > 1)]
        direct = int(table[self.problem.places[team.base_id], here])
        legs = np.where(others == here, 0, table[others, here])
        return min(direct, int(legs.min(initial=self.problem.unreachable)))

    def last_leg_back(self, team: Team) -> int:
        """Return the seconds of the shortest leg from any visit to the base where the team's shift ends."""
        return int(self.problem.travel_s[self._stops, self._end(team)].min(initial=self.problem.unreachable))

    def between(self, one: Visit, other: Visit) -> int:
        """Return the shortest travel time from one visit to another, in seconds, without service times."""
        here, there = (self.problem.places[v.building_id] for v in (one, other))
        return int(self._path_seconds(here, is_to=False)[there])

    def _end(self, team: Team) -> int:
        return self.problem.places[team.end_base_id or team.base_id]

    def _path_seconds(self, place: int, *, is_to: bool) -> Int64s:
        """Return the shortest seconds from a place to all places (Dijkstra), or with `is_to` from all places to it."""
        key, unreachable = (place, is_to), self.problem.unreachable
        if key not in self._found:
            table = self.problem.travel_s.T if is_to else self.problem.travel_s
            found: Int64s = np.minimum(table[place], unreachable).astype(np.int64)
            found[place] = 0
            left = self._stops[self._stops != place]
            while len(left):
                nearest = int(np.argmin(found[left]))
                via = int(left[nearest])
                if found[via] >= unreachable:
                    break
                left = np.delete(left, nearest)
                legs = table[via].astype(np.int64)
                found = np.minimum(found, np.where(legs >= unreachable, unreachable, found[via] + legs))
            self._found[key] = found
        return self._found[key]
