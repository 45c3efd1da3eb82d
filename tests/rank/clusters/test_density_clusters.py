"""Density clusters: on paper, and against a search that follows the definition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sweep.rank.clusters.density_clusters import capped_parts, dense_parts


def parts(weight, xs, reach=100.0, least=2.0):
    points = np.column_stack([np.array(xs, np.float64), np.zeros(len(xs))])
    return dense_parts(np.array(weight, np.float64), points, reach, least).tolist()


@pytest.mark.parametrize(
    ("weight", "xs", "label"),
    [
        pytest.param([], [], [], id="none"),
        pytest.param([1], [0], [-1], id="one, too light"),
        pytest.param([2], [0], [0], id="one, heavy enough"),
        pytest.param([1, 1, 1], [0, 100, 200], [0, 0, 0], id="a chain"),
        pytest.param([1, 1, 0, 1, 1], [0, 90, 190, 300, 390], [0, 0, 0, 1, 1], id="two parts, the rim to the nearer"),
        pytest.param([1, 1, 0, 0], [0, 50, 140, 240], [0, 0, 0, -1], id="rims do not chain"),
        pytest.param([1, 1], [0, 101], [-1, -1], id="out of reach"),
    ],
)
def test_parts_on_paper(weight, xs, label):
    assert parts(weight, xs) == label


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 20)), max_size=12))
def test_cores_of_one_part_are_those_that_steps_within_reach_join(town):
    weight, xs = [w for w, _ in town], [50 * x for _, x in town]
    label = parts(weight, xs)
    core = [k for k in range(len(xs)) if sum(w for w, x in zip(weight, xs, strict=True) if abs(x - xs[k]) <= 100) >= 2]
    for a in core:
        reached, todo = {a}, [a]
        while todo:
            here = todo.pop()
            new = {b for b in core if abs(xs[b] - xs[here]) <= 100} - reached
            reached |= new
            todo += new
        assert {b for b in core if label[b] == label[a]} == reached


def test_parts_are_cut_to_their_hours_and_stand_by_value():
    # Part 0: 5 in 2 h, 4 in 2 h, 1 in 1 h; three hours pay for the first and the last. Part 1: 7 in 3 h.
    label, value = np.array([0, 0, 0, 1, -1]), np.array([5.0, 4.0, 1.0, 7.0, 99.0])
    hours = np.array([2.0, 2.0, 1.0, 3.0, 1.0])
    assert capped_parts(label, value, hours, 3.0, 5) == [[3], [0, 2]]
    assert capped_parts(label, value, hours, 3.0, 1) == [[3]]
