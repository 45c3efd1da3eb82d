"""The time of the plan's day, as the board counts it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from geodata.clock import ZONE


def _now() -> datetime:
    return datetime.now(ZONE)


@dataclass(frozen=True, slots=True)
class DayClock:
    """
    Seconds after midnight of the plan's day.

    Without a start it is the time of the wall; with one the day runs from there, as many times as fast.
    """

    start_s: int | None = None
    speed: float = 1.0
    wall: Callable[[], datetime] = _now
    _began: float = field(default_factory=time.monotonic)

    def day_s(self) -> int:
        """The time of the day now."""
        if self.start_s is not None:
            return self.start_s + int((time.monotonic() - self._began) * self.speed)
        now = self.wall()
        return 3_600 * now.hour + 60 * now.minute + now.second

    def stamp(self) -> str:
        """The moment now, ISO 8601 with its offset."""
        return self.wall().isoformat(timespec="milliseconds")

    def is_on(self, day: str) -> bool:
        """Whether the plan's day, ISO, is running: a day that is played always is."""
        return self.start_s is not None or self.stamp()[:10] == day
