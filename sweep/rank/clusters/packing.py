"""All clusters chosen together: columns made at the prices of a linear program, then the best set of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csc_array

from geodata.arrays import Float64s
from sweep.rank.clusters.candidates import Candidates, take
from sweep.rank.clusters.pricing import best_clusters

Column = tuple[int, ...]
# Prices that jump make poor columns: so much of them is that of the best bound until now (Wentges' smoothing).
CALM = 0.6


@dataclass(frozen=True, slots=True)
class Effort:
    """How far a search goes; counts and no clock, so that the same town has the same clusters."""

    n_rounds: int = 40
    n_columns: int = 200
    """Most new columns in a round."""
    n_nodes: int = 200
    """Most nodes of each branch and bound."""
    n_near: int = 200
    """Buildings near one that are looked at, the best per hour at its prices."""
    tolerance: float = 2e-3
    """Share by which a column must better its price."""


@dataclass(frozen=True, slots=True)
class Packing:
    """Clusters that share no building, and what is known of the best there are."""

    rows: list[list[int]]
    """Rows of each cluster."""
    bound: float
    """The most value that clusters within the limits can hold, if `Effort.n_near` left no building out."""


def pack_clusters(
    value: Float64s,
    hours: Float64s,
    points_m: Float64s,
    across_m: float,
    hours_cap: float,
    start: Sequence[Sequence[int]],
    effort: Effort,
) -> Packing:
    """
    As many clusters as at the start, worth no less together.

    Set packing by column generation: a linear program over the clusters known so far says what each building and
    each cluster is worth to the whole; a branch and bound finds clusters worth more than their buildings' prices; at
    the end an integer program takes the best set. Prices times hours also bound what any clusters can hold.

    Parameters
    ----------
    value, hours
        Shape (n,), both > 0.
    points_m
        Shape (n, 2).
    across_m
        Largest distance between two buildings of a cluster.
    hours_cap
        Largest sum of hours.
    start
        Rows of each cluster to begin with, at least one.
    effort
        How far to go. Time grows with the square of n.

    References
    ----------
    Luebbecke, Desrosiers: Selected topics in column generation. Operations Research 53 (2005); the bound is Lagrange's.
    """
    columns = dict.fromkeys(tuple(sorted(rows)) for rows in start)
    x_m, y_m = points_m[:, 0].copy(), points_m[:, 1].copy()
    buildings = Candidates(value, hours, x_m, y_m, across_m * across_m, hours_cap)
    least = min(float(value[list(rows)].sum()) for rows in start)
    first = _priced(np.zeros(len(value)), 0.5 * least, buildings, effort)[0]
    columns.update(dict.fromkeys(column for _, column in first[: 4 * effort.n_columns]))
    bound = _make_columns(columns, len(start), buildings, effort)
    best = _best_set(list(columns), value, len(start))
    if sum(value[list(rows)].sum() for rows in best) <= sum(value[list(rows)].sum() for rows in start):
        best = [tuple(rows) for rows in start]
    return Packing([list(rows) for rows in best], bound)


def _make_columns(columns: dict[Column, None], n_clusters: int, buildings: Candidates, effort: Effort) -> float:
    """Add columns until none is worth more than its prices or the rounds are over; the bound that is known then."""
    value, bound, is_calm = buildings.value, np.inf, False
    calm = (np.zeros(len(value)), 0.0)
    for _ in range(effort.n_rounds):
        prices, worth = _prices(list(columns), value, n_clusters)
        if is_calm:
            prices, worth = CALM * calm[0] + (1.0 - CALM) * prices, CALM * calm[1] + (1.0 - CALM) * worth
        least = worth * (1.0 + effort.tolerance)
        found, most = _priced(prices, least, buildings, effort)
        limit = float(prices.sum()) + n_clusters * max(most, least)
        if limit < bound:
            bound, calm = limit, (prices, worth)
        new = [column for _, column in found if column not in columns][: effort.n_columns]
        if not new and not is_calm:
            break
        # Where smoothed prices find nothing new, the program's own may.
        is_calm = bool(new)
        columns.update(dict.fromkeys(new))
    return bound


def _priced(
    prices: Float64s, least: float, buildings: Candidates, effort: Effort
) -> tuple[list[tuple[float, Column]], float]:
    """Clusters that gain more than the least at these prices, the best first, and a bound of what any gains."""
    gain = buildings.value - prices
    order = np.flatnonzero(gain > 1e-9)
    order = order[np.argsort(-gain[order] / buildings.hours[order], kind="stable")]
    if len(order) == 0:
        return [], 0.0
    priced = take(buildings._replace(value=gain), order)
    gains, bounds, rows = best_clusters(priced, least, effort.n_nodes, effort.n_near)
    found = [(float(gains[k]), tuple(sorted(order[rows[k]].tolist()))) for k in np.flatnonzero(gains > least)]
    return sorted(found, key=lambda one: (-one[0], one[1])), float(bounds.max())


def _members(columns: Sequence[Column], n: int) -> csc_array:
    """Which buildings each column holds, and below them a row of ones."""
    rows = np.concatenate([np.array([*column, n]) for column in columns])
    of = np.repeat(np.arange(len(columns)), [len(column) + 1 for column in columns])
    return csc_array((np.ones(len(rows)), (rows, of)), shape=(n + 1, len(columns)))


def _prices(columns: Sequence[Column], value: Float64s, n_clusters: int) -> tuple[Float64s, float]:
    """What a building, and what one cluster more, would be worth to the best mixture of columns."""
    worth = np.array([value[list(column)].sum() for column in columns])
    limits = np.append(np.ones(len(value)), n_clusters)
    found = linprog(-worth, A_ub=_members(columns, len(value)), b_ub=limits, method="highs")  # type: ignore[call-overload]
    duals = -np.asarray(found.ineqlin.marginals, np.float64)
    return np.maximum(duals[:-1], 0.0), max(float(duals[-1]), 0.0)


def _best_set(columns: Sequence[Column], value: Float64s, n_clusters: int) -> list[Column]:
    worth = np.array([value[list(column)].sum() for column in columns])
    limits = LinearConstraint(_members(columns, len(value)), -np.inf, np.append(np.ones(len(value)), n_clusters))
    found = milp(
        -worth,
        constraints=limits,
        integrality=np.ones(len(columns), np.int64),
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": 1e-3, "node_limit": 500},
    )
    return [] if found.x is None else [columns[k] for k in np.flatnonzero(found.x > 0.5).tolist()]
