"""Level of the expected finds: ratio of actual to forecast finds of past checks (out of time), and its correction."""

from __future__ import annotations

import math
from datetime import datetime

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit, fdtri, logit, xlogy

from geodata.array_types import Bools, Float64s, Int64s
from geodata.schema import TIME_DTYPE
from sweep.rank.learnt.past_checks import NO_CHECKS
from sweep.records.ranking import LEVEL_FINDS, YEAR_WEEKS, FindLevel

WINDOW_DAYS = 28
# Chance that a level which stayed as it was is taken for a changed one.
_CHANGE_ALPHA = 0.05
# Pseudo-count of finds, expected and actual, that shrinks the ratio towards 1.
_PSEUDO_COUNT = 1.0
# Fewest expected finds of a window in the dispersion: the statistic of a smaller one has no bound.
_LEAST_EXPECTED = 1.0
# Smallest probability with finite log-odds, and the largest correction of log-odds that is searched.
_CHANCE_MIN, _SHIFT_MAX = 1e-12, 28.0


def find_level(
    expected: Float64s, is_find: Bools, ago: Int64s, window_days: int = WINDOW_DAYS, access: float = 1.0
) -> FindLevel:
    """
    Return the ratio of actual to expected finds of past visits, shrunk towards 1, with its dispersion between windows.

    The ratio is that of the visits since its last detected change, or of the last year without one. The dispersion is
    that of all visits, since a ratio that has changed may change again.

    Parameters
    ----------
    expected
        Probability of a find of each past visit, given before the visit, shape (n,), in [0, 1].
    is_find
        Whether the visit found something, shape (n,).
    ago
        Days since the visit, shape (n,), > 0.
    window_days
        Length of the time windows whose ratios give the dispersion, days.
    access
        Share of the visits in which the team got in, in [0, 1].

    References
    ----------
    McCullagh & Nelder 1989, Generalized linear models, 9.2: dispersion by Pearson's statistic. Cochran 1954, Biometrics
    10, 417: no expected count below 1.
    """
    pools, dispersion = _pooled(_by_window(expected, is_find, (ago - 1) // window_days)), 1.0
    if len(pools) > 1:
        dispersion = max(1.0, sum((found - mean) ** 2 / mean for mean, found in pools) / (len(pools) - 1))
    n_weeks = YEAR_WEEKS if is_find.sum() < LEVEL_FINDS else _weeks_since_change(expected, is_find, ago)
    expected, is_find = expected[ago <= 7 * n_weeks], is_find[ago <= 7 * n_weeks]
    finds, n_expected = float(is_find.sum()), float(expected.sum())
    return FindLevel(
        n_visits=len(expected),
        n_finds=int(finds),
        expected=round(n_expected, 6),
        factor=round((finds + _PSEUDO_COUNT) / (n_expected + _PSEUDO_COUNT), 6),
        dispersion=round(dispersion, 6),
        error=round(math.sqrt(dispersion / (finds + _PSEUDO_COUNT)), 6),
        shift=_shift(expected, finds),
        access=access,
        n_weeks=n_weeks,
    )


def _weeks_since_change(expected: Float64s, is_find: Bools, ago: Int64s) -> int:
    """
    Return the weeks since the ratio of actual to expected finds last changed; a year if it did not.

    A quasi-likelihood F test splits the time windows where the ratio changes. The newer part is split again until the
    test finds no change in it. `ago`: days since each visit.

    References
    ----------
    Scott & Knott 1974, Biometrics 30, 507: binary segmentation. McCullagh & Nelder 1989, 9.2; Bonferroni over splits.
    """
    window, n_windows = (ago - 1) // WINDOW_DAYS, 7 * YEAR_WEEKS // WINDOW_DAYS
    while True:
        near = window < n_windows
        rows = _by_window(expected[near], is_find[near], window[near])
        newer = rows.cumsum(axis=0)
        parts = np.stack([newer, newer[-1] - newer])
        is_split = parts[..., 0].min(axis=0) >= _LEAST_EXPECTED
        ratio = parts[..., 1] / np.maximum(parts[..., 0], _LEAST_EXPECTED)
        # The finds of both parts together are as expected.
        gain = np.where(is_split, 2.0 * xlogy(parts[..., 1], ratio).sum(axis=0), 0.0)
        k = int(gain.argmax())
        mean = rows[:, 0] * np.repeat(ratio[:, k], (k + 1, len(rows) - k - 1))
        squares = (rows[:, 1] - mean) ** 2 / np.maximum(mean, _LEAST_EXPECTED)
        freedom = max(1, len(rows) - 2)
        dispersion = max(1.0, float(squares.sum()) / freedom)
        if gain[k] / dispersion <= fdtri(1, freedom, 1.0 - _CHANGE_ALPHA / (freedom + 1)):
            return n_windows * WINDOW_DAYS // 7
        n_windows = k + 1


def _by_window(expected: Float64s, is_find: Bools, window: Int64s) -> Float64s:
    """Return (expected, actual) finds by window, shape (windows, 2); expectations are recalibrated to an equal sum."""
    calibrated = _shifted(expected, _shift(expected, float(is_find.sum())))
    return np.column_stack([np.bincount(window, weights=of) for of in (calibrated, is_find)])


def _pooled(by_window: Float64s) -> list[Float64s]:
    """Return (expected, actual) finds of pools of consecutive windows, each pool with enough expected finds."""
    pools = [np.zeros(2)]
    for row in by_window:
        if pools[-1][0] >= _LEAST_EXPECTED:
            pools.append(np.zeros(2))
        pools[-1] = pools[-1] + row
    if len(pools) > 1 and pools[-1][0] < _LEAST_EXPECTED:
        last = pools.pop()
        pools[-1] = pools[-1] + last
    return pools


def _shift(expected: Float64s, finds: float) -> float:
    """Return the shift of the log-odds of all expectations that makes their sum equal `finds`; 0 without visits."""
    if len(expected) == 0:
        return 0.0
    target = min(max(finds, 0.5), len(expected) - 0.5)
    low, high = (float(_shifted(expected, end).sum()) - target for end in (-_SHIFT_MAX, _SHIFT_MAX))
    if low >= 0.0 or high <= 0.0:
        return math.copysign(_SHIFT_MAX, -low)
    found = brentq(lambda shift: float(_shifted(expected, shift).sum()) - target, -_SHIFT_MAX, _SHIFT_MAX)
    return float(found)


def _shifted(chance: Float64s, shift: float) -> Float64s:
    return np.asarray(expit(logit(np.clip(chance, _CHANCE_MIN, 1.0 - _CHANCE_MIN)) + shift), np.float64)


def past_level(forecasts: pd.DataFrame | None, history: pd.DataFrame, now: datetime) -> FindLevel:
    """
    Return the level of the last 52 weeks: actual finds of checks divided by forecast finds; 1 without forecasts.

    Parameters
    ----------
    forecasts
        `day`, `track`, `is_find` and `p_find` (NaN: no forecast) of past checks with access; None: no forecast.
    history
        All past visits, with or without access, for the level's share of visits with access.
    """
    known, access = last_forecasts(forecasts, now), access_share(history, now)
    p_find, is_find = known["p_find"].to_numpy(np.float64), known["is_find"].to_numpy(np.bool_)
    return find_level(p_find, is_find, days_ago(known["day"], now), access=access)


def last_forecasts(forecasts: pd.DataFrame | None, now: datetime) -> pd.DataFrame:
    """
    Return the checks of the last 52 weeks with a forecast: those of the case track if there are any, else all of them.

    `forecasts` None: no rows.
    """
    if forecasts is None:
        empty = pd.DataFrame({"day": [], "track": [], "is_find": [], "p_find": []})
        return empty.astype({"day": TIME_DTYPE, "p_find": np.float64})
    known = in_last_year(forecasts.dropna(subset="p_find"), now)
    is_case = known["track"] == "case"
    return known[is_case] if is_case.any() else known


def access_share(history: pd.DataFrame, now: datetime) -> float:
    """Return the share of visits (a building on a day) with access in the last 364 days; 1 without visits."""
    visits = history[~history["track"].isin(NO_CHECKS)]
    visits = in_last_year(visits.assign(day=visits["visited_on"].dt.normalize()), now)
    got_in = (visits["outcome"] != "no_access").groupby([visits["building_id"], visits["day"]]).any()
    return float(got_in.mean()) if len(got_in) else 1.0


def in_last_year(rows: pd.DataFrame, now: datetime) -> pd.DataFrame:
    """Return the rows whose `day` is one of the 364 days before that of `now`."""
    ago = days_ago(rows["day"], now)
    return rows[(ago > 0) & (ago <= 7 * YEAR_WEEKS)]


def days_ago(days: pd.Series[pd.Timestamp], now: datetime) -> Int64s:
    """Return how many days each of `days` (midnights) lies before the day of `now`, shape (n,)."""
    today = pd.Timestamp(now).tz_convert(days.dt.tz).normalize()
    return np.asarray((today - days).dt.days, np.int64)


def at_level(p_find: Float64s, level: FindLevel) -> Float64s:
    """Return forecasts P(find) recalibrated by one shift of the log-odds; unchanged if `level` is not calibrated."""
    return _shifted(p_find, level.shift) if level.is_applied else p_find
