"""A part of the problem that shares no visits with the others, and its bounds so far."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from geodata.arrays import Bools, Int64s
from sweep.plan.bound.branching import Tree
from sweep.plan.bound.column_generation import Relaxation
from sweep.plan.bound.pools import Pool

# A second of CP-SAT counts as so many rounds of pricing.
ROUNDS_A_SECOND = 80

# A team and the slots that it fills in order, by row.
type KnownRoute = tuple[int, Sequence[int]]


@dataclass(slots=True, eq=False)
class Part:
    """A pool and what is known of it."""

    teams: Int64s
    """Rows in the arrays."""
    units: Int64s
    first: float
    """Bound without any search."""
    make_pool: Callable[[], Pool] | None
    """Makes its pool, once a search asks for it; None if it is too large to be searched."""
    is_must: Bools
    """(units of the pool,)."""
    relaxation: Relaxation | None = None
    offered: list[KnownRoute] = field(default_factory=list)
    """Routes of its teams that its relaxation has not taken in yet."""
    trees: dict[bool, Tree] = field(default_factory=dict)
    """Trees by whether every must-visit is to be served."""

    def tree(self, *, with_musts: bool) -> Tree | None:
        """The tree of all plans, or of those that serve every must-visit."""
        if self.make_pool is None:
            return None
        if self.relaxation is None:
            self.relaxation = Relaxation(self.make_pool())
        key = with_musts and bool(self.is_must.any())
        if key not in self.trees:
            self.trees[key] = Tree(self.relaxation, self.is_must & key)
        return self.trees[key]

    @property
    def n_rounds(self) -> int:
        """Rounds of pricing so far, and what else was done as so many of them."""
        n_priced = 0 if self.relaxation is None else self.relaxation.n_rounds
        return n_priced + math.ceil(ROUNDS_A_SECOND * sum(tree.tried_s for tree in self.trees.values()))

    def keys(self, *, with_musts: bool) -> list[bool]:
        """The trees that bound all plans, or those that serve every must-visit: such a plan is one of all, too."""
        return [key for key in ((False, True) if with_musts else (False,)) if key in self.trees]

    def bound(self, *, with_musts: bool) -> float:
        """On value and urgency together, of all plans of the part or of those that serve every must-visit."""
        return min([self.first, *(self.trees[key].bound for key in self.keys(with_musts=with_musts))])
