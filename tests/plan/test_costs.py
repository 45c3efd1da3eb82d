"""What is allowed but costs, against all plans gone through: who should not go together, a break missed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sweep.check.bound.price import costs_of
from sweep.plan.explain.explain import Explainer
from sweep.plan.feasible.contradictions import contradictions
from sweep.plan.problem.file import read_problem, write_problem
from sweep.plan.problem.problem import Problem, TeamRules, Weights
from sweep.plan.search.anneal import mean_value
from sweep.plan.search.layout import make_arrays
from sweep.plan.solve import Settings, solve
from sweep.records.people import BreakTime, Person, Team
from sweep.records.plan import Plan
from sweep.records.visits import Visit
from tests.plan.conftest import NEEDS, SHIFT, problem, team, visit
from tests.plan.judge import faults

QUICK = Settings(seed=1, n_iterations=400, is_proof_wanted=False, is_review_wanted=False)
# Ways break ties only.
TIE = 1e-4


def small(seed: int) -> Problem:
    """Four visits and two teams with time for some of them; pairs who had better not make some visits; breaks."""
    rng = np.random.default_rng(seed)
    visits = []
    for k in range(4):
        lo = SHIFT[0] + 600 * int(rng.integers(0, 8))
        pairs = [(f"T{t}-{i}", f"T{t}-{j}") for t in range(2) for i, j in ((0, 1), (1, 2)) if rng.random() < 0.4]
        one = visit(f"B{k}", float(rng.integers(1, 6)), windows=((lo, lo + 600 * int(rng.integers(1, 12))),))
        visits.append(replace(one, better_apart=tuple(pairs), service_s=600 * int(rng.integers(1, 5))))
    points = rng.uniform(0, 30, (5, 2))
    minutes = np.rint(np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))).astype(np.int64)
    teams = [team(f"T{t}", shift=(SHIFT[0], SHIFT[0] + 600 * int(rng.integers(9, 16)))) for t in range(2)]
    pause = BreakTime(SHIFT[0] + 1_800, SHIFT[0] + 3_600, 600 * int(rng.integers(1, 4)))
    teams = [replace(t, break_time=pause if rng.random() < 0.7 else None) for t in teams]
    together, missed = rng.choice([0.5, 1.5, 3.0]), rng.choice([0.0, 0.3, 1.2, 2.5])
    weights = Weights(together=float(together), missed_break=float(missed))
    return replace(problem(visits, teams, minutes), weights=weights)


def worth(asked: Problem, plan: Plan) -> float:
    """Value less what the checker finds that it costs."""
    return plan.value - sum(c.price for c in costs_of(write_problem(asked).encode(), plan).values())


def optimum(asked: Problem) -> float:
    """The most that any plan is worth less what it costs."""
    known: dict[tuple[int, tuple[int, ...]], float] = {}

    def least(k: int, mine: tuple[int, ...]) -> float:
        if (k, mine) not in known:
            known[k, mine] = _least_cost(asked, asked.teams[k], [asked.visits[n] for n in mine])
        return known[k, mine]

    best = 0.0
    for chosen in product((None, 0, 1), repeat=len(asked.visits)):
        value = sum(v.value for v, k in zip(asked.visits, chosen, strict=True) if k is not None)
        cost = sum(least(k, tuple(n for n, x in enumerate(chosen) if x == k)) for k in range(2))
        best = max(best, value - cost)
    return best


def _least_cost(asked: Problem, mine: Team, visits: list[Visit]) -> float:
    """What one team's visits cost in their best order; infinite if no order can be kept."""
    if not visits:
        return 0.0
    pairs = asked.weights.together * sum({*p} <= {*mine.member_ids} for v in visits for p in v.better_apart)
    with_break = range(len(visits) + 1) if mine.break_time else (None,)
    if any(_is_kept(asked, mine, order, p) for order in permutations(visits) for p in with_break):
        return pairs
    may_miss = asked.weights.missed_break > 0 and any(
        _is_kept(asked, mine, order, None) for order in permutations(visits)
    )
    return pairs + asked.weights.missed_break if may_miss else np.inf


def _is_kept(asked: Problem, mine: Team, order: tuple[Visit, ...], pause_at: int | None) -> bool:
    """Whether the visits can be made in this order, with the break behind so many of them, or nowhere."""
    base, pause = asked.places[mine.base_id], mine.break_time
    place, t = base, mine.shift_s[0]
    for n, v in enumerate((*order, None)):
        if n == pause_at and pause is not None:
            t = max(t, pause.earliest_s)
            if t > pause.latest_s:
                return False
            t += pause.length_s
        if v is None:
            break
        here = asked.places[v.building_id]
        lo, hi = v.windows_s[0]
        t = max(t + int(asked.travel_s[place, here]), lo)
        if t > hi:
            return False
        t, place = t + asked.service_s(v, 0, len(mine.member_ids)), here
    return t + int(asked.travel_s[place, base]) <= mine.shift_s[1]


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None, derandomize=True)
def test_the_search_finds_the_best_price_of_pairs_and_of_breaks(seed):
    asked = small(seed)
    assert worth(asked, solve(asked, QUICK)) == pytest.approx(optimum(asked), abs=TIE)


