"""Parser of Chinese addresses, from province to unit, by their forms (domain notes, 3.4); it uses no gazetteer."""

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

from geodata.match.address_wording.surrounding_sentence import is_not_there, without_lead_in
from geodata.match.floor_labels import floor_index, floor_label, floor_of_unit, formal_figures
from geodata.match.inner_address import PART, InnerAddress, parse_inside, text_before_floor
from geodata.match.outer_address_parser import PROVINCE_NAME, OuterAddress, parse_outer
from geodata.vocabulary.chinese_numerals import NUMBER

# A lane in brackets belongs to the number: 安仁街(1499弄)26号.
_LANE_NOTE = re.compile(rf"\((?P<lane>{NUMBER}弄(?:{NUMBER}支弄)?)\)")
# So does a province in the name of a free-trade area: 中国(山东)自由贸易试验区.
_AREA_NOTE = re.compile(rf"\((?P<name>{PROVINCE_NAME})\)(?=自由贸易试验区)")
_VAGUE = re.compile(rf"(?:大概|大约|约|差不多)(?=(?:在|是)?第?{NUMBER}(?:楼|层|F))")
_CLAUSE = re.compile(r"[:,;=。]")
# An address after a building's name is often that of another place.
_FORM = re.compile("大厦|广场|中心|大楼|公寓|花园|小区")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕")
_DASHES = str.maketrans(dict.fromkeys("—–―‐−~", "-") | {"丨": "|"})
# Each traditional character before its simplified one: those of addresses, of names and of the text around them.
_SCRIPTS = (
    "廈厦廣广場场國国際际號号樓楼層层東东華华業业發发長长亞亚銀银匯汇龍龙時时創创園园醫医藥药財财門门車车經经莊庄農农聯联達达遠远飛飞綠绿環环灣湾魯鲁鐵铁齊齐寶宝萬万興兴樂乐愛爱陸陆眾众麗丽鳳凤蘇苏鐘钟億亿馬马張张"
    "區区貴贵電电書书會会議议產产貿贸紡纺運运務务總总雲云陽阳陰阴寧宁義义聖圣廠厂縣县鄉乡鎮镇棟栋側侧對对邊边衖弄間间單单內内後后實实驗验機机豐丰慶庆學学榮荣勝胜衛卫嶺岭嶽岳應应緣缘圓圆誠诚資资訊讯團团關关灘滩濱滨"
    "滬沪濟济濰潍臨临維维網网約约紅红線线歷历橋桥錦锦來来為为這这個个還还過过從从裡里報报據据稱称點点見见說说騙骗詐诈戶户陳陈黃黄劉刘楊杨趙赵吳吴鄭郑孫孙許许葉叶蔣蒋羅罗"
)
_SIMPLIFIED = str.maketrans(_SCRIPTS[::2], _SCRIPTS[1::2])
_TO = re.compile(r"(?<=\d)至(?=\d)")
# Notes in brackets that are not about the location.
_OTHER_NOTE = re.compile(r"集群|集中办公|托管|生产|经营|仅限|限|一照|自主|申报|邮编|原")


@dataclass(frozen=True, slots=True)
class Address:
    """Parts of an address; None for each part that the text lacks."""

    province: str | None = None
    """Code of the province, two digits, GB/T 2260."""
    city: str | None = None
    """Name as written, with its form: 济南市."""
    district: str | None = None
    """Name of district, county or functional zone, as written: 历下区."""
    street: str | None = None
    """Name of the street, as written: 经十路."""
    number: str | None = None
    """House number in digits, with 号 if written: `123号`; on a lane `628弄3支弄5号`."""
    building: str | None = None
    """Name of the building or the complex, without a tower's name."""
    tower: str | None = None
    """Tower or house of a complex, as written: `A座`, `8号楼`."""
    floor_label: str | None = None
    """Floor as on the lift button, without 层, 楼 or F: `12`, `B1`, `12A`, `12-15`, `夹层`."""
    floor_index: int | None = None
    """Storey, 1 = ground floor, -1 = first basement; `12-15`: 12; `夹层`: None; `12A`, which replaces 13: 13."""
    unit: str | None = None
    """Room number, as written."""
    written: str | None = field(default=None, compare=False)
    """Text between number and floor or unit, perhaps a misspelt building name; None if it is too long for a name."""
    is_near_only: bool = False
    """Whether the place is only near the street and number (经十路123号对面), or not there (不在经十路123号)."""


