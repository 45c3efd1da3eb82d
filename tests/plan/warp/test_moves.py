"""Time warp, loads and ways against a route gone stop by stop, and moves against routes before and after."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sweep.plan.kernel.arrays import FORBIDDEN, NONE
from sweep.plan.warp.moves import Price
from sweep.plan.warp.net import Net
from sweep.plan.warp.routes import Routes, copy_routes
from tests.plan.entered import change_of, make_move
from tests.plan.late_routes import a_net, assert_whole, routes_by_chance, tasks_of

EXCHANGE, TAILS, PUT, TAKE = range(4)
PRICE = Price(travel=1e-3, warp=3e-3, load=0.7, least=1e-9)


def gone(net: Net, k: int, tasks: list[int], since: tuple[int, int] | None = None) -> tuple[int, int]:
    """(seconds on the road, time warp) by hand, from the base or from (node, time)."""
    crew, node = net.crew[k], net.node
    here, t = (int(crew["first"]), int(node["lo"][crew["first"]])) if since is None else since
    way = warp = 0
    for i in (*tasks, int(crew["last"])):
        leg = int(net.travel[crew["profile"], node["place"][here], node["place"][i]])
        t = max(t + leg, int(node["lo"][i]))
        warp += max(0, t - int(node["hi"][i]))
        t = min(t, int(node["hi"][i])) + int(net.service[crew["kind"], i])
        way, here = way + leg, i
    return way, warp


def cost(net: Net, r: Routes) -> float:
    """By hand: ways, time warp and overload at their prices, less worth."""
    total = 0.0
    for k in range(len(net.crew)):
        tasks = tasks_of(r, k)
        if tasks:
            way, warp = gone(net, k, tasks)
            over = max(0, int(net.node["load"][tasks].sum()) - int(net.crew["capacity"][k]))
            total += PRICE.travel * way + PRICE.warp * warp + PRICE.load * over - float(net.node["worth"][tasks].sum())
    return total


@given(st.integers(0, 10_000))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_a_route_is_as_late_as_it_is_when_gone_stop_by_stop(seed: int) -> None:
    net, rng = a_net(seed), np.random.default_rng(seed)
    r = routes_by_chance(net, rng)
    for k in range(len(net.crew)):
        tasks = tasks_of(r, k)
        if not tasks:
            assert (r.route["way"][k], r.route["warp"][k], r.route["load"][k]) == (0, 0, 0)
            continue
        assert (r.route["way"][k], r.route["warp"][k]) == gone(net, k, tasks)
        assert r.route["load"][k] == net.node["load"][tasks].sum()


@given(st.integers(0, 10_000))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_the_rest_of_a_route_is_as_late_as_told_whenever_it_is_begun(seed: int) -> None:
    net, rng = a_net(seed), np.random.default_rng(seed)
    r = routes_by_chance(net, rng)
    for k in range(len(net.crew)):
        tasks = tasks_of(r, k)
        for p, i in enumerate(tasks, 1):
            arrival = int(rng.integers(40_000, 70_000))
            # At the stop itself, by the clock of a team that has no way to it.
            start = max(arrival, int(net.node["lo"][i]))
            late = max(0, start - int(net.node["hi"][i]))
            leaves = start - late + int(net.service[net.crew["kind"][k], i])
            by_hand = late + gone(net, k, tasks[p:], (i, leaves))[1]
            step = r.step[k, p]
            assert by_hand == step["warp_on"] + max(0, arrival - step["late"])


@pytest.mark.parametrize("kind", [EXCHANGE, TAILS, PUT, TAKE], ids=["exchange", "tails", "put", "take"])
@given(st.integers(0, 10_000))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_a_move_gains_what_it_is_said_to_gain(kind: int, seed: int) -> None:
    net, rng = a_net(seed), np.random.default_rng(seed)
    r = routes_by_chance(net, rng)
    before = cost(net, r)
    for _ in range(20):
        move = _drawn(net, r, kind, rng)
        if move is None:
            continue
        said = change_of(net, r, PRICE, kind, *move)
        after = copy_routes(r)
        make_move(net, after, kind, *move)
        true = cost(net, after) - before
        if said < -1e-9:
            assert said == pytest.approx(true, abs=1e-6)
            assert _may(net, after)
        else:
            assert true > -1e-6 or not _may(net, after)
        assert_whole(net, after)


def _drawn(net: Net, r: Routes, kind: int, rng: np.random.Generator) -> tuple[int, ...] | None:
    """Two teams, and position and number of stops of each; a put has the task instead of the second."""
    a, b = (int(k) for k in rng.integers(0, len(net.crew), 2))
    na, nb = int(r.route["length"][a]), int(r.route["length"][b])
    if kind == PUT:
        out = np.flatnonzero(r.spot["team"] == NONE)
        p = int(rng.integers(1, na + 2))
        return (a, p, int(p <= na and rng.random() < 0.5), int(rng.choice(out)), 0, 0) if len(out) else None
    if kind == TAKE:
        return (a, int(rng.integers(1, na + 1)), 1, 0, 0, 0) if na else None
    if kind == TAILS:
        is_alike = a != b and net.crew["tail"][a] == net.crew["tail"][b]
        return (a, int(rng.integers(0, na + 1)), 0, b, int(rng.integers(0, nb + 1)), 0) if is_alike else None
    if not na:
        return None
    i, j = int(rng.integers(1, na + 1)), int(rng.integers(1, nb + 2))
    n, m = int(rng.integers(1, min(3, na - i + 1) + 1)), int(rng.integers(0, min(3, nb - j + 1) + 1))
    is_apart = a != b or i + n <= j or j + m <= i
    return (a, i, n, b, j, m) if is_apart else None


def _may(net: Net, r: Routes) -> bool:
    return all(net.service[net.crew["kind"][k], i] != FORBIDDEN for k in range(len(net.crew)) for i in tasks_of(r, k))
