"""A plan: routes with their stops, what is not served and why, breaches and coverage."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Self

from geodata.errors import Value
from sweep.records.people import Team

KNAPSACK, COLUMN_GENERATION, BRANCHING = "fractional_knapsack", "column_generation", "branch_and_price"
BOUND_METHODS = (KNAPSACK, COLUMN_GENERATION, BRANCHING)
"""Methods of upper bounds, from the roughest to the closest."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One team's part in one visit."""

    visit_id: str
    slot: int
    building_id: str
    travel_s: int
    """Seconds of the way from the place before."""
    distance_m: int
    """Metres of that way."""
    arrive_s: int
    start_s: int
    end_s: int
    is_attempt: bool = False
    """Whether the door was locked: nothing was inspected, and the visit does not count as served."""


@dataclass(frozen=True, slots=True)
class Route:
    """Route of one team: from its base through its stops and back."""

    team_id: str
    depart_s: int
    stops: tuple[Stop, ...]
    return_travel_s: int
    return_distance_m: int
    return_s: int
    break_s: tuple[int, int] | None = None
    """Start and end of the pause."""

    @property
    def made(self) -> tuple[Stop, ...]:
        """The stops without those at doors that were found locked, where nothing was visited."""
        return tuple(s for s in self.stops if not s.is_attempt)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a visit is not served: an upper-snake code; the sentence and the action are in the catalogue."""

    code: str
    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Swap:
    """The cheapest way to bring one unserved visit into a plan, all else of it kept."""

    team_id: str
    """Team that would make it, alone or with others."""
    displaced: tuple[str, ...]
    """Visits that would be given up for it."""
    price: float
    """Their value less what is won; a new search around the visit may lose less, so this is the most it costs."""


@dataclass(frozen=True, slots=True)
class Unserved:
    """A visit on offer that no team makes."""

    visit_id: str
    building_id: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Teams, routes, and what is left out, with a bound that no plan can pass."""

    status: str
    """`optimal` if the gap is closed, else `feasible`."""
    value: float
    """Expected finds of the visits served."""
    bound: float
    """No plan of these teams can have a higher value."""
    bound_method: str
    teams: tuple[Team, ...]
    routes: tuple[Route, ...]
    """One for each team that is not in reserve; it may be empty."""
    unserved: tuple[Unserved, ...]
    seed: int
    n_iterations: int
    members_max: int | None = None
    """Most people that a team was given; None: any number."""
    proof: str | None = None
    """Proof of the bound, as JSON (`sweep.records.bound_proof`); None: the bound is not confirmed."""
    bound_any_teams: float | None = None
    """No plan of any teams of the same people, however many, who is in reserve standing by, can have a higher value."""

    def unproven(self) -> Self:
        """The plan without what shows its bounds, and without the one that is nothing then."""
        return replace(self, proof=None, bound_any_teams=None)

    @property
    def is_bound_rough(self) -> bool:
        """Whether the search ended with the bound of a knapsack, a hundredth of the value or more away."""
        return self.gap >= 0.01 and self.bound_method == KNAPSACK

    @property
    def travel_s(self) -> int:
        """Seconds on the way of all teams, the ways back to their bases included."""
        return sum(r.return_travel_s + sum(s.travel_s for s in r.stops) for r in self.routes)

    @property
    def distance_m(self) -> int:
        """Metres on the way of all teams, the ways back to their bases included."""
        return sum(r.return_distance_m + sum(s.distance_m for s in r.stops) for r in self.routes)

    @property
    def gap(self) -> float:
        """Share of the bound that the plan may still be short of, in [0, 1]."""
        return _short_of(self.bound, self.value)

    @property
    def gap_any_teams(self) -> float | None:
        """The same of the bound for any teams; None where there is none."""
        return None if self.bound_any_teams is None else _short_of(self.bound_any_teams, self.value)


def _short_of(bound: float, value: float) -> float:
    return max(0.0, 1.0 - value / bound) if bound > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Played:
    """Simulation of a plan over many drawn days."""

    in_window: Mapping[str, float]
    """Chance that a visit can be started before its window closes, by visit id."""
    back: Mapping[str, float]
    """Chance that a team is back before its shift ends, by team id."""
    value: float
    """Value of the visits that are made, on average."""
    value_low: float
    """Value that 95 days of a hundred reach."""


@dataclass(frozen=True, slots=True)
class Cost:
    """One kind of cost of a plan, named by its key in `weights` of problem.json."""

    quantity: float
    """Seconds, or what is counted."""
    price: float
    """The quantity times its weight, in units of value."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that a plan breaks; the sentence is in the catalogue under `violation.<rule_id>`."""

    rule_id: str
    where: str
    """Ids of the team, visit or person."""
    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    case: str = ""
    """Which of several sentences the rule has, `violation.<rule_id>.<case>`; empty: it has one."""

    @property
    def key(self) -> str:
        """Key of the sentence."""
        return f"violation.{self.rule_id}" + (f".{self.case}" if self.case else "")


@dataclass(frozen=True, slots=True)
class Coverage:
    """Coverage of one thing in one place by the plan."""

    scope: str
    """`all`, `district`, `cluster` or `track`."""
    scope_id: str
    n_buildings: int
    n_buildings_reached: int
    n_firms: int
    n_firms_reached: int
    n_leads: int
    n_leads_reached: int
    expected_finds: float
    expected_finds_reached: float
    floor_area_m2: float
    floor_area_m2_reached: float
