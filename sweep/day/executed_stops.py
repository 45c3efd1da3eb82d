"""Which stops of a plan have begun at a moment: by the plan's times, or because their teams have reported so."""

from collections.abc import Sequence

from sweep.day.event_records import Begun, Event, Held, Ill, Locked
from sweep.records.plan import Plan, Route


def n_begun(plan: Plan, at_s: int, earlier: Sequence[Event], events: Sequence[Event] = ()) -> dict[str, int]:
    """
    Number of stops at the head of each route that have begun, by team id.

    A stop has begun at its planned time, or sooner if its team reports so; a try at a locked door always has. Every
    stop before it in the route counts as begun: the order of the team stays up to there. So does the stop of each
    other team of the same visit, because a visit stays whole.

    Parameters
    ----------
    at_s
        The moment; what starts then has started.
    earlier
        Events that the plan answers to: a visit whose door was locked after a report has yet to begin again.
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
    """Team and visit of each report that a visit has begun, but for those that an earlier locked door came after."""
    shut = {e.visit_id: e.at_s for e in earlier if isinstance(e, Locked)}
    found = (e for e in (*earlier, *events) if isinstance(e, Begun) and e.at_s > shut.get(e.visit_id, -1))
    return frozenset((e.team_id, e.visit_id) for e in found)


def is_released(held: Held, events: Sequence[Event], visit_id: str | None) -> bool:
    """Whether the door of the visit at which a team was held turned out locked since: it waits there no longer."""
    return any(isinstance(e, Locked) and e.visit_id == visit_id and e.at_s > held.at_s for e in events)


def off_duty_s(event: Ill, route: Route | None, count: int) -> int:
    """Time at which a person goes off duty: all members of the team start what it has begun."""
    return event.at_s if route is None or not count else max(event.at_s, route.stops[count - 1].start_s)
