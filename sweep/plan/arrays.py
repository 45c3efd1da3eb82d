"""The problem as flat arrays that the compiled search reads: a task is one slot of one visit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from sweep.plan.problem import Problem
from sweep.records import Team, Visit

# A service time that marks a team which may not fill the slot.
FORBIDDEN = -1
LONG_S = 1 << 40
# What a must-visit adds to its value: more than all values together.
MUST_WORTH = 1_000.0

Ints = NDArray[np.int64]


class Arrays(NamedTuple):
    """Tasks i, units u (all tasks of a visit, or of a link group), teams k, places p."""

    place: Ints
    """Place of each task, (tasks,)."""
    unit: Ints
    """Unit of each task, (tasks,)."""
    is_exact: NDArray[np.bool_]
    """Whether the task's visit has several slots, whose starts must be equal, (tasks,)."""
    unit_start: Ints
    """Tasks of unit u are unit_tasks[unit_start[u]:unit_start[u + 1]], (units + 1,)."""
    unit_tasks: Ints
    worth: NDArray[np.float64]
    """Value of each unit, must-marks included, (units,)."""
    window_lo: Ints
    """(tasks, windows), ascending; unused ones are empty (lo > hi)."""
    window_hi: Ints
    service: Ints
    """Seconds inside, (tasks, teams), FORBIDDEN where the team may not."""
    travel: Ints
    """(places, places)."""
    base: Ints
    """Place of each team's base, (teams,)."""
    shift_lo: Ints
    shift_hi: Ints
    near: Ints
    """For each task, all tasks from near to far, (tasks, tasks). Quadratic: 2,000 tasks take 32 MB."""
    tolerance: int
    """Largest difference of starts inside a link group, seconds."""
    unreachable: int


def active_teams(teams: Sequence[Team]) -> list[Team]:
    """The teams that get a route."""
    return [t for t in teams if not t.is_reserve]


def make_arrays(problem: Problem, teams: Sequence[Team]) -> Arrays:
    """
    The arrays for the visits and the active teams.

    Parameters
    ----------
    teams
        Active ones only.
    """
    tasks = [(v, s.slot) for v in problem.visits for s in v.slots]
    keys = [v.link_group or v.visit_id for v, _ in tasks]
    units = {key: u for u, key in enumerate(dict.fromkeys(keys))}
    unit = np.array([units[k] for k in keys], np.int64)
    order = np.argsort(unit, kind="stable")
    place = np.array([problem.places[v.building_id] for v, _ in tasks], np.int64)
    window_lo, window_hi = _windows([v for v, _ in tasks])
    return Arrays(
        place=place,
        unit=unit,
        is_exact=np.array([len(v.slots) > 1 for v, _ in tasks], np.bool_),
        unit_start=np.searchsorted(unit[order], np.arange(len(units) + 1)).astype(np.int64),
        unit_tasks=order.astype(np.int64),
        worth=_worths(problem.visits, units),
        window_lo=window_lo,
        window_hi=window_hi,
        service=_service(problem, tasks, teams),
        travel=problem.travel_s,
        base=np.array([problem.places[t.base_id] for t in teams], np.int64),
        shift_lo=np.array([t.shift_s[0] for t in teams], np.int64),
        shift_hi=np.array([t.shift_s[1] for t in teams], np.int64),
        near=np.argsort(problem.travel_s[np.ix_(place, place)], axis=1, kind="stable").astype(np.int64),
        tolerance=problem.link_tolerance_s,
        unreachable=problem.unreachable,
    )


def may_serve(problem: Problem, visit: Visit, slot: int, team: Team) -> bool:
    """Whether the team may fill the slot: district (C12), enough officers (C01, C17), no recusal (C10)."""
    needs = visit.slots[slot].min_certified
    return (
        visit.division_code in team.division_codes
        and all(team.n_certified.get(agency, 0) >= n for agency, n in needs.items())
        and not team.recusals & problem.conflict_keys(visit)
    )


def can_be_staffed(a: Arrays) -> NDArray[np.bool_]:
    """
    Whether each unit's tasks can all have a team of their own at one time, (units,).

    Tasks that start together need as many teams, unless one of them is over within the tolerance: then this asks for
    some team for each task only.
    """
    staffed = np.zeros(len(a.worth), np.bool_)
    for u in range(len(a.worth)):
        tasks = a.unit_tasks[a.unit_start[u] : a.unit_start[u + 1]]
        allowed = a.service[tasks] != FORBIDDEN
        if len(tasks) == 1 or a.service[tasks][allowed].min(initial=LONG_S) <= a.tolerance:
            staffed[u] = bool(allowed.any(axis=1).all())
        else:
            teams = maximum_bipartite_matching(csr_array(allowed), perm_type="column")
            staffed[u] = bool((teams >= 0).all())
    return staffed


def _service(problem: Problem, tasks: Sequence[tuple[Visit, int]], teams: Sequence[Team]) -> Ints:
    seconds = np.full((len(tasks), len(teams)), FORBIDDEN, np.int64)
    for i, (visit, slot) in enumerate(tasks):
        for k, team in enumerate(teams):
            if may_serve(problem, visit, slot, team):
                seconds[i, k] = problem.service_s(visit, slot, len(team.member_ids))
    return seconds


def _worths(visits: Sequence[Visit], units: Mapping[str, int]) -> NDArray[np.float64]:
    worth = np.zeros(len(units))
    for v in visits:
        worth[units[v.link_group or v.visit_id]] += v.value + (MUST_WORTH if v.is_must else 0.0)
    return worth


def _windows(visits: Sequence[Visit]) -> tuple[Ints, Ints]:
    width = max((len(v.windows_s) for v in visits), default=1)
    lo = np.full((len(visits), width), 1, np.int64)
    hi = np.zeros((len(visits), width), np.int64)
    for i, v in enumerate(visits):
        for w, (start, end) in enumerate(sorted(v.windows_s)):
            lo[i, w], hi[i, w] = start, end
    return lo, hi
