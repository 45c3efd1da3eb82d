"""Branch and bound over the relaxation of one pool, best bound first; and plans by CP-SAT where it is small enough."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from geodata.array_types import Bools
from sweep.plan.bound.branch_nodes import Node, Split, by_half, by_start, by_unit, root
from sweep.plan.bound.column_generation import Relaxation, Relaxed
from sweep.plan.bound.cp_sat_routing import settle
from sweep.plan.bound.synchronise_routes import Routes, lost_by, whole_plan
from sweep.records.bound_proof import CLOSE

# Branchings of each sort that are tried on the routes at hand before one is gone on with.
MOST_TRIED = 1
# Nodes and columns are kept in memory: some hundred MB.
MOST_NODES, MOST_COLUMNS = 50_000, 50_000
# The whole tree is tried by CP-SAT for so many seconds of its own clock once the root has been bounded, and for four
# times as long each time that there are twice as many nodes; unless its arcs are too many.
FIRST_TRY_S, FIRST_TRY_NODES = 1.0, 50
MOST_ARCS = 50_000


@dataclass(slots=True, eq=False)
class Branch:
    """A node, and how it was taken apart."""

    node: Node
    split: Split | None = None
    parts: tuple[Branch | None, Branch | None] = (None, None)
    """Both parts in the order of the split; None: there are no plans in it for sure."""


class Tree:
    """The plans of one pool that serve given units, in parts whose bounds come down step by step."""

    def __init__(self, relaxation: Relaxation, is_must: Bools) -> None:
        self._relaxation = relaxation
        self._close = CLOSE * max(float(relaxation.pool.value.sum()), 1e-12)
        self._open: list[tuple[int, int, Branch]] = []
        self._left = -np.inf
        self._whole = root(relaxation.pool, is_must)
        self.root = None if self._whole is None else Branch(self._whole)
        """Where all its branches begin; None if it has no plan. May be read once nobody works on the tree."""
        self._try_s, self._try_at = FIRST_TRY_S, 1
        n_arcs = sum(len(kind.teams) * len(kind.tasks) ** 2 for kind in relaxation.pool.kinds)
        if n_arcs > MOST_ARCS or not relaxation.pool.is_plain:
            self._try_at = MOST_NODES
        self.n_nodes = 0
        self.n_opened = 0
        self.tried_s = 0.0
        """Seconds of CP-SAT's own clock."""
        self.value = -np.inf
        """Value of the best plan that came up here; its routes are in `routes`."""
        self.routes: Routes = []
        self.bound = -np.inf
        """No plan of the tree is worth more; minus infinity if there is none. May be read from another thread."""
        self._put([self.root])

    @property
    def is_begun(self) -> bool:
        """Whether the whole has been bounded, or is left for good."""
        return self.n_nodes > 0 or not self._open

    def gap(self, known: float) -> float:
        """How far the bound may still come down, if a plan of the value `known` is at hand; 0 if no more."""
        if not self._open or self.n_nodes >= MOST_NODES or self._relaxation.n_columns >= MOST_COLUMNS:
            return 0.0
        highest = self._open[0][2].node.bound
        return 0.0 if highest <= max(known, self.value, self._left) + self._close else highest - max(known, 0.0)

    def step(self, known: float, may_go_on: Callable[[], bool]) -> None:
        """
        Bound the open part of the highest bound again, and take it apart; or try the whole by CP-SAT when that is due.

        To be called while there is a gap only.
        """
        branch = self._open[0][2]
        node = branch.node
        if self.n_nodes >= self._try_at and self._whole is not None:
            self._try_whole(self._whole, max(known, self.value), may_go_on)
            return
        known = max(known, self.value) + self._close
        relaxed = self._relaxation.solve(node, known, may_go_on)
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

    def _try_whole(self, whole: Node, known: float, may_go_on: Callable[[], bool]) -> None:
        settled = settle(self._relaxation.pool, whole, known, self._try_s, may_go_on)
        self._try_s, self._try_at = 4.0 * self._try_s, max(FIRST_TRY_NODES, 2 * self.n_nodes)
        self.tried_s += settled.seconds
        if settled.value > self.value:
            self.value, self.routes = settled.value, settled.routes
        if settled.is_settled:
            # It has nothing more to give. That nothing is better is its word alone, which no bound rests on.
            self._try_at = MOST_NODES

    def _parts(self, branch: Branch, relaxed: Relaxed, known: float) -> Sequence[Branch | None]:
        """What is left open of a node."""
        node = branch.node
        routes = whole_plan(self._relaxation.pool, relaxed.served, relaxed.uses)
        if routes is not None:
            value = float(self._relaxation.pool.value[np.round(relaxed.served) == 1].sum())
            value -= lost_by(self._relaxation.pool, routes)
            if value > self.value:
                self.value, self.routes = value, routes
            self._left = max(self._left, value if node.bound <= value + self._close else node.bound)
            return ()
        split = self._split(node, relaxed, known)
        if split is None:
            self._left = max(self._left, node.bound)
            return ()
        without, within = (None if part is None else Branch(part) for part in split.parts)
        # The nodes of a split that is kept are kept in its branches, which come to know more of them.
        branch.split, branch.parts = split._replace(parts=(None, None)), (without, within)
        return branch.parts

    def _split(self, node: Node, relaxed: Relaxed, known: float) -> Split | None:
        """The parts of a node that promise to bring the bound down most; None if it cannot be taken apart."""
        pool = self._relaxation.pool
        tried = [*by_unit(pool, node, relaxed.served, MOST_TRIED), *by_start(pool, node, relaxed.uses, MOST_TRIED)]
        if not tried:
            return by_half(pool, node, relaxed.uses)
        return tried[0] if len(tried) == 1 else max(tried, key=lambda split: self._promise(node, split, known))

    def _promise(self, node: Node, split: Split, known: float) -> float:
        most = max(0.0, node.bound - known)
        falls = [most if part is None else node.bound - self._relaxation.guess(part) for part in split.parts]
        return float(np.prod([min(max(fall, 1e-3 * most), most) for fall in falls]))

    def _put(self, branches: Sequence[Branch | None]) -> None:
        for branch in branches:
            if branch is not None:
                self.n_opened += 1
                # Of like bounds the newest first: it is nearest to a plan.
                heapq.heappush(self._open, (-round(branch.node.bound / self._close), -self.n_opened, branch))
        self.bound = max([self._left, *(branch.node.bound for _, _, branch in self._open)])
