"""Evaluation of rankings against the finds of later visits: AUC and calibration."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from geodata.array_types import Bools, Float64s
from sweep.rank.backtest.backtest import BacktestData, DatedChecks, Protocol, checked_finite, freeze, scores_of
from sweep.rank.backtest.baseline_forecasts import FORECASTS, CheckRequests, Forecast, inspector_alone
from sweep.rank.backtest.baseline_rankings import Method
from sweep.rank.learnt.forecast_accuracy import forecast_measures, stratified_auc
from sweep.records.ranking import FEWEST_FINDS

_CASES = ("is_find", "is_drawn", "group", "day", "origin")


def judge_checks(
    case: BacktestData, methods: Sequence[Method], protocol: Protocol
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Return how well the methods' scores forecast later visits: AUC, `forecast_measures`, and calibration.

    The AUC compares only visits after the same origin (day on which rankings are frozen). Only visited places are
    evaluated: a ranking that chose the visits is evaluated on its own selection. Values based on fewer than ten finds
    are NaN.

    Returns
    -------
    tuple
        Table of methods, one row for each: `method`, `n_checks`, `n_finds`, `auc`, the columns of `forecast_measures`,
        and for randomly drawn visits `n_drawn`, `n_drawn_finds`, `auc_drawn`. If visits were drawn, the last row,
        `desk` (the planners' choice), scores each planned visit 1 and each drawn visit 0. Table of `calibration` for
        methods with probabilities: `method`, `bin`, `n`, `expected`, `finds`.
    """
    origins = [_origin(case, protocol, k) for k in range(protocol.n_origins)]
    seen = {
        method.key: [_scored_checks(case, method, protocol, k, origins[k]) for k in range(len(origins))]
        for method in methods
    }
    if len(case.checks.rows):
        seen |= {
            key: [_forecast_checks(case, forecast, k, origins[k]) for k in range(len(origins))]
            for key, forecast in FORECASTS.items()
            # With a single team its forecast only says how the find rate changes.
            if forecast is not inspector_alone or len(np.unique(case.checks.group)) > 1
        }
    if case.checks.is_drawn is not None and case.checks.is_drawn.any():
        own = seen[methods[0].key]
        seen["desk"] = [part.assign(score=1.0 - part["is_drawn"], p=np.nan) for part in own]
    areas, bins = [], []
    for key, parts in seen.items():
        table = pd.concat(parts, ignore_index=True)
        areas.append({"method": key, **_row(table)})
        if len(table) and table["p"].notna().all():
            bins.append(calibration(table["p"].to_numpy(), table["is_find"].to_numpy(np.bool_)).assign(method=key))
    return pd.DataFrame(areas), pd.concat(bins, ignore_index=True) if bins else pd.DataFrame()


def scored_checks(case: BacktestData, method: Method, protocol: Protocol) -> pd.DataFrame:
    """
    Return the visits in the window after each origin, with the method's scores at the origin.

    An origin is a day on which the methods rank. Columns: `row` of the place, `is_new` (never checked before the
    origin), `score`, `p` (P(find), NaN if the method gives none), `is_find`, `is_drawn`, `group` (team or inspector),
    `day` (of the visit, counted as in `case`), and the number of the `origin`.
    """
    parts = []
    for k in range(protocol.n_origins):
        day, inside = origin = _origin(case, protocol, k)
        row, known = case.checks.rows[inside], case.checks.rows[_before(case.checks, day)]
        parts.append(_scored_checks(case, method, protocol, k, origin).assign(row=row, is_new=~np.isin(row, known)))
    return pd.concat(parts, ignore_index=True)


def _row(table: pd.DataFrame) -> dict[str, float]:
    find, drawn = table["is_find"].to_numpy(np.bool_), table["is_drawn"].to_numpy(np.bool_)
    score, origin = table["score"].to_numpy(np.float64), table["origin"]
    n_drawn_finds = int(find[drawn].sum())
    area = stratified_auc(score, find, origin)[0] if find.sum() >= FEWEST_FINDS else np.nan
    is_judged = n_drawn_finds >= FEWEST_FINDS
    return {
        "n_checks": len(table),
        "n_finds": int(find.sum()),
        "auc": area,
        **forecast_measures(table),
        "n_drawn": int(drawn.sum()),
        "n_drawn_finds": n_drawn_finds,
        "auc_drawn": stratified_auc(score[drawn], find[drawn], origin[drawn])[0] if is_judged else np.nan,
    }


def calibration(p: Float64s, is_find: Bools) -> pd.DataFrame:
    """
    Return expected and actual finds in five bins of equal size, ordered by probability.

    `p`, `is_find`: forecast P(find) and outcome of each check, shape (n,). Columns: `bin` from 1, `n` checks,
    `expected` (sum of `p`) and `finds`.
    """
    order = np.argsort(p, kind="stable")
    parts = [part for part in np.array_split(order, 5) if len(part)]
    rows = [
        {"bin": k, "n": len(part), "expected": float(p[part].sum()), "finds": int(is_find[part].sum())}
        for k, part in enumerate(parts, 1)
    ]
    return pd.DataFrame(rows, columns=["bin", "n", "expected", "finds"])


def _origin(case: BacktestData, protocol: Protocol, k: int) -> tuple[float, Bools]:
    day = protocol.first_day + k * protocol.step_days
    start = day + protocol.lag_days
    return day, (case.checks.days >= start) & (case.checks.days < start + protocol.horizon_days)


def _before(checks: DatedChecks, day: float) -> Bools:
    """Return which checks are before a day; those on the day itself are not, since their hours are unknown."""
    return np.asarray(checks.days < np.floor(day))


def _frame(checks: DatedChecks, inside: Bools, k: int) -> pd.DataFrame:
    drawn = np.zeros(int(inside.sum()), np.bool_) if checks.is_drawn is None else checks.is_drawn[inside]
    columns = (checks.is_find[inside], drawn, checks.group[inside], checks.days[inside])
    return pd.DataFrame(dict(zip(_CASES, columns, strict=False))).assign(origin=f" {k}")


def _scored_checks(
    case: BacktestData, method: Method, protocol: Protocol, k: int, origin: tuple[float, Bools]
) -> pd.DataFrame:
    day, inside = origin
    known = freeze(case, day, protocol.seed)
    rows = case.checks.rows[inside]
    p = (
        checked_finite(method.key, method.probability(known), known)[rows]
        if method.probability
        else np.full(len(rows), np.nan)
    )
    return _frame(case.checks, inside, k).assign(score=scores_of(method, known)[rows], p=p)


def _forecast_checks(case: BacktestData, forecast: Forecast, k: int, origin: tuple[float, Bools]) -> pd.DataFrame:
    day, inside = origin
    checks = case.checks
    before = _before(checks, day)
    known = DatedChecks(checks.rows[before], checks.days[before], checks.is_find[before], checks.group[before])
    p = forecast(known, CheckRequests(checks.rows[inside], checks.group[inside], day))
    return _frame(checks, inside, k).assign(score=p, p=p)
