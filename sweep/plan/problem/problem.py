"""What the planner is asked: visits on offer, people or teams, travel times, and the rules that teams keep."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from geodata.array_types import Int64s
from sweep.records.buildings import Building
from sweep.records.people import Base, BreakTime, Person, Team
from sweep.records.service_time import ServiceMinutes, visit_seconds
from sweep.records.squad_slots import SQUAD_LETTERS, has_police, id_of_team, needs_of_squad
from sweep.records.visits import Slot, Visit

# Weight of a second of travel against a unit of value: breaks ties, never more than a millionth find a day.
TRAVEL_WEIGHT = 1e-9


@dataclass(frozen=True, slots=True)
class TeamRules:
    """How teams are composed from the people."""

    n_teams: int
    n_reserve: int
    """Teams among `n_teams` that stand by (C18)."""
    min_certified: Mapping[str, int]
    min_female: int
    assist_letter: bool
    max_duty_s: int | None = None
    """Longest duty of each team, seconds from its start to its return (C20)."""
    break_time: BreakTime | None = None
    """Break of each team, where the shift is long enough to need one (C20)."""
    max_members: int | None = None
    """Most people in a team, or in a squad; None: any number."""
    paid_until_s: int | None = None
    """As each team's."""
    is_split: bool = False
    """Each goes as two squads, one of police and one of market regulation, which meet at the buildings."""

    @property
    def n_all(self) -> int:
        """Teams, or squads."""
        return self.n_teams * (1 + self.is_split)

    @property
    def n_active(self) -> int:
        """Teams, or squads, that do not stand by."""
        return (self.n_teams - self.n_reserve) * (1 + self.is_split)

    @property
    def active_ids(self) -> frozenset[str]:
        """Ids of the teams, or squads, that do not stand by."""
        letters = SQUAD_LETTERS if self.is_split else ("",)
        return frozenset(f"{id_of_team(k)}{letter}" for k in range(self.n_teams - self.n_reserve) for letter in letters)

    def needs_of(self, team: Team) -> dict[str, int]:
        """Certified officers whom a team must have, by agency (C01)."""
        if not self.is_split:
            return dict(self.min_certified)
        return needs_of_squad(self.min_certified, is_police=has_police(team))

    def women_of(self, team: Team) -> int:
        """Certified women whom a team must have (C19): of two squads the police bring them."""
        return self.min_female if not self.is_split or has_police(team) else 0


@dataclass(frozen=True, slots=True)
class Weights:
    """What a unit of each cost weighs against a unit of value."""

    travel: float = TRAVEL_WEIGHT
    """A second on the road."""
    lateness: float = 0.0
    """A second of starting after a visit's due time, in each slot."""
    largest_lateness: float = 0.0
    """A second of the largest lateness of the day."""
    disturbance: float = 0.0
    overtime: float = 0.0
    """A second on duty after a team's `paid_until_s`."""
    waiting: float = 0.0
    """A second of waiting between two stops."""
    largest_idle: float = 0.0
    """A second of the most that any team is neither on the road nor inside nor at rest, from its shift's start on."""
    uneven_work: float = 0.0
    """A second by which a team's time on the road and inside is away from the mean of all teams."""
    unpreferred: float = 0.0
    """A slot whose team has none of the visit's `preferred`."""

    @property
    def is_travel_paid(self) -> bool:
        """Whether the road costs more than what breaks ties."""
        return self.travel > TRAVEL_WEIGHT


@dataclass(frozen=True, slots=True)
class Lag:
    """Start of `after` less start of `before` lies in [min_s, max_s]; both visits are served, or none."""

    before: str
    after: str
    min_s: int
    max_s: int
    is_apart: bool = False
    """Whether no team makes both."""


@dataclass(frozen=True, slots=True)
class Lock:
    """A stop that stays: this team fills this slot, at this time if one is given."""

    visit_id: str
    slot: int
    team_id: str
    start_s: int | None = None


@dataclass(frozen=True, slots=True)
class Cap:
    """At most so much of something over all days: of visits of a kind, or of what they take of a budget."""

    cap_id: str
    loads: Mapping[str, int]
    """What each visit takes, by visit id, >= 0; 1 where visits are counted."""
    most: int
    """Most that the visits served may take together."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One planning problem, of a day or of several; whole seconds after midnight of the first, whole metres."""

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
    """Shape (n, n); `unreachable` where there is no road."""
    distance_m: Int64s
    unreachable: int
    shift_s: tuple[int, int]
    minutes: ServiceMinutes
    link_tolerance_s: int
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
            raise ValueError("a visit id stands twice in the problem")
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

    def conflict_keys(self, visit: Visit) -> frozenset[str]:
        """What a person may be recused from: the building, its landlord and property company, the targets (C10)."""
        building = self.buildings[visit.building_id]
        others = (building.property_company_id, building.landlord_id)
        return frozenset((visit.building_id, *visit.targets, *(i for i in others if i)))

    def service_s(self, visit: Visit, slot: int, n_members: int) -> int:
        """Seconds inside for a team of that size."""
        return visit_seconds(visit, slot, n_members, self.minutes)


def slot_tasks(problem: Problem) -> list[tuple[Visit, Slot]]:
    """The visit and the slot of each task, by row."""
    return [(visit, slot) for visit in problem.visits for slot in visit.slots]


def task_rows(problem: Problem) -> dict[tuple[str, int], int]:
    """Row of each slot, by visit id and number of the slot."""
    return {(visit.visit_id, slot.slot): row for row, (visit, slot) in enumerate(slot_tasks(problem))}


def links(problem: Problem) -> list[tuple[str, str, int, int]]:
    """Visits made together or not at all, by pairs in both orders: the second starts in [lo, hi] after the first."""
    groups: dict[str, list[str]] = {}
    for v in problem.visits:
        if v.link_group is not None:
            groups.setdefault(v.link_group, []).append(v.visit_id)
    t, lags = problem.link_tolerance_s, problem.lags
    grouped = [(a, b, -t, t) for group in groups.values() for a in group for b in group if a != b]
    tied = [(x.before, x.after, x.min_s, x.max_s) for x in lags]
    return grouped + tied + [(b, a, -hi, -lo) for a, b, lo, hi in tied]
