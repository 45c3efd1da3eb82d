"""The second random: which inspectors a drawn visit gets, recusal, re-draw, and the log."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweep.records.buildings import Building
from sweep.records.people import Person
from sweep.records.visits import Visit
from sweep.select.draw_buildings import ticket
from sweep.select.draw_officers import OfficerPool, buildings_without_officers, draw_officers, drawn_officers

DAY = date(2026, 9, 16)
SHIFT_S = (48_600, 63_000)
BUILDINGS = {
    f"B{k}": Building(f"B{k}", "", "", "370102", None, f"PC{k}", 10, 2, 10, 1e4, 117.0, 36.6) for k in range(9)
}


def person(person_id: str, **changes: object) -> Person:
    facts = {
        "person_id": person_id, "agency": "market_regulation", "role": "inspector", "certificate_until": DAY,
        "is_female": False, "base_id": "S1", "division_code": "370102", "shift_s": (0, 86_400),
    }  # fmt: skip
    return Person(**(facts | changes))  # type: ignore[arg-type]


def visit(building_id: str, code: str = "370102", targets: tuple[str, ...] = ("F1",)) -> Visit:
    return Visit(f"V-{building_id}", building_id, code, "routine", ("s",), targets, 10, 0.1, True, (), ((0, 1),))


def pool(people: list[Person], n: int = 2, *, is_anywhere: bool = False) -> OfficerPool:
    return OfficerPool(people, DAY, SHIFT_S, {"market_regulation": n}, is_anywhere)


def order(building_id: str, people: list[Person], seed: str = "s") -> list[str]:
    return sorted((p.person_id for p in people), key=lambda i: ticket(seed, f"{building_id}|{i}"))


def test_the_smallest_tickets_of_the_visit_are_drawn_and_the_others_are_alternates():
    people = [person(f"M{k}") for k in range(5)]
    log = draw_officers([visit("B1")], pool(people), BUILDINGS, "s")["V-B1"]
    first = order("B1", people)
    assert [t.person_id for t in log] == first
    assert [t.status for t in log] == ["drawn", "drawn", "alternate", "alternate", "alternate"]
    assert drawn_officers(log) == tuple(first[:2])
    assert log[0].ticket == ticket("s", f"B1|{first[0]}")


@pytest.mark.parametrize("key", ["B1", "PC1", "F1"], ids=["building", "property company", "firm"])
def test_a_recused_officer_is_passed_over_the_next_is_drawn_and_both_are_logged(key):
    people = [person(f"M{k}") for k in range(4)]
    first = order("B1", people)
    people = [person(p.person_id, recusals=frozenset({key} if p.person_id == first[0] else {"B9"})) for p in people]
    log = draw_officers([visit("B1")], pool(people), BUILDINGS, "s")["V-B1"]
    assert [t.status for t in log] == ["recused", "drawn", "drawn", "alternate"]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"certificate_until": date(2026, 9, 15)}, id="certificate ran out"),
        pytest.param({"certificate_until": None}, id="no certificate"),
        pytest.param({"agency": "police", "role": "officer"}, id="police"),
        pytest.param({"role": "grid_member"}, id="helper"),
        pytest.param({"division_code": "370103"}, id="another district"),
        pytest.param({"shift_s": (48_601, 63_000)}, id="comes late"),
    ],
)
def test_who_may_not_inspect_there_gets_no_ticket(changes):
    people = [person("M0"), person("M1"), person("X", **changes)]
    log = draw_officers([visit("B1")], pool(people), BUILDINGS, "s")["V-B1"]
    assert {t.person_id for t in log} == {"M0", "M1"}


def test_with_an_assist_letter_other_districts_take_part():
    people = [person("M0"), person("X", division_code="370103")]
    log = draw_officers([visit("B1")], pool(people, is_anywhere=True), BUILDINGS, "s")["V-B1"]
    assert set(drawn_officers(log)) == {"M0", "X"}


def test_nobody_is_drawn_twice_while_there_are_others():
    people = [person(f"M{k}") for k in range(6)]
    log = draw_officers([visit(f"B{k}") for k in range(3)], pool(people), BUILDINGS, "s")
    assert sorted(i for entries in log.values() for i in drawn_officers(entries)) == [f"M{k}" for k in range(6)]


def test_when_too_few_are_left_a_pair_goes_again_as_it_is():
    people = [person(f"M{k}") for k in range(5)]
    log = draw_officers([visit(f"B{k}") for k in range(4)], pool(people), BUILDINGS, "s")
    pairs = [drawn_officers(log[f"V-B{k}"]) for k in range(4)]
    assert set(map(frozenset, pairs[2:])) <= set(map(frozenset, pairs[:2]))
    # The pair whose best ticket for the visit is smallest.
    best = min((i for pair in pairs[:2] for i in pair), key=lambda i: ticket("s", f"B2|{i}"))
    assert best in pairs[2]


def test_too_few_officers_leave_the_visit_without_and_the_log_says_why():
    people = [person("M0"), person("M1", recusals=frozenset({"B1"}))]
    log = draw_officers([visit("B1")], pool(people), BUILDINGS, "s")["V-B1"]
    assert drawn_officers(log) == ()
    assert {t.person_id: t.status for t in log} == {"M0": "alternate", "M1": "recused"}


def test_districts_draw_apart():
    people = [person("M0"), person("M1"), person("N0", division_code="370103"), person("N1", division_code="370103")]
    log = draw_officers([visit("B1"), visit("B2", "370103")], pool(people), BUILDINGS, "s")
    assert set(drawn_officers(log["V-B1"])) == {"M0", "M1"}
    assert set(drawn_officers(log["V-B2"])) == {"N0", "N1"}


@given(
    st.integers(0, 9), st.integers(0, 8), st.integers(1, 3), st.sets(st.tuples(st.integers(0, 8), st.integers(0, 7)))
)
def test_no_recused_officer_is_ever_drawn_and_a_draw_is_whole_or_empty(n_people, n_visits, n, recused):
    people = [person(f"M{k}", recusals=frozenset(f"B{b}" for i, b in recused if i == k)) for k in range(n_people)]
    log = draw_officers([visit(f"B{k}") for k in range(n_visits)], pool(people, n), BUILDINGS, "s")
    for k in range(n_visits):
        drawn = drawn_officers(log[f"V-B{k}"])
        assert len(drawn) in (0, n)
        assert not {(int(i[1:]), k) for i in drawn} & recused
        assert len(log[f"V-B{k}"]) == n_people


def test_every_officer_is_drawn_equally_often_over_many_seeds():
    # 2 of 5 over 4,000 seeds: 0.4 each, standard error 0.008.
    people = [person(f"M{k}") for k in range(5)]
    times = dict.fromkeys((p.person_id for p in people), 0)
    for seed in range(4_000):
        for i in drawn_officers(draw_officers([visit("B1")], pool(people), BUILDINGS, str(seed))["V-B1"]):
            times[i] += 1
    assert [n / 4_000 for n in times.values()] == pytest.approx([0.4] * 5, abs=0.03)


@pytest.mark.parametrize(
    ("changes", "left_out"),
    [
        pytest.param({}, {}, id="two at home there, on duty"),
        pytest.param({"division_code": "370103"}, {"B1": "district", "B2": "district"}, id="one of another district"),
        pytest.param({"certificate_until": date(2026, 9, 15)}, {"B1": "district", "B2": "district"}, id="one lapsed"),
        pytest.param({"shift_s": (0, 50_000)}, {"B1": "district", "B2": "district"}, id="one goes home at 13:53"),
        pytest.param({"agency": "police"}, {"B1": "district", "B2": "district"}, id="one of the police"),
        pytest.param({"recusals": frozenset({"PC1"})}, {"B1": "recusal"}, id="one recused from a property company"),
        pytest.param({"recusals": frozenset({"B2"})}, {"B2": "recusal"}, id="one recused from a building"),
        pytest.param({"recusals": frozenset({"F1"})}, {}, id="one recused from a firm, who may be drawn or not"),
    ],
)
def test_where_fewer_than_two_on_duty_may_inspect_is_listed_with_the_reason(changes, left_out):
    two = {b: BUILDINGS[b] for b in ("B1", "B2")}
    assert buildings_without_officers(pool([person("M0"), person("M1", **changes)]), two) == left_out


def test_with_an_assist_letter_inspectors_of_anywhere_may_be_drawn():
    people = [person("M0"), person("M1", division_code="370103")]
    assert buildings_without_officers(pool(people, is_anywhere=True), BUILDINGS) == {}
