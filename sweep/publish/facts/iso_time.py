"""Times of a plan in ISO 8601."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from geodata.clock import ZONE
from sweep.publish.edition import Edition


def iso_time(edition: Edition, seconds: int) -> str:
    """Seconds after midnight of the edition's day as ISO 8601 with +08:00."""
    midnight = datetime.combine(edition.scenario.day, time(), ZONE)
    return (midnight + timedelta(seconds=int(seconds))).isoformat()
