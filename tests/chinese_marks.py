"""What Chinese text may not hold: half-width punctuation beside Chinese signs."""

from __future__ import annotations

import html
import re

_SIGN = r"[\u3400-\u9fff，。；：？！（）《》、]"
_HALF = re.compile(rf"(?<={_SIGN}) ?[,;:?!()]|[,;:?!()] ?(?={_SIGN})")
# What is not shown: styles, scripts, tags.
_UNSEEN = re.compile(r"<(style|script|template)\b.*?</\1>|<[^>]*>", re.DOTALL)
# What is typed as it stands: code, the target of a link, and whatever is quoted alone.
_CODE = re.compile(r"```.*?```|`[^`]*`|(?<=\])\([^)]*\)|“[?:]”", re.DOTALL)


def shown(page: str) -> str:
    """The words of a page of HTML, a blank line between two elements."""
    return html.unescape(_UNSEEN.sub("\n\n", page))


def half_width(text: str) -> list[str]:
    """Each half-width mark beside a Chinese sign, with what stands about it."""
    words = _CODE.sub(" x ", text)
    return [words[max(0, m.start() - 12) : m.end() + 12] for m in _HALF.finditer(words)]
