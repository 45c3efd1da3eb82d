"""Plan of one component from integral routes of the relaxation, with synchronised start times."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from geodata.array_types import Float64s
from sweep.plan.bound.branch_nodes import RouteUse
from sweep.plan.bound.components import Component, IdenticalTeams
from sweep.plan.kernel.problem_arrays import NONE
from sweep.plan.kernel.route_times import first_start

type Routes = list[tuple[int, list[int], list[int]]]
"""Route of each team: kind of team, tasks in order, and their starts in seconds."""


def integral_plan(pool: Component, share: Float64s, uses: Sequence[RouteUse]) -> Routes | None:
    """
    Return the routes of an integral LP solution, with synchronised starts; None if fractional or infeasible.

    `share` is the LP value of each unit, (units,); `uses`: routes with a positive LP value. The result serves the units
    of value 1 and keeps links and windows.
    """
    if any(abs(x - round(x)) > 1e-4 for x in (*share, *(use.share for use in uses))):
        return None
    left = np.where(np.round(share)[pool.unit] == 1, pool.demand, 0)
    routes = []
    for use in uses:
        for _ in range(round(use.share)):
            # Surplus visits to a task are dropped.
            tasks = [int(i) for n, i in enumerate(use.tasks) if left[i] > 0 and i not in use.tasks[:n]]
            left[tasks] -= 1
            routes.append((use.kind, tasks))
    starts = None if left.any() else _common_starts(pool, routes)
    if starts is None:
        return None
    return [(kind, tasks, [starts[int(pool.visit[i])] for i in tasks]) for kind, tasks in routes]


def value_loss(pool: Component, routes: Routes) -> float:
    """Return the total value that the visits of `routes` lose on their teams' days against their best days."""
    lost = [dict(zip(kind.tasks.tolist(), kind.loss.tolist(), strict=True)) for kind in pool.kinds]
    return float(sum(lost[k][i] for k, tasks, _ in routes for i in tasks))


def _common_starts(pool: Component, routes: Sequence[tuple[int, list[int]]]) -> dict[int, int] | None:
    """Return the earliest start of each visit under `routes` (kind, tasks), links and windows; None if not found."""
    start = {int(pool.visit[i]): 0 for _, tasks in routes for i in tasks}
    task = {int(pool.visit[i]): i for _, tasks in routes for i in tasks}
    # Limit on rounds of pushing; beyond it the plan is dropped.
    for _ in range(1_000):
        before = dict(start)
        for kind, tasks in routes:
            if not _delay(pool, kind, tasks, start):
                return None
        for v in start:
            lag = pool.lag[v]
            start[v] = max(start[v], *(start[w] - int(lag[w]) for w in start if lag[w] < np.inf))
            start[v] = first_start(pool.windows, task[v], start[v])
            if start[v] == NONE:
                return None
        if start == before:
            return start
    return None


def _delay(pool: Component, kind: int, tasks: Sequence[int], start: dict[int, int]) -> bool:
    """
    Delay the starts of a route's visits until the team can keep them; return whether break and shift allow the route.

    `start`, by visit, is changed in place. The break is taken where it delays no start, else at the last chance.
    """
    team = pool.kinds[kind].team
    at = {int(i): n for n, i in enumerate(pool.kinds[kind].tasks)}
    free, before, has_to_rest = team.shift_lo, NONE, team.break_s > 0
    for i in tasks:
        here, v = at[i], int(pool.visit[i])
        leg = int(team.out[here] if before == NONE else team.travel[before, here])
        start[v] = max(start[v], free + leg)
        after = max(free, team.break_lo) + team.break_s
        if has_to_rest and (after + leg <= start[v] or start[v] + team.service[here] > team.break_hi):
            if free > team.break_hi:
                return False
            start[v], has_to_rest = max(start[v], after + leg), False
        free, before = start[v] + int(team.service[here]), here
    if has_to_rest:
        if free > team.break_hi:
            return False
        free = max(free, team.break_lo) + team.break_s
    return before == NONE or free + team.back[before] <= team.shift_hi


class TimedRoutes(NamedTuple):
    """Stops and breaks of some teams; teams and slots are rows of the arrays."""

    stops: list[tuple[int, int, int]]
    """One (team, slot, start in seconds after midnight) for each stop."""
    breaks_s: dict[int, int]
    """Start of the break in seconds after midnight, by team, for teams that have one."""


def timed(pool: Component, routes: Routes) -> TimedRoutes:
    """Assign routes (kind, tasks, starts) to teams and slots; a break starts at the first time that delays no stop."""
    free = [list(kind.teams) for kind in pool.kinds]
    slots = [list(slots) for slots in pool.slots]
    made = TimedRoutes([], {})
    for kind, tasks, starts in routes:
        team = int(free[kind].pop(0))
        made.stops.extend((team, int(slots[i].pop(0)), start) for i, start in zip(tasks, starts, strict=True))
        if (break_s := _first_break(pool.kinds[kind], tasks, starts)) is not None:
            made.breaks_s[team] = break_s
    return made


def _first_break(kind: IdenticalTeams, tasks: Sequence[int], starts: Sequence[int]) -> int | None:
    """Return the earliest break start that delays no stop; None if there is no such start, or no break is needed."""
    # A team without stops has no break.
    if len(tasks) == 0:
        return None
    team, at = kind.team, [int(np.flatnonzero(kind.tasks == i)[0]) for i in tasks]
    frees = [team.shift_lo, *(start + int(team.service[i]) for start, i in zip(starts, at, strict=True))]
    legs = [team.out[at[0]], *(team.travel[i, j] for i, j in pairwise(at)), team.back[at[-1]]]
    for free, leg, until in zip(frees, legs, (*starts, team.shift_hi), strict=True):
        break_s = max(free, team.break_lo)
        if team.break_s > 0 and break_s <= team.break_hi and break_s + team.break_s + leg <= until:
            return break_s
    return None
