"""Past visits with their expected finds, grouped to compare actual with expected finds for each kind of visit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

import numpy as np
import pandas as pd

from geodata.schema import TIMEZONE
from sweep.campaign.records import LevelKind, LevelPart
from sweep.campaign.window.load_campaign import LoadedCampaign
from sweep.campaign.window.visit_values import days_covered
from sweep.rank.learnt.find_level import at_level, days_ago, find_level, in_last_year, last_forecasts
from sweep.rank.rank_buildings import Ranking


def levels_of(loaded: LoadedCampaign, ranking: Ranking) -> Iterator[LevelPart]:
    """
    Yield the ratios of actual to expected finds, of inspections and of stocktakes.

    The expectation of an inspection is its forecast before the visit, recalibrated as today's ranking is. Stocktakes
    give the ranking no data, so their expectation is today's value of the building. If all visits before the campaign
    are `routine` (the default of a missing column), the kinds cannot be separated, and these visits count for both.
    Inspections before the first lead do not count, because their forecasts knew no leads.

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
    covered = days_covered(loaded.inputs.leads, loaded.now)
    yield _level(loaded, "inspection", made[days_ago(made["day"], loaded.now) <= covered])
    yield _level(loaded, "stocktake", counted.assign(expected=share * counted["expected"]))


def _level(loaded: LoadedCampaign, kind: LevelKind, visits: pd.DataFrame) -> LevelPart:
    expected, is_find = visits["expected"].to_numpy(np.float64), visits["is_find"].to_numpy(np.bool_)
    level = find_level(expected, is_find, days_ago(visits["day"], loaded.now), 7 * loaded.campaign.window_weeks)
    parts = {name: value for name, value in asdict(level).items() if name in LevelPart.model_fields}
    return LevelPart(kind=kind, is_calibrated=level.is_applied, **parts)


def _inspections(loaded: LoadedCampaign, ranking: Ranking) -> pd.DataFrame:
    """Return past inspections with access: `day`, `track`, `is_find`, and `expected`, the recalibrated forecast."""
    known, level = last_forecasts(ranking.forecasts, loaded.now), ranking.level
    access = level.access if level.is_applied else 1.0 - loaded.scenario.rank.no_access_share
    expected = at_level(known["p_find"].to_numpy(np.float64), level) * access / max(level.access, 1e-9)
    return known.assign(expected=expected)[["day", "track", "is_find", "expected"]]


def _stocktakes(loaded: LoadedCampaign, ranking: Ranking) -> pd.DataFrame:
    """Return stocktakes of the past year, even without access; `expected`: today's value of the building."""
    value = ranking.table.set_index("building_id")["value"]
    history = loaded.inputs.history
    history = history[(history["track"] == "stocktake") & history["building_id"].isin(value.index)]
    rows = in_last_year(history.assign(day=history["visited_on"].dt.normalize()), loaded.now)
    rows = rows.assign(is_find=rows["outcome"] == "find")
    calls = rows.groupby(["building_id", "day"], as_index=False)[["is_find"]].any()
    return calls.assign(track="stocktake", expected=calls["building_id"].map(value).astype(np.float64))
