"""Mobile teams to counties: exact on any curves, proven by the upper ones, never worse than simpler ways."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweep.province.model.allocate_mobile_teams import allocate, allocated_value, with_bound
from sweep.province.records import CountyCurve, CurvePoint
from sweep.records.plan import Objective
from tests.seeds import over_seeds


def curve(county_id: str, values: list[float], over: float = 0.0) -> CountyCurve:
    points = (CurvePoint(n, n + 1, Objective(value), value + over) for n, value in enumerate(values))
    return CountyCurve(county_id, tuple(points))


def equal_shares(curves: list[CountyCurve], n_mobile: int) -> dict[str, int]:
    """The same number for each county, what is over to the first of them."""
    counts = {c.county_id: 0 for c in curves}
    left = n_mobile
    while left > 0:
        open_ = [c for c in curves if counts[c.county_id] + 1 < len(c.points)][:left]
        if not open_:
            break
        for curve in open_:
            counts[curve.county_id] += 1
        left -= len(open_)
    return counts


def greedy(curves: list[CountyCurve], n_mobile: int) -> dict[str, int]:
    """One team after the other to where it adds most, as long as it adds anything."""
    counts = {c.county_id: 0 for c in curves}
    for _ in range(n_mobile):
        gains = [
            ((c.points[counts[c.county_id] + 1].objective - c.points[counts[c.county_id]].objective).finds, c.county_id)
            for c in curves
            if counts[c.county_id] + 1 < len(c.points)
        ]
        best, county_id = max(gains, key=lambda g: g[0], default=(0.0, ""))
        if best <= 0.0:
            break
        counts[county_id] += 1
    return counts


def test_a_team_goes_where_it_adds_most_to_the_objective_and_must_visits_come_first() -> None:
    # One more team: a +0.2 finds; b +0.1 finds and a due lead of weight 1; c nothing, and a must-visit less missed.
    a, b, c = curve("a", [1.0, 1.2]), curve("b", [1.0, 1.1]), curve("c", [1.0, 1.0])
    b = replace(b, points=(b.points[0], replace(b.points[1], objective=Objective(1.1, due=1.0, costs=0.3))))
    c = replace(c, points=(replace(c.points[0], objective=Objective(1.0, must_missed=1)), c.points[1]))
    assert allocate([a, b], 1).n_mobile == {"a": 0, "b": 1}
    assert allocate([a, b], 1).gains == pytest.approx({"a": 0.2})
    assert allocate([a, b], 0).gains == pytest.approx({"a": 0.2, "b": 0.8})
    assert allocate([a, b, c], 1).n_mobile == {"a": 0, "b": 0, "c": 1}


numbers = st.floats(0.0, 50.0)
curves = st.lists(st.lists(numbers, min_size=1, max_size=4), min_size=1, max_size=5).map(
    lambda several: [curve(f"c{k}", values, 0.5) for k, values in enumerate(several)]
)


def all_ways(several: list[CountyCurve], n_mobile: int) -> list[dict[str, int]]:
    ways = product(*(range(len(c.points)) for c in several))
    return [{c.county_id: n for c, n in zip(several, w, strict=True)} for w in ways if sum(w) <= n_mobile]


@given(curves, st.integers(0, 8))
def test_no_other_allocation_is_worth_more(several: list[CountyCurve], n_mobile: int) -> None:
    found = allocate(several, n_mobile)
    assert sum(found.n_mobile.values()) <= n_mobile
    assert found.value == pytest.approx(max(allocated_value(several, w) for w in all_ways(several, n_mobile)))
    assert found.value == pytest.approx(allocated_value(several, found.n_mobile))


@given(curves, st.integers(0, 8))
def test_the_upper_curves_prove_a_bound(several: list[CountyCurve], n_mobile: int) -> None:
    upper = max(
        sum(c.points[w[c.county_id]].bound for c in several) for w in all_ways(several, n_mobile)
    )  # every allocation gone through
    found = allocate(several, n_mobile)
    assert found.bound == pytest.approx(upper)
    assert found.bound >= found.value - 1e-9


@given(curves, st.integers(0, 8))
def test_it_is_never_worse_than_equal_shares_and_greedy(several: list[CountyCurve], n_mobile: int) -> None:
    found = allocate(several, n_mobile).value
    assert found >= allocated_value(several, equal_shares(several, n_mobile)) - 1e-9
    assert found >= allocated_value(several, greedy(several, n_mobile)) - 1e-9


@over_seeds(range(20))
def test_twenty_provinces_of_137_counties(seed: int) -> None:
    rng = random.Random(seed)
    several = [
        curve(f"c{k:03d}", [(v := rng.uniform(1, 5)), v + rng.uniform(0, 0.5), v + rng.uniform(0, 1)])
        for k in range(137)
    ]
    found = allocate(several, 40)
    assert found.value > allocated_value(several, equal_shares(several, 40))
    assert found.value >= allocated_value(several, greedy(several, 40)) - 1e-9


def test_a_curve_that_pays_at_two_teams_alone_gets_two() -> None:
    # One team in a adds nothing, two add 5; one in b adds 2 and a second nothing: greedy sends one to b, 2 < 5.
    several = [curve("a", [1.0, 1.0, 6.0]), curve("b", [1.0, 3.0, 3.0])]
    assert allocate(several, 2).n_mobile == {"a": 2, "b": 0}
    assert allocated_value(several, greedy(several, 2)) == 4.0


def test_no_team_is_sent_where_it_adds_nothing() -> None:
    assert allocate([curve("a", [2.0, 2.0]), curve("b", [3.0, 2.5])], 2).n_mobile == {"a": 0, "b": 0}


def test_teams_that_days_which_are_out_bind_to_a_county_stay_there() -> None:
    # One more in b would add 2, in a nothing; but a is held to one of the two, and proves its bound with it.
    a, b = replace(curve("a", [1.0, 1.0, 1.0], 0.5), n_held=1), curve("b", [1.0, 3.0, 3.5], 0.5)
    found = allocate([a, b], 2)
    assert (found.n_mobile, found.value, found.bound) == ({"a": 1, "b": 1}, 4.0, 5.0)
    assert allocate([a, b], 1).n_mobile == {"a": 1, "b": 0}


def test_what_one_team_more_would_add_is_told_where_the_curve_goes_on() -> None:
    found = allocate([curve("a", [1.0, 2.0]), curve("b", [1.0, 4.0, 4.5])], 1)
    assert found.n_mobile == {"a": 0, "b": 1}
    assert found.gains == {"a": 1.0, "b": 0.5}


def test_a_province_without_a_county_that_can_be_planned_is_worth_nothing() -> None:
    found = allocate([], 3)
    assert (found.n_mobile, found.value, found.bound) == ({}, 0.0, 0.0)


def test_what_a_longer_search_proves_lowers_the_bound_and_never_raises_it() -> None:
    a = curve("a", [1.0, 2.0], over=1.0)
    assert [p.bound for p in with_bound(a, 1, 2.5).points] == [2.0, 2.5]
    assert with_bound(a, 1, 9.0) == a
