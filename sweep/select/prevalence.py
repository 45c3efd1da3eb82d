"""Prevalence of finds, estimated from randomly drawn visits and so independent of the ranking."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd
from scipy.special import betaincinv

from geodata.array_types import Bools, Float64s
from geodata.clock_times import DAY_S
from geodata.schema import TIMEZONE
from sweep.records.prevalence_and_check_concentration import Prevalence


def reserve_prevalence(history: pd.DataFrame, day: date) -> tuple[Prevalence, ...]:
    """
    Return the prevalence of finds, and of finds or irregularities, in randomly drawn visits of the last 52 weeks.

    Drawn visits are `routine` with an inclusion probability above 0. Rows of one building and day count as one visit.
    It has a find, or access, if any of its rows has one.
    """
    visits = _drawn_visits(history, day)
    got_in = visits[~visits["is_closed"]]
    weight = 1.0 / got_in["selection_probability"].to_numpy(np.float64)
    prevalence = []
    for outcome, among in (("find", ["is_find"]), ("irregular", ["is_find", "is_irregular"])):
        found = got_in[among].any(axis=1).to_numpy(np.bool_)
        share, low, high = weighted_share(found, weight)
        n_closed, n_weeks = int(visits["is_closed"].sum()), int(visits["week"].nunique())
        prevalence.append(
            Prevalence(
                outcome=outcome,
                n_drawn=len(visits),
                n_no_access=n_closed,
                n_found=int(found.sum()),
                n_weeks=n_weeks,
                share=share,
                low=low,
                high=high,
            )
        )
    return tuple(prevalence)


def weighted_share(found: Sequence[bool] | Bools, weight: Float64s) -> tuple[float, float, float]:
    """
    Return the weighted share of finds, and its 95 % Clopper-Pearson interval for the effective sample size.

    `found`: whether each visit has a find; `weight`: 1 / its inclusion probability. With equal weights it is the exact
    binomial interval. Without visits: NaN, 0 and 1.

    References
    ----------
    Horvitz & Thompson 1952, as ratio estimator (Hajek 1971), since sizes of past pools are not recorded;
    Korn & Graubard 1998, Confidence intervals for proportions with small expected number of positive counts.
    """
    if len(weight) == 0:
        return np.nan, 0.0, 1.0
    y = np.asarray(found, np.float64)
    share = float((weight * y).sum() / weight.sum())
    n = float(weight.sum() ** 2 / (weight**2).sum())
    variance = float((weight**2 * (y - share) ** 2).sum() / weight.sum() ** 2)
    if variance > 0:
        n = min(float(len(y)), share * (1.0 - share) / variance)
    x = share * n
    low = float(betaincinv(x, n - x + 1.0, 0.025)) if y.any() else 0.0
    high = float(betaincinv(x + 1.0, n - x, 0.975)) if not y.all() else 1.0
    return share, low, high


def _drawn_visits(history: pd.DataFrame, day: date) -> pd.DataFrame:
    end = pd.Timestamp(day, tz=TIMEZONE)
    start = end - pd.Timedelta(days=364)
    drawn = history[
        history["track"].eq("routine")
        & history["selection_probability"].gt(0)
        & (history["visited_on"] >= start)
        & (history["visited_on"] < end)
    ]
    rows = drawn.assign(
        day=drawn["visited_on"].dt.normalize(),
        week=((drawn["visited_on"] - start).dt.total_seconds() // (7 * DAY_S)),
        is_find=drawn["outcome"].eq("find"),
        is_irregular=drawn["outcome"].eq("irregular"),
        is_closed=drawn["outcome"].eq("no_access"),
    )
    how = {"selection_probability": "first", "week": "first", "is_find": "any", "is_irregular": "any"}
    return rows.groupby(["building_id", "day"], as_index=False).agg({**how, "is_closed": "all"})
