"""All clusters chosen together: columns made at the prices of a linear program, then the best set of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geodata.arrays import Float64s
from sweep.rank.clusters.candidates import Candidates, take
from sweep.rank.clusters.columns import Column, Columns
from sweep.rank.clusters.pricing import best_clusters

# Prices that jump make poor columns: so much of them is that of the best bound until now (Wentges' smoothing).
CALM = 0.6
# A mixture is better if it is by more than this share.
LEAST_GAIN = 2e-4


@dataclass(frozen=True, slots=True)
class Effort:
    """How far a search goes; counts and no clock, so that the same town has the same clusters."""

    n_rounds: int = 40
    n_columns: int = 200
    """Most new columns in a round."""
    n_nodes: int = 100
    """Most nodes of each branch and bound."""
    n_idle: int = 7
    """Rounds without a better mixture after which no more are made."""
    n_set: int = 1_000
    """Most columns that the integer program chooses among, those nearest to their prices."""
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
    is_cut_short: bool = False
    """Whether a linear program was given up: the bound holds, and the clusters might be bettered."""


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
    x_m, y_m = points_m[:, 0].copy(), points_m[:, 1].copy()
    buildings = Candidates(value, hours, x_m, y_m, across_m * across_m, hours_cap)
    columns = Columns(value, len(start), start)
    least = min(float(value[list(rows)].sum()) for rows in start)
    first, most = _priced(np.zeros(len(value)), 0.5 * least, buildings, effort)
    columns.add([column for _, column in first[: 4 * effort.n_columns]])
    # What holds at no prices at all, should no program over the columns come to its end.
    bound = min(float(value.sum()), len(start) * max(most, 0.5 * least))
    bound = min(bound, _make_columns(columns, buildings, effort))
    best = columns.best_set([tuple(rows) for rows in start], effort.n_set)
    return Packing([list(rows) for rows in best], bound, columns.is_cut_short)


def _make_columns(columns: Columns, buildings: Candidates, effort: Effort) -> float:
    """
    Add columns until none is worth more than its prices or the rounds are over; the bound that is known then.

    It is infinite if no linear program came to its end.
    """
    bound, is_calm = np.inf, False
    calm = (np.zeros(len(buildings.value)), 0.0)
    mixture, n_idle = 0.0, 0
    for _ in range(effort.n_rounds):
        priced = columns.prices()
        if priced is None:
            break
        prices, worth = priced
        is_better = columns.mixture > mixture * (1.0 + LEAST_GAIN)
        mixture, n_idle = (columns.mixture, 0) if is_better else (mixture, n_idle + 1)
        if n_idle > effort.n_idle:
            break
        if is_calm:
            prices, worth = CALM * calm[0] + (1.0 - CALM) * prices, CALM * calm[1] + (1.0 - CALM) * worth
        least = worth * (1.0 + effort.tolerance)
        found, most = _priced(prices, least, buildings, effort)
        limit = float(prices.sum()) + columns.n_clusters * max(most, least)
        if limit < bound:
            bound, calm = limit, (prices, worth)
        n_new = columns.add([column for _, column in found], effort.n_columns)
        if not n_new and not is_calm:
            break
        # Where smoothed prices find nothing new, the program's own may.
        is_calm = n_new > 0
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
    found = [(float(gains[k]), tuple(sorted(order[rows[k]].tolist()))) for k in range(len(gains))]
    return sorted(found, key=lambda one: (-one[0], one[1])), float(bounds.max())
