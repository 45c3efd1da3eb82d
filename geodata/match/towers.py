"""Towers: one key for the ways that A座, 8号楼 or 东塔 are written."""

from __future__ import annotations

import re

from geodata.match.floors import NUMERAL
from geodata.match.inside import BARE_TOWER, ONE_TOWER, TOWER
from geodata.match.words.numerals import in_figures

_CYCLE = str.maketrans("甲乙丙丁", "ABCD")
_SIGN = re.compile(rf"[东西南北中主副裙]|[甲乙丙丁]|[A-Z]+\d*|\d+|[{NUMERAL}]+")
_ONE = re.compile(rf"{ONE_TOWER}|{_SIGN.pattern}")
_AT_END = re.compile(rf"[-(]?(?:{TOWER.pattern})\)?$")


def tower_key(tower: str) -> str:
    """
    The same text for two writings of one tower: A座, A栋 and 甲座 are `A`, 8号楼, 八号楼 and 8# are `8`.

    Letters and figures are kept apart: whether A座 is 1号楼 only the building's owner knows. What names more than one
    has a key of its own: 8-1号楼 is `8-1`, and A座和B座 is `A、B`.
    """
    key, end = "", 0
    for one in _ONE.finditer(tower):
        if key:
            key += "-" if "-" in tower[end : one.start()] else "、"
        key, end = key + _one_key(one[0]), one.end()
    return key or tower


def _one_key(tower: str) -> str:
    sign = _SIGN.match(tower)
    return in_figures(sign[0].translate(_CYCLE)).lstrip("0") if sign else tower


def split_tower(name: str) -> tuple[str, str | None]:
    """A building's name (`name_key`) without its tower, and the key of the tower, None if it bears none."""
    found = _AT_END.search(name)
    if not found or not found.start():
        return name, None
    return name[: found.start()], tower_key(found["tower"])


def tower_after(text: str) -> str | None:
    """The key of the tower that a text begins with, as it follows a building's name; None if it does not."""
    found = TOWER.match(text) or BARE_TOWER.match(text)
    return tower_key(found["tower"]) if found else None
