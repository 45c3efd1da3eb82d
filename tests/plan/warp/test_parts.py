"""A plan cut in two, improved apart and joined again."""

from __future__ import annotations

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sweep.plan.kernel.arrays import FORBIDDEN, NONE
from sweep.plan.search.late_chain import no_others
from sweep.plan.warp.net import Net
from sweep.plan.warp.parts import Subproblem, halves, join
from sweep.plan.warp.rounds import LEDGER, cost_of, improve_late
from sweep.plan.warp.routes import Routes, copy_routes, empty_routes
from tests.plan.late_routes import a_net, assert_whole, routes_by_chance, tasks_of

N_ROUNDS = 300


def cut(seed: int) -> tuple[Net, Routes, list[Subproblem]]:
    net, rng = a_net(seed), np.random.default_rng(seed)
    routes = routes_by_chance(net, rng)
    assume((routes.route["length"] > 0).sum() > 1)
    return net, routes, halves(net, routes, rng)


def joined(net: Net, like: Routes, parts: list[Subproblem]) -> Routes:
    whole = empty_routes(net, like.step.shape[1] - 2)
    for part in parts:
        join(whole, part.teams, part.routes)
    return whole


@given(st.integers(0, 10_000))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_each_team_and_each_task_is_of_one_part_and_joined_they_are_the_plan_again(seed: int) -> None:
    net, routes, parts = cut(seed)
    assert sorted(np.concatenate([p.teams for p in parts])) == list(range(len(net.crew)))
    assert sorted(np.concatenate([p.net.tasks for p in parts])) == list(range(net.n_tasks))
    n_used = [int((routes.route["length"][p.teams] > 0).sum()) for p in parts]
    assert abs(n_used[0] - n_used[1]) <= 1
    whole = joined(net, routes, parts)
    assert_whole(net, whole)
    assert [tasks_of(whole, k) for k in range(len(net.crew))] == [tasks_of(routes, k) for k in range(len(net.crew))]
    assert cost_of(net, whole) == cost_of(net, routes)


@given(st.integers(0, 10_000))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_a_part_takes_nothing_of_the_other_and_what_both_gain_the_whole_plan_gains(seed: int) -> None:
    net, routes, parts = cut(seed)
    improved, total = [], np.zeros(3)
    for part in parts:
        now, trial, best = (copy_routes(part.routes) for _ in range(3))
        ledger = np.zeros(1, LEDGER)
        ledger["warp"], ledger["load"], ledger["best"] = 1e-3, 0.1, np.inf
        others, rng = no_others(len(part.teams)), np.random.default_rng(seed)
        improve_late(part.net, others, now, trial, best, ledger, 1e-3, N_ROUNDS, rng)
        assert set(np.flatnonzero(now.spot["team"] != NONE)) <= set(part.net.tasks)
        assert (part.net.service[:, np.setdiff1d(np.arange(net.n_tasks), part.net.tasks)] == FORBIDDEN).all()
        improved.append(part._replace(routes=now))
        total += cost_of(part.net, now)
    whole = joined(net, routes, improved)
    assert_whole(net, whole)
    np.testing.assert_allclose(cost_of(net, whole), total, rtol=1e-12, atol=1e-12)
