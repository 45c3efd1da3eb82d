"""
LP relaxation over all routes of a component, by column generation (GLOP), at any node of the tree.

Maximise sum v_u y_u less the losses of routes, subject to d_i y_u <= sum of routes through i for every task i of unit u
(d_i slots), y_u <= 1, at most as many routes of a kind as it has teams, and the caps. A unit has its value on its best
days; a route loses the difference for each of its visits. Synchronisation is relaxed, so the LP bounds every plan. A
route that visits a task twice counts twice, which only raises the bound; exact pricing forbids the cycles of its best
routes, by neighbourhoods that grow.

Each round gives the Lagrangean bound of its dual prices: the units' values beyond their prizes and cap prices, plus for
each kind its teams times the best route's prizes, plus each cap at its price. The bound holds for any prices >= 0; GLOP
only finds good ones. They are rounded to whole numbers of a step, so that sums are exact and the checker can verify the
bound (`certificate.py`).

References
----------
Lasdon 1970, Optimization theory for large systems (the Lagrangean bound of a column generation round).
Wentges 1997, Weighted Dantzig-Wolfe decomposition; Pessoa et al. 2018, Automation and combination of linear-programming
based stabilization techniques in column generation (smoothing of dual prices).
Roberti and Mingozzi 2014, Dynamic ng-path relaxation for the delivery man problem (neighbourhoods that grow).
"""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np

from geodata.array_types import Bools, Float64s, Int64s
from sweep.plan.bound.branch_nodes import BranchNode, Prices, RouteUse, windows_of
from sweep.plan.bound.components import Component, as_bits
from sweep.plan.bound.pricing import best_routes
from sweep.plan.bound.route_columns import possible
from sweep.plan.bound.route_labelling import LabellingState, make_front
from sweep.plan.bound.route_master import STEPS, Duals, RouteMaster
from sweep.plan.bound.team_kind_arrays import TaskWindows, TeamKind, seconds_with_leg
from sweep.plan.kernel.knapsack_bound import knapsack_rate
from sweep.plan.kernel.problem_arrays import LATEST

# Labels compared in one pricing: few at first, as any good route helps; more if none is found, up to some seconds'
# worth.
FEW_COMPARED, MOST_COMPARED = 3_000_000, 300_000_000
# Best routes of an exact pricing, for each kind of teams, whose cycles are forbidden. On Xuhui with 8 teams the bound
# fell from 22.78 to 22.27 in 30 s with one route, and to 22.15 with five.
N_WITHOUT_CYCLES = 5
# Share of the gap by which the bound of a node may stay above its linear program: branching gains more than the rest.
NEAR = 0.01


class RelaxedNode(NamedTuple):
    """Result of the LP relaxation at one node of the tree: bound, dual prices, and the LP solution."""

    bound: float
    prices: Prices | None
    """Dual prices that certify the bound; None if only the value of all allowed units bounds the node."""
    is_closed: bool
    """Whether the LP was solved to optimality; if not, only the bound is usable."""
    is_too_hard: bool
    """Whether the LP cannot be solved within the limits."""
    served: Float64s
    """Value of the LP variable y of each unit, the fraction of it that is served, (units,)."""
    uses: list[RouteUse]
    """Routes of the LP solution; empty unless `is_closed`."""


