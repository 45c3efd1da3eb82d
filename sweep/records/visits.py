"""Visits on offer with their slots, the reason for each target, and items looked at again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from geodata.errors import Value


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
    """Seconds inside for any team; None: the visit's, or by the model of `sweep.records.service_time`."""
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
    """When service may start, both ends inclusive; service may run past the end."""
    link_group: str | None = None
    """Visits of one group start within the tolerance of each other, all or none (C16)."""
    selection_probability: float = 1.0
    """Chance that the visit was on offer: the draw's inclusion probability for drawn visits, 1 for others."""
    officers: tuple[str, ...] = ()
    """Officers drawn for a drawn visit (C09): the team that makes it should hold them; empty: nobody in particular."""
    service_s: int | None = None
    """Seconds inside for any team; None: by the model of `sweep.records.service_time`."""
    due_s: int | None = None
    """A start after it is late, which costs but is not forbidden."""
    dues_s: tuple[int, ...] = ()
    """`due_s` of each window; a start is judged by the last window that is open by then. Empty: the same in all."""
    is_due_at_end: bool = False
    """Whether the end of the service, and not its start, is late after it."""
    preferred: tuple[str, ...] = ()
    """Persons who know the place: a team that holds none of them costs. Empty: nobody in particular."""
    disturbance: float = 0.0
    """Cost of the visit to the firms inside, in any unit; weighed by the problem (C24)."""
    urgency: float = 0.0
    """Weight of serving it beyond its value, because a lead falls due (C22)."""
    keep_apart: tuple[tuple[str, str], ...] = ()
    """Pairs of officers who made the building's last visit: no team that makes this one holds both (C28)."""
    items: tuple[str, ...] = ()
    """Items that the form may ask, of `sweep.records.form_items`; none where only stock is taken (C32)."""
    warrant: str = ""
    """Number of the police's inspection certificate (检查证) for the place (C14)."""
    is_immediate: bool = False
    """Police inspect at once, without a certificate and with a recorder (C14)."""
    values: tuple[float, ...] = ()
    """Value by the day of the team in its first slot; empty: `value` on every day."""

    @property
    def best_value(self) -> float:
        """What it is worth on its best day."""
        return max(self.values, default=self.value)

    def value_on(self, day: int) -> float:
        """Value on that day, counted from 0."""
        return self.values[day] if self.values else self.value

    def slot_targets(self, slot: int) -> tuple[str, ...]:
        """
        The firms that the team of one slot inspects: dealt in turn, so that no firm is inspected twice (C11).

        Where officers were drawn, only the slots that they fill have firms (C09).
        """
        inspecting = [s.slot for s in self.slots if s.is_for_drawn or not self.officers]
        return self.targets[inspecting.index(slot) :: len(inspecting)] if slot in inspecting else ()


@dataclass(frozen=True, slots=True)
class TargetReason:
    """Why a visit goes to a building, or inspects a firm there (C29)."""

    uscc: str
    """Firm that the reason is for; empty: the building."""
    code: str
    """Catalogue key `why.<code>`."""
    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Recheck:
    """Something that a visit found wrong, to be looked at again until it is closed (回头看, 销号)."""

    recheck_id: str
    building_id: str
    uscc: str | None
    """Firm; None: a unit in which nobody is registered, or the building as a whole."""
    unit: str
    """A room in which it was left; empty if it has no name."""
    reason: str
    """`hazard`, `rectify` or `irregular`."""
    opened_on: date
    due_on: date
    n_looks: int = 0
    """Times that somebody has looked since, and found it as it was."""
    closed_on: date | None = None
    closed_by: str | None = None
    """The plan whose visit closed it, or who did so without one."""
    units: frozenset[str] = frozenset()
    """Rooms, by name, that were left so and that nobody has seen in order since, while it is open."""
