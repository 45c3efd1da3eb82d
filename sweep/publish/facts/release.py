"""When a reader outside the police may be told of a visit."""

from __future__ import annotations

from sweep.publish.edition import Edition
from sweep.publish.facts.teams import TeamFacts


def release_s(edition: Edition, team: TeamFacts) -> int:
    """
    When a team is given its order, seconds after midnight: so long before its first entry, and before it leaves.

    A team in reserve gets its order when its shift begins.
    """
    if team.route is None or not team.stops:
        return team.team.shift_s[0]
    first = min(s.stop.start_s for s in team.stops)
    return min(team.route.depart_s, before_entry_s(edition, first))


def before_entry_s(edition: Edition, start_s: int) -> int:
    """So long before an entry, on a whole minute, for that is what is printed."""
    return start_s // 60 * 60 - 60 * edition.scenario.release.minutes_before
