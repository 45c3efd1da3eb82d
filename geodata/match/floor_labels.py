"""Floor labels as on the lift button, and the storeys that they mean."""

import re

from geodata.vocabulary.chinese_numerals import in_figures

NUMERAL = "一二三四五六七八九十"
# Numerals of contracts and cheques, which registries also use: 壹层, 柒层.
_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾", NUMERAL)
_FORMAL_FLOOR = re.compile(r"[壹贰叁肆伍陆柒捌玖拾]+(?=[层楼])")
_FLOOR_MARK = re.compile(r"(?:[层楼]|(?<=\d)F)$|^[FL](?=\d)")
_BELOW = re.compile(r"^(?:地下|负|-)B?")
_UNZONED = re.compile(r"[A-Z]?-?0?([1-9]\d?[A-C]?)\d{2}[A-Z]?(?:-\w+)?")
_ZONED = re.compile(r"[A-Z](\d{1,2})-\d{2}")

FLOOR = re.compile(
    rf"(?P<floor>(?:地下|地上|负|(?<![A-Z0-9])-)?(?:B?\d{{1,3}}[A-C]?(?:[-、]\d{{1,3}})?|第?[{NUMERAL}]{{1,3}}(?:[、至-][{NUMERAL}]{{1,3}})?)"
    r"(?:层|楼(?!号)|F(?![A-Z\d]))"
    r"|(?<![A-Z0-9])[BFL]\d{1,2}(?:层|楼|F)?(?![\d-])|夹层|整层|避难层|顶层)"
)


def formal_figures(text: str) -> str:
    """Return the text with floors in plain numerals (壹层 as 一层); other formal numerals stay, as names have them."""
    return _FORMAL_FLOOR.sub(lambda found: found[0].translate(_FORMAL), text)


def floor_label(floor: str | None) -> str | None:
    """Return the label of a match of `FLOOR`: `12` of `12层`, `B2` of `地下二层`; None for None and for 整层."""
    if floor is None or floor in {"夹层", "避难层", "顶层"}:
        return floor
    if floor == "整层":
        return None
    label = _FLOOR_MARK.sub("", floor)
    if label.isascii() and label.isdecimal():
        return label
    label = label.removeprefix("地上").removeprefix("第")
    label = _BELOW.sub("B", label)
    return in_figures(label).replace("、", "-").replace("至", "-")


def floor_index(label: str | None) -> int | None:
    """
    Return the storey of a floor label, 1 = ground floor, -1 = first basement; None for a label without a number.

    A range counts as its lowest storey. A letter after the number replaces skipped numbers: 12A is 13.
    """
    found = re.match(r"(B)?(\d{1,3})([A-C])?", label or "")
    if not found or int(found[2]) == 0:
        return None
    storey = int(found[2]) + (ord(found[3]) - ord("A") + 1 if found[3] else 0)
    return -storey if found[1] else storey


def floor_of_unit(unit: str | None) -> str | None:
    """Return the floor in a unit number: 12 for `1201`, 12A for `12A08`, 7 for `B7-11`; None otherwise."""
    found = _ZONED.fullmatch(unit or "") or _UNZONED.fullmatch(unit or "")
    return found[1] if found else None
