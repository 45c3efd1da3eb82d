"""Chinese numerals: 六百二十八, 六二八 and 628 are one number."""

import re

NUMERALS = "〇零一二两三四五六七八九十百千廿"
# Number of up to five digits or eight numerals.
NUMBER = rf"(?:\d{{1,5}}|[{NUMERALS}]{{1,8}})"

_DIGITS = {"〇": 0, "零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_SIZES = {"十": 10, "百": 100, "千": 1000}
_NUMERALS = re.compile(rf"[{NUMERALS}]+")


def in_figures(text: str) -> str:
    """Return the text with each run of Chinese numerals (`NUMERALS`) in digits: 二十八 becomes 28; the rest stays."""
    return _NUMERALS.sub(lambda found: str(_value(found[0])), text)


def _value(text: str) -> int:
    text = text.replace("廿", "二十")
    if not set(text) & _SIZES.keys():
        return int("".join(str(_DIGITS[character]) for character in text))
    total, digit = 0, 0
    for character in text:
        if character in _SIZES:
            total += (digit or 1) * _SIZES[character]
            digit = 0
        else:
            digit = _DIGITS[character]
    return total + digit
