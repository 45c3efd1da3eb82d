"""Nodes of the branch-and-bound tree: branching decisions on served units and on start times."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geodata.array_types import Bools, Float64s, Int64s
from sweep.plan.bound.components import Component
from sweep.plan.bound.team_kind_arrays import TaskWindows
from sweep.plan.kernel.problem_arrays import LATEST

UNKNOWN = -1
# Integrality tolerance.
INTEGRAL = 1e-5

type Span = tuple[int, int, float]


class Prices(NamedTuple):
    """Dual prices that certify a node's bound, in units of `RouteRelaxation.step`; any prices >= 0 give a bound."""

    prizes: Int64s
    """Price of one team slot of each task, (tasks,)."""
    prices: Int64s
    """Upper bound on the prizes that one route of each kind of teams can collect, (kinds,)."""
    caps: Int64s
    """Price of one unit of each cap of the component, (caps,)."""


@dataclass(frozen=True, slots=True, eq=False)
class BranchNode:
    """Node of the tree: the set of plans that keep the branching decisions made so far."""

    bound: float
    """Upper bound on the value of the node's plans."""
    served: NDArray[np.int8]
    """Decision for each unit: 1 served, 0 not served, UNKNOWN not decided, (units,)."""
    lo: Int64s
    """Earliest start of each visit, in seconds after midnight, (visits,)."""
    hi: Int64s
    """Latest start of each visit, in seconds after midnight, (visits,)."""
    prices: Prices | None = None
    """Certificate of the bound; None if the bound is the value of all units that are allowed."""


class BranchingDecision(NamedTuple):
    """Branching of a node into two child nodes that together cover all its plans, on a unit or on a start time."""

    unit: int | None
    """Unit that the first child leaves unserved and the second serves; None if the branching is on a start."""
    visit: int | None
    """Visit that starts at `until` or before in the first child, and later in the second; None if on a unit."""
    until: int
    """Latest start in the first child, seconds after midnight; 0 if the branching is on a unit."""
    parts: tuple[BranchNode | None, BranchNode | None]
    """The two children; None for an infeasible child."""


class RouteUse(NamedTuple):
    """Route with a positive value in the LP solution."""

    kind: int
    """Index in `Component.kinds` of the teams that drive it."""
    share: float
    """Value of the route in the LP solution: number of teams that drive it, possibly fractional."""
    tasks: Int64s
    """Tasks of the route, as indices in the component, in order."""
    early: Int64s
    """Earliest start at each task of the route, in seconds after midnight."""
    late: Int64s
    """Latest start at each task of the route, in seconds after midnight."""


def root(pool: Component, is_must: Bools) -> BranchNode | None:
    """Return the node of all plans that serve the units marked in `is_must`, (units,); None if infeasible."""
    n = len(pool.unit_of_visit)
    served = np.where(is_must, 1, UNKNOWN).astype(np.int8)
    return tightened(pool, BranchNode(np.inf, served, np.full(n, -LATEST), np.full(n, LATEST)))


def tightened(pool: Component, node: BranchNode) -> BranchNode | None:
    """Return the node with start times and bound tightened by links and branching decisions; None if infeasible."""
    lo = np.maximum(node.lo, (node.lo[None, :] - pool.lag).max(axis=1)).astype(np.int64)
    hi = np.minimum(node.hi, (node.hi[:, None] + pool.lag).min(axis=0)).astype(np.int64)
    served = node.served.copy()
    late = pool.unit_of_visit[lo > hi]
    if (served[late] == 1).any():
        return None
    served[late] = 0
    return replace(node, served=served, lo=lo, hi=hi, bound=min(node.bound, float(pool.value[served != 0].sum())))


