"""Numbers of persons are found in any spelling, and other numbers are not taken for them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import date
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from geodata.personal.personal_numbers import find_personal_numbers
from tests.geodata.spellings import COUNTIES, checked, harmless, left_of, spelling

# No letter and no number: spaces, punctuation, symbols, marks, invisible characters.
separators = st.text(
    st.characters(categories=("Z", "P", "S", "M", "Cf"), exclude_characters=".,").filter(
        lambda c: not any(map(str.isalnum, unicodedata.normalize("NFKC", c)))
    ),
    max_size=3,
)
mobiles = st.from_regex("1[3-9][0-9]{9}", fullmatch=True)
births = st.dates(min_value=date(1935, 1, 1), max_value=date(2011, 12, 31))
identities = st.builds(
    lambda county, born, serial: checked(f"{county}{born:%Y%m%d}{serial:03}0"),
    st.sampled_from(COUNTIES), births, st.integers(0, 999),
)  # fmt: skip
short_identities = identities.map(lambda number: number[:6] + number[8:17])


@st.composite
def spellings(draw: st.DrawFn) -> tuple[str, str]:
    """A number, and the same with other digits and anything but letters between them."""
    number = draw(mobiles | identities | short_identities)
    zeros = draw(st.lists(st.sampled_from((0x30, 0xFF10, 0x660, 0x966, 0x1D7CE)), min_size=18, max_size=18))
    digits = (chr(zero + int(c)) if c.isdecimal() else c for zero, c in zip(zeros, number, strict=False))
    pieces = [c + draw(separators) for c in digits]
    return number, draw(st.sampled_from(("", "tel", "电话", "(", "泉城路1号 "))) + "".join(pieces)


@given(spellings())
@example(("13000000000", "13:00:00:00::00:0"))
@example(("13000000000", "13:00-00:00-00:0"))
@example(("13000000000", "13:00:00;00;0:00"))
@example(("13000000000", "13:00;0:00;00:00"))
def test_a_number_is_found_whatever_separates_its_digits(case: tuple[str, str]) -> None:
    number, text = case
    assert [n.digits for n in find_personal_numbers(text)] == [number]


@given(st.text(st.sampled_from("0123456789 -.,:、室元楼XM")))
def test_positions_are_those_of_the_text(text: str) -> None:
    ends = [0]
    for number in find_personal_numbers(text):
        assert ends[-1] <= number.start < number.end <= len(text)
        ends.append(number.end)


@pytest.mark.parametrize("seed", range(4))
def test_of_a_thousand_generated_spellings_none_is_left(seed: int) -> None:
    chance = Random(seed)
    made = [spelling(chance) for _ in range(250)]
    assert [text for number, text in made if number.removesuffix("X") in left_of(text)] == []


@pytest.mark.parametrize("seed", range(4))
def test_of_a_thousand_harmless_numbers_nearly_all_stay(seed: int) -> None:
    chance = Random(seed)
    texts = [harmless(chance) for _ in range(250)]
    assert sum(bool(find_personal_numbers(text)) for text in texts) <= 2


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("138.0013.8007", ["13800138007"]),
        ("138－0013－8001", ["13800138001"]),
        ("138\u00a00013\u00a08001", ["13800138001"]),
        ("1380 0138 003", ["13800138003"]),
        ("138\u200b0013\u20608001", ["13800138001"]),
        ("138\u31640013\u31648001", ["13800138001"]),
        ("①③⑧00138000", ["13800138000"]),
        ("tel13800138014", ["13800138014"]),
        ("008613800138014", ["13800138014"]),
        ("+86 138-0013-8014", ["13800138014"]),
        ("202138-0013-8001", ["13800138001"]),
        ("A座202.13800138001", ["13800138001"]),
        ("110101 19900307 8515", ["110101199003078515"]),
        ("110101-19900307-8515", ["110101199003078515"]),
        ("37010219900307005x", ["37010219900307005X"]),
        ("202110101199003078515", ["110101199003078515"]),
        ("110101900307851", ["110101900307851"]),
        ("202110101-900307-851", ["110101900307851"]),
        ("11010119900307851513800138000", ["110101199003078515", "13800138000"]),
        ("138-0013-8001/138-0013-8002", ["13800138001", "13800138002"]),
    ],
)  # fmt: skip
def test_a_number_is_found(text: str, digits: Sequence[str]) -> None:
    assert [n.digits for n in find_personal_numbers(text)] == digits


@pytest.mark.parametrize("k", range(18))
def test_an_identity_number_with_one_wrong_digit_is_found(k: int) -> None:
    number = "110101199003078515"
    for wrong in set("0123456789") - {number[k]}:
        assert [n.kind for n in find_personal_numbers(number[:k] + wrong + number[k + 1 :])] == ["identity_number"]


@pytest.mark.parametrize(
    "text",
    [
        "1380号", "经十路12345号138001380001室", "1301、1302、1303、1304室", "巨峰路179-24、25、26、27号",
        "9:00-11:30,14:00-17:30", "13:30-15:30, 9:00-10:00", "2026-09-13 10:20:30.500", "9.16-9.30 14:00-17:00",
        "13,800,138,000元", "138,001,380.00元", "5,138,001,380.00元", "¥138001380.00", "注册资本138001380.00",
        "13800138000元整", "46278.18487911073", "46271.8301667103", "2146.161237610812", "121.473712345678",
        "36.682219,119.055976", "location=36.682219,119.055976&title", "192.168.10.100",
        "400-138-0013-8001", "0531-88881234-801", "20260916143015", "202609161234567890", "XF-20260916-00138",
        "91350100M000100Y43", "12370100495570303U", "913701021630529138",
        "c0ffee13800138000badc0de", "240A4F55" * 9 + "a13800138000b" + "F278" * 20,
        "370102202609160013", "13800138000138001380",
    ],
)  # fmt: skip
def test_another_number_is_none_of_a_person(text: str) -> None:
    assert find_personal_numbers(text) == []
