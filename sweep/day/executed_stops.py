"""Executed prefix of a plan's routes (stops that have begun), by planned times and by the teams' reports."""

from collections.abc import Sequence

from sweep.day.event_records import Delayed, DoorLocked, Event, OffDuty, VisitBegun
from sweep.records.plan import Plan, Route


def n_begun(plan: Plan, at_s: int, earlier: Sequence[Event], events: Sequence[Event] = ()) -> dict[str, int]:
    """
    Return, by team id, how many stops at the start of the team's route have begun.

    A stop has begun at its planned time, or earlier if its team reports so; an attempt at a locked door always has.
    All stops before it in the route count as begun, since their order is fixed. So does the stop of every other
    team of the same visit, because the teams of a visit stay together.

    Parameters
    ----------
    at_s
        Time of the count; a stop that starts at this second has begun.
    earlier
        Events that the plan already takes into account. If one of them locks the door of a visit that a team had
        reported as begun, the report does not count: the plan contains the visit again.
    events
        New events, which the plan does not yet take into account.
    """
    reported, begun = reported_begun(earlier, events), set[str]()
    counts = {r.team_id: sum(s.start_s <= at_s for s in r.stops) for r in plan.routes}
    while True:
        for r in plan.routes:
            known = {s.visit_id for s in r.made if s.visit_id in begun or (r.team_id, s.visit_id) in reported}
            last = max((n for n, s in enumerate(r.stops, 1) if s.is_attempt or s.visit_id in known), default=0)
            counts[r.team_id] = max(counts[r.team_id], last)
        reached = {s.visit_id for r in plan.routes for s in r.stops[: counts[r.team_id]] if not s.is_attempt}
        if reached <= begun:
            return counts
        begun |= reached


def reported_begun(earlier: Sequence[Event], events: Sequence[Event] = ()) -> frozenset[tuple[str, str]]:
    """
    Return (team id, visit id) for each visit that a `VisitBegun` event reports as begun.

    A report does not count if `earlier`, the events that the plan takes into account, contains a locked door of the
    visit at the same time or later. `events`: new events.
    """
    shut = {e.visit_id: e.at_s for e in earlier if isinstance(e, DoorLocked)}
    reported = (e for e in (*earlier, *events) if isinstance(e, VisitBegun) and e.at_s > shut.get(e.visit_id, -1))
    return frozenset((e.team_id, e.visit_id) for e in reported)


def is_released(delay: Delayed, events: Sequence[Event], visit_id: str | None) -> bool:
    """Whether a later event, a locked door at the visit `visit_id`, ended the delay; False without an id."""
    return any(isinstance(e, DoorLocked) and e.visit_id == visit_id and e.at_s > delay.at_s for e in events)


def off_duty_s(event: OffDuty, route: Route | None, count: int) -> int:
    """
    Return when the person of an event goes off duty, in seconds after midnight.

    That is `event.at_s` or, if later, the start of the last stop that has begun: stop number `count` of `route`, the
    route of the person's team.
    """
    return event.at_s if route is None or not count else max(event.at_s, route.stops[count - 1].start_s)
