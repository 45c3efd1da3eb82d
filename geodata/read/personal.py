"""Personal data inside cells: identity and mobile numbers are taken out and counted (C30, PIPL 6 and 19)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from datetime import date

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from stdnum.cn import ric
from stdnum.cn import uscc as stdnum_uscc

from geodata.arrays import Bools
from geodata.raw import Column, as_arrow, as_bools

_IDENTITY = re.compile(r"(?<![\dA-Za-z])[1-8]\d{16}[\dXx](?![\dA-Za-z])")
_MOBILE = re.compile(r"(?<![\dA-Za-z.])(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?![\dA-Za-z])")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９ＸＹＺ", "0123456789XYZ")
# What either looks like to a pattern without look-around, which Arrow compiles: few cells need a second look.
_D = "[0-9０-９]"
_IDENTITY_LIKE = rf"[1-8１-８]{_D}{{16}}[0-9０-９XxＸｘ]"
_MOBILE_LIKE = rf"[1１][3-9３-９]{_D}[- ]?{_D}{{4}}[- ]?{_D}{{4}}"
# Whoever stands in these tables is no small child: in an id a later date is that of a lead or a check, between the code
# of its county and its serial number.
_LAST_BIRTH = date(2011, 12, 31)

# Figures, shapes and codes that are no person's: a building's number may look like a mobile one.
_NEVER = frozenset({"geometry", "lon", "lat", "n_floors", "floor_area_m2", "n_exits", "n_staff", "division_code"})
_CODES = frozenset(
    {
        "uscc",
        "building_id",
        "lead_id",
        "event_id",
        "visit_id",
        "base_id",
        "complex_id",
        "recusals",
        "landlord_id",
        "officers",
        "key",
        "investigation_id",
        "basis",
    }
)


def without_personal(frame: pd.DataFrame, kept: Collection[str]) -> tuple[pd.DataFrame, dict[str, int]]:
    """
    The table with identity and mobile numbers taken out of its cells, and how many of each (`repair.<kind>`).

    Parameters
    ----------
    frame
        Cells as text under the schema's names; not changed.
    kept
        Columns that the scenario's whitelist lets alone.
    """
    counts: Counter[str] = Counter()
    read = [c for c in frame.columns if c not in _NEVER and c not in kept and frame[c].dtype == "str"]
    codes, others = [c for c in read if c in _CODES], [c for c in read if c not in _CODES]
    suspect = _suspect(frame[codes], _IDENTITY_LIKE) | _suspect(frame[others], f"{_IDENTITY_LIKE}|{_MOBILE_LIKE}")
    cleared = {c: _cleared(frame[c], suspect[c], c in _CODES, counts) for c in read if suspect[c].any()}
    changed = {column: cells for column, cells in cleared.items() if cells is not None}
    return (frame.assign(**changed) if changed else frame), dict(counts)


def _suspect(frame: pd.DataFrame, like: str) -> dict[str, Bools]:
    """Which cells of each column are like a personal number."""
    if frame.columns.empty:
        return {}
    # To compile the pattern takes as long as to look through a thousand cells: once for all columns.
    cells = pa.concat_arrays([as_arrow(column) for _, column in frame.items()])
    is_like = as_bools(pc.match_substring_regex(cells, like)).reshape(frame.shape[1], -1)
    return dict(zip(frame.columns, is_like, strict=True))


def _cleared(cells: Column, is_suspect: Bools, is_code: bool, counts: Counter[str]) -> Column | None:
    """The cells without personal numbers; None if there are none."""
    suspect = cells[is_suspect]
    mended = {}
    for row, cell in enumerate(suspect):
        left = _without_numbers(cell.translate(_FULL_WIDTH), is_code, counts)
        if left is not None:
            mended[row] = left
    if not mended:
        return None
    values = cells.copy()
    at = cells.index.get_indexer(suspect.index[list(mended)])
    values.iloc[at] = [left.strip(" ,，;；:：()（）") or None for left in mended.values()]
    return values


def _without_numbers(cell: str, is_code: bool, counts: Counter[str]) -> str | None:
    if is_code and stdnum_uscc.is_valid(cell):
        return None
    numbers = [found for found in _IDENTITY.findall(cell) if _is_a_persons(found.upper(), is_code)]
    text = cell
    for found in numbers:
        text = text.replace(found, "")
    n_mobile = 0
    if not is_code:
        text, n_mobile = _MOBILE.subn("", text)
    counts.update({kind: n for kind, n in (("identity_number", len(numbers)), ("mobile_number", n_mobile)) if n})
    return text if numbers or n_mobile else None


def _is_a_persons(number: str, is_code: bool) -> bool:
    """Whether figures in the shape of an identity number are one; an id may have that shape by chance."""
    return ric.is_valid(number) and not (is_code and ric.get_birth_date(number) > _LAST_BIRTH)
