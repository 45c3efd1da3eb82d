"""
The linear relaxation over all routes of a pool, by column generation (OR-Tools GLOP), at any node of the tree.

max sum v_u y_u less what routes lose, with d_i y_u <= sum of routes through i for every task i of unit u (d_i slots),
y_u <= 1, no more routes of a kind than it has teams, and no more taken of a cap than there is. A unit counts as on its
best days, and a route loses what its visits are worth less on its own. Starts together are relaxed, the rest of each
route is kept, so no plan can have a higher value. A route through a task twice counts twice, which only lifts the
bound. Any round gives a bound, the Lagrangian of its prices: what the units are worth beyond their prizes and what they
take of caps, plus, for each kind, its teams times the best route's prizes, plus each cap at its price. GLOP's word is
not needed for it: it only says which prices are good ones. They are rounded to whole numbers of a step, so that sums of
them are exact and the checker can go through the same bound (`certificate.py`).

References
----------
Lasdon 1970, Optimization theory for large systems (the Lagrangian bound of a column generation round).
Wentges 1997, Weighted Dantzig-Wolfe decomposition; Pessoa et al. 2018, Automation and combination of linear-programming
based stabilization techniques in column generation (prices between the best and the newest).
"""

import math
from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np

from geodata.array_types import Bools, Float64s, Int64s
from sweep.plan.bound.branch_nodes import Node, Prices, Use, windows_of
from sweep.plan.bound.components import Pool
from sweep.plan.bound.pricing import best_routes
from sweep.plan.bound.route_columns import possible
from sweep.plan.bound.route_master import STEPS, Duals, Master
from sweep.plan.bound.team_times import Windows

# Labels compared in one pricing: at first few, for any good route will do; more when none is found; in the end some
# seconds' worth.
FEW_COMPARED, MOST_COMPARED = 3_000_000, 300_000_000


class Relaxed(NamedTuple):
    """What the relaxation says of a node."""

    bound: float
    prices: Prices | None
    """What shows the bound."""
    is_closed: bool
    """Whether the LP was solved to its end; if not, the bound holds, and the rest is of no use."""
    is_too_hard: bool
    """Whether it never will be."""
    served: Float64s
    """Share of each unit, (units,)."""
    uses: list[Use]


