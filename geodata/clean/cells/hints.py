"""The nearest known word to one that a table uses; never one that says the opposite."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Mapping

# Share of signs in common. Below it words share an ending (检查, 诈骗) and mean different things.
_ALIKE = 0.6
# What turns a word round: 无问题 is as far from 发现问题 as two words can be, by whatever signs they share.
_TURNS = re.compile(r"[无未没不非否勿免拒]|异常|违|\b(?:no|not|non|none|never)\b|^(?:un|dis|ir|non)")


def nearest_word(word: str, known: Mapping[str, str]) -> str | None:
    """The known word most like a word, with no opposite meaning; None if there is no such word."""
    turns = _turns(word.lower())
    same = [name for name in known if _turns(name) == turns]
    near = difflib.get_close_matches(word.lower(), same, n=1, cutoff=_ALIKE)
    return near[0] if near else None


def _turns(word: str) -> Counter[str]:
    """What turns a word round; all ways to say no are one."""
    found = _TURNS.findall(word)
    return Counter(turn if turn in ("异常", "违") else "no" for turn in found)
