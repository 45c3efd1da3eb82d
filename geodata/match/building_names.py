"""Names of buildings: normal form and similarity."""

import re
from dataclasses import dataclass
from functools import lru_cache

from geodata.match.address import normalise
from geodata.match.address_wording.spelling_errors import DISTINCTIVE, blocking_keys, spelling_error
from geodata.match.inner_address import is_mere_house
from geodata.match.outer_address_parser import PROVINCES

_MARKS = re.compile(r"[·・_.'\"“”‘’《》〈〉「」『』]+")
# Generic names that any compound may give to a house.
_GENERIC = re.compile(
    r"(?:\d+|[A-Z]\d?|[东西南北中主副综合办公商务研发科技]+|[一二三四五六七八九十]+)?"
    r"(?:号?楼|[栋幢座塔]|大厦|广场|中心|大楼|写字楼|办公楼|商务楼|综合楼|小区|市场)"
    r"|公寓|花园|商城|商场|(?:工业|科技|产业|创业|创意|物流|软件)园区?"
)
MIN_CHARACTERS = 3
# Similarity after one spelling error. A name used by registered firms is distinct: see `geodata.match.resolve_address`.
ONE_SPELLING_ERROR = 0.89
_FORM = re.compile(r"(?:大厦|广场|中心|大楼|写字楼|商务楼|商厦|公寓|花园|小区|酒店|大酒店)$")
# Building names that are recognised without a gazetteer.
WHOLE_FORM = re.compile(r"(?<![路街号])[一-龥]{2,10}(?:大厦|广场|中心|大楼|写字楼|公寓|商厦|花园|小区)(?![路街巷道弄])")
_COMMON_FORMS = ("大厦", "广场", "中心", "大楼", "公寓")
# The rest of a longer name: 旗舰大厦 in 数码港旗舰大厦, but not 物业服务中心.
CONTINUATION = re.compile(
    rf"(?!物业|管理|服务|招商|客服|办公)[一-龥A-Z]{{0,4}}?(?:{'|'.join(_COMMON_FORMS)}|商厦|花园|小区|酒店|[园城苑区])"
)
# Optional words of a name: 嘉恒商务大厦 and 嘉恒大厦 are one building.
_FILLER = re.compile(r"国际|商务|科技|商业|综合|服务|发展|信息|金融|财富|文化|写字|办公|城市")
# Words common to many names; 恒生银行大厦 and 民生银行大厦 are two.
_COMMON = re.compile(rf"{_FILLER.pattern}|世纪|时代|银行|保险|证券|信托|集团|公司|学院|大学")
# Trades and general words: several compounds of a city may be 世纪财富中心 or 钢材市场 with a brand in front.
_GENERAL = re.compile(
    rf"{_COMMON.pattern}|工业|产业|工贸|软件|电子|数码|网络|创业|创新|创意|智慧|智能|联合|总部|青年|人民|东方|中央|中心|黄金|阳光"
    r"|经济|高新|技术|民营|钢材|建材|灯具|家电|家居|化工|汽配|汽车|服装|食品|五金|农贸|小商品|批发|园区|(?<=..)[园城区村]$|大?市场|基地"
)
_PROVINCES = frozenset({*PROVINCES, *(f"{name}省" for name in PROVINCES)})


def name_key(text: str) -> str:
    """Return a name or an address in the form for comparison: `address.normalise`, without punctuation marks."""
    return plain_key(normalise(text))


def plain_key(text: str) -> str:
    """Return the text without punctuation marks; it must already be normalised by `geodata.match.address.normalise`."""
    return _MARKS.sub("", text)


def is_distinctive(key: str, min_characters: int = MIN_CHARACTERS) -> bool:
    """Return whether a name (`name_key`) can identify a building: long enough, and not generic like 1号楼."""
    return len(key) >= min_characters and not _GENERIC.fullmatch(key) and not is_mere_house(key)


def has_form(key: str) -> bool:
    """Return whether a name ends in a kind of building or compound: 大厦, 广场, 苑."""
    return bool(_split_form(key)[1]) or key[-1:] in {*"园城苑"}


@lru_cache(maxsize=1 << 16)
def is_rare(key: str) -> bool:
    """
    Return whether a name (`name_key`) is so unusual that it means the building even inside a sentence.

    At least two characters must remain without common words and the building word at its end (泉景 of 泉景雅园).
    """
    return len(_GENERAL.sub("", _split_form(key)[0])) >= 2


def _split_form(bare: str) -> tuple[str, str]:
    """Split a name into its own part and its form, such as 大厦; a misspelt form (大夏) is corrected."""
    found = _FORM.search(bare)
    own, form = (bare[: found.start()], found[0]) if found and found.start() else (bare, "")
    if form or len(bare) <= MIN_CHARACTERS:
        return own, form
    return next(((bare[:-2], f) for f in _COMMON_FORMS if spelling_error(bare, bare[:-2] + f) == "alike"), (own, form))


@dataclass(frozen=True, slots=True)
class _Parts:
    """Parts of a name; the examples are those of 山东嘉恒商务大厦."""

    place: str
    """Leading province or local city: 山东."""
    bare: str
    """Name without the place: 嘉恒商务大厦."""
    own: str
    """Name without place and form: 嘉恒商务."""
    form: str
    """Kind of building at the end of the name: 大厦."""
    core: str
    """`own` without optional words: 嘉恒."""
    brandless: str
    """`bare` without the developer's two leading characters; empty if fewer than three characters of `own` remain."""


