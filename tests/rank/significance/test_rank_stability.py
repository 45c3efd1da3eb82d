"""How firm a rank is: on paper, against a bootstrap that ranks again, and what must always hold."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sweep.rank.significance.rank_stability import Sample, first_k, first_k_chances


def evidence(rows, exposure, *, weights=None, hours=None, apart=10_000.0) -> Sample:
    n = len(exposure)
    points = np.column_stack([apart * np.arange(n), np.zeros(n)])
    worth = np.array([0.1] * len(rows) if weights is None else weights, np.float64)
    cost = np.array(hours or [1.0] * n, np.float64)
    return Sample(np.array(rows, np.int64), worth, np.array(exposure, np.float64), points, cost, np.ones(n))


@pytest.mark.parametrize(
    ("score", "k", "share"),
    [
        pytest.param([], 3, [], id="none"),
        pytest.param([3, 1, 2], 2, [1, 0, 1], id="no tie"),
        pytest.param([3, 1, 1], 2, [1, 0.5, 0.5], id="a tie for the last place"),
        pytest.param([2, 2, 2, 1], 1, [1 / 3, 1 / 3, 1 / 3, 0], id="three for one place"),
        pytest.param([0, 0], 5, [1, 1], id="more places than buildings"),
        pytest.param([1, 2], 0, [0, 0], id="no place"),
    ],
)
def test_ties_share_the_last_places(score, k, share):
    assert first_k(np.array(score, np.float64), k) == pytest.approx(share)


@pytest.mark.slow
def test_the_chance_of_the_only_building_with_events_is_that_any_is_drawn():
    # Three events, each drawn 0 times with e^-1: all of them with e^-3, and then all 4 towers tie, e^-3 / 4 each.
    chances = first_k_chances(evidence([0, 0, 0], [9.0] * 4), 700.0, 1, 20_000, seed=1)
    assert chances[0] == pytest.approx(1 - math.exp(-3) * 3 / 4, abs=0.005)
    assert chances[1:] == pytest.approx([math.exp(-3) / 4] * 3, abs=0.002)


@pytest.mark.slow
def test_buildings_alike_have_like_chances():
    chances = first_k_chances(evidence([0, 0, 1, 1, 2, 2], [9.0] * 3), 700.0, 1, 20_000, seed=2)
    assert chances == pytest.approx([1 / 3] * 3, abs=0.01)


def test_more_events_of_more_weight_in_fewer_hours_are_firmer():
    rows = [0] * 6 + [1] * 6
    more = first_k_chances(evidence([*rows, 0, 0], [9.0, 9.0, 40.0]), 700.0, 1, 500, seed=3)
    heavy = first_k_chances(evidence(rows, [9.0, 9.0, 40.0], weights=[0.2] * 6 + [0.1] * 6), 700.0, 1, 500, seed=3)
    quick = first_k_chances(evidence(rows, [9.0, 9.0, 40.0], hours=[1.0, 2.0, 1.0]), 700.0, 1, 500, seed=3)
    assert all(chances[0] > 0.6 > chances[1] for chances in (more, heavy, quick))


def test_without_doubt_in_the_leads_the_chances_follow_the_ranking(make_ranking):
    # 400 leads against 40: no draw turns them round.
    leads = [{"building_id": b, "age": 0.5 + k % 20} for b, n in (("B2", 400), ("B3", 40)) for k in range(n)]
    ranking = make_ranking([20, 20, 20], leads, points=[(0, 0), (5e3, 0), (9e3, 0)])
    table = ranking.table
    arrays = (table["exposure_firm_days"], table[["x_m", "y_m"]], table["team_hours"])
    floats = (a.to_numpy(np.float64) for a in arrays)
    given_to = Sample(ranking.event_rows, ranking.event_weights, *floats, ranking.proneness)
    assert first_k_chances(given_to, 700.0, 2, 50, seed=4).tolist() == [1.0, 1.0, 0.0]


def test_events_stay_with_their_building_when_the_table_is_sorted(make_ranking):
    leads = [{"building_id": "B3", "age": 1.0}, {"building_id": "B3", "age": 2.0}, {"building_id": "B2", "age": 9.0}]
    ranking = make_ranking([10, 20, 30], leads)
    sums = np.bincount(ranking.event_rows, weights=ranking.event_weights, minlength=3)
    assert sums == pytest.approx(ranking.table["decayed_leads"].to_numpy())


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.integers(0, 4), max_size=12), st.lists(st.sampled_from([0.0, 5.0, 90.0]), min_size=5, max_size=5),
    st.integers(0, 6), st.integers(0, 9),
)  # fmt: skip
def test_chances_lie_between_0_and_1_and_add_up_to_k(rows, exposure, k, seed):
    chances = first_k_chances(evidence(rows, exposure, apart=300.0), 700.0, k, 20, seed)
    assert np.all((chances >= 0) & (chances <= 1 + 1e-12))
    assert chances.sum() == pytest.approx(min(k, 5))


def test_the_same_seed_gives_the_same_chances():
    rows = [0, 0, 1, 1, 2]
    first, again, other = (first_k_chances(evidence(rows, [9.0] * 3), 700.0, 1, 50, seed=s) for s in (5, 5, 6))
    assert first.tolist() == again.tolist() != other.tolist()


@pytest.mark.parametrize(("k", "n_draws"), [(-1, 5), (1, 0)])
def test_places_below_0_and_no_draw_are_refused(k, n_draws):
    with pytest.raises(ValueError, match="k must be >= 0 and n_draws > 0"):
        first_k_chances(evidence([0], [9.0]), 700.0, k, n_draws, 1)
