"""Parser of the inner address: building, tower, floor and unit; and a normal form of tower names."""

import re
from dataclasses import dataclass

from geodata.match.address_wording.surrounding_sentence import BESIDE
from geodata.match.floor_labels import FLOOR, NUMERAL
from geodata.match.outer_address_parser import HAN
from geodata.vocabulary.chinese_numerals import in_figures

# Endings of building names. After the last of these only words of use follow: 广场写字楼, 广场商务办公.
_HEAD = re.compile(
    r"(?:大厦|广场|中心|商厦|商城|商场|市场|酒店|饭店|宾馆|公寓|花园|家园|佳园|庄园|小区|新村|名郡|名城|公馆|大世界|总部"
    r"|(?:科技|工业|产业|创业|软件|物流|文化|创意)园(?:[东西南北]区)?|园区|基地|平台区?|孵化器|科技城|会展城|汽配城|商品城"
    rf"|国际(?:城|社区)|(?:国际|天地)(?![{HAN}])|大楼)(?!村)"
)
_HOUSE = re.compile(r"(?<!公司)(?<!厂)(?<!局)(?<!村)(?:写字|商务|办公|综合|科技|科研|研发|商业|教学|培训)[大小]?楼")
_USE = (
    "写字|商务|办公|综合|商业|商住|科研|研发|生产|沿街|临街|营业|教学|培训|宿舍|实验|住宅|公寓|车间|厂房|配套|附属|一般"
    "|老|新|旧|前|后|大|小|号|的"
)
_WHOLE = ("大厦", "广场")
_USE_WORD = rf"(?:{_USE}|大厦|大楼|中心|市场|广场|小区|楼|[东西南北])"
_ONLY_USE = re.compile(rf"{_USE_WORD}+")
# Open squares are not buildings: station squares, cemetery squares.
_OPEN = re.compile(r"(?:站|站前|陵园|公园)[东西南北]?广场")
# Villages, institutions, trades: an address in their yard names no building.
_NO_NAME = re.compile(
    r"(?:村|庄|屯|路|街|段|首|内|东|西|南|北|侧|处|镇|乡|公司|厂|院|所|局|校|学|行|站|队|会|部|库|棚|店|房|室|区|地|驻地|商铺|门头|摊位|铺|楼|组|段|户|口|号|期|屋|舍|单元|[这那该][栋幢座])$"
)

