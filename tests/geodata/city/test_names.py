from __future__ import annotations

import pytest

from geodata.city.chance import stream
from geodata.city.places.names import BUILDING_SYLLABLES, FIRM_SYLLABLES, STREET_SYLLABLES, invent


@pytest.mark.parametrize("n", [0, 3, 449, 2_000], ids=["none", "few", "two syllables", "three syllables"])
def test_invented_words_are_all_different(n: int) -> None:
    assert len(set(invent(stream(1, "x"), n, STREET_SYLLABLES))) == n


def test_no_syllable_serves_two_purposes_and_every_font_has_it() -> None:
    signs = STREET_SYLLABLES + BUILDING_SYLLABLES + FIRM_SYLLABLES
    assert len(set(signs)) == len(signs)
    assert signs.encode("gb2312").decode("gb2312") == signs
