"""Recognition of columns under unknown headers by their content."""

import re
from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType

import pandas as pd

from geodata.raw_table import Column, as_text
from geodata.vocabulary.category_words import DUTY_WORDS

_MOST = 0.6
_FEWEST = 3

_ADDRESS = re.compile(r"[一-龥].*(?:[路街道巷弄村镇].*\d|\d[号弄]|大厦|广场|写字楼)")
_NAME = re.compile(r"[^\d].{1,18}(?:大厦|广场|中心|大楼|写字楼|国际|[A-Z\d][座栋幢]|号楼)", re.IGNORECASE)
_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}", re.IGNORECASE)
# Province, city and county of GB/T 2260, optionally township and village.
_DIVISION = re.compile(r"[1-6]\d(?:0[1-9]|[1-9]\d)\d\d(?:\d{3}|\d{6})?")
# Numbers of floors and shares have fewer decimals.
_DEGREES = re.compile(r"\d{1,3}\.\d{3,}")


def _is_address(cell: str) -> bool:
    return len(cell) > 5 and _ADDRESS.search(cell) is not None


def _is_code(cell: str) -> bool:
    return _CODE.fullmatch(cell) is not None


_LOOKS: Mapping[str, Callable[[str], bool]] = MappingProxyType(
    {
        "building_name": lambda cell: bool(_NAME.fullmatch(cell)) and not re.search(r"[路街巷弄]\d", cell),
        "address": _is_address,
        "reg_address": _is_address,
        "uscc": _is_code,
        "recusals": _is_code,
        "division_code": lambda cell: bool(_DIVISION.fullmatch(cell)),
        "duty": DUTY_WORDS.__contains__,
        "lon": lambda cell: bool(_DEGREES.fullmatch(cell)) and 73.0 <= float(cell) <= 136.0,
        "lat": lambda cell: bool(_DEGREES.fullmatch(cell)) and 3.0 <= float(cell) <= 54.0,
    }
)


# Header patterns for columns with arbitrary content; without them a plan breaks a rule or a deadline.
_HEADERS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "recusals": re.compile(r"回避|recus", re.IGNORECASE),
        "duty": re.compile(r"在岗|值班|值勤|出勤|考勤|duty", re.IGNORECASE),
        "due_at": re.compile(r"截止|期限|时限|deadline", re.IGNORECASE),
        "officers": re.compile(r"(?:检查|执法|经办)人"),
        "credit_class": re.compile(r"信用.*[类级]"),
    }
)


def columns_by_content(cells: Mapping[str, Column], wanted: Collection[str]) -> dict[str, str]:
    """
    Return, by schema column, the header of the unread column whose cells or header suggest this schema column.

    `cells`: unread columns of a file, by header; `wanted`: schema columns that the file lacks. The result lacks schema
    columns without such a header; its headers are suggestions to the planner.
    """
    # At least the share `_MOST` of the first filled cells must match.
    texts = {header: as_text(column).dropna().str.strip().head(200) for header, column in cells.items()}
    found: dict[str, str] = {}
    for column, looks in _LOOKS.items():
        if column not in wanted:
            continue
        shares = {
            header: float(pd.Series([looks(cell) for cell in text]).mean())
            for header, text in texts.items()
            if len(text) >= _FEWEST and header not in found.values()
        }
        best = max(shares, key=lambda header: shares[header], default=None)
        if best is not None and shares[best] >= _MOST:
            found[column] = best
    for column, pattern in _HEADERS.items():
        named = [h for h, text in texts.items() if len(text) and pattern.search(h) and h not in found.values()]
        if column in wanted and named:
            found[column] = named[0]
    return found