class RouteRelaxation:
    """LP relaxation of one component, to bound the nodes of its tree; columns and LP basis are kept between nodes."""

    def __init__(self, pool: Component) -> None:
        self.pool = pool
        self.n_rounds = 0
        self._most_compared = FEW_COMPARED
        # GLOP's tolerances are absolute, so the most valuable unit is scaled to 1/2 to 1. The scale is a power of two,
        # which divides without rounding.
        self._unit_value = 2.0 ** math.frexp(max(float(pool.value.max(initial=0.0)), 1e-12))[1]
        self._value = pool.value / self._unit_value
        # Rounded down, so that the checker's exact losses are never smaller.
        self._loss = [np.maximum(np.floor(k.loss / self._unit_value * STEPS) - 1.0, 0.0) / STEPS for k in pool.kinds]
        self._is_daily = any(loss.any() for loss in self._loss)
        self._master = RouteMaster(pool, self._value, self._loss)
        self._by_hours = duals_by_hours(pool, self._value)
        self._kind_of = {int(team): k for k, kind in enumerate(pool.kinds) for team in kind.teams}
        self._task_of = {int(row): i for i, rows in enumerate(pool.slots) for row in rows}
        self._place_of = [{int(i): n for n, i in enumerate(kind.tasks)} for kind in pool.kinds]
        self.remembered: set[tuple[int, int]] = set()
        """Pairs of visits (v, w): a route that visits v remembers it at w, and does not return to v from there."""

    @property
    def n_columns(self) -> int:
        """Number of columns (known routes) of all kinds of teams."""
        return sum(len(columns) for columns in self._master.columns)

    @property
    def step(self) -> float:
        """Size of a step, of which the nodes' dual prices are whole multiples; a power of two, in units of value."""
        return self._unit_value / STEPS

    def solve(self, node: BranchNode, known: float, should_continue: Callable[[], bool]) -> RelaxedNode:
        """Bound the node's plans by column generation; stop once the bound is at most `known`, a known plan's value."""
        windows = windows_of(self.pool, node)
        self._enter(node, windows)
        bound, best, is_closed, is_too_hard = node.bound, node.prices, False, False
        served, uses = np.zeros(len(self._value)), []
        # With several days there are many routes of small value. Routes that together raise the LP by less than this
        # share of the gap are then not priced.
        share = 0.05 if self._is_daily else 0.0
        centre, n_missed = self._by_hours if node.prices is None else Duals(*(x / STEPS for x in node.prices)), 0
        is_first = node.prices is None
        while bound > known and not is_closed and not is_too_hard and should_continue():
            slack = share * self._gap_per_team(bound, known)
            self.n_rounds += 1
            duals = self._master.solve(slack)
            if duals is None:
                is_too_hard = True
                break
            # Read before pricing: a new column discards GLOP's solution.
            served, shares, n_remembered = self._master.served(), self._master.shares(), len(self.remembered)
            value = self._master.value * self._unit_value
            # Dual smoothing (Wentges): prices between those of the best bound and GLOP's, with weight 0.8 on the
            # former. After each mispricing the weight falls.
            weight = max(0.0, 1.0 - (1 + n_missed) * (1.0 - 0.8))
            # GLOP's first prices are far off, as there are few columns.
            asked = duals if weight == 0.0 else duals.towards(centre, 1.0 if is_first else weight)
            is_first = False
            lagrangian, prices, n_new, is_complete = self._price(node, windows, asked, should_continue)
            if lagrangian < bound:
                bound, best, centre = lagrangian, prices or best, asked
            is_near = bound - value <= NEAR * (bound - known) < np.inf and not _is_integral(served, shares)
            if is_near:
                for k, routes in enumerate(shares):
                    self._forbid_cycles(k, [self._master.columns[k].route(r) for r, _ in routes])
            if len(self.remembered) > n_remembered:
                self._enter(node, windows)
                continue
            if is_near:
                is_closed, uses = True, self._uses(windows, shares)
                break
            if asked is not duals:
                n_missed = 0 if n_new else n_missed + 1
                continue
            n_missed = 0
            is_closed = n_new == 0 and is_complete
            if is_closed and slack > 0.0:
                share = 0.0 if _is_integral(served, shares) else share
                is_closed = share * self._gap_per_team(bound, known) >= 0.5 * slack
            elif n_new == 0 and not is_closed:
                is_too_hard = self._most_compared >= MOST_COMPARED
                self._most_compared = min(10 * self._most_compared, MOST_COMPARED)
            uses = self._uses(windows, shares) if is_closed else []
        return RelaxedNode(bound, best, is_closed, is_too_hard, served, uses)

    def _gap_per_team(self, bound: float, known: float) -> float:
        n_teams = sum(len(kind.teams) for kind in self.pool.kinds)
        return max(0.0, bound - known) / (max(1, n_teams) * self._unit_value) if np.isfinite(bound - known) else 0.0

    def estimate(self, node: BranchNode) -> float:
        """Estimate a node's bound from the known columns, without pricing, to choose a branching; not a valid bound."""
        self._enter(node, windows_of(self.pool, node))
        if self._master.solve() is None:
            return node.bound
        return self._master.value * self._unit_value

    def _enter(self, node: BranchNode, windows: TaskWindows) -> None:
        self._master.enter(node.served, [self._times(k, windows)[0] for k in range(len(self.pool.kinds))])

    def _times(self, k: int, windows: TaskWindows) -> tuple[Bools, Int64s, Int64s]:
        kind, tasks = self.pool.kinds[k], self._master.columns[k].tasks
        return possible(tasks, kind.team, TaskWindows(windows.window[kind.tasks]))

    def _price(
        self, node: BranchNode, windows: TaskWindows, duals: Duals, should_continue: Callable[[], bool]
    ) -> tuple[float, Prices | None, int, bool]:
        """
        Price routes of each kind of teams.

        Return the Lagrangean bound, the prices that certify it (None if too large for exact sums), the number of new
        columns, and whether pricing was complete. The bound holds for any prizes >= 0, even if the LP's solution is
        inexact.
        """
        pool, prizes = self.pool, duals.prizes
        left = self._value - np.bincount(pool.unit, weights=self.pool.demand * prizes, minlength=len(self._value))
        left -= duals.caps @ pool.cap_load
        part = np.where(node.served == 1, left, np.where(node.served == 0, 0.0, np.maximum(left, 0.0)))
        asked = [
            (kind.team, TaskWindows(windows.window[kind.tasks]), np.maximum(prizes[kind.tasks] - loss, 0.0))
            for kind, loss in zip(pool.kinds, self._loss, strict=True)
        ]
        # Rough and exact pricing share the initial states of the labelling.
        n_new, is_complete, fronts = 0, False, [make_front(*of_kind) for of_kind in asked]
        for is_rough in (True, False):
            prices, is_complete, n_more = self._routes(asked, duals, fronts, should_continue, is_rough=is_rough)
            n_new += n_more
            # Exact pricing takes longer: it waits until rough pricing finds less than one new route for each kind.
            if n_new >= len(pool.kinds) or not should_continue():
                break
        in_kinds = np.array([len(kind.teams) for kind in pool.kinds], np.float64) @ prices
        lagrangian = float(part.sum() + duals.caps @ pool.cap_most + in_kinds)
        in_steps = self.pool.demand @ prizes + duals.caps @ np.maximum(pool.cap_load.sum(axis=1), pool.cap_most)
        # Up to this sum (in GLOP's scale) integer steps are exact in a float.
        if in_steps > 1e6:
            return lagrangian * self._unit_value, None, n_new, is_complete
        shown = Prices(*((x * STEPS).astype(np.int64) for x in (prizes, prices, duals.caps)))
        return lagrangian * self._unit_value, shown, n_new, is_complete

    def _routes(
        self,
        asked: Sequence[tuple[TeamKind, TaskWindows, Float64s]],
        duals: Duals,
        fronts: Sequence[LabellingState],
        should_continue: Callable[[], bool],
        *,
        is_rough: bool,
    ) -> tuple[Float64s, bool, int]:
        """
        Price and add routes; return a bound for each kind, whether pricing was complete, and the number of new columns.

        `asked` has for each kind the team, the windows, and the prizes of tasks less their loss of value on the team's
        day. A kind's bound is on the prizes of one route. `fronts`: initial labelling state of each kind. `is_rough`:
        faster, but routes may be missed.
        """
        prices, is_complete, n_new = np.zeros(len(self.pool.kinds)), True, 0
        for k, (of_kind, front, least) in enumerate(zip(asked, fronts, duals.least.tolist(), strict=True)):
            limits = (30, self._most_compared, should_continue)
            priced = best_routes(*of_kind, least, *limits, front=front, is_rough=is_rough)
            prices[k] = priced.most
            is_complete = is_complete and priced.is_complete
            if not is_rough:
                self._forbid_cycles(k, priced.routes[:N_WITHOUT_CYCLES])
            n_new += sum(self._master.add(k, route) for route in priced.routes)
        return prices, is_complete, n_new

    def _forbid_cycles(self, k: int, routes: Sequence[list[int]]) -> None:
        """Extend the neighbourhoods (ng-route) so that no route of any kind repeats a cycle of these routes of `k`."""
        visit, new = self.pool.visit[self.pool.kinds[k].tasks], set[tuple[int, int]]()
        for route in routes:
            visits = visit[route].tolist()
            for n, v in enumerate(visits):
                before = next((m for m in range(n - 1, -1, -1) if visits[m] == v), n)
                new.update((v, w) for w in visits[before + 1 : n])
        for v, w in new - self.remembered:
            for kind in self.pool.kinds:
                visit = self.pool.visit[kind.tasks]
                kind.team.neighbours[visit == w] |= as_bits((visit == v)[None])
        self.remembered |= new

    def add_route(self, team: int, slots: Iterable[int]) -> None:
        """Add a known route as a column; `team`, `slots`: rows of the arrays. Other components' routes are ignored."""
        k = self._kind_of.get(team)
        if k is not None:
            route = [self._place_of[k].get(self._task_of.get(row, -1), -1) for row in slots]
            if route and -1 not in route:
                self._master.add(k, route)

    def _uses(self, windows: TaskWindows, shares: list[list[tuple[int, float]]]) -> list[RouteUse]:
        uses = []
        for k, kind in enumerate(self.pool.kinds):
            _, early, late = self._times(k, windows)
            tasks = self._master.columns[k].tasks
            for r, share in shares[k]:
                n = int((tasks[r] >= 0).sum())
                uses.append(RouteUse(k, share, kind.tasks[tasks[r, :n]], early[r, :n], late[r, :n]))
        return uses


