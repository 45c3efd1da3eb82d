"""Branch and price over all components of teams and visits: lowers the bound, and finds better plans."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial

import numpy as np

from geodata.array_types import Bools, Float64s, Int64s
from sweep.plan.bound.branch_and_bound import Tree
from sweep.plan.bound.certificate import RowIds, as_float, rate_part, tree_part
from sweep.plan.bound.components import Component, make_component, n_pairs, split_components
from sweep.plan.bound.linked_units import can_be_staffed, short_slots
from sweep.plan.bound.route_relaxation import RouteRelaxation
from sweep.plan.bound.synchronise_routes import TimedRoutes, timed
from sweep.plan.kernel.knapsack_bound import knapsack, least_seconds
from sweep.plan.kernel.problem_arrays import Arrays
from sweep.plan.problem.problem import Problem
from sweep.records.bound_proof import CLOSE, BoundProof, PoolPart, ShortPart
from sweep.records.people import Team
from sweep.records.plan import BRANCHING, COLUMN_GENERATION, KNAPSACK
from sweep.records.visits import Visit

# Above this many pairs of a slot and a kind of teams a round of pricing takes too long.
MOST_PAIRS = 20_000
# Consecutive rounds for one pool of a problem of several days, so that every pool soon has a bound.
ROUNDS_AT_ONCE = 10
# Rounds of pricing that a second of CP-SAT counts as.
ROUNDS_A_SECOND = 80

# A team and the slots that it fills in order, by row.
type KnownRoute = tuple[int, Sequence[int]]


class Prover:
    """
    Upper bounds on the value of any plan of the active teams, by branch and price for each component.

    A component is a set of connected teams, with the units that only they can serve. A unit is a set of linked visits,
    served together or not at all.

    The search maximises value plus urgency; the bound on value holds for plans with at least the urgency of the current
    plan. Bounds never rest on CP-SAT, which only finds plans. The prover uses no clock and no random numbers: the same
    calls give the same bounds. It may run in a thread and be read from another. Duty limits, costs and the joint use of
    a cap by several components are relaxed, so that the bound may stay above every plan.

    References
    ----------
    Barnhart et al. 1998, Branch-and-price: column generation for solving huge integer programs.
    """

    def __init__(self, problem: Problem, arrays: Arrays, teams: Sequence[Team]) -> None:
        self._problem, self._a, self._teams = problem, arrays, teams
        self._seconds = least_seconds(arrays)
        self._value, self._is_must = unit_values(problem, arrays)
        self._urgency = sum_by_unit(problem, arrays, lambda v: v.urgency)
        self._value += self._urgency
        self._parts = list(self._make_parts()) if teams and problem.visits else []
        self.unit_losses = np.zeros(len(arrays.units))
        """Value that each unit loses in the current plan against its best day, (units,)."""
        self._part_of = {int(team): part for part in self._parts for team in part.teams}

    def offer(self, routes: Iterable[KnownRoute]) -> None:
        """Queue known routes as columns: (row of the team, rows of its slots in order). Any thread may call this."""
        for team, slots in routes:
            if team in self._part_of:
                self._part_of[team].offered.append((team, slots))

    def _make_parts(self) -> Iterator[ComponentProof]:
        a = self._a
        for teams, units in split_components(a, can_be_staffed(a)):
            if not len(units):
                continue
            first = knapsack(a, self._value, self._seconds, teams, units)
            is_small = n_pairs(a, teams, units) <= MOST_PAIRS
            maker = partial(make_component, a, self._value, teams, units) if is_small else None
            yield ComponentProof(teams, units, first, maker, self._is_must[units])

    @property
    def n_rounds(self) -> int:
        """Work of all components so far, in rounds of pricing (CP-SAT's time converted); equal on every machine."""
        return sum(part.n_rounds for part in self._parts)

    def bound_roots(self, should_continue: Callable[[], bool], *, with_musts: bool = False) -> None:
        """
        Bound each component at the root of its branch-and-bound tree; `bound` then returns the result.

        With `with_musts` the bounds hold only for plans that serve every must-visit. Stops early if `should_continue`
        returns false.
        """
        for part in self._parts:
            tree = part.tree(with_musts=with_musts)
            while tree is not None and not tree.is_begun and should_continue():
                tree.step(-np.inf, should_continue)

    def run(self, served: Callable[[], Bools], should_continue: Callable[[], bool]) -> None:
        """
        Lower the bound towards the value of the current plan, until they meet or `should_continue` returns false.

        Each step takes the component with the largest gap relative to its work so far. The plan may improve meanwhile.

        Parameters
        ----------
        served
            Returns which units the current plan serves, (units,).
        """
        while should_continue():
            now = served()
            gap, n = max(((self._pressing(part, now), -n) for n, part in enumerate(self._parts)), default=(0.0, 0))
            if gap <= 0.0:
                return
            part = self._parts[-n]
            tree = part.tree(with_musts=self._serves_musts(part, now))
            if tree is not None and part.relaxation is not None:
                while part.offered:
                    part.relaxation.add_route(*part.offered.popleft())
                tree.step(self._known(part, now), self._until(part, should_continue))

    def _until(self, part: ComponentProof, should_continue: Callable[[], bool]) -> Callable[[], bool]:
        most = part.n_rounds + ROUNDS_AT_ONCE
        return (lambda: part.n_rounds < most and should_continue()) if self._a.is_daily else should_continue

    def bound(self, served: Bools) -> tuple[float, str]:
        """
        Return an upper bound on the value of plans, and the name of the method that found it.

        The bound holds for plans with at least as many must-visits and as much urgency as the current plan.

        Parameters
        ----------
        served
            Which units the current plan serves, (units,). If it serves all must-visits of a component, so does every
            better plan, as must-visits have priority.
        """
        bounds = [part.bound(with_musts=self._serves_musts(part, served)) for part in self._parts]
        return self._sum(bounds, served), self._method()

    def is_optimal(self, served: Bools) -> bool:
        """Whether the current plan is proven optimal; `served` marks the units that it serves, (units,)."""
        return all(
            part.bound(with_musts=self._serves_musts(part, served))
            <= self._known(part, served) + CLOSE * self._all_value(part)
            for part in self._parts
        )

    def _sum(self, bounds: Sequence[float], served: Bools) -> float:
        total = 0.0
        for part, bound in zip(self._parts, bounds, strict=True):
            known = self._known(part, served)
            # A gap below a ten-millionth is the LP's rounding.
            total += known if known < bound <= known + CLOSE * self._all_value(part) else bound
        return total - float(self._urgency[served].sum())

    def certified(self, served: Bools) -> tuple[float, str, BoundProof]:
        """
        Return an upper bound on the value of plans, the name of its method, and its certificate.

        `served`: units that the plan serves, (units,). Too long a certificate is cut, which raises the bound.
        """
        names = RowIds(self._problem, self._a, self._teams)
        shown = [self._shown(names, part, with_musts=self._serves_musts(part, served)) for part in self._parts]
        every = (short_slots(self._a, u) for u in range(len(self._a.units)))
        short = [ShortPart(slots=tuple(names.slot(int(i)) for i in slots)) for slots in every if len(slots)]
        pools = tuple(pool for pool, _ in shown)
        proof = BoundProof(with_urgency=bool(self._urgency.any()), short=tuple(short), pools=pools)
        return self._sum([as_float(bound) for _, bound in shown], served), self._method(), proof

    def _shown(self, names: RowIds, part: ComponentProof, *, with_musts: bool) -> tuple[PoolPart, Fraction]:
        by_hours = rate_part(names, part.teams, part.units, self._value, self._seconds)
        key = min(part.keys(with_musts=with_musts), key=lambda key: part.trees[key].bound, default=None)
        if key is None or part.relaxation is None or (whole := part.trees[key].root) is None:
            return by_hours
        by_tree = tree_part(names, part.relaxation, whole, with_musts=key)
        return min(by_hours, by_tree, key=lambda shown: shown[1])

    def better_routes(self, served: Bools) -> tuple[set[int], TimedRoutes]:
        """
        Return the rows of the teams for which the proof found better routes than the current plan's, and these routes.

        The routes may break constraints that the bound relaxes, which the caller must check. `served`: units that the
        current plan serves, (units,).
        """
        teams, found = set[int](), TimedRoutes([], {})
        for part in self._parts:
            tree = part.trees.get(bool(part.is_must.any()))
            if tree is None or part.relaxation is None or tree.value <= self._known(part, served):
                continue
            teams.update(int(k) for k in part.teams)
            of_part = timed(part.relaxation.pool, tree.routes)
            found = TimedRoutes(found.stops + of_part.stops, found.breaks_s | of_part.breaks_s)
        return teams, found

    def _pressing(self, part: ComponentProof, served: Bools) -> float:
        tree = part.tree(with_musts=self._serves_musts(part, served))
        gap = 0.0 if tree is None else tree.gap(self._known(part, served))
        # Priority falls with the rounds spent: after 40 rounds it is half.
        return gap / (1.0 + part.n_rounds / 40)

    def _known(self, part: ComponentProof, served: Bools) -> float:
        if part.make_pool is None:
            return 0.0
        units = part.units[served[part.units]]
        return float(self._value[units].sum() - self.unit_losses[units].sum())

    def _all_value(self, part: ComponentProof) -> float:
        return 0.0 if part.make_pool is None else float(self._value[part.units].sum())

    def _serves_musts(self, part: ComponentProof, served: Bools) -> bool:
        return part.make_pool is not None and bool(served[part.units][part.is_must].all())

    def _method(self) -> str:
        trees = [tree for part in self._parts for tree in tuple(part.trees.values())]
        if any(tree.n_nodes > 1 for tree in trees):
            return BRANCHING
        priced = any(part.bound(with_musts=True) < part.first for part in self._parts)
        return COLUMN_GENERATION if priced else KNAPSACK


def unit_values(problem: Problem, a: Arrays) -> tuple[Float64s, Bools]:
    """Return the value of each unit (linked visits) on its best days, and whether it has a must-visit, (units,)."""
    return sum_by_unit(problem, a, lambda v: v.best_value), sum_by_unit(problem, a, lambda v: v.is_must) > 0


def sum_by_unit(problem: Problem, a: Arrays, number: Callable[[Visit], float]) -> Float64s:
    """Return the sum of `number(visit)` over the visits of each unit, (units,)."""
    unit = a.task["unit"][a.node_start[: len(problem.visits)]]
    return np.bincount(unit, weights=[number(v) for v in problem.visits], minlength=len(a.units))


@dataclass(slots=True, eq=False)
class ComponentProof:
    """Component of teams and visits in the proof, with its LP relaxation, its trees and its bounds so far."""

    teams: Int64s
    """Rows of the component's teams in the arrays."""
    units: Int64s
    """Rows of the component's units in the arrays."""
    first: float
    """Knapsack bound on the value of the component, known before any pricing."""
    make_pool: Callable[[], Component] | None
    """Function that makes the `Component` on first use; None if it is too large for pricing."""
    is_must: Bools
    """Whether each unit contains a must-visit, (units of the component,)."""
    relaxation: RouteRelaxation | None = None
    """LP relaxation; None before the first use."""
    offered: deque[KnownRoute] = field(default_factory=deque)
    """Known routes of the component that are not yet columns of the relaxation."""
    trees: dict[bool, Tree] = field(default_factory=dict)
    """Tree over all plans (key False), and over the plans that serve every must-visit (key True)."""

    def tree(self, *, with_musts: bool) -> Tree | None:
        """Return the tree of all plans, or `with_musts` of those with all must-visits; None if too large to price."""
        if self.make_pool is None:
            return None
        if self.relaxation is None:
            self.relaxation = RouteRelaxation(self.make_pool())
        key = with_musts and bool(self.is_must.any())
        if key not in self.trees:
            self.trees[key] = Tree(self.relaxation, self.is_must & key)
        return self.trees[key]

    @property
    def n_rounds(self) -> int:
        """Rounds of pricing so far, CP-SAT time converted to rounds; the component's priority falls with them."""
        n_priced = 0 if self.relaxation is None else self.relaxation.n_rounds
        return n_priced + math.ceil(ROUNDS_A_SECOND * sum(tree.tried_s for tree in self.trees.values()))

    def keys(self, *, with_musts: bool) -> list[bool]:
        """Return the keys in `trees`: False (all plans) and, if `with_musts`, True (plans with every must-visit)."""
        return [key for key in ((False, True) if with_musts else (False,)) if key in self.trees]

    def bound(self, *, with_musts: bool) -> float:
        """Return the upper bound on value plus urgency of all plans, or of those that serve every must-visit."""
        return min([self.first, *(self.trees[key].bound for key in self.keys(with_musts=with_musts))])
