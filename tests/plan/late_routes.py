"""Random routes, late and overfull ones among them, of random problems."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import assume

from sweep.plan.kernel.arrays import FORBIDDEN, NONE
from sweep.plan.search.layout import make_arrays
from sweep.plan.warp.net import Net, has_free_routes, make_net
from sweep.plan.warp.routes import Routes, empty_routes, refresh
from tests.plan.priced import priced_problem


def a_net(seed: int) -> Net:
    problem = priced_problem(seed)
    arrays = make_arrays(problem, problem.teams)
    assume(has_free_routes(arrays))
    net = make_net(arrays)
    # A leg where there is no road takes a year: rounding would hide the rest.
    return net._replace(travel=np.minimum(net.travel, 20_000))


def routes_by_chance(net: Net, rng: np.random.Generator) -> Routes:
    """Some tasks in some order with teams that may serve them, late and overfull."""
    n = net.n_tasks
    r = empty_routes(net, n)
    for i in rng.permutation(n):
        may = [k for k in range(len(net.crew)) if net.service[net.crew["kind"][k], i] != FORBIDDEN]
        if may and rng.random() < 0.8:
            k = int(rng.choice(may))
            r.route["length"][k] += 1
            r.step["task"][k, r.route["length"][k]] = i
    for k in range(len(net.crew)):
        refresh(net, r, k)
    return r


def tasks_of(r: Routes, k: int) -> list[int]:
    return [int(i) for i in r.step["task"][k, 1 : r.route["length"][k] + 1]]


def assert_whole(net: Net, r: Routes) -> None:
    """Each task is in one place at most, and where it is said to be."""
    spots: dict[int, Any] = {i: (k, p) for k in range(len(net.crew)) for p, i in enumerate(tasks_of(r, k), 1)}
    assert len(spots) == r.route["length"].sum()
    for i in range(net.n_tasks):
        team, pos = int(r.spot["team"][i]), int(r.spot["pos"][i])
        assert (team, pos) == spots[i] if i in spots else team == NONE
