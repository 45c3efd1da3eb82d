"""Times of a plan in ISO 8601."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from geodata.clock import ZONE
from sweep.publish.edition import Edition


def iso_time(edition: Edition, seconds: int) -> str:
    """Seconds after midnight of the edition's day as ISO 8601 with +08:00."""
    return iso_on(edition.scenario.day, seconds)


def iso_on(day: date, seconds: int) -> str:
    """Seconds after midnight of a day as ISO 8601 with +08:00."""
    midnight = datetime.combine(day, time(), ZONE)
    return (midnight + timedelta(seconds=int(seconds))).isoformat()
