"""The rows of the ranking: counts and rates of each building."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd

from sweep.rank.rate.evidence import Evidence
from sweep.rank.rate.intervals import rate_intervals
from sweep.records.ranking import RATE_UNIT as RATE_UNIT


def building_rows(buildings: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    """What the ranking says of each building's leads and rates, a row a building."""
    n = len(buildings)
    events, counts, exposure, posterior = evidence.events, evidence.counts, evidence.exposure, evidence.posterior
    raw = np.divide(counts, exposure, out=np.full(n, np.nan), where=exposure > 0)
    intervals = rate_intervals(evidence)
    recent = events[events["age_days"] <= 30.0]
    return pd.DataFrame(
        {
            "building_id": buildings["building_id"].to_numpy(),
            "division_code": buildings["division_code"].to_numpy(),
            "n_firms": buildings["n_firms"].to_numpy(np.int64),
            "n_leads": np.bincount(events["row"], minlength=n),
            "n_leads_30d": np.bincount(recent["row"], minlength=n),
            "decayed_leads": counts,
            "exposure_firm_days": exposure,
            "raw_rate": raw * RATE_UNIT,
            "neighbour_rate": posterior.local_rate * RATE_UNIT,
            "rate": posterior.mean * RATE_UNIT,
            "rate_low": intervals.low * RATE_UNIT,
            "rate_high": intervals.high * RATE_UNIT,
            "p_twice_district": intervals.p_twice,
        }
    )


def last_visit_days(building_ids: pd.Series[str], history: pd.DataFrame) -> pd.Series[str]:
    """ISO date of the newest visit to each building, or None."""
    last = history.groupby("building_id")["visited_on"].max().dt.strftime("%Y-%m-%d")
    return building_ids.map(last).astype(object).where(building_ids.isin(last.index), None)


def newest_day(leads: pd.DataFrame, history: pd.DataFrame, now: datetime) -> str | None:
    """ISO date of the newest reported lead or visit up to now: how fresh the data are; None if there is neither."""
    moment, leads = pd.Timestamp(now), leads[leads["lead_source"] == "reported"]
    newest = [times[times <= moment].max() for times in (leads["received_at"], history["visited_on"])]
    known = [time for time in newest if pd.notna(time)]
    return max(known).tz_convert(moment.tz).strftime("%Y-%m-%d") if known else None
