"""Pins: what planners have settled about a building before the plan is made."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

type PinKind = Literal["must", "never", "with_team", "not_together", "not_before"]


@dataclass(frozen=True, slots=True)
class Pin:
    """One thing settled about one building."""

    kind: PinKind
    """
    `must`: it is visited; `never`: it is not; `with_team`: it is visited, and that team fills the visit's first slot;
    `not_together`: it and another are not both visited on this day; `not_before`: no visit of it starts earlier.
    """
    building_id: str
    where: str
    """Where the pin stands, for messages: the file and the row, or the key of scenario.toml."""
    reason: str = ""
    team_id: str = ""
    """The team of `with_team`."""
    other_id: str = ""
    """The other building of `not_together`."""
    earliest_s: int = 0
    """Seconds after midnight, of `not_before`."""
    first_day: date | None = None
    """Day from which it holds; None: no limit."""
    last_day: date | None = None
    """Last day on which it holds; None: no limit."""

    def holds_on(self, day: date) -> bool:
        """Whether the day is within its limits."""
        return (self.first_day or day) <= day <= (self.last_day or day)

    @property
    def buildings(self) -> tuple[str, ...]:
        """Ids of the buildings that it is about."""
        return (self.building_id, self.other_id) if self.other_id else (self.building_id,)
