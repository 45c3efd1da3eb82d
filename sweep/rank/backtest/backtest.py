"""Backtest: rankings frozen at successive days, each compared with later events."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.array_types import Bools, Float64s, Int64s
from sweep.rank.backtest.baseline_rankings import Method, Snapshot
from sweep.rank.metrics import (
    accuracy_index,
    efficiency_index,
    effort_index,
    gini,
    hit_rate,
    ndcg,
    order_of,
    within_hours,
)

SHARES = (0.01, 0.05, 0.10)
N_DRAWS = 2_000
# Fewer windows say too little on how windows differ.
WINDOWS_MIN = 6


@dataclass(frozen=True, slots=True)
class DatedChecks:
    """m past visits with access to the building, with their outcomes."""

    rows: Int64s
    """Row number of the place of each visit, shape (m,)."""
    days: Float64s
    """Day of each visit, in days from the first event, shape (m,)."""
    is_find: Bools
    """Whether each visit is a find, shape (m,)."""
    group: NDArray[np.str_]
    """Team or inspector of each check; scores are compared only within a group."""
    is_drawn: Bools | None = None
    """Whether each visit was drawn at random; None: none of them."""


def no_checks() -> DatedChecks:
    """Return a `DatedChecks` without any visit."""
    return DatedChecks(np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.bool_), np.zeros(0, np.str_))


@dataclass(frozen=True, slots=True)
class BacktestData:
    """Data of a backtest: places, and dated events at them (such as leads); days count from the first event."""

    points_m: Float64s
    """Coordinates of the places, metres, shape (n, 2)."""
    population: Float64s
    """Number of firms at each place, or 1 for each grid cell, shape (n,)."""
    effort_h: Float64s
    """Hours that a visit to each place takes, shape (n,)."""
    rows: Int64s
    """Row number of the place of each event, shape (k,)."""
    days: Float64s
    """Day of each event, with a fraction if the hour is known, shape (k,)."""
    checks: DatedChecks = field(default_factory=no_checks)
    """Visits whose outcomes are compared with the scores and forecasts of the methods."""


@dataclass(frozen=True, slots=True)
class Protocol:
    """Schedule of the origins (the days on which rankings are frozen), and parameters of the measures."""

    first_day: float = 180.0
    """First origin, in days from the first event."""
    step_days: float = 14.0
    """Days from one origin to the next."""
    n_origins: int = 13
    lag_days: float = 0.0
    """Days from freezing a list to the first day on which the list is used, since orders must be printed."""
    horizon_days: float = 14.0
    """Length of the window in which later events count, days."""
    hours: float = 40.0
    """Team-hours available in each window, for the measures of finds per effort."""
    k: int = 20
    """Number of first places that `metrics.ndcg` evaluates."""
    seed: int = 1
    """Seed of random rankings and of the order of ties."""


def backtest(case: BacktestData, methods: Sequence[Method], protocol: Protocol) -> pd.DataFrame:
    """
    Return a table of `method`, `day` (origin), `n_events` (later events) and the measures of `measure`.

    The measures are NaN without later events. At each origin T only events before T are known; the outcome is the
    events in [T + lag, T + lag + horizon).

    Raises
    ------
    ValueError
        If a method does not give one finite score for each place.
    """
    rows = []
    for k in range(protocol.n_origins):
        day = protocol.first_day + k * protocol.step_days
        known = freeze(case, day, protocol.seed)
        outcome = events_after(case, day + protocol.lag_days, protocol.horizon_days)
        for method in methods:
            score = scores_of(method, known)
            measured = measure(case, score, outcome, protocol, seed=protocol.seed + k)
            rows.append({"method": method.key, "day": day, "n_events": outcome.sum(), **measured})
    return pd.DataFrame(rows)


def freeze(case: BacktestData, day: float, seed: int) -> Snapshot:
    """Return the data known on a day: all places, and the events before it; `seed` is for random rankings."""
    past = case.days < day
    return Snapshot(
        day=day,
        rows=case.rows[past],
        age_days=day - case.days[past],
        points_m=case.points_m,
        population=case.population,
        seed=seed,
    )


def events_after(case: BacktestData, start: float, horizon_days: float) -> Float64s:
    """Return the number of events at each place, (n,), in the `horizon_days` days from the day `start`."""
    inside = (case.days >= start) & (case.days < start + horizon_days)
    return np.bincount(case.rows[inside], minlength=len(case.population)).astype(np.float64)


def measure(case: BacktestData, score: Float64s, outcome: Float64s, protocol: Protocol, seed: int) -> dict[str, float]:
    """
    Return every measure of one ranking at one origin (ranking day), by name.

    `score` and `outcome`: the ranking's scores, and the number of later events, by place, shape (n,). `seed`: for ties.
    Names: `recall_hours`: share of events in the best places that fit into `protocol.hours`; `pai_effort`: this share
    divided by these places' share of all hours; `ndcg`; `gini`; `hit_5`, `pai_5`, `pei_5`: hit rate, predictive
    accuracy index and predictive efficiency index of the first 5 % of places, also for 1 and 10 %.
    """
    order = order_of(score, seed)
    taken = within_hours(order, case.effort_h, protocol.hours)
    measured = {
        "recall_hours": hit_rate(outcome, taken, len(taken)),
        "pai_effort": effort_index(outcome, taken, case.effort_h),
        "ndcg": ndcg(outcome, order, protocol.k),
        "gini": gini(outcome, score),
    }
    for share in SHARES:
        n_first = max(1, round(share * len(outcome)))
        percent = round(100 * share)
        measured[f"hit_{percent}"] = hit_rate(outcome, order, n_first)
        measured[f"pai_{percent}"] = accuracy_index(outcome, order, n_first)
        measured[f"pei_{percent}"] = efficiency_index(outcome, order, n_first)
    return measured


def scores_of(method: Method, known: Snapshot) -> Float64s:
    """Return a method's scores; ValueError unless there is one finite number for each place."""
    return checked_finite(method.key, method.score(known), known)


