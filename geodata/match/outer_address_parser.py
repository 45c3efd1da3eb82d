"""Parser of the outer address: province, city, district, street and number."""

import re
from dataclasses import dataclass

from geodata.division_codes import province_codes
from geodata.match.address_wording.lane_numbers import LANE, lane_number
from geodata.match.address_wording.surrounding_sentence import BESIDE, is_whole_name
from geodata.vocabulary.chinese_numerals import NUMBER, NUMERALS, in_figures

PROVINCES = province_codes()

HAN = "一-龥"

PROVINCE_NAME = "|".join(PROVINCES)
_PROVINCE = re.compile(
    rf"(?:中国)?(?:(?P<name>{PROVINCE_NAME})(?:省|壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区|市(?=[{HAN}])))"
)
# Characters of street names never occur in the name of a city or a district.
_PLACE = r"(?:(?![路街巷号道镇乡])[一-龥])"
# 聊城市 is a city and 万达城市 is not: before 城市 and 都市 only one character.
_CITY = re.compile(rf"(?P<city>{_PLACE}{{2,5}}?(?:(?<![城都超夜])市|自治州|地区|盟)|{_PLACE}[城都]市)(?![场政民])")
_ZONES = "高新技术产业开发区|高新技术开发区|经济技术开发区|经济开发区|高新开发区|综合保税区"
_DISTRICT = re.compile(
    rf"(?P<district>{_PLACE}{{0,4}}?(?:{_ZONES})|"
    rf"{_PLACE}{{1,6}}?(?:(?<![小社园片校厂景务业辖])区|县|(?<=[{HAN}]{{2}})旗|(?<![超夜])(?<=[{HAN}]{{2}})市))(?![域场])"
)
_ZONE = re.compile(rf"{_PLACE}{{0,6}}?(?:{_ZONES}|高新区|开发区|保税区|示范区|度假区)")
# Implies no district and is longer than a street's prefix may be: 中国山东自由贸易试验区济南片区.
_FREE_TRADE = re.compile(rf"(?:中国)?(?P<name>{PROVINCE_NAME})?自由贸易试验区(?:[{HAN}]{{2,5}}?片区)?")
_TOWN = re.compile(rf"[{HAN}]{{1,8}}?(?:街道办事处|街道办|办事处|街道|(?:镇|乡)(?![路街巷弄]))(?![政])")
_COMMUNITY = re.compile(rf"[{HAN}]{{1,8}}?(?:社区|居委会|村委会)")
_STREET_ENDING = r"(?:大道|大街|公路|胡同|路|(?<![沿临])街(?!楼)|巷|(?:道|里|弄|线|[一二三四五六七八九十]村)(?=\d))"
_STREET = re.compile(
    rf"(?:[{HAN}]{{0,6}}?(?:科技园|工业园|产业园|软件园|大学城|小区|新村)(?=[{HAN}]{{2,}}[路街道]))?"
    rf"(?P<street>[{HAN}A-Z0-9]{{1,12}}?{_STREET_ENDING}(?:[东西南北中]段)?)"
)
_NUMBER = re.compile(
    rf"第?(?P<number>(?:甲|乙|丙|附)?(?:\d+(?:[-~]\d+)*[甲乙丙丁]?|[{NUMERALS}]+)号(?!楼)(?:[甲乙丙](?![座栋幢楼])|院|附\d+号)?)"
)
_BARE_NUMBER = re.compile(rf"(?P<number>\d+(?:-\d+)*)(?=[{HAN}]{{2,}}|$)(?!号楼|[栋幢座层楼室])")
# A second street and number: another location, perhaps the former one.
_SECOND = re.compile(rf"[、,;]?[与跟或及和到搬迁转又再后]?[^、,;\d]{{0,8}}?{_STREET_ENDING}第?{NUMBER}[号弄]")
# Position along the street, or corner: 中段, 西侧, 以北, 与刘长山路交叉口处.
_WHERE = re.compile(
    rf"(?:[{HAN}]{{1,6}}?村[东西南北][首侧头]?(?=[{HAN}]{{3}})|[东西南北中]段|[东西南北][首侧头端]|以[东西南北]侧?|路[东西南北](?=[{HAN}]{{3}})"
    rf"|[、,与]?[{HAN}]{{1,8}}?{_STREET_ENDING}(?:[东西南北][首侧头端]|以[东西南北]|交[叉汇]路?口|路口)"
    rf"|[、,与][{HAN}]{{1,8}}?{_STREET_ENDING}|交[叉汇]路?[口处]|路口|处|(?:院?内|院里)(?=[{HAN}A-Z])|的?[一那这该某]?[个栋幢座](?=[{HAN}])|的(?=[{HAN}]))[、,]?"
)


