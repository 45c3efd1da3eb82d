"""Past visits with their expected finds, for the ratio of actual to expected finds by kind."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from geodata.array_types import Int64s
from geodata.schema import TIME_DTYPE, TIMEZONE
from sweep.campaign.model.find_level import find_level
from sweep.campaign.records import LevelKind, LevelPart
from sweep.campaign.window.load_campaign import LoadedCampaign
from sweep.campaign.window.visit_values import days_covered
from sweep.rank.learnt.past_checks import NO_CHECKS
from sweep.rank.rank_buildings import Ranking


def levels_of(loaded: LoadedCampaign, ranking: Ranking) -> Iterator[LevelPart]:
    """
    Yield the ratios of actual to expected finds, of inspections and of stocktakes.

    The expectation of an inspection is its forecast before the visit. Stock-taking gives the ranking no data, so its
    expectation is today's value of the building. If all visits before the campaign have the track assumed without a
    column, the kinds cannot be separated, and the visits count for both. Inspections before the first lead are left
    out: their forecasts had no leads, and today's have.

    Parameters
    ----------
    ranking
        Ranking of the buildings as of today.
    """
    share = loaded.scenario.select.stocktake_value_share
    made, counted = _inspections(loaded, ranking), _stocktakes(loaded, ranking)
    before = made[made["day"] < pd.Timestamp(loaded.campaign.first_day, tz=TIMEZONE)]
    if (before["track"] == "routine").all():
        counted = pd.concat([counted, before]) if len(counted) else before
    covered = days_covered(loaded.inputs.leads, pd.Timestamp(loaded.today, tz=TIMEZONE))
    yield _level(loaded, "inspection", made[_days_ago(loaded, made["day"]) <= covered])
    yield _level(loaded, "stocktake", counted.assign(expected=share * counted["expected"]))


def _level(loaded: LoadedCampaign, kind: LevelKind, visits: pd.DataFrame) -> LevelPart:
    expected, is_find = visits["expected"].to_numpy(np.float64), visits["is_find"].to_numpy(np.bool_)
    window = (_days_ago(loaded, visits["day"]) - 1) // (7 * loaded.campaign.window_weeks)
    return find_level(kind, expected, is_find, window)


def _inspections(loaded: LoadedCampaign, ranking: Ranking) -> pd.DataFrame:
    """Return `day`, `track`, `is_find` and `expected` of past inspections with access."""
    known = ranking.foretold
    if known is None:
        none = pd.DataFrame({"day": [], "track": [], "is_find": [], "expected": []})
        return none.astype({"day": TIME_DTYPE, "expected": np.float64})
    known = _of_last_year(known.dropna(subset="p_find"), loaded)
    calls = _calls(loaded, is_stocktake=False)
    got_in = calls["is_in"].mean() if len(calls) else 1.0
    reach = (1.0 - loaded.scenario.rank.no_access_share) / max(got_in, 1e-9)
    return known.assign(expected=known["p_find"] * reach)[["day", "track", "is_find", "expected"]]


def _stocktakes(loaded: LoadedCampaign, ranking: Ranking) -> pd.DataFrame:
    """Return the columns of `_inspections` for past stocktakes, with locked doors; `expected` as for an inspection."""
    value = ranking.table.set_index("building_id")["value"]
    calls = _calls(loaded, is_stocktake=True)
    calls = calls[calls["building_id"].isin(value.index)]
    return calls.assign(track="stocktake", expected=calls["building_id"].map(value).astype(np.float64))


def _calls(loaded: LoadedCampaign, *, is_stocktake: bool) -> pd.DataFrame:
    """Return last year's visits of one kind, one per building and day: `building_id`, `day`, `is_in`, `is_find`."""
    history = loaded.inputs.history
    history = history[(history["track"] == "stocktake") if is_stocktake else ~history["track"].isin(NO_CHECKS)]
    rows = _of_last_year(history.assign(day=history["visited_on"].dt.normalize()), loaded)
    rows = rows.assign(is_in=rows["outcome"] != "no_access", is_find=rows["outcome"] == "find")
    return rows.groupby(["building_id", "day"], as_index=False)[["is_in", "is_find"]].any()


def _of_last_year(rows: pd.DataFrame, loaded: LoadedCampaign) -> pd.DataFrame:
    ago = _days_ago(loaded, rows["day"])
    # Whole weeks close to a year, so that no season counts twice.
    return rows[(ago > 0) & (ago <= 364)]


def _days_ago(loaded: LoadedCampaign, days: pd.Series[pd.Timestamp]) -> Int64s:
    return np.asarray((pd.Timestamp(loaded.today, tz=TIMEZONE) - days).dt.days, np.int64)
