"""Lane addresses (弄): house numbers off the street, 628弄5号 or 628弄3支弄5号."""

import re

from geodata.vocabulary.chinese_numerals import NUMBER, in_figures

_INSIDE = r"(?:小区|里弄|弄堂|大院|里[面头边]|内部|内|里|之|-)?[,、]?"
# 5号, 5号楼, 5幢, 5#; 5-501 and a bare number at the end too. 4-7号 is one building of four houses.
_HOUSE = (
    rf"(?:第?(?P<house>{NUMBER}(?:[-~]\d{{1,3}})?)(?:号楼?|[幢栋座]|#楼?)"
    rf"|(?P<bare>{NUMBER}(?=-\d{{3,4}}(?:\D|$))|\d{{1,3}}(?:-\d{{1,3}})?(?=$|[,、;])))"
)
LANE = re.compile(rf"第?(?P<lane>{NUMBER})弄{_INSIDE}(?:第?(?P<sub>{NUMBER})支弄{_INSIDE})?(?:{_HOUSE})?")
_NUMBER = re.compile(r"(?P<lane>\d+弄(?:\d+支弄)?)(?P<house>[\d-]+)?(?:号)?")


def lane_number(found: re.Match[str]) -> str:
    """Return the house number on a lane from a match of `LANE`: 628弄3支弄5号, or 628弄 without a house."""
    sub = f"{in_figures(found['sub'])}支弄" if found["sub"] else ""
    house = found["house"] or found["bare"]
    return f"{in_figures(found['lane'])}弄{sub}" + (f"{in_figures(house)}号" if house else "")


def split_lane(number: str) -> tuple[str, str | None] | None:
    """Split a number without 号 into lane and house: 628弄3支弄5 into 628弄3支弄 and 5; None without a lane."""
    found = _NUMBER.fullmatch(number)
    return (found["lane"], found["house"]) if found else None


def houses_of(number: str) -> list[str]:
    """
    Return the single numbers of a range, without 号; empty if it is not a range.

    On a lane, 4-7 contains each number; on a street, 106-110 only those of one side: 106, 108 and 110.
    """
    found = re.fullmatch(r"(?P<lane>\d+弄(?:\d+支弄)?)?(?P<low>\d+)-(?P<high>\d+)", number)
    if not found:
        return []
    low, high, lane = int(found["low"]), int(found["high"]), found["lane"] or ""
    # More house numbers are not one building.
    return [f"{lane}{n}" for n in range(low, high + 1, 1 if lane else 2)] if 0 < high - low <= 40 else []
