"""State of the search: routes with earliest and latest starts, and their elementary changes."""

from typing import NamedTuple

import numpy as np

from geodata.array_types import Bools, Int32s, Int64s
from geodata.numba_options import compiled, compiled_internal, compiled_lean, inlined
from geodata.tuple_by_reference import pass_by_reference
from sweep.plan.kernel.problem_arrays import NONE, Arrays, Table, row_of

STOP = row_of("task at leg")
FILL = row_of("team pos early late at slack")
CAP = row_of("used most")
TEAM_NOW = row_of(
    "length widest home idle others mean over waits work even", ("is_touched", np.bool_), ("is_noted", np.bool_)
)


@pass_by_reference
class SearchState(NamedTuple):
    """
    Routes as tasks in order with their times, changed in place by the search only.

    Fields are grouped in records because a call from Python unpacks each array.
    """

    stop: Table
    """
    `task` in order, and its place `at` (a break's is that of the stop before it); `leg`: seconds from the place before,
    (teams, longest).
    """
    team: Table
    """
    State of each team, (teams,), as described below.

    `length`: number of stops. `widest`: largest gap between the end of one stop and the latest start of the next,
    seconds, LATEST if coupled. `home`: seconds from the last place to the end, 0 for an empty route. `is_touched`:
    changed since the last `restore`.

    As of the last `update_duty_times`: `idle` seconds, `others`: largest idle time of other teams, `mean`: of all
    teams, `over`: overtime, `waits`: waiting seconds, `work`: travel and service seconds, `even`: their mean over all
    teams. `is_noted`: unchanged since then.
    """
    fill: Table
    """
    `team` of each task or NONE, `pos` in its route, `early`: earliest start, `late`: latest start that keeps all
    dependent stops feasible. As of the last `update_duty_times`: `at`: start under the team's latest departure,
    `slack`: seconds of delay without cost, (tasks,).
    """
    service: Int32s
    """Service seconds as in `Arrays.service`, for the current members of the teams, (teams, tasks)."""
    member: Int64s
    """Team of each person, NONE without a team, (people,)."""
    cap: Table
    """`used`: load of the served units on each cap; `most`: capacity of the cap, (caps,)."""


def copy_state(s: SearchState) -> SearchState:
    """Return a copy of the state that shares no memory with it."""
    return s._replace(**{name: part.copy() for name, part in s._asdict().items()})


@compiled_internal
def restore(a: Arrays, s: SearchState, source: SearchState) -> None:
    """
    Copy into `s` the routes of `source` that differ: those of the teams marked `is_touched` in `s`.

    All times are copied if routes depend on each other (`a.is_coupled`), since a change moves those of other teams.
    """
    for k in range(s.team.shape[0]):
        if s.team[k].is_touched:
            for p in range(s.team[k].length):
                s.fill[s.stop[k, p].task].team = NONE
    for k in range(s.team.shape[0]):
        if not s.team[k].is_touched:
            continue
        n = int(source.team[k].length)
        s.team[k].length, s.team[k].widest = n, source.team[k].widest
        s.team[k].home, s.team[k].is_noted = source.team[k].home, False
        for p in range(n):
            i = int(source.stop[k, p].task)
            s.stop[k, p].task, s.stop[k, p].at, s.stop[k, p].leg = i, source.stop[k, p].at, source.stop[k, p].leg
            s.fill[i].team, s.fill[i].pos = k, p
            s.fill[i].early, s.fill[i].late = source.fill[i].early, source.fill[i].late
        if s.member.shape[0] > 0:
            for i in range(s.service.shape[1]):
                s.service[k, i] = source.service[k, i]
        s.team[k].is_touched = False
    if a.is_coupled:
        for i in range(s.fill.shape[0]):
            start_at(s, i, source.fill[i].early)
            s.fill[i].late = source.fill[i].late
    for p in range(s.member.shape[0]):
        s.member[p] = source.member[p]
    for c in range(s.cap.shape[0]):
        s.cap[c].used = source.cap[c].used


@compiled
def assign_state(to: SearchState, source: SearchState) -> None:
    """Copy all arrays of the state `source` into the state `to`."""
    to.stop[:] = source.stop
    to.team[:] = source.team
    to.fill[:] = source.fill
    to.member[:] = source.member
    to.cap[:] = source.cap
    if to.member.shape[0] > 0:
        to.service[:] = source.service
    for k in range(to.team.shape[0]):
        to.team[k].is_touched = False


@inlined
def start_at(s: SearchState, i: int, start: int) -> None:
    """Set task i's earliest start, without propagation; mark its team's overtime, waiting and idle time as outdated."""
    if s.fill[i].early != start:
        s.fill[i].early = start
        if s.fill[i].team != NONE:
            s.team[s.fill[i].team].is_noted = False


