"""Records of the planning problem: visits, people or teams, travel times, rules, lags, locks, caps."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated

import numpy as np
from pydantic import Field
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geodata.array_types import Int64s
from sweep.records.buildings import Building
from sweep.records.people import POLICE, Base, BreakTime, Person, Team
from sweep.records.problem_number_ranges import MOST, OF_A_FILE, Cost
from sweep.records.service_time import ServiceMinutes, visit_seconds
from sweep.records.squad_slots import SQUAD_LETTERS, has_police, id_of_team
from sweep.records.visits import Cap, Slot, Visit

# Cost of a second of travel in units of value: breaks ties, at most a millionth of an expected find in a day.
TRAVEL_WEIGHT = 1e-9
Difference = Annotated[int, Field(ge=-MOST, le=MOST)]


@dataclass(frozen=True, slots=True)
class TeamRules:
    """Rules for composing teams from people."""

    n_teams: int
    n_reserve: int
    """Number of teams among `n_teams` that stay on standby (C18)."""
    min_certified: Mapping[str, int]
    """Certified officers required in each team, by agency (C01)."""
    min_female: int
    """Certified women required in each team (C19)."""
    assist_letter: bool
    """Whether market-regulation officers may work outside their home district (C12)."""
    max_duty_s: int | None = None
    """Longest duty of each team, seconds from its start to its return (C20); None: no limit."""
    break_time: BreakTime | None = None
    """Break of each team, where the shift is long enough to need one (C20); None: no breaks."""
    max_members: int | None = None
    """Maximum number of people in a team, or in a squad; None: no limit."""
    paid_until_s: int | None = None
    """Time after which a team's duty is overtime; None: no overtime."""
    is_split: bool = False
    """Whether each team goes as two squads, police and market regulation, which meet at the buildings."""

    @property
    def n_all(self) -> int:
        """Number of teams, or of squads if teams are split."""
        return self.n_teams * (1 + self.is_split)

    @property
    def n_active(self) -> int:
        """Number of teams, or of squads if teams are split, that are not in reserve."""
        return (self.n_teams - self.n_reserve) * (1 + self.is_split)

    @property
    def active_ids(self) -> frozenset[str]:
        """Ids of the teams, or squads, that are not in reserve."""
        letters = SQUAD_LETTERS if self.is_split else ("",)
        return frozenset(f"{id_of_team(k)}{letter}" for k in range(self.n_teams - self.n_reserve) for letter in letters)

    def needs_of(self, team: Team) -> dict[str, int]:
        """Return how many certified officers a team needs, by agency (C01); for a squad, only those of its agency."""
        # Of two squads, one fills the part of the police, the other the rest.
        return {a: n for a, n in self.min_certified.items() if not self.is_split or (a == POLICE) == has_police(team)}

    def women_of(self, team: Team) -> int:
        """Return how many certified women a team needs (C19); with split teams only the police squad needs any."""
        return self.min_female if not self.is_split or has_police(team) else 0

    def are_met_by(self, team: Team) -> bool:
        """Whether the team has the certified officers (C01) and women (C19) that it needs."""
        has_officers = all(team.n_certified.get(a, 0) >= n for a, n in self.needs_of(team).items())
        return has_officers and team.n_female_certified >= self.women_of(team)


@dataclass(frozen=True, slots=True)
class Weights:
    """Cost of each penalty of the objective, in units of visit value."""

    __pydantic_config__ = OF_A_FILE

    travel: Cost = TRAVEL_WEIGHT
    """Cost per second of travel."""
    lateness: Cost = 0.0
    """Cost per second by which a visit starts after its due time, for each of its team slots."""
    largest_lateness: Cost = 0.0
    """Cost per second of the largest lateness of the day."""
    disturbance: Cost = 0.0
    """Cost per unit of a served visit's `disturbance`."""
    overtime: Cost = 0.0
    """Cost per second on duty after a team's `paid_until_s`."""
    waiting: Cost = 0.0
    """Cost per second of waiting between two stops."""
    largest_idle: Cost = 0.0
    """Cost per second of the largest idle time of any team (no travel, service or break) since its shift began."""
    uneven_work: Cost = 0.0
    """Cost per second by which a team's travel and service time differs from the mean of all teams."""
    unpreferred: Cost = 0.0
    """Cost per team slot whose team has none of the visit's `preferred` people."""

    @property
    def is_travel_paid(self) -> bool:
        """Whether the weight of travel exceeds its default, which only decides between plans of equal value."""
        return self.travel > TRAVEL_WEIGHT


@dataclass(frozen=True, slots=True)
class Lag:
    """Link of two visits: `after` starts `min_s` to `max_s` seconds after `before`; both are served, or neither."""

    __pydantic_config__ = OF_A_FILE

    before: str
    """Id of the visit from whose start the lag is measured."""
    after: str
    """Id of the visit to whose start the lag is measured."""
    min_s: Difference
    """Least lag in seconds; negative: `after` may start earlier than `before`."""
    max_s: Difference
    """Largest lag in seconds."""
    is_apart: bool = False
    """Whether the two visits need different teams."""


