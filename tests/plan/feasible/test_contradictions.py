"""What cannot be is found before the search, with the inputs that clash and no others; what can be is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from sweep.plan.feasible.contradictions import contradictions
from sweep.plan.problem.problem import Lag, Lock, Problem, TeamRules
from sweep.plan.solve import Settings, solve
from sweep.records.people import BreakTime, Person
from sweep.records.squad_slots import split_slots
from sweep.records.visits import Slot
from tests.plan.conftest import NEEDS, SHIFT, problem, team, visit
from tests.plan.rich import rich_problem
from tests.seeds import over_seeds

Found = tuple[str, str, dict[str, object]]


def found(p: Problem) -> list[Found]:
    return [(i.code, i.where, dict(i.values)) for i in contradictions(p)]


def with_visit(p: Problem, row: int, **changes: object) -> Problem:
    visits = list(p.visits)
    visits[row] = replace(visits[row], **changes)
    return replace(p, visits=tuple(visits))


def with_team(p: Problem, row: int, **changes: object) -> Problem:
    teams = list(p.teams)
    teams[row] = replace(teams[row], **changes)
    return replace(p, teams=tuple(teams))


def sound() -> Problem:
    """
    Six visits, B0 a must; two teams of 8 with 13:30-17:30; 5 min between places; windows 13:30-16:45.

    Each visit takes 12 + 3 * 20 / 4 = 27 min.
    """
    return problem([visit(f"B{k}", is_must=k == 0) for k in range(6)], [team("T1"), team("T2")])


def test_nothing_is_found_in_a_sound_problem():
    assert found(sound()) == []


def district(p: Problem) -> Problem:
    return with_visit(p, 0, division_code="370103")


def officers(p: Problem) -> Problem:
    return with_visit(p, 0, slots=(Slot(0, {"police": 5, "market_regulation": 2}, 0),))


def skill(p: Problem) -> Problem:
    return with_team(with_visit(p, 0, slots=(Slot(0, {}, 0, {"computers": 2}),)), 1, n_skilled={"computers": 1})


def drawn(p: Problem) -> Problem:
    return with_visit(p, 0, officers=("T1-0", "T2-0"))


def recused(p: Problem) -> Problem:
    return with_team(with_team(p, 0, recusals=frozenset({"B0"})), 1, recusals=frozenset({"B0", "B4"}))


def last_pair(p: Problem) -> Problem:
    """The pair of B0's last visit is in T1 and the other pair of that day in T2: neither may go again (C28)."""
    return with_visit(p, 0, keep_apart=(("T1-0", "T1-1"), ("T2-0", "T2-1")))


def recused_and_apart(p: Problem) -> Problem:
    return with_team(with_team(p, 0, recusals=frozenset({"B0"})), 1, division_codes=frozenset({"370103"}))


def three_slots(p: Problem) -> Problem:
    return with_visit(p, 0, slots=tuple(Slot(k, {}, 0) for k in range(3)))


def no_road(p: Problem) -> Problem:
    travel = p.travel_s.copy()
    travel[0, 1:] = p.unreachable
    return replace(p, travel_s=travel)


def too_early(p: Problem) -> Problem:
    return with_visit(p, 0, windows_s=((48_600, 48_899),))


def too_long(p: Problem) -> Problem:
    return with_visit(p, 0, service_s=14_000)


def at_night(p: Problem) -> Problem:
    return with_visit(with_visit(p, 3, windows_s=((64_800, 68_400),)), 0, windows_s=((64_800, 68_400),))


def must_with_impossible(p: Problem) -> Problem:
    return with_visit(replace(p, lags=(Lag("V-B0", "V-B2", 0, 600),)), 2, division_code="9")


def three_towers(p: Problem) -> Problem:
    for row in (0, 1, 2):
        p = with_visit(p, row, link_group="G")
    return p


def cycle(p: Problem) -> Problem:
    # V-B1 100 s after V-B2, V-B3 100 s after V-B1, V-B3 at most 199 s after V-B2; the fourth lag is innocent.
    lags = [("2", "1", 100, 900), ("1", "3", 100, 900), ("2", "3", 0, 199), ("3", "4", 0, 600)]
    return replace(p, lags=tuple(Lag(f"V-B{a}", f"V-B{b}", lo, hi) for a, b, lo, hi in lags))