_DIGITS = rf"(?:\d{{1,4}}|[{NUMERAL}]{{1,3}})"
_FORM = rf"(?:号?[栋幢座塔]|#楼?|号(?:{_USE})*楼)"
ONE_TOWER = (
    rf"(?:(?:{_DIGITS}|[A-Z]{{1,2}}\d{{0,2}}|[A-Z]\d{{1,2}}|[甲乙丙丁]){_FORM}"
    r"|\d{1,3}#|(?<![A-Z\d])[A-Z]楼(?!层)|[东西南北中主副裙](?:\d?[座塔]|\d?楼)(?!层)|T\d{1,2}(?=\D|$))"
)
# 8-1号楼, A、B座, 1号楼和8号楼 and A座B座 differ from the single towers in them; 1号楼A座 is a part of 1号楼.
_AND_ANOTHER = (
    rf"(?:(?<![\dA-Z])(?:\d{{1,3}}|[{NUMERAL}]{{1,3}}|[A-Z]\d{{0,2}}|[甲乙丙丁])(?:{_FORM}|号)?[-、,;/&及和与跟或到至]"
    rf"|[A-Z甲乙丙丁]{_FORM}(?=[A-Z甲乙丙丁]{_FORM})|\d{{1,3}}{_FORM}(?=\d{{1,3}}{_FORM}))"
)
TOWER = re.compile(rf"(?P<tower>{_AND_ANOTHER}*{ONE_TOWER})")
_PHASE = rf"(?:[{NUMERAL}\d]期|[东西南北]区)"
# Suffixes of a compound's name: 二期, 东区, 二期A座.
PART = re.compile(rf"{_PHASE}?(?:{TOWER.pattern})?")
# Generic house names of any compound: 1号办公楼, 东区综合楼, 服务中心. Possessive, since 大楼 is also 大 and 楼.
_MERE_HOUSE = re.compile(rf"(?:\d+|[A-Z]\d?)?(?:{TOWER.pattern}|{_PHASE}|[A-Z中]区|服务|仓库|{_USE_WORD})++")
# 大厦1-603, 广场3号706室: a bare tower number, recognised by the unit after it. 12-1203 is a floor and its unit.
BARE_TOWER = re.compile(
    r"-?(?!(\d\d)-\1\d\d(?:\D|$))(?P<tower>\d{1,2}|[A-Z])(?:-(?=(?:\d-)?\d{3,5}(?:\D|$))|号(?=\d{3,5}(?:[室房-]|$)|\d{1,2}[层楼]|$))"
)
_ROOM = re.compile(
    r"(?P<unit>(?<![A-Z0-9])[A-Z]{0,2}-?(?:\d{1,2}[A-C]\d{2}|\d{1,2}-\d{2}(?=[室房])|\d{2,5}[A-Z]?)(?:-\d{1,4}[A-Z]?)?)"
    r"(?:号?室|号?房间?|单元|#|$|(?=[、,/及和-]))"
)
_ENTRANCE = re.compile(rf"(?:\d{{1,2}}|[{NUMERAL}]|[A-Z东西南北中])单元")
_STOP = re.compile(r"\d|(?<![A-Z])[A-Z](?![A-Z])|[,、;|.#()-]")
# Longer texts are sentences.
_MOST_CHARACTERS = 20
_CYCLE = str.maketrans("甲乙丙丁", "ABCD")
_TOWER_MARK = re.compile(rf"[东西南北中主副裙]|[甲乙丙丁]|[A-Z]+\d*|\d+|[{NUMERAL}]+")
_ONE = re.compile(rf"{ONE_TOWER}|{_TOWER_MARK.pattern}")
_AT_END = re.compile(rf"[-(]?(?:{TOWER.pattern})\)?$")


@dataclass(frozen=True, slots=True)
class InnerAddress:
    """Inner parts of an address (inside the building); None for each part that the text lacks."""

    building: str | None = None
    """Name of the building, as written."""
    tower: str | None = None
    """Tower as written: `A座`, `8号楼`."""
    floor: str | None = None
    """Floor as written, a match of `geodata.match.floor_labels.FLOOR`."""
    unit: str | None = None
    """Room number, as written."""


def parse_inside(rest: str) -> InnerAddress:
    """Parse the inner parts of an address from `rest`, the text after street and number (`OuterAddress.rest`)."""
    tower, floor = TOWER.search(rest), FLOOR.search(rest)
    if tower and floor and floor.end() == tower.start() and tower["tower"].endswith("座"):
        # 5楼16座: behind a floor it is a seat on that floor.
        name = building_name(rest[: floor.start()], is_cut=True)
        return InnerAddress(name, None, floor["floor"], tower["tower"].removesuffix("座"))
    before, inner = (rest[: tower.start()], rest[tower.end() :]) if tower else (rest, rest)
    if tower and (own := _named(inner)):
        # 百花小区1号楼东方丽景大厦: a house of a compound that has its own name.
        return _within(own, inner[inner.index(own) + len(own) :])
    name = building_name(before, is_cut=tower is not None or bool(floor or _ROOM.search(rest)))
    if not tower:
        return _within(name, rest[rest.index(name) + len(name) :] if name else rest)
    return InnerAddress(name, tower["tower"], *_floor_and_unit(inner))


def _named(inner: str) -> str | None:
    found = re.match(rf"[{HAN}]{{2,12}}?(?:大厦|广场|商务中心)", inner)
    return found[0] if found and building_name(found[0], is_cut=False) else None


def _within(name: str | None, inner: str) -> InnerAddress:
    """Parse tower, floor and unit in `inner`, the text that follows a building's name."""
    tower = TOWER.match(inner) or (BARE_TOWER.match(inner) if name else None)
    return InnerAddress(
        name, tower["tower"] if tower else None, *_floor_and_unit(inner[tower.end() :] if tower else inner)
    )


