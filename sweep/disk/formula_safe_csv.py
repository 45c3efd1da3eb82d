"""CSV text that spreadsheets do not interpret as formulas."""

import csv
import io
import math
import re
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_cell(value: object, digits: int = 6) -> str:
    """CSV text of a value, never read as a formula; NaN and None are empty. `digits`: decimals of floats."""
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
    """Original text of a cell that `csv_cell` made, without the apostrophe that it may have added."""
    return cell[1:] if cell.startswith("'") and _is_marked(cell[1:]) else cell


def _is_marked(text: str) -> bool:
    """Whether a text gets an apostrophe: after any others, it begins like a formula, and it is no number."""
    # float() also accepts "1_000" and full-width digits, a spreadsheet does not.
    is_number = re.fullmatch(r"[+-]?\d+(?:\.\d+)?", text, re.ASCII) is not None
    return text.lstrip("'").startswith(_FORMULA_STARTS) and not is_number


# Excel on a Chinese Windows reads a CSV file without byte order mark as GBK.
ENCODING = "utf-8-sig"


_DIGITS = {"floor_area_m2": 1, "diameter_m": 1, "lon": 7, "lat": 7, "inclusion_probability": 8, "p_twice_district": 4}


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """CSV table with CRLF line ends; floats have the decimals of their column in `_DIGITS`, else 6."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    digits = [_DIGITS.get(column, 6) for column in columns]
    for row in rows:
        writer.writerow([csv_cell(value, d) for value, d in zip(row, digits, strict=True)])
    return out.getvalue()


def plain_numbers(value: object) -> object:
    """Python value of a numpy scalar, None for pandas' NA and NaT, or the value unchanged."""
    if isinstance(value, np.generic):
        return value.item()
    return None if value is pd.NA or value is pd.NaT else value
