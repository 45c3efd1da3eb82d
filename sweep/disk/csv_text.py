"""Tables as csv text that no spreadsheet takes for formulas."""

import csv
import io
import math
import re
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_cell(value: object, digits: int = 6) -> str:
    """A text, number, flag or None as a cell that no spreadsheet takes for a formula; NaN and None are empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return f"{value:.{digits}f}" if math.isfinite(value) else ""
    text = str(value).replace("\0", "")
    return "'" + text if _is_marked(text) else text


def text_of_cell(cell: str) -> str:
    """The text that `csv_cell` made a cell of."""
    return cell[1:] if cell.startswith("'") and _is_marked(cell[1:]) else cell


def _is_marked(text: str) -> bool:
    """Whether a mark goes before a text; one more does if it begins with marks, so that the text can be read again."""
    return text.lstrip("'").startswith(_FORMULA_STARTS) and not _is_number(text)


def _is_number(text: str) -> bool:
    # float() also takes "1_000" and full-width digits; a spreadsheet would not.
    return re.fullmatch(r"[+-]?\d+(?:\.\d+)?", text, re.ASCII) is not None


# Write with this encoding: Excel on a Chinese Windows takes a csv without the mark for GBK.
ENCODING = "utf-8-sig"


_DIGITS = {"floor_area_m2": 1, "diameter_m": 1, "lon": 7, "lat": 7, "inclusion_probability": 8, "p_twice_district": 4}


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A csv table with CRLF line ends; floats have the decimals of their column in `_DIGITS`, else 6."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    digits = [_DIGITS.get(column, 6) for column in columns]
    for row in rows:
        writer.writerow([csv_cell(value, d) for value, d in zip(row, digits, strict=True)])
    return out.getvalue()


def plain_numbers(value: object) -> object:
    """A numpy scalar as the Python value it holds; a missing value of any kind as None."""
    if isinstance(value, np.generic):
        return value.item()
    return None if value is pd.NA or value is pd.NaT else value
