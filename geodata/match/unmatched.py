"""The rows that no building was found for: why, and which buildings it might have been."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import pandas as pd

from geodata.match.resolve import Found
from geodata.match.texts import AddressTexts
from geodata.raw import Mask

# `position` is the row's place in the clean table; `key` its uscc or lead_id; `address` is NA for leads, whose texts
# may hold what is nobody's business; `candidates` is JSON, pairs of building id and score, best first.
COLUMNS = ("position", "key", "reason", "precision", "address", "candidates", "score", "margin")

REASONS = (
    "far",
    "elsewhere",
    "no_address",
    "point_off",
    "no_name",
    "unknown_name",
    "registered_name",
    "near_miss",
    "other_name",
    "other_place",
    "which_tower",
    "beside",
    "several_places",
    "moved",
    "ambiguous_name",
)


def unmatched_rows(
    table: pd.DataFrame, texts: AddressTexts, found: Sequence[Found | None], is_elsewhere: Mask
) -> pd.DataFrame:
    """
    The rows of a matched table without a building, `COLUMNS`.

    Parameters
    ----------
    table
        Matched, index from 0.
    texts
        Its addresses.
    found
        What each different address gave, None where it was not asked.
    is_elsewhere
        Rows whose address is in another province or city.
    """
    rows = table.index[table["building_id"].isna()]
    codes = texts.codes[rows]
    results = [found[code] if code >= 0 else None for code in codes]
    own = texts.spread(texts.unique, "str").loc[rows]
    reasons = np.select(
        [
            table.loc[rows, "matched_by"].eq("far"),
            is_elsewhere.loc[rows],
            own.isna() & table.loc[rows, "lon"].notna(),
            own.isna(),
        ],
        ["far", "elsewhere", "point_off", "no_address"],
        [(result.reason if result else None) or "no_name" for result in results],
    )
    is_firm = "reg_address" in table
    frame = pd.DataFrame(
        {
            "position": rows.to_numpy(dtype="int64"),
            "key": table.loc[rows, "uscc" if is_firm else "lead_id"].to_numpy(),
            "reason": reasons,
            "precision": table.loc[rows, "precision"].to_numpy(),
            "address": own.to_numpy() if is_firm else None,
            "candidates": [_json(result) for result in results],
            "score": [result.score if result and result.candidates else np.nan for result in results],
            "margin": [result.margin if result and result.candidates else np.nan for result in results],
        },
        columns=list(COLUMNS),
    )
    texts_of = dict.fromkeys(("key", "reason", "precision", "address", "candidates"), "str")
    return frame.astype({"position": "int64", **texts_of, "score": "float64", "margin": "float64"})


def _json(result: Found | None) -> str:
    return json.dumps([[i, round(score, 3)] for i, score in result.candidates] if result else [])
