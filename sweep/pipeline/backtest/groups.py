"""The groups of checks whose treatment by the score is compared, by the buildings that they were at."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.arrays import Float64s
from sweep.pipeline.stages.ranker import Ranker
from sweep.rank.backtest.backtest import Case
from sweep.rank.backtest.fairness import THIRDS
from sweep.rank.rate.radius_sums import sums_within


def check_groups(ranker: Ranker, case: Case, seen: pd.DataFrame, first_day: float) -> dict[str, NDArray[np.str_]]:
    """
    The groups of `place_groups` of the building of each check, and whether that had been checked before.

    Parameters
    ----------
    seen
        A row a check: `row` of its building, and `is_new`, whether it was never checked before.
    """
    row = seen["row"].to_numpy(np.int64)
    by_place = {attribute: group[row] for attribute, group in place_groups(ranker, case, first_day).items()}
    return by_place | {"checked": np.where(seen["is_new"].to_numpy(np.bool_), "never", "before")}


def place_groups(ranker: Ranker, case: Case, first_day: float) -> dict[str, NDArray[np.str_]]:
    """
    District of each building, and its third by credit, by size of its firms, and by how much is reported around it.

    Credit is the share of its firms in class C or D, size their median staff; reports are those before a first day, per
    firm within the radius of the neighbourhood. A building of which it is not known belongs to no third.
    """
    ids, firms = ranker.frame["building_id"], ranker.inputs.firms
    firms = firms[firms["building_id"].notna()]
    rated = firms[firms["credit_class"].notna()]
    # Credit classes of firms that are watched more closely (C25).
    watched = rated["credit_class"].isin(("C", "D")).astype(float).groupby(rated["building_id"]).mean()
    staff = firms.groupby("building_id")["n_staff"].median()
    before = np.bincount(case.rows[case.days < first_day], minlength=len(ids)).astype(np.float64)
    near = sums_within(
        case.points_m, ranker.scenario.rank.neighbour_radius_m, np.column_stack([before, case.population])
    )
    reported, population = near[:, 0] + before, near[:, 1] + case.population
    density = np.divide(reported, population, out=np.full(len(ids), np.nan), where=population > 0)
    return {
        "district": ranker.frame["division_code"].fillna("").to_numpy(np.str_),
        "credit": thirds(_of(ids, watched)),
        "size": thirds(_of(ids, staff)),
        "reported": thirds(density),
    }


def thirds(values: Float64s) -> NDArray[np.str_]:
    """`low`, `middle` or `high` of each value, by thirds of those known; equal values share a third, NaN has none."""
    known = np.isfinite(values)
    if not known.any():
        return np.full(len(values), "", dtype="<U6")
    edges = np.quantile(values[known], [1 / 3, 2 / 3])
    third = np.searchsorted(edges, np.where(known, values, 0.0), side="left")
    return np.where(known, np.array(THIRDS)[third], "")


def _of(ids: pd.Series[str], values: pd.Series[float]) -> Float64s:
    return np.asarray(ids.map(values), np.float64)
