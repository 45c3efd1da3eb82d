"""Consistency of new events with the current plan and with the events of earlier re-plans."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise

from geodata.clock_times import exact_clock
from geodata.errors import Issue
from sweep.day.event_records import Delayed, DoorLocked, Event, OffDuty, RoadClosed
from sweep.day.events_file import FILE_NAME, subject_of
from sweep.disk.json_errors import json_path
from sweep.records.plan import Plan

# Later than any time of a day.
_NEVER = 2**31


def contradiction_issues(
    events: Sequence[Event], at_s: int, plan: Plan, earlier: Sequence[Event], file: str = FILE_NAME
) -> list[Issue]:
    """
    Return an issue for each of `events` that contradicts the executed part of the plan, or an earlier re-plan.

    S557 a locked door at a visit that a team has done; S558 an event that would have prevented a stop or leg begun
    after it; S559 an event that withdraws an event of an earlier re-plan. A delay at a locked door is no contradiction.

    Parameters
    ----------
    at_s
        Time of the re-plan; a stop that starts at it has begun.
    plan
        Plan to be replaced.
    earlier
        Events of earlier re-plans.
    """
    issues = []
    for n, e in enumerate(events):
        where = json_path(file, "events", n)
        issues += [Issue(code, where, values) for code, values in _against_the_plan(e, plan, at_s)]
        contradicted = (f"day_log.events[{k}]" for k, old in enumerate(earlier) if _weakens(e, old))
        issues += [
            Issue("S559", where, {"id": " ".join(subject_of(e)[1:]), "other": other})
            for other in islice(contradicted, 1)
        ]
    return issues


def known_ids(plan: Plan, visits: Iterable[str], places: Iterable[str]) -> dict[str, frozenset[str]]:
    """Return the ids that an event may name, for `event_issues`; teams and people are those of the plan."""
    return {
        "teams": frozenset(t.team_id for t in plan.teams),
        "people": frozenset(i for t in plan.teams for i in t.member_ids),
        "visits": frozenset(visits),
        "places": frozenset(places),
    }


def _against_the_plan(e: Event, plan: Plan, at_s: int) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield at most one (error code, values of its text): the event contradicts a stop or leg begun by `at_s`."""
    begun = [(r.team_id, s) for r in plan.routes for s in r.stops if s.start_s <= at_s]
    if isinstance(e, DoorLocked):
        done = [(t, s) for t, s in begun if s.visit_id == e.visit_id and not s.is_attempt and s.end_s <= e.at_s]
        for team_id, s in done[:1]:
            times = {"from": exact_clock(s.start_s), "until": exact_clock(s.end_s)}
            yield "S557", {"id": e.visit_id, "team": team_id, **times}
        return
    kept = _stopped_teams(e, plan)
    later = [(t, s.visit_id, s.start_s) for t, s in begun if s.start_s > e.at_s and t in kept]
    if isinstance(e, RoadClosed):
        later = [(t, there, arrive_s) for t, there, arrive_s in _legs_on_closed_road(plan, e) if arrive_s <= at_s]
    for team_id, place, since_s in later[:1]:
        times = {"at": exact_clock(e.at_s), "since": exact_clock(since_s)}
        yield "S558", {"team": team_id, "where": place, **times}


def _stopped_teams(e: Event, plan: Plan) -> set[str]:
    if isinstance(e, Delayed):
        return {e.team_id}
    return {t.team_id for t in plan.teams if isinstance(e, OffDuty) and e.person_id in t.member_ids}


def _legs_on_closed_road(plan: Plan, e: RoadClosed) -> Iterator[tuple[str, str, int]]:
    """Yield legs on a closed or slower road that the plan drives too fast: (team id, visit or base id, arrival)."""
    teams = {t.team_id: t for t in plan.teams}
    for route in plan.routes:
        team = teams.get(route.team_id)
        if team is None:
            continue
        ends = [(team.base_id, "", 0, route.depart_s)]
        ends += [(s.building_id, s.visit_id, s.arrive_s, s.end_s) for s in route.stops]
        if route.stops:
            home = team.end_base_id or team.base_id
            ends.append((home, home, route.return_s, route.return_s))
        for (a, _, _, left_s), (b, there, arrive_s, _) in pairwise(ends):
            is_it = {a, b} == {e.from_id, e.to_id} and left_s >= e.at_s
            if is_it and (e.travel_s is None or arrive_s - left_s < e.travel_s):
                yield route.team_id, there, arrive_s


def _weakens(e: Event, old: Event) -> bool:
    """Return whether an event makes the earlier event `old` milder: a shorter delay, leg, or time of a locked door."""
    if isinstance(e, RoadClosed) and isinstance(old, RoadClosed):
        is_same = {e.from_id, e.to_id} == {old.from_id, old.to_id}
        return is_same and _time_or_never(e.travel_s) < _time_or_never(old.travel_s)
    if isinstance(e, Delayed) and isinstance(old, Delayed):
        return e.team_id == old.team_id and e.until_s < old.until_s
    if isinstance(e, DoorLocked) and isinstance(old, DoorLocked):
        return e.visit_id == old.visit_id and _time_or_never(e.until_s) < _time_or_never(old.until_s)
    return False


def _time_or_never(time_s: int | None) -> int:
    return _NEVER if time_s is None else time_s
