"""The records that stages hand to each other. All frozen; times are whole seconds after midnight of the sweep's day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType

Value = str | int | float

POLICE = "police"
MARKET_REGULATION = "market_regulation"
INSPECTING_ROLES = frozenset({"officer", "inspector"})
# The skill of who runs the body recorder for the whole of a visit (C04, C14).
RECORDER = "recorder"


@dataclass(frozen=True, slots=True)
class Person:
    """One roster row: a pseudonym and what the rules need to know, nothing else."""

    person_id: str
    agency: str
    role: str
    certificate_until: date | None
    """Last valid day of the enforcement certificate, None if there is none."""
    is_female: bool
    base_id: str
    division_code: str
    """Home district, GB/T 2260."""
    shift_s: tuple[int, int]
    recusals: frozenset[str] = frozenset()
    """Ids of buildings, firms (uscc), landlords and property companies the person must keep away from."""
    skills: frozenset[str] = frozenset()

    @property
    def is_officer(self) -> bool:
        """Whether the role is an inspecting one; auxiliaries and grid members help and never count (C03)."""
        return self.role in INSPECTING_ROLES

    def is_certified(self, day: date) -> bool:
        """Whether the person counts as an inspecting officer on that day (C02, C03)."""
        return self.is_officer and self.certificate_until is not None and self.certificate_until >= day

    def covers(self, shift_s: tuple[int, int]) -> bool:
        """Whether the person's own shift takes in the whole of another (C20)."""
        return self.shift_s[0] <= shift_s[0] and self.shift_s[1] >= shift_s[1]


@dataclass(frozen=True, slots=True)
class Base:
    """A place where teams assemble and return to."""

    base_id: str
    name: str
    division_code: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Building:
    """One office tower."""

    building_id: str
    name: str
    address: str
    division_code: str
    complex_id: str | None
    property_company_id: str | None
    n_floors: int
    n_exits: int
    n_firms: int
    floor_area_m2: float
    lon: float
    lat: float
    landlord_id: str | None = None


@dataclass(frozen=True, slots=True)
class Firm:
    """One firm that a visit may inspect."""

    uscc: str
    name: str
    floor_label: str
    unit: str


@dataclass(frozen=True, slots=True)
class Lead:
    """One lead that is tied to a building."""

    lead_id: str
    building_id: str
    lead_type: str
    received_at: datetime
    due_at: datetime | None = None
    """Its own date; None: by its type, else by working days (C22)."""
    uscc: str | None = None


@dataclass(frozen=True, slots=True)
class PastVisit:
    """One row of the history."""

    building_id: str
    uscc: str | None
    visited_on: datetime
    track: str
    authority: str
    ground: str | None = None
    """Why the yearly cap does not count it."""
    officers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Term:
    """One additive part of a score, for the reader."""

    key: str
    value: float
    """In the unit of the score it is part of."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Buildings near each other that one or two teams can work through."""

    cluster_id: str
    rank: int
    building_ids: tuple[str, ...]
    """In order of value per team-hour."""
    team_hours: float
    n_leads: int
    n_firms: int
    lead_rate: float
    """Posterior leads per 1,000 firms and 30 days, with its 90 % interval."""
    lead_rate_low: float
    lead_rate_high: float
    expected_finds: float
    finds_per_hour: float
    diameter_m: float


@dataclass(frozen=True, slots=True)
class ClusterWay:
    """What one way to form clusters comes to."""

    key: str
    """`stars`, which the plan uses, or `density`, to compare with."""
    n_clusters: int
    n_buildings: int
    expected_finds: float
    captured_share: float
    """Of the value that the same hours could buy anywhere, the share that lies in the clusters."""
    widest_m: float
    """Largest distance inside a cluster."""


@dataclass(frozen=True, slots=True)
class RankingFacts:
    """What a ranking rests on."""

    scored_by: str
    """`rule`, or `logistic` once past checks teach it."""
    n_checks: int
    n_finds: int
    """Past checks that got in, and those that found something."""
    data_on: str | None
    """ISO date of the newest lead or visit that was read."""
    captured_share: float
    """Of the value that the clusters' hours could buy anywhere, the share that lies in the clusters."""
    ways: tuple[ClusterWay, ...] = ()
    """How clusters may be formed, side by side."""


