"""Decayed sums in order of time: on paper."""

from __future__ import annotations

import numpy as np
import pytest

from sweep.rank.learnt.inspection_history import sums_before, sums_nearby


def test_a_sum_is_of_earlier_days_of_the_same_key_and_halves_with_age():
    keys, days = np.array([0, 0, 1, 0]), np.array([0.0, 0.0, 5.0, 10.0])
    values = np.array([[1.0], [3.0], [7.0], [2.0]])
    before, at_end = sums_before(keys, days, values, half_life_days=10.0, n_keys=2, end=20.0)
    # Rows of day 0 do not see each other; on day 10 the four of day 0 count two; at the end 1 + 1, and 7 x 2^-1.5.
    assert before[:, 0].tolist() == pytest.approx([0.0, 0.0, 0.0, 2.0])
    assert at_end[:, 0].tolist() == pytest.approx([2.0, 7.0 * 2**-1.5])


def test_what_is_nearby_fades_with_distance_and_age():
    looks_m = np.array([[0.0, 0.0], [100.0, 0.0], [301.0, 0.0], [0.0, 0.0]])
    sums = sums_nearby(
        np.array([[0.0, 0.0]]), np.array([10.0]),
        looks_m, np.array([0.0, 0.0, 0.0, 10.0]), np.ones((4, 1)), 300.0, 10.0,
    )  # fmt: skip
    # One beyond the radius and one of the same day are out; its own and one a bandwidth off (e^-1/2) are halved.
    assert sums[0, 0] == pytest.approx(0.5 * (1.0 + np.exp(-0.5)))
