"""Backtest data from a scenario's past: events, visits, groups of checks, and the ranking at any date."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.array_types import Float64s
from geodata.clock_times import DAY_S
from sweep.jobs.stages.prepared_ranking import Ranker, frozen_at
from sweep.rank.backtest.backtest import BacktestData, DatedChecks
from sweep.rank.backtest.baseline_rankings import Method, Snapshot
from sweep.rank.backtest.fairness import THIRDS
from sweep.rank.learnt.past_checks import checks_among, team_of
from sweep.rank.rank_buildings import Ranking
from sweep.rank.rate.answered_leads import without_rechecks
from sweep.rank.rate.radius_sums import sums_within


def past_case(ranker: Ranker) -> tuple[BacktestData, pd.Timestamp]:
    """
    Return the data of a backtest (buildings, reported leads, past visits with access), and the start of its day 0.

    Day 0 is the day of the first lead, or else of the first visit. Without reported leads, the finds of past visits
    replace them. Rows of one building, day and team are one visit, and a find if one of them is. If the history names
    no team, the authority counts as the team.
    """
    row_of = pd.Index(ranker.frame["building_id"])
    leads, history = ranker.inputs.leads, ranker.inputs.history
    leads = leads[(leads["lead_source"] == "reported") & leads["building_id"].isin(row_of)]
    event = leads["event_id"].where(leads["event_id"].notna(), leads["lead_id"])
    first = leads.assign(event_id=event).sort_values(["received_at", "lead_id"], kind="stable")
    first = first.drop_duplicates(["event_id", "building_id"])
    looks = checks_among(without_rechecks(history))
    visits = looks[looks["building_id"].isin(row_of)]
    is_drawn = (visits["track"] == "routine") & visits["selection_probability"].notna()
    visits = visits.assign(is_find=visits["outcome"] == "find", is_drawn=is_drawn, who=team_of(visits))
    by_visit = visits.groupby(["building_id", visits["visited_on"].dt.normalize().rename("day"), "who"])
    checks = by_visit[["is_find", "is_drawn"]].any().reset_index()
    began = leads["received_at"] if len(leads) else checks["day"]
    zero = began.min().normalize() if len(began) else pd.Timestamp(frozen_at(ranker.scenario))
    if len(first):
        rows, days = first["building_id"], first["received_at"]
    else:
        rows, days = checks.loc[checks["is_find"], "building_id"], checks.loc[checks["is_find"], "day"]
    case = BacktestData(
        points_m=ranker.points_m,
        population=ranker.frame["n_firms"].to_numpy(np.float64),
        effort_h=ranker.team_hours,
        rows=row_of.get_indexer(pd.Index(rows)).astype(np.int64),
        days=_days(days, zero),
        checks=DatedChecks(
            rows=row_of.get_indexer(pd.Index(checks["building_id"])).astype(np.int64),
            days=_days(checks["day"], zero),
            is_find=checks["is_find"].to_numpy(np.bool_),
            group=checks["who"].to_numpy(np.str_),
            is_drawn=checks["is_drawn"].to_numpy(np.bool_),
        ),
    )
    return case, zero


def _days(times: pd.Series[pd.Timestamp], zero: pd.Timestamp) -> Float64s:
    return np.asarray((times - zero).dt.total_seconds() / DAY_S, np.float64)


def own_method(ranker: Ranker, zero: pd.Timestamp) -> Method:
    """
    Return the backtest method that ranks as the scenario does, by value per hour, from data known on each ranking day.

    `zero`: start of day 0, as `past_case` returns it.
    """
    row_of = pd.Index(ranker.frame["building_id"])

    @cache
    def at(day: float) -> Ranking:
        return ranker.rank((zero + pd.Timedelta(days=day)).to_pydatetime())

    def column(name: str) -> Callable[[Snapshot], Float64s]:
        def values(known: Snapshot) -> Float64s:
            table = at(known.day).table
            found = np.empty(len(table))
            found[row_of.get_indexer(pd.Index(table["building_id"]))] = table[name].to_numpy(np.float64)
            return found

        return values

    # The visits that it is compared with gained access: access is no part of the probability.
    p_find, detection = column("p_find"), ranker.scenario.rank.detection_share
    return Method("own", column("value_per_hour"), lambda known: detection * p_find(known))


def check_groups(
    ranker: Ranker, case: BacktestData, seen: pd.DataFrame, first_day: float
) -> dict[str, NDArray[np.str_]]:
    """
    Return, by attribute, the group of each past visit (row of `seen`), to test whether a ranking treats groups alike.

    Attributes: those of `place_groups`, of the visited building; and `checked`: `never` if `is_new`, else `before`.

    Parameters
    ----------
    first_day
        First day on which the ranking is judged, in days from day 0 of `case`.
    seen
        One row for each past visit: `row` of the building in `Ranker.frame`; `is_new`: whether the building has no
        visit before the origin (ranking day).
    """
    row = seen["row"].to_numpy(np.int64)
    by_place = {attribute: group[row] for attribute, group in place_groups(ranker, case, first_day).items()}
    return by_place | {"checked": np.where(seen["is_new"].to_numpy(np.bool_), "never", "before")}


def place_groups(ranker: Ranker, case: BacktestData, first_day: float) -> dict[str, NDArray[np.str_]]:
    """
    Return, by attribute, each building's group: its `district`, and terciles of `credit`, `size` and `reported`.

    Credit is the share of a building's firms in class C or D, size their median staff. `reported` counts the reports of
    `case` before `first_day` (the first origin, in days from day 0), per firm within the neighbourhood radius.
    Buildings with missing data belong to no tercile.
    """
    ids, firms = ranker.frame["building_id"], ranker.inputs.firms
    firms = firms[firms["building_id"].notna()]
    rated = firms[firms["credit_class"].notna()]
    # Credit classes under closer supervision (C25).
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
    """Return the tercile of each value, `low`, `middle` or `high`; an empty text for NaN."""
    known = np.isfinite(values)
    if not known.any():
        return np.full(len(values), "", dtype="<U6")
    edges = np.quantile(values[known], [1 / 3, 2 / 3])
    third = np.searchsorted(edges, np.where(known, values, 0.0), side="left")
    return np.where(known, np.array(THIRDS)[third], "")


def _of(ids: pd.Series[str], values: pd.Series[float]) -> Float64s:
    return np.asarray(ids.map(values), np.float64)
