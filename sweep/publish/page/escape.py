"""Values from tables made harmless in the places they end up: pages, scripts, the terminal, file names."""

import hashlib
import json
import re

_SCRIPT_ESCAPES = {
    ord("<"): "\\u003c",
    ord(">"): "\\u003e",
    ord("&"): "\\u0026",
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}
# Unicode Bidirectional Algorithm (UAX 9), 2.1-2.5: signs that turn the order of what follows, wherever that ends.
TURNS = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)), "\ufffd")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]")
_UNSAFE_IN_NAME = re.compile(r"[^\w-]+")
_WINDOWS_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


def isolated(text: str) -> str:
    """
    A text that turns nothing beside it: signs that turn the order of others are shown as U+FFFD, and a text with signs
    that run from right to left is kept in an isolate of its own (U+2068 to U+2069).
    """
    if text.isascii():
        return text
    plain = text.translate(TURNS)
    return f"\u2068{plain}\u2069" if _RIGHT_TO_LEFT.search(plain) else plain


def json_for_script(value: object) -> str:
    """
    JSON that cannot close the script element it stands in, nor turn the order of what it is shown beside.

    The escaped signs can only occur inside JSON strings, where the escape means the same sign. Signs that turn the
    order become U+FFFD.

    Raises
    ------
    ValueError
        If a number is not finite: JSON has no word for it.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True)
    return text.translate(_SCRIPT_ESCAPES | TURNS)


def file_stem(name: str) -> str:
    """
    A file name without ending that stays in its folder on every system.

    A name that had to be changed gets a piece of its hash, so that two names never meet in one file.
    """
    stem = _UNSAFE_IN_NAME.sub("_", name)[:64]
    if stem == name and not _WINDOWS_DEVICES.fullmatch(stem) and name:
        return stem
    return f"{stem.strip('_') or 'team'}-{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def fixed(value: float, digits: int) -> str:
    """A number with all its decimals, so that figures under each other line up; both languages write it so."""
    return f"{value:,.{digits}f}"
