"""Positions of teams at a time of the day: started stops, place, destination, time when free."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sweep.day.event_records import AT_LOCKED_DOOR_S, Delayed, DoorLocked
from sweep.records.people import Team
from sweep.records.plan import Route, Stop


@dataclass(frozen=True, slots=True)
class Heading:
    """Destination of a team on the road, and its arrival there."""

    place: str
    """Id of the building or base."""
    arrive_s: int


@dataclass(frozen=True, slots=True)
class TeamPosition:
    """Position of one team at a time of the day, and its stops that can no longer change."""

    team: Team
    begun: tuple[Stop, ...]
    """Stops that have started, whether finished or not; they can no longer change."""
    place: str
    """Id of the building or base where the team is, or which it last left."""
    left_s: int
    """Time at which the team left `place` or, if it is there, is free to leave it."""
    free_s: int
    """Earliest time at which the team can be sent elsewhere: `left_s` or the current time, whichever is later."""
    heading: Heading | None
    """Destination of the team; None if it is not on the road."""
    has_departed: bool
    """Whether the team has left its base."""
    depart_s: int
    """Departure from the base in the plan."""
    break_s: tuple[int, int] | None
    """Start and end of the break if it has started, else None."""


def team_position(
    team: Team, route: Route, count: int, at_s: int, held: Mapping[str, Delayed], locked: Mapping[str, DoorLocked]
) -> TeamPosition:
    """
    Return a team's position at `at_s`, when the first `count` stops of its route have started.

    `held`: delays that still last, by team id. `locked`: newly reported locked doors by visit id.
    """
    begun = []
    for s in route.stops[:count]:
        door = None if s.is_attempt else locked.get(s.visit_id)
        if door is not None and s.end_s > door.at_s:
            # If the door was reported locked, the stop is an attempt that ends soon after the report.
            end_s = min(s.end_s, max(door.at_s, s.start_s + AT_LOCKED_DOOR_S))
            begun.append(replace(s, is_attempt=True, end_s=end_s))
        else:
            begun.append(s)
    rest = route.stops[count:]
    # A break before a started stop stays as ordered.
    last_s = max(at_s, begun[-1].start_s) if begun else at_s
    pause = route.break_s if route.break_s is not None and route.break_s[0] <= last_s else None
    until = held[team.team_id].until_s if team.team_id in held else None
    place, left = team.base_id, team.shift_s[0]
    if begun:
        if until is not None:
            # The team is still there; an overdue break is postponed.
            begun[-1] = replace(begun[-1], end_s=max(begun[-1].end_s, until))
            pause = pause if pause is not None and pause[1] <= begun[-1].start_s else None
        place, left = begun[-1].building_id, begun[-1].end_s
    left = max(left, pause[1] if pause is not None else 0, until or 0)
    # After a break at the base the team leaves later than the break ends.
    out = left if begun or until is not None else max(pause[1] if pause is not None else 0, route.depart_s)
    waits = route.break_s is not None and pause is None and (not rest or route.break_s[0] < rest[0].start_s)
    # A team called back before its first stop is on the road without stops.
    goes_out = bool(route.stops) or route.return_s > route.depart_s
    heading = None
    if goes_out and not waits and until is None and out < at_s:
        left = out
        if rest:
            heading = Heading(rest[0].building_id, rest[0].arrive_s)
        else:
            heading = Heading(team.end_base_id or team.base_id, route.return_s)
    has_departed = bool(begun) or (goes_out and route.depart_s < at_s)
    return TeamPosition(team, tuple(begun), place, left, max(left, at_s), heading, has_departed, route.depart_s, pause)
