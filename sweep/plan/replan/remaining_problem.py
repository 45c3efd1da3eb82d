"""Remaining problem at a time of the day: visits not started yet, and teams at their current positions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from geodata.array_types import Int64s
from sweep.day.event_records import Delayed, DoorLocked, Event
from sweep.day.executed_stops import is_released, n_begun
from sweep.plan.problem.objective import caps_left
from sweep.plan.problem.problem import Lag, Problem, links
from sweep.plan.replan.apply_events import behind_door, cut_windows, locked_doors, problem_of_day, teams_of_day
from sweep.plan.replan.return_started_visits import return_started_visits
from sweep.plan.replan.team_positions import TeamPosition, team_position
from sweep.plan.teams.make_teams import teams_of_plan
from sweep.records.people import Team
from sweep.records.plan import Plan, Reason, Route, Unserved
from sweep.records.visits import Visit

# Prefix of a team's place in the remaining travel tables; no id in a file contains a line break.
_AT = "\n"


@dataclass(frozen=True, slots=True)
class RemainingDay:
    """State of the day at `at_s`: what has started, where the teams are, and the problem that remains."""

    at_s: int
    day: Problem
    """Problem of the whole day, changed by all events so far."""
    problem: Problem
    """Remaining problem: its teams are given, and each starts from its current position."""
    positions: Mapping[str, TeamPosition]
    """Position of each team that has been sent out, by team id."""
    teams: tuple[Team, ...]
    """All teams with their current members."""
    begun: frozenset[str]
    """Ids of the visits that started at an open door."""
    routes: Mapping[str, Route]
    """Published routes by team id; a visit that another team started is moved to that team's route."""
    counts: Mapping[str, int]
    """Number of stops at the head of the plan's own route that have started, by team id; moved visits not counted."""
    closed: tuple[Unserved, ...]
    """Visits that can no longer be made, with reasons."""


def remaining_day(
    problem: Problem, plan: Plan, at_s: int, earlier: Sequence[Event], events: Sequence[Event], *, call_reserve: bool
) -> RemainingDay:
    """
    Return the state of the day and the remaining problem at `at_s`, in seconds after midnight.

    Parameters
    ----------
    problem
        Problem of the morning.
    plan, earlier
        Current plan, and the events that it already includes.
    events
        New events, which the plan does not include.
    call_reserve
        Whether reserve teams become active.
    """
    day = problem_of_day(problem, (*earlier, *events))
    called = teams_of_plan(problem, plan)
    if call_reserve:
        called = tuple(replace(t, is_reserve=False, called_s=at_s) if t.is_reserve else t for t in called)
    as_begun = return_started_visits(day, {t.team_id: t for t in called}, plan, at_s, earlier, events)
    counts = n_begun(as_begun, at_s, earlier, events)
    # A team on its way to a visit of another team is still on that way.
    added = {r.team_id: {*r.stops} - {*old.stops} for r, old in zip(as_begun.routes, plan.routes, strict=True)}
    routes = {
        old.team_id: r if added[old.team_id] else old for r, old in zip(as_begun.routes, plan.routes, strict=True)
    }
    teams = teams_of_day(day, called, events, routes, counts)
    here = {t: r.stops[counts[t] - 1].visit_id for t, r in routes.items() if counts.get(t)}
    # A team held on the road has no stop that shows it.
    every = (*earlier, *events)
    waiting = (e for e in every if isinstance(e, Delayed) and e.until_s > at_s)
    held = {e.team_id: e for e in waiting if not is_released(e, every, here.get(e.team_id))}
    locked = {e.visit_id: e for e in events if isinstance(e, DoorLocked)}
    positions = {
        t.team_id: team_position(t, routes.get(t.team_id) or _at_base(t), counts.get(t.team_id, 0), at_s, held, locked)
        for t in teams
        if not t.is_reserve
    }
    started = {s.visit_id: s.start_s for x in positions.values() for s in x.begun if not s.is_attempt}
    visits, lags, closed = _visits_left(day, started, at_s, locked_doors((*earlier, *events)))
    complete = [x for x in positions.values() if not x.team.former or day.rules.are_met_by(x.team)]
    active = [x for x in complete if x.free_s <= _end_of_shift(x)]
    active_ids, ids = {x.team.team_id for x in active}, {v.visit_id for v in visits}
    locks = tuple(lock for lock in problem.locks if lock.visit_id in ids and lock.team_id in active_ids)
    # The ordered arrivals already include earlier events.
    before = problem_of_day(problem, earlier)
    placed = _with_places(day, active, before, at_s)
    begun = frozenset(started)
    caps = caps_left(day, ids, begun)
    left = replace(placed, visits=tuple(visits), lags=tuple(lags), locks=locks, caps=caps)
    old = {team_id: n - len(added[team_id]) for team_id, n in counts.items()}
    return RemainingDay(at_s, day, left, positions, teams, begun, routes, old, tuple(closed))


def _at_base(team: Team) -> Route:
    return Route(team.team_id, team.shift_s[0], (), 0, 0, team.shift_s[0], None)


def _end_of_shift(x: TeamPosition) -> int:
    most = x.team.max_duty_s
    return min(x.team.shift_s[1], x.depart_s + most) if most is not None and x.has_departed else x.team.shift_s[1]


