"""Clock of the plan's day."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as day_time

from geodata.day_times import ZONE

_DAY_S = 86_400


def _now() -> datetime:
    return datetime.now(ZONE)


@dataclass(frozen=True, slots=True)
class DayClock:
    """
    Seconds after midnight of the plan's day.

    Without a start it follows the wall clock from the day before the plan's to the end of the day after. On other days,
    as in an exercise, it uses the time of day alone. With a start the day runs from there, `speed` times as fast.
    """

    start_s: int | None = None
    speed: float = 1.0
    wall: Callable[[], datetime] = _now
    day: date | None = None
    """Day of the plan; None: the current day of the wall clock."""
    _began: float = field(default_factory=time.monotonic)

    def day_s(self) -> int:
        """Current time on the plan's day: below 0 on the evening before, 86,400 or more in the night after."""
        if self.start_s is not None:
            return self.start_s + int((time.monotonic() - self._began) * self.speed)
        return _day_s(self._since_midnight_s())

    def report_s(self, newest: datetime | None = None) -> int:
        """
        Time given to a report that comes in now; on the evening before it is midnight.

        Parameters
        ----------
        newest
            Wall time of the last report. If the wall clock was set back since, the time stays there until the clock
            catches up, so that no later report gets an earlier time.
        """
        if newest is None or self.start_s is not None or not timedelta() < newest - self.wall() < timedelta(days=1):
            return max(0, self.day_s())
        return max(0, _day_s(self._since_midnight_s(newest)))

    def stamp(self) -> str:
        """Current time, ISO 8601 with its offset."""
        return self.wall().isoformat(timespec="milliseconds")

    def is_on(self) -> bool:
        """Whether the plan's day, or the night after it, is running; always true for a simulated day."""
        return self.start_s is not None or (self.is_near() and self._since_midnight_s() >= 0)

    def is_near(self) -> bool:
        """Whether the wall clock shows the day before the plan's, that day, or the day after."""
        return _is_near(self._since_midnight_s())

    def is_today(self, until_s: int) -> bool:
        """Whether the wall clock shows the plan's day, or a time before `until_s` in the night after."""
        return 0 <= self._since_midnight_s() < max(_DAY_S, until_s)

    def _since_midnight_s(self, at: datetime | None = None) -> int:
        now = at or self.wall()
        return (now - datetime.combine(self.day or now.date(), day_time(), ZONE)) // timedelta(seconds=1)


def _day_s(since_s: int) -> int:
    return since_s if _is_near(since_s) else since_s % _DAY_S


def _is_near(since_s: int) -> bool:
    """Whether a time lies on the day before the plan's, that day, or the day after."""
    return -_DAY_S <= since_s < 2 * _DAY_S
