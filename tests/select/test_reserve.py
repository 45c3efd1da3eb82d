"""The random reserve: by credit class, exact chances, and prevalence without bias from what it found."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweep.scenario.plan_settings import PlanSettings
from sweep.scenario.selection_settings import DRAW_RATIO, Select
from sweep.select.draw_buildings import draw_buildings, draw_order, fraction, ticket
from sweep.select.target_firms import classes_by_building
from sweep.select.visits_by_track import class_ratios, draw_firms, draw_reserve, n_drawn

SIZES = st.dictionaries(st.text("ABCD0123456789", min_size=1, max_size=5), st.floats(0.01, 10.0), max_size=20)


def drawn(size, n, seed="s"):
    return [key for _, key in draw_order(size, seed)[:n]]


def test_a_ticket_is_a_share_of_one():
    assert [fraction("8" + "0" * 63), fraction("0" * 64), fraction("f" * 64)] == [0.5, 0.0, 1 - 16.0**-13]


def test_the_smallest_ticket_over_size_wins():
    # Tickets 0.83.. and 0.25.. of SHA-256("s|B1") and ("s|B2"): four times the size turns them round.
    one, two = fraction(ticket("s", "B1")), fraction(ticket("s", "B2"))
    small, large = ("B1", "B2") if one > two else ("B2", "B1")
    factor = 1.01 * max(one, two) / min(one, two)
    assert drawn({small: 1.0, large: 1.0}, 1) == [large]
    assert drawn({small: factor, large: 1.0}, 1) == [small]


@given(SIZES.filter(bool), st.data())
def test_removing_a_candidate_leaves_the_others_in_order(size, data):
    gone = data.draw(st.sampled_from(sorted(size)))
    every = [t.building_id for t in draw_buildings(size, 3, "s", size).tickets]
    fewer = {b: s for b, s in size.items() if b != gone}
    assert [t.building_id for t in draw_buildings(fewer, 3, "s", fewer).tickets] == [b for b in every if b != gone]


@given(SIZES, st.integers(0, 25))
def test_every_candidate_has_its_chance_and_they_sum_to_the_number_drawn(size, n):
    draw = draw_buildings(size, n, "s", size)
    assert {t.building_id for t in draw.tickets} == set(size)
    assert sum(t.inclusion_probability for t in draw.tickets) == pytest.approx(draw.n_drawn, abs=1e-9)


def test_drawn_as_often_as_the_chance_says_over_many_seeds():
    # 6,000 seeds, 3 of 6: standard error at most 0.0065.
    size = {f"B{k}": s for k, s in enumerate((0.2, 0.5, 1.0, 1.0, 2.0, 5.0))}
    often = Counter(b for seed in range(6_000) for b in drawn(size, 3, str(seed)))
    chance = {t.building_id: t.inclusion_probability for t in draw_buildings(size, 3, "0", size).tickets}
    assert {b: often[b] / 6_000 for b in size} == pytest.approx(chance, abs=0.026)


def test_an_estimate_weighed_by_the_chances_is_without_bias():
    # Finds 0, 1, ... 9 in buildings of any size; Horvitz-Thompson total 45 over 4,000 seeds.
    size = {f"B{k}": s for k, s in enumerate(np.geomspace(0.3, 6.0, 10)[[3, 9, 0, 6, 2, 8, 1, 7, 5, 4]])}
    chance = {t.building_id: t.inclusion_probability for t in draw_buildings(size, 3, "s", size).tickets}
    totals = [sum(int(b[1:]) / chance[b] for b in drawn(size, 3, str(seed))) for seed in range(4_000)]
    assert np.mean(totals) == pytest.approx(45.0, abs=4 * np.std(totals) / 4_000**0.5)
    assert abs(np.mean(totals) / 45.0 - 1.0) < 0.05


def test_firms_go_by_the_ratio_of_their_class(make_firms):
    table = make_firms([{"credit_class": c} for c in ("A", "D", None)])
    (classes,) = classes_by_building(table).values()
    assert class_ratios(classes, DRAW_RATIO, ()) == {"F00": 0.01, "F01": 0.30, "F02": 0.03}
    assert class_ratios(classes, DRAW_RATIO, {"F01"}) == {"F00": 0.01, "F02": 0.03}


def test_a_class_d_firm_is_drawn_thirty_times_as_often_as_a_class_a_firm():
    # One of 100 firms, 50 of A and 50 of D: in 5,000 buildings D 50 x 0.3 / 15.5 = 0.968 of the time, near enough.
    ratio = {f"A{k}": 0.01 for k in range(50)} | {f"D{k}": 0.30 for k in range(50)}
    share = sum(drawn(ratio, 1, str(seed))[0][0] == "D" for seed in range(5_000)) / 5_000
    chance = sum(f.inclusion_probability for f in draw_firms("B", ratio, 1, "0") if f.uscc[0] == "D")
    assert share == pytest.approx(chance, abs=0.01)
    assert chance == pytest.approx(50 * 0.3 / 15.5, abs=0.002)


def district(make_building, make_maker, **given):
    """Three towers of 10, 20 and 40 firms; in B3 every second is of class D."""
    buildings = [make_building(b, n_firms=n) for b, n in (("B1", 10), ("B2", 20), ("B3", 40))]
    firms = [
        {"uscc": f"{b.building_id}F{k:02d}", "building_id": b.building_id,
         "credit_class": "D" if b.building_id == "B3" and k % 2 else "A"}
        for b in buildings for k in range(b.n_firms)
    ]  # fmt: skip
    return make_maker(buildings, firms, **given)


def test_a_buildings_size_is_its_ratios_over_the_firms_inspected(make_building, make_maker):
    # Two firms inspected in each: 10 x 0.01 / 2, 20 x 0.01 / 2, (20 x 0.01 + 20 x 0.3) / 2.
    draw, _ = draw_reserve(["B1", "B2", "B3"], district(make_building, make_maker))
    assert {t.building_id: t.size for t in draw.tickets} == pytest.approx({"B1": 0.05, "B2": 0.1, "B3": 3.1})


def test_drawn_visits_carry_the_chance_and_the_firms_drawn(make_building, make_maker):
    draw, visits = draw_reserve(["B1", "B2", "B3"], district(make_building, make_maker))
    assert [v.building_id for v in visits] == [t.building_id for t in draw.tickets if t.is_drawn]
    for v in visits:
        assert (
            v.selection_probability
            == next(t for t in draw.tickets if t.building_id == v.building_id).inclusion_probability
        )
        assert v.targets == tuple(f.uscc for f in draw.firms if f.building_id == v.building_id and f.is_drawn)
        assert (v.track, v.is_must, len(v.targets)) == ("routine", True, 2)


def test_firms_at_their_cap_are_no_candidates(make_building, make_maker):
    capped = frozenset({f"B1F{k:02d}" for k in range(9)})
    draw, visits = draw_reserve(["B1"], district(make_building, make_maker, capped=capped))
    assert [f.uscc for f in draw.firms] == ["B1F09"]
    assert visits[0].targets == ("B1F09",)


def test_firms_of_one_class_have_about_one_chance_whatever_their_building(make_building, make_maker):
    # Two of the 10 firms of B1, or two of the 20 of B2, all of class A; one tower of three is drawn.
    draw, _ = draw_reserve(["B1", "B2", "B3"], district(make_building, make_maker, select=Select(draw_share=0.001)))
    tower = {t.building_id: t.inclusion_probability for t in draw.tickets}
    assert draw.n_drawn == 1
    assert tower["B1"] * 2 / 10 == pytest.approx(tower["B2"] * 2 / 20, rel=0.02)


@pytest.mark.parametrize(
    ("share", "most"),
    [
        pytest.param(0.0, 0, id="no share"),
        # 10 teams x 4 h x 2.5 % = 1 h; the towers are alike, one visit takes (12 + 10 x 3 / 4 + 2 x 2 x 20 / 4) min.
        pytest.param(0.025, 2, id="an hour"),
        pytest.param(1.0, 3, id="more hours than towers"),
    ],
)
def test_as_many_are_drawn_as_the_hours_pay_for(make_building, make_maker, share, most):
    buildings = [make_building(f"B{k}") for k in range(3)]
    firms = [{"uscc": f"B{k}F{i}", "building_id": f"B{k}"} for k in range(3) for i in range(10)]
    maker = make_maker(buildings, firms, select=Select(draw_share=share), plan=PlanSettings())
    # 12 + (3 x 10 + 2 x 20 x 2) / 4 = 39.5 minutes; 60 / 39.5 = 1.5, rounded to the even 2.
    assert n_drawn({b.building_id: 1.0 for b in buildings}, maker) == most


def test_no_pool_no_draw(make_maker):
    draw, visits = draw_reserve([], make_maker([], []))
    assert (draw.n_drawn, draw.tickets, visits) == (0, (), [])
