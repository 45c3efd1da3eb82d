"""What is left of a day: the visits that nobody has begun, for teams that start from where they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from geodata.array_types import Int64s
from sweep.day.event_records import Event, Held, Locked
from sweep.day.executed_stops import is_released, n_begun
from sweep.plan.problem.objective import caps_left
from sweep.plan.problem.problem import Lag, Problem, links
from sweep.plan.replan.apply_events import after, behind_door, can_go_on, locked_doors, problem_of_day, teams_of_day
from sweep.plan.replan.started_visits import given_back
from sweep.plan.replan.team_positions import Standing, standing
from sweep.plan.teams.team_people import teams_of_plan
from sweep.records.people import Team
from sweep.records.plan import Plan, Reason, Route, Unserved
from sweep.records.visits import Visit

# Place of a team in the travel tables of what is left; no id of a file holds a line break.
_AT = "\n"


@dataclass(frozen=True, slots=True)
class Rest:
    """A day from a moment on."""

    at_s: int
    day: Problem
    """The whole day as it is known now."""
    problem: Problem
    """What is left: given teams, each from a place of its own."""
    standings: Mapping[str, Standing]
    """Where each team that is or was on the road stands, by team id."""
    teams: tuple[Team, ...]
    """All, as they are now."""
    begun: frozenset[str]
    """Visits that have started and were not locked."""
    routes: Mapping[str, Route]
    """Orders that were out, with visits that went back to the team inside, by team id."""
    counts: Mapping[str, int]
    """Number of stops at the head of each old route that have begun, by team id."""
    closed: tuple[Unserved, ...]
    """Visits that are on offer no longer, and why."""


def rest_of_day(
    problem: Problem, plan: Plan, at_s: int, earlier: Sequence[Event], events: Sequence[Event], *, call_reserve: bool
) -> Rest:
    """
    The remaining problem at a moment of the day.

    The problem is the morning's; the plan answers to the `earlier` events already, and not yet to `events`.
    """
    day = problem_of_day(problem, (*earlier, *events))
    called = _called(teams_of_plan(problem, plan), at_s, call_reserve=call_reserve)
    as_begun = given_back(day, {t.team_id: t for t in called}, plan, at_s, earlier, events)
    counts = n_begun(as_begun, at_s, earlier, events)
    # A team that was on its way to a visit of another is there still.
    added = {r.team_id: {*r.stops} - {*old.stops} for r, old in zip(as_begun.routes, plan.routes, strict=True)}
    routes = {
        old.team_id: r if added[old.team_id] else old for r, old in zip(as_begun.routes, plan.routes, strict=True)
    }
    teams = teams_of_day(day, called, events, routes, counts)
    here = {t: r.stops[counts[t] - 1].visit_id for t, r in routes.items() if counts.get(t)}
    # A team that was held on the road is so still: no stop of its route says it.
    every = (*earlier, *events)
    waiting = (e for e in every if isinstance(e, Held) and e.until_s > at_s)
    held = {e.team_id: e for e in waiting if not is_released(e, every, here.get(e.team_id))}
    locked = {e.visit_id: e for e in events if isinstance(e, Locked)}
    standings = {
        t.team_id: standing(
            t, routes.get(t.team_id) or _at_base(t), counts.get(t.team_id, 0), at_s, t.base_id, held, locked
        )
        for t in teams
        if not t.is_reserve
    }
    begun = frozenset(s.visit_id for x in standings.values() for s in x.begun if not s.is_attempt)
    started = {s.visit_id: s.start_s for x in standings.values() for s in x.begun if not s.is_attempt}
    visits, lags, closed = _visits_left(day, started, at_s, locked_doors((*earlier, *events)))
    active = [x for x in standings.values() if _is_on_duty(day, x)]
    active_ids, ids = {x.team.team_id for x in active}, {v.visit_id for v in visits}
    locks = tuple(lock for lock in problem.locks if lock.visit_id in ids and lock.team_id in active_ids)
    # What is known already is in the arrivals that were ordered.
    before = problem_of_day(problem, earlier)
    placed = _with_places(day, active, before, at_s)
    caps = caps_left(day, ids, begun)
    left = replace(placed, visits=tuple(visits), lags=tuple(lags), locks=locks, caps=caps)
    old = {team_id: n - len(added[team_id]) for team_id, n in counts.items()}
    return Rest(at_s, day, left, standings, teams, begun, routes, old, tuple(closed))


def _called(teams: Sequence[Team], at_s: int, *, call_reserve: bool) -> tuple[Team, ...]:
    if not call_reserve:
        return tuple(teams)
    return tuple(replace(t, is_reserve=False, called_s=at_s) if t.is_reserve else t for t in teams)


def _at_base(team: Team) -> Route:
    return Route(team.team_id, team.shift_s[0], (), 0, 0, team.shift_s[0], None)


def _is_on_duty(problem: Problem, x: Standing) -> bool:
    return can_go_on(problem, x.team) and x.free_s <= _end_of_shift(x)


def _end_of_shift(x: Standing) -> int:
    most = x.team.max_duty_s
    return min(x.team.shift_s[1], x.depart_s + most) if most is not None and x.has_departed else x.team.shift_s[1]


def _visits_left(
    day: Problem, started: Mapping[str, int], at_s: int, doors: Mapping[str, int | None]
) -> tuple[list[Visit], list[Lag], list[Unserved]]:
    """Visits that may still be made, the lags among them, and those that may not."""
    # What starts at the moment itself has started.
    left = {v.visit_id: after(v, at_s + 1) for v in day.visits if v.visit_id not in started}
    for visit_id, until_s in doors.items():
        if visit_id in left:
            left[visit_id] = behind_door(left[visit_id], until_s)
    torn = _bind_to_begun(day, started, left)
    why = {i: "LOCKED_DOOR" if i in doors else "WINDOW_PAST" for i, v in left.items() if not v.windows_s}
    # What is made together or not at all falls together, unless a part of it has begun.
    fallen = set(why)
    while more := {b for a, b, *_ in links(day) if a in fallen and b in left and b not in fallen and b not in torn}:
        fallen |= more
    closed = [
        Unserved(i, left[i].building_id, (Reason(why.get(i, "LINKED_VISIT_UNSERVED"), _values(left[i])),))
        for i in left
        if i in fallen
    ]
    visits = [v for i, v in left.items() if i not in fallen]
    ids = {v.visit_id for v in visits}
    return visits, [x for x in day.lags if x.before in ids and x.after in ids], closed


def _values(visit: Visit) -> dict[str, str | int | float]:
    return {"group": visit.link_group or "", "n_teams": len(visit.slots)}


def _bind_to_begun(day: Problem, started: Mapping[str, int], left: dict[str, Visit]) -> set[str]:
    """Cut the windows of visits that hang on ones that have begun; they must be made. Which they are."""
    bound: set[str] = set()
    for one, other, lo, hi in links(day):
        if one in started and other in left:
            begun = started[one]
            left[other] = replace(after(left[other], begun + lo, begun + hi), is_must=True)
            bound.add(other)
    return bound


def _with_places(day: Problem, active: Sequence[Standing], known: Problem, at_s: int) -> Problem:
    """The problem with a row in the travel tables for where each team is; nobody goes back there."""
    n, m = len(day.places), len(active)
    wide, metres = np.full((n + m, n + m), day.unreachable, np.int64), np.zeros((n + m, n + m), np.int64)
    wide[:n, :n], metres[:n, :n] = day.travel_s, day.distance_m
    for k, x in enumerate(active):
        wide[n + k, :n] = seconds_from(day, x, day.travel_s, known.travel_s, at_s)
        wide[n + k, n + k] = 0
        metres[n + k, :n] = metres_from(day, x)
    places = {**day.places, **{_AT + x.team.team_id: n + k for k, x in enumerate(active)}}
    homes = [day.places[x.team.end_base_id or x.team.base_id] for x in active]
    teams = tuple(_team_from(x, int(wide[n + k, home])) for k, (x, home) in enumerate(zip(active, homes, strict=True)))
    return replace(day, places=places, travel_s=wide, distance_m=metres, teams=teams)


def seconds_from(day: Problem, x: Standing, table: Int64s, before: Int64s, at_s: int) -> Int64s:
    """
    Seconds from where a team is to every place, counted from when it is free.

    On the road it goes on to where it is heading and from there, or turns round and goes back the way it came,
    whichever is quicker, yet is nowhere sooner than if it had gone there straight away, and nowhere that has no
    straight way.
    """
    origin, no_road = day.places[x.place], day.unreachable
    straight: Int64s = table[origin].astype(np.int64)
    if x.heading is None:
        return straight
    ahead = day.places[x.heading.place]
    # What closes behind a team that is there already delays it no more.
    is_there = x.heading.arrive_s <= at_s
    longer = 0 if is_there else max(0, int(table[origin, ahead]) - int(before[origin, ahead]))
    onward = max(0, x.heading.arrive_s + longer - x.free_s) + np.where(np.arange(len(table)) == ahead, 0, table[ahead])
    back = (at_s - x.left_s) + np.where(np.arange(len(table)) == origin, 0, straight)
    found = np.maximum(np.minimum(onward, back), x.left_s + straight - x.free_s)
    row: Int64s = np.where(straight >= no_road, no_road, np.minimum(found, no_road))
    if is_there:
        row[ahead] = 0
    return row


def metres_from(day: Problem, x: Standing) -> Int64s:
    """Metres from the place it left to every place, by the one it is heading for."""
    origin = day.places[x.place]
    onward: Int64s = day.distance_m[origin].copy()
    if x.heading is not None:
        ahead = day.places[x.heading.place]
        onward = day.distance_m[origin, ahead] + day.distance_m[ahead]
        onward[ahead] = day.distance_m[origin, ahead]
    return onward


def _team_from(x: Standing, way_home_s: int) -> Team:
    """The team as it sets out again; a pause that it can no longer take in time it takes as soon as it can."""
    team, end, pause = x.team, _end_of_shift(x), None
    if team.break_time is not None and x.break_s is None:
        latest = max(team.break_time.latest_s, x.free_s)
        begins = max(team.break_time.earliest_s, x.free_s)
        fits = begins + team.break_time.length_s + way_home_s <= end
        pause = replace(team.break_time, latest_s=latest) if fits else None
    return replace(
        team,
        base_id=_AT + team.team_id,
        end_base_id=team.end_base_id or team.base_id,
        shift_s=(x.free_s, end),
        max_duty_s=None if x.has_departed else team.max_duty_s,
        break_time=pause,
    )