# Development zones overlap districts: an address may name either.
ZONE = re.compile(rf"{_ZONES}|高新|开发区|保税|新区|示范区|度假")


@dataclass(frozen=True, slots=True)
class OuterAddress:
    """Outer parts of an address (province to number; None for a missing part), and the remaining text."""

    province: str | None
    """Code of the province, two digits, GB/T 2260."""
    city: str | None
    """Names of city, district and street, as written with their forms: 济南市, 历下区, 经十路."""
    district: str | None
    street: str | None
    number: str | None
    """House number in digits, with 号 if written: `123号`; on a lane `628弄3支弄5号`."""
    rest: str
    """Text after the outer parts: building, tower, floor and unit."""
    is_near_only: bool
    """Whether the place is only near that number (123号对面), or the text gives a second number."""


def parse_outer(text: str) -> OuterAddress:
    """Parse the outer parts of an address normalised by `geodata.match.address.normalise`."""
    rest, province = _take(_PROVINCE, text.lstrip("*,、;-("), "name")
    rest, city = _take(_CITY, rest, "city")
    # 写的是|济南市: a city's name has at least three characters.
    city = next((city[k:] for k in range(len(city) - 3, 0, -1) if is_whole_name(city[:k])), city) if city else None
    rest, area = _take(_FREE_TRADE, rest, "name")
    rest, district = _take(_DISTRICT, rest, "district")
    rest, area_behind = _take(_FREE_TRADE, rest, "name")
    province = province or area or area_behind
    if district:
        rest = _drop(_ZONE, rest)
    rest = _drop(_COMMUNITY, _drop(_TOWN, rest))
    rest, street = _take(_STREET, rest, "street")
    rest, number = _number(rest, is_in_street=street is not None)
    return OuterAddress(
        PROVINCES[province] if province else None,
        city,
        district,
        street,
        number,
        _where(rest),
        is_near_only=number is not None and bool(BESIDE.match(rest) or _SECOND.match(rest)),
    )


def _number(rest: str, *, is_in_street: bool) -> tuple[str, str | None]:
    """
    Split the house number off the start of a text; return (remaining text, number).

    `is_in_street`: whether a street precedes the number, which then may also be that of a lane (弄), or lack 号.
    """
    if is_in_street and (lane := LANE.match(rest)):
        return rest[lane.end() :].lstrip(",、;-"), lane_number(lane)
    rest, number = _take(_NUMBER, rest, "number")
    if is_in_street and not number:
        rest, number = _take(_NUMBER, _where(rest), "number")
    if is_in_street and not number:
        rest, number = _take(_BARE_NUMBER, rest, "number")
    return rest, in_figures(number) if number else None


def district_stem(name: str) -> str:
    """Return a district's name without 区, 县 or 市, the part that a reform keeps: 章丘 of 章丘市 and of 章丘区."""
    return name[:-1] if len(name) > 2 and name[-1] in "区县市" else name


def is_same_district(one: str | None, other: str | None) -> bool:
    """Return whether two names mean one district, such as 章丘市 and 章丘区; False if one is missing."""
    return one is not None and other is not None and district_stem(one) == district_stem(other)


def is_other_district(one: str | None, other: str | None) -> bool:
    """Return whether two names mean distinct districts; False for a zone such as 高新区, or if a name is missing."""
    if not one or not other or one.endswith(other) or other.endswith(one):
        return False
    is_zone = ZONE.search(one) or ZONE.search(other)
    return not is_zone and not is_same_district(one, other)


def _where(rest: str) -> str:
    while found := _WHERE.match(rest):
        rest = rest[found.end() :]
    return rest


def _take(pattern: re.Pattern[str], text: str, group: str) -> tuple[str, str | None]:
    found = pattern.match(text)
    return (text[found.end() :].lstrip(",、;-"), found[group]) if found else (text, None)


def _drop(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.match(text)
    return text[found.end() :].lstrip(",、;-") if found else text
