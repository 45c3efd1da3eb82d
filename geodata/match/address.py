"""A Chinese address -> province to room, by the forms of domain 3.4. No gazetteer: what the text itself says."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from geodata.match.address_wording.chinese_numerals import NUMBER
from geodata.match.address_wording.surrounding_sentence import is_not_there, without_lead_in
from geodata.match.floors import floor_index, floor_label, floor_of_unit, formal_figures
from geodata.match.inner_address import PART, Inside, parse_inside
from geodata.match.outer_address import PROVINCE_NAME, Outer, parse_outer

# A lane in brackets is a part of the number: 安仁街(1499弄)26号.
_LANE_NOTE = re.compile(rf"\((?P<lane>{NUMBER}弄(?:{NUMBER}支弄)?)\)")
# And a province in brackets of the name of a free-trade area: 中国(山东)自由贸易试验区.
_AREA_NOTE = re.compile(rf"\((?P<name>{PROVINCE_NAME})\)(?=自由贸易试验区)")
_VAGUE = re.compile(rf"(?:大概|大约|约|差不多)(?=(?:在|是)?第?{NUMBER}(?:楼|层|F))")
_CLAUSE = re.compile(r"[:,;=。]")
# An address behind the name of a building is that of another place as often as not.
_FORM = re.compile("大厦|广场|中心|大楼|公寓|花园|小区")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕|〈[^〈〉]*〉|《[^《》]*》")
_DASHES = str.maketrans(dict.fromkeys("—–―‐−~", "-") | {"丨": "|"})
_TO = re.compile(r"(?<=\d)至(?=\d)")
# What a note in brackets tells of other than the place.
_OTHER_NOTE = re.compile(r"集群|集中办公|托管|生产|经营|仅限|限|一照|自主|申报|邮编|原")


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
    is_beside: bool = False
    """Whether street and number are not, or not alone, those of the place meant: 经十路123号对面, 不在经十路123号."""


def normalise(text: str) -> str:
    """
    An address or a name with everything gone that two writings of it may differ in.

    Width and case of letters, blanks, kinds of dashes, notes in brackets, and the brackets of (A座) and (二期).
    """
    return _BRACKETS.sub(_part_of_name, plain_text(text))


def _part_of_name(note: re.Match[str]) -> str:
    """What a note in brackets says of the name before it: A座 of 银荷大厦(A座); empty where it says anything else."""
    part = PART.fullmatch(note[0][1:-1])
    return part[0] if part else ""


# A process that matches again what has changed little, as a board or a campaign does, knows most of the addresses.
@lru_cache(maxsize=20_000)
def parse_address(text: str) -> Address:
    """The parts that an address names; a building that only a note in brackets names counts."""
    plain = _AREA_NOTE.sub(r"\g<name>", _LANE_NOTE.sub(r"\g<lane>", plain_text(text)))
    whole = _VAGUE.sub("", _BRACKETS.sub("", plain))
    placed = without_lead_in(whole)
    outer = _outer(placed)
    inside = parse_inside(formal_figures(outer.rest))
    if inside.building is None:
        inside = _from_notes(plain, inside)
    label = floor_label(inside.floor) or floor_of_unit(inside.unit)
    return Address(
        province=outer.province,
        city=outer.city,
        district=outer.district,
        street=outer.street,
        number=outer.number,
        building=inside.building,
        tower=inside.tower,
        floor_label=label,
        floor_index=floor_index(label),
        unit=inside.unit,
        is_beside=outer.is_beside or is_not_there(whole.removesuffix(placed), ""),
    )


def _outer(text: str) -> Outer:
    """The outer parts of an address; where it begins with none, of the first clause with a street and a number."""
    first = parse_outer(text)
    if first.city or first.district or first.street:
        return first
    named = _FORM.search(text)
    ends = (found.end() for found in _CLAUSE.finditer(text, 0, named.start() if named else len(text)))
    clauses = (parse_outer(without_lead_in(text[end:])) for end in ends)
    return next((outer for outer in clauses if outer.street and outer.number), first)


def plain_text(text: str) -> str:
    """The text with one width and case of letters, one kind of dash and no blanks; notes in brackets stay."""
    # No address has so many; some forms below take a time that grows with the square of the length.
    plain = unicodedata.normalize("NFKC", text[:1_000]).upper().translate(_DASHES)
    return _TO.sub("-", "".join(plain.split()))


def _from_notes(plain: str, inside: Inside) -> Inside:
    """The first note that names a building; what stands outside of the brackets goes before what stands in them."""
    for note in _BRACKETS.findall(plain):
        text = note[1:-1]
        if _OTHER_NOTE.search(text):
            continue
        found = parse_inside(formal_figures(text))
        if found.building:
            return Inside(
                found.building, inside.tower or found.tower, inside.floor or found.floor, inside.unit or found.unit
            )
    return inside
