"""Harmless digits in the form of personal numbers: amounts, times, hotlines, room lists, decimals, codes."""

import re
from itertools import pairwise

_CURRENCY = r"(?:[¥$€£]|RMB|CNY|USD)"
_UNIT = r"(?:[万亿]|[万亿]?[元圆]整?)"
_SHAPED = r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+\.[0-9]{1,2})"
_AMOUNT = re.compile(
    rf"(?<![0-9.,])(?:{_CURRENCY}\s*(?:{_SHAPED}|[0-9]+)"
    rf"|(?:[额资价租]|资本|资金|合计|总计)[:\s]*{_SHAPED}"
    rf"|{_SHAPED}\s*{_UNIT}"
    # Letters after the unit would make it the start of a name.
    rf"|[0-9]+\s*{_UNIT}(?![^\W\d_]))(?![0-9])",
    re.IGNORECASE,
)
_TIMESTAMP = re.compile(
    r"(?<![0-9])(?:19|20)[0-9]{2}([-/.])[0-9]{1,2}\1[0-9]{1,2}\s+[0-9]{1,2}:[0-9]{2}:[0-9]{2}\.[0-9]+(?![0-9])"
)
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_NETWORK_ADDRESS = re.compile(rf"(?<![0-9.])(?:{_OCTET}\.){{3}}{_OCTET}(?![0-9.])")
# A code or hash is one token of letters and digits; so is a number with its label ("tel138..."), which is shorter.
_CREDIT_CODE = re.compile(r"(?=[0-9]*[A-Z])[0-9A-Z]{18}")
_HASH = re.compile(r"(?=[0-9]*[a-fA-F])[0-9a-fA-F]{16,}")
_TOKEN = re.compile(r"[0-9A-Za-z]*")
_END_OF_TOKEN = re.compile(r"[0-9A-Za-z]*$")
_DEGREES = r"-?[0-9]{1,3}\.[0-9]{4,}"
_COORDINATES = re.compile(rf"(?<![0-9.]){_DEGREES}[\s,;/|]{{1,3}}{_DEGREES}(?![0-9.])")
_CLOCK = re.compile(r"(?<![0-9:])([01]?[0-9]|2[0-4]):([0-5][0-9])(?::[0-5][0-9])?(?![0-9:])")
_DATE = re.compile(
    r"(?<![0-9:])(?:(?:19|20)[0-9]{2}[-/.])?(?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12][0-9]|3[01])(?![0-9:])"
)
_START_OF_TIME, _END_OF_TIME = re.compile(r"[-0-9:./]*$"), re.compile(r"[-0-9:./]*")
_HOTLINE = re.compile(r"(?<![0-9])[48]00[\W_]+$")
# House numbers and rooms of one address: 179-24、25、26、27号.
_LISTED = re.compile(r"(?:[0-9]{1,4}[-~])?([0-9]{1,4}(?:\s*[、,]\s*[0-9]{1,4}){2,})")
_LIST_END = re.compile(r"(?:\s*[、,]\s*[0-9]{1,4})*\s*[室房号间铺层楼座栋幢户]")
# Decimal notation; Excel writes a time as days, with five digits before the point.
_DECIMAL = re.compile(r"\s*[-+]?([0-9]+)\.([0-9]+)\s*")
_DAYS = re.compile(r"[34][0-9]{4}")
_DIVIDED = re.compile(r"(?:(?:00?)?86)?1[3-9][0-9]{9}|[1-8](?:[0-9]{14}|[0-9]{17})")
# Maximum length of the context on either side of a number.
_WINDOW = 64


def is_harmless(text: str, start: int, end: int) -> bool:
    """
    Return whether eleven digits in a folded text (NFKC) are no mobile number, by their context.

    `start`, `end`: position of the first digit, and after the last; separators may be between the digits.
    """
    groups = re.split(r"[\W_]+", text[start:end])
    if len(groups) > 1 and (_is_times(text, start, end) or _is_list(text, start, end)):
        return True
    if _HOTLINE.search(text, max(0, start - _WINDOW), start) or _is_code(text, start, end):
        return True
    low, high = max(0, start - _WINDOW), end + _WINDOW
    spans = (m.span() for pattern in (_AMOUNT, _TIMESTAMP, _NETWORK_ADDRESS) for m in pattern.finditer(text, low, high))
    return any(a <= start and end <= b for a, b in spans)


def without_coordinates(text: str) -> str:
    """Return the text with an x for each character of a coordinate pair, which could pass for a personal number."""
    return _COORDINATES.sub(lambda pair: "x" * len(pair[0]), text)


def _is_code(text: str, start: int, end: int) -> bool:
    before = _END_OF_TOKEN.search(text, max(0, start - _WINDOW), start)
    behind = _TOKEN.match(text, end, end + _WINDOW)
    token = f"{before[0] if before else ''}{text[start:end]}{behind[0] if behind else ''}"
    return bool(_CREDIT_CODE.fullmatch(token) or _HASH.fullmatch(token))


def _is_times(text: str, start: int, end: int) -> bool:
    """Return whether digits in a text are only dates and opening hours; clock times rise in pairs (9:00-17:30)."""
    before, behind = _START_OF_TIME.search(text, max(0, start - 8), start), _END_OF_TIME.match(text, end, end + 8)
    whole = f"{before[0] if before else ''}{text[start:end]}{behind[0] if behind else ''}"
    times = [(int(hour), int(minute)) for hour, minute in _CLOCK.findall(whole)]
    is_all = re.search("[0-9]", _DATE.sub(" ", _CLOCK.sub(" ", whole))) is None
    return is_all and len(times) > 0 and all(a < b for a, b in zip(times[::2], times[1::2], strict=False))


def _is_list(text: str, start: int, end: int) -> bool:
    """Return whether digits in a text are an ascending list of rooms or house numbers, before a word such as "room"."""
    listed = _LISTED.fullmatch(text, start, end)
    if listed is None or not _LIST_END.match(text, end):
        return False
    items = re.findall("[0-9]+", listed[1])
    return len({len(item) for item in items}) == 1 and all(a < b for a, b in pairwise(items))


def is_decimal(text: str) -> bool:
    """Return whether a text (NFKC) is an Excel date-time, or a decimal number whose digits form no personal number."""
    match = _DECIMAL.fullmatch(text)
    if match is None:
        return False
    whole, fraction = match[1], match[2]
    return _DAYS.fullmatch(whole) is not None or not _DIVIDED.fullmatch(whole + fraction)
