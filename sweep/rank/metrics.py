"""Measures of a ranked list: events caught by share of places, by hours, and over the whole order."""

import numpy as np
import pandas as pd

from geodata.array_types import Bools, Float64s, Int64s


def order_of(score: Float64s, seed: int) -> Int64s:
    """Return row numbers by descending score, with ties in a seeded random order."""
    return np.lexsort((np.random.default_rng(seed).random(len(score)), -score)).astype(np.int64)


def ranks_of(score: Float64s) -> Float64s:
    """Return ascending ranks from 1, with mean ranks for ties, shape (n,)."""
    return np.asarray(pd.Series(score).rank(), np.float64)


def hit_rate(outcome: Float64s, order: Int64s, n_first: int) -> float:
    """
    Return the share of all events in the first `n_first` places of an order; NaN without events.

    `outcome`: events at each place, shape (n,); `order`: row numbers of the places, best first.
    """
    total = float(outcome.sum())
    return float(outcome[order[:n_first]].sum()) / total if total > 0 else np.nan


def accuracy_index(outcome: Float64s, order: Int64s, n_first: int) -> float:
    """
    Return the predictive accuracy index (PAI): hit rate / share of places in the list; 1 for a random list.

    Parameters as in `hit_rate`: events by place, rows of places best first, length of the list; NaN for an empty list.

    References
    ----------
    Chainey, Tompson & Uhlig 2008, The utility of hotspot mapping for predicting spatial patterns of crime.
    """
    return hit_rate(outcome, order, n_first) * len(outcome) / n_first if n_first else np.nan


def efficiency_index(outcome: Float64s, order: Int64s, n_first: int) -> float:
    """
    Return the predictive efficiency index: events in the first `n_first` places / most in any `n_first`; NaN for 0 / 0.

    `outcome`: events at each place; `order`: row numbers of the places, best first.

    References
    ----------
    Hunt 2016, Do crime hot spots move?
    """
    most = float(np.sort(outcome)[::-1][:n_first].sum())
    return float(outcome[order[:n_first]].sum()) / most if most > 0 else np.nan


def within_hours(order: Int64s, effort_h: Float64s, limit_h: float) -> Int64s:
    """
    Return the rows that fit into `limit_h` hours if taken in order; a row that exceeds the hours left is skipped.

    `order`: row numbers, best first; `effort_h`: hours of each row.
    """
    hours_left, taken = limit_h, []
    cheapest = np.minimum.accumulate(effort_h[order][::-1])[::-1]
    for row, least in zip(order, cheapest, strict=True):
        if least > hours_left:
            break
        if effort_h[row] <= hours_left:
            hours_left -= float(effort_h[row])
            taken.append(int(row))
    return np.array(taken, np.int64)


def effort_index(outcome: Float64s, taken: Int64s, effort_h: Float64s) -> float:
    """Return the predictive accuracy index by effort: share of events in `taken` rows / share of `effort_h` in them."""
    used = float(effort_h[taken].sum())
    return hit_rate(outcome, taken, len(taken)) * float(effort_h.sum()) / used if used > 0 else np.nan


def ndcg(outcome: Float64s, order: Int64s, k: int) -> float:
    """
    Return the normalised discounted cumulative gain (NDCG) of the first k places.

    A place with events gains 1; NaN if no place has events. `outcome`: events at each place; `order`: row numbers of
    the places, best first.

    References
    ----------
    Jarvelin & Kekalainen 2002, Cumulated gain-based evaluation of IR techniques.
    """
    relevant = (outcome > 0).astype(np.float64)
    discount = 1.0 / np.log2(np.arange(2, min(k, len(order)) + 2))
    best = float((np.sort(relevant)[::-1][: len(discount)] * discount).sum())
    return float((relevant[order[: len(discount)]] * discount).sum()) / best if best > 0 else np.nan


def area_under_curve(score: Float64s, positive: Bools) -> float:
    """Return the AUC, P(a positive scores above a negative), ties half; NaN without positives or without negatives."""
    n_positive, n_negative = int(positive.sum()), int((~positive).sum())
    if n_positive == 0 or n_negative == 0:
        return np.nan
    ranks = ranks_of(score)[positive].sum()
    return float((ranks - n_positive * (n_positive + 1) / 2) / (n_positive * n_negative))


def gini(outcome: Float64s, score: Float64s) -> float:
    """Return 2 AUC - 1 of `score` for places with events (`outcome` > 0): 1 perfect order, 0 random, -1 reversed."""
    return 2.0 * area_under_curve(score, outcome > 0) - 1.0
