"""Records of a province: counties, value curves, the allocation of mobile teams, outcomes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from geodata.errors import Issue
from sweep.records.plan import Objective

type Window = tuple[int, int]
"""First and last start of service, both inclusive, in seconds after midnight."""


@dataclass(frozen=True, slots=True)
class County:
    """One county of a province."""

    county_id: str
    """Name of the folder of the county's scenario."""
    folder: str
    """Path of that folder, relative to the province's folder."""
    city_id: str


@dataclass(frozen=True, slots=True)
class MobileTeam:
    """Staff of one mobile team; all mobile teams of a province are alike, so one curve applies to each."""

    n_officers: int
    """Certified police officers."""
    n_women: int
    """Women among all its members."""
    n_inspectors: int = 0
    """Market-regulation officers, who leave their district with an assistance letter only (C12)."""


@dataclass(frozen=True, slots=True)
class Site:
    """One building of a linked action."""

    county_id: str
    building_id: str


@dataclass(frozen=True, slots=True)
class Link:
    """Sites in several counties that start within a tolerance of each other, or not at all (C16)."""

    link_id: str
    sites: tuple[Site, ...]
    tolerance_s: int
    """Most seconds between the first and the last start."""


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Value of a county's day, or of its window, with `n_mobile` mobile teams."""

    n_mobile: int
    n_teams: int
    """All teams of the county's plan, including the reserve."""
    objective: Objective
    """Objective of the plan found."""
    bound: float
    """Upper bound on the finds of any plan of these teams."""
    starts: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Planned starts at linked sites, seconds after midnight, by building id."""
    members_max: int | None = None
    """Largest number of members of a team in the plan; None: no limit."""


@dataclass(frozen=True, slots=True)
class CountyCurve:
    """Value and proven bound of a county by number of mobile teams."""

    county_id: str
    points: tuple[CurvePoint, ...]
    """Points for 0, 1, 2 ... mobile teams; at least one."""
    windows_s: Mapping[str, tuple[Window, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Start windows of linked sites, seconds after midnight, by building id; sites not on offer are missing."""
    n_held: int = 0
    """Mobile teams already bound to the county by published days: a minimum of its allocation."""


@dataclass(frozen=True, slots=True)
class CommonStart:
    """Common start window of a linked action."""

    link_id: str
    window_s: Window | None
    """Window in which each site starts, seconds after midnight of the province's day; None: no site is visited."""
    why: str = ""
    """Reason for None: `not_on_offer`, `no_common_window`, `not_served`, `of_one_day` (no actions in windows)."""
    where: str = ""
    """County and building that cause it."""


@dataclass(frozen=True, slots=True)
class Allocation:
    """Allocation of mobile teams to counties: fewest missed must-visits, then the largest total of the objective."""

    n_mobile: Mapping[str, int]
    """Mobile teams by county id."""
    value: float
    """Expected finds of all counties by their curves."""
    bound: float
    """Upper bound on the expected finds of all counties under any allocation of the mobile teams."""
    gains: Mapping[str, float]
    """Gain in `Objective.total` (expected finds plus due weight minus costs) by one more mobile team, by county id;
    counties at the end of their curve are missing."""


@dataclass(frozen=True, slots=True)
class PublishedDay:
    """One published day of a window."""

    day: str
    """ISO 8601."""
    plan_id: str
    edition_sha256: str
    n_violations: int


@dataclass(frozen=True, slots=True)
class CountyWindow:
    """Window of a county's campaign: its first days are published."""

    first_day: str
    """ISO 8601, as the last day."""
    last_day: str
    n_days: int
    """Number of sweep days."""
    out: tuple[PublishedDay, ...]
    """Published days, the first ones of the window."""
    unreported: Mapping[str, int] = field(default_factory=dict)
    """Number of visits without a result, which count as made, by past day."""


@dataclass(frozen=True, slots=True)
class Figures:
    """
    Figures of the plans of one or more counties, which are summed over counties.

    `n_visits`: visits on offer, `n_served` of them in the plans. Buildings, leads and finds are totals of the counties;
    `_reached`: those at buildings that a team visits.
    """

    value: float
    """Expected finds."""
    bound: float
    """Upper bound on the value of any plan of these teams, with the mobile teams at their counties."""
    n_teams: int
    n_visits: int
    n_served: int
    n_leads: int
    n_leads_reached: int
    n_buildings: int
    n_buildings_reached: int
    finds_possible: float
    """Expected finds of all buildings, reached or not."""
    finds_reached: float

    @property
    def share(self) -> float:
        """Return the share of all buildings' expected finds that the plans reach, in [0, 1]."""
        return self.finds_reached / self.finds_possible if self.finds_possible > 0 else 0.0


@dataclass(frozen=True, slots=True)
class CountyPlan(Figures):
    """Summary of a county's edition, or of all days of its window; `n_reserve`: reserve teams, most on one day."""

    plan_id: str
    """Empty for a window."""
    scenario: str
    odds: tuple[float, ...]
    """Probability of 0, 1, 2 ... finds."""
    n_reserve: int
    starts: Mapping[str, int]
    """Planned starts at linked sites, seconds after midnight, by building id."""
    unmade: tuple[str, ...]
    """Linked sites that the plan could not start in their window, by building id."""
    mobile_ids: tuple[str, ...]
    """Pseudonyms of the mobile people in the plan's teams."""
    n_violations: int
    """Number of violations of hard rules."""
    edition_sha256: str
    """Hash of the edition; for a window, of its campaign.json."""
    outline: tuple[tuple[tuple[float, float], ...], ...]
    """Rings of (lon, lat) that outline the county."""
    window: CountyWindow | None = None
    """None: a plan of one day."""


type CountyState = Literal["planned", "at_fault", "set_aside"]


@dataclass(frozen=True, slots=True)
class CountyOutcome:
    """Outcome of one county, called `name`: its value curve and its plan, or the reason for none."""

    county: County
    state: CountyState
    """`planned`, `at_fault` (errors of its files) or `set_aside` (its job killed several workers)."""
    name: str
    curve: CountyCurve | None = None
    plan: CountyPlan | None = None
    """None unless the county was planned."""
    issues: tuple[Issue, ...] = ()
    """Issues that prevented its planning."""


@dataclass(frozen=True, slots=True)
class ProvinceEdition:
    """Published content of a province; `starts`: one for each of `links`, the linked actions."""

    name: str
    day: str
    """ISO 8601."""
    lang: str
    cities: Mapping[str, str]
    """Names by city id."""
    n_mobile: int
    """Number of mobile teams available."""
    counties: tuple[CountyOutcome, ...]
    """Outcomes in the order of the province's file."""
    allocation: Allocation
    links: tuple[Link, ...]
    starts: tuple[CommonStart, ...]
    code: str
    """Hash of the program that planned it."""
    is_campaign: bool = False
    """Whether the counties planned windows that begin at `day`."""

    @property
    def planned(self) -> tuple[CountyOutcome, ...]:
        """Return the counties with a plan."""
        return tuple(c for c in self.counties if c.plan is not None)
