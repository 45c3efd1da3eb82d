"""What the planner is asked: visits on offer, people or teams, travel times, and the rules that teams keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sweep.records import Base, Building, Person, Team, Visit
from sweep.service import ServiceMinutes, visit_seconds


@dataclass(frozen=True, slots=True)
class TeamRules:
    """How teams are composed from the people."""

    n_teams: int
    n_reserve: int
    """Of them; they stand by (C18)."""
    min_certified: Mapping[str, int]
    min_female: int
    assist_letter: bool


@dataclass(frozen=True, slots=True)
class Problem:
    """One day's planning problem; whole seconds after midnight, whole metres."""

    day: date
    visits: tuple[Visit, ...]
    buildings: Mapping[str, Building]
    people: tuple[Person, ...]
    teams: tuple[Team, ...]
    """Given teams; if empty they are composed from `people` under `rules`."""
    rules: TeamRules
    bases: Mapping[str, Base]
    places: Mapping[str, int]
    """Row of each building id and base id in the travel tables."""
    travel_s: NDArray[np.int64]
    """Shape (n, n); `unreachable` where there is no road."""
    distance_m: NDArray[np.int64]
    unreachable: int
    shift_s: tuple[int, int]
    minutes: ServiceMinutes
    link_tolerance_s: int

    def __post_init__(self) -> None:
        n = len(self.places)
        if self.travel_s.shape != (n, n) or self.distance_m.shape != (n, n):
            raise ValueError(f"travel tables must have shape ({n}, {n}), got {self.travel_s.shape}")
        ids = [v.visit_id for v in self.visits]
        if len(set(ids)) != len(ids):
            raise ValueError("a visit id stands twice in the problem")
        missing = sorted({v.building_id for v in self.visits} - set(self.places))
        if missing:
            raise ValueError(f"no travel times for buildings {missing[:5]}")

    def conflict_keys(self, visit: Visit) -> frozenset[str]:
        """What a person may be recused from at this visit: the building, its property company, the targets (C10)."""
        company = self.buildings[visit.building_id].property_company_id
        return frozenset((visit.building_id, *visit.targets, *((company,) if company else ())))

    def service_s(self, visit: Visit, slot: int, n_members: int) -> int:
        """Seconds inside for a team of that size."""
        return visit_seconds(visit, slot, n_members, self.minutes)
