"""Construction of visits: team slots (one team each), duration, and the firms that they inspect."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import pandas as pd

from sweep.records.buildings import Building
from sweep.records.people import MARKET_REGULATION, POLICE, RECORDER
from sweep.records.service_time import doors_to_call_at, service_seconds, working_pairs
from sweep.records.visits import Recheck, Slot, Visit
from sweep.scenario.plan_settings import PlanSettings
from sweep.scenario.selection_settings import Select
from sweep.scenario.working_days_and_hours import windows
from sweep.select.legal_grounds import Grounds
from sweep.select.special_inspections import SpecialList, listed_firms, lists_that_name, must_be_made
from sweep.select.target_firms import choose_targets, n_targets

MAX_SLOTS = 3
# Basis of stocktaking: the police register of people, houses and units (一标三实).
STOCKTAKE_BASIS = "base_registry"


@dataclass(frozen=True, slots=True)
class TeamSize:
    """Number and composition of the expected teams, as far as selection depends on them."""

    n_active: int
    """Number of teams, without reserve teams."""
    police: int
    """Number of certified police officers in each team."""
    members: int
    """Number of people in each team."""
    min_police: int
    """Minimum number of certified police officers in a team; any further ones guard exits."""
    min_market_regulation: int
    """Minimum number of certified officers of market regulation in a team."""
    is_split: bool = False
    """Whether a team is split into a police squad and a market-regulation squad."""

    def pairs(self, n_guards: int) -> int:
        """
        Return the number of pairs of people that call at doors while `n_guards` police of the team guard exits.

        In a split team (`is_split`), both squads form as many pairs as the one with fewer; the result is their sum.
        """
        if not self.is_split:
            return working_pairs(self.members, n_guards)
        inspectors = self.min_market_regulation
        return 2 * min(working_pairs(self.members - inspectors, n_guards), working_pairs(inspectors, 0))


@dataclass(frozen=True, slots=True)
class VisitMaker:
    """Factory that makes the visits of one day, on any track."""

    buildings: Mapping[str, Building]
    """Buildings by id."""
    firms_by_building: Mapping[str, Mapping[str, str | None]]
    """Active firms by building id: credit class (or None) by uscc."""
    value: Mapping[str, float]
    """Expected finds by building id."""
    capped: frozenset[str]
    """Firms (uscc) at a yearly cap (C06) or a limit over all authorities (C33), which no draw and no list takes."""
    size: TeamSize
    """Teams to expect, which determine slots and service times."""
    select: Select
    plan: PlanSettings
    grounds: Grounds = field(default_factory=Grounds)
    """Approvals, working hours and rules that are off."""
    keep_apart: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """Pairs of officers who made the building's last visit together, by building id (C28)."""
    n_inspections: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """Number of inspections of a firm this year before the day, by (authority, uscc)."""
    n_due: Mapping[str, int] = field(default_factory=dict)
    """Number of leads that fall due on the day, by building id (C22)."""
    due_s: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Due times of leads that have one, seconds after midnight, by building id."""
    day: date | None = None
    """Day of the visits; None: the scenario's window applies without legal hours (C13)."""

    def n_doors(self, building_id: str) -> int:
        """Return the number of doors to call at: the building's firms, or units by floor area if none is registered."""
        building = self.buildings[building_id]
        return doors_to_call_at(building.n_firms, building.floor_area_m2)

    def service_s(self, building_id: str, n_guards: int, n_slots: int, n_named: int = 0) -> int:
        """
        Return the service seconds of a visit by `n_slots` teams of usual size, the same for each team.

        `n_guards`: members of all teams who guard exits and do not call at doors. Each team counts as having only the
        working pairs of the team with most guards. `n_named`: firms named by leads, all of which are inspected.
        """
        pairs = self.size.pairs(math.ceil(n_guards / n_slots)) * n_slots
        n_firms = self.n_doors(building_id)
        return service_seconds(n_firms, max(n_named, self.limit(n_firms)), pairs, self.plan.minutes)

    def limit(self, n_firms: int) -> int:
        """Return how many firms a visit to a building of `n_firms` may inspect, unless leads name more."""
        return n_targets(n_firms, self.select.target_share_max, self.select.n_targets_max)

    def fits_one_team(self, building_id: str) -> bool:
        """Whether one team can call at every firm of the building in three quarters of a shift."""
        return self.service_s(building_id, 0, 1) <= self._longest_s()

    def may_be_drawn(self, building_id: str) -> bool:
        """Whether the building has a firm below its yearly cap."""
        return not self.capped.issuperset(self._firms(building_id))

    def _longest_s(self) -> float:
        # Three quarters of a shift; the rest is travel.
        return 0.75 * (self.plan.shift_end_s - self.plan.shift_start_s)

    def windows(self, track: str) -> tuple[tuple[int, int], ...]:
        """Return the spans in which visits of a track may start (C13), in seconds after midnight; empty if none."""
        wanted_s = self.plan.window_start_s, self.plan.window_end_s
        return (wanted_s,) if self.day is None else windows(wanted_s, self.grounds.hours, self.day, track)

    def case_visit(self, building_id: str, leads: pd.DataFrame, lists: Sequence[SpecialList] = ()) -> Visit:
        """
        Return a visit for leads. Police guard every exit (C17), so large towers take two or three teams.

        If leads and lists name no registered firm, the team calls at doors but inspects no firm by name. Special
        inspections of the building are made on the same visit, which is mandatory if one of them is (C11).

        `leads`: the leads that justify the visit; `lists`: the lists of special inspections in the building.
        """
        n_exits = self.buildings[building_id].n_exits
        spare = self.size.police - self.size.min_police
        n_slots = math.ceil(n_exits / spare) if spare > 0 else MAX_SLOTS
        named = sorted(set(leads["uscc"].dropna()) & self._firms(building_id).keys())
        basis = tuple(sorted(str(i) for i in leads["lead_id"]))
        listed = self.special_targets(building_id, lists)
        more = [u for u in listed if u not in named]
        named, basis = named + more, (*basis, *(s.number for s in lists_that_name(lists, more)))
        while n_slots < MAX_SLOTS and self.service_s(building_id, n_exits, n_slots, len(named)) > self._longest_s():
            n_slots += 1
        n_slots = min(max(1, n_slots), MAX_SLOTS)
        firms, seed, spare_a = self._firms(building_id), self.select.draw_seed, "C24" not in self.grounds.off
        targets = choose_targets(firms, named, self.capped, self.limit(len(firms)), seed, spare_class_a=spare_a)
        visit = self._visit(
            building_id,
            "case",
            basis,
            targets,
            [n_exits // n_slots + (1 if k < n_exits % n_slots else 0) for k in range(n_slots)],
        )
        urgency = 0.0 if "C22" in self.grounds.off else self.plan.due_weight * self.n_due.get(building_id, 0)
        is_must = must_be_made(lists_that_name(lists, listed))
        return replace(self._with_warrant(visit), urgency=urgency, due_s=self._due_s(building_id), is_must=is_must)

    def _due_s(self, building_id: str) -> int | None:
        """Return the first due time of the building's leads, seconds after midnight, that a visit can meet (C22)."""
        opens_s = min((lo for lo, _ in self.windows("case")), default=0)
        later = [s for s in self.due_s.get(building_id, ()) if s >= opens_s]
        return None if "C22" in self.grounds.off else min(later, default=None)

    def special_targets(self, building_id: str, lists: Sequence[SpecialList]) -> tuple[str, ...]:
        """
        Return the firms (uscc) of the lists that a visit inspects, in list order, without those at their cap (C06).

        Lists without a recorded reason to exceed the allowed share add at most this share of the building's firms in
        all (C08), but at least one firm.
        """
        limit = max(1, int(self.buildings[building_id].n_firms * self.select.target_share_max))
        free = {u for u in self._firms(building_id) if u not in self.capped}
        return listed_firms(lists, free, limit)

    def special_visit(self, building_id: str, lists: Sequence[SpecialList]) -> Visit:
        """Return one visit to a building for all approved lists that name a firm in it (C07, C11)."""
        targets = self.special_targets(building_id, lists)
        met = lists_that_name(lists, targets)
        visit = self._visit(building_id, "special", tuple(s.number for s in met), targets, [0])
        return replace(visit, is_must=must_be_made(met))

    def stocktake_visit(self, building_id: str) -> Visit:
        """Return a stocktaking visit (清点) by one officer with a recorder, without inspection or form (C04)."""
        visit = self._visit(building_id, "stocktake", (STOCKTAKE_BASIS,), (), [0])
        value = self.select.stocktake_value_share * visit.value
        return replace(visit, slots=(Slot(0, {POLICE: 1}, 0, {RECORDER: 1}),), items=(), value=value)

    def recheck_visit(self, building_id: str, items: Sequence[Recheck]) -> Visit:
        """
        Return a must-visit, without guards at exits, that only re-checks the firms of the re-check `items` (C27).

        Its value is the building's value times the share of the building's doors at which it calls.
        """
        visit = self._with_warrant(self._visit(building_id, "case", (), (), [0]))
        n_doors = len(items)
        value = self.value[building_id] * min(1.0, n_doors / max(1, visit.n_firms))
        looked_at = with_rechecks(replace(visit, targets=(), n_firms=n_doors, value=value), items)
        return replace(looked_at, disturbance=self.disturbance(building_id, looked_at.targets, n_doors))

    def drawn_visit(self, building_id: str, targets: tuple[str, ...], probability: float) -> Visit:
        """
        Return the must-visit of a randomly drawn building, without guards at exits, since there is no suspicion.

        `targets`: drawn firms (uscc); `probability`: inclusion probability of the building in the draw.
        """
        visit = self._visit(building_id, "routine", (self.select.draw_seed,), targets, [0])
        return replace(visit, is_must=True, selection_probability=probability)

    def _visit(
        self, building_id: str, track: str, basis: tuple[str, ...], targets: tuple[str, ...], guards: list[int]
    ) -> Visit:
        building = self.buildings[building_id]
        return Visit(
            visit_id=f"V-{building_id}",
            building_id=building_id,
            division_code=building.division_code,
            track=track,
            basis=basis,
            targets=targets,
            n_firms=self.n_doors(building_id),
            value=self.value[building_id],
            is_must=False,
            slots=tuple(Slot(k, self._needs(n), n) for k, n in enumerate(guards)),
            windows_s=self.windows(track),
            disturbance=self.disturbance(building_id, targets),
            keep_apart=self.keep_apart.get(building_id, ()),
            items=self.grounds.form.items,
        )

    def disturbance(self, building_id: str, targets: Collection[str], n_doors: int | None = None) -> float:
        """
        Return the minutes that a visit costs the firms of a building in total, at doors and for inspections (C24).

        A firm in `targets` (to be inspected) counts once, and once more for each inspection this calendar year. A firm
        of credit class A counts double. `n_doors`: doors called at; None: all.
        """
        doors = self.plan.door_minutes * (self.n_doors(building_id) if n_doors is None else n_doors)
        if not targets:
            return doors
        classes = self._firms(building_id)
        n_before = {u: sum(self.n_inspections.get((a, u), 0) for a in (POLICE, MARKET_REGULATION)) for u in targets}
        # An unnecessary inspection of a class A firm counts double (C24).
        shares = sum((2.0 if classes.get(u) == "A" else 1.0) * (1 + n_before[u]) for u in targets)
        return doors + self.plan.inspection_minutes * shares

    def _with_warrant(self, visit: Visit) -> Visit:
        """Return the visit with the certificate in [law] as warrant, else as an immediate one with a recorder (C14)."""
        law = self.grounds.law
        warrant = law.certificates.get(visit.building_id) or law.certificate
        if warrant:
            return replace(visit, warrant=warrant)
        slots = tuple(replace(s, min_skilled={**s.min_skilled, RECORDER: 1}) for s in visit.slots)
        return replace(visit, is_immediate=True, slots=slots)

    def _firms(self, building_id: str) -> Mapping[str, str | None]:
        return self.firms_by_building.get(building_id, {})

    def _needs(self, n_guards: int) -> dict[str, int]:
        return {POLICE: self.size.min_police + n_guards, MARKET_REGULATION: self.size.min_market_regulation}


def due_by_building(rechecks: Iterable[Recheck], withheld: Collection[str]) -> dict[str, tuple[Recheck, ...]]:
    """Return the items in `rechecks` by building id, in the same order, without the buildings `withheld` (ids)."""
    found: dict[str, tuple[Recheck, ...]] = {}
    for item in rechecks:
        if item.building_id not in withheld:
            found[item.building_id] = (*found.get(item.building_id, ()), item)
    return found


def with_rechecks(visit: Visit, items: Sequence[Recheck]) -> Visit:
    """Return the visit as a must-visit with the re-check items in basis and targets; unchanged without items."""
    if not items:
        return visit
    firms = [item.uscc for item in items if item.uscc is not None]
    return replace(
        visit,
        basis=(*visit.basis, *(item.recheck_id for item in items)),
        targets=tuple(dict.fromkeys([*firms, *visit.targets])),
        is_must=True,
    )
