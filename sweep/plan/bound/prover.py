"""Bounds brought down step by step towards the plan at hand; and better plans that come up on the way."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from functools import partial

import numpy as np

from geodata.arrays import Bools, Float64s
from sweep.plan.bound.certificate import Names, as_float, rate_part, short_part, tree_part
from sweep.plan.bound.links import can_be_staffed, short_slots
from sweep.plan.bound.parts import KnownRoute, Part
from sweep.plan.bound.pools import make_pool, n_pairs, split
from sweep.plan.bound.schedule import Timed, timed
from sweep.plan.kernel.arrays import Arrays
from sweep.plan.kernel.knapsack import knapsack, least_seconds
from sweep.plan.problem.problem import Problem
from sweep.records.people import Team
from sweep.records.plan import BRANCHING, COLUMN_GENERATION, KNAPSACK
from sweep.records.proof import CLOSE, BoundProof, PoolPart

# Above this many pairs of a task and a kind of teams one round takes too long to be of use.
MOST_PAIRS = 20_000
# Rounds in a row that go into one part of a window: a bound there is for each soon, and none waits for another's end.
ROUNDS_AT_ONCE = 10
# A part comes the later the more rounds it has had: after so many it counts half as much.
ROUNDS_TO_HALF = 40


class Prover:
    """
    Bounds on the value of any plan of these active teams, pool by pool, by branch and price.

    Plans are compared by value and urgency together, as they are searched for: a bound on value is one of plans that
    serve as much urgency as the plan at hand.

    CP-SAT comes up with plans on the way; that there is none better is never its word that is taken for it.
    It needs no clock and no chance: the same calls give the same bounds. It can run beside a search, in a thread of its
    own, and be asked for its bound from another. Longest duties, capacities and costs, of a missed break too, are
    relaxed, so that where they matter the bound may stay above every plan.

    References
    ----------
    Barnhart et al. 1998, Branch-and-price: column generation for solving huge integer programs.
    """

    def __init__(self, problem: Problem, arrays: Arrays, teams: Sequence[Team]) -> None:
        self._problem, self._a, self._teams = problem, arrays, teams
        self._seconds = least_seconds(arrays)
        self._value, self._is_must = unit_values(problem, arrays)
        self._urgency = unit_urgency(problem, arrays)
        self._value += self._urgency
        self._parts = list(self._make_parts()) if teams and problem.visits else []
        self.lost = np.zeros(len(arrays.units))
        """What the plan at hand gets less of each unit than on its best day, (units,)."""
        self._offered: deque[KnownRoute] = deque()
        self._part_of = {int(team): part for part in self._parts for team in part.teams}

    def offer(self, routes: Iterable[KnownRoute]) -> None:
        """Routes that somebody knows: the relaxations begin with them. May be called from another thread."""
        self._offered.extend(routes)

    def _take_in(self, part: Part) -> None:
        """Give each part the routes of its teams, and this one's relaxation those that it does not have yet."""
        while self._offered:
            team, slots = self._offered.popleft()
            if team in self._part_of:
                self._part_of[team].offered.append((team, slots))
        if part.relaxation is not None:
            for team, slots in part.offered:
                part.relaxation.add_route(team, slots)
            part.offered.clear()

    def _make_parts(self) -> Iterator[Part]:
        a = self._a
        for teams, units in split(a, can_be_staffed(a)):
            if not len(units):
                continue
            first = knapsack(a, self._value, self._seconds, teams, units)
            is_small = n_pairs(a, teams, units) <= MOST_PAIRS
            maker = partial(make_pool, a, self._value, teams, units) if is_small else None
            yield Part(teams, units, first, maker, self._is_must[units])

    @property
    def n_rounds(self) -> int:
        """Rounds of pricing so far, and what else was done as so many of them."""
        return sum(part.n_rounds for part in self._parts)

    def bound_roots(self, may_go_on: Callable[[], bool], *, with_musts: bool = False) -> None:
        """Bound each pool by its relaxation alone, until all are or `may_go_on` says no."""
        for part in self._parts:
            tree = part.tree(with_musts=with_musts)
            while tree is not None and not tree.is_begun and may_go_on():
                tree.step(-np.inf, may_go_on)

    def run(self, served: Callable[[], Bools], may_go_on: Callable[[], bool]) -> None:
        """
        Bring the bound down towards the plan at hand until they meet: where it is farthest from it for little work yet.

        Parameters
        ----------
        served
            Which units the best plan so far serves, (units,); it may grow better from call to call.
        """
        while may_go_on():
            now = served()
            gap, n = max(((self._pressing(part, now), -n) for n, part in enumerate(self._parts)), default=(0.0, 0))
            if gap <= 0.0:
                return
            part = self._parts[-n]
            tree = part.tree(with_musts=self._serves_musts(part, now))
            if tree is not None:
                self._take_in(part)
                tree.step(self._known(part, now), self._until(part, may_go_on))

    def _until(self, part: Part, may_go_on: Callable[[], bool]) -> Callable[[], bool]:
        """Whether to go on with a part of a window: not for too long at a time."""
        most = part.n_rounds + ROUNDS_AT_ONCE
        return (lambda: part.n_rounds < most and may_go_on()) if self._a.is_daily else may_go_on

    def bound(self, served: Bools) -> tuple[float, str]:
        """
        Upper bound on the value of any plan that serves as many must-visits and as much urgency; what gives it.

        Parameters
        ----------
        served
            Which units the plan at hand serves, (units,). Where it serves all must-visits of a pool, every better plan
            does so, too, for they go first.
        """
        bounds = [part.bound(with_musts=self._serves_musts(part, served)) for part in self._parts]
        return self._sum(bounds, served), self._method()

    def is_met(self, served: Bools) -> bool:
        """Whether the plan at hand, which serves these units, is as good as any for sure."""
        return all(
            part.bound(with_musts=self._serves_musts(part, served))
            <= self._known(part, served) + CLOSE * self._all_value(part)
            for part in self._parts
        )

    def _sum(self, bounds: Sequence[float], served: Bools) -> float:
        total = 0.0
        for part, bound in zip(self._parts, bounds, strict=True):
            known = self._known(part, served)
            # Met to a part in ten million: what is left is the LP's rounding.
            total += known if known < bound <= known + CLOSE * self._all_value(part) else bound
        return total - float(self._urgency[served].sum())

    def certified(self, served: Bools) -> tuple[float, str, BoundProof]:
        """As `bound`, with what lets the checker find it too; the bound is higher where that would be too long."""
        names = Names(self._problem, self._a, self._teams)
        shown = [self._shown(names, part, with_musts=self._serves_musts(part, served)) for part in self._parts]
        short = [short_part(names, slots) for u in range(len(self._a.units)) if len(slots := short_slots(self._a, u))]
        pools = tuple(pool for pool, _ in shown)
        proof = BoundProof(with_urgency=bool(self._urgency.any()), short=tuple(short), pools=pools)
        return self._sum([as_float(bound) for _, bound in shown], served), self._method(), proof

    def _shown(self, names: Names, part: Part, *, with_musts: bool) -> tuple[PoolPart, Fraction]:
        by_hours = rate_part(names, part.teams, part.units, self._value, self._seconds)
        key = min(
            (key for key in part.keys(with_musts=with_musts)), key=lambda key: part.trees[key].bound, default=None
        )
        if key is None or part.relaxation is None or (whole := part.trees[key].root) is None:
            return by_hours
        by_tree = tree_part(names, part.relaxation.pool, whole, part.relaxation.step, with_musts=key)
        return min(by_hours, by_tree, key=lambda shown: shown[1])

    def bound_of_all(self, *, with_musts: bool) -> tuple[float, str]:
        """Upper bound on value and urgency of any plan, or of those with all must-visits; the name of its method."""
        bounds = [part.bound(with_musts=with_musts) for part in self._parts]
        if with_musts and any(bound < 0.0 for bound in bounds):
            return self.bound_of_all(with_musts=False)
        return sum(bounds), self._method()

    def better_stops(self, served: Bools) -> tuple[set[int], Timed]:
        """
        Teams that came up with better routes than those of the plan at hand, and what these are, to be tried.

        What the bound relaxes may still forbid them.
        """
        teams, found = set[int](), Timed([], {})
        for part in self._parts:
            tree = part.trees.get(bool(part.is_must.any()))
            if tree is None or part.relaxation is None or tree.value <= self._known(part, served):
                continue
            teams.update(int(k) for k in part.teams)
            found = found.joined(timed(part.relaxation.pool, tree.routes))
        return teams, found

    def _pressing(self, part: Part, served: Bools) -> float:
        tree = part.tree(with_musts=self._serves_musts(part, served))
        gap = 0.0 if tree is None else tree.gap(self._known(part, served))
        return gap / (1.0 + part.n_rounds / ROUNDS_TO_HALF)

    def _known(self, part: Part, served: Bools) -> float:
        if part.make_pool is None:
            return 0.0
        units = part.units[served[part.units]]
        return float(self._value[units].sum() - self.lost[units].sum())

    def _all_value(self, part: Part) -> float:
        return 0.0 if part.make_pool is None else float(self._value[part.units].sum())

    def _serves_musts(self, part: Part, served: Bools) -> bool:
        return part.make_pool is not None and bool(served[part.units][part.is_must].all())

    def _method(self) -> str:
        trees = [tree for part in self._parts for tree in tuple(part.trees.values())]
        if any(tree.n_nodes > 1 for tree in trees):
            return BRANCHING
        priced = any(part.bound(with_musts=True) < part.first for part in self._parts)
        return COLUMN_GENERATION if priced else KNAPSACK


def unit_values(problem: Problem, a: Arrays) -> tuple[Float64s, Bools]:
    """Value of each unit on its best days, without must-marks, and whether a visit of it must be served."""
    value, is_must = np.zeros(len(a.units)), np.zeros(len(a.units), np.bool_)
    for visit, start in zip(problem.visits, a.node_start, strict=False):
        unit = a.task["unit"][start]
        value[unit] += max(visit.values, default=visit.value)
        is_must[unit] |= visit.is_must
    return value, is_must


def unit_urgency(problem: Problem, a: Arrays) -> Float64s:
    """What serving each unit weighs beyond its value, (units,)."""
    urgency = np.zeros(len(a.units))
    for visit, start in zip(problem.visits, a.node_start, strict=False):
        urgency[a.task["unit"][start]] += visit.urgency
    return urgency