@lru_cache(maxsize=1 << 18)
def _parts(key: str, cities: frozenset[str]) -> _Parts:
    # The longest place name has seven characters.
    starts = (key[:n] for n in range(min(7, len(key) - 3), 1, -1))
    place = next((start for start in starts if start in _PROVINCES or start in cities), "")
    bare = key[len(place) :]
    if _FORM.fullmatch(bare):
        place, bare = "", key  # 山东大厦 is a full name.
    own, form = _split_form(bare)
    core = _FILLER.sub("", own)
    return _Parts(place, bare, own, form, core if len(core) >= 2 else own, bare[2:] if len(own) >= 5 else "")


def search_keys(key: str, cities: frozenset[str]) -> set[str]:
    """
    Return search keys of a name: names share a key whenever their `similarity` may be above 0.

    `cities`: names of the cities with buildings, which may precede a name.
    """
    parts = _parts(key, cities)
    found = {
        key,
        parts.bare,
        parts.own,
        parts.core + parts.form,
        parts.brandless,
        *blocking_keys(parts.own),
        *blocking_keys(parts.bare),
        # 宜大厦 and 华宜大厦: a form after a single character is a name that lost the other one.
        *(f"{character} {parts.form}" for character in parts.own if parts.form and len(parts.own) <= 2),
    }
    return found - {""}


def similarity(one: str, other: str, cities: frozenset[str]) -> float:
    """
    Return the similarity of two names, from 0 for different names to 1 for equal ones.

    It is above 0 if they differ only by place, brand, optional words (商务) or one spelling error. `cities`: names of
    the cities with buildings, which may precede a name.
    """
    if one == other:
        return 1.0
    a, b = _parts(one, cities), _parts(other, cities)
    if a.place and b.place and a.place != b.place:
        return 0.0  # 山东文教大厦 and 济南文教大厦 are distinct.
    if a.bare == b.bare:
        return 0.97
    if a.form and a.form == b.form and a.core == b.core:
        # 嘉恒商务大厦 equals 嘉恒大厦, but 嘉恒商务大厦 and 嘉恒国际大厦 may be distinct.
        return 0.92 if a.core in (a.own, b.own) else 0.85
    if a.own == b.own:
        return 0.8 if a.form and b.form else 0.9
    if a.bare == b.brandless or b.bare == a.brandless:
        return 0.9
    return max(_similarity_with_one_error(a, b), ONE_SPELLING_ERROR if _is_error_in_form(a, b) else 0.0)


def _is_error_in_form(a: _Parts, b: _Parts) -> bool:
    """Return whether the only spelling error is in or next to the form: 紫元厦, 爱博厦大, 天迈务商楼, 田林家."""
    if spelling_error(a.bare, b.bare) in ("doubled", "swapped"):
        return True
    short, long = sorted((a, b), key=lambda parts: len(parts.bare))
    if short.bare == long.bare[:-1] and len(short.bare) >= MIN_CHARACTERS and long.bare[-1] not in DISTINCTIVE:
        return True
    remainder = short.bare.removeprefix(long.own)
    return len(long.own) >= 2 and any(remainder == long.form[:k] + long.form[k + 1 :] for k in range(len(long.form)))


def _similarity_with_one_error(a: _Parts, b: _Parts) -> float:
    error = spelling_error(a.own, b.own) if a.form == b.form else None
    n_own = min(len(a.own), len(b.own))
    if error is None or (n_own < 2 and (not a.form or error != "lost")):
        return 0.0
    # 宜大厦: of 2,085 such names of Jinan, the Bund and Xuhui, with a fifth of the buildings not in the table, 1,196
    # had one candidate that was right, 48 one that was wrong.
    is_sure = (
        n_own < 2 or error not in ("lost", "wrong") or _is_enough_in_common(a, b) or _is_in_common_word(a.own, b.own)
    )
    # The same street does not confirm a misspelling; the same door does.
    return ONE_SPELLING_ERROR if is_sure else min(0.82, 1 - 1 / max(len(a.bare), len(b.bare)))


def _is_enough_in_common(a: _Parts, b: _Parts) -> bool:
    """Return whether two names that differ in one character share enough other characters to be the same name."""
    # With this many characters, one may be missing or wrong. Of 914 names in Jinan, Qingdao and Yantai that a table
    # lacked, none matched another of its city so; with two and a common word 2 did, and 22 without a form (工业园).
    if not a.form:
        return max(len(a.own), len(b.own)) >= 7
    return max(len(_COMMON.sub("", parts.own)) for parts in (a, b)) >= 4


def _is_in_common_word(one: str, other: str) -> bool:
    """Return whether two names differ only within a common word, such as 银荷科江大厦 and 银荷科技大厦."""
    return any(
        len(known) - len(word[0]) >= 2
        and len(written) <= len(known)
        and written.startswith(known[: word.start()])
        and written.endswith(known[word.end() :])
        for known, written in ((one, other), (other, one))
        for word in _COMMON.finditer(known)
    )
