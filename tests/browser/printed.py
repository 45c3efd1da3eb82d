"""The text of a printed sheet."""

from __future__ import annotations

import unicodedata

import pypdf

# Of the block of radicals that has no sign of its own to be normalised to.
RADICALS = {"⻰": "龙", "⻩": "黄", "⻬": "齐", "⻔": "门", "⻓": "长"}


def plain(sheet: pypdf.PageObject) -> str:
    """The text of a sheet; fonts share a picture between 广 and its radical, and the text layer may name either."""
    text = unicodedata.normalize("NFKC", sheet.extract_text()).replace(" ", "")
    return text.translate({ord(radical): sign for radical, sign in RADICALS.items()})
