"""
The search through late and overfull routes beside the other, where each route can be judged alone and ways are priced.

For a first part of the limit one chain searches without time warp, cooling down at its end, and the other makes a few
plans with time warp, of which each begins anew. Then both have time warp, go on from the best plan of their own, and
take routes of all these plans over. Where a plan has many routes each chain then goes on in a part of the best plan
alone, cut another way from time to time, and at the end in the whole plan again. Where none of the plans with time warp
has lost it by then, as with too few teams for most of what is on offer, the search without goes on in both chains.

Where teams differ neither of the two is always ahead: each has a chain of its own from beginning to end.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from sweep.plan.kernel.arrays import Arrays
from sweep.plan.kernel.improve import score
from sweep.plan.kernel.state import State
from sweep.plan.search.chains import N_CHAINS, Improve
from sweep.plan.search.late_chain import Chain, Kept, kept_state, longest_late, no_others
from sweep.plan.warp.net import make_net
from sweep.plan.warp.parts import Subproblem, halves, join
from sweep.plan.warp.rounds import cost_of
from sweep.plan.warp.routes import Routes, empty_routes
from sweep.plan.warp.shake import Others

# Share of the limit in which plans are begun.
START_SHARE = 0.15
# Temperatures from then on, as shares of what a mean leg costs.
HOT, COLD = 0.02, 0.002
# How far the second chain's rounds are fitted to what the last ones took: less than 1, since that varies.
STEP_POWER = 0.5
# Routes from which on a plan is improved in parts, from which share of what is then left of the limit to which, and how
# often it is cut. Drawn instances of 1,000 clients with 60 routes (20 s, four cuts) and of 2,000 with 90 (30 s), two of
# each, came out 0.5 and 0.7 % better by it; the prize-collecting set, whose six have 11 to 28 routes, no better.
MANY_ROUTES = 40
APART_FROM, APART_UNTIL, N_CUTS = 0.1, 0.9, 6


class LateSearch:
    """
    Both searches of one problem, for two chains.

    Parameters
    ----------
    a
        Has free routes.
    leg
        What a mean leg costs, above 0.
    is_by_clock
        Whether the clock is the limit.
    """

    def __init__(self, a: Arrays, leg: float, *, is_by_clock: bool) -> None:
        self._a, self._net, self._leg, self._is_by_clock = a, make_net(a), leg, is_by_clock
        self._chains = [Chain(a, self._net, leg) for _ in range(N_CHAINS)]
        self._others = no_others(len(a.team))
        self._parts: list[Subproblem] = []
        self._n_cuts = 0
        self._spent_s = [0.0] * N_CHAINS
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
        if not self._net.is_plain:
            return self._beside(share, best, as_ever)
        if share < START_SHARE:
            part = share / START_SHARE
            return [as_ever(part), partial(self._chains[1].start, part)]
        part = (share - START_SHARE) / (1.0 - START_SHARE)
        if not self._chains[1].has_plan:
            return [as_ever(part)] * len(self._chains)
        if not self.is_late:
            self.is_late = True
            self._end_starts(best[0])
        heat = _heat(self._leg, part)
        if APART_FROM <= part < APART_UNTIL:
            self._cut((part - APART_FROM) / (APART_UNTIL - APART_FROM), best)
            if self._parts:
                whole = self._joined()
                return [partial(chain.go_on_apart, whole, heat) for chain in self._chains]
        if self._parts:
            whole = self._joined()
            for chain in self._chains:
                chain.begin(whole)
            self._parts = []
        return [partial(chain.go_on, self._others, heat) for chain in self._chains]

    def _beside(self, share: float, best: Sequence[State], as_ever: Callable[[float], Improve]) -> list[Improve]:
        """As `improvers`, where each of the two searches has a chain of its own."""
        chain = self._chains[1]
        if share < START_SHARE:
            return self._in_step(as_ever(share), partial(chain.start, share / START_SHARE))
        if not chain.has_plan:
            return [as_ever(share)] * len(self._chains)
        if not len(self._others.length):
            self._end_starts(best[0])
        heat = _heat(self._leg, (share - START_SHARE) / (1.0 - START_SHARE))
        return self._in_step(as_ever(share), partial(chain.go_on_beside, self._others, heat))

    def _in_step(self, *improve: Improve) -> list[Improve]:
        """What each chain does; where the clock is the limit, the second one so that it takes as long as the first."""
        if self._is_by_clock and min(self._spent_s) > 0.0:
            self._chains[1].rounds_a_round *= (self._spent_s[1] / self._spent_s[0]) ** STEP_POWER

        def timed(c: int, *arguments: Any) -> None:
            began = time.perf_counter()
            improve[c](*arguments)
            self._spent_s[c] = time.perf_counter() - began

        return [partial(timed, c) for c in range(N_CHAINS)]

    def _end_starts(self, known: State) -> None:
        """Lay out what chains may take routes over from; `known` is the plan of the chain without time warp."""
        self._others = _laid_out([kept_state(self._a, self._net, known).routes, *self._chains[1].end_starts()])

    def _cut(self, share: float, best: Sequence[State]) -> None:
        """Cut the best plan, if it has many routes and it is time for it; `share` of the time apart is used up."""
        if share * N_CUTS < self._n_cuts:
            return
        self._n_cuts += 1
        known = max(best, key=partial(score, self._a))
        whole = self._joined() if self._parts else kept_state(self._a, self._net, known)
        if score(self._a, known) > -whole.cost:
            whole = kept_state(self._a, self._net, known)
        if (whole.routes.route["length"] > 0).sum() >= MANY_ROUTES:
            self._parts = halves(self._net, whole.routes, np.random.default_rng(self._n_cuts))
            for chain, part in zip(self._chains, self._parts, strict=True):
                chain.enter(part)

    def _joined(self) -> Kept:
        """The best that the chains have come to in their parts, as one plan."""
        routes = empty_routes(self._net, longest_late(self._a))
        for part, chain in zip(self._parts, self._chains, strict=True):
            join(routes, part.teams, chain.best)
        return Kept(cost_of(self._net, routes)[0], routes)


def _heat(leg: float, part: float) -> float:
    """The temperature once plans were begun, at a part of what is then left of the limit."""
    return float(leg * HOT * (COLD / HOT) ** part)


def _laid_out(plans: Sequence[Routes]) -> Others:
    length = np.stack([r.route["length"] for r in plans])
    return Others(np.stack([r.step["task"][:, 1 : int(length.max()) + 1] for r in plans]), length)
