from __future__ import annotations

import pytest
from stdnum.cn import uscc

from sweep.made_up.places.firms import make_serials, make_uscc
from sweep.made_up.random_streams import stream


@pytest.mark.parametrize(
    ("serial", "code"),
    [
        # The codes of domain section 3.3 whose check sum has remainder 0, so that the last sign is 0.
        pytest.param("MA300004", "91370102MA30000450", id="remainder 0, first"),
        pytest.param("MA300028", "91370102MA30002800", id="remainder 0 and organisation check 0"),
        pytest.param("MA300051", "91370102MA30005120", id="remainder 0, third"),
    ],
)
def test_both_check_signs_are_those_of_the_standard(serial: str, code: str) -> None:
    assert make_uscc("91", "370102", serial) == code
    assert uscc.is_valid(code)


def test_an_organisation_check_of_ten_is_written_x() -> None:
    # M000100Y of the public code 91350100M000100Y43: 22*3 + 1*5 + 34*2 = 139 = 12*11 + 7, check 4; a serial of
    # zeros but for a last sign 6 gives 12 = 11 + 1, check 10.
    assert make_uscc("91", "350100", "M000100Y") == "91350100M000100Y43"
    assert make_uscc("91", "350100", "00000006")[16] == "X"


def test_serials_are_all_different() -> None:
    serials = make_serials(stream(1, "x"), 5_000)
    assert len(set(serials)) == 5_000