def _visits_left(
    day: Problem, started: Mapping[str, int], at_s: int, doors: Mapping[str, int | None]
) -> tuple[list[Visit], list[Lag], list[Unserved]]:
    """
    Return the visits that remain, the lags between them, and the visits that can no longer be made.

    `started`: start of each started visit, by id. `doors`: for each visit with a locked door, the time at which it
    opens, or None if it stays locked.
    """
    # A stop at `at_s` has started.
    left = {v.visit_id: cut_windows(v, at_s + 1) for v in day.visits if v.visit_id not in started}
    for visit_id, until_s in doors.items():
        if visit_id in left:
            left[visit_id] = behind_door(left[visit_id], until_s)
    torn = _bind_to_begun(day, started, left)
    why = {i: "LOCKED_DOOR" if i in doors else "WINDOW_PAST" for i, v in left.items() if not v.windows_s}
    # Linked visits are dropped together, unless one of them has started.
    fallen = set(why)
    while more := {b for a, b, *_ in links(day) if a in fallen and b in left and b not in fallen and b not in torn}:
        fallen |= more
    closed = []
    for i, v in left.items():
        if i in fallen:
            values: dict[str, str | int | float] = {"group": v.link_group or "", "n_teams": len(v.slots)}
            closed.append(Unserved(i, v.building_id, (Reason(why.get(i, "LINKED_VISIT_UNSERVED"), values),)))
    visits = [v for i, v in left.items() if i not in fallen]
    ids = {v.visit_id for v in visits}
    return visits, [x for x in day.lags if x.before in ids and x.after in ids], closed


def _bind_to_begun(day: Problem, started: Mapping[str, int], left: dict[str, Visit]) -> set[str]:
    """Turn visits linked to started visits into must-visits, in the windows that the links allow; return their ids."""
    bound: set[str] = set()
    for one, other, lo, hi, _ in links(day):
        if one in started and other in left:
            begun = started[one]
            left[other] = replace(cut_windows(left[other], begun + lo, begun + hi), is_must=True)
            bound.add(other)
    return bound


def _with_places(day: Problem, active: Sequence[TeamPosition], known: Problem, at_s: int) -> Problem:
    """
    Return the problem with a row in the travel tables for each team's position; no leg leads back to it.

    `known`: problem of the day with only the road closures known before the new events.
    """
    n, m = len(day.places), len(active)
    wide, metres = np.full((n + m, n + m), day.unreachable, np.int64), np.zeros((n + m, n + m), np.int64)
    wide[:n, :n], metres[:n, :n] = day.travel_s, day.distance_m
    for k, x in enumerate(active):
        wide[n + k, :n] = seconds_from(day, x, known.travel_s, at_s)
        wide[n + k, n + k] = 0
        metres[n + k, :n] = metres_from(day, x)
    places = {**day.places, **{_AT + x.team.team_id: n + k for k, x in enumerate(active)}}
    homes = [day.places[x.team.end_base_id or x.team.base_id] for x in active]
    teams = tuple(_team_from(x, int(wide[n + k, home])) for k, (x, home) in enumerate(zip(active, homes, strict=True)))
    return replace(day, places=places, travel_s=wide, distance_m=metres, teams=teams)


def seconds_from(day: Problem, x: TeamPosition, before: Int64s, at_s: int) -> Int64s:
    """
    Return the seconds from a team's position to every place, counted from the time `free_s` at which it is free.

    A team on the road drives on via its destination, or turns back at `at_s` if that is faster. It is never faster than
    a direct drive from its last place; a place without a road from there is unreachable. `before`: travel seconds with
    the road closures known when the team left, (places, places).
    """
    table, origin, no_road = day.travel_s, day.places[x.place], day.unreachable
    straight: Int64s = table[origin].astype(np.int64)
    if x.heading is None:
        return straight
    ahead = day.places[x.heading.place]
    # A closure does not delay a team that has already arrived.
    is_there = x.heading.arrive_s <= at_s
    longer = 0 if is_there else max(0, int(table[origin, ahead]) - int(before[origin, ahead]))
    onward = max(0, x.heading.arrive_s + longer - x.free_s) + np.where(np.arange(len(table)) == ahead, 0, table[ahead])
    back = (at_s - x.left_s) + np.where(np.arange(len(table)) == origin, 0, straight)
    found = np.maximum(np.minimum(onward, back), x.left_s + straight - x.free_s)
    row: Int64s = np.where(straight >= no_road, no_road, np.minimum(found, no_road))
    if is_there:
        row[ahead] = 0
    return row


def metres_from(day: Problem, x: TeamPosition) -> Int64s:
    """Return the metres from a team's last place to each place, (places,), via its destination if on the road."""
    origin = day.places[x.place]
    onward: Int64s = day.distance_m[origin].copy()
    if x.heading is not None:
        ahead = day.places[x.heading.place]
        onward = day.distance_m[origin, ahead] + day.distance_m[ahead]
        onward[ahead] = day.distance_m[origin, ahead]
    return onward


def _team_from(x: TeamPosition, leg_home_s: int) -> Team:
    """Return the team for the remaining problem, with its position as base; an overdue break is due at once."""
    team, end, pause = x.team, _end_of_shift(x), None
    if team.break_time is not None and x.break_s is None:
        latest = max(team.break_time.latest_s, x.free_s)
        begins = max(team.break_time.earliest_s, x.free_s)
        fits = begins + team.break_time.length_s + leg_home_s <= end
        pause = replace(team.break_time, latest_s=latest) if fits else None
    return replace(
        team,
        base_id=_AT + team.team_id,
        end_base_id=team.end_base_id or team.base_id,
        shift_s=(x.free_s, end),
        max_duty_s=None if x.has_departed else team.max_duty_s,
        break_time=pause,
    )
