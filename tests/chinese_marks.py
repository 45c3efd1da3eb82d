"""Half-width punctuation next to Chinese characters, which Chinese texts may not hold."""

from __future__ import annotations

import html
import re

_CHARACTER = r"[\u3400-\u9fff，。；：？！（）《》、]"
_HALF = re.compile(rf"(?<={_CHARACTER}) ?[,;:?!()]|[,;:?!()] ?(?={_CHARACTER})")
# Markup without visible text: styles, scripts, tags.
_UNSEEN = re.compile(r"<(style|script|template)\b.*?</\1>|<[^>]*>", re.DOTALL)
# Literal text: code, link targets, and quoted punctuation marks.
_CODE = re.compile(r"```.*?```|`[^`]*`|(?<=\])\([^)]*\)|“[?:]”", re.DOTALL)


def shown(page: str) -> str:
    """Return the visible text of an HTML page, with a blank line between elements."""
    return html.unescape(_UNSEEN.sub("\n\n", page))


def half_width(text: str) -> list[str]:
    """Return each half-width mark next to a Chinese character, with the text around it."""
    words = _CODE.sub(" x ", text)
    return [words[max(0, m.start() - 12) : m.end() + 12] for m in _HALF.finditer(words)]
