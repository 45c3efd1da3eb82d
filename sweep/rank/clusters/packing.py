"""All clusters chosen together: columns made at the prices of a linear program, then the best set of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geodata.arrays import Float64s
from sweep.rank.clusters.candidates import Candidates, take
from sweep.rank.clusters.columns import Column, Columns
from sweep.rank.clusters.guided import Guide
from sweep.rank.clusters.pricing import best_clusters

# Prices that jump make poor columns: so much of them is that of the best bound until now (Wentges' smoothing).
CALM = 0.6
# A mixture or a set is better if it is by more than this share.
LEAST_GAIN = 2e-4
# Clusters that gain less than this share of what the best of a round did are not looked for in the next.
EAGER = 0.5
# At no prices clusters are looked for that are worth this share of the least star.
FIRST = 0.9
# Sets are made at these shares of the prices in turn: at less of them buildings that many clusters ask for are taken
# sooner, at more of them they are left to who needs them.
SHARES = (0.5, 0.7, 0.85, 1.0)


@dataclass(frozen=True, slots=True)
class Effort:
    """How far a search goes; counts and no clock, so that the same town has the same clusters."""

    n_rounds: int = 40
    n_columns: int = 200
    """Most new columns in a round."""
    n_nodes: int = 100
    """Most nodes of each branch and bound."""
    n_idle: int = 6
    """Rounds without a better mixture or set after which no more are made."""
    n_work: float = 5e7
    """Work of the linear programs (`Columns.work`) after which no more rounds are made."""
    n_set: int = 250
    """Most columns that the integer program chooses among."""
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
    each cluster is worth to the whole; a branch and bound finds clusters worth more than their buildings' prices, and
    stars at these prices make a whole set (`sweep.rank.clusters.guided`); at the end an integer program puts the best
    set together from all of them. Prices times hours also bound what any clusters can hold.

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
    columns, guide = Columns(value, start), Guide(buildings, len(start))
    least = FIRST * min(float(value[list(rows)].sum()) for rows in start)
    first, most = _priced(np.zeros(len(value)), least, buildings, effort)
    columns.add([column for _, column in first[: 4 * effort.n_columns]])
    # What holds at no prices at all, should no program over the columns come to its end.
    bound = min(float(value.sum()), len(start) * max(most, least))
    top = first[0][0] if first else 0.0
    bound = min(bound, _make_columns(columns, guide, buildings, effort, top))
    best = columns.best_set(effort.n_set)
    return Packing(guide.filled(best), bound, columns.is_cut_short)


def _make_columns(columns: Columns, guide: Guide, buildings: Candidates, effort: Effort, top: float) -> float:
    """
    Add columns until none is worth more than its prices or the rounds are over; the bound that is known then.

    It is infinite if no linear program came to its end.
    """
    bound, is_calm = np.inf, False
    calm = (np.zeros(len(buildings.value)), 0.0)
    best, n_idle = (0.0, 0.0), 0
    for n_round in range(effort.n_rounds):
        priced = columns.prices()
        if priced is None:
            break
        prices, worth = priced
        columns.add_set(guide.set_at(SHARES[n_round % len(SHARES)] * prices))
        now = (columns.mixture, columns.held_worth)
        is_better = any(one > before * (1.0 + LEAST_GAIN) for one, before in zip(now, best, strict=True))
        best, n_idle = (now, 0) if is_better else (best, n_idle + 1)
        if n_idle > effort.n_idle or columns.work > effort.n_work:
            break
        if is_calm:
            prices, worth = CALM * calm[0] + (1.0 - CALM) * prices, CALM * calm[1] + (1.0 - CALM) * worth
        least = max(worth * (1.0 + effort.tolerance), EAGER * top)
        found, most = _priced(prices, least, buildings, effort)
        limit = float(prices.sum()) + columns.n_clusters * max(most, least)
        if limit < bound:
            bound, calm = limit, (prices, worth)
        n_new, is_eager = columns.add([column for _, column in found], effort.n_columns), least == EAGER * top
        if not n_new and not is_calm and not is_eager:
            break
        top = found[0][0] if found else 0.0
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
