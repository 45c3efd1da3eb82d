"""Simple forecasts of what a check will find, from the checks before it alone: what any ranking of places must beat."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.array_types import Float64s, Int64s
from sweep.rank.backtest.backtest import Checks
from sweep.rank.learnt.logistic_regression import fit_logistic

# Checks that the rate of all stands for beside a place's own, and beside an inspector's own.
PLACE_STRENGTH, INSPECTOR_STRENGTH = 2.0, 20.0


@dataclass(frozen=True, slots=True)
class Asked:
    """Checks to foretell, m of them."""

    rows: Int64s
    """Place of each."""
    group: NDArray[np.str_]
    """Who will look."""
    day: float
    """Day on which the forecast is made, for which it stands."""


type Forecast = Callable[[Checks, Asked], Float64s]
"""From the checks that are known to P(find) of those that are asked for, shape (m,)."""


def own_rate(known: Checks, asked: Asked) -> Float64s:
    """Finds per check of the place so far, pulled to the rate of all."""
    return _shrunk(known.rows, known.is_find, asked.rows, PLACE_STRENGTH)


def inspector_alone(known: Checks, asked: Asked) -> Float64s:
    """Finds per check of who will look: what is won by knowing the inspector and nothing of the place."""
    names, codes = np.unique(np.concatenate([known.group, asked.group]), return_inverse=True)
    n = len(known.group)
    return _shrunk(codes[:n], known.is_find, codes[n:], INSPECTOR_STRENGTH, len(names))


def last_outcome(known: Checks, asked: Asked) -> Float64s:
    """The rate of places whose last check came out as the place's own did, or that were never checked."""
    past, now = _plain_features(known, asked)
    kinds = [np.where(part[:, 3] > 0, part[:, 1], 2.0).astype(np.int64) for part in (past, now)]
    return _shrunk(kinds[0], known.is_find, kinds[1], INSPECTOR_STRENGTH, 3)


def plain_logistic(known: Checks, asked: Asked) -> Float64s:
    """A logistic regression on the place's own rate, last outcome, its age and the number of looks; no inspectors."""
    if len(known.rows) == 0:
        return np.full(len(asked.rows), 0.5)
    past, now = _plain_features(known, asked)
    one = np.zeros(len(past), np.int64)
    return fit_logistic(past, known.is_find, one, np.ones(len(past)), penalty=1.0).probability(now)


FORECASTS: dict[str, Forecast] = {
    "own_rate": own_rate,
    "last_outcome": last_outcome,
    "inspector": inspector_alone,
    "plain_logistic": plain_logistic,
}


def _shrunk(
    keys: Int64s, is_find: NDArray[np.bool_], asked: Int64s, strength: float, n_keys: int | None = None
) -> Float64s:
    n = n_keys or int(max(keys.max(initial=0), asked.max(initial=0))) + 1
    finds = np.bincount(keys, weights=is_find, minlength=n)
    looks = np.bincount(keys, minlength=n)
    rate_of_all = (is_find.sum() + 0.5) / (len(is_find) + 1.0)
    return np.asarray(((finds + strength * rate_of_all) / (looks + strength))[asked])


def _plain_features(known: Checks, asked: Asked) -> tuple[Float64s, Float64s]:
    """
    Rate, last outcome, years since (at most two) and log of the looks, before each known check and on the day asked.

    A place that was never checked has the rate 0, no outcome and two years.
    """
    order = np.argsort(known.days, kind="stable")
    table = pd.DataFrame({"row": known.rows, "day": known.days, "find": known.is_find.astype(np.float64)}).iloc[order]
    by_place = table.groupby("row")
    looks = by_place.cumcount()
    before = by_place["find"].cumsum() - table["find"]
    last, since = by_place["find"].shift(), table["day"] - by_place["day"].shift()
    past = np.empty((len(table), 4))
    past[order] = _columns(before, looks.astype(np.float64), last, since)
    ends = by_place.agg(finds=("find", "sum"), looks=("find", "size"), last=("find", "last"), day=("day", "last"))
    ends = ends.reindex(asked.rows)
    return past, _columns(ends["finds"], ends["looks"].fillna(0.0), ends["last"], asked.day - ends["day"])


def _columns(
    finds: pd.Series[float], looks: pd.Series[float], last: pd.Series[float], since: pd.Series[float]
) -> Float64s:
    rate = finds.fillna(0.0) / (looks + PLACE_STRENGTH)
    years = since.fillna(730.0).clip(upper=730.0) / 365.0
    return np.column_stack([rate, last.fillna(0.0), years, np.log1p(looks)]).astype(np.float64)
