"""Escaping of values of tables for pages, scripts, the terminal and file names."""

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
# Unicode Bidirectional Algorithm (UAX 9), 2.1-2.5: characters that change the direction of the text after them.
TURNS = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)), "\ufffd")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]")
_UNSAFE_IN_NAME = re.compile(r"[^\w-]+")
_WINDOWS_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


def isolate_direction(text: str) -> str:
    """
    Return a text that cannot change the writing direction of the text around it.

    Direction-changing characters become U+FFFD, and a text with right-to-left characters is put in an isolate (U+2068
    to U+2069).
    """
    if text.isascii():
        return text
    plain = text.translate(TURNS)
    return f"\u2068{plain}\u2069" if _RIGHT_TO_LEFT.search(plain) else plain


def json_for_script(value: object) -> str:
    """
    Return a value as JSON that can neither close its script element nor change the direction of text around it.

    The escaped characters occur only inside JSON strings, where the escape is equivalent. Direction-changing characters
    become U+FFFD.

    Raises
    ------
    ValueError
        If a number is not finite, which JSON cannot express.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True)
    return text.translate(_SCRIPT_ESCAPES | TURNS)


def file_stem(name: str) -> str:
    """
    Return a file name without extension, made from a name, that is valid on every system and stays in its folder.

    A changed name gets a part of its hash, so that different names give different files.
    """
    stem = _UNSAFE_IN_NAME.sub("_", name)[:64]
    if stem == name and not _WINDOWS_DEVICES.fullmatch(stem) and name:
        return stem
    return f"{stem.strip('_') or 'team'}-{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def fixed_decimals(value: float, digits: int) -> str:
    """Return a number with a fixed number of decimals for aligned columns, the same in both languages."""
    return f"{value:,.{digits}f}"
