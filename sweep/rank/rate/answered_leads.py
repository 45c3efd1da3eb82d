"""Leads that somebody has gone to look at: what is left of them once a visit has been and gone."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd

from geodata.array_types import Float64s, Int64s

# Whole seconds of one building stay below this: three thousand years.
SPAN_S = 100_000_000_000


def independent_looks(history: pd.DataFrame) -> pd.DataFrame:
    """
    The history without re-checks (C27).

    Re-checks go to one firm, for what was found there before: no lead sends them, and what they find says nothing of
    leads.
    """
    return history[~history["ground"].isin(["recheck"])]


def unanswered_share(events: pd.DataFrame, history: pd.DataFrame, now: datetime, detection_share: float) -> Float64s:
    """
    P(a visit would have missed what the event reports): (1 - detection) to the number of case visits after it.

    Visits of one building and day are one. Only the case track answers: a drawn or special inspection looks at a firm
    or two of a tower and was not led by the lead. One that did not get in answers nothing. A find answers like any
    other: the den behind the lead is closed, or there is another.

    Parameters
    ----------
    events
        `building_id`, `age_days` of each event's newest lead; one that comes after a visit is not answered by it.
    history
        Past visits; those from `now` on do not count.

    Returns
    -------
    numpy.ndarray
        Shape (n events,), in (0, 1].
    """
    codes = pd.Index(history.loc[history["track"] == "case", "building_id"].unique())
    keys = case_keys(history, codes, pd.Timestamp(now))
    if len(keys) == 0:
        return np.ones(len(events))
    row = codes.get_indexer(pd.Index(events["building_id"])).astype(np.int64)
    own_s = np.floor(events["age_days"].to_numpy(np.float64) * 86_400.0).astype(np.int64)
    n_after = np.searchsorted(keys, row * SPAN_S + own_s, side="right") - np.searchsorted(keys, row * SPAN_S)
    return np.asarray((1.0 - detection_share) ** np.where(row >= 0, n_after, 0), np.float64)


def case_keys(history: pd.DataFrame, row_of: pd.Index[str], moment: pd.Timestamp) -> Int64s:
    """
    One number for each building and day of case visits that got in, sorted: row x `SPAN_S` + seconds before a moment.

    The last hour of a day's visits counts: what comes in between two of its rows is answered.
    """
    got_in = (history["track"] == "case") & (history["outcome"] != "no_access")
    looked = history[["building_id", "visited_on"]][got_in]
    age_s = (moment - looked["visited_on"]).dt.total_seconds().to_numpy(np.float64)
    row = row_of.get_indexer(pd.Index(looked["building_id"])).astype(np.int64)
    day = looked["visited_on"].dt.normalize().to_numpy("datetime64[ns]")
    counts = (age_s >= 0) & (row >= 0)
    keys, day = row[counts] * SPAN_S + np.floor(age_s[counts]).astype(np.int64), day[counts]
    # Within a second about midnight two days share a key.
    order = np.lexsort((-day.astype(np.int64), keys))
    keys, day = keys[order], day[order]
    # Of one building the days go back, one after the other: the first of each day is its last hour.
    is_new = np.ones(len(keys), np.bool_)
    is_new[1:] = (day[1:] != day[:-1]) | (keys[1:] // SPAN_S != keys[:-1] // SPAN_S)
    return np.asarray(keys[is_new], np.int64)