def lag_against_windows(p: Problem) -> Problem:
    # V-B0 14:00-14:30; V-B2, an hour later by way of V-B1, 14:45-14:50; V-B3 hangs on, innocent.
    p = with_visit(p, 0, windows_s=((50_400, 52_200),))
    p = with_visit(p, 2, windows_s=((53_100, 53_400),))
    lags = (("0", "1", 1_800, 9_000), ("1", "2", 1_800, 9_000), ("2", "3", 0, 9_000))
    return replace(p, lags=tuple(Lag(f"V-B{a}", f"V-B{b}", lo, hi) for a, b, lo, hi in lags))


def locks(*rows: tuple[str, int, str, int | None]) -> Callable[[Problem], Problem]:
    return lambda p: replace(p, locks=tuple(Lock(*row) for row in rows))


def locked_team_recused(p: Problem) -> Problem:
    return with_team(locks(("V-B1", 0, "T1", None))(p), 0, recusals=frozenset({"B1"}))


def long_break(p: Problem) -> Problem:
    return with_team(p, 1, break_time=BreakTime(48_600, 60_000, 14_401))


CASES: dict[str, tuple[Callable[[Problem], Problem], list[Found]]] = {
    "no team in the district": (district, [("S511", "V-B0", {"district": "370103"})]),
    "too few officers": (officers, [("S512", "V-B0", {"slot": 0, "agency": "police", "needs": 5, "has": 4})]),
    "skill": (skill, [("S513", "V-B0", {"slot": 0, "skill": "computers", "needs": 2, "has": 1})]),
    "officers apart": (drawn, [("S514", "V-B0", {"officers": ("T1-0", "T2-0")})]),
    "all recused": (recused, [("S515", "V-B0", {"recusals": ("T1: B0", "T2: B0")})]),
    "the pair of the last visit": (last_pair, [("S534", "V-B0", {"pairs": ("T1: T1-0 + T1-1", "T2: T2-0 + T2-1")})]),
    "each team by another rule": (
        recused_and_apart,
        [("S521", "V-B0", {"slot": 0, "clash": ("T1: recusals", "T2: division_codes")})],
    ),
    "three slots, two teams": (three_slots, [("S516", "V-B0", {"needs": 3, "has": 2})]),
    "three linked towers, two teams": (three_towers, [("S516", "V-B0, V-B1, V-B2", {"needs": 3, "has": 2})]),
    "no road back": (no_road, [("S518", "V-B0", {"building": "B0", "bases": ("S",)})]),
    # The way takes 5 min, and 27 min with the way back must end by 17:30: 13:35 to 16:58.
    "window before anyone is there": (
        too_early,
        [("S519", "V-B0", {"windows": ("13:30-13:34:59",), "could": ("13:35-16:58",)})],
    ),
    # 14,000 s and two ways of 300 s are 243 min and 20 s; the shift has 240.
    "longer than the shift": (too_long, [("S520", "V-B0", {"team": "T1", "needs": 244, "has": 240})]),
    "windows after every shift, must or not": (
        at_night,
        [("S523", "V-B0, V-B3", {"windows": ("18:00-19:00",), "first": "13:30", "last": "17:30", "n": 2})],
    ),
    "linked with what cannot be": (
        must_with_impossible,
        [("S511", "V-B2", {"district": "9"}), ("S522", "V-B0", {"other": "V-B2"})],
    ),
    "lock to nobody": (locks(("V-B1", 0, "T9", None)), [("S524", "V-B1", {"team": "T9"})]),
    "lock outside the windows": (
        locks(("V-B1", 0, "T1", 60_301)),
        [("S525", "V-B1", {"start": "16:45:01", "windows": ("13:30-16:45",)})],
    ),
    "two locks of one slot": (
        locks(("V-B1", 0, "T1", None), ("V-B1", 0, "T2", None)),
        [("S526", "V-B1", {"one": "T1", "other": "T2"})],
    ),
    "two starts of one visit": (
        locks(("V-B1", 0, "T1", 50_000), ("V-B1", 0, "T1", 50_060)),
        [("S526", "V-B1", {"one": "13:53:20", "other": "13:54:20"})],
    ),
    # 27 min inside and 5 min of road are 1,920 s.
    "one team at two places": (
        locks(("V-B2", 0, "T1", 51_919), ("V-B1", 0, "T1", 50_000)),
        [("S527", "V-B1, V-B2", {"team": "T1", "other": "V-B2"})],
    ),
    "lock to a team that is recused": (locked_team_recused, [("S528", "V-B1", {"team": "T1", "clash": "recusals"})]),
    "lags in a circle": (
        cycle,
        [
            (
                "S529",
                "V-B2, V-B1, V-B3",
                {"links": ("V-B2 -> V-B1 [100, 900]", "V-B1 -> V-B3 [100, 900]", "V-B2 -> V-B3 [0, 199]")},
            )
        ],
    ),
    "a break longer than its shift": (
        long_break,
        [("S531", "T2", {"length": 14_401, "windows": ("13:30-16:40",), "shift": ("13:30-17:30",)})],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_contradiction_is_named_exactly(name):
    spoil, expected = CASES[name]
    assert found(spoil(sound())) == expected


def test_lags_against_windows_name_the_two_visits_and_the_lags_between_them():
    # Four visits linked need four teams at least.
    p = replace(sound(), teams=tuple(team(f"T{k}") for k in range(4)))
    values = {
        "links": ("V-B0 -> V-B1 [1800, 9000]", "V-B1 -> V-B2 [1800, 9000]"),
        "visits": ("V-B0 14:00-14:30", "V-B2 14:45-14:50"),
    }
    assert found(lag_against_windows(p)) == [("S530", "V-B0, V-B1, V-B2", values)]


def test_several_contradictions_are_found_at_once():
    p = long_break(locks(("V-B1", 0, "T9", None))(with_visit(sound(), 0, division_code="370103")))
    assert [(code, where) for code, where, _ in found(p)] == [("S531", "T2"), ("S524", "V-B1"), ("S511", "V-B0")]


def test_one_second_less_or_more_and_it_can_be():
    p = with_visit(sound(), 0, windows_s=((48_600, 48_900),))
    p = replace(p, locks=(Lock("V-B1", 0, "T1", 50_000), Lock("V-B2", 0, "T1", 51_920)))
    p = with_team(p, 1, break_time=BreakTime(48_600, 60_000, 14_400))
    assert found(p) == []


@pytest.mark.parametrize("spoil", [district, officers, skill, drawn, recused, three_slots, no_road, too_long, at_night])
def test_a_drawn_visit_that_cannot_be_is_left_out_with_a_reason(spoil):
    p = spoil(with_visit(sound(), 0, track="routine"))
    p = replace(p, visits=p.visits[:1], places={"B0": 0, "S": 1}, travel_s=p.travel_s[np.ix_([0, -1], [0, -1])],
                distance_m=p.distance_m[:2, :2])  # fmt: skip
    assert found(p) == []
    assert [u.visit_id for u in solve(p, Settings(n_iterations=20)).unserved] == ["V-B0"]


def test_a_visit_that_need_not_be_made_may_be_impossible():
    assert found(district(with_visit(sound(), 0, is_must=False))) == []


@pytest.mark.parametrize(("more", "expected"), [(0, []), (1, ["S512"])])
def test_composed_teams_are_judged_by_all_who_are_on_duty(more, expected):
    p = rich_problem(3, composed=True)
    police = sum(x.agency == "police" and x.is_certified(p.day) for x in p.people)
    slot = Slot(0, {"police": police + more}, 0)
    v = replace(visit("B0", is_must=True), slots=(slot,), n_firms=0)
    p = replace(p, visits=(v,), lags=(), travel_s=np.zeros_like(p.travel_s))
    assert [code for code, *_ in found(p)] == expected


def test_composed_teams_need_not_hold_the_pair_of_the_last_visit():
    p = rich_problem(3, composed=True)
    first, other = (x.person_id for x in p.people[:2])
    v = replace(visit("B0", is_must=True), slots=(Slot(0, {}, 0),), n_firms=0, keep_apart=((first, other),))
    p = replace(p, visits=(v,), lags=(), travel_s=np.zeros_like(p.travel_s))
    assert found(p) == []


def test_a_lag_lets_one_team_make_both_visits():
    # An hour at least from one start to the next, 27 minutes inside and five on the way.
    visits = [visit("A", is_must=True), visit("B", is_must=True)]
    p = replace(problem(visits, [team("T1")]), lags=(Lag("V-A", "V-B", 3_600, 7_200),))
    assert found(p) == []
    assert not solve(p, Settings(seed=1, n_iterations=50)).unserved


@over_seeds(range(60), n_fast=20)
def test_what_is_found_impossible_is_in_no_plan(seed):
    p = rich_problem(seed)
    p = replace(p, visits=tuple(replace(v, is_must=True) for v in p.visits))
    named = {i for code, where, _ in found(p) if code != "S531" for i in where.split(", ")}
    plan = solve(p, Settings(seed=1, n_iterations=200))
    assert named & {s.visit_id for r in plan.routes for s in r.stops} == set()


@over_seeds(range(60), n_fast=20)
def test_a_visit_alone_in_which_nothing_is_found_is_served(seed):
    p = rich_problem(seed)
    rows = [0, *range(len(p.visits), len(p.places))]
    v = p.visits[0]
    alone = replace(
        p,
        visits=(replace(v, slots=v.slots[:1], windows_s=v.windows_s[:1], is_must=True, link_group=None),),
        places={"B0": 0, "S": 1, "S2": 2},
        travel_s=p.travel_s[np.ix_(rows, rows)],
        distance_m=p.distance_m[np.ix_(rows, rows)],
        lags=(),
        teams=tuple(replace(t, max_duty_s=None) for t in p.teams),
    )
    plan = solve(alone, Settings(seed=1, n_iterations=100))
    assert bool(found(alone)) == bool(plan.unserved)


def composed(**changes: object) -> Problem:
    """Two districts with a visit and people for two teams each; two teams, and a third that stands by."""
    visits = [visit("A"), visit("B"), visit("Z", division_code="370103")]
    rules = replace(TeamRules(3, 1, NEEDS, 0, assist_letter=False), **changes)
    visits = [replace(v, slots=split_slots(v.slots)) for v in visits] if rules.is_split else visits
    return problem(visits, people=[*crew("370102"), *crew("370103")], rules=rules)


def crew(district: str) -> list[Person]:
    """Eight police and four of market regulation, all certified."""
    ids = [(f"{district}P{k}", "police", "officer") for k in range(8)]
    ids += [(f"{district}M{k}", "market_regulation", "inspector") for k in range(4)]
    until = date(2030, 1, 1)
    return [Person(i, agency, role, until, False, "S", district, SHIFT) for i, agency, role in ids]


def test_a_break_that_composed_teams_cannot_take_is_reported_once():
    p = composed(break_time=BreakTime(55_800, 52_200, 1_800))
    values = {"length": 1_800, "windows": ("15:30-14:30",), "shift": ("13:30-17:30",)}
    assert found(p) == [("S531", "rules.break_time", values)]


def test_a_must_visit_that_the_break_of_composed_teams_leaves_no_time_for_is_found():
    # Its start at 13:35 to 13:40 is followed by a break from 13:35 at the latest.
    p = with_visit(
        composed(break_time=BreakTime(48_600, 48_900, 1_800)), 0, is_must=True, windows_s=((48_900, 49_200),)
    )
    assert [(code, where) for code, where, _ in found(p)] == [("S519", "V-A")]


@pytest.mark.parametrize(
    ("is_split", "slot", "team_id", "codes"),
    [
        pytest.param(False, 0, "T01", [], id="a team"),
        pytest.param(False, 0, "T03", ["S524"], id="the team that stands by"),
        pytest.param(False, 0, "T01P", ["S524"], id="a squad, where there are none"),
        pytest.param(True, 0, "T02P", [], id="a squad of police"),
        pytest.param(True, 1, "T02M", [], id="a squad of market regulation"),
        pytest.param(True, 0, "T02", ["S524"], id="a team, where there are squads"),
        pytest.param(True, 1, "T03M", ["S524"], id="the squad that stands by"),
    ],
)
def test_a_lock_names_a_composed_team_that_goes_out(is_split, slot, team_id, codes):
    p = replace(composed(is_split=is_split), locks=(Lock("V-A", slot, team_id),))
    assert [code for code, *_ in found(p)] == codes


@pytest.mark.parametrize(
    ("changes", "slot", "team_id", "codes"),
    [
        pytest.param({}, 0, "T01", ["S528"], id="a team is of one district"),
        pytest.param({"assist_letter": True}, 0, "T01", [], id="unless it has a letter"),
        pytest.param({"is_split": True}, 1, "T01M", ["S528"], id="so is a squad of market regulation"),
        pytest.param({"is_split": True}, 0, "T01P", [], id="police go anywhere"),
    ],
)
def test_locks_in_two_districts_to_one_composed_team_clash(changes, slot, team_id, codes):
    p = replace(composed(**changes), locks=(Lock("V-A", slot, team_id), Lock("V-Z", slot, team_id)))
    assert [code for code, *_ in found(p)] == codes
