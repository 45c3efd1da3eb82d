"""One chain of the search through late routes: its plan, or its part of one, and what it has learnt."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.random import Generator

from sweep.plan.kernel.arrays import Arrays
from sweep.plan.kernel.improve import score
from sweep.plan.kernel.state import State, assign_state
from sweep.plan.warp.net import Net
from sweep.plan.warp.parts import Subproblem
from sweep.plan.warp.rounds import LEDGER, cost_of, fill, improve_late
from sweep.plan.warp.routes import Routes, copy_routes, empty_routes
from sweep.plan.warp.shake import Others
from sweep.plan.warp.states import read_state, write_state

# Plans that are begun, one after the other.
N_STARTS = 3
# Rounds of the other search that take as long as one of these: 111 and 496 us where routes had some fifty stops.
ROUNDS_A_ROUND = 4
# Temperatures as shares of what a mean leg costs: where each start begins and ends.
START_HOT, START_COLD = 0.06, 0.003
# Prices at first: of a second of time warp in seconds on the road, of a mean load too much in mean legs.
FIRST_WARP, FIRST_LOAD = 5.0, 1.0
# While a first plan is made both are so much dearer: what is left out then comes in later.
FILL_WARP, FILL_LOAD = 2.0, 100.0


class Kept(NamedTuple):
    """A plan that breaks no rule."""

    cost: float
    """Ways at their cost less worth."""
    routes: Routes


class Chain:
    """
    One chain's routes with time warp, and what it has learnt.

    Parameters
    ----------
    a
        Has free routes.
    net
        The same for this search.
    leg
        What a mean leg costs, above 0.
    """

    def __init__(self, a: Arrays, net: Net, leg: float) -> None:
        self._a, self._net, self._leg = a, net, leg
        self._ledger = np.zeros(1, LEDGER)
        self._ledger["warp"] = FIRST_WARP * net.travel_cost
        self._ledger["load"] = FIRST_LOAD * leg / max(1.0, float(net.node["load"][: net.n_tasks].mean()))
        self.rounds_a_round: float = ROUNDS_A_ROUND
        """Rounds of the other search that take as long as one of this chain."""
        self._ended: list[Kept] = []
        self._n_begun, self._score = 0, -np.inf
        self._now = self._trial = self._best = empty_routes(net, longest_late(a))
        self._at = net

    @property
    def has_plan(self) -> bool:
        """Whether any that was begun has come to break no rule."""
        return bool(self._ended or self._found())

    @property
    def best(self) -> Routes:
        """The best plan since the chain last began, or the best of its part of one."""
        return self._best

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
        self._run(self._alone(), heat, now, trial, best, n, rng)

    def go_on(
        self, others: Others, heat: float, now: State, trial: State, best: State, _hot: float, _cold: float, n: int,
        rng: Generator,
    ) -> None:  # fmt: skip
        """Run rounds from where the chain is, or from its best state if that was changed for a better one."""
        known = score(self._a, best)
        if known > self._score:
            read_state(self._net, self._best, best)
            self.begin(Kept(-known, self._best))
            self._score = known
        self._run(others, heat, now, trial, best, n, rng)

    def go_on_beside(
        self, others: Others, heat: float, now: State, trial: State, best: State, hot: float, cold: float, n: int,
        rng: Generator,
    ) -> None:  # fmt: skip
        """As `go_on`; `now` becomes the plan where the chain is, if it breaks no rule, for whoever mixes routes."""
        self.go_on(others, heat, now, trial, best, hot, cold, n, rng)
        _, warp, over = cost_of(self._net, self._now)
        if warp == over == 0 and not write_state(self._a, now, self._now):
            assign_state(now, best)

    def go_on_apart(
        self, whole: Kept, heat: float, now: State, trial: State, best: State, _hot: float, _cold: float, n: int,
        rng: Generator,
    ) -> None:  # fmt: skip
        """Run rounds in the chain's part; `whole` is what all parts had come to before."""
        self._keep(whole, now, trial, best)
        self._improve(self._alone(), heat, n, rng)

    def begin(self, plan: Kept) -> None:
        """Go on from a plan."""
        self._at = self._net
        self._begin(plan)

    def enter(self, part: Subproblem) -> None:
        """Go on in a part of a plan."""
        self._at = part.net
        self._begin(Kept(cost_of(part.net, part.routes)[0], part.routes))

    def _begin(self, plan: Kept) -> None:
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
        self.begin(Kept(cost if warp == over == 0 else np.inf, routes))
        self._n_begun += 1

    def _found(self) -> list[Kept]:
        cost = float(self._ledger["best"][0])
        return [Kept(cost, self._best)] if self._n_begun and np.isfinite(cost) else []

    def _alone(self) -> Others:
        return no_others(len(self._at.crew))

    def _run(self, others: Others, heat: float, now: State, trial: State, best: State, n: int, rng: Generator) -> None:
        self._improve(others, heat, n, rng)
        self._keep(Kept(float(self._ledger["best"][0]), self._best), now, trial, best)

    def _improve(self, others: Others, heat: float, n: int, rng: Generator) -> None:
        n_rounds = max(1, round(n / self.rounds_a_round))
        improve_late(self._at, others, self._now, self._trial, self._best, self._ledger, heat, n_rounds, rng)

    def _keep(self, plan: Kept, now: State, trial: State, best: State) -> None:
        """If the plan is better than the best state, that becomes the plan; the others become the best state."""
        if -plan.cost > score(self._a, best) and write_state(self._a, trial, plan.routes):
            assign_state(best, trial)
            self._score = score(self._a, best)
        for state in (now, trial):
            assign_state(state, best)


def kept_state(a: Arrays, net: Net, s: State) -> Kept:
    """The plan of a state, which breaks no rule."""
    routes = empty_routes(net, longest_late(a))
    read_state(net, routes, s)
    return Kept(-score(a, s), routes)


def longest_late(a: Arrays) -> int:
    """Most stops of a route on the way: who may be late may have more than a shift holds."""
    return min(a.n_visit_tasks, 2 * a.longest)


def no_others(n_teams: int) -> Others:
    """No plan to take routes over from."""
    return Others(np.zeros((0, n_teams, 1), np.int64), np.zeros((0, n_teams), np.int64))
