"""Branch and bound over the relaxation of a component, best bound first; CP-SAT also searches small components."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from geodata.array_types import Bools
from sweep.plan.bound.branch_nodes import (
    BranchingDecision,
    BranchNode,
    branch_at_middle,
    branch_on_start,
    branch_on_unit,
    root,
)
from sweep.plan.bound.cp_sat_routing import solve_node
from sweep.plan.bound.route_relaxation import RelaxedNode, RouteRelaxation
from sweep.plan.bound.synchronise_routes import Routes, integral_plan, value_loss
from sweep.records.bound_proof import CLOSE

# Limits on nodes and columns in memory, some hundred MB.
MOST_NODES, MOST_COLUMNS = 50_000, 50_000
# After the root, CP-SAT tries to solve the whole pool for this deterministic time. It tries again for four times as
# long when the number of nodes has doubled, unless the pool has too many arcs.
FIRST_TRY_S, FIRST_TRY_NODES = 1.0, 50
MOST_ARCS = 50_000


@dataclass(slots=True, eq=False)
class Branch:
    """Node of the tree, with the branching that splits it and the two children."""

    node: BranchNode
    split: BranchingDecision | None = None
    """Branching into the two children; None for a node that is not branched."""
    parts: tuple[Branch | None, Branch | None] = (None, None)
    """Children in the order of the split; None: an infeasible child."""


class Tree:
    """Branch-and-bound tree over the plans of one component that serve a given set of units (linked visits)."""

    def __init__(self, relaxation: RouteRelaxation, is_must: Bools) -> None:
        self._relaxation = relaxation
        self._close = CLOSE * max(float(relaxation.pool.value.sum()), 1e-12)
        self._open: list[tuple[int, int, Branch]] = []
        self._left = -np.inf
        self._whole = root(relaxation.pool, is_must)
        self.root = None if self._whole is None else Branch(self._whole)
        """Root branch, or None if there is no plan; to be read only while no thread works on the tree."""
        self._try_s, self._try_at = FIRST_TRY_S, 1
        n_arcs = sum(len(kind.teams) * len(kind.tasks) ** 2 for kind in relaxation.pool.kinds)
        if n_arcs > MOST_ARCS or not relaxation.pool.is_plain:
            self._try_at = MOST_NODES
        self.n_nodes = 0
        self.n_opened = 0
        self.tried_s = 0.0
        """Deterministic time of CP-SAT so far."""
        self.value = -np.inf
        """Value of the best plan found in the tree; its routes are in `routes`."""
        self.routes: Routes = []
        self.bound = -np.inf
        """Upper bound over the tree; minus infinity if it has no plan. May be read from another thread."""
        self._put([self.root])

    @property
    def is_begun(self) -> bool:
        """Whether the root has been bounded, or no node is open."""
        return self.n_nodes > 0 or not self._open

    def gap(self, known: float) -> float:
        """Return the highest open bound less `known`, the best plan's value; 0 if negative or the tree is too big."""
        if not self._open or self.n_nodes >= MOST_NODES or self._relaxation.n_columns >= MOST_COLUMNS:
            return 0.0
        highest = self._open[0][2].node.bound
        return 0.0 if highest <= max(known, self.value, self._left) + self._close else highest - max(known, 0.0)

    def step(self, known: float, should_continue: Callable[[], bool]) -> None:
        """
        Bound and branch the open node of the highest bound, or after some nodes try CP-SAT on the whole component.

        `known` is the value of the best known plan. May be called only while `gap` is above 0. The results are in
        `bound`, `value` and `routes`.
        """
        branch = self._open[0][2]
        node = branch.node
        if self.n_nodes >= self._try_at and self._whole is not None:
            self._try_whole(self._whole, max(known, self.value), should_continue)
            return
        known = max(known, self.value) + self._close
        relaxed = self._relaxation.solve(node, known, should_continue)
        branch.node = node = replace(node, bound=relaxed.bound, prices=relaxed.prices)
        parts: Sequence[Branch | None] = ()
        if relaxed.bound <= known:
            self._left = max(self._left, min(relaxed.bound, known - self._close))
        elif relaxed.is_closed:
            self.n_nodes += 1
            parts = self._parts(branch, relaxed, known)
        elif relaxed.is_too_hard:
            self._left = max(self._left, node.bound)
        else:
            parts = [branch]
        heapq.heappop(self._open)
        self._put(parts)

    def _try_whole(self, whole: BranchNode, known: float, should_continue: Callable[[], bool]) -> None:
        settled = solve_node(self._relaxation.pool, whole, known, self._try_s, should_continue)
        self._try_s, self._try_at = 4.0 * self._try_s, max(FIRST_TRY_NODES, 2 * self.n_nodes)
        self.tried_s += settled.seconds
        if settled.value > self.value:
            self.value, self.routes = settled.value, settled.routes
        if settled.is_settled:
            # Solved. No bound rests on CP-SAT's claim that no better plan exists.
            self._try_at = MOST_NODES

    def _parts(self, branch: Branch, relaxed: RelaxedNode, known: float) -> Sequence[Branch | None]:
        """Return branches that replace a bounded node (None: infeasible); empty if it is solved or has no split."""
        node = branch.node
        routes = integral_plan(self._relaxation.pool, relaxed.served, relaxed.uses)
        if routes is not None:
            value = float(self._relaxation.pool.value[np.round(relaxed.served) == 1].sum())
            value -= value_loss(self._relaxation.pool, routes)
            if value > self.value:
                self.value, self.routes = value, routes
            self._left = max(self._left, value if node.bound <= value + self._close else node.bound)
            return ()
        split = self._split(node, relaxed, known)
        if split is None:
            self._left = max(self._left, node.bound)
            return ()
        without, within = (None if part is None else Branch(part) for part in split.parts)
        # The children's nodes are kept in their branches, where they are updated.
        branch.split, branch.parts = split._replace(parts=(None, None)), (without, within)
        return branch.parts

    def _split(self, node: BranchNode, relaxed: RelaxedNode, known: float) -> BranchingDecision | None:
        pool = self._relaxation.pool
        found = branch_on_unit(pool, node, relaxed.served), branch_on_start(pool, node, relaxed.uses)
        tried = [split for split in found if split is not None]
        if not tried:
            return branch_at_middle(pool, node, relaxed.uses)
        return tried[0] if len(tried) == 1 else max(tried, key=lambda split: self._promise(node, split, known))

    def _promise(self, node: BranchNode, split: BranchingDecision, known: float) -> float:
        most = max(0.0, node.bound - known)
        falls = [most if part is None else node.bound - self._relaxation.estimate(part) for part in split.parts]
        return float(np.prod([min(max(fall, 1e-3 * most), most) for fall in falls]))

    def _put(self, branches: Sequence[Branch | None]) -> None:
        for branch in branches:
            if branch is not None:
                self.n_opened += 1
                # Ties go to the newest node, which is nearest to a plan.
                heapq.heappush(self._open, (-round(branch.node.bound / self._close), -self.n_opened, branch))
        self.bound = max([self._left, *(branch.node.bound for _, _, branch in self._open)])
