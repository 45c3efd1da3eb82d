"""Clock of the plan's day."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as day_time

from geodata.clock_times import DAY_S, ZONE


@dataclass(frozen=True, slots=True)
class DayClock:
    """
    Clock that shows the time as seconds after midnight of the plan's day.

    Without `start_s` it follows the wall clock, from the day before the plan's day to the end of the day after. On
    other days, as in an exercise, it takes only the time of day. With `start_s` the day begins then, and runs `speed`
    times as fast as the wall clock.
    """

    start_s: int | None = None
    """Time of day at which a simulated day begins, seconds after midnight; None: a day by the wall clock."""
    speed: float = 1.0
    """Seconds of the simulated day per second of the wall clock."""
    wall: Callable[[], datetime] = lambda: datetime.now(ZONE)
    """Function that returns the wall time, with its offset."""
    day: date | None = None
    """Day of the plan; None: today by the wall clock."""
    _began: float = field(default_factory=time.monotonic)

    def day_s(self) -> int:
        """Return seconds after midnight of the plan's day: negative the day before, 86,400 or more the day after."""
        if self.start_s is not None:
            return self.start_s + int((time.monotonic() - self._began) * self.speed)
        return _day_s(self._since_midnight_s())

    def report_s(self, newest: datetime | None = None) -> int:
        """
        Return the time given to a report that arrives now, in seconds after midnight; 0 on the evening before.

        Parameters
        ----------
        newest
            Wall time of the last report; None without one. If the wall clock was set back since, reports get this time
            until the clock catches up, so that no later report gets an earlier time.
        """
        if newest is None or self.start_s is not None or not timedelta() < newest - self.wall() < timedelta(days=1):
            return max(0, self.day_s())
        return max(0, _day_s(self._since_midnight_s(newest)))

    def stamp(self) -> str:
        """Return the current wall time, ISO 8601 with its offset."""
        return self.wall().isoformat(timespec="milliseconds")

    def is_on(self) -> bool:
        """Whether the plan's day, or the night after it, is in progress; always true for a simulated day."""
        return self.start_s is not None or (self.is_near() and self._since_midnight_s() >= 0)

    def is_near(self) -> bool:
        """Whether the wall clock is on the plan's day, on the day before it, or on the day after it."""
        return _is_near(self._since_midnight_s())

    def is_today(self, until_s: int) -> bool:
        """
        Whether the wall clock is on the plan's day or, after it, before `until_s`.

        `until_s`: seconds after midnight of the plan's day, above 86,400 for a time on the next day.
        """
        return 0 <= self._since_midnight_s() < max(DAY_S, until_s)

    def _since_midnight_s(self, at: datetime | None = None) -> int:
        now = at or self.wall()
        return (now - datetime.combine(self.day or now.date(), day_time(), ZONE)) // timedelta(seconds=1)


def _day_s(since_s: int) -> int:
    return since_s if _is_near(since_s) else since_s % DAY_S


def _is_near(since_s: int) -> bool:
    return -DAY_S <= since_s < 2 * DAY_S