def test_pairs_and_their_weight_stand_in_the_file_of_the_problem() -> None:
    asked = replace(small(1), weights=Weights(together=0.5, missed_break=0.25))
    again = read_problem(write_problem(asked))
    assert [v.better_apart for v in again.visits] == [v.better_apart for v in asked.visits]
    assert again.weights == asked.weights


def test_a_pair_costs_by_the_checker_once_for_each_slot_whose_team_has_both() -> None:
    one = replace(visit("B0"), better_apart=(("T0-0", "T0-1"), ("T0-1", "T0-9"), ("T1-0", "T1-1")))
    asked = replace(problem([one], [team("T0")]), weights=Weights(together=0.25))
    costs = costs_of(write_problem(asked).encode(), solve(asked, QUICK))
    assert (costs["together"].quantity, costs["together"].price) == (1, 0.25)


def test_explain_tells_what_a_visit_costs_by_the_pair_that_makes_it() -> None:
    one = replace(visit("B0"), better_apart=(("T0-0", "T0-1"),))
    asked = replace(problem([one], [team("T0")]), weights=Weights(together=0.25))
    there = Explainer(asked, solve(asked, QUICK), QUICK).why_there(one)
    assert there.price == pytest.approx(0.25, abs=TIE)


@pytest.mark.parametrize("partner", ["P1", "P2", "P3"])
def test_people_who_had_better_be_apart_are_put_into_different_teams(partner: str) -> None:
    """Two teams of two of the police each make the visit: P0 goes with the only one who may be with them."""
    agencies = {"P": "police", "M": "market_regulation"}
    people = [
        Person(f"{a}{k}", name, "officer", date(2027, 1, 1), True, "S", "370102", SHIFT)
        for a, name in agencies.items()
        for k in range(4)
    ]
    pairs = tuple(("P0", other) for other in ("P1", "P2", "P3") if other != partner)
    one = replace(visit("B0", n_slots=2), better_apart=pairs)
    asked = problem([one], people=people, rules=TeamRules(2, 0, NEEDS, 1, False))
    plan = solve(replace(asked, weights=Weights(together=0.2)), QUICK)
    assert plan.value == 1.0
    assert [{"P0", partner} <= {*t.member_ids} for t in plan.teams].count(True) == 1


def with_break(weight: float) -> Problem:
    """An hour and 42 minutes inside, five minutes there and back, two hours of shift; a break of half an hour."""
    one = replace(visit("B0"), service_s=6_120)
    mine = replace(
        team("T0", shift=(SHIFT[0], SHIFT[0] + 7_200)), break_time=BreakTime(SHIFT[0], SHIFT[0] + 5_400, 1_800)
    )
    return replace(problem([one], [mine]), weights=Weights(missed_break=weight))


@pytest.mark.parametrize(("weight", "served"), [(0.0, 0), (0.4, 1), (1.5, 0)], ids=["must be taken", "cheap", "dear"])
def test_a_break_is_missed_where_that_is_worth_its_price(weight: float, served: int) -> None:
    asked = with_break(weight)
    plan = solve(asked, QUICK)
    costs = costs_of(write_problem(asked).encode(), plan)
    assert (plan.value, plan.routes[0].break_s is None) == (served, bool(served))
    assert ("missed_break" in costs and costs["missed_break"].quantity) == (served if weight else False)


def test_a_plan_with_a_missed_break_is_taken_up_as_it_is_and_explained() -> None:
    asked = with_break(0.4)
    plan = solve(asked, QUICK)
    assert solve(asked, replace(QUICK, n_iterations=1), start=plan.routes).routes == plan.routes
    assert Explainer(asked, plan, QUICK).why_there(asked.visits[0]).price == pytest.approx(0.4, abs=TIE)


def test_a_must_visit_that_leaves_no_time_for_the_break_is_no_contradiction_where_it_may_be_missed() -> None:
    for weight in (0.0, 0.4):
        asked = with_break(weight)
        asked = replace(asked, visits=(replace(asked.visits[0], is_must=True),))
        assert bool(contradictions(asked)) == (weight == 0.0)


@pytest.mark.parametrize(("weight", "visits"), [(0.5, ["V-A"]), (6.0, [])], ids=["cheap", "dear"])
def test_a_break_that_its_shift_does_not_hold_is_never_taken(weight: float, visits: list[str]) -> None:
    # Four hours of shift, and a break of 20,000 s. The visit is worth 5.
    paused = replace(team("T0"), break_time=BreakTime(*SHIFT, 20_000))
    p = replace(problem([visit("A", 5.0)], [paused]), weights=Weights(missed_break=weight))
    assert [(r.break_s, [s.visit_id for s in r.stops]) for r in solve(p, QUICK).routes] == [(None, visits)]


