"""Sums within a radius, against every pair."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sweep.rank.rate.radius_sums import sums_within

PLACES = st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), max_size=14)


@settings(deadline=None)
@given(PLACES, st.sampled_from([0.5, 1.0, 2.0, 5.0, 40.0]))
def test_sums_equal_those_over_every_pair(places, radius):
    points = np.array(places, np.float64).reshape(-1, 2)
    values = np.column_stack([np.arange(1.0, len(places) + 1), np.ones(len(places))])
    near = (np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1)) <= radius) & ~np.eye(len(places), dtype=bool)
    assert sums_within(points, radius, values).tolist() == (near.astype(float) @ values).tolist()


def test_a_far_point_widens_the_cells_and_changes_no_sum():
    points = np.array([[0.0, 0.0], [1.0, 0.0], [3.0, 0.0], [1e7, 1e7]])
    assert sums_within(points, 2.0, np.array([[1.0], [2.0], [4.0], [8.0]])).ravel().tolist() == [2.0, 5.0, 2.0, 0.0]


def test_what_lies_just_at_the_radius_counts_on_every_side():
    around = [(300.0 * np.cos(a), 300.0 * np.sin(a)) for a in (0.0, np.pi / 2, np.pi, -np.pi / 2)]
    rounded = np.round(np.array([(0.0, 0.0), *around]), 6)
    assert sums_within(rounded, 300.0, np.ones((5, 1)))[0, 0] == 4.0


@pytest.mark.parametrize(
    ("points", "radius", "values"),
    [
        pytest.param([[0.0, np.nan]], 1.0, [[1.0]], id="place NaN"),
        pytest.param([[0.0, 0.0]], 0.0, [[1.0]], id="radius 0"),
        pytest.param([[0.0, 0.0]], np.nan, [[1.0]], id="radius NaN"),
        pytest.param([[0.0, 0.0]], 1.0, [[1.0], [2.0]], id="unlike shapes"),
    ],
)
def test_what_cannot_be_is_refused(points, radius, values):
    with pytest.raises(ValueError, match="points_m must"):
        sums_within(np.array(points), radius, np.array(values))
