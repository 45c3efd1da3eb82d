"""
The search through late and overfull routes beside the other, where each route can be judged alone and ways are priced.

For a first part of the limit one chain searches without time warp, cooling down at its end, and the other makes a few
plans with time warp, of which each begins anew. Then both have time warp, go on from the best plan of their own, and
take routes of all these plans over. Where none of the plans with time warp has lost it by then, as with too few teams
for most of what is on offer, the search without goes on in both chains.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.random import Generator

from sweep.plan.kernel.arrays import Arrays
from sweep.plan.kernel.improve import score
from sweep.plan.kernel.state import State, assign_state
from sweep.plan.warp.net import Net, make_net
from sweep.plan.warp.rounds import LEDGER, cost_of, fill, improve_late
from sweep.plan.warp.routes import Routes, copy_routes, empty_routes
from sweep.plan.warp.shake import Others
from sweep.plan.warp.states import read_state, write_state

# Share of the limit in which plans are begun, and plans with time warp among them.
START_SHARE, N_STARTS = 0.15, 3
# Rounds of the other search that take as long as one of these: 111 and 496 us where routes had some fifty stops.
ROUNDS_A_ROUND = 4
# Temperatures as shares of what a mean leg costs: where each start begins and ends, and what goes on from there.
START_HOT, START_COLD, HOT, COLD = 0.06, 0.003, 0.02, 0.002
# Prices at first: of a second of time warp in seconds on the road, of a mean load too much in mean legs.
FIRST_WARP, FIRST_LOAD = 5.0, 1.0
# While a first plan is made both are so much dearer: what is left out then comes in later.
FILL_WARP, FILL_LOAD = 2.0, 100.0

type Improve = Callable[[State, State, State, float, float, int, Generator], None]
"""Runs rounds of one chain: its states `now`, `trial` and `best`, the temperatures, the number of rounds."""


class LateSearch:
    """
    Both searches of one problem, for two chains.

    Parameters
    ----------
    a
        Has free routes.
    leg
        What a mean leg costs, above 0.
    """

    def __init__(self, a: Arrays, leg: float) -> None:
        self._a, self._net, self._leg = a, make_net(a), leg
        self._chains = [_Chain(a, self._net, leg) for _ in range(2)]
        self._others = no_others(len(a.team))
        self.is_late = False
        """Whether both chains search with time warp by now, and mix the routes of several plans."""

    def improvers(self, share: float, best: Sequence[State], as_ever: Callable[[float], Improve]) -> list[Improve]:
        """
        What each chain does now.

        Parameters
        ----------
        share
            Share of the limit used up, in [0, 1].
        best
            The best state of each chain, (chains,).
        as_ever
            The other search, for a share of its own limit.
        """
        if share < START_SHARE:
            part = share / START_SHARE
            return [as_ever(part), partial(self._chains[1].start, part)]
        part = (share - START_SHARE) / (1.0 - START_SHARE)
        if not self._chains[1].has_plan:
            return [as_ever(part)] * len(self._chains)
        if not self.is_late:
            self.is_late = True
            known = empty_routes(self._net, longest_late(self._a))
            read_state(self._net, known, best[0])
            self._others = _laid_out([known, *self._chains[1].end_starts()])
        heat = self._leg * HOT * (COLD / HOT) ** part
        return [partial(chain.go_on, self._others, heat) for chain in self._chains]


class _Plan(NamedTuple):
    """A plan that breaks no rule."""

    cost: float
    """Ways at their cost less worth."""
    routes: Routes


class _Chain:
    """One chain's routes with time warp, and what it has learnt."""

    def __init__(self, a: Arrays, net: Net, leg: float) -> None:
        self._a, self._net, self._leg = a, net, leg
        self._ledger = np.zeros(1, LEDGER)
        self._ledger["warp"] = FIRST_WARP * net.travel_cost
        self._ledger["load"] = FIRST_LOAD * leg / max(1.0, float(net.node["load"][: net.n_tasks].mean()))
        self._ended: list[_Plan] = []
        self._n_begun, self._score = 0, -np.inf
        self._now = self._trial = self._best = empty_routes(net, longest_late(a))

    @property
    def has_plan(self) -> bool:
        """Whether any that was begun has come to break no rule."""
        return bool(self._ended or self._found())

    def end_starts(self) -> list[Routes]:
        """The best of each plan that was begun, the best first, from which the chain goes on; there must be one."""
        plans = sorted([*self._ended, *self._found()], key=lambda plan: plan.cost)
        self.begin(plans[0])
        return [copy_routes(plan.routes) for plan in plans]

    def start(
        self, part: float, now: State, trial: State, best: State, _hot: float, _cold: float, n: int, rng: Generator
    ) -> None:
        """Run rounds from a first plan, a new one each time that a part of the starts is over; `part` of it is."""
        if part * N_STARTS >= self._n_begun:
            self._restart(best, rng)
        heat = self._leg * START_HOT * (START_COLD / START_HOT) ** min(1.0, part * N_STARTS - self._n_begun + 1)
        self._run(no_others(len(self._a.team)), heat, now, trial, best, n, rng)

    def go_on(
        self, others: Others, heat: float, now: State, trial: State, best: State, _hot: float, _cold: float, n: int,
        rng: Generator,
    ) -> None:  # fmt: skip
        """Run rounds from where the chain is, or from its best state if that was changed for a better one."""
        known = score(self._a, best)
        if known > self._score:
            read_state(self._net, self._best, best)
            self.begin(_Plan(-known, self._best))
            self._score = known
        self._run(others, heat, now, trial, best, n, rng)

    def begin(self, plan: _Plan) -> None:
        """Go on from a plan."""
        self._now, self._trial, self._best = (copy_routes(plan.routes) for _ in range(3))
        self._ledger["best"], self._score = plan.cost, -plan.cost

    def _restart(self, best: State, rng: Generator) -> None:
        self._ended += self._found()
        routes = empty_routes(self._net, longest_late(self._a))
        if not self._n_begun:
            read_state(self._net, routes, best)
        dear = self._ledger.copy()
        dear["warp"], dear["load"] = FILL_WARP * dear["warp"], FILL_LOAD * dear["load"]
        fill(self._net, routes, dear, rng)
        routes.route["is_touched"] = False
        cost, warp, over = cost_of(self._net, routes)
        self.begin(_Plan(cost if warp == over == 0 else np.inf, routes))
        self._n_begun += 1

    def _found(self) -> list[_Plan]:
        cost = float(self._ledger["best"][0])
        return [_Plan(cost, self._best)] if self._n_begun and np.isfinite(cost) else []

    def _run(self, others: Others, heat: float, now: State, trial: State, best: State, n: int, rng: Generator) -> None:
        """Run rounds; if they find a better plan than the best state, all three states become that."""
        n_rounds = max(1, n // ROUNDS_A_ROUND)
        improve_late(self._net, others, self._now, self._trial, self._best, self._ledger, heat, n_rounds, rng)
        if -self._ledger["best"][0] > score(self._a, best) and write_state(self._a, trial, self._best):
            assign_state(best, trial)
            self._score = score(self._a, best)
        for state in (now, trial):
            assign_state(state, best)


def longest_late(a: Arrays) -> int:
    """Most stops of a route on the way: who may be late may have more than a shift holds."""
    return min(a.n_visit_tasks, 2 * a.longest)


def no_others(n_teams: int) -> Others:
    """No plan to take routes over from."""
    return Others(np.zeros((0, n_teams, 1), np.int64), np.zeros((0, n_teams), np.int64))


def _laid_out(plans: Sequence[Routes]) -> Others:
    length = np.stack([r.route["length"] for r in plans])
    return Others(np.stack([r.step["task"][:, 1 : int(length.max()) + 1] for r in plans]), length)
