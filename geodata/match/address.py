"""A Chinese address -> province to room, by the forms of domain 3.4. No gazetteer: what the text itself says."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

# GB/T 2260, first two digits.
PROVINCES = {
    "北京": "11",
    "天津": "12",
    "河北": "13",
    "山西": "14",
    "内蒙古": "15",
    "辽宁": "21",
    "吉林": "22",
    "黑龙江": "23",
    "上海": "31",
    "江苏": "32",
    "浙江": "33",
    "安徽": "34",
    "福建": "35",
    "江西": "36",
    "山东": "37",
    "河南": "41",
    "湖北": "42",
    "湖南": "43",
    "广东": "44",
    "广西": "45",
    "海南": "46",
    "重庆": "50",
    "四川": "51",
    "贵州": "52",
    "云南": "53",
    "西藏": "54",
    "陕西": "61",
    "甘肃": "62",
    "青海": "63",
    "宁夏": "64",
    "新疆": "65",
    "台湾": "71",
    "香港": "81",
    "澳门": "82",
}

_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕|〈[^〈〉]*〉|《[^《》]*》")
_DASHES = str.maketrans(dict.fromkeys("—–―‐−~", "-") | {"丨": "|"})
_HAN = "一-龥"

_PROVINCE = re.compile(
    rf"(?:中国)?(?:(?P<name>{'|'.join(PROVINCES)})(?:省|壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区|市(?=[{_HAN}])))"
)
# A street's own signs never stand inside the name of a city or a district.
_PLACE = r"(?:(?![路街巷号道镇乡])[一-龥])"
# 聊城市 is a city and 万达城市 is not: before 城市 and 都市 one sign only.
_CITY = re.compile(rf"(?P<city>{_PLACE}{{2,5}}?(?:(?<![城都超夜])市|自治州|地区|盟)|{_PLACE}[城都]市)(?![场政民])")
_DISTRICT = re.compile(
    rf"(?P<district>{_PLACE}{{1,6}}?(?:(?<![小社园片校厂景务业])区|县|旗|(?<![超夜])(?<=[{_HAN}]{{2}})市))(?!域)"
)
_TOWN = re.compile(rf"(?P<town>[{_HAN}]{{1,8}}?(?:街道办事处|街道办|街道|镇|乡))(?![政])")
_COMMUNITY = re.compile(rf"(?P<community>[{_HAN}]{{1,8}}?(?:社区|居委会|村委会))")
_STREET = re.compile(
    rf"(?P<street>[{_HAN}A-Z0-9]{{1,12}}?(?:大道|大街|公路|胡同|路|街|巷|(?:道|里|弄|线)(?=\d))"
    rf"(?:[东西南北中]段)?)"
)
_NUMBER = re.compile(r"(?P<number>(?:甲|乙|丙|附)?\d+(?:-\d+)*(?:号|號)(?!楼|院?\d*号楼)(?:甲|乙|丙|院|附\d+号)?)")
_BARE_NUMBER = re.compile(rf"(?P<number>\d+(?:-\d+)*)(?=[{_HAN}]{{2,}})(?!号楼|[栋幢座层楼室])")

_NUMERAL = "一二三四五六七八九十"
_TOWER = re.compile(
    rf"(?P<tower>(?:\d{{1,4}}|[A-Z]\d{{0,2}}|[{_NUMERAL}]{{1,3}})(?:号楼|#楼?|号?[栋幢座塔])|[东西南北中主副裙]\d?[楼座塔](?!层)|"
    r"T\d{1,2}(?=\D|$))"
)
_FLOOR = re.compile(
    rf"(?P<floor>(?:地下|地上|负|-|B)?(?:\d{{1,3}}[A-C]?(?:-\d{{1,3}})?|[{_NUMERAL}]{{1,3}})(?:层|楼|F(?![A-Z]))"
    r"|(?<![A-Z0-9])[BFL]\d{1,3}(?:层|楼|F)?(?![\d-])|夹层|整层|避难层|顶层)"
)
_ROOM = re.compile(
    r"(?P<unit>(?<![A-Z0-9])[A-Z]{0,2}-?(?:\d{1,2}[A-C]\d{2}|\d{2,5}[A-Z]?)(?:-\d{1,4}[A-Z]?)?)(?:号?室|号?房间?|单元|#|$|(?=[、,/及和-]))"
)
_ENTRANCE = re.compile(rf"(?:\d{{1,2}}|[{_NUMERAL}]|[A-Z])单元")


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of an address that its text names; None for each that it does not."""

    province: str | None = None
    """Two digits of GB/T 2260."""
    city: str | None = None
    district: str | None = None
    street: str | None = None
    number: str | None = None
    building: str | None = None
    """Name of the building or the complex, without its tower."""
    tower: str | None = None
    floor_label: str | None = None
    """As it is written on the button, without 层, 楼 or F: `12`, `B1`, `12A`, `12-15`, `夹层`."""
    floor_index: int | None = None
    """Storeys from the ground, 1 the ground floor, -1 the first below. 12A, which stands in for 13, is 13."""
    unit: str | None = None


