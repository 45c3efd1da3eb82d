"""Values from tables made harmless in the places they end up: scripts, spreadsheet cells, file names."""

from __future__ import annotations

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
_UNSAFE_IN_NAME = re.compile(r"[^\w-]+")
_WINDOWS_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


def json_for_script(value: object) -> str:
    """
    JSON that cannot close the script element it stands in.

    The escaped signs can only occur inside JSON strings, where the escape means the same sign.

    Raises
    ------
    ValueError
        If a number is not finite: JSON has no word for it.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True)
    return text.translate(_SCRIPT_ESCAPES)


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
