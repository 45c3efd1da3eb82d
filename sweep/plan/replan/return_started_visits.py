"""Return of started visits to the team that started them, if the plan has them in another team's route or unserved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sweep.day.event_records import Delayed, DoorLocked, Event
from sweep.day.executed_stops import n_begun, reported_begun
from sweep.plan.problem.eligibility import may_serve
from sweep.plan.problem.problem import Problem
from sweep.records.people import Team
from sweep.records.plan import Plan, Route, Stop
from sweep.records.visits import Visit


@dataclass(frozen=True, slots=True)
class _Given:
    """Stop that is to be moved to the route of the team that started it."""

    stop: Stop
    holder_id: str | None
    """Id of the team that has the stop in the plan; None if no team has it."""
    back: tuple[int, int]
    """Seconds and metres of the return leg from the stop."""


def return_started_visits(
    day: Problem, teams: Mapping[str, Team], plan: Plan, at_s: int, earlier: Sequence[Event], events: Sequence[Event]
) -> Plan:
    """
    Return the plan with each started visit in the route of the team that started it, by the events up to `at_s`.

    `day`: problem of the day with all events; `teams`: by team id; `plan` includes the events `earlier`, not `events`.
    A visit that two teams started stays with the team that has it in the plan. So does a visit that does not fit the
    times of the team that started it; the checker reports it (P15).
    """
    visits = {v.visit_id: v for v in day.visits}
    locked = {e.visit_id for e in events if isinstance(e, DoorLocked)}
    for team_id, visit_id in sorted(reported_begun(earlier, events)):
        route = next((r for r in plan.routes if r.team_id == team_id), None)
        visit = visits.get(visit_id)
        if route is None or visit is None or visit_id in locked or any(s.visit_id == visit_id for s in route.made):
            continue
        counts = n_begun(plan, at_s, earlier, events)
        held_s = max((e.until_s for e in earlier if isinstance(e, Delayed) and e.team_id == team_id), default=0)
        last_s = _free_s(route, counts[team_id], teams[team_id], at_s)
        given = _given(day, teams[team_id], visit, plan, counts, max(held_s, last_s))
        if given is not None:
            plan = replace(plan, routes=tuple(_changed(r, given, team_id, counts[team_id]) for r in plan.routes))
    return plan


def _free_s(route: Route, count: int, team: Team, at_s: int) -> int:
    free_s = route.stops[count - 1].end_s if count else team.shift_s[0]
    return max(free_s, route.break_s[1]) if route.break_s is not None and route.break_s[0] <= at_s else free_s


def _given(day: Problem, team: Team, visit: Visit, plan: Plan, counts: Mapping[str, int], free_s: int) -> _Given | None:
    stops = [(r.team_id, n, s) for r in plan.routes for n, s in enumerate(r.stops)]
    made = [(i, n, s) for i, n, s in stops if s.visit_id == visit.visit_id and not s.is_attempt]
    free = [(i, s.slot, s.start_s) for i, n, s in made if n >= counts[i] and may_serve(day, visit, s.slot, team)]
    last = next((s for i, n, s in stops if i == team.team_id and n == counts[i] - 1), None)
    a, b = day.places[last.building_id if last else team.base_id], day.places[visit.building_id]
    table = day.travel_s
    travel_s, arrive_s = int(table[a, b]), free_s + int(table[a, b])
    if len(visit.slots) == 1:
        lo, hi = _together_s(day, visit, [s for _, _, s in stops if not s.is_attempt])
        soonest = ((max(first, arrive_s, lo), min(final, hi)) for first, final in visit.windows_s)
        starts = (first for first, final in soonest if first <= final)
        can_have = bool(free) or (not made and may_serve(day, visit, 0, team))
        holder_id, slot, start_s = (free[0][0] if free else None), 0, next(starts, None) if can_have else None
    else:
        holder_id, slot, start_s = free[0] if free else (None, 0, None)
    if start_s is None or start_s < arrive_s:
        return None
    end_s = start_s + day.service_s(visit, slot, len(team.member_ids))
    home = day.places[team.end_base_id or team.base_id]
    back = int(table[b, home]), int(day.distance_m[b, home])
    if end_s + back[0] > team.shift_s[1]:
        return None
    arrive_s, metres = arrive_s if last else start_s, int(day.distance_m[a, b])
    stop = Stop(visit.visit_id, slot, visit.building_id, travel_s, metres, arrive_s, start_s, end_s)
    return _Given(stop, holder_id, back)


def _together_s(day: Problem, visit: Visit, made: Sequence[Stop]) -> tuple[int, int]:
    """Return the first and last start of the visit that its link group allows, given the planned stops `made`."""
    linked = {v.visit_id for v in day.visits if v.link_group is not None and v.link_group == visit.link_group}
    starts = [s.start_s for s in made if s.visit_id in linked - {visit.visit_id}]
    tolerance = day.link_tolerance_s
    return max(starts, default=0) - tolerance, min(starts, default=day.unreachable) + tolerance


def _changed(route: Route, given: _Given, team_id: str, count: int) -> Route:
    stop = given.stop
    if route.team_id == given.holder_id:
        return replace(route, stops=tuple(s for s in route.stops if s.is_attempt or s.visit_id != stop.visit_id))
    if route.team_id != team_id:
        return route
    stops = (*route.stops[:count], stop, *route.stops[count:])
    depart_s = route.depart_s if count else stop.arrive_s - stop.travel_s
    seconds, metres = given.back
    if stops[-1] is not stop:
        return replace(route, stops=stops, depart_s=depart_s)
    return Route(team_id, depart_s, stops, seconds, metres, stop.end_s + seconds, route.break_s)
