"""Sets of clusters at prices, and what filling them adds, on paper."""

from __future__ import annotations

import numpy as np
import pytest

from sweep.rank.clusters.candidates import Candidates
from sweep.rank.clusters.clusters import greedy_stars
from sweep.rank.clusters.columns import Columns
from sweep.rank.clusters.guided import Guide
from sweep.rank.clusters.packing import Effort, pack_clusters


def row_of(values, metres, hours_cap=2.0):
    """Buildings in a row of an hour each; clusters are no wider than 600 m."""
    n, x_m = len(values), np.array(metres, np.float64)
    return Candidates(np.array(values, np.float64), np.ones(n), x_m, np.zeros(n), 600.0**2, hours_cap)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("prices", "expected"),
    [
        # 2 h a cluster: the best star is B + C = 8, which leaves A, 3, or D, 3.
        pytest.param([0.0, 0.0, 0.0, 0.0], [[1, 2], [0]], id="at no prices the stars"),
        # At 2 for B and for C they gain 2 each: A + B and C + D gain 5, B + C but 4. Together they hold 14.
        pytest.param([0.0, 2.0, 2.0, 0.0], [[0, 1], [2, 3]], id="what both ask for is shared"),
        pytest.param([9.0, 9.0, 9.0, 9.0], [], id="nothing gains"),
    ],
)
def test_prices_lead_to_a_set(prices, expected):
    guide = Guide(row_of([3.0, 4.0, 4.0, 3.0], [0.0, 500.0, 500.0, 1000.0]), 2)
    assert sorted(guide.set_at(np.array(prices))) == sorted(expected)


def test_a_set_is_filled_by_worth_and_not_by_what_is_left_above_the_prices():
    # At its price B gains nothing, so the star is A alone; with an hour to spare it takes B all the same.
    guide = Guide(row_of([3.0, 1.0], [0.0, 100.0]), 1)
    assert guide.set_at(np.array([0.0, 1.0])) == [[0, 1]]
    assert guide.filled([[1]]) == [[0, 1]] and guide.filled([]) == []


def test_the_best_set_that_was_added_is_held_and_goes_first_into_the_program():
    columns = Columns(np.array([3.0, 4.0, 4.0, 3.0]), [[1, 2], [0]])
    assert (columns.held, columns.held_worth) == ([(1, 2), (0,)], 11.0)
    columns.add_set([[0, 1], [2, 3]])
    columns.add_set([[3], [0]])
    assert (columns.held, columns.held_worth) == ([(0, 1), (2, 3)], 14.0)
    assert columns.best_set(1) == [(0, 1), (2, 3)]


@pytest.mark.slow
def test_where_clusters_compete_sets_at_prices_hold_more_than_the_stars():
    # 300 buildings on a kilometre, six clusters of 6 h.
    rng = np.random.default_rng(4)
    value, hours, points_m = rng.gamma(0.3, 0.1, 300), 0.2 + rng.random(300), rng.uniform(0.0, 1000.0, (300, 2))
    stars = greedy_stars(value, hours, points_m, 300.0, 6.0, 6)
    packed = pack_clusters(value, hours, points_m, 600.0, 6.0, stars, Effort())
    held, before = (sum(float(value[rows].sum()) for rows in found) for found in (packed.rows, stars))
    assert before * 1.005 < held <= packed.bound
