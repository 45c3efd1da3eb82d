"""
Detection of identity and mobile numbers of persons in a text, in any spelling.

Digits of every script count. Any characters between them other than letters separate groups of digits: spaces,
punctuation, symbols and invisible characters. A number is a sequence of whole groups; a room number may precede it
without separator.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from stdnum import numdb
from stdnum.cn import ric

from geodata.division_codes import province_codes
from geodata.personal.harmless_numbers import is_decimal, is_harmless, without_coordinates

type Kind = Literal["identity_number", "mobile_number"]

_RUN = re.compile(r"[0-9](?:[\W_]*[0-9])*")
_CHECK_X = re.compile(r"[\W_]*[Xx]")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_PLUS = re.compile(r"\+[\W_]*$")
# Invisible letters: Hangul fillers.
_INVISIBLE_LETTERS = dict.fromkeys((0x115F, 0x1160, 0x3164, 0xFFA0), " ")
# 83: residents of Taiwan.
_PROVINCES = frozenset(province_codes().values()) | {"83"}
_FIRST_BIRTH = date(1900, 1, 1)
# No small children are in these tables: a later date after a county code is the date of a lead or a check.
_LAST_BIRTH = date(2011, 12, 31)
# Latest birth date of a number with a correct check digit.
_LAST_CHECKED_BIRTH = date(2019, 12, 31)
_LEAST_DIGITS = 11


@dataclass(frozen=True, slots=True)
class PersonalNumber:
    """Identity or mobile number of a person in a text, with its position."""

    kind: Kind
    """`identity_number` or `mobile_number`."""
    digits: str
    """The number without separators and country code, in ASCII; a check character is `X`."""
    start: int
    """Position of its first character in the text, country code included."""
    end: int
    """Position after its last character."""
    is_certain: bool = False
    """Whether the number is an identity number of 18 characters with a correct check digit."""


@dataclass(frozen=True, slots=True)
class _DigitRun:
    """Run of digits of a text, in groups divided by separators, without a letter between them."""

    digits: str
    at: tuple[int, ...]
    """Position of each digit in the folded text, and the end position."""
    bounds: tuple[int, ...]
    """Index of the first digit of each group, then the number of all digits; ascending."""
    has_check_x: bool
    """Whether an X, the check character of an identity number, follows the run."""

    def is_bound(self, i: int) -> bool:
        k = bisect_left(self.bounds, i)
        return k < len(self.bounds) and self.bounds[k] == i

    def group_start(self, i: int) -> int:
        k = bisect_left(self.bounds, i)
        return i if k < len(self.bounds) and self.bounds[k] == i else self.bounds[k - 1]

    def is_split(self, start: int, end: int) -> bool:
        return bisect_left(self.bounds, start + 1) < bisect_left(self.bounds, end)

    def is_glued_to_room(self, i: int) -> bool:
        """Return whether digit `i` comes right after what may be a room number: the first 3 or 4 digits of a group."""
        start = self.group_start(i)
        return i - start in (3, 4) and self.digits[start] != "0"


def find_personal_numbers(text: str) -> list[PersonalNumber]:
    """Return the identity and mobile numbers in a text, in order, with their positions in this text; empty if none."""
    # One character may represent two digits, such as a circled 20.
    if sum(map(str.isnumeric, text)) < 6:
        return []
    folded, origin = _folded(text)
    if is_decimal(folded):
        return []
    folded = without_coordinates(folded)
    found: list[PersonalNumber] = []
    for match in _RUN.finditer(folded):
        if match.end() - match.start() >= _LEAST_DIGITS:
            for number in _numbers_of_run(folded, _run(folded, match)):
                end = origin[number.end - 1] + 1
                found.append(PersonalNumber(number.kind, number.digits, origin[number.start], end, number.is_certain))
    return found


def _folded(text: str) -> tuple[str, range | list[int]]:
    """Return the text in NFKC with ASCII digits, and the original position of each character."""
    if text.isascii():
        return text, range(len(text))
    folded: list[str] = []
    origin: list[int] = []
    for i, character in enumerate(text.translate(_INVISIBLE_LETTERS)):
        plain = unicodedata.normalize("NFKC", character)
        folded += (c if (n := unicodedata.decimal(c, None)) is None else str(n) for c in plain)
        origin += [i] * len(plain)
    return "".join(folded), origin


def _run(folded: str, match: re.Match[str]) -> _DigitRun:
    at = [i for i in range(match.start(), match.end()) if "0" <= folded[i] <= "9"]
    bounds = [0, *(k for k in range(1, len(at)) if at[k] != at[k - 1] + 1), len(at)]
    digits = "".join(folded[i] for i in at)
    return _DigitRun(digits, (*at, match.end()), tuple(bounds), _CHECK_X.match(folded, match.end()) is not None)


def _numbers_of_run(folded: str, run: _DigitRun) -> Iterator[PersonalNumber]:
    start = 0
    for i, j, is_certain in _identities(run):
        yield from _mobiles(folded, run, start, i)
        end = run.at[j - 1] + 1
        digits = run.digits[i:j]
        if j - i == 17 and (x := _CHECK_X.match(folded, end)):
            digits, end = f"{digits}X", x.end()
        yield PersonalNumber("identity_number", digits, run.at[i], end, is_certain)
        start = j
    yield from _mobiles(folded, run, start, len(run.digits))


def _identities(run: _DigitRun) -> Iterator[tuple[int, int, bool]]:
    """Yield (first index, index after the last, whether place, date and check digit fit) of each identity number."""
    n = len(run.digits)
    i = 0
    while i <= n - 15:
        length, is_certain = _identity_at(run, i)
        if length:
            yield i, i + length, is_certain
        i += length or 1


def _identity_at(run: _DigitRun, i: int) -> tuple[int, bool]:
    """Return the length of the identity number at digit `i`, or 0, and whether place, date and check digit fit."""
    n = len(run.digits)
    for j, number in ((i + 18, run.digits[i : i + 18]), (i + 17, f"{run.digits[i:]}X")):
        if len(number) != 18 or (number[-1] == "X" and not run.has_check_x):
            continue
        is_certain = _is_certain(number)
        if is_certain or (run.is_bound(i) and run.is_bound(j) and _is_identity(number)):
            return j - i, is_certain
    is_start = run.is_bound(i) or run.is_glued_to_room(i)
    is_short = i + 15 <= n and is_start and run.is_bound(i + 15) and _is_short_identity(run.digits[i : i + 15])
    return (15, False) if is_short else (0, False)


def _is_certain(number: str) -> bool:
    return _has_check_digit(number) and number[:2] in _PROVINCES and _is_birth(number, _LAST_BIRTH)


def _is_identity(number: str) -> bool:
    """Return whether 18 characters are an identity number with at most one wrong digit."""
    is_place = number[:2] in _PROVINCES
    is_born = _is_birth(number, _LAST_BIRTH)
    if is_place and (is_born or (_has_check_digit(number) and _is_birth(number, _LAST_CHECKED_BIRTH))):
        return True
    if is_place == is_born:
        return False
    wrong = range(6, 14) if is_place else range(2)
    return any(_is_certain(corrected) for corrected in _corrected(number, wrong))


def _corrected(number: str, wrong: Iterable[int]) -> Iterator[str]:
    """
    Yield the number with one digit corrected to satisfy the check digit, for each position in `wrong` that allows it.

    References
    ----------
    GB 11643-1999 (ISO 7064 MOD 11-2): the sum of the digits, each times 2 ** (number of digits after it), is 1 modulo
    11.
    """
    total = sum((10 if c == "X" else int(c)) << (17 - k) for k, c in enumerate(number))
    for k in wrong:
        digit = (int(number[k]) + (1 - total) * pow(2, k - 17, 11)) % 11
        if digit < 10:
            yield f"{number[:k]}{digit}{number[k + 1 :]}"


def _is_short_identity(number: str) -> bool:
    """Return whether 15 digits are an identity number of the form until 1999: county, date, serial number."""
    return _date(f"19{number[6:12]}") is not None and _is_county(number[:6])


def _is_birth(number: str, last: date) -> bool:
    born = _date(number[6:14])
    return born is not None and _FIRST_BIRTH <= born <= last


def _has_check_digit(number: str) -> bool:
    return bool(ric.calc_check_digit(number) == number[-1])


def _date(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


@lru_cache(maxsize=10_000)
def _is_county(code: str) -> bool:
    return any("county" in properties for _, properties in numdb.get("cn/loc").info(code))


def _mobiles(folded: str, run: _DigitRun, first: int, last: int) -> Iterator[PersonalNumber]:
    i = first
    while i <= last - _LEAST_DIGITS:
        start = _mobile_start(run, i, first, last)
        a, b = run.at[i], run.at[i + _LEAST_DIGITS - 1] + 1
        if start is None or is_harmless(folded, a, b):
            i += 1
            continue
        begin = run.at[start]
        if start < i and (plus := _PLUS.search(folded, max(0, begin - 3), begin)):
            begin = plus.start()
        yield PersonalNumber("mobile_number", run.digits[i : i + _LEAST_DIGITS], begin, b)
        i += _LEAST_DIGITS


def _mobile_start(run: _DigitRun, i: int, first: int, last: int) -> int | None:
    """Return the start, country code included, of the mobile number whose 11 digits begin at digit `i`; else None."""
    end = i + _LEAST_DIGITS
    if not _MOBILE.match(run.digits, i) or not (run.is_bound(end) or end == last):
        return None
    for code in ("0086", "086", "86", "0"):
        start = i - len(code)
        if start >= first and run.digits.startswith(code, start) and (run.is_bound(start) or start == first):
            return start
    if run.is_bound(i) or i == first or (run.is_glued_to_room(i) and run.is_split(i, end)):
        return i
    return None
