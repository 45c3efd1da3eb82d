"""Records of visits on offer with their slots, the reasons for targets, and re-checks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from geodata.errors import Value


@dataclass(frozen=True, slots=True)
class Slot:
    """Part of a visit that one team fills; the teams of all slots start together."""

    slot: int
    min_certified: Mapping[str, int]
    """Certified persons needed by agency."""
    n_guards: int
    """Police who guard exits and are not in working pairs (C17)."""
    min_skilled: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Members needed by skill."""
    service_s: int | None = None
    """Service seconds for any team; None: those of the visit, or by the model of `sweep.records.service_time`."""
    is_for_drawn: bool = True
    """Whether its team must include the officers drawn for the visit (C09)."""


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
    """Firms whose doors are called at (清点), on which service time depends."""
    value: float
    """Expected finds: probability of a find x access x detection."""
    is_must: bool
    slots: tuple[Slot, ...]
    windows_s: tuple[tuple[int, int], ...]
    """Start windows, both ends inclusive; the service may end later."""
    link_group: str | None = None
    """Visits of one group start within a tolerance of each other, all or none (C16)."""
    selection_probability: float = 1.0
    """Inclusion probability of the draw for drawn visits, 1 for others."""
    officers: tuple[str, ...] = ()
    """Officers drawn for the visit (C09), who should be in its team; empty for other visits."""
    service_s: int | None = None
    """Service seconds for any team; None: by the model of `sweep.records.service_time`."""
    due_s: int | None = None
    """Due time: a later start costs but is allowed."""
    dues_s: tuple[int, ...] = ()
    """`due_s` of each window; the last window open at the start decides. Empty: the same in all."""
    is_due_at_end: bool = False
    """Whether lateness is measured at the end of the service instead of its start."""
    preferred: tuple[str, ...] = ()
    """Persons who know the place; a team without any of them costs. Empty: no preference."""
    disturbance: float = 0.0
    """Cost of the visit to the firms inside, in any unit; weighted by the problem (C24)."""
    urgency: float = 0.0
    """Value of serving the visit in addition to its finds, because a lead is due (C22)."""
    keep_apart: tuple[tuple[str, str], ...] = ()
    """Pairs of officers of the building's last visit, which no team of this visit may contain (C28)."""
    items: tuple[str, ...] = ()
    """Items that the form may ask, of `sweep.records.form_items`; empty for a stocktake (C32)."""
    warrant: str = ""
    """Number of the police's inspection certificate (检查证) for the place (C14)."""
    is_immediate: bool = False
    """Whether police inspect at once, without a certificate and with a recorder (C14)."""
    values: tuple[float, ...] = ()
    """Value by the day of the team in its first slot; empty: `value` on every day."""

    @property
    def best_value(self) -> float:
        """Value on the best day."""
        return max(self.values, default=self.value)

    def value_on(self, day: int) -> float:
        """Value on a day, counted from 0."""
        return self.values[day] if self.values else self.value

    def slot_targets(self, slot: int) -> tuple[str, ...]:
        """
        Firms that the team of one slot inspects, dealt in turn so that each firm is inspected once (C11).

        If officers were drawn, only the slots that they fill have firms (C09).
        """
        inspecting = [s.slot for s in self.slots if s.is_for_drawn or not self.officers]
        return self.targets[inspecting.index(slot) :: len(inspecting)] if slot in inspecting else ()


@dataclass(frozen=True, slots=True)
class TargetReason:
    """Reason for a visit to a building, or for the inspection of a firm there (C29)."""

    uscc: str
    """Firm that the reason concerns; empty: the building."""
    code: str
    """Catalogue key `why.<code>`."""
    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Recheck:
    """Irregularity found by a visit, re-checked until it is closed (回头看, 销号)."""

    recheck_id: str
    building_id: str
    uscc: str | None
    """Firm; None: a unit without a registered firm, or the whole building."""
    unit: str
    """Room of the irregularity; empty if unnamed."""
    reason: str
    """`hazard`, `rectify` or `irregular`."""
    opened_on: date
    due_on: date
    n_looks: int = 0
    """Number of looks since then that found it unchanged."""
    closed_on: date | None = None
    closed_by: str | None = None
    """Plan whose visit closed it, or the person who closed it without a visit."""
    units: frozenset[str] = frozenset()
    """Names of rooms whose irregularity is open and not yet seen in order."""
