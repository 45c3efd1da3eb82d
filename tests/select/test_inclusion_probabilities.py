"""The chance of each candidate of a weighted draw, against sums on paper and against drawing."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweep.select.inclusion_probabilities import inclusion_probabilities


def test_two_candidates_on_paper():
    # The small one wins if v < u / 2: half of u on average, 1/4.
    assert inclusion_probabilities(np.array([2.0, 1.0]), 1) == pytest.approx([0.75, 0.25], abs=1e-12)


def test_two_of_three_on_paper():
    # Sizes 2, 1, 1. The large one is left out if both others lie below it: u / 2 = t is uniform on [0, 1/2),
    # P(both below t) = t^2, mean 1/12. The others share the rest: (2 - 11/12) / 2 = 13/24.
    chance = inclusion_probabilities(np.array([2.0, 1.0, 1.0]), 2)
    assert chance == pytest.approx([11 / 12, 13 / 24, 13 / 24], abs=1e-12)


def test_alike_is_n_over_all():
    assert inclusion_probabilities(np.full(7, 0.3), 3).tolist() == [3 / 7] * 7


@pytest.mark.parametrize("n", [0, 5], ids=["none", "all"])
def test_none_and_all(n):
    assert inclusion_probabilities(np.array([1.0, 2.0, 3.0, 4.0, 50.0]), n).tolist() == [n / 5] * 5


def test_no_candidate():
    assert inclusion_probabilities(np.zeros(0), 0).tolist() == []


@given(st.lists(st.floats(0.01, 100.0), min_size=1, max_size=40), st.data())
def test_chances_sum_to_the_number_drawn_and_grow_with_size(sizes, data):
    n = data.draw(st.integers(0, len(sizes)))
    chance = inclusion_probabilities(np.array(sizes), n)
    assert chance.sum() == pytest.approx(n, abs=1e-9)
    assert np.all((chance >= 0) & (chance <= 1))
    assert np.all(np.diff(chance[np.argsort(sizes)]) >= -1e-9)


@given(st.lists(st.floats(0.1, 10.0), min_size=2, max_size=12), st.floats(0.01, 100.0))
def test_only_ratios_of_sizes_count(sizes, factor):
    one, other = (inclusion_probabilities(np.array(sizes) * f, 1) for f in (1.0, factor))
    assert one == pytest.approx(other, abs=1e-9)


def test_chances_are_how_often_each_is_drawn():
    # 200,000 draws of 4 out of 15 sizes from 0.1 to 9: standard error at most 0.0011.
    size = np.geomspace(0.1, 9.0, 15)
    drawn = np.argsort(np.random.default_rng(1).random((200_000, 15)) / size, axis=1)[:, :4]
    often = np.bincount(drawn.ravel(), minlength=15) / 200_000
    assert often == pytest.approx(inclusion_probabilities(size, 4), abs=0.005)


def test_the_memory_that_a_draw_takes_does_not_grow_with_the_square_of_the_pool():
    # A table of 6,000 candidates with each other takes 288 MB, one of them with the nodes some 20.
    size = np.geomspace(0.1, 9.0, 6_000)
    tracemalloc.start()
    try:
        chance = inclusion_probabilities(size, 3)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert chance.sum() == pytest.approx(3.0, abs=1e-9)
    assert peak < 150e6


@pytest.mark.parametrize(
    ("size", "n", "message"),
    [
        pytest.param([1.0, 0.0], 1, "finite and > 0", id="size 0"),
        pytest.param([1.0, np.nan], 1, "finite and > 0", id="NaN"),
        pytest.param([1.0], 2, "must be 0 to 1, got 2", id="too many"),
        pytest.param([1.0], -1, "must be 0 to 1, got -1", id="negative"),
    ],
)
def test_what_cannot_be_drawn_is_refused(size, n, message):
    with pytest.raises(ValueError, match=message):
        inclusion_probabilities(np.array(size), n)