def checked_finite(key: str, score: Float64s, known: Snapshot) -> Float64s:
    """Return the scores of method `key` unchanged; ValueError unless there is one finite number for each place."""
    if score.shape != known.population.shape or not np.all(np.isfinite(score)):
        raise ValueError(f"method {key!r} must give one finite score for each of {len(known.population)} places")
    return score


def summarise(rows: pd.DataFrame, seed: int) -> pd.DataFrame:
    """
    Return the mean of each measure over the origins (days of a ranking), with a 90 % block bootstrap interval.

    Consecutive windows are correlated: circular blocks of n^(1/3) origins are drawn together, the same for every
    method. With fewer than `WINDOWS_MIN` origins the interval is NaN. `rows`: result of `backtest`; `seed`: of the
    bootstrap.

    Returns
    -------
    pandas.DataFrame
        `method`, `measure`, `mean`, `low`, `high`, in the order of the methods.
    """
    measures = [c for c in rows.columns if c not in ("method", "day", "n_events")]
    n = rows["day"].nunique()
    length = max(1, round(n ** (1 / 3)))
    starts = np.random.default_rng(seed).integers(0, n, (N_DRAWS, -(-n // length)))
    draws = ((starts[:, :, None] + np.arange(length)) % n).reshape(N_DRAWS, -1)[:, :n]
    table = []
    for key in dict.fromkeys(rows["method"]):
        values = rows.loc[rows["method"] == key, measures].to_numpy(np.float64)
        for name, column in zip(measures, values.T, strict=True):
            drawn = pd.DataFrame(column[draws]).mean(axis=1)
            low, high = drawn.quantile([0.05, 0.95]) if n >= WINDOWS_MIN else (np.nan, np.nan)
            table.append((key, name, pd.Series(column).mean(), low, high))
    return pd.DataFrame(table, columns=["method", "measure", "mean", "low", "high"])