class Relaxation:
    """The relaxation of a pool; its columns and its basis serve node after node."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.n_rounds = 0
        self._most_compared = FEW_COMPARED
        # GLOP's tolerances are absolute: in it the most valuable unit is worth 1/2 to 1. A power of two, to divide by
        # without rounding.
        self._unit_value = 2.0 ** math.frexp(max(float(pool.value.max(initial=0.0)), 1e-12))[1]
        self._value = pool.value / self._unit_value
        # Rounded down: the checker, which counts in fractions, finds none that is smaller.
        self._loss = [np.maximum(np.floor(k.loss / self._unit_value * STEPS) - 1.0, 0.0) / STEPS for k in pool.kinds]
        self._is_daily = any(loss.any() for loss in self._loss)
        self._master = Master(pool, self._value, self._loss)
        self._kind_of = {int(team): k for k, kind in enumerate(pool.kinds) for team in kind.teams}
        self._task_of = {int(row): i for i, rows in enumerate(pool.slots) for row in rows}
        self._place_of = [{int(i): n for n, i in enumerate(kind.tasks)} for kind in pool.kinds]

    @property
    def n_columns(self) -> int:
        """Routes priced so far."""
        return sum(len(columns) for columns in self._master.columns)

    @property
    def step(self) -> float:
        """What the prices of nodes count in; a power of two."""
        return self._unit_value / STEPS

    def solve(self, node: Node, known: float, may_go_on: Callable[[], bool]) -> Relaxed:
        """A bound on the node's plans; `known` is a value that is had: a bound that is not above it is of no use."""
        windows = windows_of(self.pool, node)
        self._enter(node, windows)
        bound, best, is_closed, is_too_hard = node.bound, node.prices, False, False
        served, uses = np.zeros(len(self._value)), []
        # Over several days many teams have time to spare, and hosts of routes that are worth next to nothing. Where
        # days differ, those are not looked for that together lift the LP by less than this share of what the bound may
        # come down.
        share = 0.05 if self._is_daily else 0.0
        centre, n_missed = None, 0
        while bound > known and not is_closed and not is_too_hard and may_go_on():
            slack = share * self._each(bound, known)
            self.n_rounds += 1
            duals = self._master.solve(slack)
            if duals is None:
                is_too_hard = True
                break
            # Read before pricing: a new column makes the solver forget its solution.
            served, shares = self._master.served(), self._master.shares()
            # Prices are asked for on the way from those of the best bound so far to GLOP's, which jump about until the
            # columns are many: at this share of the former, and where nothing new comes of it, step by step nearer to
            # GLOP's.
            weight = 0.0 if centre is None else max(0.0, 1.0 - (1 + n_missed) * (1.0 - 0.8))
            asked = duals if centre is None or weight == 0.0 else duals.towards(centre, weight)
            lagrangian, prices, n_new = self._price(node, windows, asked, may_go_on)
            if lagrangian < bound:
                bound, best, centre = lagrangian, prices or best, asked
            if asked is not duals:
                n_missed = 0 if n_new else n_missed + 1
                continue
            n_missed = 0
            is_closed = n_new == 0 and lagrangian < np.inf
            if is_closed and slack > 0.0:
                share = 0.0 if _is_whole(served, shares) else share
                is_closed = share * self._each(bound, known) >= 0.5 * slack
            elif n_new == 0 and not is_closed:
                is_too_hard = self._most_compared >= MOST_COMPARED
                self._most_compared = min(10 * self._most_compared, MOST_COMPARED)
            uses = self._uses(windows, shares) if is_closed else []
        return Relaxed(bound, best, is_closed, is_too_hard, served, uses)

    def _each(self, bound: float, known: float) -> float:
        """What each team's part is in how far a bound lies above a value that is had; 0 if none is."""
        n_teams = sum(len(kind.teams) for kind in self.pool.kinds)
        return max(0.0, bound - known) / (max(1, n_teams) * self._unit_value) if np.isfinite(bound - known) else 0.0

    def guess(self, node: Node) -> float:
        """What the routes that are there give for a node: no bound, but mostly near it."""
        self._enter(node, windows_of(self.pool, node))
        if self._master.solve() is None:
            return node.bound
        return self._master.value * self._unit_value

    def _enter(self, node: Node, windows: Windows) -> None:
        self._master.enter(node.served, [self._times(k, windows)[0] for k in range(len(self.pool.kinds))])

    def _times(self, k: int, windows: Windows) -> tuple[Bools, Int64s, Int64s]:
        """Whether each column is possible; earliest and latest starts of its stops."""
        kind, tasks = self.pool.kinds[k], self._master.columns[k].tasks
        return possible(tasks, kind.team, Windows(windows.window[kind.tasks]))

    def _price(
        self, node: Node, windows: Windows, duals: Duals, may_go_on: Callable[[], bool]
    ) -> tuple[float, Prices | None, int]:
        """The Lagrangian, right for any prizes >= 0 however rough the LP's are; what shows it; number of new routes."""
        pool, prices, prizes = self.pool, np.zeros(len(self.pool.kinds)), duals.prizes
        left = self._value - np.bincount(pool.unit, weights=self.pool.demand * prizes, minlength=len(self._value))
        left -= duals.caps @ pool.cap_load
        part = np.where(node.served == 1, left, np.where(node.served == 0, 0.0, np.maximum(left, 0.0)))
        lagrangian, n_new = float(part.sum()) + float(duals.caps @ pool.cap_most), 0
        for k, kind in enumerate(pool.kinds):
            mine = np.maximum(prizes[kind.tasks] - self._loss[k], 0.0)
            its_windows, least = Windows(windows.window[kind.tasks]), float(duals.least[k])
            best, routes = best_routes(kind.team, its_windows, mine, least, 30, self._most_compared, may_go_on)
            if best == np.inf and not may_go_on():
                return np.inf, None, 1
            lagrangian += len(kind.teams) * best
            prices[k] = best
            n_new += sum(self._master.add(k, route) for route in routes)
        in_steps = self.pool.demand @ prizes + duals.caps @ np.maximum(pool.cap_load.sum(axis=1), pool.cap_most)
        # Up to how many of the values that GLOP sees as 1 sums of so small steps are exact in a float.
        if lagrangian == np.inf or in_steps > 1e6:
            return lagrangian * self._unit_value, None, n_new
        shown = Prices(*((x * STEPS).astype(np.int64) for x in (prizes, prices, duals.caps)))
        return lagrangian * self._unit_value, shown, n_new

    def add_route(self, team: int, slots: Iterable[int]) -> None:
        """Take in a route that somebody knows, by rows of the arrays; one that is none of the pool's is passed over."""
        k = self._kind_of.get(team)
        if k is not None:
            route = [self._place_of[k].get(self._task_of.get(row, -1), -1) for row in slots]
            if route and -1 not in route:
                self._master.add(k, route)

    def _uses(self, windows: Windows, shares: list[list[tuple[int, float]]]) -> list[Use]:
        uses = []
        for k, kind in enumerate(self.pool.kinds):
            _, early, late = self._times(k, windows)
            tasks = self._master.columns[k].tasks
            for r, share in shares[k]:
                n = int((tasks[r] >= 0).sum())
                uses.append(Use(k, share, kind.tasks[tasks[r, :n]], early[r, :n], late[r, :n]))
        return uses


def _is_whole(served: Float64s, shares: list[list[tuple[int, float]]]) -> bool:
    """Whether all in the LP's solution is whole."""
    every = np.append(served, [share for of_kind in shares for _, share in of_kind])
    # A share this near to a whole number is one.
    return bool(np.abs(every - np.round(every)).max(initial=0.0) <= 1e-4)
