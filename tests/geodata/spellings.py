"""Made-up identity and mobile numbers in many spellings, and harmless numbers of the same length."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from stdnum.cn import ric, uscc

from geodata.personal.personal_numbers import find_personal_numbers

# Zs, Zl, Zp: spaces; P*: punctuation; Cf: invisible; some symbols that stand for a dash, a point or a bar.
SEPARATORS = tuple(
    c
    for c in map(chr, range(sys.maxunicode + 1))
    if unicodedata.category(c) in {"Zs", "Zl", "Zp", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Cf"} or c in "\t\n|~=+−"
)
USUAL_SEPARATORS = ("-", " ", ".", "·", "–", "—", "－", "\u00a0", "  ", "\u200b", "_", "/", "，", "、", " - ", "\ufeff")
DIGITS = tuple("".join(chr(zero + n) for n in range(10)) for zero in (0x30, 0x30, 0xFF10, 0x660, 0x1D7CE))
COUNTIES = ("110101", "310104", "370102", "370103", "440106", "320102", "510107", "230103", "610113", "420106")
USUAL_GROUPS = {
    11: ((3, 4, 4), (4, 3, 4), (3, 3, 5), (3, 8), (7, 4)),
    15: ((6, 6, 3),),
    18: ((6, 8, 4), (3, 3, 4, 4, 4)),
}
WORDS = ("", "", "", "tel", "TEL:", "Tel. ", "电话", "手机号：", "微信", "(")
COUNTRY_CODES = ("+86", "+86 ", "86", "0086", "0086-", "（+86）")
ROOMS = ("202", "1305", "3801")
PLACES = (
    "{}", "泉城路1号{}", "泉城路{}号楼", "A座202室{}", "联系人 张某 {} 上午在", "舜耕大厦({})", "{}有限公司",
    "2-301，{}转801",
)  # fmt: skip


def mobile(chance: Random) -> str:
    return f"1{chance.randint(3, 9)}{chance.randrange(10**9):09}"


def identity(chance: Random) -> str:
    """18 characters with a correct check digit."""
    return checked(f"{chance.choice(COUNTIES)}{_birth(chance):%Y%m%d}{chance.randrange(1000):03}0")


def checked(number: str) -> str:
    return number[:-1] + str(ric.calc_check_digit(number))


def with_wrong_digit(chance: Random, number: str) -> str:
    k = chance.randrange(17)
    return number[:k] + chance.choice([d for d in "0123456789" if d != number[k]]) + number[k + 1 :]


def short_identity(chance: Random) -> str:
    """15 digits, as until 1999."""
    born = date(1930, 1, 1) + timedelta(chance.randrange(24_000))
    return f"{chance.choice(COUNTIES)}{born:%y%m%d}{chance.randrange(1000):03}"


def spelled(chance: Random, number: str) -> str:
    """A number with other digits, separators between them, and a word or a country code before it."""
    # Only a mobile number has a country code.
    prefix = chance.choice((*WORDS, *COUNTRY_CODES) if len(number) == 11 else WORDS)
    return prefix + "".join(chance.choice(DIGITS)[int(c)] if c.isdecimal() else c for c in separated(chance, number))


def separated(chance: Random, number: str) -> str:
    kind = chance.choice(("whole", "usual", "usual", "cut", "each"))
    if kind == "whole":
        return number
    if kind == "each":
        cuts: Sequence[int] = range(1, len(number))
    elif kind == "cut":
        cuts = sorted(chance.sample(range(1, len(number)), chance.randint(1, 5)))
    else:
        sizes = chance.choice(USUAL_GROUPS[len(number)])
        cuts = [sum(sizes[:k]) for k in range(1, len(sizes))]
    pieces = [number[a:b] for a, b in zip((0, *cuts), (*cuts, len(number)), strict=True)]
    choices = chance.choice((USUAL_SEPARATORS, SEPARATORS))
    same = chance.choice(choices)
    is_same = chance.random() < 0.5
    return "".join(p + (same if is_same else chance.choice(choices)) for p in pieces[:-1]) + pieces[-1]


def glued(chance: Random, number: str) -> str:
    """A number written directly behind the digits of a room."""
    first, *rest = chance.choice([sizes for sizes in USUAL_GROUPS[len(number)] if len(sizes) > 2])
    ends = [first + sum(rest[:k]) for k in range(len(rest) + 1)]
    pieces = [number[a:b] for a, b in zip((0, *ends[:-1]), ends, strict=True)]
    return chance.choice(ROOMS) + chance.choice(USUAL_SEPARATORS).join(pieces)


def spelling(chance: Random) -> tuple[str, str]:
    """A number and a text that holds it in some spelling."""
    kind = chance.choice(("mobile", "mobile", "identity", "wrong", "short"))
    number = {"mobile": mobile, "short": short_identity}.get(kind, identity)(chance)
    if kind == "wrong":
        number = with_wrong_digit(chance, number)
    text = glued(chance, number) if chance.random() < 0.1 and kind != "wrong" else spelled(chance, number)
    return number, chance.choice(PLACES).format(text)


def left_of(text: str) -> str:
    """Letters and digits of a text without the numbers that are found in it."""
    while numbers := find_personal_numbers(text):
        text = text[: numbers[0].start] + text[numbers[0].end :]
    return plain(text)


def plain(text: str) -> str:
    """Letters and digits of a text, in one script."""
    characters = (c for c in unicodedata.normalize("NFKC", text) if c.isalnum())
    return "".join(c if unicodedata.decimal(c, None) is None else str(unicodedata.decimal(c)) for c in characters)


def harmless(chance: Random) -> str:
    """A text with digits that are no personal number."""
    return chance.choice((_credit_code, _order_number, _amount, _time, _extension, _room))(chance)


def _birth(chance: Random) -> date:
    return date(1935, 1, 1) + timedelta(chance.randrange(28_000))


def _credit_code(chance: Random) -> str:
    letters = "0123456789" if chance.random() < 0.5 else "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = "".join(chance.choice(letters) for _ in range(9))
    code = f"{chance.choice(('91', '91', '92', '12', '51', '93'))}{chance.choice(COUNTIES)}{body}"
    return f"{chance.choice(('', '信用代码'))}{code}{uscc.calc_check_digit(code + '0')}"


def _order_number(chance: Random) -> str:
    day = date(2024, 1, 1) + timedelta(chance.randrange(1000))
    return chance.choice((
        f"{day:%Y%m%d}{chance.randrange(10**6):06}",
        f"DD{day:%Y%m%d}{chance.randrange(10**4):04}",
        f"XF-{day:%Y%m%d}-{chance.randrange(10**5):05}",
        f"{chance.choice(COUNTIES)}{day:%Y%m%d}{chance.randrange(10**4):04}",
        f"{day:%Y%m%d%H%M%S}{chance.randrange(10**6):06}",
        f"订单{chance.randrange(10**17, 10**18)}",
        f"工单号{chance.randrange(10**11, 10**12)}",
        f"单号{chance.randrange(10**13, 10**14)}",
    ))  # fmt: skip


def _amount(chance: Random) -> str:
    cents = chance.randrange(10 ** chance.randint(3, 13))
    unit = chance.choice(("元", "元", "万元", "元整"))
    return chance.choice(
        (f"{cents / 100:.2f}{unit}", f"{cents / 100:,.2f}{unit}", f"¥{cents / 100:,.2f}", f"{cents}{unit}")
    )


def _time(chance: Random) -> str:
    day = date(2010, 1, 1) + timedelta(chance.randrange(6000))
    a, b, c, d = sorted(chance.randrange(24 * 60) for _ in range(4))
    return chance.choice((
        f"{day} {_clock(a)}:{chance.randrange(60):02}",
        f"{day:%Y.%m.%d} {_clock(a)}-{_clock(b)}",
        f"{day:%Y/%m/%d} {_clock(a)}:30.{chance.randrange(1000):03}",
        f"{_clock(a)}-{_clock(b)}，{_clock(c)}-{_clock(d)}",
        f"{day.month}.{day.day}-{day.month}.{day.day} {_clock(a)}-{_clock(b)}",
        f"{46000 + chance.random() * 300}",
    ))  # fmt: skip


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"


def _extension(chance: Random) -> str:
    local = f"{chance.randint(2, 8)}{chance.randrange(10**7):07}"
    extension = chance.randrange(100, 9999)
    return chance.choice((
        f"0531-{local}-{extension}", f"{local}转{extension}", f"(021){local}-{extension}", f"010 {local}*{extension}",
        f"400-{chance.randrange(1000):03}-{chance.randrange(10**4):04}-{extension}", f"0531{local}-{extension}",
    ))  # fmt: skip


def _room(chance: Random) -> str:
    floor, room = chance.randint(1, 39), chance.randint(1, 20)
    number = f"{floor}{room:02}"
    return chance.choice((
        f"{number}室", f"{floor}-{room}-{number}", f"经十路{chance.randint(1, 30000)}号{number}", f"1380号{number}",
        f"{number}-{floor}{room + 5:02}室", "、".join(f"{floor}{room + k:02}" for k in range(5)) + "室", f"B{number}",
        f"{room}-{room + 4}号{number}室", f"巨峰路{floor + 150}-{room}、{room + 1}、{room + 2}、{room + 3}号",
    ))  # fmt: skip
