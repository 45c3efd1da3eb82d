"""Records of a plan: routes with their stops, unserved visits with reasons, violations and coverage."""

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, field, replace
from types import MappingProxyType
from typing import Self

from geodata.errors import Value
from sweep.records.people import Team

KNAPSACK, COLUMN_GENERATION, BRANCHING = "fractional_knapsack", "column_generation", "branch_and_price"
BOUND_METHODS = (KNAPSACK, COLUMN_GENERATION, BRANCHING)
"""Methods of upper bounds, from the weakest to the tightest."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One team's stop at a building: its part in one visit."""

    visit_id: str
    slot: int
    """Index of the slot that the team fills, in the visit's `slots`."""
    building_id: str
    travel_s: int
    """Travel time from the previous place, seconds."""
    distance_m: int
    """Length of the leg from the previous place, metres."""
    arrive_s: int
    """Arrival, seconds after midnight; the team may wait until `start_s`."""
    start_s: int
    """Start of the service, seconds after midnight."""
    end_s: int
    """End of the service, seconds after midnight."""
    is_attempt: bool = False
    """Whether the door was locked: the stop inspects nothing, and the visit does not count as served."""


@dataclass(frozen=True, slots=True)
class Route:
    """Route of one team: from its base through its stops and back; times in seconds after midnight."""

    team_id: str
    depart_s: int
    """Departure from the base."""
    stops: tuple[Stop, ...]
    return_travel_s: int
    """Travel time of the return leg, a duration."""
    return_distance_m: int
    """Length of the return leg."""
    return_s: int
    """Arrival at the base at the end of the route."""
    break_s: tuple[int, int] | None = None
    """Start and end of the break; None: no break."""

    @property
    def made(self) -> tuple[Stop, ...]:
        """Stops at which the visit is made, without attempts at locked doors."""
        return tuple(s for s in self.stops if not s.is_attempt)


@dataclass(frozen=True, slots=True)
class Reason:
    """Reason for an unserved visit: an upper-case code whose sentence and action are in the catalogue."""

    code: str
    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    """Values of the placeholders in the sentences."""


