"""Names of buildings: when two writings are one name, and how near two names are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from geodata.match.address import normalise
from geodata.match.provinces import PROVINCES

_MARKS = re.compile(r"[·・_.'\"“”‘’]+")
# Names that any compound may use for one of its houses.
_GENERIC = re.compile(
    r"(?:\d+|[A-Z]\d?|[东西南北中主副综合办公商务研发科技]+|[一二三四五六七八九十]+)?"
    r"(?:号?楼|[栋幢座塔]|大厦|广场|中心|大楼|写字楼|办公楼|商务楼|综合楼|小区|市场)"
)
MIN_SIGNS = 3
_FORM = re.compile(r"(?:大厦|广场|中心|大楼|写字楼|商务楼|商厦|公寓|花园|小区|酒店|大酒店)$")
# What a name may bear or lack: 嘉恒商务大厦 is 嘉恒大厦 on another sheet.
_FILLER = re.compile(r"国际|商务|科技|商业|综合|服务|发展|信息|金融|财富|文化|写字|办公|城市")
# One sign of these makes another building: 东区 is not 西区, 二期 not 一期.
DISTINCTIVE = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ一二三四五六七八九十东西南北中新老前后上下左右大小")
_PROVINCES = frozenset({*PROVINCES, *(f"{name}省" for name in PROVINCES)})
_LONGEST_PLACE = 7


def name_key(text: str) -> str:
    """A name or an address with everything gone that two writings of it may differ in."""
    return plain_key(normalise(text))


def plain_key(text: str) -> str:
    """The same for a text that `geodata.match.address` gave."""
    return _MARKS.sub("", text)


def is_distinctive(key: str) -> bool:
    """Whether a name is more than what any compound calls one of its houses."""
    return len(key) >= MIN_SIGNS and not _GENERIC.fullmatch(key)


def split_form(key: str) -> tuple[str, str]:
    """A name as its own part and its form: 银荷 and 大厦; the form is empty where there is none."""
    found = _FORM.search(key)
    return (key[: found.start()], found[0]) if found and found.start() else (key, "")


@dataclass(frozen=True, slots=True)
class _Parts:
    """A name taken apart: 山东嘉恒商务大厦."""

    place: str
    """山东: the province or the city here that it begins with."""
    bare: str
    """嘉恒商务大厦."""
    own: str
    """嘉恒商务."""
    form: str
    """大厦."""
    core: str
    """嘉恒."""
    brandless: str
    """Without the developer's two signs, where three of its own remain; empty where they do not."""


@lru_cache(maxsize=1 << 18)
def _parts(key: str, cities: frozenset[str]) -> _Parts:
    starts = (key[:n] for n in range(min(_LONGEST_PLACE, len(key) - 3), 1, -1))
    place = next((start for start in starts if start in _PROVINCES or start in cities), "")
    bare = key[len(place) :]
    if _FORM.fullmatch(bare):
        place, bare = "", key  # 山东大厦 is all its name.
    own, form = split_form(bare)
    core = _FILLER.sub("", own)
    return _Parts(place, bare, own, form, core if len(core) >= 2 else own, bare[2:] if len(own) >= 5 else "")


def keys(key: str, cities: frozenset[str]) -> set[str]:
    """
    Texts of which two names share at least one if `likeness` may be above 0.

    Parameters
    ----------
    key
        A name without its tower.
    cities
        Names of the cities here, without 市.
    """
    parts = _parts(key, cities)
    found = {key, parts.bare, parts.own, parts.core + parts.form, parts.brandless, *_deletions(parts.own)}
    return found - {""}


def likeness(one: str, other: str, cities: frozenset[str]) -> float:
    """
    How like two names are, 1 the same, 0 two names: 济南, a brand or 商务 that one of them lacks, one sign amiss.

    Parameters
    ----------
    one, other
        Names without their towers.
    cities
        Names of the cities here, without 市.
    """
    if one == other:
        return 1.0
    a, b = _parts(one, cities), _parts(other, cities)
    if a.place and b.place and a.place != b.place:
        return 0.0  # 山东文教大厦 and 济南文教大厦 are two.
    if a.bare == b.bare:
        return 0.97
    if a.form and a.form == b.form and a.core == b.core:
        return 0.92
    if a.own == b.own:
        return 0.8 if a.form and b.form else 0.9
    if a.bare == b.brandless or b.bare == a.brandless:
        return 0.9
    return Levenshtein.normalized_similarity(a.bare, b.bare) if a.form == b.form and _is_slip(a.own, b.own) else 0.0


def _is_slip(own: str, other: str) -> bool:
    """Whether one sign is amiss, and none that tells two buildings apart."""
    edits = list(Levenshtein.editops(own, other))
    if len(edits) != 1 or min(len(own), len(other)) < 2:
        return False
    kind, at, other_at = edits[0].tag, edits[0].src_pos, edits[0].dest_pos
    signs = ("" if kind == "insert" else own[at]) + ("" if kind == "delete" else other[other_at])
    return not DISTINCTIVE.intersection(signs)


def _deletions(own: str) -> set[str]:
    """The texts that lack one sign: two texts one edit apart share one, or one is the other's."""
    # Of two signs one amiss leaves nothing to go by but the door, see `geodata.match.resolve`.
    return {own[:k] + own[k + 1 :] for k in range(len(own))} if len(own) > 2 else set()
