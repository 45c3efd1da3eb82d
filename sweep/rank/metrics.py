"""How good a list is: what its first places catch, by share of places, by hours, and over the whole order."""

import numpy as np
import pandas as pd

from geodata.array_types import Bools, Float64s, Int64s


def order_of(score: Float64s, seed: int) -> Int64s:
    """Row numbers from the highest score to the lowest, ties in an order drawn from the seed."""
    return np.lexsort((np.random.default_rng(seed).random(len(score)), -score)).astype(np.int64)


def ranks_of(score: Float64s) -> Float64s:
    """Rank of each from 1 for the lowest, the mean rank for those that are level, shape (n,)."""
    return np.asarray(pd.Series(score).rank(), np.float64)


def hit_rate(outcome: Float64s, order: Int64s, n_first: int) -> float:
    """Share of all events that lie in the first places; NaN where there is no event."""
    total = float(outcome.sum())
    return float(outcome[order[:n_first]].sum()) / total if total > 0 else np.nan


def accuracy_index(outcome: Float64s, order: Int64s, n_first: int) -> float:
    """
    PAI: the hit rate over the share of places that is looked at; 1 is what chance gives.

    References
    ----------
    Chainey, Tompson & Uhlig 2008, The utility of hotspot mapping for predicting spatial patterns of crime.
    """
    return hit_rate(outcome, order, n_first) * len(outcome) / n_first if n_first else np.nan


def efficiency_index(outcome: Float64s, order: Int64s, n_first: int) -> float:
    """
    PEI: events caught over the most that so many places could have caught.

    References
    ----------
    Hunt 2016, Do crime hot spots move?
    """
    most = float(np.sort(outcome)[::-1][:n_first].sum())
    return float(outcome[order[:n_first]].sum()) / most if most > 0 else np.nan


def within_hours(order: Int64s, effort_h: Float64s, limit_h: float) -> Int64s:
    """The rows taken by walking down the order with a budget of hours, passing over what no longer fits."""
    left, taken = limit_h, []
    cheapest = np.minimum.accumulate(effort_h[order][::-1])[::-1]
    for row, least in zip(order, cheapest, strict=True):
        if least > left:
            break
        if effort_h[row] <= left:
            left -= float(effort_h[row])
            taken.append(int(row))
    return np.array(taken, np.int64)


def effort_index(outcome: Float64s, taken: Int64s, effort_h: Float64s) -> float:
    """PAI per effort: share of the events caught, over the share of the hours that visits to all would cost."""
    used = float(effort_h[taken].sum())
    return hit_rate(outcome, taken, len(taken)) * float(effort_h.sum()) / used if used > 0 else np.nan


def ndcg(outcome: Float64s, order: Int64s, k: int) -> float:
    """
    Discounted gain of the first k, over the best possible; a place with any event gains 1.

    References
    ----------
    Jarvelin & Kekalainen 2002, Cumulated gain-based evaluation of IR techniques.
    """
    relevant = (outcome > 0).astype(np.float64)
    discount = 1.0 / np.log2(np.arange(2, min(k, len(order)) + 2))
    best = float((np.sort(relevant)[::-1][: len(discount)] * discount).sum())
    return float((relevant[order[: len(discount)]] * discount).sum()) / best if best > 0 else np.nan


def area_under_curve(score: Float64s, positive: Bools) -> float:
    """P(a positive scores above a negative), ties half; NaN where one of them is lacking."""
    n_positive, n_negative = int(positive.sum()), int((~positive).sum())
    if n_positive == 0 or n_negative == 0:
        return np.nan
    ranks = ranks_of(score)[positive].sum()
    return float((ranks - n_positive * (n_positive + 1) / 2) / (n_positive * n_negative))


def gini(outcome: Float64s, score: Float64s) -> float:
    """2 AUC - 1 for places with any event: 1 a perfect order, 0 none, -1 the wrong way round."""
    return 2.0 * area_under_curve(score, outcome > 0) - 1.0