@pytest.mark.parametrize(
    "weights",
    [pytest.param(Weights(disturbance=1.0), id="disturbance"), pytest.param(Weights(balance=1.0), id="balance")],
)
def test_a_must_visit_goes_before_any_cost(weights: Weights) -> None:
    one = replace(visit("A", is_must=True), disturbance=2_000.0)
    p = replace(problem([one], [team("T0"), team("T1")]), weights=weights)
    assert solve(p, QUICK).value == 1.0


def test_a_must_visit_goes_before_what_all_others_are_late_for_it() -> None:
    # 120 short ones are due at 13:30; X starts by 13:36, behind 36 of them, and makes 84 later by 9,000 s: 756,000 s.
    short = [replace(visit(f"B{k}", is_must=True), service_s=10, due_s=SHIFT[0]) for k in range(120)]
    long = replace(visit("X", windows=[(SHIFT[0], SHIFT[0] + 360)], is_must=True), service_s=9_000)
    p = replace(problem([*short, long], [team("T0")], 0), weights=Weights(lateness=1.0))
    assert solve(p, QUICK).value == 121.0


def test_a_must_visit_goes_before_the_ways_of_all_its_teams() -> None:
    # 100 teams drive an hour there and one back: 720,000 s.
    p = problem([visit("A", n_slots=100, is_must=True)], [team(f"T{k}") for k in range(100)], 60)
    assert solve(replace(p, weights=Weights(travel=1.0)), QUICK).value == 1.0


def test_the_mean_visit_is_worth_the_same_beside_a_must_visit_that_costs_more_than_it_is_worth() -> None:
    # It sets how hot the search is.
    p = problem([visit("A", 2.0), replace(visit("B", is_must=True), disturbance=5.0)], [team("T0")])
    arrays = make_arrays(replace(p, weights=Weights(disturbance=1.0)), p.teams)
    assert mean_value(arrays) == pytest.approx(2.0)


def ends_elsewhere(visits: list[Visit], teams: list[Team], minutes: int) -> Problem:
    """The first team has a break and its shift ends at E, so many minutes from anywhere; all else is 5 minutes away."""
    table = np.full((len(visits) + 2, len(visits) + 2), 5)
    # The row before that of the base.
    table[-2, :] = table[:, -2] = minutes
    first = replace(teams[0], end_base_id="E", break_time=BreakTime(SHIFT[0], SHIFT[0] + 7_200, 600))
    p = problem([*visits, visit("E")], [first, *teams[1:]], table)
    return replace(p, visits=p.visits[:-1], bases={**p.bases, "E": replace(p.bases["S"], base_id="E")})


def test_a_team_that_stays_in_with_its_break_goes_no_way_to_where_its_shift_would_end() -> None:
    # An hour there is 0.36, and 0.39 by the visit, which is worth 0.2.
    asked = replace(ends_elsewhere([visit("A", 0.2)], [team("T0")], 60), weights=Weights(travel=1e-4))
    assert solve(asked, QUICK).value == 0.0


@pytest.mark.parametrize("n_slots", [1, 2], ids=["alone", "together"])
@pytest.mark.parametrize("spoiled", ["way", "duty"])
def test_a_team_that_can_only_stay_in_with_its_break_is_in_no_other_teams_way(spoiled: str, n_slots: int) -> None:
    asked = ends_elsewhere([visit("A", n_slots=n_slots)], [team(f"T{k}") for k in range(3)], 10_000)
    if spoiled == "duty":
        asked = replace(asked, teams=(replace(asked.teams[0], end_base_id=None, max_duty_s=300), *asked.teams[1:]))
    pause = asked.teams[0].break_time
    asked = replace(asked, teams=(asked.teams[0], *(replace(t, break_time=pause) for t in asked.teams[1:])))
    plan = solve(asked, Settings(seed=1, n_iterations=400))
    assert plan.value == 1.0
    assert faults(asked, plan) == []


@pytest.mark.parametrize("key", ["balance", "waiting", "largest_duty"])
@pytest.mark.parametrize("minutes", [0, 5])
def test_duty_that_begins_with_the_shift_costs_from_then_on(minutes: int, key: str) -> None:
    # From 13:30 to 16:00 are 9,000 s, of which the one visit takes none; it is worth 5.
    one = replace(visit("A", 5.0, windows=((57_600, 60_300),)), service_s=0)
    teams = [replace(team(f"T{k}"), starts_with_shift=True) for k in range(2)]
    asked = replace(problem([one], teams, minutes), weights=replace(Weights(), **{key: 1e-3}))
    assert solve(asked, QUICK).value == 0.0