def _floor_and_unit(inner: str) -> tuple[str | None, str | None]:
    inner = _ENTRANCE.sub("", inner)
    floor = FLOOR.search(inner)
    unit = _ROOM.search(inner[floor.end() :].lstrip("-") if floor else inner)
    return floor["floor"] if floor else None, unit["unit"] if unit else None


def text_before_floor(rest: str) -> str | None:
    """
    Return the text before floor and room in `rest`, perhaps a misspelled building name.

    None if `rest` has neither, or if the text is too short or too long for a name. `rest`: as in `parse_inside`.
    """
    ends = [found.start() for found in (FLOOR.search(rest), _ROOM.search(rest)) if found]
    text = rest[: min(ends, default=0)].strip(",、;-|.#·")
    return text if 3 <= len(text) <= _MOST_CHARACTERS else None


def building_name(text: str, *, is_cut: bool) -> str | None:
    """
    Return the building's name at the start of a text; None if there is no name.

    `is_cut`: whether a tower, floor or unit follows the text; then a name without an ending such as 大厦 counts too.
    """
    floor = FLOOR.search(text)
    text = text[: floor.start()] if floor else text
    text = text.lstrip(",、;-|.#·号()*")
    heads = list(_HEAD.finditer(text)) or list(_HOUSE.finditer(text))
    stop = _STOP.search(text, 1)
    ends = [head.end() for head in heads if not stop or head.end() <= stop.start() or _is_dotted(text, stop)]
    end = ends[-1] if ends else 0
    # 广场商业中心 is the commercial part of 广场.
    end = next((e for e in ends if text[e - 2 : e] in _WHOLE and _ONLY_USE.fullmatch(text[e:end])), end)
    if end:
        name, tail = text[:end], text[end:]
        if BESIDE.match(tail) or _OPEN.search(name):
            return None
        return name if not _ONLY_USE.fullmatch(name) and len(re.findall(rf"[{HAN}A-Z]", name)) > 2 else None
    if not is_cut:
        return None
    name = (text[: stop.start()] if stop else text).strip(",、;-|.#").removesuffix("第")
    is_name = re.fullmatch(rf"[{HAN}A-Z]{{2,10}}", name) and not _NO_NAME.search(name) and not _ONLY_USE.fullmatch(name)
    return name if is_name else None


def is_mere_house(name: str) -> bool:
    """Return whether a name gives only use and number of a house within its compound: 1号办公楼, 沿街楼."""
    return bool(_MERE_HOUSE.fullmatch(name))


def _is_dotted(text: str, stop: re.Match[str]) -> bool:
    return text[stop.start()] in ".·" and stop.start() > 0


def tower_key(tower: str) -> str:
    """
    Return the normal form of a tower's name: `A` for A座, A栋 and 甲座; `8` for 8号楼, 八号楼 and 8#.

    Letters and digits stay distinct: only the owner knows whether A座 is 1号楼. A name of several towers has its own
    key: `8-1` for 8-1号楼, `A、B` for A座和B座.
    """
    key, end = "", 0
    for one in _ONE.finditer(tower):
        if key:
            key += "-" if "-" in tower[end : one.start()] else "、"
        key, end = key + _one_key(one[0]), one.end()
    return key or tower


def _one_key(tower: str) -> str:
    mark = _TOWER_MARK.match(tower)
    return in_figures(mark[0].translate(_CYCLE)).lstrip("0") if mark else tower


def split_tower(name: str) -> tuple[str, str | None]:
    """Split a building's name (`name_key`) into the name without tower, and the `tower_key` of the tower or None."""
    found = _AT_END.search(name)
    if not found or not found.start():
        return name, None
    return name[: found.start()], tower_key(found["tower"])


def tower_after(text: str) -> str | None:
    """Return the `tower_key` of the tower at the start of a text that follows a building's name; None without one."""
    found = TOWER.match(text) or BARE_TOWER.match(text)
    return tower_key(found["tower"]) if found else None
