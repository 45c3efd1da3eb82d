"""Clusters chosen together: on paper, and against all sets of clusters of small towns."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sweep.rank.clusters import columns
from sweep.rank.clusters.clusters import greedy_stars, packed_stars
from sweep.rank.clusters.packing import Effort, pack_clusters

ACROSS_M = 600.0


def test_two_clusters_share_what_the_first_star_would_keep():
    # 1 h each, 2 h a cluster, 600 m across. The best star is B + C = 8, which leaves A or D, 3; A + B and C + D are 14.
    value, hours = np.array([3.0, 4.0, 4.0, 3.0]), np.ones(4)
    points = np.array([[0.0, 0.0], [500.0, 0.0], [500.0, 0.0], [1000.0, 0.0]])
    stars = greedy_stars(value, hours, points, 300.0, 2.0, 2)
    assert sum(value[rows].sum() for rows in stars) == 11.0
    packed = pack_clusters(value, hours, points, ACROSS_M, 2.0, stars, Effort())
    assert sum(value[rows].sum() for rows in packed.rows) == 14.0
    assert packed.bound == pytest.approx(14.0, rel=3e-3)
    assert sum(value[rows].sum() for rows in packed_stars(value, hours, points, 300.0, 2.0, 2)) == 14.0


def best_pair(value, hours, points, cap):
    """The most that two clusters hold, of all there are."""
    rows = range(len(value))
    some = [set(c) for k in range(len(value) + 1) for c in combinations(rows, k)]
    ok = [
        c
        for c in some
        if sum(hours[k] for k in c) <= cap
        and all(np.hypot(*(points[a] - points[b])) <= ACROSS_M for a, b in combinations(c, 2))
    ]
    return max(sum(value[k] for k in a | b) for a in ok for b in ok if not a & b)


def test_a_program_that_is_given_up_keeps_the_stars_and_a_bound_that_holds(monkeypatch):
    # The town of the test above: the stars hold 11, the best pair 14, which is all that there is.
    monkeypatch.setattr(columns, "PROGRAM_LIMIT_S", 0.0)
    value, hours = np.array([3.0, 4.0, 4.0, 3.0]), np.ones(4)
    points = np.array([[0.0, 0.0], [500.0, 0.0], [500.0, 0.0], [1000.0, 0.0]])
    stars = greedy_stars(value, hours, points, 300.0, 2.0, 2)
    packed = pack_clusters(value, hours, points, ACROSS_M, 2.0, stars, Effort())
    assert (packed.is_cut_short, packed.rows, packed.bound) == (True, stars, 14.0)
    told = []
    assert packed_stars(value, hours, points, 300.0, 2.0, 2, lambda: told.append("told")) == stars
    assert told == ["told"]


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.tuples(st.integers(1, 9), st.integers(1, 5), st.integers(0, 6), st.integers(0, 3)), min_size=2, max_size=6
    ),
    st.integers(5, 9),
)
def test_the_best_of_all_pairs_lies_between_what_is_found_and_the_bound(town, cap):
    value, hours = (np.array([one[k] for one in town], np.float64) for k in (0, 1))
    points = np.array([(300.0 * x, 300.0 * y) for *_, x, y in town])
    stars = greedy_stars(value, hours, points, 300.0, float(cap), 2)
    packed = pack_clusters(value, hours, points, ACROSS_M, float(cap), stars, Effort())
    taken = [row for rows in packed.rows for row in rows]
    assert len(taken) == len(set(taken)) and len(packed.rows) <= 2
    for rows in packed.rows:
        assert hours[rows].sum() <= cap
        assert all(np.hypot(*(points[a] - points[b])) <= ACROSS_M for a, b in combinations(rows, 2))
    best = best_pair(value, hours, points, cap)
    assert sum(value[rows].sum() for rows in stars) <= value[taken].sum() <= best
    if len(stars) == 2:
        assert best <= packed.bound + 1e-9
