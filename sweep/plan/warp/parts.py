"""
A plan cut in two parts, each with teams and tasks of its own, which are improved apart and joined again.

References
----------
Santini, Schneider, Vidal and Vigo 2023, Decomposition strategies for vehicle routing heuristics: routes go together by
where their middles lie.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geodata.arrays import Bools, Int64s
from sweep.plan.kernel.arrays import FORBIDDEN, NONE
from sweep.plan.warp.net import Net
from sweep.plan.warp.routes import Routes


class Subproblem(NamedTuple):
    """Some of the teams and what they may serve."""

    teams: Int64s
    """Rows of the whole plan's teams, (teams of the part,)."""
    net: Net
    routes: Routes
    """Those of the part's teams; tasks are numbered as in the whole plan."""


def halves(net: Net, r: Routes, rng: np.random.Generator) -> list[Subproblem]:
    """
    The routes nearer to one drawn, and those nearer to the route that is farthest from it: as many of each.

    There must be two or more. A task that is out goes with the nearest one that is in, and teams without a route go to
    each part in turn.
    """
    used = np.flatnonzero(r.route["length"])
    middles = [_middle(net, r, int(k)) for k in used]
    way = net.travel[net.crew["profile"][0]][np.ix_(middles, middles)].astype(np.int64)
    one = int(rng.integers(len(used)))
    order = np.argsort(way[one] - way[np.argmax(way[one])], kind="stable")
    is_second = np.arange(len(net.crew)) % 2 == 1
    is_second[used[order]] = np.arange(len(used)) >= len(used) // 2
    of_task = is_second[_nearest_team(net, r)]
    return [_part(net, r, is_second == side, of_task == side) for side in (False, True)]


def join(r: Routes, teams: Int64s, part: Routes) -> None:
    """Go the part's routes in the whole plan; of the other parts none may hold the same task."""
    r.step[teams], r.route[teams] = part.step, part.route
    is_in = part.spot["team"] != NONE
    r.spot["team"][is_in], r.spot["pos"][is_in] = teams[part.spot["team"][is_in]], part.spot["pos"][is_in]


def _middle(net: Net, r: Routes, k: int) -> int:
    """The place of team k's stop that is nearest to all its others."""
    places = net.node["place"][r.step["task"][k, 1 : r.route["length"][k] + 1]]
    way = net.travel[net.crew["profile"][k]][np.ix_(places, places)].astype(np.int64)
    return int(places[np.argmin(way.sum(axis=0) + way.sum(axis=1))])


def _nearest_team(net: Net, r: Routes) -> Int64s:
    """The team of each task; of one that is out that of the nearest one that is in, team 0 if none of its near is."""
    team = r.spot["team"]
    beside = np.take_along_axis(team[net.near], np.argmax(team[net.near] != NONE, axis=1)[:, None], axis=1)[:, 0]
    nearest: Int64s = np.maximum(np.where(team == NONE, beside, team), 0)
    return nearest


def _part(net: Net, r: Routes, is_mine: Bools, is_offered: Bools) -> Subproblem:
    teams = np.flatnonzero(is_mine)
    service = net.service.copy()
    service[:, : net.n_tasks][:, ~is_offered] = FORBIDDEN
    row = np.full(len(is_mine), NONE)
    row[teams] = np.arange(len(teams))
    routes = Routes(r.step[teams], r.route[teams], r.spot.copy(), r.buffer.copy())
    is_in = r.spot["team"] != NONE
    routes.spot["team"][is_in] = row[r.spot["team"][is_in]]
    return Subproblem(
        teams, net._replace(tasks=np.flatnonzero(is_offered), crew=net.crew[teams], service=service), routes
    )
