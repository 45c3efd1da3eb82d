"""Tables of unmatched rows and of rows matched by text, with reasons, scores and candidates."""

import json
from collections.abc import Sequence

import numpy as np
import pandas as pd

from geodata.match.address import Address
from geodata.match.building_names import name_key
from geodata.match.distinct_addresses import AddressTexts
from geodata.match.gazetteer import Gazetteer
from geodata.match.inner_address import tower_key
from geodata.match.resolve_address import Resolution
from geodata.raw_table import Mask

# `position` is the row's position in the clean table; `key` its uscc or lead_id; `address` is NA for leads, whose texts
# are confidential; `candidates` is JSON, pairs of building id and score, best first.
COLUMNS = ("position", "key", "reason", "precision", "address", "candidates", "score", "margin")

# `text` is the original, for firms only; `read_as` its words known to the table; `runner_up` the best building of
# another name, with its score; `reason` and `candidates` as above, if the text gave no building.
TEXT_COLUMNS = (
    "position",
    "key",
    "text",
    "read_as",
    "building_id",
    "matched_by",
    "score",
    "runner_up",
    "runner_up_score",
    "reason",
    "candidates",
)

REASONS = (
    "not_ours",
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
    table: pd.DataFrame, texts: AddressTexts, found: Sequence[Resolution | None], is_elsewhere: Mask
) -> pd.DataFrame:
    """
    Return a table (`COLUMNS`) of the rows without a building, with reason and candidate buildings.

    `table`: matched table; `texts`: its addresses; `found`: result for each of `texts.unique`, None if it was not
    resolved; `is_elsewhere`: rows in other provinces or cities.
    """
    rows = table.index[table["building_id"].isna()]
    codes = texts.codes[rows]
    results = [found[code] if code >= 0 else None for code in codes]
    own = texts.spread(texts.unique, "str").loc[rows]
    reasons = np.select(
        [
            table.loc[rows, "matched_by"].eq("person"),
            table.loc[rows, "matched_by"].eq("far"),
            is_elsewhere.loc[rows],
            own.isna() & table.loc[rows, "lon"].notna(),
            own.isna(),
        ],
        ["not_ours", "far", "elsewhere", "point_off", "no_address"],
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


def text_rows(
    table: pd.DataFrame,
    texts: AddressTexts,
    found: Sequence[Resolution | None],
    unmatched: pd.DataFrame,
    gazetteer: Gazetteer,
) -> pd.DataFrame:
    """
    Return a table (`TEXT_COLUMNS`) of all rows matched by text or by hand, or unmatched despite a text, for review.

    `table`: matched table; `texts`: its addresses; `found`: result for each of `texts.unique`; `unmatched`: result of
    `unmatched_rows`.
    """
    is_firm = "reg_address" in table
    text = texts.spread(texts.unique, "str")
    by = table["matched_by"]
    rows = table.index[by.eq("person") | (text.notna() & ~by.isin(["id", "uscc"]))]
    reasons = unmatched.set_index("position")["reason"]
    left = [result.reason if result else None for result in found]
    # Most rows state their building's id, so their text is not resolved.
    asked = set(texts.codes[rows])
    read_as = [
        _read_as(one, parts, gazetteer) if code in asked else None
        for code, (one, parts) in enumerate(zip(texts.unique, texts.parsed, strict=True))
    ]
    columns = {
        "position": pd.Series(table.index, index=table.index),
        "key": table["uscc" if is_firm else "lead_id"],
        "text": text if is_firm else None,
        "read_as": texts.spread(read_as, "str"),
        "building_id": table["building_id"],
        "matched_by": by,
        "score": texts.spread([_score(result) for result in found], "float64"),
        "runner_up": texts.spread([_runner_up(result)[0] for result in found], "str"),
        "runner_up_score": texts.spread([_runner_up(result)[1] for result in found], "float64"),
        "reason": reasons.reindex(table.index).fillna(texts.spread(left, "str")).astype("str"),
        "candidates": texts.spread([_json(result) for result in found], "str"),
    }
    frame = pd.DataFrame(columns, columns=list(TEXT_COLUMNS)).loc[rows].reset_index(drop=True)
    return frame.astype({"text": "str"})


def _read_as(text: str, address: Address, gazetteer: Gazetteer) -> str:
    """Return the known words of an address text, joined by blanks: street and number, building names, tower."""
    street = gazetteer.known_street(address.street)
    place = f"{street}{address.number or ''}" if street and gazetteer.is_street(street) else ""
    names = [one.name for one in sorted(gazetteer.named(name_key(text)), key=lambda one: one.start)]
    words = [place, *dict.fromkeys(names), tower_key(address.tower) if address.tower and names else ""]
    return " ".join(word for word in words if word)


def _score(result: Resolution | None) -> float | None:
    return result.score if result and (result.building_id or result.candidates) else None


def _runner_up(result: Resolution | None) -> tuple[str | None, float | None]:
    others = [one for one in result.candidates if one[0] != result.building_id] if result else []
    return others[0] if others else (None, None)


def _json(result: Resolution | None) -> str:
    return json.dumps([[i, round(score, 3)] for i, score in result.candidates] if result else [])
