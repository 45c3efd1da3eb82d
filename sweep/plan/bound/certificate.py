"""Certificate of an upper bound for the checker: for each component a branch-and-bound tree or a knapsack bound."""

import heapq
import math
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from geodata.array_types import Float64s, Int64s
from sweep.plan.bound.branch_and_bound import Branch
from sweep.plan.bound.branch_nodes import BranchNode
from sweep.plan.bound.components import Component
from sweep.plan.bound.route_relaxation import RouteRelaxation
from sweep.plan.kernel.knapsack_bound import knapsack_rate, seconds_of
from sweep.plan.kernel.problem_arrays import Arrays
from sweep.plan.problem.problem import Problem
from sweep.records.bound_proof import Branching, DualSolution, NodePart, PoolPart
from sweep.records.people import Team


class RowIds(NamedTuple):
    """Problem, arrays and active teams (in order), to translate rows of the arrays into ids for the certificate."""

    problem: Problem
    arrays: Arrays
    teams: Sequence[Team]

    def slot(self, row: int) -> tuple[str, int]:
        """Return the visit id of a team slot's row, and the number of the slot within the visit."""
        node = int(self.arrays.task["node"][row])
        return self.problem.visits[node].visit_id, row - int(self.arrays.node_start[node])

    def visits(self, units: Int64s) -> tuple[str, ...]:
        """Return the ids of the visits of these units (linked visits)."""
        a = self.arrays
        rows = (int(i) for u in units for i in a.unit_tasks[a.unit_start[u] : a.unit_start[u + 1]])
        return tuple(dict.fromkeys(self.slot(i)[0] for i in rows))

    def ids(self, teams: Int64s) -> tuple[str, ...]:
        """Return the ids of the teams at these rows of the arrays."""
        return tuple(self.teams[int(k)].team_id for k in teams)


def rate_part(
    names: RowIds, teams: Int64s, units: Int64s, value: Float64s, seconds: Float64s
) -> tuple[PoolPart, Fraction]:
    """
    Return the knapsack certificate of a component of teams, and its bound in exact arithmetic.

    `teams` and `units` are the component's rows; `value` and `seconds` hold value and least time of all units of the
    problem, (units,). The certificate is one rate, in value per second. The bound is rate x working seconds of the
    teams, plus the sum of max(0, value - rate x seconds) over the component's units.
    """
    a = names.arrays
    total_s = seconds_of(a, teams)
    rate = knapsack_rate(value[units], seconds[units], total_s)
    left = (Fraction(w) - Fraction(rate) * int(s) for w, s in zip(value[units].tolist(), seconds[units], strict=True))
    bound = Fraction(rate) * total_s + sum(x for x in left if x > 0)
    part = PoolPart(teams=names.ids(teams), visits=names.visits(units), with_musts=False, step=1.0, rate=rate, nodes=())
    return part, bound


def tree_part(
    names: RowIds, relaxation: RouteRelaxation, whole: Branch, *, with_musts: bool
) -> tuple[PoolPart, Fraction]:
    """
    Return the certificate of a component from its branch-and-bound tree, whose root is `whole`, and its exact bound.

    A tree too large for the checker is cut, which raises the bound. `with_musts`: the bound holds only for plans that
    serve every must-visit.
    """
    pool, step = relaxation.pool, relaxation.step
    taken = _taken_apart(whole, len(pool.kinds))
    made: list[Branch | None] = [whole]
    nodes: list[NodePart] = []
    bound = Fraction(0)
    for branch in made:
        if branch is None:
            nodes.append(NodePart())
        elif id(branch) in taken and branch.split is not None:
            unit, visit, until, _ = branch.split
            first = int(np.flatnonzero((pool.unit == unit) | (pool.visit == visit))[0])
            name, parts = names.slot(int(pool.slots[first][0]))[0], (len(made), len(made) + 1)
            made.extend(branch.parts)
            nodes.append(NodePart(taken=Branching(visit=name, until_s=None if visit is None else until, parts=parts)))
        else:
            nodes.append(NodePart(shown=_shown(names, pool, branch.node)))
            bound = max(bound, _exact(pool, branch.node, step))
    teams, visits = names.ids(pool.teams), names.visits(pool.units)
    remembered: dict[str, tuple[str, ...]] = {}
    for v, w in sorted(relaxation.remembered):
        before, at = (names.slot(int(pool.slots[np.flatnonzero(pool.visit == x)[0]][0]))[0] for x in (v, w))
        remembered[at] = (*remembered.get(at, ()), before)
    part = PoolPart(
        teams=teams, visits=visits, with_musts=with_musts, step=step, nodes=tuple(nodes), remembered=remembered
    )
    return part, bound


