"""A plan of one pool from whole routes of the relaxation: who goes where, and when all can start together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geodata.arrays import Float64s
from sweep.plan.bound.nodes import Use
from sweep.plan.bound.pools import Pool
from sweep.plan.kernel.arrays import NONE
from sweep.plan.kernel.times import first_start

# Starts are pushed later in rounds; a plan that takes more of them than this many is given up.
MOST_PUSHES = 1_000

type Routes = list[tuple[int, list[int], list[int]]]
"""Kind, tasks in order and their starts of each team."""


def whole_plan(pool: Pool, share: Float64s, uses: Sequence[Use]) -> Routes | None:
    """
    Routes that serve the units of share 1 with all teams of a visit starting together, links kept; None if there are
    none such, or the relaxation's routes are not whole.
    """
    if any(abs(x - round(x)) > 1e-4 for x in (*share, *(use.share for use in uses))):
        return None
    left = np.where(np.round(share)[pool.unit] == 1, pool.demand, 0)
    routes = []
    for use in uses:
        for _ in range(round(use.share)):
            # What a route goes past once more than needed is left out.
            tasks = [int(i) for n, i in enumerate(use.tasks) if left[i] > 0 and i not in use.tasks[:n]]
            left[tasks] -= 1
            routes.append((use.kind, tasks))
    starts = None if left.any() else _common_starts(pool, routes)
    if starts is None:
        return None
    return [(kind, tasks, [starts[int(pool.visit[i])] for i in tasks]) for kind, tasks in routes]


def lost_by(pool: Pool, routes: Routes) -> float:
    """What the visits of routes are worth less on their days than on their best."""
    lost = [dict(zip(kind.tasks.tolist(), kind.loss.tolist(), strict=True)) for kind in pool.kinds]
    return float(sum(lost[k][i] for k, tasks, _ in routes for i in tasks))


def _common_starts(pool: Pool, routes: Sequence[tuple[int, list[int]]]) -> dict[int, int] | None:
    """Earliest start of each visit: all are pushed later until every team, link and window is content."""
    start = {int(pool.visit[i]): 0 for _, tasks in routes for i in tasks}
    task = {int(pool.visit[i]): i for _, tasks in routes for i in tasks}
    for _ in range(MOST_PUSHES):
        before = dict(start)
        for kind, tasks in routes:
            if not _push(pool, kind, tasks, start):
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


def _push(pool: Pool, kind: int, tasks: Sequence[int], start: dict[int, int]) -> bool:
    """Start each task of a route as soon as the one before allows; whether the team is back in time."""
    team = pool.kinds[kind].team
    at = {int(i): n for n, i in enumerate(pool.kinds[kind].tasks)}
    free, before = team.shift_lo, NONE
    for i in tasks:
        here, v = at[i], int(pool.visit[i])
        leg = team.out[here] if before == NONE else team.travel[before, here]
        start[v] = max(start[v], int(free + leg))
        free, before = start[v] + int(team.service[here]), here
    return before == NONE or free + team.back[before] <= team.shift_hi


def stops_of(pool: Pool, routes: Routes) -> list[tuple[int, int, int]]:
    """Team, slot and start of each stop, by row in the arrays."""
    free = [list(kind.teams) for kind in pool.kinds]
    slots = [list(slots) for slots in pool.slots]
    stops = []
    for kind, tasks, starts in routes:
        team = int(free[kind].pop(0))
        stops += [(team, int(slots[i].pop(0)), start) for i, start in zip(tasks, starts, strict=True)]
    return stops