@dataclass(frozen=True, slots=True)
class Objective:
    """Objective of a plan by parts; fewer unserved must-visits come first, then the larger total."""

    finds: float = 0.0
    """Expected finds of the visits served."""
    due: float = 0.0
    """Total weight of the served visits that fall due (leads, promised re-checks)."""
    n_due: int = 0
    """Number of served visits that fall due."""
    must_missed: int = 0
    """Number of unserved must-visits."""
    costs: float = 0.0
    """Sum of the costs with a weight in `weights` of problem.json: lateness, disturbance, travel, and others."""

    @property
    def total(self) -> float:
        """Expected finds plus weights of served visits that fall due, minus costs; missed must-visits do not count."""
        return self.finds + self.due - self.costs

    @property
    def rank(self) -> tuple[int, float]:
        """Sort key (-unserved must-visits, total); the better of two plans has the larger key."""
        return -self.must_missed, self.total

    def __sub__(self, other: "Objective") -> "Objective":
        """Return the difference, part by part."""
        return Objective(*(a - b for a, b in zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True, slots=True)
class Insertion:
    """Cheapest insertion of one unserved visit into a plan, for which only the visits in `displaced` are dropped."""

    team_id: str
    """Team that would make the visit, alone or with others."""
    displaced: tuple[str, ...]
    """Visits that would be dropped for it."""
    price: float
    """Loss of the objective; an upper bound, since a new search around the visit may lose less."""
    parts: Objective = Objective()
    """The price, split by the parts of the objective; must-visits are not counted."""


@dataclass(frozen=True, slots=True)
class Unserved:
    """Visit that the plan could include but that no team makes, with the reasons."""

    visit_id: str
    building_id: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Plan: teams, routes and unserved visits, with an upper bound on the value and the parts of the objective."""

    status: str
    """`optimal` if the gap is closed, else `feasible`."""
    value: float
    """Expected finds of the visits served."""
    bound: float
    """Upper bound on the value of any plan of these teams that serves at least as much due weight."""
    bound_method: str
    """Method of `bound`, one of `BOUND_METHODS`."""
    teams: tuple[Team, ...]
    routes: tuple[Route, ...]
    """One route for each active team; it may be empty."""
    unserved: tuple[Unserved, ...]
    seed: int
    """Seed of the search."""
    n_iterations: int
    """Number of iterations that the search made."""
    members_max: int | None = None
    """Largest number of people in a team that was allowed; None: no limit."""
    proof: str | None = field(default=None, repr=False)
    """Proof of the bound, as JSON (`sweep.records.bound_proof`); None: the bound is not confirmed."""
    bound_any_teams: float | None = None
    """Upper bound on the value over all team compositions of the same staff and reserve; None if not computed."""
    due: float = 0.0
    """Total weight of the served visits that fall due, a part of the objective (`Objective.due`)."""
    costs: float = 0.0
    """Sum of the weighted costs, a part of the objective (`Objective.costs`)."""

    def unproven(self) -> Self:
        """Return the plan without its proof, and without the bound over all team compositions, which needs a proof."""
        return replace(self, proof=None, bound_any_teams=None)

    @property
    def is_bound_rough(self) -> bool:
        """Whether the bound proves little: the gap is above 10 %, or at least 1 % with a bound by a knapsack."""
        return self.gap > 0.1 or (self.gap >= 0.01 and self.bound_method == KNAPSACK)

    @property
    def total(self) -> float:
        """Expected finds plus weights of served visits that fall due, minus costs; missed must-visits do not count."""
        return self.value + self.due - self.costs

    @property
    def total_bound(self) -> float:
        """Upper bound on `total` of any plan of these teams that serves as many must-visits."""
        return self.bound + self.due

    @property
    def total_bound_any_teams(self) -> float | None:
        """Upper bound on `total` over all team compositions of the same staff; None without that bound."""
        return None if self.bound_any_teams is None else self.bound_any_teams + self.due

    @property
    def travel_s(self) -> int:
        """Total travel time of all teams in seconds, including the return legs."""
        return sum(r.return_travel_s + sum(s.travel_s for s in r.stops) for r in self.routes)

    @property
    def distance_m(self) -> int:
        """Total travel distance of all teams in metres, including the return legs."""
        return sum(r.return_distance_m + sum(s.distance_m for s in r.stops) for r in self.routes)

    @property
    def gap(self) -> float:
        """Optimality gap of the objective, in [0, 1]: 1 - `total` / `total_bound`."""
        return short_of(self.total_bound, self.total)

    @property
    def gap_any_teams(self) -> float | None:
        """Optimality gap to the bound over all team compositions; None without that bound."""
        return None if self.total_bound_any_teams is None else short_of(self.total_bound_any_teams, self.total)


def short_of(bound: float, value: float) -> float:
    """Return the gap 1 - value / bound, in [0, 1]; 0 where the bound is 0."""
    return min(1.0, max(0.0, 1.0 - value / bound)) if bound > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Simulation:
    """Result of simulating a plan on many random days."""

    in_window: Mapping[str, float]
    """Probability that the visit starts before its window closes, by visit id."""
    back: Mapping[str, float]
    """Probability that the team returns before its shift ends, by team id."""
    value: float
    """Mean over the simulated days of the value of the visits made, in expected finds."""
    value_low: float
    """Value that 95 % of the simulated days reach (5 % quantile)."""


@dataclass(frozen=True, slots=True)
class Cost:
    """One cost term of a plan, named by its key in `weights` of problem.json."""

    quantity: float
    """Seconds, number of visits, or sum of disturbances, depending on the term."""
    price: float
    """Quantity times its weight, in units of value."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that a plan breaks; the sentence is in the catalogue under `violation.<rule_id>`."""

    rule_id: str
    where: str
    """Id of the team, visit or person that the violation concerns."""
    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    """Values of the placeholders in the sentence."""
    case: str = ""
    """Variant of the sentence, `violation.<rule_id>.<case>`; empty if the rule has one sentence."""

    @property
    def key(self) -> str:
        """Catalogue key of the sentence on this violation."""
        return f"violation.{self.rule_id}" + (f".{self.case}" if self.case else "")


@dataclass(frozen=True, slots=True)
class Coverage:
    """Buildings, firms, leads, finds, area of one scope, such as a district: all, and those that the plan reaches."""

    scope: str
    """`all`, `district`, `cluster` or `track`."""
    scope_id: str
    """Division code, cluster id or track; empty for `all`."""
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


def due_counts(n_due: int, broken: Iterable[Violation]) -> tuple[int, int]:
    """
    Return the number of due leads that a plan answers, in time or late, and the number that it answers late.

    `n_due`: number of due leads. `broken`: violations of the plan. A violation of rule C22 is a due lead, answered late
    (value `is_late`) or not at all.
    """
    is_late = {v.where: bool(v.values.get("is_late")) for v in broken if v.rule_id == "C22"}
    return n_due - sum(not late for late in is_late.values()), sum(is_late.values())
