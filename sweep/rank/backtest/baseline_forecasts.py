"""Baseline forecasts of a check's outcome from earlier checks only, as a minimum for any ranking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.array_types import Float64s, Int64s
from sweep.rank.backtest.backtest import DatedChecks
from sweep.rank.learnt.logistic_regression import fit_logistic

# Shrinkage: number of checks at the overall rate that are added to a place's, and to an inspector's, own.
PLACE_STRENGTH, INSPECTOR_STRENGTH = 2.0, 20.0


@dataclass(frozen=True, slots=True)
class CheckRequests:
    """The m checks (visits with access to the building) whose outcome is to be forecast."""

    rows: Int64s
    """Row of the place of each check, as in `BacktestData`, shape (m,)."""
    group: NDArray[np.str_]
    """Inspector or team of each check, shape (m,)."""
    day: float
    """Day on which the forecast is made, in days from the first event."""


type Forecast = Callable[[DatedChecks, CheckRequests], Float64s]
"""Forecast: known checks and requested ones -> P(find) of the requested ones, shape (m,)."""


def own_rate(known: DatedChecks, asked: CheckRequests) -> Float64s:
    """Return, for each asked check, the share of finds in its place's `known` checks, shrunk to that of all checks."""
    return _shrunk(known.rows, known.is_find, asked.rows, PLACE_STRENGTH)


def inspector_alone(known: DatedChecks, asked: CheckRequests) -> Float64s:
    """Return the share of finds in the `known` checks of each asked check's inspector, shrunk to that of all checks."""
    names, codes = np.unique(np.concatenate([known.group, asked.group]), return_inverse=True)
    n = len(known.group)
    return _shrunk(codes[:n], known.is_find, codes[n:], INSPECTOR_STRENGTH, len(names))


def last_outcome(known: DatedChecks, asked: CheckRequests) -> Float64s:
    """
    Return, for each asked check, the share of finds in the `known` checks with the same preceding outcome.

    The preceding outcome is that of the place's last check before: find, no find, or none.
    """
    past, now = _plain_features(known, asked)
    kinds = [np.where(part[:, 3] > 0, part[:, 1], 2.0).astype(np.int64) for part in (past, now)]
    return _shrunk(kinds[0], known.is_find, kinds[1], INSPECTOR_STRENGTH, 3)


def plain_logistic(known: DatedChecks, asked: CheckRequests) -> Float64s:
    """Return P(find) by logistic regression on a place's find rate, last outcome and its age, and number of checks."""
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


def _plain_features(known: DatedChecks, asked: CheckRequests) -> tuple[Float64s, Float64s]:
    """
    Return the features of the place before each check in `known`, (m, 4), and before each in `asked`, (q, 4).

    Columns: find rate, last outcome (1: find), years since the last check (at most 2), log(1 + number of checks). A
    place without an earlier check has 0, 0, 2 and 0.
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