@inlined
def is_idle(a: Arrays, s: SearchState, k: int) -> bool:
    """Whether team k's route is empty, or holds only its break."""
    n = s.team[k].length
    return bool(n == 0 or (n == 1 and s.stop[k, 0].task == a.team[k].break_task))


@compiled_lean
def insert_task(a: Arrays, s: SearchState, i: int, k: int, p: int) -> None:
    """Insert task i into team k's route before its p-th stop (from 0), or at its end; times are not updated."""
    for q in range(s.team[k].length, p, -1):
        _move_stop(s, k, q - 1, q)
    s.stop[k, p].task = i
    s.team[k].length += 1
    s.fill[i].team, s.fill[i].pos = k, p
    if s.cap.shape[0] > 0:
        _count_load(a, s, i, 1)
    s.team[k].is_touched, s.team[k].is_noted = True, False
    _place_stops(a, s, k, p, p + 1)


@compiled_lean
def remove_task(a: Arrays, s: SearchState, i: int) -> None:
    """Remove task i from its route; times are not updated."""
    k, p = s.fill[i].team, s.fill[i].pos
    for q in range(p, s.team[k].length - 1):
        _move_stop(s, k, q + 1, q)
    s.team[k].length -= 1
    s.fill[i].team = NONE
    if s.cap.shape[0] > 0:
        _count_load(a, s, i, -1)
    s.team[k].is_touched, s.team[k].is_noted = True, False
    _place_stops(a, s, k, p, p)


@compiled_internal
def _count_load(a: Arrays, s: SearchState, i: int, sign: int) -> None:
    """Add the load of task i's unit to the caps (`sign` 1) or remove it (-1); only for the first task of the unit."""
    u = int(a.task[i].unit)
    if u != NONE and a.units[u].first == i:
        for x in range(a.units[u].cap_from, a.units[u].cap_to):
            s.cap[a.extra[x].cap].used += sign * a.extra[x].load


@compiled_lean
def fits_caps(a: Arrays, s: SearchState, u: int) -> bool:
    """Whether the remaining capacity of all caps suffices for the unserved unit u (linked visits)."""
    for x in range(a.units[u].cap_from, a.units[u].cap_to):
        if s.cap[a.extra[x].cap].used + a.extra[x].load > s.cap[a.extra[x].cap].most:
            return False
    return True


@compiled_internal
def _move_stop(s: SearchState, k: int, p: int, to: int) -> None:
    s.stop[k, to].task, s.stop[k, to].at, s.stop[k, to].leg = s.stop[k, p].task, s.stop[k, p].at, s.stop[k, p].leg
    s.fill[s.stop[k, p].task].pos = to


@compiled_internal
def _place_stops(a: Arrays, s: SearchState, k: int, p: int, moved: int) -> None:
    """Update places and legs of team k's stops from position p; those from `moved` on have just shifted by one."""
    place, travel = a.team[k].base if p == 0 else s.stop[k, p - 1].at, a.travel[0]
    for q in range(p, s.team[k].length):
        here = a.task[s.stop[k, q].task].place
        if here == NONE:
            here = place
        is_as_before = q >= moved and here == s.stop[k, q].at
        s.stop[k, q].at, s.stop[k, q].leg = here, travel[place, here]
        # The first visit next to a break changes the return leg at any position.
        if is_as_before and s.team[k].length > 2:
            return
        place = here
    # An empty route has no leg from the base to the end.
    s.team[k].home = 0 if is_idle(a, s, k) else travel[place, a.team[k].end]


@compiled_lean
def remove_unit(a: Arrays, s: SearchState, u: int) -> None:
    """Remove all tasks of unit u (linked visits); times are not updated."""
    for x in range(a.units[u].task_from, a.units[u].task_to):
        if s.fill[a.task[x].of_unit].team != NONE:
            remove_task(a, s, a.task[x].of_unit)


@compiled_internal
def may_remove(a: Arrays, u: int, is_loose: Bools) -> bool:
    """Whether unit u (linked visits) is not locked, and has not been removed in this round (`is_loose`)."""
    return bool(u != NONE and not a.units[u].is_locked and not is_loose[u])


@compiled_internal
def remove_and_mark(a: Arrays, s: SearchState, u: int, open_teams: Bools, is_loose: Bools) -> None:
    """Remove unit u (linked visits), and mark its teams as open and the unit as removed; times are not updated."""
    for y in range(a.units[u].task_from, a.units[u].task_to):
        if s.fill[a.task[y].of_unit].team != NONE:
            open_teams[s.fill[a.task[y].of_unit].team] = True
    is_loose[u] = True
    remove_unit(a, s, u)
