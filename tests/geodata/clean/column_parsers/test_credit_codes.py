"""Credit codes by the column are those of python-stdnum, one by one."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from geodata.clean.column_parsers.columns import is_credit_code

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
stems = st.tuples(st.text("0123456789", min_size=8, max_size=8), st.text(ALPHABET, min_size=9, max_size=9)).map("".join)
right = stems.map(lambda stem: stem + uscc.calc_check_digit(stem))
# The check sign changed, a sign of another alphabet, a short one, any text.
other = stems.flatmap(lambda stem: st.sampled_from(ALPHABET).map(lambda sign: stem + sign))
any_text = st.one_of(right, other, st.text(ALPHABET + "IOSVZ -é９", max_size=20), st.none())


@given(st.lists(any_text, max_size=8))
def test_the_column_says_what_the_library_says_of_each(codes: list[str | None]) -> None:
    column = pd.Series(codes, index=range(3, 3 + len(codes)), dtype="str")
    assert list(is_credit_code(column)) == [code is not None and uscc.is_valid(code) for code in codes]


@given(right)
def test_a_code_with_its_own_check_sign_is_right(code: str) -> None:
    assert is_credit_code(pd.Series([code], dtype="str")).all()
