"""Records of visits that a plan may serve, with their team slots, caps, the reasons for targets, and re-checks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from geodata.errors import Value
from sweep.records.problem_number_ranges import OF_A_FILE, Count


@dataclass(frozen=True, slots=True)
class Slot:
    """Team slot of a visit: the part that one team fills. The teams of all slots start together."""

    slot: int
    """Index of the slot in the visit, from 0."""
    min_certified: Mapping[str, int]
    """Number of certified members needed, by agency."""
    n_guards: int
    """Number of police who guard exits and are not in working pairs (C17)."""
    min_skilled: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Number of members needed, by skill."""
    service_s: int | None = None
    """Service seconds for any team; None: those of the visit, else by the model of `sweep.records.service_time`."""
    is_for_drawn: bool = True
    """Whether the slot's team must include the officers drawn for the visit (C09)."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Visit to one building on one day, for named firms on one legal track; the plan may serve it or not."""

    visit_id: str
    building_id: str
    division_code: str
    """Code of the building's district."""
    track: str
    """One of `geodata.schema.TRACKS`."""
    basis: tuple[str, ...]
    """Lead ids for `case`, the draw's id for `routine`, approval numbers for `special`; then ids of re-check items."""
    targets: tuple[str, ...]
    """Firms to inspect, by uscc."""
    n_firms: int
    """Number of firms whose doors the teams call at (清点); service time depends on it."""
    value: float
    """Expected finds: probability of a find, times that of access, times that of detection."""
    is_must: bool
    """Whether it is a must-visit, served before any optional one."""
    slots: tuple[Slot, ...]
    windows_s: tuple[tuple[int, int], ...]
    """Start windows in seconds after midnight, both ends inclusive; the service may end later."""
    link_group: str | None = None
    """Name of a link group, whose visits start within a tolerance of each other, all or none (C16); None: none."""
    selection_probability: float = 1.0
    """Inclusion probability of the draw for drawn visits, 1 for others."""
    officers: tuple[str, ...] = ()
    """Ids of the officers drawn for the visit (C09), who should be in its team; empty for other visits."""
    service_s: int | None = None
    """Service seconds for any team; None: by the model of `sweep.records.service_time`."""
    due_s: int | None = None
    """Due time, seconds after midnight; a later start is allowed at a penalty. None: never late."""
    dues_s: tuple[int, ...] = ()
    """Due time by start window; the last window that is open at the start decides. Empty: `due_s` for all windows."""
    is_due_at_end: bool = False
    """Whether lateness is measured at the end of the service instead of its start."""
    preferred: tuple[str, ...] = ()
    """Persons who know the building; a team without any of them costs a penalty. Empty: no preference."""
    disturbance: float = 0.0
    """Disturbance of the firms inside, in any unit; the objective weights it (C24)."""
    urgency: float = 0.0
    """Additional value of serving the visit because a lead is due (C22)."""
    keep_apart: tuple[tuple[str, str], ...] = ()
    """Pairs of officers of the building's last visit, of whom no team of this visit may contain both (C28)."""
    items: tuple[str, ...] = ()
    """Items that the form asks (`sweep.records.check_form_items`); empty for a stocktake (C32)."""
    warrant: str = ""
    """Number of the police's inspection certificate (检查证) for the building (C14); empty without one."""
    is_immediate: bool = False
    """Whether police inspect at once, without a certificate and with a recorder (C14)."""
    values: tuple[float, ...] = ()
    """Value by day of the plan, where the team in the first slot decides the day; empty: `value` on every day."""

    @property
    def best_value(self) -> float:
        """Value on the day of the plan on which it is highest."""
        return max(self.values, default=self.value)

    def value_on(self, day: int) -> float:
        """Return the visit's value on a day of the plan, counted from 0."""
        return self.values[day] if self.values else self.value

    def slot_targets(self, slot: int) -> tuple[str, ...]:
        """
        Return the firms that the team of one slot inspects; each firm of the visit falls to one slot (C11).

        If officers were drawn, only the slots that they fill get firms (C09).
        """
        inspecting = [s.slot for s in self.slots if s.is_for_drawn or not self.officers]
        return self.targets[inspecting.index(slot) :: len(inspecting)] if slot in inspecting else ()


@dataclass(frozen=True, slots=True)
class Cap:
    """Upper limit over all days on the number of visits of a kind, or on their use of a budget."""

    __pydantic_config__ = OF_A_FILE

    cap_id: str
    loads: Mapping[str, Count]
    """Load of each visit on the cap, by visit id, >= 0; 1 if visits are counted."""
    most: Count
    """Maximum total load of the served visits."""


@dataclass(frozen=True, slots=True)
class TargetReason:
    """Reason for a visit to a building, or for the inspection of a firm there (C29)."""

    uscc: str
    """Firm that the reason concerns; empty: the whole building."""
    code: str
    """Suffix of the catalogue key `why.<code>` of the sentence."""
    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    """Values of the placeholders in the sentence."""


@dataclass(frozen=True, slots=True)
class Recheck:
    """Irregularity found by a visit, which later visits re-check until it is closed (回头看, 销号)."""

    recheck_id: str
    building_id: str
    uscc: str | None
    """Firm; None: a unit without a registered firm, or the whole building."""
    unit: str
    """Room of the irregularity, one of `units` if there are several; empty if no room was named."""
    reason: str
    """`hazard`, `rectify` (something to rectify) or `irregular`, by the most severe answer of the visit."""
    opened_on: date
    due_on: date
    n_looks: int = 0
    """Number of later visits that found it unchanged."""
    closed_on: date | None = None
    """Day of closing; None: open."""
    closed_by: str | None = None
    """Id of the plan whose visit closed it, or of the person who closed it without a visit."""
    units: frozenset[str] = frozenset()
    """Names of the rooms whose irregularity is open and not yet found in order."""