def normalise(text: str) -> str:
    """
    Normalise an address or a name for comparison.

    Unified or removed: width and case of letters, traditional characters, blanks, dashes, notes in brackets, the
    brackets of (A座) and (二期).
    """
    return _BRACKETS.sub(_part_of_name, plain_text(text))


def _part_of_name(note: re.Match[str]) -> str:
    """Return the content of a bracketed note if it is part of a name (A座 in 银荷大厦(A座)), else an empty text."""
    part = PART.fullmatch(note[0][1:-1])
    return part[0] if part else ""


# Repeated matching of nearly unchanged data, as by a board or a campaign, meets mostly known addresses.
@lru_cache(maxsize=20_000)
def parse_address(text: str) -> Address:
    """Parse an address, not yet normalised by `normalise`, into its parts; a building named only in brackets counts."""
    plain = _AREA_NOTE.sub(r"\g<name>", _LANE_NOTE.sub(r"\g<lane>", plain_text(text)))
    whole = _VAGUE.sub("", _BRACKETS.sub("", plain))
    placed = without_lead_in(whole)
    outer = _outer(placed)
    inside = parse_inside(formal_figures(outer.rest))
    if inside.building is None:
        inside = _from_notes(plain, inside)
    if inside.building is None and outer.street is None and (noted := _noted_door(plain)):
        outer, inside = noted, parse_inside(formal_figures(noted.rest))
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
        written=text_before_floor(formal_figures(outer.rest)),
        is_near_only=outer.is_near_only or is_not_there(whole.removesuffix(placed), ""),
    )


def _outer(text: str) -> OuterAddress:
    """Parse the outer address (province to number) at a text's start, else in a clause with street and number."""
    first = parse_outer(text)
    if first.city or first.district or first.street:
        return first
    named = _FORM.search(text)
    ends = (found.end() for found in _CLAUSE.finditer(text, 0, named.start() if named else len(text)))
    clauses = (parse_outer(without_lead_in(text[end:])) for end in ends)
    return next((outer for outer in clauses if outer.street and outer.number), first)


def plain_text(text: str) -> str:
    """Return the text with uniform width, case, script and dashes and without blanks; bracketed notes stay."""
    # No address is longer; some patterns take quadratic time in the length.
    plain = unicodedata.normalize("NFKC", text[:1_000]).upper().translate(_DASHES).translate(_SIMPLIFIED)
    return _TO.sub("-", "".join(plain.split()))


def notes_of(plain: str) -> list[str]:
    """Return the bracketed notes of a text in the form of `plain_text`, without their brackets."""
    return [note[1:-1] for note in _BRACKETS.findall(plain)]


def _noted_door(plain: str) -> OuterAddress | None:
    doors = (_outer(without_lead_in(note)) for note in notes_of(plain) if not _OTHER_NOTE.search(note))
    return next((door for door in doors if door.street and door.number), None)


def _from_notes(plain: str, inside: InnerAddress) -> InnerAddress:
    """Return `inside` with the building of the first bracketed note that names one, and missing parts from the note."""
    for text in notes_of(plain):
        if _OTHER_NOTE.search(text):
            continue
        found = parse_inside(formal_figures(text))
        if found.building:
            return InnerAddress(
                found.building, inside.tower or found.tower, inside.floor or found.floor, inside.unit or found.unit
            )
    return inside
