"""Makes visits: which slots a building needs, how long it takes, which firms are inspected."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from sweep.records import MARKET_REGULATION, POLICE, Building, Recheck, Slot, Visit
from sweep.select.rechecks import with_rechecks
from sweep.select.targets import choose_targets, n_targets
from sweep.service import doors_to_call_at, service_seconds, working_pairs
from sweep.settings.plan import PlanSettings
from sweep.settings.select import Select

MAX_SLOTS = 3


@dataclass(frozen=True, slots=True)
class TeamSize:
    """What the selection must know of the teams to come."""

    n_active: int
    """Teams that are not in reserve."""
    police: int
    """Certified police in each."""
    members: int
    min_police: int
    min_market_regulation: int


@dataclass(frozen=True, slots=True)
class VisitMaker:
    """One day's settings; gives the visit of a building."""

    buildings: Mapping[str, Building]
    firms_by_building: Mapping[str, pd.DataFrame]
    """Active firms: `uscc`, `credit_class`."""
    value: Mapping[str, float]
    """Expected finds by building id."""
    capped: frozenset[str]
    size: TeamSize
    select: Select
    plan: PlanSettings

    def n_doors(self, building_id: str) -> int:
        """Doors to call at: the building's firms, or what its floor area holds where none is registered."""
        building = self.buildings[building_id]
        return doors_to_call_at(building.n_firms, building.floor_area_m2)

    def service_s(self, building_id: str, n_guards: int, n_slots: int, n_named: int = 0) -> int:
        """Seconds inside for so many teams of the usual size; of the one with the most guards, which takes longest."""
        pairs = working_pairs(self.size.members, math.ceil(n_guards / n_slots)) * n_slots
        n_firms = self.n_doors(building_id)
        return service_seconds(n_firms, max(n_named, self._limit(n_firms)), pairs, self.plan.minutes)

    def _limit(self, n_firms: int) -> int:
        return n_targets(n_firms, self.select.target_share_max, self.select.n_targets_max)

    def fits_one_team(self, building_id: str) -> bool:
        """Whether one team can call at every firm and be back in a shift."""
        return self.service_s(building_id, 0, 1) <= self._longest_s()

    def may_be_drawn(self, building_id: str) -> bool:
        """Whether a drawn visit would have a firm to inspect: one that is not at its yearly cap."""
        firms = self.firms_by_building.get(building_id)
        return firms is not None and not set(firms["uscc"]) <= self.capped

    def _longest_s(self) -> float:
        # Three quarters of a shift: the rest is for the way there and back.
        return 0.75 * (self.plan.shift_end_s - self.plan.shift_start_s)

    def case_visit(self, building_id: str, leads: pd.DataFrame) -> Visit:
        """
        A lead-driven visit; every exit guarded by police (C17), so large towers take two or three teams.

        Where no firm is registered there is none to inspect by name: the doors are called at, as leads say somebody
        sits there.
        """
        n_exits = self.buildings[building_id].n_exits
        spare = self.size.police - self.size.min_police
        n_slots = math.ceil(n_exits / spare) if spare > 0 else MAX_SLOTS
        named = sorted(set(leads["uscc"].dropna()) & set(self._firms(building_id)["uscc"]))
        while n_slots < MAX_SLOTS and self.service_s(building_id, n_exits, n_slots, len(named)) > self._longest_s():
            n_slots += 1
        n_slots = min(max(1, n_slots), MAX_SLOTS)
        basis = tuple(sorted(str(i) for i in leads["lead_id"]))
        return self._visit(building_id, "case", basis, named, _spread(n_exits, n_slots), 1.0)

    def recheck_visit(self, building_id: str, items: Sequence[Recheck]) -> Visit:
        """
        A visit to those alone who were found at fault: no cordon, no other door, and not to be left out (C27).

        Of the building's value it has the share of the doors that it calls at.
        """
        visit = self._visit(building_id, "case", (), [], [0], 1.0)
        n_doors = len(items)
        value = self.value[building_id] * min(1.0, n_doors / max(1, visit.n_firms))
        return with_rechecks(replace(visit, targets=(), n_firms=n_doors, value=value), items)

    def drawn_visit(self, building_id: str, probability: float) -> Visit:
        """A drawn visit: no cordon, for nothing speaks against these firms."""
        return self._visit(building_id, "routine", (self.select.draw_seed,), [], [0], probability)

    def _visit(
        self, building_id: str, track: str, basis: tuple[str, ...], named: list[str], guards: list[int], pi: float
    ) -> Visit:
        building = self.buildings[building_id]
        firms = self._firms(building_id)
        targets = choose_targets(
            firms, named, self.capped, self._limit(len(firms)), self.select.draw_seed, by_class=track == "case"
        )
        return Visit(
            visit_id=f"V-{building_id}",
            building_id=building_id,
            division_code=building.division_code,
            track=track,
            basis=basis,
            targets=targets,
            n_firms=self.n_doors(building_id),
            value=self.value[building_id],
            is_must=track == "routine",
            slots=tuple(Slot(k, self._needs(n), n) for k, n in enumerate(guards)),
            windows_s=((self.plan.window_start_s, self.plan.window_end_s),),
            selection_probability=pi,
        )

    def _firms(self, building_id: str) -> pd.DataFrame:
        none = pd.DataFrame({"uscc": pd.Series(dtype=str), "credit_class": pd.Series(dtype=str)})
        return self.firms_by_building.get(building_id, none)

    def _needs(self, n_guards: int) -> dict[str, int]:
        return {POLICE: self.size.min_police + n_guards, MARKET_REGULATION: self.size.min_market_regulation}


def _spread(total: int, n: int) -> list[int]:
    """`total` in `n` whole parts that differ by one at most, the larger first."""
    return [total // n + (1 if k < total % n else 0) for k in range(n)]
