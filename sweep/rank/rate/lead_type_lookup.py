"""Lookups by lead type and by event, vectorised over a table of leads."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from geodata.array_types import Float64s, Int64s


def by_type(types: pd.Series[str], values: Mapping[str, float]) -> Float64s:
    """Return the value of each lead's type, shape (n,); KeyError for an unknown type."""
    code, names = pd.factorize(types)
    return np.array([values[name] for name in names], np.float64)[code]


def first_leads(leads: pd.DataFrame, row: Int64s) -> Int64s:
    """
    Return positions of the first lead of each event at each building; ties go to the smallest lead id.

    Parameters
    ----------
    leads
        `lead_id`, `event_id` (null: an event of its own), `received_at`; n rows.
    row
        Row of each lead's building, >= 0, shape (n,).
    """
    event, _ = pd.factorize(leads["event_id"].where(leads["event_id"].notna(), leads["lead_id"]))
    key = event.astype(np.int64) * (int(row.max(initial=0)) + 1) + row
    moment = leads["received_at"].astype("int64").to_numpy()
    order = np.lexsort((moment, key))
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    first = order[starts]
    which = np.repeat(np.arange(len(first)), np.diff(starts, append=len(order)))
    is_first = moment[order] == moment[first][which]
    tied = np.flatnonzero(is_first & (np.bincount(which[is_first], minlength=len(first)) > 1)[which])
    if len(tied):
        ids = pd.DataFrame({"which": which[tied], "at": order[tied], "id": leads["lead_id"].iloc[order[tied]].array})
        least = ids.sort_values(["which", "id"], kind="stable").drop_duplicates("which")
        first[least["which"]] = least["at"]
    return np.asarray(first, np.int64)
