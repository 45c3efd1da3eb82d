"""The clusters that are known while all are chosen together, and the programs that price and choose them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csc_array, hstack

from geodata.arrays import Float64s, Int64s

Column = tuple[int, ...]
# A linear program leaves out what lies below its prices by more than this share of what a cluster is worth.
PARKED = 0.1
# Worth and prices are sums of floats.
ROUNDING = 1e-9
# Seconds for one program over the columns: one of 3,000 buildings takes a tenth of one, or it goes round in circles.
PROGRAM_LIMIT_S = 60.0


class Columns:
    """
    The clusters known so far, and the linear and the integer program over them.

    Parameters
    ----------
    value
        Worth of each building, shape (n,).
    start
        The first set: none has more clusters.
    """

    def __init__(self, value: Float64s, start: Sequence[Sequence[int]]) -> None:
        self.n_clusters = len(start)
        self._value = value
        self._known: set[Column] = set()
        self._columns: list[Column] = []
        self._worth = np.zeros(0)
        self._members = _members([], len(value))
        self._duals = np.zeros(len(value) + 1)
        self._of_sets: set[Column] = set()
        self.held: Sequence[Column] = []
        """The best set that was added."""
        self.held_worth = 0.0
        self.mixture = 0.0
        """What the best mixture of columns holds, as of the last prices."""
        self.is_cut_short = False
        """Whether a linear program was given up."""
        self.work = 0.0
        """Steps of the linear programs, each times what their columns hold: some two nanoseconds of each."""
        self.add_set(start)

    def add(self, columns: Sequence[Column], most: int | None = None) -> int:
        """Take in those that are not known, at most so many; how many they are."""
        new = [column for column in columns if column not in self._known][:most]
        self._known.update(new)
        self._columns += new
        self._worth = np.append(self._worth, [self._value[list(column)].sum() for column in new])
        self._members = hstack([self._members, _members(new, len(self._value))], format="csc")
        return len(new)

    def add_set(self, clusters: Sequence[Sequence[int]]) -> None:
        """Take in clusters that share no building, and hold on to them if they are worth more than those held."""
        columns = [tuple(sorted(rows)) for rows in clusters]
        self.add(columns)
        self._of_sets.update(columns)
        worth = float(sum(self._value[list(column)].sum() for column in columns))
        if worth > self.held_worth:
            self.held, self.held_worth = columns, worth

    def prices(self) -> tuple[Float64s, float] | None:
        """What a building, and what one cluster more, would be worth to the best mixture; None if it is given up."""
        # Columns far below their prices would only make the program large: they come back when prices have changed.
        keep = np.flatnonzero(self._gain() >= -PARKED * self._duals[-1] - ROUNDING)
        # Presolving takes a third of the time and finds nothing to leave out.
        members, options = self._members[:, keep], {"time_limit": PROGRAM_LIMIT_S, "presolve": False}
        rows = _held_rows(members)
        limits = self._limits()[rows]
        found = linprog(-self._worth[keep], A_ub=members[rows], b_ub=limits, method="highs", options=options)  # type: ignore[call-overload]
        self.is_cut_short |= found.status != 0
        if self.is_cut_short:
            return None
        self._duals[:] = 0.0
        self._duals[rows] = np.maximum(-np.asarray(found.ineqlin.marginals, np.float64), 0.0)
        self.mixture = -float(found.fun)
        self.work += float(found.nit) * members.nnz
        return self._duals[:-1], float(self._duals[-1])

    def best_set(self, most: int) -> Sequence[Column]:
        """The set of columns worth most, or what is held if none is found that is worth more."""
        if self.is_cut_short or self.prices() is None:
            return self.held
        # In a better set no column lies farther below its prices.
        gap = float(self._duals @ self._limits()) - self.held_worth
        if gap <= ROUNDING:
            return self.held
        keep = self._nearest(gap, most)
        members = self._members[:, keep]
        rows = _held_rows(members)
        found = milp(
            -self._worth[keep],
            constraints=LinearConstraint(members[rows], -np.inf, self._limits()[rows]),
            integrality=np.ones(len(keep), np.int64),
            bounds=Bounds(0, 1),
            options={"mip_rel_gap": 2e-3, "node_limit": 500, "time_limit": PROGRAM_LIMIT_S},
        )
        if found.x is None or -found.fun <= self.held_worth:
            return self.held
        return [self._columns[k] for k in keep[found.x > 0.5]]

    def _limits(self) -> Float64s:
        return np.append(np.ones(len(self._value)), self.n_clusters)

    def _gain(self) -> Float64s:
        """How far each column lies above its prices."""
        return np.asarray(self._worth - self._duals @ self._members)

    def _nearest(self, below: float, most: int) -> Int64s:
        """
        Which columns lie no more than so much below their prices, in order, but no more than so many.

        Those of whole sets come first, for they go with others, then those nearest to their prices.
        """
        gain = self._gain()
        keep = np.flatnonzero(gain >= -below - ROUNDING)
        is_alone = np.array([self._columns[k] not in self._of_sets for k in keep])
        return np.sort(keep[np.lexsort((-gain[keep], is_alone))[:most]])


def _held_rows(members: csc_array) -> Int64s:
    """The rows that are in any column: most buildings are in none, and have no price."""
    return np.flatnonzero(np.bincount(members.indices))


def _members(columns: Sequence[Column], n: int) -> csc_array:
    """Which buildings each column holds, and below them a row of ones."""
    sizes = np.array([len(column) + 1 for column in columns], np.int64)
    rows = np.fromiter(chain.from_iterable((*column, n) for column in columns), np.int64, int(sizes.sum()))
    return csc_array((np.ones(len(rows)), rows, np.append(0, np.cumsum(sizes))), shape=(n + 1, len(columns)))
