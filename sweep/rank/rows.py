"""The rows of the ranking: counts and rates of each building, and the terms that its value is made of."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sweep.rank.density import Posterior
from sweep.records import Term

# Rates are shown per 1,000 firms and 30 days.
RATE_UNIT = 30_000.0


def building_rows(
    buildings: pd.DataFrame,
    events: pd.DataFrame,
    counts: NDArray[np.float64],
    exposure: NDArray[np.float64],
    posterior: Posterior,
) -> pd.DataFrame:
    """What the ranking tells of each building's leads and rates."""
    n = len(buildings)
    raw = np.divide(counts, exposure, out=np.full(n, np.nan), where=exposure > 0)
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
            "rate_low": posterior.low * RATE_UNIT,
            "rate_high": posterior.high * RATE_UNIT,
            "p_twice_district": posterior.p_twice,
        }
    )


def last_visit_days(building_ids: pd.Series[str], history: pd.DataFrame) -> pd.Series[str]:
    """ISO date of the newest visit to each building, or None."""
    last = history.groupby("building_id")["visited_on"].max().dt.strftime("%Y-%m-%d")
    return building_ids.map(last).astype(object).where(building_ids.isin(last.index), None)


def value_terms(
    building_ids: pd.Series[str],
    events: pd.DataFrame,
    finds: NDArray[np.float64],
    posterior: Posterior,
    value: NDArray[np.float64],
) -> dict[str, tuple[Term, ...]]:
    """Split each value in proportion to the additive parts of the posterior count: B D_type, and (1 - B) mu E."""
    scale = np.divide(value, finds, out=np.zeros_like(value), where=finds > 0)
    part = events["weight"].to_numpy() * posterior.own_share[events["row"]] * scale[events["row"]]
    own = events.assign(part=part).groupby(["row", "lead_type"], sort=True, as_index=False)["part"].sum()
    own_total = np.bincount(own["row"], weights=own["part"], minlength=len(value))
    terms: dict[str, list[Term]] = {str(b): [] for b in building_ids}
    ids = building_ids.to_numpy()
    for row, kind, worth in zip(own["row"], own["lead_type"], own["part"], strict=True):
        terms[str(ids[row])].append(Term(f"leads.{kind}", float(worth)))
    for building_id, rest in zip(ids, value - own_total, strict=True):
        terms[str(building_id)].append(Term("neighbourhood", float(rest)))
    return {key: tuple(parts) for key, parts in terms.items()}