def duals_by_hours(pool: Component, value: Float64s) -> Duals:
    """
    Return dual prices from the fractional knapsack of the teams' hours, with which column generation starts.

    They give the knapsack's bound or a better one. The prize of a task is its least seconds times a price per second:
    that of the knapsack, or its unit's `value` per second if lower.
    """
    seconds = np.full(len(pool.unit), float(LATEST))
    for kind in pool.kinds:
        seconds[kind.tasks] = np.minimum(seconds[kind.tasks], seconds_with_leg(kind.team))
    needed = np.bincount(pool.unit, weights=pool.demand * seconds, minlength=len(value))
    hours = np.array([kind.team.shift_hi - kind.team.shift_lo - kind.team.break_s for kind in pool.kinds])
    total = float(hours @ np.array([len(kind.teams) for kind in pool.kinds]))
    rate = knapsack_rate(value, needed, total)
    prizes = seconds * np.minimum(rate, value / np.maximum(needed, 1.0))[pool.unit]
    return Duals(*(np.rint(x * STEPS) / STEPS for x in (prizes, rate * hours, np.zeros(len(pool.cap_most)))))


def _is_integral(served: Float64s, shares: list[list[tuple[int, float]]]) -> bool:
    every = np.append(served, [share for of_kind in shares for _, share in of_kind])
    # Integrality tolerance.
    return bool(np.abs(every - np.round(every)).max(initial=0.0) <= 1e-4)