def normalise(text: str) -> str:
    """
    An address or a name with everything gone that two writings of it may differ in.

    Width and case of letters, blanks, kinds of dashes, notes in brackets.
    """
    plain = unicodedata.normalize("NFKC", text).upper().translate(_DASHES)
    plain = re.sub(r"\s+", "", re.sub(r"(?<=\d)至(?=\d)", "-", plain))
    return _BRACKETS.sub("", plain)


def parse_address(text: str) -> Address:
    """
    The parts of an address.

    Parameters
    ----------
    text
        Any text; parts that it does not hold come back as None.
    """
    rest = normalise(text)
    parts: dict[str, str | None] = {}
    rest, province = _take(_PROVINCE, rest, "name")
    for pattern, key in ((_CITY, "city"), (_DISTRICT, "district"), (_TOWN, "town"), (_COMMUNITY, "community")):
        rest, parts[key] = _take(pattern, rest, key)
    rest, parts["street"] = _take(_STREET, rest, "street")
    rest, parts["number"] = _take(_NUMBER, rest, "number")
    if parts["street"] and not parts["number"]:
        rest, parts["number"] = _take(_BARE_NUMBER, rest, "number")
    building, tower, floor, unit = _inside(rest)
    label = _floor_label(floor)
    return Address(
        province=PROVINCES[province] if province else None,
        city=parts["city"],
        district=parts["district"],
        street=parts["street"],
        number=parts["number"],
        building=building,
        tower=tower,
        floor_label=label or _floor_of_unit(unit),
        floor_index=floor_index(label or _floor_of_unit(unit)),
        unit=unit,
    )


def _take(pattern: re.Pattern[str], text: str, group: str) -> tuple[str, str | None]:
    """The text after a part that it begins with, and the part."""
    found = pattern.match(text)
    return (text[found.end() :].lstrip(",、;-"), found[group]) if found else (text, None)


def _inside(rest: str) -> tuple[str | None, str | None, str | None, str | None]:
    """Building, tower, floor and unit of what follows the house number."""
    tower = _TOWER.search(rest)
    before, after = (rest[: tower.start()], rest[tower.end() :]) if tower else (rest, "")
    inner = after if tower else rest
    inner = _ENTRANCE.sub("", inner)
    floor = _FLOOR.search(inner)
    unit = _ROOM.search(inner[floor.end() :].lstrip("-") if floor else inner)
    if not tower:
        ends = [part.start() for part in (floor, None if floor else unit) if part]
        before = inner[: min(ends, default=len(inner))]
    building = before.strip(",、;-|.#") or None
    # A name needs a letter: bare figures are a number that lacks its sign.
    if building and not re.search(rf"[{_HAN}A-Z]{{2}}", building):
        building = None
    return (
        building,
        tower["tower"] if tower else None,
        floor["floor"] if floor else None,
        unit["unit"] if unit else None,
    )


def _floor_label(floor: str | None) -> str | None:
    if floor is None or floor in {"夹层", "整层", "避难层", "顶层"}:
        return floor if floor != "整层" else None
    label = re.sub(r"[层楼F]$", "", floor).removeprefix("地上")
    label = re.sub(r"^(?:地下|负|-)", "B", label)
    label = re.sub(r"^[FL](?=\d)", "", label)
    return re.sub(rf"[{_NUMERAL}]+", lambda found: str(_numeral(found[0])), label)


def _numeral(text: str) -> int:
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _NUMERAL.index(text[0]) + 1
    return (_NUMERAL.index(tens[0]) + 1 if tens else 1) * 10 + (_NUMERAL.index(ones[0]) + 1 if ones else 0)


def floor_index(label: str | None) -> int | None:
    """
    Storeys from the ground of a floor's label; None for a label without a figure.

    A range counts as its lowest storey. Letters after the figure stand in for the numbers that are left out.
    """
    found = re.match(r"(B)?(\d{1,3})([A-C])?", label or "")
    if not found or int(found[2]) == 0:
        return None
    storey = int(found[2]) + (ord(found[3]) - ord("A") + 1 if found[3] else 0)
    return -storey if found[1] else storey


def _floor_of_unit(unit: str | None) -> str | None:
    """`1201` is on 12, `801` on 8, `12A08` on 12A; other forms do not tell."""
    found = re.fullmatch(r"[A-Z]?-?0?([1-9]\d?[A-C]?)\d{2}[A-Z]?(?:-\w+)?", unit or "")
    return found[1] if found else None
