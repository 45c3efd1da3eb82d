"""The time of the plan's day, as the board counts it."""

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

    Without a start it follows the wall, from the day before the plan's to the end of the day after. On any other day,
    as in an exercise, it is the wall's time of that day. With a start the day runs from there, as many times as fast.
    """

    start_s: int | None = None
    speed: float = 1.0
    wall: Callable[[], datetime] = _now
    day: date | None = None
    """The plan's day; None: whichever the wall has."""
    _began: float = field(default_factory=time.monotonic)

    def day_s(self) -> int:
        """The time of the plan's day now: below 0 the evening before, 86,400 and more in the night after."""
        if self.start_s is not None:
            return self.start_s + int((time.monotonic() - self._began) * self.speed)
        return _day_s(self._since_midnight_s())

    def report_s(self, newest: datetime | None = None) -> int:
        """
        The time that what is reported now is given: what is noted the evening before stands at midnight.

        Parameters
        ----------
        newest
            What the wall showed when something was reported last: if it was set back since, the day stands still until
            it is there again, so that what comes later is never of an earlier time.
        """
        if newest is None or self.start_s is not None or not timedelta() < newest - self.wall() < timedelta(days=1):
            return max(0, self.day_s())
        return max(0, _day_s(self._since_midnight_s(newest)))

    def stamp(self) -> str:
        """The moment now, ISO 8601 with its offset."""
        return self.wall().isoformat(timespec="milliseconds")

    def is_on(self) -> bool:
        """Whether the plan's day, or the night after it, is running: a day that is played always is."""
        return self.start_s is not None or (self.is_near() and self._since_midnight_s() >= 0)

    def is_near(self) -> bool:
        """Whether by the wall it is the day before the plan's, that day, or the day after."""
        return _is_near(self._since_midnight_s())

    def is_today(self, until_s: int) -> bool:
        """Whether by the wall it is the plan's day, or the night after before `until_s`, when the last shift ends."""
        return 0 <= self._since_midnight_s() < max(_DAY_S, until_s)

    def _since_midnight_s(self, at: datetime | None = None) -> int:
        now = at or self.wall()
        return (now - datetime.combine(self.day or now.date(), day_time(), ZONE)) // timedelta(seconds=1)


def _day_s(since_s: int) -> int:
    return since_s if _is_near(since_s) else since_s % _DAY_S


def _is_near(since_s: int) -> bool:
    """Whether it is the day before the plan's, that day, or the day after."""
    return -_DAY_S <= since_s < 2 * _DAY_S
