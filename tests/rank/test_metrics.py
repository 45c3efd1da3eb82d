"""The measures of a list, on paper."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweep.rank.metrics import (
    accuracy_index,
    area_under_curve,
    efficiency_index,
    effort_index,
    gini,
    hit_rate,
    ndcg,
    order_of,
    ranks_of,
    within_hours,
)

# Ten places; three events at the first, two at the fourth, one at the ninth.
OUTCOME = np.array([3, 0, 0, 2, 0, 0, 0, 0, 1, 0], np.float64)
ORDER = np.arange(10)


def test_hit_rate_pai_and_pei_on_paper():
    # The first two of ten catch 3 of 6: 0.5; 0.5 / 0.2 = 2.5. The best two would catch 5: 3 / 5.
    assert hit_rate(OUTCOME, ORDER, 2) == 0.5
    assert accuracy_index(OUTCOME, ORDER, 2) == pytest.approx(2.5)
    assert efficiency_index(OUTCOME, ORDER, 2) == pytest.approx(0.6)


def test_pai_per_effort_on_paper():
    # The first costs 1 of 19 hours and the fourth 9: half of the events for 1/19 of the hours is 9.5.
    hours = np.array([1, 1, 1, 9, 1, 1, 1, 1, 1, 2], np.float64)
    assert effort_index(OUTCOME, np.array([0]), hours) == pytest.approx(9.5)


def test_ndcg_on_paper():
    # Events at places 1 and 4 of the first four: 1 + 1/log2(5) of a possible 1 + 1/log2(3) + 1/2.
    assert ndcg(OUTCOME, ORDER, 4) == pytest.approx((1 + 1 / math.log2(5)) / (1 + 1 / math.log2(3) + 0.5))
    assert ndcg(OUTCOME, np.array([0, 3, 8, 1, 2, 4, 5, 6, 7, 9]), 5) == 1.0


def test_the_budget_passes_over_what_no_longer_fits():
    hours = np.array([3.0, 4.0, 2.0, 1.0])
    assert within_hours(np.arange(4), hours, 6.0).tolist() == [0, 2, 3]
    assert within_hours(np.arange(4), hours, 0.5).tolist() == []


def test_those_that_are_level_share_the_mean_of_their_ranks():
    assert ranks_of(np.array([5.0, 1.0, 5.0, 2.0])).tolist() == [3.5, 1.0, 3.5, 2.0]


def test_area_under_the_curve_counts_pairs():
    # Positives 3 and 1 against negatives 2 and 1: right, right, wrong, tie = 2.5 of 4.
    score, positive = np.array([3.0, 1.0, 2.0, 1.0]), np.array([True, True, False, False])
    assert area_under_curve(score, positive) == pytest.approx(0.625)
    assert gini(positive.astype(float), score) == pytest.approx(0.25)


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=1, max_size=30))
def test_area_under_the_curve_equals_a_count_of_all_pairs(visits):
    found = [s for s, find in visits if find]
    missed = [s for s, find in visits if not find]
    wins = [(a > b) + 0.5 * (a == b) for a in found for b in missed]
    area = area_under_curve(np.array([s for s, _ in visits], float), np.array([f for _, f in visits]))
    assert area == pytest.approx(np.mean(wins)) if wins else math.isnan(area)


def test_ties_are_ordered_by_the_seed():
    score = np.array([1.0, 2.0, 1.0, 1.0])
    assert order_of(score, 1).tolist() == order_of(score, 1).tolist()
    orders = {tuple(order_of(score, seed).tolist()) for seed in range(200)}
    # Three that tie stand in any of 3! orders, behind the first.
    assert {order[0] for order in orders} == {1}
    assert len(orders) == 6


def test_where_nothing_happened_nothing_is_measured():
    none = np.zeros(10)
    measured = [hit_rate(none, ORDER, 2), accuracy_index(none, ORDER, 2), efficiency_index(none, ORDER, 2)]
    measured += [ndcg(none, ORDER, 3), gini(none, none), effort_index(none, ORDER[:0], np.ones(10))]
    assert all(math.isnan(value) for value in measured)
