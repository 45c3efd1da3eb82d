"""The calm part of a building's leads: alike, different, and with bursts among them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import nbinom

from sweep.rank.rate.background_rate import ALIKE_SHAPE, fit_background, log_negative_binomial

SIZE = np.random.default_rng(1).uniform(5.0, 60.0, 1_500)


def test_rates_that_are_alike_are_taken_for_alike():
    counts = np.random.default_rng(2).poisson(0.05 * SIZE).astype(float)
    known = fit_background(counts, SIZE)
    assert known.shape == ALIKE_SHAPE
    assert known.rate == pytest.approx(0.05, rel=0.06)


def test_rates_that_differ_are_seen_to_differ():
    # Gamma of shape 2 about 0.05.
    rng = np.random.default_rng(3)
    counts = rng.poisson(rng.gamma(2.0, 0.05 / 2.0, len(SIZE)) * SIZE).astype(float)
    assert fit_background(counts, SIZE).shape == pytest.approx(2.0, rel=0.35)


def test_a_burst_is_told_from_the_calm_leads_about_it():
    rng = np.random.default_rng(4)
    counts = rng.poisson(0.05 * SIZE).astype(float)
    counts[:60] += 12.0
    known = fit_background(counts, SIZE)
    assert known.burst[:60].min() > 0.9
    assert known.burst[60:].mean() < 0.05
    assert known.rate == pytest.approx(0.05, rel=0.06)


@pytest.mark.parametrize(
    ("counts", "size"),
    [
        pytest.param([], [], id="no building"),
        pytest.param([0.0, 0.0], [3.0, 4.0], id="no lead"),
        pytest.param([2.0], [0.0], id="leads where nothing is expected"),
    ],
)
def test_without_calm_leads_there_is_no_rate_and_no_burst(counts, size):
    known = fit_background(np.array(counts), np.array(size))
    assert (known.rate, known.shape, known.burst.tolist()) == (0.0, ALIKE_SHAPE, [0.0] * len(counts))


def test_counts_and_sizes_must_have_one_shape():
    with pytest.raises(ValueError, match="one shape"):
        fit_background(np.ones(2), np.ones(3))


@pytest.mark.parametrize(("count", "shape", "mean"), [(0, 0.5, 0.1), (3, 2.0, 1.5), (40, 50.0, 12.0)])
def test_negative_binomial_is_that_of_scipy(count, shape, mean):
    expected = nbinom.logpmf(count, shape, shape / (shape + mean))
    assert log_negative_binomial(np.array([float(count)]), shape, np.array([mean]))[0] == pytest.approx(expected)