@dataclass(frozen=True, slots=True)
class TargetReason:
    """Why a visit goes to a building, or inspects a firm there (C29)."""

    uscc: str
    """Empty: the building."""
    code: str
    """Catalogue key `why.<code>`."""
    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Recheck:
    """Something that a visit found wrong, to be looked at again until it is closed (回头看, 销号)."""

    recheck_id: str
    building_id: str
    uscc: str | None
    """None: a unit in which nobody is registered, or the building as a whole."""
    unit: str
    reason: str
    """`hazard`, `rectify` or `irregular`."""
    opened_on: date
    due_on: date
    n_looks: int = 0
    """Times that somebody has looked since, and found it as it was."""
    closed_on: date | None = None
    closed_by: str | None = None
    """The plan whose visit closed it, or who did so without one."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a visit that one team fills; the teams of all slots start together."""

    slot: int
    min_certified: Mapping[str, int]
    """Certified persons needed by agency."""
    n_guards: int
    """Police who stand at exits and so do not count among the working pairs (C17)."""
    min_skilled: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Members needed by skill."""
    service_s: int | None = None
    """Seconds inside for any team; None: the visit's, or by the model of `sweep.service`."""
    is_for_drawn: bool = True
    """Whether its team must hold the officers drawn for the visit (C09)."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One building on one day, for named targets on one legal track."""

    visit_id: str
    building_id: str
    division_code: str
    track: str
    basis: tuple[str, ...]
    """Lead ids for `case`, the draw's id for `routine`, the approval number for `special`."""
    targets: tuple[str, ...]
    """Firms to inspect, by uscc."""
    n_firms: int
    """Firms whose doors are called at (清点); service time grows with it."""
    value: float
    """Expected finds: probability of a find x access x detection."""
    is_must: bool
    slots: tuple[Slot, ...]
    windows_s: tuple[tuple[int, int], ...]
    """For the start of service, both ends inclusive; service may run past the end."""
    link_group: str | None = None
    """Visits of one group start within the tolerance of each other, all or none (C16)."""
    selection_probability: float = 1.0
    """1 for lead-driven visits, the draw's inclusion probability for drawn ones."""
    officers: tuple[str, ...] = ()
    """Drawn for a drawn visit (C09): the team that makes it should hold them; empty: nobody in particular."""
    service_s: int | None = None
    """Seconds inside for any team; None: by the model of `sweep.service`."""
    due_s: int | None = None
    """A start after it is late, which costs but is not forbidden."""
    load: int = 0
    """What each slot takes of its team's `capacity`."""
    disturbance: float = 0.0
    """What the visit costs the firms inside, in any unit; weighed by the problem (C24)."""
    urgency: float = 0.0
    """What serving it weighs beyond its value, because a lead falls due (C22)."""
    keep_apart: tuple[tuple[str, str], ...] = ()
    """Pairs of officers who made the building's last visit: no team that makes this one holds both (C28)."""
    items: tuple[str, ...] = ()
    """What the form may ask, of `sweep.form_items`; none where only stock is taken (C32)."""
    warrant: str = ""
    """Number of the police's inspection certificate (检查证) for the place (C14)."""
    is_immediate: bool = False
    """Police inspect at once, without a certificate and with a recorder (C14)."""

    def slot_targets(self, slot: int) -> tuple[str, ...]:
        """The firms that the team of one slot inspects: dealt in turn, so that no firm is inspected twice (C11)."""
        return self.targets[slot :: len(self.slots)]


@dataclass(frozen=True, slots=True)
class BreakTime:
    """A pause between two stops, taken where the team is (C20)."""

    earliest_s: int
    latest_s: int
    """For the start of the pause, both ends inclusive."""
    length_s: int


