"""Initial solution of the search: empty routes, or given routes as far as they are feasible."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from geodata.array_types import Int64s
from sweep.plan.kernel.insertion import update_times
from sweep.plan.kernel.problem_arrays import FORBIDDEN, LATEST, NONE, Arrays
from sweep.plan.kernel.route_schedule import compute_starts
from sweep.plan.kernel.search_state import (
    CAP,
    FILL,
    STOP,
    TEAM_NOW,
    SearchState,
    assign_state,
    copy_state,
    fits_caps,
    insert_task,
    remove_unit,
)
from sweep.plan.problem.problem import Problem, task_rows
from sweep.records.people import Team
from sweep.records.plan import Route

# Start, task and team of each stop of a unit.
type Stops = Sequence[tuple[int, int, int]]


def empty_state(a: Arrays, member: Int64s | None = None) -> SearchState:
    """Return a state with no stops but breaks; `member`: team row of each movable person, None: teams are fixed."""
    n_teams, n_tasks = a.service.shape
    longest = a.longest + int((a.team["break_task"] != NONE).any())
    s = SearchState(
        stop=np.full((n_teams, longest), NONE, STOP),
        team=np.zeros(n_teams, TEAM_NOW),
        fill=np.zeros(n_tasks, FILL),
        service=a.service.copy(),
        member=np.zeros(0, np.int64) if member is None else member.copy(),
        cap=np.zeros(a.n_caps, CAP),
    )
    s.cap["most"] = a.extra["load"][: a.n_caps]
    s.fill["team"], s.fill["pos"], s.team["widest"] = NONE, NONE, LATEST
    for k in range(n_teams):
        if a.team["break_task"][k] != NONE:
            insert_task(a, s, int(a.team["break_task"][k]), k, 0)
    s.team["is_touched"] = True
    compute_starts(a, s)
    s.team["is_touched"] = False
    return s


def with_routes(
    problem: Problem, a: Arrays, teams: Sequence[Team], routes: Sequence[Route], member: Int64s | None = None
) -> SearchState:
    """
    Return a state with the stops of `routes`; if these are infeasible together, only with the units that fit.

    In that case units are inserted one by one, in order of start, and omitted whole if they do not fit. Stops unknown
    to the problem or at a locked door are omitted. `teams`: active teams. `member`: team row of each movable person.
    """
    state = empty_state(a, member)
    tasks = task_rows(problem)
    row = {t.team_id: k for k, t in enumerate(teams)}
    wanted: dict[int, list[tuple[int, int, int]]] = {}
    for route in routes:
        for stop in route.stops:
            i = tasks.get((stop.visit_id, stop.slot), NONE)
            if i != NONE and route.team_id in row and not stop.is_attempt:
                wanted.setdefault(int(a.task["unit"][i]), []).append((stop.start_s, i, row[route.team_id]))
    whole = {u: stops for u, stops in wanted.items() if _may_be_put(a, state, u, stops)}
    if not _put_all(a, state, whole, {row[r.team_id]: r.break_s and r.break_s[0] for r in routes if r.team_id in row}):
        for unit in sorted(whole, key=lambda u: min(whole[u])):
            _put_unit(a, state, unit, whole[unit])
    return state


def with_stops(
    a: Arrays, state: SearchState, teams: Collection[int], stops: Stops, pauses: Mapping[int, int | None]
) -> SearchState | None:
    """
    Return the state in which `stops` replace the routes of `teams`; None if infeasible or a unit is incomplete.

    `teams`: rows of the teams. `stops` are (team, task, start). `pauses` has the start of the break by team; a break
    without a start comes before all stops. `state` is not changed.
    """
    changed = copy_state(state)
    for k in teams:
        units = a.task["unit"][changed.stop["task"][k, : changed.team["length"][k]]]
        for u in {int(u) for u in units if u != NONE}:
            remove_unit(a, changed, u)
    wanted: dict[int, list[tuple[int, int, int]]] = {}
    for k, i, start_s in stops:
        wanted.setdefault(int(a.task["unit"][i]), []).append((start_s, i, k))
    if not all(_may_be_put(a, changed, u, unit) for u, unit in wanted.items()):
        return None
    changed.team["is_touched"] = True
    return changed if _put_all(a, changed, wanted, pauses) else None


def _may_be_put(a: Arrays, state: SearchState, unit: int, stops: Stops) -> bool:
    has_all = len(stops) == a.unit_start[unit + 1] - a.unit_start[unit]
    return has_all and all(state.service[k, i] != FORBIDDEN for _, i, k in stops) and _are_made_apart(a, stops)


def _are_made_apart(a: Arrays, stops: Stops) -> bool:
    """Whether linked visits that need different teams have no team in common in `stops`."""
    teams: dict[int, set[int]] = {}
    for _, i, k in stops:
        teams.setdefault(int(a.task["node"][i]), set()).add(k)
    links = ((v, link) for v in teams for link in a.link[a.link_start[v] : a.link_start[v + 1]] if link["is_apart"])
    return all(teams[v].isdisjoint(teams.get(int(link["to"]), ())) for v, link in links)


def _put_all(a: Arrays, state: SearchState, wanted: Mapping[int, Stops], pauses: Mapping[int, int | None]) -> bool:
    """
    Insert all stops as given; return False, with the state restored, if they are infeasible together.

    `wanted`: stops of each unit. `pauses`: start of each team's break; None: before all stops.
    """
    before = copy_state(state)
    stops = sorted(stop for unit in wanted.values() for stop in unit)
    for start_s, i, k in stops:
        n, pause = int(state.team["length"][k]), int(a.team["break_task"][k])
        if n >= state.stop.shape[1]:
            assign_state(state, before)
            return False
        pause_s = pauses.get(k)
        is_last = pause != NONE and state.fill["team"][pause] == k and state.fill["pos"][pause] == n - 1
        waits = is_last and pause_s is not None and pause_s >= start_s
        insert_task(a, state, i, k, n - 1 if waits else n)
    fits = bool((state.cap["used"] <= state.cap["most"]).all()) and compute_starts(a, state)
    if not fits:
        assign_state(state, before)
    return fits


def _put_unit(a: Arrays, state: SearchState, unit: int, stops: Stops) -> None:
    if any(state.team["length"][k] >= state.stop.shape[1] for _, _, k in stops) or not fits_caps(a, state, unit):
        return
    for start_s, i, k in stops:
        n = int(state.team["length"][k])
        p = n
        while p > 0 and state.fill["early"][state.stop["task"][k, p - 1]] > start_s:
            p -= 1
        insert_task(a, state, i, k, p)
    update_times(a, state, unit)
