"""Rankings held against what later visits found: does a higher score find more, and as many as it says."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from geodata.arrays import Bools, Float64s
from sweep.rank.backtest.backtest import Case, Protocol, finite, freeze, scored
from sweep.rank.backtest.measures import area_within_groups
from sweep.rank.backtest.methods import Method


def judge_checks(case: Case, methods: Sequence[Method], protocol: Protocol) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Scores held against the finds of later visits: AUC of each origin, of each group in it, and calibration.

    Only visited places are seen: a ranking that sent the visits is judged on its own choice.

    Returns
    -------
    tuple
        One row a method: `method`, `n_checks`, `n_finds`, `auc`, `auc_within`, and `n_drawn`, `n_drawn_finds`,
        `auc_drawn` of the visits that chance chose; and of the methods that give a probability: `method`, `bin`, `n`,
        `expected`, `finds`.
    """
    areas, bins = [], []
    for method in methods:
        seen = [_seen(case, method, protocol, k) for k in range(protocol.n_origins)]
        table = pd.concat(seen, ignore_index=True)
        find, group = table["is_find"].to_numpy(np.bool_), table["group"].to_numpy(np.str_)
        score = table["score"].to_numpy(np.float64)
        origin = table["origin"].to_numpy(np.str_)
        drawn = table["is_drawn"].to_numpy(np.bool_)
        areas.append(
            {
                "method": method.key,
                "n_checks": len(table),
                "n_finds": int(find.sum()),
                "auc": area_within_groups(score, find, origin),
                "auc_within": area_within_groups(score, find, np.char.add(group, origin)),
                "n_drawn": int(drawn.sum()),
                "n_drawn_finds": int(find[drawn].sum()),
                "auc_drawn": area_within_groups(score[drawn], find[drawn], origin[drawn]),
            }
        )
        if method.probability and len(table):
            bins.append(calibration(table["p"].to_numpy(np.float64), find).assign(method=method.key))
    return pd.DataFrame(areas), pd.concat(bins, ignore_index=True) if bins else pd.DataFrame()


def calibration(p: Float64s, is_find: Bools, n_bins: int = 5) -> pd.DataFrame:
    """Visits in bins of like probability, as many in each: finds expected and made."""
    order = np.argsort(p, kind="stable")
    parts = [part for part in np.array_split(order, n_bins) if len(part)]
    rows = [
        {"bin": k, "n": len(part), "expected": float(p[part].sum()), "finds": int(is_find[part].sum())}
        for k, part in enumerate(parts, 1)
    ]
    return pd.DataFrame(rows, columns=["bin", "n", "expected", "finds"])


def _seen(case: Case, method: Method, protocol: Protocol, k: int) -> pd.DataFrame:
    day = protocol.first_day + k * protocol.step_days
    start = day + protocol.lag_days
    checks = case.checks
    inside = (checks.days >= start) & (checks.days < start + protocol.horizon_days)
    known = freeze(case, day, protocol.seed)
    rows = checks.rows[inside]
    p = finite(method.key, method.probability(known), known)[rows] if method.probability else np.full(len(rows), np.nan)
    drawn = np.zeros(len(rows), np.bool_) if checks.is_drawn is None else checks.is_drawn[inside]
    flags = {"is_find": checks.is_find[inside], "is_drawn": drawn}
    frame = pd.DataFrame({"score": scored(method, known)[rows], "p": p, **flags})
    return frame.assign(group=checks.group[inside], origin=f" {k}")
