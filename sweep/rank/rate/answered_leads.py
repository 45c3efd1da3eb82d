"""Share of a lead's evidence that remains after visits to the building since the lead."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd

from geodata.array_types import Float64s, Int64s

# Upper bound of whole seconds in the history: three thousand years.
SPAN_S = 100_000_000_000


def without_rechecks(history: pd.DataFrame) -> pd.DataFrame:
    """
    Return the history without re-checks (C27).

    A re-check goes to one firm for an earlier finding: it follows no lead, and its outcome is no evidence about leads.
    """
    return history[~history["ground"].isin(["recheck"])]


def unanswered_share(events: pd.DataFrame, history: pd.DataFrame, now: datetime, detection_share: float) -> Float64s:
    """
    Return P(all visits after the event missed its den) = (1 - detection) ** (number of case visits after it).

    Visits of one building and day count once. Only the case track counts: drawn and special inspections visit a firm or
    two of a tower and do not follow the lead. Visits without access do not count. A find counts like any other visit:
    the den of the lead is closed, or there is another.

    Parameters
    ----------
    events
        `building_id`, `age_days` of each event's newest lead; earlier visits do not count.
    history
        Past visits; those from `now` on are ignored.
    detection_share
        P(a visit with access detects an existing den).

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
    Return a sorted integer key for each building and day with case visits: row x `SPAN_S` + age of the visit in s.

    A binary search of the keys counts a building's visits since a lead. Of several visits on one day, only the last
    has a key. Visits without access, or after `moment`, have no key; the age is measured back from `moment`.

    `row_of`: building ids; the position of an id is the building's row.
    """
    got_in = (history["track"] == "case") & (history["outcome"] != "no_access")
    looked = history[["building_id", "visited_on"]][got_in]
    age_s = (moment - looked["visited_on"]).dt.total_seconds().to_numpy(np.float64)
    row = row_of.get_indexer(pd.Index(looked["building_id"])).astype(np.int64)
    day = looked["visited_on"].dt.normalize().to_numpy("datetime64[ns]")
    counts = (age_s >= 0) & (row >= 0)
    keys, day = row[counts] * SPAN_S + np.floor(age_s[counts]).astype(np.int64), day[counts]
    # Around midnight, two days can share the same second.
    order = np.lexsort((-day.astype(np.int64), keys))
    keys, day = keys[order], day[order]
    # Days of one building are descending: the first visit of each day is its last one.
    is_new = np.ones(len(keys), np.bool_)
    is_new[1:] = (day[1:] != day[:-1]) | (keys[1:] // SPAN_S != keys[:-1] // SPAN_S)
    return np.asarray(keys[is_new], np.int64)