def _taken_apart(whole: Branch, n_kinds: int) -> set[int]:
    """Return the `id()` of the branches whose children the certificate lists: highest bounds first, up to a limit."""
    order = [(-whole.node.bound, 0, whole)]
    taken: set[int] = set()
    # The checker prices each kind of teams at each node, some hundredths of a second each. A larger tree is cut, which
    # raises its bound.
    while order and order[0][2].split is not None and (len(taken) + 2) * n_kinds <= 400:
        branch = heapq.heappop(order)[2]
        taken.add(id(branch))
        for n, part in enumerate(branch.parts):
            if part is not None:
                heapq.heappush(order, (-part.node.bound, 2 * len(taken) + n, part))
    return taken


def _shown(names: RowIds, pool: Component, node: BranchNode) -> DualSolution | None:
    if node.prices is None:
        return None
    prizes: dict[str, list[int]] = {}
    for i in np.flatnonzero((node.prices.prizes > 0) & (node.served[pool.unit] != 0)):
        for row in pool.slots[i]:
            visit_id, slot = names.slot(int(row))
            n_slots = int(np.diff(names.arrays.node_start)[names.arrays.task["node"][row]])
            prizes.setdefault(visit_id, [0] * n_slots)[slot] = int(node.prices.prizes[i])
    prices = zip(pool.kinds, node.prices.prices.tolist(), strict=True)
    caps = zip(pool.cap_rows.tolist(), node.prices.caps.tolist(), strict=True)
    return DualSolution(
        prizes={visit_id: tuple(of_slots) for visit_id, of_slots in prizes.items()},
        prices=dict.fromkeys(names.ids(pool.teams), 0)
        | {team_id: price for kind, price in prices for team_id in names.ids(kind.teams)},
        caps={names.problem.caps[c].cap_id: price for c, price in caps if price > 0},
    )


def _exact(pool: Component, node: BranchNode, step: float) -> Fraction:
    """Return the node's bound in exact arithmetic, as the checker computes it."""
    values = [Fraction(v) for v in pool.value.tolist()]
    most = sum((v for v, state in zip(values, node.served, strict=True) if state != 0), Fraction(0))
    if node.prices is None:
        return most
    in_prizes = [0] * len(values)
    for u, demand, prize in zip(pool.unit.tolist(), pool.demand.tolist(), node.prices.prizes.tolist(), strict=True):
        in_prizes[u] += demand * prize
    caps: list[int] = node.prices.caps.tolist()
    for u, loads in enumerate(pool.cap_load.T.tolist()):
        in_prizes[u] += sum(load * price for load, price in zip(loads, caps, strict=True))
    left = [v - Fraction(step) * n for v, n in zip(values, in_prizes, strict=True)]
    served = (x for x, state in zip(left, node.served, strict=True) if state == 1 or (state != 0 and x > 0))
    prices: list[int] = node.prices.prices.tolist()
    n_steps = sum(len(kind.teams) * price for kind, price in zip(pool.kinds, prices, strict=True))
    n_steps += sum(int(most_load) * price for most_load, price in zip(pool.cap_most, caps, strict=True))
    return min(most, sum(served, Fraction(0)) + Fraction(step) * n_steps)


def as_float(bound: Fraction) -> float:
    """Return the smallest float that is not below the exact bound, so that rounding keeps it valid."""
    near = float(bound)
    return near if Fraction(near) >= bound else math.nextafter(near, math.inf)