def windows_of(pool: Component, node: BranchNode) -> TaskWindows:
    """Return the tasks' windows cut to the node's start times; windows of unserved units (linked visits) are empty."""
    lo = np.where(node.served[pool.unit_of_visit] == 0, LATEST, node.lo)[pool.visit, None]
    hi = node.hi[pool.visit, None]
    window = pool.windows.window.copy()
    window["lo"], window["hi"] = np.maximum(window["lo"], lo), np.minimum(window["hi"], hi)
    return TaskWindows(window)


def branch_on_unit(pool: Component, node: BranchNode, share: Float64s) -> BranchingDecision | None:
    """
    Return the branching on serving the unit with the largest fractionality times value; None if none is fractional.

    `share`: LP value of each unit, (units,); its fractionality is its distance from 0 or 1.
    """
    part = np.minimum(share, 1.0 - share)
    u = int(np.argmax(part * pool.value))
    if part[u] <= INTEGRAL:
        return None
    decided = [node.served.copy(), node.served.copy()]
    decided[0][u], decided[1][u] = 0, 1
    without, within = (tightened(pool, replace(node, served=served)) for served in decided)
    return BranchingDecision(u, None, 0, (without, within))


def branch_on_start(pool: Component, node: BranchNode, uses: Sequence[RouteUse]) -> BranchingDecision | None:
    """Return the branching on a visit's start that excludes most LP routes `uses`; None if it excludes no route."""
    spans = _spans(pool, uses)
    weight, v, until = max((_best_cut(pool, spans, v) for v in spans), default=(0.0, 0, 0))
    return _parted(pool, node, v, until) if weight > INTEGRAL**2 else None


def branch_at_middle(pool: Component, node: BranchNode, uses: Sequence[RouteUse]) -> BranchingDecision | None:
    """
    Return a branching on the start of one visit, at the middle of the interval that all its routes in `uses` allow.

    The visit with the longest interval is chosen; None if no visit has one. For nodes without another branching. Both
    children keep the routes `uses` of the LP solution, but their shorter start windows tighten the relaxation.
    """
    spans = _spans(pool, uses)
    common = [(min(late for _, late, _ in s) - max(early for early, _, _ in s), v) for v, s in spans.items()]
    longest, v = max(common, default=(0, 0))
    if longest <= 0:
        return None
    return _parted(pool, node, v, max(early for early, _, _ in spans[v]) + longest // 2)


def _spans(pool: Component, uses: Sequence[RouteUse]) -> dict[int, list[Span]]:
    """Return, by visit, (earliest start, latest start, LP value) of each route of the LP solution that serves it."""
    spans: dict[int, list[Span]] = {}
    for use in uses:
        for i, early, late in zip(use.tasks, use.early, use.late, strict=True):
            spans.setdefault(int(pool.visit[i]), []).append((int(early), int(late), use.share))
    return spans


def _best_cut(pool: Component, spans: dict[int, list[Span]], v: int) -> tuple[float, int, int]:
    """
    Return the best time to branch on the start of visit `v`, as (score, `v`, latest start in the first child).

    The score is the product of two sums of LP values, each over the routes that one child excludes.
    """
    linked = [(w, pool.lag[v, w], pool.lag[w, v]) for w in spans if min(pool.lag[v, w], pool.lag[w, v]) < np.inf]
    best = (0.0, v, 0)
    for until in sorted({early - 1 for early, _, _ in spans[v]} | {late for _, late, _ in spans[v]}):
        left = sum(n for w, after, _ in linked for early, _, n in spans[w] if early > until + after)
        right = sum(n for w, _, before in linked for _, late, n in spans[w] if late <= until - before)
        best = max(best, (left * right, v, until))
    return best


def _parted(pool: Component, node: BranchNode, v: int, until: int) -> BranchingDecision:
    lo, hi = node.lo.copy(), node.hi.copy()
    lo[v], hi[v] = max(lo[v], until + 1), min(hi[v], until)
    return BranchingDecision(
        None, v, until, (tightened(pool, replace(node, hi=hi)), tightened(pool, replace(node, lo=lo)))
    )
