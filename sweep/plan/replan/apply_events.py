"""Effects of the day's events on the problem and the teams."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from sweep.day.event_records import DoorLocked, Event, OffDuty, RoadClosed, Urgent
from sweep.day.executed_stops import off_duty_s
from sweep.plan.problem.problem import Problem
from sweep.plan.teams.make_teams import with_members
from sweep.records.people import Team
from sweep.records.plan import Route
from sweep.records.visits import Visit


def problem_of_day(problem: Problem, events: Sequence[Event]) -> Problem:
    """Return the problem with the events' urgent visits and road closures, but not locked doors (see `with_doors`)."""
    urgent = [e.visit for e in events if isinstance(e, Urgent)]
    known = {v.visit_id for v in problem.visits}
    visits = (*problem.visits, *(v for v in urgent if v.visit_id not in known))
    return replace(_with_closures(problem, [e for e in events if isinstance(e, RoadClosed)]), visits=visits)


def _with_closures(problem: Problem, closures: Sequence[RoadClosed]) -> Problem:
    if not closures:
        return problem
    table = problem.travel_s.copy()
    for event in closures:
        a, b = problem.places[event.from_id], problem.places[event.to_id]
        long = problem.unreachable if event.travel_s is None else event.travel_s
        for p, q in ((a, b), (b, a)):
            # A closure never shortens a leg.
            table[p, q] = max(int(table[p, q]), long)
    return replace(problem, travel_s=table)


def teams_of_day(
    problem: Problem,
    teams: Sequence[Team],
    events: Sequence[Event],
    routes: Mapping[str, Route],
    counts: Mapping[str, int],
) -> tuple[Team, ...]:
    """
    Return the teams of the day: members who went off duty become `former`, with the second at which they left.

    This time, computed by `off_duty_s`, depends on the team's route (`routes`) and on how many of its stops have
    started (`counts`), both by team id.
    """
    ill = {e.person_id: e for e in events if isinstance(e, OffDuty)}
    left = {
        i: off_duty_s(ill[i], routes.get(t.team_id), counts.get(t.team_id, 0))
        for t in teams
        for i in t.member_ids
        if i in ill
    }
    people = {p.person_id: p for p in problem.people}
    return tuple(
        replace(
            with_members(problem, t, [people[i] for i in t.member_ids if i not in left]),
            former=(*t.former, *((i, left[i]) for i in t.member_ids if i in left)),
        )
        if left.keys() & set(t.member_ids)
        else t
        for t in teams
    )


def locked_doors(events: Sequence[Event]) -> dict[str, int | None]:
    """Return the time until which each door stays locked, by visit id; None for the rest of the day."""
    return {e.visit_id: e.until_s for e in events if isinstance(e, DoorLocked)}


def with_doors(problem: Problem, events: Sequence[Event]) -> Problem:
    """Return the problem in which a visit behind a locked door only has windows, perhaps none, after the door opens."""
    doors = locked_doors(events)
    visits = tuple(behind_door(v, doors[v.visit_id]) if v.visit_id in doors else v for v in problem.visits)
    return replace(problem, visits=visits)


def behind_door(visit: Visit, until_s: int | None) -> Visit:
    """Return the visit with windows only from `until_s`, when its door opens; None: it stays locked."""
    return replace(visit, windows_s=(), dues_s=()) if until_s is None else cut_windows(visit, until_s)


def cut_windows(visit: Visit, first_s: int, last_s: int | None = None) -> Visit:
    """Return the visit with windows cut to [first_s, last_s] (None: no end), without empty ones and their due times."""
    last = np.inf if last_s is None else last_s
    cut = [(max(lo, first_s), int(min(hi, last))) for lo, hi in visit.windows_s]
    left = [n for n, (lo, hi) in enumerate(cut) if lo <= hi]
    dues = tuple(visit.dues_s[n] for n in left if visit.dues_s)
    return replace(visit, windows_s=tuple(cut[n] for n in left), dues_s=dues)