@dataclass(frozen=True, slots=True)
class Team:
    """People who move together for a shift (检查组)."""

    team_id: str
    member_ids: tuple[str, ...]
    base_id: str
    division_codes: frozenset[str]
    """Districts in which every member may inspect (C12)."""
    shift_s: tuple[int, int]
    n_certified: Mapping[str, int]
    """Certified members by agency."""
    n_female_certified: int
    recusals: frozenset[str]
    is_reserve: bool = False
    n_skilled: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Members by skill."""
    end_base_id: str | None = None
    """Where the shift ends; None: at the own base."""
    is_open: bool = False
    """The shift ends at the last stop, wherever that is."""
    max_duty_s: int | None = None
    """Most seconds from leaving the base to the end of duty."""
    break_time: BreakTime | None = None
    capacity: int | None = None
    """Most `load` that the team's visits may have in all."""
    profile: str = ""
    """Name of the travel table it goes by; empty: the problem's own."""
    former: tuple[tuple[str, int], ...] = ()
    """(person, until when) of those who went off duty on the day; `member_ids` are those who are left."""
    called_s: int | None = None
    """When a team that stood by was called out."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One team's part in one visit."""

    visit_id: str
    slot: int
    building_id: str
    travel_s: int
    """From the place before."""
    distance_m: int
    arrive_s: int
    start_s: int
    end_s: int
    is_attempt: bool = False
    """The door was locked: nothing was inspected, and the visit does not count as served."""


@dataclass(frozen=True, slots=True)
class Route:
    """What one team does: from its base through its stops and back."""

    team_id: str
    depart_s: int
    stops: tuple[Stop, ...]
    return_travel_s: int
    return_distance_m: int
    return_s: int
    break_s: tuple[int, int] | None = None
    """Start and end of the pause."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a visit is not served: an upper-snake code; the sentence and the action are in the catalogue."""

    code: str
    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Swap:
    """The cheapest way to bring one unserved visit into a plan, all else of it kept."""

    team_id: str
    """Who would make it, alone or with others."""
    displaced: tuple[str, ...]
    """Visits that would be given up for it."""
    price: float
    """Their value less what is won; a plan made anew around the visit may lose less, so this is the most it costs."""


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

    @property
    def gap(self) -> float:
        """Share of the bound that the plan may still be short of, in [0, 1]."""
        return max(0.0, 1.0 - self.value / self.bound) if self.bound > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that a plan breaks; the sentence is in the catalogue under `violation.<rule_id>`."""

    rule_id: str
    where: str
    """The team, visit or person."""
    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of one thing in one place the plan reaches."""

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


@dataclass(frozen=True, slots=True)
class DrawTicket:
    """One candidate of the random draw."""

    building_id: str
    ticket: str
    """SHA-256 of `seed|building_id`, hexadecimal; the smallest win."""
    inclusion_probability: float
    is_drawn: bool
    size: float = 1.0
    """What the ticket is divided by before it is compared; all 1: every building has the same chance."""


@dataclass(frozen=True, slots=True)
class FirmTicket:
    """One firm of a drawn building, candidate for an inspection."""

    building_id: str
    uscc: str
    ticket: str
    """SHA-256 of `seed|uscc`."""
    ratio: float
    """Of its credit class; the ticket is divided by it."""
    inclusion_probability: float
    """Given that the building is drawn."""
    is_drawn: bool


@dataclass(frozen=True, slots=True)
class OfficerTicket:
    """One officer of the district of a drawn visit."""

    visit_id: str
    person_id: str
    agency: str
    ticket: str
    """SHA-256 of `seed|building_id|person_id`."""
    status: str
    """
    `drawn`, `recused` or `rotated` (passed over, the next one drawn), `taken` (by another drawn visit), `alternate`.
    """


@dataclass(frozen=True, slots=True)
class Draw:
    """The random draw (抽取记录), reproducible from what stands here."""

    seed: str
    pool_sha256: str
    n_drawn: int
    tickets: tuple[DrawTicket, ...]
    """Every candidate, in the order of the draw."""
    firms: tuple[FirmTicket, ...] = ()
    """Every candidate in each drawn building, in the order of the draw."""
    officers: tuple[OfficerTicket, ...] = ()
    """Every candidate of each drawn visit, in ticket order."""
