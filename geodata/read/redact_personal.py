"""Removal of identity and mobile numbers from cells, with counts (C30, PIPL 6 and 19)."""

from collections import Counter
from collections.abc import Collection

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from stdnum.cn import uscc as stdnum_uscc

from geodata.array_types import Bools
from geodata.personal.personal_numbers import PersonalNumber, find_personal_numbers
from geodata.raw_table import Column, as_arrow, as_bools

# Prefilter without look-around, which Arrow compiles to one pass: eleven digits without a letter between them, or a
# digit of another script. Timestamps have as many digits and fill whole columns; so do credit codes, which begin with 9
# and are no longer than an identity number.
_DIGIT, _SEPARATOR = "[0-9０-９]", r"[^0-9０-９A-Za-z\x{3400}-\x{9fff}]"
_OTHER_DIGIT = r"[^\P{N}0-9０-９]"
_TEXT_SUSPECT = rf"(?:{_DIGIT}{_SEPARATOR}*){{10}}{_DIGIT}|{_OTHER_DIGIT}"
_CODE_SUSPECT = rf"[1-8１-８]{_SEPARATOR}*(?:{_DIGIT}{_SEPARATOR}*){{16}}[0-9０-９XxＸｘ]|{_OTHER_DIGIT}"
_TIMESTAMP = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?$"

# Numbers, shapes and codes that never belong to persons: a building's number may look like a mobile one.
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
    Return the table with identity and mobile numbers cut out of its cells, and the number of them by kind.

    `kept`: columns that are not searched. A kind is the catalogue key `repair.<kind>`.
    """
    counts: Counter[str] = Counter()
    read = [c for c in frame.columns if c not in _NEVER and c not in kept and frame[c].dtype == "str"]
    codes, texts = [c for c in read if c in _CODES], [c for c in read if c not in _CODES]
    suspect = _suspect(frame[codes], _CODE_SUSPECT) | _suspect(frame[texts], _TEXT_SUSPECT)
    cleared = {c: _cleared(frame[c], suspect[c], c in _CODES, counts) for c in read if suspect[c].any()}
    changed = {column: cells for column, cells in cleared.items() if cells is not None}
    return (frame.assign(**changed) if changed else frame), dict(counts)


def _suspect(frame: pd.DataFrame, pattern: str) -> dict[str, Bools]:
    """Return, by column, which cells match a pattern of enough digits for a personal number and are no timestamps."""
    if frame.columns.empty:
        return {}
    # Compiling the pattern takes as long as searching a thousand cells, so all columns are searched at once.
    cells = pa.concat_arrays([as_arrow(column) for _, column in frame.items()])
    is_suspect = as_bools(pc.match_substring_regex(cells, pattern))
    at = is_suspect.nonzero()[0]
    is_suspect[at] = ~as_bools(pc.match_substring_regex(cells.take(pa.array(at)), _TIMESTAMP))
    return dict(zip(frame.columns, is_suspect.reshape(frame.shape[1], -1), strict=True))


def _cleared(cells: Column, is_suspect: Bools, is_code: bool, counts: Counter[str]) -> Column | None:
    """Return the cells without personal numbers, None if no cell changed; `counts` then includes those removed."""
    suspect = cells[is_suspect]
    cut = [_without_numbers(cell, is_code, counts) for cell in suspect]
    shortened = {row: left for row, (cell, left) in enumerate(zip(suspect, cut, strict=True)) if left != cell}
    if not shortened:
        return None
    values = cells.copy()
    at = cells.index.get_indexer(suspect.index[list(shortened)])
    values.iloc[at] = [left.strip(" ,，;；:：()（）") or None for left in shortened.values()]
    return values


def _without_numbers(cell: str, is_code: bool, counts: Counter[str]) -> str:
    if is_code and stdnum_uscc.is_valid(cell):
        return cell
    # The text around a removed number may form another one.
    while numbers := _of_persons(cell, is_code):
        for number in reversed(numbers):
            cell = cell[: number.start] + cell[number.end :]
        counts.update(number.kind for number in numbers)
    return cell


def _of_persons(cell: str, is_code: bool) -> list[PersonalNumber]:
    """Return the personal numbers in a cell; in a column of codes (`is_code`) only those that cannot be codes."""
    numbers = find_personal_numbers(cell)
    return [number for number in numbers if number.is_certain] if is_code else numbers