@dataclass(frozen=True, slots=True)
class Lock:
    """Fixed stop: this team fills this team slot of the visit, at `start_s` if that is given."""

    visit_id: str
    slot: int
    """Index in the visit's slots, from 0."""
    team_id: str
    start_s: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Planning problem of one or several days. Times are seconds after midnight of the first day, lengths metres."""

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
    travel_s: Int64s
    """Travel seconds by row of origin and destination, (n, n); `unreachable` where there is no road."""
    distance_m: Int64s
    """Distance of each leg, rows and columns as in `travel_s`."""
    unreachable: int
    """Travel time from which a leg counts as missing, seconds."""
    shift_s: tuple[int, int]
    """Shift of teams that are composed from `people`."""
    minutes: ServiceMinutes
    """Parts of the service time of visits without a fixed one."""
    link_tolerance_s: int
    """Largest difference between the starts of visits in one link group."""
    weights: Weights = Weights()
    lags: tuple[Lag, ...] = ()
    locks: tuple[Lock, ...] = ()
    caps: tuple[Cap, ...] = ()

    def __post_init__(self) -> None:
        n = len(self.places)
        for table in (self.travel_s, self.distance_m):
            if table.shape != (n, n):
                raise ValueError(f"travel tables must have shape ({n}, {n}), got {table.shape}")
        ids = [v.visit_id for v in self.visits]
        if len(set(ids)) != len(ids):
            raise ValueError("visit ids of the problem must be unique")
        missing = sorted({v.building_id for v in self.visits} - set(self.places))
        if missing:
            raise ValueError(f"no travel times for buildings {missing[:5]}")
        named = {x for lag in self.lags for x in (lag.before, lag.after)} | {lock.visit_id for lock in self.locks}
        named.update(*(cap.loads for cap in self.caps))
        if named - set(ids):
            raise ValueError(f"lags, locks or caps name unknown visits {sorted(named - set(ids))[:5]}")
        if any(load < 0 for cap in self.caps for load in cap.loads.values()):
            raise ValueError("a cap's loads must be >= 0")
        last = max((team.day for team in self.teams), default=0)
        short = [v.visit_id for v in self.visits if 0 < len(v.values) <= last]
        if short:
            raise ValueError(f"visits {short[:5]} have no value on day {last}")

    @property
    def districts(self) -> frozenset[str]:
        """Codes of the districts of all buildings."""
        return frozenset(b.division_code for b in self.buildings.values())

    def conflict_keys(self, visit: Visit) -> frozenset[str]:
        """Return the ids of the visit's building, landlord, property company and firms, for recusals (C10)."""
        building = self.buildings[visit.building_id]
        others = (building.property_company_id, building.landlord_id)
        return frozenset((visit.building_id, *visit.targets, *(i for i in others if i)))

    def service_s(self, visit: Visit, slot: int, n_members: int) -> int:
        """Return the service seconds of a visit's slot number `slot`, from 0, for a team of `n_members` people."""
        return visit_seconds(visit, slot, n_members, self.minutes)


def slot_tasks(problem: Problem) -> list[tuple[Visit, Slot]]:
    """Return the visit and team slot of each task, in task order; a task is one team slot of one visit."""
    return [(visit, slot) for visit in problem.visits for slot in visit.slots]


def task_rows(problem: Problem) -> dict[tuple[str, int], int]:
    """Return the row of each task in `slot_tasks`, by visit id and slot number."""
    return {(visit.visit_id, slot.slot): row for row, (visit, slot) in enumerate(slot_tasks(problem))}


def link_groups(visits: Iterable[Visit]) -> dict[str, list[Visit]]:
    """Return the visits of each link group, by its name, in the order of `visits`."""
    groups: dict[str, list[Visit]] = {}
    for v in visits:
        if v.link_group is not None:
            groups.setdefault(v.link_group, []).append(v)
    return groups


def links(problem: Problem) -> list[tuple[str, str, int, int, bool]]:
    """
    Return each link of two visits as (a, b, lo, hi, is_apart): visit id b starts lo to hi seconds after visit id a.

    Each link appears in both directions. `is_apart`: whether the two visits need different teams.
    """
    t, groups = problem.link_tolerance_s, link_groups(problem.visits).values()
    grouped = [(a.visit_id, b.visit_id, -t, t, False) for group in groups for a in group for b in group if a is not b]
    tied = [(x.before, x.after, x.min_s, x.max_s, x.is_apart) for x in problem.lags]
    return grouped + tied + [(b, a, -hi, -lo, is_apart) for a, b, lo, hi, is_apart in tied]


def unit_of_visit(problem: Problem) -> Int64s:
    """
    Return the number of each visit's unit, (visits,); units are numbered from 0 in the order of their first visits.

    A unit is a group of visits connected by link groups and lags; an unlinked visit is a unit of its own.
    """
    n, row = len(problem.visits), {v.visit_id: n for n, v in enumerate(problem.visits)}
    pairs = [(row[a], row[b]) for a, b, *_ in links(problem)]
    if not pairs:
        return np.arange(n)
    _, label = connected_components(coo_array((np.ones(len(pairs)), np.array(pairs).T), shape=(n, n)), directed=False)
    _, first, unit = np.unique(label, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[unit]
