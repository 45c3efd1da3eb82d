"""Pins: decisions on single buildings that planners make before planning."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

type PinKind = Literal["must", "never", "with_team", "not_together", "not_before"]


@dataclass(frozen=True, slots=True)
class Pin:
    """One decision of a planner on one building."""

    kind: PinKind
    """
    `must`: the building is visited; `never`: it is not; `with_team`: it is visited, and `team_id` fills its first slot;
    `not_together`: it and `other_id` are not both visited on one day; `not_before`: no visit of it starts
    before `earliest_s`.
    """
    building_id: str
    where: str
    """Source of the pin for messages: file and row."""
    reason: str = ""
    """Reason that the planner states; empty if none is stated."""
    team_id: str = ""
    """Team of a pin `with_team`."""
    other_id: str = ""
    """Other building of a pin `not_together`."""
    earliest_s: int = 0
    """Earliest start of a pin `not_before`, seconds after midnight."""
    first_day: date | None = None
    """First day on which the pin applies; None: no limit."""
    last_day: date | None = None
    """Last day on which the pin applies; None: no limit."""

    def holds_on(self, day: date) -> bool:
        """Whether the pin applies on `day`: from `first_day` to `last_day` inclusive, where these are set."""
        return (self.first_day or day) <= day <= (self.last_day or day)

    @property
    def buildings(self) -> tuple[str, ...]:
        """Ids of the buildings that the pin concerns."""
        return (self.building_id, self.other_id) if self.other_id else (self.building_id,)
