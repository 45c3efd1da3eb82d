"""Rosters that contradict the number of teams, made by hand: the rule, the number and the fewest rows are named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from sweep.plan.feasible.roster_shortfalls import RosterClash, roster_clashes
from sweep.plan.problem.problem import Problem, TeamRules
from sweep.records.people import Person
from tests.plan.conftest import NEEDS, SHIFT, problem, visit

OLD, LATE = date(2026, 9, 15), (50_400, 63_000)
HERE, THERE = "370102", "370103"


def person(name: str, agency: str, district: str = HERE, *, woman: bool = False) -> Person:
    role = "officer" if agency == "police" else "inspector"
    return Person(name, agency, role, date(2027, 1, 1), woman, "S", district, SHIFT)


def day(n_teams: int, change: Callable[[dict[str, Person]], None] = lambda _: None, **rules: object) -> Problem:
    """8 police, 4 inspectors here and 3 there: 4 police teams, 2 + 1 inspector teams; P0-P3 and M0, M4 are women."""
    people = {f"P{k}": person(f"P{k}", "police", woman=k < 4) for k in range(8)}
    people |= {
        f"M{k}": person(f"M{k}", "market_regulation", HERE if k < 4 else THERE, woman=k in (0, 4)) for k in range(7)
    }
    change(people)
    wanted = replace(TeamRules(n_teams, 0, NEEDS, 1, assist_letter=False), **rules)
    return problem([visit("A")], people=tuple(people.values()), rules=wanted)


def put(*names: str, **changes: object) -> Callable[[dict[str, Person]], None]:
    def change(people: dict[str, Person]) -> None:
        for name in names:
            people[name] = replace(people[name], **changes)

    return change


def women_are(*names: str) -> Callable[[dict[str, Person]], None]:
    """These and nobody else."""

    def change(people: dict[str, Person]) -> None:
        for name, p in people.items():
            people[name] = replace(p, is_female=name in names)

    return change


CASES: dict[str, tuple[Problem, list[tuple[str, int, int, str, int, tuple[str, ...]]]]] = {
    # (code, most teams, people who count, agency, lacks, rows)
    "three teams can be made": (day(3), []),
    "one more inspector makes a fourth, and nobody could be mended": (
        day(4),
        [("S571", 3, 7, "market_regulation", 1, ())],
    ),
    "an inspector's certificate ended the day before": (
        day(3, put("M2", certificate_until=OLD)),
        [("S571", 2, 6, "market_regulation", 1, ("M2",))],
    ),
    "an inspector comes half an hour late": (
        day(3, put("M5", "M6", shift_s=LATE)),
        [("S571", 2, 5, "market_regulation", 1, ("M5",))],
    ),
    "the odd one out of three is not needed": (
        day(3, put("M6", certificate_until=OLD)),
        [],
    ),
    "two certificates of police": (
        day(3, put("P5", "P6", "P7", certificate_until=OLD)),
        [("S571", 2, 5, "police", 1, ("P5",))],
    ),
    "late and without a certificate: no one change would do": (
        day(3, put("P5", "P6", "P7", certificate_until=None, shift_s=LATE)),
        [("S571", 2, 5, "police", 1, ())],
    ),
    "more officers asked of each team than there are": (
        day(3, min_certified={"police": 3, "market_regulation": 2}),
        [("S571", 2, 8, "police", 1, ())],
    ),
    "women: five of six lost their certificates": (
        day(3, put("P0", "P1", "P2", "M4", certificate_until=OLD), min_certified={"police": 1, "market_regulation": 1}),
        [("S572", 2, 2, "", 1, ("P0",))],
    ),
    "four women in a district that makes two teams": (
        day(3, women_are("M0", "M1", "M2", "M3")),
        [("S572", 2, 2, "", 1, ())],
    ),
    "one certificate would make the third team and bring its woman": (
        day(3, lambda people: (women_are("M0", "M1", "M5")(people), put("M1", "M6", certificate_until=OLD)(people))),
        [("S571", 2, 5, "market_regulation", 1, ("M1",)), ("S572", 2, 2, "", 1, ("M1",))],
    ),
    "a woman where no team can be made is of no use": (
        day(2, lambda people: (women_are("M0", "M5")(people), put("M4", "M6", certificate_until=OLD)(people))),
        [("S572", 1, 1, "", 1, ())],
    ),
    "helpers never count": (
        day(3, put("M0", "M1", role="auxiliary")),
        [("S571", 2, 5, "market_regulation", 1, ())],
    ),
    "nobody is there for the whole shift": (
        day(1, lambda people: people.update({n: replace(p, shift_s=LATE) for n, p in people.items()})),
        [("S573", 0, 0, "", 1, ("M0",))],
    ),
    "two rules at once are both named": (
        day(4, put("P7", certificate_until=OLD)),
        [("S571", 3, 7, "police", 1, ("P7",)), ("S571", 3, 7, "market_regulation", 1, ())],
    ),
}


def summary(clash: RosterClash) -> tuple[str, int, int, str, int, tuple[str, ...]]:
    return clash.code, clash.most, clash.has, clash.agency, clash.lacks, tuple(p for p, _, _ in clash.fixes)


@pytest.mark.parametrize(("given", "expected"), CASES.values(), ids=CASES.keys())
def test_each_clash_is_named_with_its_number_and_no_more_rows_than_needed(
    given: Problem, expected: list[tuple[str, int, int, str, int, tuple[str, ...]]]
) -> None:
    assert [summary(c) for c in roster_clashes(given)] == expected


@pytest.mark.parametrize(("given", "expected"), CASES.values(), ids=CASES.keys())
def test_with_its_mends_and_hires_the_rule_is_kept(given: Problem, expected: list[object]) -> None:
    """Mend the named rows, hire what is still lacking where they are lacking: no clash of that rule is left."""
    for clash in roster_clashes(given):
        named = {p for p, _, _ in clash.fixes}
        if clash.lacks > len(named):
            continue
        people = tuple(
            replace(p, certificate_until=date(2027, 1, 1), shift_s=SHIFT) if p.person_id in named else p
            for p in given.people
        )
        left = roster_clashes(replace(given, people=people))
        assert (clash.code, clash.agency) not in {(c.code, c.agency) for c in left}
