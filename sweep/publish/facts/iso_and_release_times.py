"""Times of a plan in ISO 8601, and the times at which orders and notices may be released."""

from datetime import date, datetime, time, timedelta

from geodata.clock_times import ZONE, clock, nearest_minute
from sweep.publish.edition import Edition
from sweep.publish.facts.team_facts import TeamFacts


def iso_time(edition: Edition, seconds: int) -> str:
    """Return seconds after midnight of the edition's day as ISO 8601 with offset +08:00."""
    return iso_on(edition.scenario.day, seconds)


def iso_on(day: date, seconds: int) -> str:
    """Return seconds after midnight of a day as ISO 8601 with offset +08:00."""
    midnight = datetime.combine(day, time(), ZONE)
    return (midnight + timedelta(seconds=int(seconds))).isoformat()


def release_s(edition: Edition, team: TeamFacts) -> int:
    """
    Return when a team may get its order, in seconds after midnight; negative: on the day before.

    A team without stops may get it at the start of its shift.
    """
    if team.route is None or not team.stops:
        return team.team.shift_s[0]
    first = min(s.stop.start_s for s in team.stops)
    return min(team.route.depart_s, before_entry_s(edition, first))


def release_text(edition: Edition, seconds: int) -> str:
    """Return an order's release time, seconds after midnight, as text; with the date if negative (the day before)."""
    if seconds >= 0:
        return clock(seconds)
    at = datetime.combine(edition.scenario.day, time()) + timedelta(minutes=nearest_minute(seconds))
    return at.isoformat(" ", "minutes")


def before_entry_s(edition: Edition, start_s: int) -> int:
    """Return when orders and notices of a stop that starts at `start_s` may go out (C26); negative: the day before."""
    return start_s // 60 * 60 - 60 * edition.scenario.release.minutes_before
