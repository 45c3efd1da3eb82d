"""Floors: the label as it is written on the button, and the storey that it stands for."""

import re

from geodata.match.address_wording.chinese_numerals import in_figures

NUMERAL = "一二三四五六七八九十"
# The figures of contracts and cheques, which a registry writes too: 壹层, 柒层.
_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾", NUMERAL)
_FORMAL_FLOOR = re.compile(r"[壹贰叁肆伍陆柒捌玖拾]+(?=[层楼])")
_SIGN_OF_FLOOR = re.compile(r"(?:[层楼]|(?<=\d)F)$|^[FL](?=\d)")
_BELOW = re.compile(r"^(?:地下|负|-)B?")
_UNZONED = re.compile(r"[A-Z]?-?0?([1-9]\d?[A-C]?)\d{2}[A-Z]?(?:-\w+)?")
_ZONED = re.compile(r"[A-Z](\d{1,2})-\d{2}")
_UNNUMBERED = frozenset({"夹层", "避难层", "顶层"})

FLOOR = re.compile(
    rf"(?P<floor>(?:地下|地上|负|(?<![A-Z0-9])-)?(?:B?\d{{1,3}}[A-C]?(?:[-、]\d{{1,3}})?|第?[{NUMERAL}]{{1,3}}(?:[、至-][{NUMERAL}]{{1,3}})?)"
    r"(?:层|楼(?!号)|F(?![A-Z\d]))"
    r"|(?<![A-Z0-9])[BFL]\d{1,2}(?:层|楼|F)?(?![\d-])|夹层|整层|避难层|顶层)"
)


def formal_figures(text: str) -> str:
    """The text with 壹层 as 一层; a formal figure that does not count floors stays, for names hold them too."""
    return _FORMAL_FLOOR.sub(lambda found: found[0].translate(_FORMAL), text)


def floor_label(floor: str | None) -> str | None:
    """The label of what `FLOOR` finds: `12` of `12层`, `B2` of `地下二层`; None of None and of 整层."""
    if floor is None or floor in _UNNUMBERED:
        return floor
    if floor == "整层":
        return None
    label = _SIGN_OF_FLOOR.sub("", floor)
    if label.isascii() and label.isdecimal():
        return label
    label = label.removeprefix("地上").removeprefix("第")
    label = _BELOW.sub("B", label)
    return in_figures(label).replace("、", "-").replace("至", "-")


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


def floor_of_unit(unit: str | None) -> str | None:
    """`1201` is on 12, `801` on 8, `12A08` on 12A, `B7-11` on 7; other forms do not tell."""
    found = _ZONED.fullmatch(unit or "") or _UNZONED.fullmatch(unit or "")
    return found[1] if found else None
