"""Ids of mobile people are theirs alone."""

from __future__ import annotations

from datetime import date

import pytest

from geodata.errors import InputError
from sweep.province.run.reinforced_county import refuse_mobile_ids
from sweep.records.people import Person


def people(*ids: str) -> dict[str, Person]:
    return {i: Person(i, "police", "officer", date(2027, 1, 1), False, "S01", "370102", (48_600, 64_800)) for i in ids}


def test_a_person_of_a_county_with_an_id_like_a_mobile_ones_is_named() -> None:
    refuse_mobile_ids(people("P1", "TMOBILE-1"), "roster")
    with pytest.raises(InputError) as caught:
        refuse_mobile_ids(people("P1", "MOBILE-Z1", "MOBILE1-01"), "roster")
    assert [(i.code, i.values["person"]) for i in caught.value.issues] == [
        ("S991", "MOBILE-Z1"),
        ("S991", "MOBILE1-01"),
    ]
