"""Discrimination and calibration of forecasts on checks, each measure with a 90 % interval."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from geodata.array_types import Bools, Float64s
from sweep.rank.metrics import order_of, ranks_of
from sweep.records.ranking import FEWEST_FINDS

Z_95 = 1.645
"""Normal quantile of a one-sided 95 % test, and of either side of a 90 % interval."""
_NAMES = ("auc_within", "slope", "intercept", "brier", "first_half", "days_earlier", "swap")


def forecast_measures(table: pd.DataFrame) -> dict[str, float]:
    """
    Return the measures of one method as `<name>`, `<name>_low`, `<name>_high`; NaN for fewer than ten finds.

    - `auc_within`: AUC among checks of one origin and group, so that strict inspectors do not raise it;
    - `slope`, `intercept`: logistic calibration, finds regressed on the forecast log-odds; ideal 1 and 0;
    - `brier`: mean of (find - p)^2;
    - `first_half`: share of the finds in the better half of each origin's checks;
    - `days_earlier`: mean gain in days of a find if each origin's checks had been made in order of score;
    - `swap`: change of finds if, at each origin, the lowest-scored tenth of the planners' visits were replaced by as
      many of the highest-scored drawn visits, as a share of the finds of planners' visits; NaN without drawn visits.

    Parameters
    ----------
    table
        One row for each check: `score`, `p` (NaN without probabilities), `is_find`, `is_drawn` (drawn at random rather
        than chosen by planners), `group` (team or inspector), `day`, `origin` (number of the ranking day).
    """
    find = table["is_find"].to_numpy(np.bool_)
    score, p = table["score"].to_numpy(np.float64), table["p"].to_numpy(np.float64)
    pairs = dict.fromkeys(_NAMES, (np.nan, np.nan))
    if find.sum() >= FEWEST_FINDS:
        # A code for each check's origin and group; joined texts would be ambiguous (1 with 12, 11 with 2).
        strata = table.groupby(["origin", "group"], sort=False).ngroup().astype(str)
        pairs |= {"auc_within": stratified_auc(score, find, strata)}
        pairs |= _earlier(table, score, find) | _swapped(table, score, find)
        if np.all(np.isfinite(p)) and not find.all():
            pairs |= _calibrated(p, find)
    ends = {name: (mean, mean - Z_95 * se, mean + Z_95 * se) for name, (mean, se) in pairs.items()}
    return {f"{name}{end}": x for name, xs in ends.items() for end, x in zip(("", "_low", "_high"), xs, strict=True)}


def stratified_auc(
    score: Float64s, find: Bools, strata: pd.Series[str], other_score: Float64s | None = None
) -> tuple[float, float]:
    """
    Return the AUC of `score` over all pairs (find, no find) of checks in the same stratum, and its standard error.

    NaN without pairs. With a second score of the same checks (`other_score`), return the difference of both AUCs and
    its error.

    References
    ----------
    DeLong, DeLong & Clarke-Pearson 1988, Comparing the areas under two or more correlated ROC curves.
    """
    codes = pd.factorize(strata)[0]
    n_pairs, area, variance = 0.0, 0.0, 0.0
    for rows in pd.Series(range(len(codes))).groupby(codes).indices.values():
        hit = find[rows]
        n, m = float(hit.sum()), float((~hit).sum())
        if n * m == 0:
            continue
        above, below = _placements(score[rows], hit)
        if other_score is not None:
            others = _placements(other_score[rows], hit)
            above, below = above - others[0], below - others[1]
        n_pairs += n * m
        area += n * m * float(above.mean())
        # The variance of a single find or miss is unknown: its maximum, 0.25, is used.
        spread = [float(x.var(ddof=1)) if len(x) > 1 else 0.25 for x in (above, below)]
        variance += (n * m) ** 2 * (spread[0] / n + spread[1] / m)
    return (area / n_pairs, float(np.sqrt(variance)) / n_pairs) if n_pairs else (np.nan, np.nan)


def _placements(score: Float64s, hit: Bools) -> tuple[Float64s, Float64s]:
    """Return the share of misses scored below each find (`hit`), and of finds above each miss; ties count half."""
    ranks, n, m = ranks_of(score), float(hit.sum()), float((~hit).sum())
    above = (ranks[hit] - ranks_of(score[hit])) / m
    return np.asarray(above), np.asarray(1.0 - (ranks[~hit] - ranks_of(score[~hit])) / n)


def _calibrated(p: Float64s, find: Bools) -> dict[str, tuple[float, float]]:
    x = logit(np.clip(p, 1e-6, 1.0 - 1e-6))
    square = (find - p) ** 2
    found = {"brier": (float(square.mean()), float(square.std() / np.sqrt(len(p))))}
    if np.ptp(x) == 0:
        return found
    design, beta = np.column_stack([np.ones(len(x)), x]), np.array([0.0, 1.0])
    for _ in range(50):
        mean = expit(design @ beta)
        curvature = (design.T * (mean * (1.0 - mean))) @ design
        step = np.linalg.lstsq(curvature, design.T @ (find - mean), rcond=None)[0]
        beta = beta + step / max(1.0, float(np.abs(step).max()))
        if np.abs(step).max() < 1e-10:
            break
    se = np.sqrt(np.maximum(np.diag(np.linalg.pinv(curvature)), 0.0))
    return found | {"intercept": (float(beta[0]), float(se[0])), "slope": (float(beta[1]), float(se[1]))}


def _earlier(table: pd.DataFrame, score: Float64s, find: Bools) -> dict[str, tuple[float, float]]:
    in_first, sooner = [], []
    days = table["day"].to_numpy(np.float64)
    for k, rows in enumerate(table.groupby("origin").indices.values()):
        order = order_of(score[rows], k)
        new_days = np.empty(len(rows))
        new_days[order] = np.sort(days[rows])
        half = np.zeros(len(rows), np.bool_)
        half[order[: len(rows) // 2]] = True
        in_first.append(half[find[rows]])
        sooner.append((days[rows] - new_days)[find[rows]])
    share, saved = np.concatenate(in_first), np.concatenate(sooner)
    return {
        "first_half": (float(share.mean()), float(np.sqrt(share.mean() * (1 - share.mean()) / len(share)))),
        "days_earlier": (float(saved.mean()), float(saved.std() / np.sqrt(len(saved)))),
    }


def _swapped(table: pd.DataFrame, score: Float64s, find: Bools) -> dict[str, tuple[float, float]]:
    drawn = table["is_drawn"].to_numpy(np.bool_)
    gained = lost = 0
    for k, rows in enumerate(table.groupby("origin").indices.values()):
        order = np.asarray(rows)[order_of(score[rows], k)]
        chosen, others = order[~drawn[order]], order[drawn[order]]
        n = min(math.ceil(0.1 * len(chosen)), len(others))
        gained += int(find[others[:n]].sum())
        lost += int(find[chosen[len(chosen) - n :]].sum())
    n_found = int(find[~drawn].sum())
    if n_found < FEWEST_FINDS or not drawn.any():
        return {}
    # Finds of the visits that come and go are counts of independent events.
    return {"swap": ((gained - lost) / n_found, math.sqrt(gained + lost) / n_found)}
