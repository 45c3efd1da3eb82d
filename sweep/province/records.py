"""Counties planned together: what each can do with more teams, what it is given, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from geodata.errors import Issue

type Window = tuple[int, int]
"""First and last start of service, both inclusive, in seconds after midnight."""


@dataclass(frozen=True, slots=True)
class County:
    """One county of a province."""

    county_id: str
    """Name of its scenario's folder."""
    folder: str
    """Where that is, from the province's folder."""
    city_id: str


@dataclass(frozen=True, slots=True)
class MobileTeam:
    """The people of one mobile team; all of a province's mobile teams are alike, so that a curve holds for any."""

    n_officers: int
    """Certified police officers."""
    n_women: int
    """Women among all its people."""
    n_inspectors: int = 0
    """Market-regulation officers, who leave their district by an assist letter alone (C12)."""


@dataclass(frozen=True, slots=True)
class Site:
    """One building of a linked action."""

    county_id: str
    building_id: str


@dataclass(frozen=True, slots=True)
class Link:
    """Sites in several counties that start within a tolerance of each other, or none of them is visited (C16)."""

    link_id: str
    sites: tuple[Site, ...]
    tolerance_s: int


@dataclass(frozen=True, slots=True)
class Point:
    """What a county's day is worth with some mobile teams."""

    n_mobile: int
    n_teams: int
    """All teams of the county's plan, the reserve included."""
    value: float
    """Expected finds of the plan that was found."""
    bound: float
    """Proven: no plan of this point's teams is worth more."""
    starts: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """When the plan starts at linked sites, by building id."""
    members_max: int | None = None


@dataclass(frozen=True, slots=True)
class Curve:
    """Value and proven bound of a county by the mobile teams that it is given."""

    county_id: str
    points: tuple[Point, ...]
    """For 0, 1, 2 ... mobile teams; at least one."""
    windows_s: Mapping[str, tuple[Window, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """When linked sites may be started at, by building id; a site that is not on offer is missing."""
    n_held: int = 0
    """Mobile teams that days which are out already bind to the county: it is given no fewer."""


@dataclass(frozen=True, slots=True)
class CommonStart:
    """When the sites of a linked action start."""

    link_id: str
    window_s: Window | None
    """Each site starts in it; None: no site is visited."""
    why: str = ""
    """Where it is None: `not_on_offer`, `no_common_window`, `not_served` or `of_one_day`."""
    where: str = ""
    """County and building that it fails for."""


@dataclass(frozen=True, slots=True)
class Allocation:
    """Mobile teams to counties, with what the curves say of it."""

    n_mobile: Mapping[str, int]
    """Mobile teams by county id."""
    value: float
    bound: float
    """No allocation of so many mobile teams is worth more."""
    gains: Mapping[str, float]
    """Value that one more mobile team would add, by county id; a county at its curve's end is missing."""


@dataclass(frozen=True, slots=True)
class DayOut:
    """One day of a window whose edition is out."""

    day: str
    """ISO 8601."""
    plan_id: str
    edition_sha256: str
    n_violations: int


@dataclass(frozen=True, slots=True)
class CountyWindow:
    """The window of a county's campaign: days that are planned at once, the first of which are published."""

    first_day: str
    """ISO 8601, as the last day."""
    last_day: str
    n_days: int
    """Days on which is swept."""
    out: tuple[DayOut, ...]
    """Its first days."""
    unreported: Mapping[str, int] = field(default_factory=dict)
    """Visits of each day that is over and of which no result is in: they count as made."""


@dataclass(frozen=True, slots=True)
class CountyPlan:
    """What the edition of a county says, as far as a province shows it; of a window, its days together."""

    plan_id: str
    """Empty for a window."""
    scenario: str
    value: float
    bound: float
    odds: tuple[float, ...]
    """Chance of 0, 1, 2 ... finds."""
    n_teams: int
    n_reserve: int
    n_visits: int
    n_served: int
    n_leads: int
    n_leads_reached: int
    n_buildings: int
    n_buildings_reached: int
    finds_possible: float
    """Expected finds of all buildings of the county, reached or not."""
    finds_reached: float
    starts: Mapping[str, int]
    """When linked sites start, by building id."""
    unmade: tuple[str, ...]
    """Linked sites that the plan could not start in their window, by building id."""
    mobile_ids: tuple[str, ...]
    """Pseudonyms of the mobile people in the plan's teams."""
    n_violations: int
    edition_sha256: str
    """Hash of the edition; of a window that of its campaign.json."""
    outline: tuple[tuple[tuple[float, float], ...], ...]
    """Rings of (lon, lat) to draw the county by."""
    window: CountyWindow | None = None
    """None: it is the plan of one day."""


type CountyState = Literal["planned", "at_fault", "set_aside"]


@dataclass(frozen=True, slots=True)
class CountyOutcome:
    """Outcome of one county."""

    county: County
    state: CountyState
    name: str
    curve: Curve | None = None
    plan: CountyPlan | None = None
    """None unless it was planned."""
    issues: tuple[Issue, ...] = ()
    """Why it was not."""


@dataclass(frozen=True, slots=True)
class ProvinceEdition:
    """All that is published of a province."""

    name: str
    day: str
    """ISO 8601."""
    lang: str
    cities: Mapping[str, str]
    """Names by city id."""
    n_mobile: int
    """Mobile teams that there are."""
    counties: tuple[CountyOutcome, ...]
    """Outcomes in the order of the province's file."""
    allocation: Allocation
    links: tuple[Link, ...]
    starts: tuple[CommonStart, ...]
    code: str
    """Hash of the program that planned it."""
    is_campaign: bool = False
    """Whether the counties' windows were planned, from `day` on."""

    @property
    def planned(self) -> tuple[CountyOutcome, ...]:
        """The counties that have a plan."""
        return tuple(c for c in self.counties if c.plan is not None)
