"""Mobile people of a province: their ids are theirs alone, and their base is that of most police."""

from __future__ import annotations

from datetime import date

import pytest

from geodata.errors import InputError
from sweep.province.records import MobileTeam
from sweep.province.run.county_with_mobile_teams import CountyAssignment, mobile_people, refuse_mobile_ids
from sweep.records.people import Base, Person


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


@pytest.mark.parametrize(
    ("own", "base_id"),
    [pytest.param(people("P1", "P2"), "S01", id="most police"), pytest.param({}, "S00", id="no police: the first")],
)
def test_mobile_people_start_at_the_base_with_most_police(own: dict[str, Person], base_id: str) -> None:
    bases = {b: Base(b, b, "370102", 117.0, 36.6) for b in ("S01", "S00")}
    task = CountyAssignment(MobileTeam(n_officers=2, n_women=1), n_mobile=1)
    assert {p.base_id for p in mobile_people(own, bases, date(2027, 1, 1), task).values()} == {base_id}
